"""What is deleted is in no row of the database, in none of its free pages, and soon not in its journal either."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from kit.stores import ADA, BOB, NOON, Driver, conversation, delete, edit, names, pin, post, react

from nbchat.hub import items
from nbchat.protocol.messages import Forwarded, Mention, Person
from nbchat.store import sqlite
from nbchat.store.sqlite import SqliteStore

WORD = "Rumpelstilzchen"
LONG = f"{WORD} " * 600
"""More than a page of the database: it lies in pages of its own, which are free afterwards."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.sqlite3"


def tell(hub: Driver) -> None:
    """A message whose text is wherever text can be, among others that stay."""
    hub.write(conversation("c", ADA, BOB), *(post("c", ADA, "stays", key=f"key-{n:05}") for n in range(50)))
    copied = Forwarded("d", 9, "eve", "Eve", 5, WORD)
    hub.put(post("c", ADA, WORD, key="the-key!", forwarded=copied, mentions=[Mention("bob", f"@{WORD}")]))  # 52
    hub.write(*(edit("c", ADA, 52, f"{n} {LONG}", key=f"edit-{n:04}", mentions=names("bob")) for n in range(5)))
    hub.write(react("c", BOB, 52), pin("c", BOB, 52), *(post("c", BOB, "stays", key=f"key-{n:05}") for n in range(50)))


def rows_with(path: Path, word: str) -> list[str]:
    """The tables that have the word in some row."""
    connection = sqlite3.connect(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = ((table, row) for table in tables for row in connection.execute(f"SELECT * FROM {table}"))
    found = [table for table, row in rows if any(word in str(value) for value in row)]
    connection.close()
    return found


def files_with(path: Path, word: str) -> list[str]:
    """The files of the database that have the word anywhere."""
    return [file.name for file in sorted(path.parent.iterdir()) if word.encode() in file.read_bytes()]


@pytest.mark.parametrize("exclusive", [False, True])
def test_the_text_of_a_deleted_message_is_nowhere(path: Path, exclusive: bool) -> None:
    hub = Driver(SqliteStore.open(path, ADA, clock=lambda: NOON, exclusive=exclusive))
    tell(hub)
    assert files_with(path, WORD), "or this would show nothing"
    assert isinstance(hub.put(delete("c", ADA, 52)), items.Stored)
    hub.close()
    assert rows_with(path, WORD) == []
    assert files_with(path, WORD) == []
    assert rows_with(path, "stays")


@pytest.mark.parametrize("exclusive", [False, True])
def test_the_journal_is_emptied_while_the_hub_goes_on(path: Path, exclusive: bool) -> None:
    """The journal has the pages as they were before; without this it would keep them until it begins anew."""
    hub = Driver(SqliteStore.open(path, ADA, clock=lambda: NOON, exclusive=exclusive))
    tell(hub)
    hub.put(delete("c", ADA, 52))
    for n in range(20_000):  # at most once a second, beside the writer: so something is done until then
        if not files_with(path, WORD):
            break
        hub.put(items.PutPerson(person=Person("bob", f"Bob {n}"), rename=True))
    assert files_with(path, WORD) == []
    hub.close()


def test_nobody_waits_for_a_journal_that_cannot_be_emptied_yet(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody reads for a long time, as a backup does: a writer with less patience than that is refused nothing."""
    monkeypatch.setattr(sqlite, "CHECKPOINT_SECONDS", 0.01)
    hub = Driver(SqliteStore.open(path, ADA, clock=lambda: NOON, busy=0.2))
    tell(hub)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT 1 FROM message LIMIT 1").fetchone() == (1,)
    hub.put(delete("c", ADA, 52))
    outcomes = [hub.put(post("c", ADA, "goes on", key=f"more-{n:04}")) for n in range(100)]
    reader.execute("COMMIT")
    reader.close()
    assert {type(outcome) for outcome in outcomes} == {items.Stored}
    for n in range(20_000):
        if not files_with(path, WORD):
            break
        hub.put(items.PutPerson(person=Person("bob", f"Bob {n}"), rename=True))
    assert files_with(path, WORD) == []
    hub.close()


def test_without_overwriting_it_would_be_there(path: Path) -> None:
    """What `secure_delete` is for."""
    store = SqliteStore.open(path, ADA, clock=lambda: NOON)
    store._writer._connection.execute("PRAGMA secure_delete = OFF")
    hub = Driver(store)
    tell(hub)
    hub.put(delete("c", ADA, 52))
    hub.close()
    assert files_with(path, WORD) == ["hub.sqlite3"]
    assert rows_with(path, WORD) == []
