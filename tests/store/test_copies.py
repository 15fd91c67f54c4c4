"""Backups and what becomes of the data when one is put back."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from kit.stores import ADA, BOB, Driver, conversation, post

from nbchat.hub import items, leases, ports, queries
from nbchat.processes import name
from nbchat.store.errors import StoreUnusable
from nbchat.store.sqlite import SqliteStore
from nbchat.store.sqlite_copies import backup, restore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nbchat" / "hub.sqlite3"


@pytest.fixture
def copy(path: Path, tmp_path: Path) -> Path:
    """A backup with one message of the database that has two by now."""
    with hub(path) as running:
        running.write(conversation("c", ADA, BOB), post("c", ADA, "first", key="key-number-1"))
        backup(path, tmp_path / "copy.sqlite3")
        running.put(post("c", ADA, "second", key="key-number-2"))
    return tmp_path / "copy.sqlite3"


@contextmanager
def hub(path: Path) -> Iterator[Driver]:
    running = Driver(SqliteStore.open(path, ADA))
    try:
        yield running
    finally:
        running.close()


def texts(path: Path) -> list[str]:
    with hub(path) as running:
        return [message.text for message in running.ask(queries.LoadPage(conversation="c", limit=99)).messages]


def ask(path: Path, sql: str) -> Any:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def refused(*words: str) -> Any:
    return pytest.raises(StoreUnusable, match=".*".join(words))


def test_a_backup_says_how_much_it_has(path: Path, copy: Path, tmp_path: Path) -> None:
    assert backup(path, tmp_path / "now.sqlite3") == {"conversations": 1, "messages": 2, "people": 2}
    assert stat.S_IMODE((tmp_path / "now.sqlite3").stat().st_mode) == 0o600


def test_a_backup_of_a_damaged_file_is_none(path: Path, copy: Path, tmp_path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 3)
    with refused("damaged"):
        backup(path, tmp_path / "now.sqlite3")
    assert not (tmp_path / "now.sqlite3").exists()


def test_where_there_is_nothing_a_backup_becomes_the_data(copy: Path, tmp_path: Path) -> None:
    there = tmp_path / "elsewhere" / "hub.sqlite3"
    done = restore(copy, there)
    assert (done.kept, done.counts["messages"]) == (None, 1)
    assert stat.S_IMODE(there.stat().st_mode) == 0o600
    assert texts(there) == ["first"]
    assert [file.name for file in there.parent.iterdir() if "restoring" in file.name] == []


def test_the_same_data_is_replaced_without_asking(path: Path, tmp_path: Path, copy: Path) -> None:
    backup(path, tmp_path / "now.sqlite3")
    done = restore(tmp_path / "now.sqlite3", path)
    assert done.kept is not None
    assert texts(path) == ["first", "second"]


def test_newer_data_stays_unless_forced_and_is_kept(path: Path, copy: Path) -> None:
    before = path.read_bytes()
    with refused("newer than the backup", "--force"):
        restore(copy, path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["hub.sqlite3"]
    kept = restore(copy, path, force=True).kept
    assert kept is not None
    assert kept.parent == path.parent
    assert texts(path) == ["first"]
    assert texts(kept) == ["first", "second"]


def test_clients_cannot_take_the_restored_log_for_the_one_they_had(path: Path, copy: Path) -> None:
    [(epoch, store)] = ask(copy, "SELECT epoch, store FROM conversation, meta")
    restore(copy, path, force=True)
    [(after, same)] = ask(path, "SELECT epoch, store FROM conversation, meta")
    assert after != epoch
    assert len(after) == 12
    assert same == store, "by the store's id outboxes know where they belong"


def test_own_state_is_given_again_to_who_had_newer_rows(path: Path, tmp_path: Path) -> None:
    with hub(path) as running:
        running.put(items.PutOwn(user="ada", key="prefs:x", value="1"))
        backup(path, tmp_path / "copy.sqlite3")
        had = running.put(items.PutOwn(user="ada", key="prefs:x", value="2")).row.v
    restore(tmp_path / "copy.sqlite3", path, force=True)
    assert [v > had for (v,) in ask(path, "SELECT v FROM own_state WHERE user = 'ada'")] == [True]


def test_under_a_running_hub_only_by_force_and_nothing_acknowledged_is_lost(path: Path, copy: Path) -> None:
    with hub(path) as running:
        running.put(post("c", ADA, "third", key="key-number-3"))
        with refused("a hub uses it", "Stop it first"):
            restore(copy, path)
        kept = restore(copy, path, force=True).kept
        assert kept is not None
        assert running.put(post("c", ADA, "fourth", key="key-number-4")) == items.Failed("store_replaced")
    assert texts(path) == ["first"]
    assert texts(kept) == ["first", "second", "third"]


def test_under_a_hub_whose_file_was_replaced_only_that_is_told(
    path: Path, copy: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not that a table is missing, which it is in the file of before; who asks is told the same."""
    store = SqliteStore.open(path, ADA)
    with closing(Driver(store)) as running:
        restore(copy, path, force=True)
        looked = threading.Event()
        assert store._writer.ask(lambda: store._writer._poll("somebody"))
        assert store._writer.ask(looked.set)
        assert looked.wait(10)
        for _ in range(2):
            with pytest.raises(ports.StoreFailed, match="store_replaced"):
                running.changes(0)
    [told] = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert "is not the file any more that this hub opened" in told


