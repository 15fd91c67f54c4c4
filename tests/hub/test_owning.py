"""What a person sets of their own state: it is theirs, on all their devices, and survives."""

from __future__ import annotations

from typing import Any

import pytest
from kit.play import Actor, Stage, World

from nbchat.hub import effects, ports
from nbchat.hub.own import TOLD
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import TEXT_CHARS, HubLimits


def told(actor: Actor, key: str) -> list[Any]:
    """The values that this connection was told, in order."""
    return [row.value for own in actor.all(wire.Own) for row in own.rows if row.key == key]


def kept(world: World, user: str, key: str, *, hub: int = 0) -> Any:
    """What a fresh page of this person gets."""
    return next((row.value for row in world.page(user, hub=hub).welcome.own if row.key == key), None)


def stage(*, hubs: int = 1, bus: bool = True) -> tuple[World, Actor, Actor, str]:
    """Ada with a page, and another device at the last hub; a group of hers with three messages."""
    world = World(hubs=hubs, bus=bus)
    ada, tab = world.page("ada"), world.page("ada", hub=hubs - 1)
    world.page("bob")
    id = ada.creates_group("Team", "bob")
    for text in ("one", "two", "three"):
        ada.posts(id, text)
    return world, ada, tab, id


PREFS = wire.Prefs(level="mentions", mute_until=0, star=True, order=1.5)


@pytest.mark.parametrize("hubs", [1, 2])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("draft:{id}", "not yet"),
        ("draft:{id}/2", "not yet, in the thread"),
        ("prefs:{id}", PREFS),
        ("saved:{id}/3", 1_795_262_400_000),
        ("block:bob", 1_795_262_400_000),
    ],
)
def test_a_row_is_on_all_devices_and_gone_again(hubs: int, key: str, value: Any) -> None:
    world, ada, tab, id = stage(hubs=hubs)
    key = key.format(id=id)
    ada.does(wire.SetOwn, key=key, value=value)
    assert told(ada, key) == told(tab, key) == [value]
    assert kept(world, "ada", key, hub=hubs - 1) == value
    ada.does(wire.SetOwn, key=key, value=None)
    assert told(ada, key) == told(tab, key) == [value, None]
    assert kept(world, "ada", key) is None


def test_without_the_bus_the_other_hub_learns_it_from_the_store() -> None:
    world, ada, tab, id = stage(hubs=2, bus=False)
    ada.does(wire.SetOwn, key=f"prefs:{id}", value=PREFS)
    assert not told(tab, f"prefs:{id}")
    world.turn(1.0)
    assert told(tab, f"prefs:{id}") == [PREFS]


def test_nobody_else_is_told() -> None:
    world, ada, _, id = stage()
    bob = world.page("bob")
    bob.news()
    ada.does(wire.SetOwn, key=f"draft:{id}", value="secret")
    ada.does(wire.SetOwn, key="block:bob", value=1)
    bob.hears_nothing()


def test_the_last_write_wins_and_an_empty_draft_is_none() -> None:
    world, ada, tab, id = stage()
    with world.held():
        ada.sends(wire.SetOwn, key=f"draft:{id}", value="from here")
        tab.sends(wire.SetOwn, key=f"draft:{id}", value="from there")
    assert told(ada, f"draft:{id}")[-1] == told(tab, f"draft:{id}")[-1] == kept(world, "ada", f"draft:{id}")
    ada.does(wire.SetOwn, key=f"draft:{id}", value="")
    assert told(tab, f"draft:{id}")[-1] is None


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [
        ("bad_own", "read:{id}", 3),
        ("bad_own", "thread:{id}/2", 3),
        ("bad_own", "reports:{id}", 3),
        ("bad_own", "anything", "else"),
        ("bad_own", "draft:{id}", 3),
        ("bad_own", "draft:{id}/two", "text"),
        ("bad_own", "prefs:{id}", "all"),
        ("bad_own", "prefs:{id}/2", PREFS),
        ("bad_own", "prefs:{id}", wire.Prefs(mute_until=-1)),
        ("bad_own", "saved:{id}/2", True),
        ("bad_own", "saved:{id}/2", -1),
        ("bad_own", "saved:{id}/02", 1),
        ("bad_own", "block:ada", 1),
        ("text_too_long", "draft:{id}", "x" * (TEXT_CHARS + 1)),
        ("unknown_message", "saved:{id}/99", 1),
        ("unknown_message", "draft:{id}/0", "text"),
        ("bad_own", "saved:{id}", 1),
        ("unknown_conversation", "draft:nowhere", "text"),
        ("unknown_conversation", "prefs:", PREFS),
        ("unknown_person", "block:nobody", 1),
    ],
)
def test_what_cannot_be_set(code: str, key: str, value: Any) -> None:
    world, ada, tab, id = stage()
    ada.is_refused(code, wire.SetOwn, key=key.format(id=id), value=value)
    assert not tab.all(wire.Own) or not told(tab, key.format(id=id))
    world.page("eve").is_refused("unknown_conversation", wire.SetOwn, key=f"draft:{id}", value="text")


