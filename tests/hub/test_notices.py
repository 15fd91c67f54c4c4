"""What happened to a conversation is told with its messages: lines between them, for who was not there."""

from __future__ import annotations

from kit.play import World

from nbchat.protocol import messages as wire
from nbchat.protocol.changes import noticed
from nbchat.protocol.limits import NOTICED, NOTICES


def kinds(of: wire.Snapshot | wire.Page) -> list[tuple[str, int]]:
    return [(type(event).__name__, event.seq) for event in of.notices]


def test_who_comes_later_is_told_what_happened() -> None:
    world = World()
    ada, _ = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    first = ada.posts(team, "one").seq
    ada.does(wire.Describe, conversation=team, topic="plans")
    ada.does(wire.Pin, conversation=team, message=first, on=True)
    ada.posts(team, "two")
    ada.does(wire.Remove, conversation=team, user="bob", reason="spam")
    ada.watches(team)
    snapshot = ada.last(wire.Snapshot)
    assert kinds(snapshot) == [("Created", 1), ("Described", 3), ("Pinned", 4), ("Left", 6)]
    assert next(event for event in snapshot.notices if isinstance(event, wire.Left)).reason == "spam"
    assert "Bob" in {person.name for person in snapshot.people}, "no member any more, but named"
    older = ada.does(wire.History, conversation=team, before=5)
    assert kinds(older) == [("Created", 1), ("Described", 3), ("Pinned", 4)]
    assert kinds(ada.does(wire.History, conversation=team, thread=first)) == []


def test_what_happens_while_a_page_is_read_is_in_it() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.posts(team, "one")
    with world.held():
        ref = ada.sends(wire.History, conversation=team)
        world.hub.store.step()  # reads the page
        [answered] = world.hub.inputs
        world.hub.inputs.clear()
        ada.sends(wire.Describe, conversation=team, topic="plans")
        world.settle()
        world.hub.handle(answered)  # is overtaken by the news of what it lacks
    page = ada.reply(ref)
    assert kinds(page) == [("Created", 1), ("Described", 3)]
    assert page.as_of == 3
    assert bob.last(wire.Described).settings.topic == "plans"


def test_a_class_that_comes_in_while_a_page_is_read_fills_no_page() -> None:
    world = World()
    ada = world.page("ada")
    channel = ada.opens("lectures")
    ada.posts(channel, "one")
    class_ = [world.page(f"p{number:02}") for number in range(NOTICES + 5)]
    with world.held():
        ref = ada.sends(wire.History, conversation=channel)
        world.hub.store.step()  # reads the page
        [answered] = world.hub.inputs
        world.hub.inputs.clear()
        for one in class_:
            one.sends(wire.Open, name="lectures")
        world.settle()
        world.hub.handle(answered)
    page = ada.reply(ref)
    assert page.as_of == 2 + NOTICES + 5
    assert [seq for _, seq in kinds(page)] == [1, *range(page.as_of - NOTICES + 1, page.as_of + 1)]


def test_what_was_described_says_what_is_another() -> None:
    world = World()
    ada = world.page("ada")
    team = ada.creates_group("Team")
    said: list[tuple[dict[str, object], list[str]]] = [
        ({"topic": "plans"}, ["topic"]),
        ({"title": "Us", "picture": "\N{ROCKET}", "topic": "plans"}, ["title", "picture"]),
        ({"slow": 5, "announcements": True}, ["slow", "announcements"]),
        ({"archived": True}, ["archived"]),
    ]
    for fields, changed in said:
        ada.does(wire.Describe, conversation=team, **fields)
        assert ada.last(wire.Described).changed == changed


def test_who_was_removed_while_away_is_told_by_whom() -> None:
    world = World()
    ada, _ = world.page("ada"), world.page("bob")
    open_, closed, own, back = (ada.creates_group(title, "bob") for title in ("Open", "Closed", "Own", "Back"))
    ada.does(wire.Remove, conversation=back, user="bob")
    ada.does(wire.Invite, conversation=back, users=["bob"])
    watched, known = ({id: ada.position(id) for id in ids} for ids in ([open_], [closed, own, back]))
    ada.does(wire.Remove, conversation=open_, user="bob", ban=True, reason="spam")
    ada.does(wire.Remove, conversation=closed, user="bob")
    other = world.page("bob")
    other.leaves(own)
    other.leaves(back)
    bob = world.page("bob", resume=wire.Resume(watched=watched, known=known))
    ends = {item.conversation: item.left for item in bob.all(wire.Removed)}
    told = {id: end and (end.name, end.banned, end.reason) for id, end in ends.items()}
    assert told == {open_: ("Ada", True, "spam"), closed: ("Ada", False, ""), own: None, back: None}


def test_the_table_names_kinds_that_there_are() -> None:
    """A kind whose name is written otherwise would be seen by nobody."""
    tags = {kind.__struct_config__.tag for kind in wire.AnyDurable.__args__}
    assert set(NOTICED) <= tags
    pin = wire.Pinned(conversation="c", seq=2, at=1, author="ada", name="Ada", message=1, on=True)
    assert noticed(pin)
    assert not noticed(
        wire.Reacted(conversation="c", seq=2, at=1, author="ada", name="Ada", message=1, emoji="x", on=True)
    )
