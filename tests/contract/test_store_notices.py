"""What happened to a conversation, beside the messages of a page, as every store has it."""

from __future__ import annotations

import pytest
from kit.stores import ADA, BOB, EVE, Driver, append, conversation, event, join, leave, pin, post

from nbchat.hub import items, queries
from nbchat.protocol.limits import NOTICES
from nbchat.protocol.messages import Described, Muted, Settings, Unbanned


def describes(topic: str, rules: int) -> items.AppendEvent:
    return append(event(Described, "c", ADA, title="C", settings=Settings(topic=topic), changed=["topic"]), rules)


def notices(hub: Driver, **where: int) -> list[int]:
    found = hub.ask(queries.LoadPage(conversation="c", **where))
    return [one.seq for one in found.notices]


@pytest.fixture
def team(hub: Driver) -> Driver:
    """Made at 1; messages 2, 4, 7, 11; a topic at 3; Bob came at 5 and went at 6; pins at 8 and 9; the newest is 12."""
    hub.put(conversation("c", ADA))
    hub.write(
        post("c", ADA, key="key-two!"),
        describes("plans", 1),
        post("c", ADA, key="key-four", rules=2),
        join("c", BOB, 2),
        leave("c", BOB, 3),
        post("c", ADA, key="key-seven", rules=4),
        pin("c", ADA, 2, rules=4),
        pin("c", ADA, 2, on=False, rules=4),
        append(event(Unbanned, "c", ADA, user="bob"), 4),
        post("c", ADA, key="key-eleven", rules=5),
        append(event(Muted, "c", ADA, user="ada", until=5), 5),
    )
    return hub


def test_a_page_has_what_happened_between_its_bounds(team: Driver) -> None:
    assert notices(team) == [1, 3, 5, 6, 8, 12]
    assert notices(team, limit=2) == [8, 12]
    assert notices(team, before=7, limit=1) == [5, 6]
    assert notices(team, before=7, limit=2) == [1, 3, 5, 6]
    assert notices(team, before=2) == [1]
    assert notices(team, before=0) == []
    assert notices(team, after=4, limit=1) == [5, 6]
    assert notices(team, after=7) == [8, 12]
    assert notices(team, after=11) == [12]
    assert notices(team, around=4, limit=2) == [1, 3]


def test_so_has_a_snapshot(team: Driver) -> None:
    snapshot = team.ask(queries.LoadSnapshot("ada", "c"))
    kinds = ["Created", "Described", "Joined", "Left", "Pinned", "Muted"]
    assert [type(one).__name__ for one in snapshot.page.notices] == kinds
    assert snapshot.page.notices[1].settings.topic == "plans"


def test_single_messages_and_threads_have_none(team: Driver) -> None:
    assert team.ask(queries.LoadMessages(conversation="c", seqs=(2, 7))).notices == ()
    assert notices(team, thread=7) == []


def test_whom_they_name_is_told_though_they_have_left(team: Driver) -> None:
    page = team.ask(queries.LoadPage(conversation="c"))
    assert {person.id for person in page.people} == {"ada", "bob"}


def test_between_two_messages_are_the_newest(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    hub.write(post("c", ADA, key="key-two!"))
    hub.write(*(describes(f"topic {n}", n + 1) for n in range(3 * NOTICES)))  # seq 3 and so on
    last = 2 + 3 * NOTICES
    rules = 1 + 3 * NOTICES
    hub.write(post("c", ADA, key="key-last", rules=rules), join("c", EVE, rules))
    assert notices(hub) == [1, *range(last + 1 - NOTICES, last + 1), last + 2]
    hub.write(leave("c", EVE, rules + 1))
    assert notices(hub, limit=1) == [last + 2, last + 3]
    assert notices(hub, before=last + 1) == [1, *range(last + 1 - NOTICES, last + 1)]


def test_a_stretch_without_any_message(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    hub.write(*(describes(f"topic {n}", n + 1) for n in range(2 * NOTICES)))
    last = 1 + 2 * NOTICES
    assert notices(hub) == [*range(last + 1 - NOTICES, last + 1)]


def test_lines_on_both_sides_of_many_messages(hub: Driver) -> None:
    """More in all than there may be between two messages."""
    hub.put(conversation("c", ADA))
    for n in range(NOTICES + 5):
        hub.write(post("c", ADA, key=f"key-{n:06}", rules=n + 1), describes(f"topic {n}", n + 1))
    assert notices(hub) == [1, *(3 + 2 * n for n in range(NOTICES + 5))]
