"""Several hubs on one store: gaps, conflicts, lost news; and what goes wrong on the way."""

from __future__ import annotations

from kit.play import Actor, World

from nbchat.hub import effects, ports, queries
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import RESUME_EVENTS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), session_send=Rate(1e6, 10**6), flood_frames=1e6)


def pair(world: World) -> tuple[Actor, Actor, str]:
    ada, bob = world.page("ada"), world.page("bob", hub=1)
    team = ada.creates_group("Team", "bob")
    return ada, bob, team


def test_news_between_hubs_bring_events_and_a_new_conversation() -> None:
    world = World(hubs=2)
    ada, bob, team = pair(world)
    ada.posts(team, "over there")
    bob.sees("over there", in_=team)
    bob.posts(team, "and back")
    ada.sees("over there", "and back", in_=team)


def test_lost_news_are_found_by_the_timer() -> None:
    world = World(hubs=2, bus=False)
    ada, bob, team = pair(world)
    ada.posts(team, "unheard")
    assert not bob.texts(team)
    world.turn(1.0)
    bob.sees("unheard", in_=team)


def test_receipts_that_are_told_while_a_conversation_is_read_are_not_missed() -> None:
    """The reading began before they were stored, and ends after the timer has told of them."""
    world = World(hubs=2, bus=False)
    ada, bob = world.page("ada"), world.page("bob", hub=1)
    team = ada.creates_group("Team", "bob")
    seq = bob.posts(team, "hi").seq
    world.turn(3.0)
    late = world.hubs[1]
    known = late.core._state.conversations.get(team)
    assert known is not None
    late.core._state.conversations.drop(known)  # idle ones are forgotten when there are many
    with world.held():
        bob.sends(wire.Watch, conversation=team)
        late.store.step()
        (read,) = late.inputs
        late.inputs.clear()
        ada.sends(wire.Ack, cursors={team: seq})
        world.hubs[0].store.step()
        late.handle(effects.Changed(world.database.changes(late.core._state.mark)))
        late.handle(read)
    world.settle()
    marks = {mark.user: mark.delivered for mark in bob.last(wire.Snapshot).marks}
    assert marks["ada"] == seq


def test_an_own_commit_above_a_gap_brings_what_is_between() -> None:
    world = World(hubs=2, bus=False)
    ada, bob, team = pair(world)
    world.turn(1.0)
    ada.posts(team, "first")
    accepted = bob.posts(team, "second")
    assert bob.texts(team) == ["first", "second"]
    assert bob.heard.index(accepted) > bob.heard.index(bob.last(wire.Posted))


def test_a_hub_that_is_far_behind_hands_on_every_event() -> None:
    world = World(hubs=2, bus=False, limits=FAST)
    ada, bob, team = pair(world)
    world.turn(1.0)
    for number in range(2 * RESUME_EVENTS + 10):
        ada.posts(team, f"{number}")
    world.turn(1.0)
    assert bob.texts(team) == [f"{number}" for number in range(2 * RESUME_EVENTS + 10)]


def test_news_of_what_is_not_there_end() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    world.hub.inputs += [
        effects.Published(ports.Rang(notes, 99)),
        effects.Published(ports.Rang("never-was", 1)),
        effects.Published(ports.Rang(notes, 1)),
    ]
    world.settle()
    assert ada.posts(notes).seq == 2


def test_a_decision_on_old_rules_is_made_again() -> None:
    world = World(hubs=2, bus=False)
    ada, bob, team = pair(world)
    world.turn(1.0)
    tab = world.page("bob")
    tab.leaves(team)
    bob.is_refused("unknown_conversation", wire.Post, conversation=team, text="too late", key=bob.key())
    assert bob.all(wire.Durable)[-1] == bob.last(wire.Left)
    assert not ada.texts(team)


def test_messages_that_meet_new_rules_keep_their_order() -> None:
    world = World(hubs=2, bus=False)
    ada, bob = world.page("ada"), world.page("bob", hub=1)
    channel = ada.opens("ml-team")
    bob.opens("ml-team")
    ada.posts(channel, "both hubs know it now")
    world.page("eve").opens("ml-team")
    with world.held():
        refs = [bob.posts_later(channel, f"{number}") for number in range(3)]
        world.hubs[1].settle()  # they conflict: what follows has to wait behind them
        refs += [bob.posts_later(channel, f"{number}") for number in range(3, 6)]
    assert [event.text for event in bob.all(wire.Posted)][-6:] == [f"{number}" for number in range(6)]
    seqs = [bob.reply(ref).seq for ref in refs]
    assert seqs == sorted(seqs)


