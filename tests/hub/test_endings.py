"""How a membership ended for somebody who was away: told where somebody else ended it, and only if that was last."""

from __future__ import annotations

from kit.play import Actor, World

from nbchat.protocol import messages as wire


def team_of_two() -> tuple[World, Actor, Actor, str]:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    return world, ada, bob, ada.creates_group("Team", "bob")


def told(world: World, position: wire.Position, team: str) -> list[str | None]:
    """Who ended it, as Bob's other device is told when it comes back, by a known row and by an open view."""
    resumes = [wire.Resume(known={team: position}), wire.Resume(watched={team: position})]
    ends = [world.page("bob", resume=resume).last(wire.Removed).left for resume in resumes]
    return [None if end is None else end.name for end in ends]


def test_who_was_removed_is_told_by_whom() -> None:
    world, ada, bob, team = team_of_two()
    position = bob.position(team)
    ada.does(wire.Remove, conversation=team, user="bob")
    assert told(world, position, team) == ["Ada", "Ada"]


def test_who_came_back_and_left_by_themselves_was_not_removed() -> None:
    world, ada, bob, team = team_of_two()
    position = bob.position(team)
    ada.does(wire.Remove, conversation=team, user="bob")
    ada.does(wire.Invite, conversation=team, users=["bob"])
    bob.leaves(team)
    assert told(world, position, team) == [None, None]


def test_another_epoch_says_nothing() -> None:
    """Its numbers are not those of the history that the device knows."""
    world, ada, bob, team = team_of_two()
    position = bob.position(team)
    ada.does(wire.Remove, conversation=team, user="bob")
    assert told(world, wire.Position("another", position.seq), team) == [None, None]
