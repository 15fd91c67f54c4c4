"""What each person keeps for themself: rows of own state, drafts, markers of all that is read."""

from __future__ import annotations

from typing import Any

import pytest
from kit.stores import (
    ADA,
    BOB,
    EVE,
    NOON,
    Driver,
    conversation,
    names,
    post,
    read,
    summary,
)

from nbchat.hub import items, queries
from nbchat.protocol.limits import OWN_BYTES, WELCOME_DRAFTS
from nbchat.protocol.messages import (
    OwnValue,
    Person,
    Prefs,
)
from nbchat.store import derived


def keep(hub: Driver, key: str, value: OwnValue, user: Person = BOB) -> Any:
    return hub.put(items.PutOwn(user=user.id, key=key, value=value))


def test_rows_of_own_state_are_set_told_and_taken_away(hub: Driver) -> None:
    start = hub.ask(queries.LoadList(user="bob", limit=9, uv=0))
    wanted = Prefs(level="mentions", mute_until=NOON, star=True, order=1.5)
    values: list[tuple[str, OwnValue]] = [
        ("draft:c", "half a sentence"), ("prefs:c", wanted), ("saved:c/7", NOON), ("block:eve", True),
    ]  # fmt: skip
    mark = hub.changes(None).mark
    rows = [keep(hub, key, value) for key, value in values]
    assert [(one.user, one.row.key, one.row.value, one.as_of) for one in rows] == [("bob", k, v, 0) for k, v in values]
    assert [one.row.v for one in rows] == [start.uv + n for n in range(1, 5)]
    assert [news.row for news in hub.changes(mark).own] == [one.row for one in rows]
    assert keep(hub, "prefs:c", wanted) == rows[1], "nothing changed, so no new version"
    assert hub.ask(queries.LoadOwn(user="bob", key="prefs:c")) == queries.OwnRecord(wanted)
    gone = keep(hub, "draft:c", None).row
    assert (gone.value, gone.v) == (None, start.uv + 5)
    assert hub.ask(queries.LoadOwn(user="bob", key="draft:c")) is None
    assert hub.ask(queries.LoadOwn(user="bob", key="draft:d")) is None
    later = hub.ask(queries.LoadList(user="bob", limit=9, uv=rows[2].row.v)).own
    assert [(row.key, row.value) for row in later] == [("block:eve", True), ("draft:c", None)]


def test_taking_away_what_is_not_there_leaves_nothing_behind(hub: Driver) -> None:
    keep(hub, "draft:c", "x")
    mark = hub.changes(None).mark
    assert keep(hub, "saved:c/1", None).row.v == 0, "any other version belongs to a row, and says that it was told"
    assert hub.changes(mark).own == ()
    assert [row.key for row in hub.ask(queries.LoadList(user="bob", limit=9, uv=1)).own] == []


