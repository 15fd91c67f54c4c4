"""Saying hello, and coming back: who may, how many, and what is told."""

from __future__ import annotations

import pytest
from kit.play import Actor, World

from nbchat.hub import effects, queries
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HELLO_DEADLINE, RESUME_EVENTS, WATCHED_CONVERSATIONS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)


def test_the_welcome_says_who_one_is_and_what_the_hub_allows() -> None:
    world = World()
    welcome = world.page("owner").welcome
    assert (welcome.me, welcome.owner) == (wire.Person("owner", "Owner"), True)
    assert (welcome.store, welcome.now) == (world.hub.store.info.id, world.now.wall)
    assert (welcome.limits.send_rate, welcome.limits.send_burst, welcome.reconnect_cap) == (5.0, 20, 0.5)
    assert world.session("ada").welcome.limits.send_burst == 200


def test_other_commands_come_after_hello() -> None:
    world = World()
    ada = world.opens("ada")
    assert "“ping”" in ada.is_refused("hello_first", wire.Ping).text
    ada.is_refused("hello_first", wire.Post, conversation="c", text="hi", key="12345678")
    ada.says_hello()
    assert isinstance(ada.asks(wire.Ping), wire.Pong)
    ada.is_refused("hello_twice", wire.Hello)


def test_commands_sent_before_the_welcome_are_answered_after_it_in_order() -> None:
    world = World()
    ada = world.opens("ada")
    with world.held():
        ada.says_hello()
        refs = [ada.sends(wire.Open, name="ml-team"), ada.sends(wire.Ping)]
        ada.is_refused("hello_twice", wire.Hello)
    assert ada.heard.index(ada.welcome) < min(ada.heard.index(ada.reply(ref)) for ref in refs)


def test_a_login_connects_only_as_what_it_may() -> None:
    world = World()
    bot = world.opens("robot", kinds=frozenset({"bot"}))
    assert "bot" in bot.is_refused("forbidden", wire.Hello, kind="page").text
    assert isinstance(bot.does(wire.Hello, kind="bot"), wire.Welcome)


def test_who_says_nothing_is_closed() -> None:
    world = World()
    silent, ada = world.opens("eve"), world.page("ada")
    world.turn(HELLO_DEADLINE - 0.1)
    assert not silent.gone
    world.turn(0.2)
    assert silent.closed_with == 4004
    assert ada.closed_with is None


def test_too_many_pages_or_sessions_refuse_the_new_one() -> None:
    world = World(limits=HubLimits(pages=2, sessions=1))
    pages = [world.page("ada") for _ in range(2)]
    world.session("ada")
    for kind in ("page", "session", "bot"):
        late = world.opens("ada")
        late.is_refused("too_many", wire.Hello, kind=kind)
        assert late.closed_with == 4005
    assert [page.closed_with for page in pages] == [None, None]
    world.page("bob")
    pages[0].closes()
    assert world.page("ada").closed_with is None


def test_a_name_that_was_chosen_before_holds() -> None:
    world = World()
    ada = world.page("ada", name="Ada Lovelace")
    assert ada.welcome.me.name == "Ada Lovelace"
    assert world.page("ada", name="Somebody").welcome.me.name == "Ada Lovelace"


def test_who_is_known_comes_in_and_reads_where_nothing_can_be_stored() -> None:
    world = World()
    ada, team = team_of(world, "bob")
    world.page("bob", name="Bob")
    seq = ada.posts(team, "read me").seq
    nameless = world.page("eve", name="eve")
    world.database.failing = "store_full"
    bob = world.page("bob", name="Somebody")
    assert bob.welcome.me.name == "Bob"
    assert [row.last_seq for row in bob.welcome.conversations if row.id == team] == [seq]
    assert world.page("eve", name="eve").welcome.me == nameless.welcome.me
    named = world.opens("eve", name="Eve Adams")
    named.is_refused("store_full", wire.Hello)
    world.database.failing = None
    assert isinstance(named.does(wire.Hello), wire.Welcome)


def test_a_failing_store_is_told_and_hello_can_be_said_again() -> None:
    world = World()
    ada = world.opens("ada")
    world.database.failing = "store_full"
    ada.is_refused("store_full", wire.Hello)
    world.database.failing = None
    world.reading_fails = True
    ada.is_refused("store_failed", wire.Hello)
    world.reading_fails = False
    assert isinstance(ada.does(wire.Hello), wire.Welcome)
    world.turn(HELLO_DEADLINE + 1)
    assert ada.closed_with is None


