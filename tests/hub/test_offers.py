"""Slash commands that sessions answer, and who is told of them."""

from __future__ import annotations

import pytest
from kit.play import Actor, World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import LEASE, LEASE_REFRESH

DEPLOY, ROLL = wire.Slash("deploy", "to  production"), wire.Slash("roll", "the dice")


def stage(*, hubs: int = 1, bus: bool = True) -> tuple[World, Actor, Actor, str]:
    """Ada's session, at the last hub, and bob's page that watches their group."""
    world = World(hubs=hubs, bus=bus)
    session, bob = world.session("ada", hub=hubs - 1), world.page("bob")
    id = session.creates_group("Team", "bob")
    bob.watches(id)
    return world, session, bob, id


def names(actor: Actor) -> list[tuple[str, str, str]]:
    """What this connection was told last."""
    return [(one.name, one.help, one.user) for one in actor.last(wire.Commands).commands]


@pytest.mark.parametrize("hubs", [1, 2])
def test_watchers_and_who_comes_later_see_what_is_answered(hubs: int) -> None:
    world, session, bob, id = stage(hubs=hubs)
    session.does(wire.Offer, conversation=id, commands=[ROLL, DEPLOY])
    expected = [("deploy", "to production", "ada"), ("roll", "the dice", "ada")]
    assert names(bob) == expected
    later = world.page("bob")
    later.watches(id)
    assert [(one.name, one.help, one.user) for one in later.last(wire.Snapshot).commands] == expected
    again = world.page("bob", resume=wire.Resume(watched={id: later.position(id)}))
    assert names(again) == expected


@pytest.mark.parametrize("hubs", [1, 2])
def test_an_offer_is_gone_with_its_connection(hubs: int) -> None:
    _, session, bob, id = stage(hubs=hubs)
    session.does(wire.Offer, conversation=id, commands=[DEPLOY])
    session.closes()
    bob.world.settle()
    assert names(bob) == []


def test_a_new_offer_replaces_the_one_before_and_the_same_is_no_news() -> None:
    world, session, bob, id = stage()
    other = world.session("ada")
    session.does(wire.Offer, conversation=id, commands=[DEPLOY])
    session.does(wire.Offer, conversation=id, commands=[DEPLOY])
    other.does(wire.Offer, conversation=id, commands=[DEPLOY])
    assert len(bob.all(wire.Commands)) == 2
    assert names(bob) == [("deploy", "to production", "ada")]
    session.does(wire.Offer, conversation=id, commands=[ROLL])
    other.closes()
    assert names(bob) == [("roll", "the dice", "ada")]


@pytest.mark.parametrize("hubs", [1, 2])
def test_who_is_removed_answers_nothing_any_more(hubs: int) -> None:
    world, session, bob, id = stage(hubs=hubs)
    session.does(wire.Rank, conversation=id, user="bob", role="owner")
    session.does(wire.Offer, conversation=id, commands=[DEPLOY])
    bob.does(wire.Remove, conversation=id, user="ada")
    assert names(bob) == []
    bob.does(wire.Invite, conversation=id, users=["ada"])
    fresh = world.page("bob")
    fresh.watches(id)
    assert fresh.last(wire.Snapshot).commands == []


def test_who_may_not_offer() -> None:
    world, session, bob, id = stage()
    assert "page" in bob.is_refused("forbidden", wire.Offer, conversation=id, commands=[DEPLOY]).text
    world.session("eve").is_refused("unknown_conversation", wire.Offer, conversation=id, commands=[DEPLOY])
    for name in ("two words", "/deploy", "-x", " "):
        session.is_refused("bad_name", wire.Offer, conversation=id, commands=[wire.Slash(name, "")])
    assert not bob.all(wire.Commands)


@pytest.mark.parametrize("name", ["msg", "Msg", "topic"])
def test_nobody_offers_a_command_of_the_views(name: str) -> None:
    _, session, bob, id = stage()
    refused = session.is_refused("bad_name", wire.Offer, conversation=id, commands=[DEPLOY, wire.Slash(name, "")])
    assert "every view answers" in refused.text
    assert not bob.all(wire.Commands)


def test_a_hub_that_says_nothing_more_answers_nothing_more() -> None:
    world, session, bob, id = stage(hubs=2)
    session.does(wire.Offer, conversation=id, commands=[DEPLOY])
    world.turn(LEASE + LEASE_REFRESH)
    assert names(bob) == [("deploy", "to production", "ada")]
    world.bus_works = False
    world.turn(LEASE + 1.0)
    assert names(bob) == []
    world.bus_works = True
    world.turn(LEASE_REFRESH)
    assert names(bob) == [("deploy", "to production", "ada")]


def test_what_is_answered_is_a_message_like_any_other() -> None:
    _, session, bob, id = stage()
    session.does(wire.Offer, conversation=id, commands=[DEPLOY])
    asked = bob.posts(id, "/deploy prod").seq
    session.sees("/deploy prod", in_=id)
    session.posts(id, "done", reply=asked)
    assert bob.last(wire.Posted).reply == asked