def test_one_who_joins_at_two_hubs_joins_once() -> None:
    world = World(hubs=2, bus=False)
    ada = world.page("ada")
    channel = ada.opens("ml-team")
    here, there = world.page("bob"), world.page("bob", hub=1)
    with world.held():
        refs = [(one, one.sends(wire.Join, conversation=channel)) for one in (here, there)]
    assert all(isinstance(one.reply(ref), wire.Done) for one, ref in refs)
    assert len(ada.all(wire.Joined)) == 1


def test_who_was_told_long_ago_of_what_was_not_in_memory_gets_a_fresh_row() -> None:
    world = World(hubs=2, bus=False, limits=FAST)
    ada = world.page("ada")
    world.page("bob", hub=1).closes()
    team = ada.creates_group("Team", "bob")
    bob, viewer = world.page("bob", hub=1), world.page("bob", hub=1)
    viewer.watches(team)
    for _ in range(RESUME_EVENTS + 5):
        ada.posts(team)
    bob.does(wire.History, conversation=team)
    assert bob.cursors[team] == viewer.cursors[team] == 1
    world.turn(1.0)
    assert bob.cursors[team] == viewer.cursors[team] == RESUME_EVENTS + 6
    ada.posts(team, "next")
    world.turn(1.0)
    bob.sees("next", in_=team)
    viewer.sees("next", in_=team)


def test_what_is_forgotten_and_grows_elsewhere_gives_a_row_and_a_view_a_snapshot() -> None:
    world = World(hubs=2, bus=False, limits=FAST)
    ada = world.page("ada")
    world.page("bob", hub=1).closes()
    team = ada.creates_group("Team", "bob")
    bob = world.page("bob", hub=1)
    for _ in range(RESUME_EVENTS + 5):
        ada.posts(team)
    assert bob.cursors[team] == 1
    world.turn(1.0)  # it is loaded with more events than are kept in memory
    assert bob.last(wire.Added).summary.last_seq == RESUME_EVENTS + 6
    ada.posts(team, "next")
    world.turn(1.0)
    bob.sees("next", in_=team)


def test_who_left_at_another_hub_is_told_when_the_conversation_is_loaded() -> None:
    world = World(hubs=2, bus=False)
    ada = world.page("ada")
    world.page("bob").closes()
    team, channel = ada.creates_group("Team", "bob"), ada.opens("ml-team")
    world.page("bob").opens("ml-team")
    here, there = world.page("bob"), world.page("bob", hub=1)
    here.leaves(team)
    here.leaves(channel)
    here.opens("ml-team")
    ada.posts(channel, "back")
    world.turn(1.0)
    assert {removed.conversation for removed in there.all(wire.Removed)} == {team}
    assert [added.summary.id for added in there.all(wire.Added)] == [channel]
    ada.posts(channel, "again")
    world.turn(1.0)
    there.sees("again", in_=channel)


def test_a_failing_store_is_asked_again_until_everybody_has_everything() -> None:
    world = World(hubs=2)
    ada, bob, team = pair(world)
    world.reading_fails = True
    ada.posts(team, "unreadable")
    new = world.session("ada")
    world.turn(2.0)
    assert not bob.texts(team)
    assert not new.all(wire.Welcome)
    world.reading_fails = False
    world.turn(1.0)
    bob.sees("unreadable", in_=team)


def test_a_row_that_could_not_be_read_comes_later() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    with world.held():
        ada.sends(wire.Create, kind="group", title="Team", key=ada.key(), members=["bob"])
        while not any(isinstance(query, queries.LoadList) and query.limit == 1 for query in world.hub.queries):
            world.hub.settle()
        world.reading_fails = True
        world.settle()
    assert not bob.all(wire.Added)
    world.reading_fails = False
    world.turn(1.0)
    assert bob.last(wire.Added).summary.title == "Team"


def test_another_log_under_a_running_hub_has_everybody_resume() -> None:
    world = World(hubs=2)
    ada = world.page("ada")
    notes = ada.opens("@ada")
    eve = world.page("eve")
    world.instead[queries.LoadEvents] = queries.EventsRecord(epoch="another", last_seq=1, events=())
    world.hub.inputs.append(effects.Published(ports.Rang(notes, 2)))
    world.settle()
    world.instead.clear()
    assert (ada.closed_with, eve.closed_with) == (4006, None)
    assert world.page("ada").posts(notes).seq == 2