def test_who_was_removed_can_still_take_their_rows_away() -> None:
    world, ada, _, id = stage()
    bob = world.page("bob")
    bob.does(wire.SetOwn, key=f"saved:{id}/2", value=1)
    ada.does(wire.Remove, conversation=id, user="bob")
    bob.is_refused("unknown_conversation", wire.SetOwn, key=f"saved:{id}/3", value=1)
    bob.does(wire.SetOwn, key=f"saved:{id}/2", value=None)
    assert kept(world, "bob", f"saved:{id}/2") is None


def test_a_loop_is_paced() -> None:
    _, ada, _, id = stage()
    burst = HubLimits().touches.burst
    codes = [
        getattr(ada.asks(wire.SetOwn, key=f"draft:{id}", value=f"{number}"), "code", "done")
        for number in range(burst + 1)
    ]
    assert codes == ["done"] * burst + ["slow"]


def test_no_word_of_a_draft_travels_on_the_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    world, ada, tab, id = stage(hubs=2)
    heard: list[ports.Note] = []
    ring = world.rings

    def rings(ringing: Stage, note: ports.Note) -> None:
        heard.append(note)
        ring(ringing, note)

    monkeypatch.setattr(world, "rings", rings)
    ada.does(wire.SetOwn, key=f"draft:{id}", value="the secret")
    world.turn(1.0)
    assert told(tab, f"draft:{id}") == ["the secret"]
    assert ports.LookNote() in heard
    assert "secret" not in repr(heard)


def test_who_is_blocked_pins_nothing_and_follows_nothing() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    direct = ada.opens("@bob")
    seq = bob.posts(direct).seq
    ada.does(wire.Follow, conversation=direct, thread=seq, on=True)
    bob.does(wire.SetOwn, key="block:ada", value=1)
    ada.is_refused("blocked", wire.Pin, conversation=direct, message=seq)
    ada.is_refused("blocked", wire.Follow, conversation=direct, thread=seq, on=True)
    ada.does(wire.Follow, conversation=direct, thread=seq, on=False)


def test_who_was_here_and_cannot_say_how_far_is_told_what_is_gone() -> None:
    """A version below all rows may be missing for ever, because its row has a newer one: then a page stays at 0."""
    world, ada, tab, id = stage()
    ada.does(wire.SetOwn, key=f"saved:{id}/2", value=1)
    known = {id: tab.position(id)}
    tab.closes()
    ada.does(wire.SetOwn, key=f"saved:{id}/2", value=None)
    again = world.opens("ada")
    again.says_hello("page", wire.Resume(uv=0, known=known))
    rows = {row.key: row.value for row in again.welcome.own}
    assert rows[f"saved:{id}/2"] is None
    assert f"saved:{id}/2" not in {row.key for row in world.page("ada").welcome.own}, "who has nothing needs it not"


def test_a_row_that_waits_for_events_comes_when_they_will_not_come_any_more() -> None:
    """Who is banned loses their marker; its row is counted as of a seq that they are never given."""
    world = World(hubs=2, bus=False)
    ada, bob = world.page("ada"), world.page("bob", hub=1)
    id = ada.creates_group("Team", "bob")
    world.turn(3.0)
    ada.does(wire.Remove, conversation=id, user="bob", ban=True)
    ada.posts(id, "gone")
    world.turn(3.0)
    assert bob.last(wire.Own).rows[0].key == f"read:{id}"
    assert bob.last(wire.Own).rows[0].value is None


def test_versions_of_what_was_told_long_ago_are_not_remembered() -> None:
    world, ada, tab, id = stage(hubs=2)
    for n in range(TOLD + 100):
        row = wire.OwnRow(f"draft:{id}/{n}", "text", 100_000 + n, None)
        world.hub.handle(effects.Published(ports.OwnNote(ports.OwnNews("ada", row, 0))))
    user = world.hub.core._state.connections.users["ada"]
    assert len(user.told) == TOLD
    assert f"draft:{id}/{TOLD + 99}" in user.told
    ada.does(wire.SetOwn, key=f"draft:{id}", value="new")
    assert told(ada, f"draft:{id}") == told(tab, f"draft:{id}") == ["new"]
