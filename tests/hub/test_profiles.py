"""What people show of themselves beside their name (test_names has that), and that hiding when one was here works."""

from __future__ import annotations

from typing import Any

import pytest
from kit.play import World

from nbchat.hub import effects, ports
from nbchat.hub.core import ASK_EVERY
from nbchat.hub.profiles import RENAMED
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import PERSON_COLORS, PRESENCE_GRACE


def test_what_is_not_named_stays() -> None:
    world = World(hubs=2)
    ada, bob = world.page("ada"), world.page("bob", hub=1)
    ada.does(wire.SetProfile, status="  at  lunch ", emoji="\N{HOT BEVERAGE}", color=PERSON_COLORS[3])
    ada.does(wire.SetProfile, name="Ada Lovelace", hide_seen=True)
    world.turn(ASK_EVERY)
    whole = wire.Person("ada", "Ada Lovelace", "at lunch", "\N{HOT BEVERAGE}", PERSON_COLORS[3], True)
    assert ada.last(wire.Named).person == bob.last(wire.Named).person == whole
    ada.does(wire.SetProfile, status="", emoji="", color="", hide_seen=False)
    ada.closes()
    assert world.page("ada").welcome.me == wire.Person("ada", "Ada Lovelace")


def test_who_comes_back_hears_what_has_changed() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    known = wire.Resume(known={team: bob.position(team)})
    bob.closes()
    ada.does(wire.SetProfile, status="away")
    again = world.page("bob", resume=known)
    assert wire.Person("ada", "Ada", "away") in again.welcome.people


def test_an_emoji_has_one_form() -> None:
    world = World()
    ada = world.page("ada")
    ada.does(wire.SetProfile, emoji="\u2764")
    assert ada.last(wire.Named).person.emoji == "\u2764\ufe0f"


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("bad_own", {"status": "x" * 101}),
        ("bad_own", {"status": "evil\u202egnp"}),
        ("bad_emoji", {"emoji": "x"}),
        ("bad_own", {"color": "#ff0000"}),
        ("bad_name", {"name": "x" * 5_000}),
        ("bad_name", {"name": "Bob", "status": "never stored"}),
    ],
)
def test_what_cannot_be_shown_changes_nothing(code: str, fields: dict[str, Any]) -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    ada.is_refused(code, wire.SetProfile, **fields)
    assert not bob.all(wire.Named)
    assert world.page("ada").welcome.me == wire.Person("ada", "Ada")


def test_who_hides_it_tells_nobody_when_they_were_here() -> None:
    world = World(hubs=2)
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    watching = world.session("ada", hub=1)
    ada.watches(team)
    watching.watches(team)
    bob.does(wire.SetProfile, hide_seen=True)
    bob.closes()
    world.turn(2 * PRESENCE_GRACE)
    for actor in (ada, watching):
        assert actor.last(wire.Presence).changed == [wire.Status("bob", False, None)]
    fresh = world.page("ada")
    fresh.watches(team)
    assert wire.Status("bob", False, None) in fresh.last(wire.Snapshot).presence
    found = fresh.does(wire.FindMembers, conversation=team, query="bob").members
    assert [one.last_seen for one in found] == [None]


def test_hiding_it_and_telling_again_holds_at_once_in_open_views() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.watches(team)
    bob.closes()
    gone = world.now.wall
    world.turn(PRESENCE_GRACE)
    session = world.session("bob")
    session.does(wire.SetProfile, hide_seen=True)
    assert ada.last(wire.Presence).changed == [wire.Status("bob", False, None)]
    session.does(wire.SetProfile, hide_seen=False)
    assert ada.last(wire.Presence).changed == [wire.Status("bob", False, gone)]


def test_only_the_people_who_were_renamed_last_are_remembered() -> None:
    world = World()
    world.page("ada")
    for n in range(RENAMED + 50):
        change = (wire.Person(f"guest-{n}", f"Guest {n}"), 1_000 + n)
        world.hub.handle(effects.Changed(ports.Changes(mark=0, grown=(), people=(change,)), pushed=True))
    state = world.hub.core._state
    assert len(state.names) == len(state.renamed) == RENAMED
    assert list(state.names)[-1] == f"guest-{RENAMED + 49}"
