"""Opening conversations in views, and paging back in them."""

from __future__ import annotations

import pytest
from kit.play import World

from nbchat.hub import effects
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import GROUP_MEMBERS, RECEIPT_MEMBERS, WATCHED_CONVERSATIONS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)


def test_a_snapshot_has_all_that_a_view_needs() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.posts(team, "one")
    ada.posts(team, "two")
    ada.does(wire.Type, conversation=team)
    bob.watches(team)
    snapshot = bob.last(wire.Snapshot)
    assert [message.text for message in snapshot.messages] == ["one", "two"]
    assert (snapshot.as_of, snapshot.has_before, snapshot.receipts, snapshot.online) == (3, False, True, 2)
    assert (snapshot.summary.title, snapshot.summary.unread, snapshot.summary.members) == ("Team", 2, 2)
    assert snapshot.members == ["ada", "bob"]
    assert {person.name for person in snapshot.people} == {"Ada", "Bob"}
    assert {status.user: status.online for status in snapshot.presence} == {"ada": True, "bob": True}
    assert {mark.user for mark in snapshot.marks} == {"ada", "bob"}
    assert (snapshot.typing, snapshot.typing_count) == (["ada"], 1)


def test_what_is_written_while_a_snapshot_is_read_comes_once_and_in_order() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    with world.held():
        ref = bob.sends(wire.Watch, conversation=team)
        ada.posts_later(team, "before the answer")
        world.hub.store.step()  # commits, and reads the snapshot with it
        committed, answered = world.hub.inputs
        world.hub.inputs.clear()
        ada.posts_later(team, "after it")
        world.hub.handle(answered)  # the snapshot overtakes the news of what it contains
        assert not bob.all(wire.Snapshot)
        world.hub.handle(committed)
    snapshot = bob.last(wire.Snapshot)
    assert [message.text for message in snapshot.messages] == ["before the answer"]
    assert bob.texts(team) == ["before the answer", "after it"]
    assert bob.heard.index(snapshot) < bob.heard.index(bob.reply(ref))


def test_with_the_right_position_no_snapshot_is_sent() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    bob.watches(team)
    bob.does(wire.Unwatch, conversation=team)
    ada.posts(team)
    bob.watches(team, bob.position(team))
    assert len(bob.all(wire.Snapshot)) == 1
    assert bob.last(wire.Presence).online == 2


def test_with_a_position_below_what_the_connection_was_given_a_snapshot_is_sent() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.posts(team)
    bob.watches(team, wire.Position(bob.position(team).epoch, 1))
    assert bob.last(wire.Snapshot).as_of == 2


def test_a_watch_of_two_views_at_once_is_answered_twice() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    with world.held():
        refs = [ada.sends(wire.Watch, conversation=notes) for _ in range(2)]
        ada.posts_later(notes, "meanwhile")
    assert all(isinstance(ada.reply(ref), wire.Done) for ref in refs)
    assert ada.texts(notes) == ["meanwhile"]


def test_who_looks_at_an_open_channel_gets_its_events_until_they_look_away() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    ada.posts(channel, "unseen")
    assert not eve.all(wire.Added)
    eve.watches(channel)
    assert not eve.last(wire.Snapshot).summary.joined
    ada.posts(channel, "seen")
    eve.does(wire.Unwatch, conversation=channel)
    ada.posts(channel, "unseen again")
    assert eve.texts(channel) == ["seen"]


def test_looking_away_before_the_snapshot_came_leaves_nothing_behind() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    with world.held():
        eve.sends(wire.Watch, conversation=channel)
        eve.sends(wire.Unwatch, conversation=channel)
    assert not eve.all(wire.Snapshot)
    ada.posts(channel)
    assert not eve.all(wire.Posted)


def test_a_view_that_could_not_be_read_is_not_open() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    world.reading_fails = True
    eve.is_refused("store_failed", wire.Watch, conversation=channel)
    world.reading_fails = False
    ada.does(wire.Type, conversation=channel)
    assert not eve.all(wire.Typing)
    eve.watches(channel)
    assert eve.last(wire.Snapshot).typing == ["ada"]


def test_only_so_many_views_on_one_connection() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    channels = [ada.opens(f"channel-{number}") for number in range(WATCHED_CONVERSATIONS + 1)]
    for channel in channels[:-1]:
        ada.watches(channel)
    ada.is_refused("too_many", wire.Watch, conversation=channels[-1])
    ada.watches(channels[0])
    ada.does(wire.Unwatch, conversation=channels[0])
    ada.watches(channels[-1])


