"""Messages that are written piece by piece."""

from __future__ import annotations

from typing import Any

import pytest
from kit.play import Actor, World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import GROWTH_BYTES, GROWTH_IDLE, GROWTHS, TEXT_CHARS


def three(world: World) -> tuple[Actor, Actor, str, int]:
    """Ada's session in a group that Bob looks at, and a message of hers."""
    ada, bob = world.session("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    bob.watches(team)
    seq = ada.posts(team, "The").seq
    bob.news()
    return ada, bob, team, seq


def grows(actor: Actor, team: str, seq: int, n: int, text: str, *, whole: bool = False) -> None:
    actor.does(wire.Grow, conversation=team, message=seq, n=n, text=text, whole=whole)


def test_who_looks_is_given_each_piece_and_the_end_is_no_edit() -> None:
    ada, bob, team, seq = three(World())
    grows(ada, team, seq, 1, "The seed", whole=True)
    grows(ada, team, seq, 2, " is")
    assert bob.news() == [
        wire.Growing(conversation=team, message=seq, n=1, text="The seed", whole=True),
        wire.Growing(conversation=team, message=seq, n=2, text=" is", whole=False),
    ]
    ada.does(wire.Edit, conversation=team, message=seq, text="The seed is 42", key="the-end-of-it", grown=True)
    (message,) = bob.looks_up(team, seq)
    assert (message.text, message.edited_at) == ("The seed is 42", None)
    assert not ada.all(wire.Growing), "the writer has it"


def test_who_comes_in_between_is_given_all_so_far() -> None:
    world = World()
    ada, _, team, seq = three(world)
    grows(ada, team, seq, 1, "The seed", whole=True)
    grows(ada, team, seq, 2, " is")
    late = world.page("bob")
    late.watches(team)
    assert late.last(wire.Growing) == wire.Growing(conversation=team, message=seq, n=2, text="The seed is", whole=True)


def test_what_a_lost_connection_was_writing_is_stored() -> None:
    ada, bob, team, seq = three(World())
    grows(ada, team, seq, 1, "The seed is", whole=True)
    ada.closes()
    assert bob.last(wire.Edited).grown
    (message,) = bob.looks_up(team, seq)
    assert (message.text, message.edited_at) == ("The seed is", None)


def test_a_piece_that_does_not_follow_is_refused_and_the_whole_mends_it() -> None:
    world = World()
    ada, bob, team, seq = three(world)
    ada.is_refused("malformed", wire.Grow, conversation=team, message=seq, n=1, text="x")
    grows(ada, team, seq, 1, "a", whole=True)
    ada.is_refused("malformed", wire.Grow, conversation=team, message=seq, n=3, text="x")
    grows(ada, team, seq, 3, "abc", whole=True)
    world.session("ada").is_refused("malformed", wire.Grow, conversation=team, message=seq, n=4, text="d")
    assert [item.text for item in bob.all(wire.Growing)] == ["a", "abc"]


def test_only_the_author_and_nothing_deleted_and_not_too_much() -> None:
    ada, bob, team, seq = three(World())
    bob.is_refused("forbidden", wire.Grow, conversation=team, message=seq, n=1, text="x", whole=True)
    grows(ada, team, seq, 1, "x" * TEXT_CHARS, whole=True)
    ada.is_refused("text_too_long", wire.Grow, conversation=team, message=seq, n=2, text="x")
    ada.deletes(team, seq)
    ada.is_refused("malformed", wire.Grow, conversation=team, message=seq, n=2, text="x")
    ada.is_refused("deleted", wire.Grow, conversation=team, message=seq, n=2, text="x", whole=True)


# ------------------------------------------------------------------------- a connection lost, and what may come late


def ends(actor: Actor, team: str, seq: int, text: str) -> None:
    actor.does(wire.Edit, conversation=team, message=seq, text=text, key=f"the-end-{text}", grown=True)


def two_hubs(*, bus: bool) -> tuple[World, Actor, Actor, str, int]:
    """Ada has written at one hub, and comes back at another one; the two tell each other, or do not."""
    world = World(hubs=2)
    ada, _, team, seq = three(world)
    again = world.session("ada", hub=1)
    again.watches(team)
    world.bus_works = bus
    grows(ada, team, seq, 1, "The seed", whole=True)
    grows(again, team, seq, 1, "The seed is", whole=True)
    return world, ada, again, team, seq


def test_what_a_lost_connection_wrote_takes_nothing_away_that_came_later() -> None:
    world, ada, again, team, seq = two_hubs(bus=False)
    ends(again, team, seq, "The seed is 42")
    ada.closes()
    world.turn(3.0)
    (message,) = again.looks_up(team, seq)
    assert message.text == "The seed is 42"


def test_who_has_come_back_elsewhere_goes_on_when_the_lost_connection_is_noticed() -> None:
    world, ada, again, team, seq = two_hubs(bus=True)
    bob = world.page("bob", hub=1)
    bob.watches(team)
    ada.closes()
    assert bob.last(wire.Edited).text == "The seed"
    grows(again, team, seq, 2, " 42")
    assert bob.last(wire.Growing).text == "The seed is 42", "the whole, because an edit has ended what it had"
    again.closes()
    assert bob.last(wire.Edited).text == "The seed is 42"


def test_another_edit_holds_against_what_a_lost_connection_wrote() -> None:
    world, ada, again, team, seq = two_hubs(bus=False)
    again.does(wire.Edit, conversation=team, message=seq, text="Never mind", key="an-edit-of-it")
    ada.closes()
    world.turn(3.0)
    (message,) = again.looks_up(team, seq)
    assert message.text == "Never mind"


def test_a_piece_that_was_on_its_way_when_the_end_came_begins_nothing() -> None:
    world = World()
    ada, bob, team, seq = three(world)
    with world.held():
        ada.sends(wire.Grow, conversation=team, message=seq, n=1, text="The seed", whole=True)
        ada.sends(wire.Edit, conversation=team, message=seq, text="The seed is 42", key="the-end-of-it", grown=True)
    world.settle()
    ada.closes()
    assert [event.text for event in bob.all(wire.Edited)] == ["The seed is 42"]


def test_a_beginning_that_comes_after_the_end_takes_nothing_away() -> None:
    """Said twice on two connections, of which one is slow and then lost: `make chaos` found it, seed 601."""
    world = World(hubs=2)
    ada, bob, team, seq = three(world)
    grows(ada, team, seq, 1, "The seed", whole=True)
    ada.does(wire.Edit, conversation=team, message=seq, text="The seed is 42", key="the-end-of-it", grown=True)
    late = world.session("ada", hub=1)
    grows(late, team, seq, 1, "The seed", whole=True)
    late.closes()
    world.settle()
    (message,) = bob.looks_up(team, seq)
    assert message.text == "The seed is 42"


def test_what_the_store_refuses_for_now_is_stored_later() -> None:
    world = World()
    ada, bob, team, seq = three(world)
    grows(ada, team, seq, 1, "The seed is for @bob", whole=True)
    world.database.failing = "store_full"
    ada.closes()
    world.turn(3.0)
    assert not bob.all(wire.Edited)
    world.database.failing = None
    world.turn(3.0)
    assert [event.text for event in bob.all(wire.Edited)] == ["The seed is for @bob"]
    (message,) = bob.looks_up(team, seq)
    assert message.mentions == [wire.Mention("bob", "@bob")]


# ---------------------------------------------------------------------------------------------- who may write no more


def test_who_is_blocked_writes_no_piece_and_nothing_of_theirs_is_kept() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    direct = ada.opens("@bob")
    seq = ada.posts(direct, "hi").seq
    grows(ada, direct, seq, 1, "hi there", whole=True)
    bob.watches(direct)
    bob.does(wire.SetOwn, key="block:ada", value=1)
    bob.news()
    ada.is_refused("blocked", wire.Grow, conversation=direct, message=seq, n=2, text="!")
    ada.is_refused("blocked", wire.Grow, conversation=direct, message=seq, n=1, text="insult", whole=True)
    ada.closes()
    assert bob.news() == [wire.Growing(conversation=direct, message=seq, n=0, text="", whole=True)]
    assert [message.text for message in bob.looks_up(direct, seq)] == ["hi"]


@pytest.mark.parametrize(
    ("make", "more"),
    [
        (wire.Mute, {"user": "bob", "seconds": 60}),
        (wire.Remove, {"user": "bob", "ban": True}),
        (wire.Remove, {"user": "bob"}),
        (wire.Describe, {"archived": True}),
    ],
)
def test_what_somebody_writes_who_may_not_any_more_is_given_up(make: Any, more: dict[str, Any]) -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team = ada.creates_group("Team", "bob", "eve")
    seq = bob.posts(team, "hi").seq
    eve.watches(team)
    grows(bob, team, seq, 1, "spam", whole=True)
    ada.does(make, conversation=team, **more)
    assert eve.last(wire.Growing) == wire.Growing(conversation=team, message=seq, n=0, text="", whole=True)
    late = world.page("eve")
    late.watches(team)
    assert not late.all(wire.Growing)
    bob.closes()
    assert not eve.all(wire.Edited)


def test_somebody_removed_while_the_hub_stores_it_is_not_kept() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    seq = bob.posts(team, "hi").seq
    grows(bob, team, seq, 1, "spam", whole=True)
    with world.held():
        ada.sends(wire.Remove, conversation=team, user="bob")
        bob.closes()
    world.settle()
    assert not ada.all(wire.Edited)
    assert ada.last(wire.Left).user == "bob"


def test_nothing_blank_is_kept() -> None:
    ada, bob, team, seq = three(World())
    grows(ada, team, seq, 1, " \n ", whole=True)
    ada.closes()
    assert not bob.all(wire.Edited)
    assert bob.last(wire.Growing).n == 0
    assert [message.text for message in bob.looks_up(team, seq)] == ["The"]


# ------------------------------------------------------------------------------------------------------------- bounds


def test_a_connection_writes_a_few_messages_at_once() -> None:
    ada, _, team, seq = three(World())
    seqs = [seq, *(ada.posts(team, "x").seq for _ in range(GROWTHS))]
    for one in seqs[:GROWTHS]:
        grows(ada, team, one, 1, "more", whole=True)
    ada.is_refused("too_many", wire.Grow, conversation=team, message=seqs[-1], n=1, text="more", whole=True)
    grows(ada, team, seq, 2, "the same again", whole=True)
    ends(ada, team, seq, "done")
    grows(ada, team, seqs[-1], 1, "more", whole=True)


def test_what_is_written_in_a_conversation_has_a_bound() -> None:
    world = World()
    ada, bob, team, _ = three(world)
    long = "\u20ac" * TEXT_CHARS
    first = GROWTH_BYTES // len(long.encode())
    for one in [ada.posts(team, "x").seq for _ in range(first)]:
        grows(ada, team, one, 1, long, whole=True)
    mine = bob.posts(team, "mine").seq
    bob.is_refused("too_many", wire.Grow, conversation=team, message=mine, n=1, text=long, whole=True)
    grows(bob, team, mine, 1, "short", whole=True)
    bob.is_refused("too_many", wire.Grow, conversation=team, message=mine, n=2, text=long[5:])


def test_what_is_not_gone_on_with_is_stored_and_may_begin_again() -> None:
    world = World()
    ada, bob, team, seq = three(world)
    grows(ada, team, seq, 1, "The seed", whole=True)
    world.turn(GROWTH_IDLE / 2)
    grows(ada, team, seq, 2, " is")
    world.turn(GROWTH_IDLE - 2)
    assert not bob.all(wire.Edited)
    world.turn(4.0)
    assert [event.text for event in bob.all(wire.Edited)] == ["The seed is"]
    ada.is_refused("malformed", wire.Grow, conversation=team, message=seq, n=3, text=" 42")
    grows(ada, team, seq, 3, "The seed is 42", whole=True)
    ada.closes()
    assert [event.text for event in bob.all(wire.Edited)] == ["The seed is", "The seed is 42"]


def test_a_piece_that_comes_while_the_hub_stores_what_was_silent_is_kept_too() -> None:
    world = World()
    ada, bob, team, seq = three(world)
    grows(ada, team, seq, 1, "The seed", whole=True)
    world.turn(GROWTH_IDLE - 2)
    with world.held():
        world.turn(4.0)
        ada.sends(wire.Grow, conversation=team, message=seq, n=2, text=" is")
    world.settle()
    grows(ada, team, seq, 3, " 42")
    ada.closes()
    assert [event.text for event in bob.all(wire.Edited)] == ["The seed", "The seed is 42"]
