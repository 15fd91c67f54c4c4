"""Whose turn it is to write, and how the journal begins anew although somebody else is always writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from nbchat.store.sqlite_turns import COPY_JOURNAL, Turns

PATIENCE = 0.2
"""Seconds."""
WRITES = "INSERT INTO t VALUES (randomblob(9000))"


class Watched(sqlite3.Connection):
    """Has something else happen before each of its statements, as another process may do anything then."""

    def execute(self, *given: Any) -> sqlite3.Cursor:
        self.meanwhile()
        return super().execute(*given)

    def meanwhile(self) -> None:
        """Set by a test."""


Connect = Any
"""`connect()`, `connect(Watched)`: one more connection to the same file, as another process has it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.sqlite3"


@pytest.fixture
def connect(path: Path) -> Iterator[Connect]:
    with ExitStack() as stack:

        def begin(factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
            made = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, factory=factory)
            made.execute("PRAGMA wal_autocheckpoint = 0")
            return stack.enter_context(closing(made))

        first = begin()
        first.execute("PRAGMA journal_mode = WAL")
        first.execute("CREATE TABLE t (a)")
        yield begin


def rounds(path: Path) -> int:
    """How often the journal was begun anew: https://sqlite.org/walformat.html, "checkpoint sequence"."""
    return int.from_bytes(Path(f"{path}-wal").read_bytes()[12:16], "big")


@contextmanager
def freed(mine: sqlite3.Connection, other: sqlite3.Connection, *, at_look: int) -> Iterator[list[str]]:
    """The other connection lets go of the lock when this one looks so often. Gives the statements of this one."""
    looks: list[str] = []

    def seen(statement: str) -> None:
        looks.append(statement)
        if looks.count("BEGIN IMMEDIATE") == at_look:
            other.execute("COMMIT")

    mine.set_trace_callback(seen)
    yield looks
    mine.set_trace_callback(None)


def test_a_turn_comes_at_the_next_look_after_the_lock_is_free(connect: Connect) -> None:
    mine, other = connect(), connect()
    other.execute("BEGIN IMMEDIATE")
    with freed(mine, other, at_look=5) as looks:
        Turns(mine, PATIENCE).begin()
    assert mine.in_transaction
    assert looks.count("BEGIN IMMEDIATE") in (5, 6), "SQLite by itself has one long wait"


def test_patience_ends(connect: Connect) -> None:
    mine, other = connect(), connect()
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        Turns(mine, PATIENCE).begin()
    assert not mine.in_transaction
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        Turns(other, PATIENCE).begin()


def test_the_journal_begins_anew_although_another_process_writes_whenever_it_can(path: Path, connect: Connect) -> None:
    mine, other, copier = connect(), connect(), connect(Watched)
    turned_away: list[str] = []

    def writes() -> None:
        try:
            other.execute(WRITES)
        except sqlite3.OperationalError as error:
            turned_away.append(str(error))

    other.execute("PRAGMA busy_timeout = 0")
    copier.meanwhile = writes
    before = rounds(path)
    copier.execute(COPY_JOURNAL).fetchone()
    Turns(mine, PATIENCE).copy_rest(copier)
    assert turned_away == ["database is locked"], "or there would be something left to copy"
    assert not mine.in_transaction
    other.execute(WRITES)
    assert rounds(path) == before + 1
    assert other.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_a_journal_that_cannot_begin_anew_stops_nobody(path: Path, connect: Connect) -> None:
    mine, other, copier = connect(), connect(), connect()
    other.execute("BEGIN IMMEDIATE")
    Turns(mine, PATIENCE).copy_rest(copier)
    other.execute(WRITES)
    other.execute("COMMIT")
    Turns(mine, PATIENCE).begin()
    mine.execute(WRITES)
    mine.execute("COMMIT")
    assert other.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_emptying_waits_for_who_writes(path: Path, connect: Connect) -> None:
    mine, other = connect(), connect()
    other.execute("BEGIN IMMEDIATE")
    other.execute(WRITES)
    with freed(mine, other, at_look=3):
        assert Turns(mine, PATIENCE).empty_journal()
    assert Path(f"{path}-wal").stat().st_size == 0