def test_a_fresh_page_gets_no_threads_and_nothing_that_is_gone(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", BOB, key="key-one!"), post("c", ADA, key="key-two!", thread=2))
    hub.put(read("c", BOB, 3, thread=2))
    for key, value in (("draft:c", "x"), ("saved:c/2", NOON), ("saved:c/3", NOON), ("saved:c/3", None)):
        keep(hub, key, value)
    fresh = hub.ask(queries.LoadList(user="bob", limit=9, uv=0)).own
    assert [row.key for row in fresh] == ["read:c", "draft:c", "saved:c/2"]
    known = hub.ask(queries.LoadList(user="bob", limit=9, uv=1)).own
    assert [(row.key, row.value, row.unread) for row in known] == [
        ("thread:c/2", 3, 0), ("draft:c", "x", None), ("saved:c/2", NOON, None), ("saved:c/3", None, None),
    ]  # fmt: skip
    unsure = hub.ask(queries.LoadList(user="bob", limit=9, uv=-1)).own
    assert [row.key for row in unsure] == ["read:c", "thread:c/2", "draft:c", "saved:c/2", "saved:c/3"]


def test_there_is_an_end_to_what_a_person_keeps(hub: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 20  # instead of ten thousand, which take half a minute
    monkeypatch.setattr(derived, "OWN_ROWS", limit)
    hub.put(conversation("c", ADA, BOB))
    hub.write(*(items.PutOwn(user="bob", key=f"saved:c/{n}", value=1) for n in range(limit)))
    refused = keep(hub, "saved:c/more", 1)
    assert (refused.code, refused.values["limit"]) == ("too_many", limit)
    assert keep(hub, "saved:c/7", 2).row.value == 2, "what is there can change"
    assert hub.put(read("c", BOB, 1)).row.value == 1, "and markers do not count"
    keep(hub, "saved:c/8", None)
    assert keep(hub, "saved:c/more", 1).row.value == 1


def test_there_is_an_end_to_what_a_person_keeps_in_bytes(hub: Driver) -> None:
    long = "\u00e4" * 10_000
    fitting = OWN_BYTES // (2 * len(long) + len("draft:10") + len('""'))
    hub.write(*(items.PutOwn(user="bob", key=f"draft:{n + 10}", value=long) for n in range(fitting)))
    refused = keep(hub, "draft:one-more", long)
    assert (refused.code, refused.values["limit"]) == ("too_many", OWN_BYTES)
    assert refused.values["count"] > OWN_BYTES
    rest = OWN_BYTES - fitting * (2 * len(long) + len('draft:10""'))
    assert keep(hub, "draft:rest", "x" * (rest - len('draft:rest""'))).row.value
    assert keep(hub, "draft:10", long + "x").code == "too_many", "nor does one that is there grow"
    assert keep(hub, "draft:10", "\u20ac" + long[1:]).code == "too_many", "whatever its letters"
    assert keep(hub, "draft:10", "y" + long[1:]).row.value, "it may change and become shorter"
    assert keep(hub, "saved:c/1", NOON).code == "too_many"
    assert keep(hub, "draft:one-more", long, EVE).row.value == long, "each person has their own room"
    keep(hub, "draft:11", None)
    assert keep(hub, "draft:one-more", long[:-20]).row.value


def test_a_fresh_page_is_given_the_newest_drafts_only(hub: Driver) -> None:
    long = "x" * 10_000
    keep(hub, "saved:c/1", NOON)
    hub.write(*(items.PutOwn(user="bob", key=f"draft:{n}", value=long) for n in range(10, 40)))
    fresh = hub.ask(queries.LoadList(user="bob", limit=9, uv=0)).own
    fitting = WELCOME_DRAFTS // len('draft:10""' + long)
    assert [row.key for row in fresh] == ["saved:c/1", *(f"draft:{n}" for n in range(40 - fitting, 40))]
    assert len(hub.ask(queries.LoadList(user="bob", limit=9, uv=1)).own) == 30, "who comes back misses nothing"


def test_all_is_read(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), conversation("b", ADA, BOB), conversation("other", ADA, EVE))
    hub.write(
        post("c", BOB, key="key-one!"),
        post("c", ADA, key="key-two!", thread=2, mentions=names("@all")),
        post("b", ADA, key="key-3!!!", mentions=names("@all")),
    )
    told = hub.put(items.PutReadAll(user="bob"))
    assert [(one.row.key, one.row.value, one.row.unread, one.row.mentions, one.as_of) for one in told.rows] == [
        ("read:b", 2, 0, 0, 2), ("read:c", 3, 0, 0, 3), ("thread:c/2", 3, 0, None, 3),
    ]  # fmt: skip
    assert (summary(hub, BOB).unread, summary(hub, BOB).threads, summary(hub, BOB, "b").mentions) == (0, (), 0)
    assert hub.put(items.PutReadAll(user="bob")) == items.OwnsStored(())
    assert hub.put(items.PutReadAll(user="nobody")) == items.OwnsStored(())


def test_drafts_wait_for_the_next_batch(hub: Driver) -> None:
    before = len(hub.batches)
    draft, _ = hub.write(items.PutOwn(user="bob", key="draft:c", value="x"), items.PutPerson(person=EVE))
    assert draft.row.value == "x"
    assert len(hub.batches) == before + 1