def test_a_source_that_cannot_be_read_is_named_and_not_the_target(path: Path, tmp_path: Path) -> None:
    with hub(path):
        pass
    Path(f"{path}-wal").mkdir()  # where SQLite would have its journal, as in a directory that cannot be written
    with refused("hub.sqlite3: SQLite says: unable to open", "Give it to this user"):
        backup(path, tmp_path / "copy.sqlite3")
    assert not (tmp_path / "copy.sqlite3").exists()


def test_a_hub_that_was_killed_a_moment_ago_keeps_no_backup_out(path: Path, copy: Path, tmp_path: Path) -> None:
    """As `doctor` says that nobody uses this data; of a process that cannot be asked about it waits a minute."""
    backup(path, tmp_path / "now.sqlite3")
    until = leases.until(time.time_ns() // 10**6)
    killed = f"token {os.getpid()} {' '.join(name().split(' ')[1:3])} 1"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO hub VALUES (?, ?), ('elsewhere', ?)", (killed, until, until))
    with refused("a hub uses it"):
        restore(tmp_path / "now.sqlite3", path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM hub WHERE id = 'elsewhere'")
    assert restore(tmp_path / "now.sqlite3", path).kept is not None


def test_the_data_of_another_chat_stays(copy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "hub.sqlite3"
    with hub(other) as running:
        running.write(conversation("c", BOB))
    with refused("another chat"):
        restore(copy, other)
    assert restore(copy, other, force=True).kept is not None
    assert texts(other) == ["first"]


def test_damaged_data_is_kept_as_it_was(path: Path, copy: Path) -> None:
    path.write_bytes(b"this is a letter, not a database" * 1000)
    with refused("may have more than the backup"):
        restore(copy, path)
    kept = restore(copy, path, force=True).kept
    assert kept is not None
    assert kept.read_bytes().startswith(b"this is a letter")
    assert texts(path) == ["first"]


@pytest.mark.parametrize("content", [None, b"", b"this is a letter, not a database" * 100])
def test_what_is_no_backup_replaces_nothing(path: Path, copy: Path, content: bytes | None) -> None:
    wrong = copy.with_name("wrong.sqlite3")
    if content is not None:
        wrong.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match=r"wrong\.sqlite3"):
        restore(wrong, path, force=True)
    assert path.read_bytes() == before


def test_a_file_that_is_no_backup_is_told_from_data_that_is_damaged(path: Path, copy: Path, tmp_path: Path) -> None:
    text, others = tmp_path / "log.txt", tmp_path / "others.sqlite3"
    text.write_text("no database" * 20)
    with closing(sqlite3.connect(others)) as connection:
        connection.execute("CREATE TABLE shopping (item)")
    for wrong in (text, others):
        with refused("Name a file that `nbchat backup` has made") as raised:
            restore(wrong, path)
        assert "Move it away" not in str(raised.value)
    assert texts(path) == ["first", "second"]


def test_a_backup_into_a_folder_that_is_not_there_says_so(path: Path, copy: Path, tmp_path: Path) -> None:
    with refused("no such folder", "Make the folder, or name another file"):
        backup(path, tmp_path / "nowhere" / "copy.sqlite3")


def test_a_backup_that_cannot_be_written_asks_for_another_name(path: Path, copy: Path, tmp_path: Path) -> None:
    with refused("it cannot be read or written", "Name another file"):
        backup(path, tmp_path / ("n" * 300))


@pytest.mark.parametrize("harm", ["a page", "all"])
def test_where_the_data_is_damaged_the_backup_says_so_of_the_data(path: Path, tmp_path: Path, harm: str) -> None:
    with hub(path) as running:
        running.write(conversation("c", ADA, BOB), *(post("c", ADA, "x" * 900, key=f"key-{n:08}") for n in range(99)))
    whole = path.read_bytes()
    path.write_bytes(
        b"no data" * 999 if harm == "all" else whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2)
    )
    with refused("hub.sqlite3: it is damaged", "nbchat restore BACKUP --force"):
        backup(path, tmp_path / "copy.sqlite3")
    assert not (tmp_path / "copy.sqlite3").exists()
