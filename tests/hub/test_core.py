"""Connections: frames that are no commands, floods, ends; and that nothing stays of who is gone."""

from __future__ import annotations

import gc
import weakref

import pytest
from kit.play import World

from nbchat.hub import effects, items
from nbchat.hub.conversations import LOADED
from nbchat.hub.core import ASK_EVERY
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import FLOOD_FRAMES, FLOOD_SECONDS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)


def test_a_frame_that_is_no_command_gets_an_error_and_the_connection_lives() -> None:
    world = World()
    ada = world.page("ada")
    world.hub.handle(effects.Malformed(ada.number, 7, "malformed", {"why": "it is not an object"}))
    world.hub.handle(effects.Malformed(ada.number, None, "unknown_command", {"kind": "dance"}))
    errors = ada.all(wire.Error)
    assert [(error.ref, error.code) for error in errors] == [(7, "malformed"), (None, "unknown_command")]
    assert "“dance”" in errors[1].text
    assert isinstance(ada.asks(wire.Ping), wire.Pong)


def test_a_flood_is_closed_with_a_reason_and_the_others_go_on() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    burst = int(FLOOD_FRAMES * FLOOD_SECONDS)
    for _ in range(burst):
        ada.sends(wire.Ping)
        if ada.gone:
            break
    assert ada.last(wire.Error).code == "flood"
    assert ada.closed_with == 4003
    assert isinstance(bob.asks(wire.Ping), wire.Pong)


def test_a_steady_hundred_frames_a_second_are_no_flood() -> None:
    world = World()
    ada = world.page("ada")
    for _ in range(20):
        for _ in range(int(FLOOD_FRAMES)):
            ada.sends(wire.Ping)
        world.turn(1.0)
    assert ada.closed_with is None


def test_answers_for_who_is_gone_are_ignored() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    for command, fields in (
        (wire.Watch, {"conversation": notes}),
        (wire.Open, {"name": "ml-team"}),
        (wire.History, {"conversation": notes}),
        (wire.FindPeople, {}),
    ):
        late = world.page("ada")
        with world.held():
            late.sends(command, **fields)
            late.closes()
    late = world.opens("ada")
    with world.held():
        late.says_hello()
        late.closes()
    ada.posts(notes)


def test_nothing_is_kept_of_who_is_gone() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    bob.watches(team)
    bob.does(wire.Type, conversation=team)
    with world.held():
        bob.sends(wire.Watch, conversation=team)
        bob.posts_later(team, "gone")
        bob.closes()
    world.turn(60)
    state = world.hub.core._state
    assert "bob" not in state.connections.users
    assert bob.number not in state.flows._owned
    conversation = state.conversations.get(team)
    assert conversation is not None
    assert (conversation.watchers, bool(conversation.typing)) == (set(), False)
    assert state.flows._waiting == {}
    assert state.flows.written == {}
    assert state.flows._parked == {}


def test_nothing_keeps_a_connection_that_is_gone() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    bob.watches(team)
    ada.posts(team)
    connection = weakref.ref(next(one for one in world.hub.core._state.connections if one.id == bob.number))
    bob.closes()
    world.turn(ASK_EVERY)
    gc.collect()
    assert connection() is None, "also where nobody has written since"


def test_only_so_many_conversations_are_in_memory_and_the_others_come_back() -> None:
    world = World(limits=FAST)
    ada, bob = world.page("ada"), world.page("bob")
    channels = [ada.opens(f"channel-{number}") for number in range(LOADED + 20)]
    assert len(world.hub.core._state.conversations) == LOADED
    world.turn(1.0)  # the own commits come back from the store, and load nothing again
    before = len(world.hub.queries)
    world.turn(5.0)
    assert len(world.hub.queries) == before
    bob.opens("channel-0")
    bob.posts(channels[0], "still there")
    ada.sees("still there", in_=channels[0])


def test_the_hub_says_goodbye_and_takes_nobody_in_any_more() -> None:
    world = World()
    ada, eve = world.page("ada"), world.opens("eve")
    world.hub.handle(effects.Drain(4006))
    for actor in (ada, eve):
        assert actor.closed_with == 4006
        assert (actor.last(wire.Bye).code, actor.last(wire.Bye).retry_after) == (4006, 0.5)
    assert world.opens("bob").closed_with == 4006


@pytest.mark.parametrize(("connections", "cap"), [(1, 0.5), (1_000, 4.0), (6_000, 20.0)])
def test_the_reconnect_cap_grows_with_the_connections(connections: int, cap: float) -> None:
    world = World(limits=FAST)
    for number in range(connections - 1):
        world.opens(f"u{number}")
    assert world.page("ada").welcome.reconnect_cap == cap


def test_unknown_connections_are_ignored() -> None:
    world = World()
    for given in (
        effects.Received(99, wire.Ping(ref=1)),
        effects.Malformed(99, None, "malformed", {"why": "no"}),
        effects.Closed(99),
        effects.Drained(99),
        effects.Loaded(99, None),
        effects.Committed([(99, items.Put())]),
    ):
        world.hub.handle(given)


def test_too_many_unanswered_commands_are_told_to_wait() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    with world.held():
        refs = [ada.sends(wire.FindPeople) for _ in range(513)]
        assert ada.reply(refs[-1]).code == "slow"
    assert isinstance(ada.reply(refs[0]), wire.People)


def test_a_bug_in_one_command_is_told_and_spoils_nothing_else() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    with world.held():
        bad = ada.sends(wire.FindPeople)
        good = ada.posts_later(team, "fine")
        token = min(world.hub.core._state.flows._waiting)
        found = world.hub.core.handle(effects.Loaded(token, "nonsense"), world.now)
    faults = [effect for effect in found if isinstance(effect, effects.Fault)]
    errors = [effect.items[0] for effect in found if isinstance(effect, effects.Send)]
    assert "answered with a str" in str(faults[0].error)
    assert [(error.ref, error.code) for error in errors if isinstance(error, wire.Error)] == [(bad, "internal")]
    assert isinstance(ada.reply(good), wire.Accepted)
    bob.sees("fine", in_=team)