def test_hello_waits_until_the_store_has_said_where_its_log_ends() -> None:
    world = World()
    hub = world.hub
    hub.core = type(hub.core)(hub.store.info, world.limits, lambda: "id", "h1")
    ada = world.opens("ada")
    ada.says_hello()
    assert not ada.heard
    hub.handle(effects.Tick())
    world.settle()
    assert ada.welcome.me.id == "ada"


# ------------------------------------------------------------------------------------------------------- coming back


def team_of(world: World, *members: str) -> tuple[Actor, str]:
    ada = world.page("ada")
    for member in members:
        world.page(member).closes()
    return ada, ada.creates_group("Team", *members)


def returns(world: World, left: Actor, *, watching: str | None = None, knowing: str | None = None) -> Actor:
    watched = {watching: left.position(watching)} if watching else {}
    known = {knowing: left.position(knowing)} if knowing else {}
    return world.page(left.person.id, resume=wire.Resume(uv=left.welcome.uv, watched=watched, known=known))


def test_what_was_missed_in_an_open_view_comes_as_events() -> None:
    world = World()
    ada, team = team_of(world, "bob")
    bob = world.page("bob")
    bob.watches(team)
    bob.closes()
    for text in "abc":
        ada.posts(team, text)
    again = returns(world, bob, watching=team)
    assert again.texts(team) == ["a", "b", "c"]
    assert not again.all(wire.Snapshot)
    ada.posts(team, "d")
    again.sees("a", "b", "c", "d", in_=team)


def test_with_the_events_comes_who_types_is_here_and_has_read() -> None:
    world = World()
    ada, team = team_of(world, "bob")
    bob = world.page("bob")
    bob.watches(team)
    bob.closes()
    ada.does(wire.Type, conversation=team)
    again = returns(world, bob, watching=team)
    assert again.last(wire.Typing).users == ["ada"]
    assert {status.user: status.online for status in again.last(wire.Presence).changed} == {"ada": True, "bob": True}
    assert {mark.user for mark in again.last(wire.Receipts).marks} == {"ada", "bob"}


def test_nothing_missed_means_nothing_sent() -> None:
    world = World()
    _, team = team_of(world, "bob")
    bob = world.page("bob")
    bob.watches(team)
    bob.closes()
    again = returns(world, bob, watching=team)
    assert not again.all(wire.Durable)
    assert not again.all(wire.Snapshot)


@pytest.mark.parametrize(("missed", "limited"), [(RESUME_EVENTS, False), (RESUME_EVENTS + 1, True)])
def test_too_many_events_give_a_snapshot_and_say_so(missed: int, *, limited: bool) -> None:
    world = World(limits=FAST)
    ada, team = team_of(world, "bob")
    bob = world.page("bob")
    bob.watches(team)
    bob.closes()
    for _ in range(missed):
        ada.posts(team)
    again = returns(world, bob, watching=team)
    assert bool(again.all(wire.Limited)) is limited
    assert len(again.all(wire.Snapshot)) == limited
    assert len(again.texts(team)) == (0 if limited else missed)
    ada.posts(team, "next")
    again.sees("next", in_=team)


def test_too_many_bytes_over_all_open_views_give_snapshots() -> None:
    world = World(limits=FAST)
    ada, first = team_of(world, "bob")
    second = ada.creates_group("Other", "bob")
    bob = world.page("bob")
    bob.watches(first)
    bob.watches(second)
    bob.closes()
    for team in (first, second):
        for _ in range(20):
            ada.posts(team, "x" * 9_000)
    watched = {first: bob.position(first), second: bob.position(second)}
    again = world.page("bob", resume=wire.Resume(watched=watched))
    assert [limited.conversation for limited in again.all(wire.Limited)] == [second]
    assert len(again.texts(first)) == 20


@pytest.mark.parametrize("place", [wire.Position("another epoch", 1), None])
def test_another_log_or_a_place_ahead_of_it_is_reset(place: wire.Position | None) -> None:
    world = World()
    ada, team = team_of(world, "bob")
    ada.posts(team)
    epoch = ada.position(team).epoch
    bob = world.page("bob", resume=wire.Resume(watched={team: place or wire.Position(epoch, 99)}))
    assert bob.last(wire.Reset).epoch == epoch
    assert bob.heard.index(bob.last(wire.Reset)) < bob.heard.index(bob.last(wire.Snapshot))
    assert [message.text for message in bob.last(wire.Snapshot).messages] == ["hi"]


def test_a_known_row_is_sent_again_only_if_it_has_changed() -> None:
    world = World(limits=FAST)
    ada, team = team_of(world, "bob")
    bob = world.page("bob")
    for number in range(60):
        ada.creates_group(f"Newer {number}", "bob")
    position = bob.position(team)
    bob.closes()
    same = world.page("bob", resume=wire.Resume(known={team: position}))
    assert team not in {row.id for row in same.welcome.conversations}
    same.closes()
    behind = world.page("bob", resume=wire.Resume(known={team: wire.Position(position.epoch, 0)}))
    assert behind.welcome.conversations[0].id == team
    assert len(behind.welcome.conversations) == 51
    assert behind.welcome.more
    ada.posts(team, "new")
    behind.sees("new", in_=team)


