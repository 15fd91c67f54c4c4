"""Messages that are written piece by piece."""

from __future__ import annotations

from kit.play import Actor, World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import TEXT_CHARS


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
