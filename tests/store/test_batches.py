"""Many messages by one statement, and counters that outlive their transaction: the same as one by one, read anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kit.stores import ADA, BOB, EVE, NOON, conversation, edit, event, join, names, post, react

from nbchat.hub import items
from nbchat.protocol.messages import Muted
from nbchat.store import sqlite_batch
from nbchat.store.sqlite_file import prepare
from nbchat.store.sqlite_posts import ROWS
from nbchat.store.sqlite_write import Writes

TEAM = conversation("c", ADA, BOB), conversation("d", BOB, ADA)
MIXED: list[items.Item] = [
    *TEAM,
    *(post("c", (ADA, BOB)[n % 2], f"text {n}", key=f"first-{n:06}") for n in range(2 * ROWS + 3)),
    post("d", ADA, "elsewhere", key="elsewhere"),
    post("c", ADA, "of which", key="with-name", mentions=names("bob")),
    post("c", BOB, "in a thread", key="in-thread", thread=2),
    post("c", BOB, "in both", key="in-both!", thread=2, also=True),
    post("c", BOB, "as was said", key="as-reply", reply=3),
    edit("c", ADA, 2, "other", key="an-edit!"),
    post("c", ADA, "after it", key="after-it"),
    post("c", EVE, "on old rules", key="old-rules", rules=0),
    post("nowhere", ADA, "to nobody", key="to-nobody"),
    join("c", EVE),
    post("c", EVE, "as a member", key="as-member", rules=2),
    react("c", BOB, 2, rules=2),
    items.AppendEvent(event=event(Muted, "c", ADA, user="eve", until=5), rules=2),
    post("c", ADA, "at last", key="at-last!", rules=3),
]


class Data:
    """A database, and one who writes to it as a hub does."""

    def __init__(self, path: Path) -> None:
        self.connection = prepare(path)
        self.connection.execute("INSERT OR IGNORE INTO meta VALUES (1, 'store', 'ada', 0, 0)")
        self.writes = Writes(self.connection, "ada", lambda: NOON)

    def commits(self, *batch: items.Item) -> list[items.Outcome]:
        """One transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.writes.begin()
        outcomes = self.writes.apply_all(batch)
        self.writes.finish()
        self.connection.execute("COMMIT")
        self.writes.committed()
        return outcomes

    def one_by_one(self, *batch: items.Item) -> list[items.Outcome]:
        """One transaction, without anything that is done for many together."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.writes.begin()
        outcomes = [self.writes.apply(item) for item in batch]
        self.writes.finish()
        self.connection.execute("COMMIT")
        return outcomes

    def has(self, *tables: str) -> dict[str, list[Any]]:
        """All rows of these tables."""
        return {table: self.connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables}

    def counted(self) -> list[Any]:
        """What each message of a conversation's own timeline says of how many there are, and what is true."""
        return self.connection.execute(
            "SELECT nth, own_nth,"
            " (SELECT count(*) FROM message m WHERE m.conversation = o.conversation AND m.seq <= o.seq"
            "  AND m.nth IS NOT NULL),"
            " (SELECT count(*) FROM message m WHERE m.conversation = o.conversation AND m.author = o.author"
            "  AND m.seq <= o.seq AND m.nth IS NOT NULL)"
            " FROM message o WHERE nth IS NOT NULL ORDER BY conversation, seq"
        ).fetchall()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Data]:
    made = Data(tmp_path / "hub.sqlite3")
    with closing(made.connection):
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Data]:
    """Another database."""
    made = Data(tmp_path / "other" / "hub.sqlite3")
    with closing(made.connection):
        yield made


@pytest.fixture
def beside(tmp_path: Path, data: Data) -> Iterator[Data]:
    """Another who writes to the same one."""
    made = Data(tmp_path / "hub.sqlite3")
    with closing(made.connection):
        yield made


def test_together_is_the_same_as_one_by_one(data: Data, other: Data) -> None:
    assert data.commits(*MIXED) == other.one_by_one(*MIXED)
    tables = ("conversation", "event", "message", "member", "mention", "follow", "own_state", "person", "meta")
    assert data.has(*tables) == other.has(*tables)
    assert all((nth, own) == (true, truly_own) for nth, own, true, truly_own in data.counted())


def test_many_messages_are_few_statements(data: Data) -> None:
    data.commits(*TEAM, post("c", ADA, key="before-1"), post("c", BOB, key="before-2"))
    said: list[str] = []
    data.connection.set_trace_callback(said.append)
    data.commits(*(post("c", (ADA, BOB)[n % 2], key=f"many-{n:06}") for n in range(ROWS)))
    assert [line.split()[0] for line in said] == ["BEGIN", "PRAGMA", "INSERT", "INSERT", "UPDATE", "UPDATE", "COMMIT"]


def test_counters_are_read_anew_where_another_process_has_written(data: Data, beside: Data) -> None:
    data.commits(*TEAM)
    for turn in range(3):
        for number, one in enumerate((data, beside, beside, data)):
            key = f"key-{turn:03}-{number}"
            [stored] = one.commits(post("c", BOB, key=key))
            assert isinstance(stored, items.Stored)
            assert stored.event.seq == 2 + 4 * turn + number
    assert data.counted() == [(n, n, n, n) for n in range(1, 13)]


def test_of_too_many_counters_none_is_kept(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read anew; that others are not is shown above."""
    monkeypatch.setattr(sqlite_batch, "KEPT", 3)
    data.commits(*TEAM, post("c", ADA, key="before-1"), post("c", BOB, key="before-2"), post("d", BOB, key="before-3"))
    said: list[str] = []
    data.connection.set_trace_callback(said.append)
    data.commits(post("c", ADA, key="after-it"))
    assert [line for line in said if "FROM conversation" in line]
    assert data.counted() == [(1, 1, 1, 1), (2, 1, 2, 1), (3, 2, 3, 2), (1, 1, 1, 1)]


def test_what_was_not_committed_is_not_believed(data: Data) -> None:
    data.commits(*TEAM, post("c", ADA, key="before-1"))
    data.connection.execute("BEGIN IMMEDIATE")
    data.writes.begin()
    data.writes.apply_all([post("c", ADA, key="lost-one"), post("c", ADA, key="lost-two")])
    data.writes.finish()
    data.connection.execute("ROLLBACK")
    [stored] = data.commits(post("c", ADA, key="after-it"))
    assert isinstance(stored, items.Stored)
    assert stored.event.seq == 3
    assert data.counted() == [(1, 1, 1, 1), (2, 2, 2, 2)]


@pytest.mark.parametrize("again", ["before-1", "new-one!"])
def test_a_known_key_is_not_written_together_with_others(data: Data, again: str) -> None:
    data.commits(*TEAM, post("c", ADA, key="before-1"))
    with pytest.raises(sqlite3.IntegrityError):
        data.commits(post("c", ADA, key="new-one!"), post("c", BOB, key="new-two!"), post("c", ADA, key=again))
    data.connection.execute("ROLLBACK")
    kinds = [type(one) for one in data.one_by_one(post("c", ADA, key="new-one!"), post("c", ADA, key=again))]
    assert kinds == [items.Stored, items.Duplicate]
