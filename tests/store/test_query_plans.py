"""The cost of a message does not depend on the length of the history: no statement scans the log or the messages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.stores import (
    ADA,
    BOB,
    NOON,
    append,
    conversation,
    delete,
    edit,
    event,
    join,
    leave,
    names,
    pin,
    post,
    react,
    read,
)
from msgspec.structs import replace

from nbchat.hub import items, queries
from nbchat.protocol.limits import NOTICES
from nbchat.protocol.messages import Described, Invitation, Left, Mark, Muted, Person, Ranked, Settings, Unbanned
from nbchat.store.sqlite_file import prepare
from nbchat.store.sqlite_own import enter
from nbchat.store.sqlite_read import Reads
from nbchat.store.sqlite_write import Writes

EVENTS: list[items.Item] = [
    post("c", ADA, key="key-two!"),  # 2
    post("c", ADA, key="key-two!"),
    post("c", BOB, key="key-3!!!", mentions=names("ada", "@all")),  # 3
    post("c", BOB, key="key-3-a!", reply=2),  # 4
    post("c", BOB, key="key-3-b!", thread=2, mentions=names("ada")),  # 5
    post("c", ADA, key="key-3-c!", thread=2, also=True),  # 6
    post("c", BOB, key="key-3-d!", thread=2),  # 7
    edit("c", ADA, 2, "other", key="edit-one"),
    edit("c", ADA, 2, "other", key="edit-one"),
    replace(edit("c", ADA, 2, "kept", key="grown-one", grown=True), unedited=0),
    react("c", BOB, 2),
    pin("c", BOB, 2),
    pin("c", BOB, 3),
    delete("c", ADA, 3),
    items.PutFollow(user="ada", conversation="c", root=2, on=True),
    read("c", ADA, 5, thread=2, back=True),
    delete("c", ADA, 5),
    items.PutReport(conversation="c", message=2, user="bob", reason="x", moderators=("ada",)),
    items.PutReadAll(user="ada"),
    append(event(Ranked, "c", ADA, user="bob", role="guest"), 1),
    append(event(Muted, "c", ADA, user="bob", until=5), 2),
    append(event(Described, "c", ADA, title="t", settings=Settings()), 3),
    leave("c", BOB, 4),
    append(event(Left, "c", ADA, user="bob", banned=True), 5),
    append(event(Unbanned, "c", ADA, user="bob"), 6),
    post("c", ADA, key="key-two!", rules=1),
    post("c", ADA, key="key-4!!!", rules=1),
    items.PutLink(link=Invitation(code="code", conversation="c", author="ada", role="member", until=None, uses=2)),
    join("c", BOB, 7, link="code"),
]
ITEMS: list[items.Item] = [
    conversation("c", ADA, BOB, handle="team", key="key-zero"),
    conversation("d", ADA, BOB, kind="direct", key="key-one!"),
    conversation("e", ADA, handle="team"),
    *EVENTS,
    read("c", BOB, 3),
    read("c", BOB, 2, back=True),
    items.PutOwn(user="bob", key="draft:c", value="x"),
    items.PutOwn(user="bob", key="draft:d", value=None),
    items.DropLink(conversation="c", code="code"),
    items.CloseReport(conversation="c", report=1, moderators=("ada",)),
    items.PutMarks(conversation="c", marks=(Mark("bob", 2, 2),)),
    items.PutSeen(user="bob", at=1),
    items.PutPerson(person=Person("bob", "Robert"), rename=True),
    items.PutLogin(login="cookie", person=None, first=True),
    items.PutLogin(login="cookie-2", person=BOB),
]
QUERIES: list[queries.Query] = [
    queries.LoadConversation("c"),
    queries.FindConversation(handle="team"),
    queries.FindConversation(pair=("ada", "bob")),
    queries.LoadList(user="ada", limit=9, known=("c",), uv=0),
    queries.LoadList(user="ada", limit=9, known=("c",), uv=1),
    queries.LoadList(user="ada", limit=9, before="c"),
    queries.LoadSnapshot("bob", "c"),
    *(
        queries.LoadPage(conversation="c", thread=thread, **where)
        for thread in (None, 2)
        for where in ({}, {"before": 3}, {"after": 3}, {"around": 3})
    ),
    queries.LoadMessages(conversation="c", seqs=(2, 3)),
    queries.LoadMessages(conversation="c", pinned=True),
    queries.LoadVersions(conversation="c", message=2),
    queries.LoadSent(conversation="c", author="ada"),
    queries.LoadSent(conversation="c", author="ada", key="key-two!"),
    queries.LoadMentions(user="ada", before=None, limit=9),
    queries.LoadLog(conversation="c", before=None, limit=9),
    queries.LoadLog(conversation="c", before=None, limit=9, noticed=True),
    queries.LoadEvents(conversation="c", after=1, limit=9),
    queries.LoadMembers(conversation="c", query="a", after="ada", limit=9),
    queries.LoadLinks(conversation="c"),
    queries.LoadLinks(code="code"),
    queries.LoadReports(conversation="c"),
    queries.LoadOwn(user="ada", key="thread:c/2"),
    queries.LoadPeople(query="a"),
    queries.LoadPeople(renamed=True),
    queries.LoadPeople(namesakes="ada"),
    queries.LoadPeople(ids=("ada",)),
    queries.LoadChannels(user="ada", query="t", limit=9),
    queries.LoadLogin("cookie"),
]
HISTORY = ("event", "message", "own_state", "member", "mention", "follow", "report", "link", "ban")
"""Tables that grow with what people do."""


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
    writes, reads = Writes(connection, "ada", lambda: NOON), Reads(connection, lambda: NOON)
    connection.execute("BEGIN")
    for item in ITEMS:
        writes.begin()
        outcome = writes.apply(item)
        assert not isinstance(outcome, items.Failed), (item, outcome)
        writes.finish()
    writes.begin()
    writes.apply_all([post("d", ADA, key=f"together-{n}") for n in range(2)])
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
    return [step for step in plan if step.startswith(tuple(f"SCAN {table}" for table in HISTORY))]


def test_no_statement_scans_the_history(connection: sqlite3.Connection) -> None:
    said = statements(connection)
    assert len(said) > 150
    found = {statement: steps for statement in sorted(said) if (steps := scans(connection, statement))}
    assert found == {}


def test_a_scan_would_be_found(connection: sqlite3.Connection) -> None:
    assert scans(connection, "SELECT count(*) FROM message WHERE state = 'x'")
    assert scans(connection, "SELECT payload FROM event WHERE seq > 5 ORDER BY seq")


def test_every_index_leads_some_statement(connection: sqlite3.Connection) -> None:
    """Where SQLite prefers another index than the one that was made for a statement, it walks through the history."""
    used = {
        word
        for said in statements(connection)
        for row in connection.execute(f"EXPLAIN QUERY PLAN {said}")
        for word in str(row[3]).split()
    }
    made = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql <> ''")]
    assert len(made) > 20
    assert set(made) - used == set()


def test_namesakes_are_found_without_a_look_at_everybody(connection: sqlite3.Connection) -> None:
    asking = [one for one in statements(connection) if "plain_name =" in one and one.startswith("SELECT")]
    assert len({one.split("'")[0] for one in asking}) == 2, "who looks for them, and who wants a name"
    for statement in asking:
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


def test_a_snapshot_costs_nothing_for_what_was_before_its_oldest_message(connection: sqlite3.Connection) -> None:
    """A class that came in before anybody wrote."""
    said: list[str] = []
    writes, reads = Writes(connection, "ada", lambda: NOON), Reads(connection, lambda: NOON)
    connection.execute("INSERT INTO meta VALUES (1, 'store', 'ada', 0, 0)")
    connection.execute("BEGIN")
    class_ = [join("c", Person(f"u{n}", f"U{n}"), n + 1) for n in range(10 * NOTICES)]
    first = post("c", ADA, key="key-one!", rules=10 * NOTICES + 1)
    history: list[items.Item] = [conversation("c", ADA), *class_, first]
    for item in history:
        writes.begin()
        assert isinstance(writes.apply(item), items.Stored)
        writes.finish()
    connection.execute("COMMIT")
    connection.set_trace_callback(said.append)
    snapshot = reads.answer(queries.LoadSnapshot("ada", "c"))
    assert isinstance(snapshot, queries.SnapshotRecord)
    assert len(snapshot.page.notices) == NOTICES
    assert len([statement for statement in said if "noticed = 1" in statement]) == 1
