"""Who is typing."""

from __future__ import annotations

from kit.play import Actor, World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import TYPING_LOST


def two(world: World, *, hub: int = 0) -> tuple[Actor, Actor, str]:
    ada, bob = world.page("ada"), world.page("bob", hub=hub)
    team = ada.creates_group("Team", "bob")
    bob.watches(team)
    bob.news()
    return ada, bob, team


def test_a_watcher_sees_who_types_until_they_stop() -> None:
    world = World()
    ada, bob, team = two(world)
    ada.does(wire.Type, conversation=team)
    ada.does(wire.Type, conversation=team)
    ada.does(wire.Type, conversation=team, active=False)
    assert bob.news() == [
        wire.Typing(conversation=team, users=["ada"], count=1),
        wire.Typing(conversation=team, users=[], count=0),
    ]
    assert all(send.ephemeral for send in bob.frames[-2:])
    assert not ada.all(wire.Typing)


def test_who_says_nothing_more_is_forgotten() -> None:
    world = World()
    ada, bob, team = two(world)
    ada.does(wire.Type, conversation=team)
    world.turn(TYPING_LOST - 1)
    ada.does(wire.Type, conversation=team)
    world.turn(TYPING_LOST - 0.1)
    assert bob.last(wire.Typing).users == ["ada"]
    world.turn(0.2)
    assert bob.last(wire.Typing).users == []


def test_a_message_ends_its_typing_after_it_was_given() -> None:
    world = World()
    ada, bob, team = two(world)
    ada.does(wire.Type, conversation=team)
    ada.posts(team)
    assert [type(item) for item in bob.news()] == [wire.Typing, wire.Posted, wire.Typing]
    assert bob.last(wire.Typing).users == []
    world.turn(2 * TYPING_LOST)
    assert not bob.all(wire.Typing)[2:]


def test_a_closed_connection_does_not_type() -> None:
    world = World()
    ada, bob, team = two(world)
    other = world.page("ada")
    ada.does(wire.Type, conversation=team)
    other.closes()
    assert bob.last(wire.Typing).users == ["ada"]
    ada.closes()
    assert bob.last(wire.Typing).users == []


def test_who_leaves_does_not_type() -> None:
    world = World()
    ada, bob, team = two(world)
    ada.does(wire.Rank, conversation=team, user="bob", role="owner")
    ada.does(wire.Type, conversation=team)
    ada.leaves(team)
    assert bob.last(wire.Typing).users == []


def test_five_are_named_and_all_are_counted() -> None:
    world = World()
    ada = world.page("ada")
    users = [f"u{number}" for number in range(7)]
    pages = [world.page(user) for user in users]
    team = ada.creates_group("Team", *users)
    ada.watches(team)
    for page in pages:
        page.does(wire.Type, conversation=team)
    assert (ada.last(wire.Typing).users, ada.last(wire.Typing).count) == (users[:5], 7)


def test_typing_reaches_other_hubs() -> None:
    world = World(hubs=2)
    ada, bob, team = two(world, hub=1)
    ada.does(wire.Type, conversation=team)
    assert bob.last(wire.Typing).users == ["ada"]
    ada.does(wire.Type, conversation=team, active=False)
    assert bob.last(wire.Typing).users == []
    ada.does(wire.Type, conversation=team)
    world.bus_works = False
    ada.closes()
    world.turn(TYPING_LOST + 0.1)
    assert bob.last(wire.Typing).users == []