def test_what_one_was_removed_from_is_said() -> None:
    world = World()
    _, team = team_of(world, "bob")
    bob, other = world.page("bob"), world.session("bob")
    bob.watches(team)
    bob.closes()
    other.leaves(team)
    assert returns(world, bob, knowing=team).last(wire.Removed).conversation == team
    assert returns(world, bob, watching=team).last(wire.Removed).conversation == team


def test_who_left_and_came_back_meanwhile_begins_anew() -> None:
    world = World()
    ada, bob, other = world.page("ada"), world.page("bob"), world.session("bob")
    channel = ada.opens("ml-team")
    bob.opens("ml-team")
    bob.watches(channel)
    bob.closes()
    other.leaves(channel)
    other.opens("ml-team")
    ada.posts(channel, "hello again")
    again = returns(world, bob, watching=channel)
    assert not again.all(wire.Durable)
    assert [message.text for message in again.last(wire.Snapshot).messages] == ["hello again"]


def test_an_open_channel_that_one_only_looks_at_goes_on() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    eve.watches(channel)
    eve.closes()
    ada.posts(channel, "missed")
    again = returns(world, eve, watching=channel)
    again.sees("missed", in_=channel)
    ada.posts(channel, "live")
    again.sees("missed", "live", in_=channel)
    assert not again.all(wire.Removed)


def test_own_state_above_the_version_comes_along() -> None:
    world = World()
    ada, team = team_of(world, "bob")
    bob, other = world.page("bob"), world.page("bob")
    bob.closes()
    ada.posts(team)
    other.does(wire.Read, conversation=team, seq=2)
    again = returns(world, bob)
    assert [(row.key, row.value, row.unread) for row in again.welcome.own] == [(f"read:{team}", 2, 0)]


def test_nothing_falls_between_the_list_and_the_events() -> None:
    world = World()
    ada, team = team_of(world, "bob")
    bob = world.opens("bob")
    with world.held():
        bob.says_hello()
        world.hub.store.step()  # the list is read …
        answer = world.hub.inputs.pop(0)
        ada.posts_later(team, "between")
        new = ada.sends(wire.Create, kind="group", title="New", key=ada.key(), members=["bob"])
        world.settle()
        assert not bob.heard
        world.hub.handle(answer)  # … and arrives late
    bob.sees("between", in_=team)
    created = ada.reply(new).conversation
    assert bob.last(wire.Added).summary.id == created


def test_news_of_own_state_and_names_while_the_list_is_read_come_after_it() -> None:
    world = World()
    ada, team = team_of(world, "bob")
    first, bob = world.page("bob"), world.opens("bob")
    with world.held():
        bob.says_hello()
        world.hub.store.step()
        answer = world.hub.inputs.pop(0)
        ada.sends(wire.SetProfile, name="Ada Lovelace")
        first.sends(wire.Read, conversation=team, seq=1)
        world.settle()
        world.hub.handle(answer)
    assert bob.last(wire.Named).person == wire.Person("ada", "Ada Lovelace")
    assert bob.last(wire.Own).rows[0].key == f"read:{team}"
    assert bob.heard[0] == bob.welcome


def test_too_many_positions_are_refused() -> None:
    world = World()
    bob = world.opens("bob")
    positions = {f"c{number}": wire.Position("e", 1) for number in range(WATCHED_CONVERSATIONS + 1)}
    bob.is_refused("too_many", wire.Hello, resume=wire.Resume(watched=positions))


def test_a_store_that_fails_on_a_view_has_the_client_resume_again() -> None:
    world = World()
    _, team = team_of(world, "bob")
    bob = world.opens("bob")
    with world.held():
        bob.says_hello(resume=wire.Resume(watched={team: wire.Position("another epoch", 1)}))
        while not bob.heard:
            world.hub.settle()
        world.reading_fails = True
        world.settle()
    world.reading_fails = False
    assert bob.closed_with == 4007
    assert world.page("bob").welcome.conversations[0].id == team


def test_the_list_is_read_with_what_the_client_knows() -> None:
    world = World()
    world.page(
        "bob", resume=wire.Resume(uv=7, known={"k": wire.Position("e", 1)}, watched={"w": wire.Position("e", 1)})
    )
    query = next(query for query in world.hub.queries if isinstance(query, queries.LoadList))
    assert (query.known, query.uv, query.limit) == (("k", "w"), 7, 50)
