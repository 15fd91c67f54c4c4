"""The cost of a message does not depend on the length of the history: no statement scans the log or the messages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.stores import ADA, BOB, NOON, conversation, join, leave, post, read

from nbchat.hub import items, queries
from nbchat.protocol.messages import Mark
from nbchat.store.sqlite_file import prepare
from nbchat.store.sqlite_read import Reads
from nbchat.store.sqlite_write import Writes, enter

ITEMS: list[items.Item] = [
    conversation("c", ADA, BOB, handle="team", key="key-zero"),
    conversation("d", ADA, BOB, kind="direct", key="key-one!"),
    conversation("e", ADA, handle="team"),
    post("c", ADA, key="key-two!"),
    post("c", ADA, key="key-two!"),
    post("c", BOB, key="key-3!!!"),
    leave("c", BOB, 1),
    post("c", ADA, key="key-two!", rules=1),
    post("c", ADA, key="key-4!!!", rules=1),
    join("c", BOB, 2),
    read("c", BOB, 3),
    read("c", BOB, 2, back=True),
    items.PutMarks(conversation="c", marks=(Mark("bob", 2, 2),)),
    items.PutSeen(user="bob", at=1),
    items.PutPerson(person=BOB, rename=True),
    items.PutLogin(login="cookie", person=None, first=True),
    items.PutLogin(login="cookie-2", person=BOB),
]
QUERIES: list[queries.Query] = [
    queries.LoadConversation("c"),
    queries.FindConversation(handle="team"),
    queries.FindConversation(pair=("ada", "bob")),
    queries.LoadList(user="ada", limit=9, known=("c",), uv=0),
    queries.LoadList(user="ada", limit=9, before="c"),
    queries.LoadSnapshot("bob", "c"),
    queries.LoadPage(conversation="c"),
    queries.LoadPage(conversation="c", before=3),
    queries.LoadPage(conversation="c", after=3),
    queries.LoadPage(conversation="c", around=3),
    queries.LoadEvents(conversation="c", after=1, limit=9),
    queries.LoadPeople(query="a"),
    queries.LoadPeople(renamed=True),
    queries.LoadPeople(namesakes="ada"),
    queries.LoadPeople(ids=("ada",)),
    queries.LoadChannels(user="ada", query="t", limit=9),
    queries.LoadLogin("cookie"),
]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = prepare(tmp_path / "hub.sqlite3")
    yield opened
    opened.close()


def statements(connection: sqlite3.Connection) -> set[str]:
    """Everything that all items and all queries say to SQLite."""
    said: set[str] = set()
    enter(connection.execute, ADA)
    connection.execute("INSERT INTO meta VALUES (1, 'store', 'ada', 0, 0)")
    connection.set_trace_callback(said.add)
    writes, reads = Writes(connection, "ada", lambda: NOON), Reads(connection)
    connection.execute("BEGIN")
    for item in ITEMS:
        writes.begin()
        writes.apply(item)
        writes.finish()
    connection.execute("COMMIT")
    for query in QUERIES:
        reads.answer(query)
    reads.changes(None)
    reads.changes(0)
    connection.set_trace_callback(None)
    return {statement for statement in said if statement.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}}


def scans(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The steps of a statement's plan that walk through a whole table of history, or sort it."""
    plan = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    # SQLite finds min() and max() of an indexed column in one step, and calls it a SEARCH.
    return [step for step in plan if step.startswith(("SCAN event", "SCAN message", "SCAN own_state", "SCAN member"))]


def test_no_statement_scans_the_history(connection: sqlite3.Connection) -> None:
    said = statements(connection)
    assert len(said) > 60
    found = {statement: steps for statement in sorted(said) if (steps := scans(connection, statement))}
    assert found == {}


def test_a_scan_would_be_found(connection: sqlite3.Connection) -> None:
    assert scans(connection, "SELECT count(*) FROM message WHERE text = 'x'")
    assert scans(connection, "SELECT payload FROM event WHERE seq > 5 ORDER BY seq")


def test_namesakes_are_found_without_a_look_at_everybody(connection: sqlite3.Connection) -> None:
    [statement] = [one for one in statements(connection) if "plain_name =" in one and one.startswith("SELECT")]
    plan = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert not [step for step in plan if step.startswith("SCAN person")], plan


def test_paging_needs_no_sorting(connection: sqlite3.Connection) -> None:
    sorting = [
        statement
        for statement in statements(connection)
        if ("FROM message" in statement or "FROM event" in statement)
        and any("TEMP B-TREE" in str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}"))
    ]
    assert sorting == []