def test_looking_away_from_what_is_not_open_is_done() -> None:
    world = World()
    ada = world.page("ada")
    ada.does(wire.Unwatch, conversation="never-was")


@pytest.mark.parametrize(("members", "receipts"), [(RECEIPT_MEMBERS, True), (GROUP_MEMBERS, False)])
def test_large_groups_have_no_receipts(members: int, *, receipts: bool) -> None:
    world = World(limits=FAST)
    others = [f"user{number}" for number in range(members - 1)]
    for user in others:
        world.page(user).closes()
    ada = world.page("ada")
    team = ada.creates_group("Team", *others)
    ada.watches(team)
    snapshot = ada.last(wire.Snapshot)
    assert (len(snapshot.members), snapshot.receipts, bool(snapshot.marks)) == (members, receipts, receipts)


def test_above_two_hundred_members_there_are_only_counts() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    channel = ada.opens("ml-team")
    ada.watches(channel)
    for number in range(GROUP_MEMBERS):
        page = world.page(f"user{number}")
        page.opens("ml-team")
    assert ada.last(wire.Presence).changed == []
    assert ada.last(wire.Presence).online == GROUP_MEMBERS + 1
    ada.watches(channel)
    snapshot = ada.last(wire.Snapshot)
    assert (snapshot.members, snapshot.presence, snapshot.online) == ([], [], GROUP_MEMBERS + 1)


def test_pages_go_back_to_the_first_message() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    notes = ada.opens("@ada")
    for number in range(120):
        ada.posts(notes, f"{number}")
    newest = ada.does(wire.History, conversation=notes)
    assert [message.text for message in newest.messages] == [f"{number}" for number in range(70, 120)]
    assert (newest.has_before, newest.has_after, newest.as_of, newest.fixups) == (True, False, 121, [])
    older = ada.does(wire.History, conversation=notes, before=newest.messages[0].seq, limit=70)
    assert [older.messages[0].text, older.messages[-1].text, older.has_before] == ["0", "69", False]
    after = ada.does(wire.History, conversation=notes, after=2, limit=1)
    assert [message.text for message in after.messages] == ["1"]


def test_a_page_has_one_bound() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    assert "before and after" in ada.is_refused("malformed", wire.History, conversation=notes, before=3, after=1).text


def test_a_channel_is_paged_by_who_looks_at_it() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    ada.posts(channel)
    assert [message.text for message in eve.does(wire.History, conversation=channel).messages] == ["hi"]


def test_who_dropped_ephemeral_news_is_given_what_holds_now() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    bob.watches(team)
    ada.does(wire.Type, conversation=team)
    assert bob.frames[-1].ephemeral
    bob.news()
    world.hub.handle(effects.Drained(bob.number))
    assert [type(item) for item in bob.news()] == [wire.Typing, wire.Presence, wire.Commands, wire.Receipts]
    assert not bob.frames[-1].ephemeral


def test_the_store_failing_on_a_conversation_is_told_and_the_next_try_works() -> None:
    world = World(hubs=2)
    ada = world.page("ada")
    notes = ada.opens("@ada")
    there = world.page("ada", hub=1)
    world.reading_fails = True
    there.is_refused("store_failed", wire.History, conversation=notes)
    world.reading_fails = False
    there.does(wire.History, conversation=notes)


def test_who_left_while_their_list_was_read_looks_at_a_channel_as_a_stranger() -> None:
    """Their own `left` would make the client forget what follows it, so nothing of it is given but a snapshot."""
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    eve.opens("ml-team")
    place = eve.position(channel)
    late = world.opens("eve")
    with world.held():
        late.says_hello(resume=wire.Resume(watched={channel: place}))
        world.hub.store.step()
        world.hub.handle(world.hub.inputs.pop(0))
        world.hub.store.step()
        answers = list(world.hub.inputs)
        world.hub.inputs.clear()
        eve.sends(wire.Leave, conversation=channel)
        ada.posts_later(channel, "without you")
        world.settle()
        for answer in answers:
            world.hub.handle(answer)
    snapshot = late.last(wire.Snapshot)
    assert [message.text for message in snapshot.messages] == ["without you"]
    assert not snapshot.summary.joined
    assert not late.all(wire.Durable)
