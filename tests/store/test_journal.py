"""A journal that has lost what was committed is refused; one that only lacks what never was is not."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import struct
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from kit.faults import shortened
from kit.stores import ADA, Driver, conversation, post

from nbchat.hub import queries
from nbchat.processes import BOOT
from nbchat.store import sqlite_journal
from nbchat.store.errors import StoreUnusable
from nbchat.store.sqlite import SqliteStore

POSTS = 30


@pytest.fixture
def cut_off(tmp_path: Path) -> Path:
    """What `kill -9` leaves: the files as they are while a store is open, with much in the journal only."""
    path = tmp_path / "live" / "hub.sqlite3"
    store = SqliteStore.open(path, ADA)
    hub = Driver(store)
    store._closing.set()  # no checkpoint: all of it stays in the journal
    hub.put(conversation("c", ADA))
    for n in range(POSTS):
        hub.put(post("c", ADA, key=f"key-{n:05}"))
    copy = tmp_path / "copy"
    shutil.copytree(path.parent, copy)
    store._closing.clear()
    hub.close()
    return copy / "hub.sqlite3"


def journal(path: Path) -> Path:
    return Path(f"{path}-wal")


def stored(path: Path) -> int:
    hub = Driver(SqliteStore.open(path, ADA))
    record = hub.ask(queries.LoadConversation("c"))
    hub.close()
    return int(record.last_seq)


def test_a_whole_journal_is_taken(cut_off: Path) -> None:
    assert sqlite_journal.lost_frames(cut_off) == 0
    assert stored(cut_off) == POSTS + 1


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.99])
def test_a_journal_that_lost_its_end_is_refused_each_time(cut_off: Path, share: float) -> None:
    with shortened(journal(cut_off), share):
        before = {file.name: file.read_bytes() for file in cut_off.parent.iterdir()}
        for _ in range(2):
            with pytest.raises(StoreUnusable, match="pages that were stored are not in it any more"):
                SqliteStore.open(cut_off, ADA)
        assert {file.name: file.read_bytes() for file in cut_off.parent.iterdir()} == before, "it is left as it was"
    assert stored(cut_off) == POSTS + 1, "with its journal back it is whole"


def copied(path: Path) -> None:
    """All of the journal is in the database already, as some moments after each message."""
    with closing(sqlite3.connect(path)) as first, closing(sqlite3.connect(path)) as second:
        second.execute("BEGIN")
        second.execute("SELECT count(*) FROM event").fetchone()
        assert first.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[0] == 0
        for name in ("-wal", "-shm"):
            shutil.copy2(f"{path}{name}", f"{path}.kept{name}")
        second.execute("ROLLBACK")
    for name in ("-wal", "-shm"):
        Path(f"{path}.kept{name}").rename(f"{path}{name}")


def test_old_pages_of_a_journal_that_was_copied_do_not_come_back(cut_off: Path) -> None:
    """What is left of it would stand in front of newer pages of the database. Found by `make chaos`."""
    copied(cut_off)
    with shortened(journal(cut_off), 0.3), pytest.raises(StoreUnusable, match="damaged"):
        SqliteStore.open(cut_off, ADA)
    assert stored(cut_off) == POSTS + 1


def test_a_journal_that_was_copied_may_be_gone(cut_off: Path) -> None:
    copied(cut_off)
    journal(cut_off).unlink()
    assert stored(cut_off) == POSTS + 1


def test_a_journal_that_is_gone_is_refused(cut_off: Path) -> None:
    journal(cut_off).unlink()
    with pytest.raises(StoreUnusable, match=r"hub\.sqlite3-wal, is damaged"):
        SqliteStore.open(cut_off, ADA)


@pytest.mark.parametrize("where", [0.01, 0.5, 0.999])
def test_noise_in_a_journal_is_refused(cut_off: Path, where: float) -> None:
    content = bytearray(journal(cut_off).read_bytes())
    at = int((len(content) - 8) * where)
    content[at : at + 8] = random.Random(1).randbytes(8)
    journal(cut_off).write_bytes(content)
    with pytest.raises(StoreUnusable, match="damaged"):
        SqliteStore.open(cut_off, ADA)


def test_what_follows_the_last_commit_counts_for_nothing(cut_off: Path) -> None:
    """A transaction that `kill -9` cut off leaves half a frame."""
    with journal(cut_off).open("ab") as file:
        file.write(os.urandom(1000))
    assert stored(cut_off) == POSTS + 1


def forgotten(index: Path) -> None:
    """No note says of which start of the machine the index is, as where the disk keeps none."""
    if sys.platform == "linux":
        os.removexattr(index, sqlite_journal.NOTE)


def by_the_clock(index: Path) -> None:
    forgotten(index)
    os.utime(index, (0, 0))


def by_the_note(index: Path) -> None:
    """Whatever the clocks say: one without a battery begins behind."""
    assert os.getxattr(index, sqlite_journal.NOTE) == BOOT.read_bytes()
    os.setxattr(index, sqlite_journal.NOTE, b"another start of the machine")


@pytest.mark.parametrize("outlives", [by_the_clock, by_the_note] if sys.platform == "linux" else [by_the_clock])
def test_after_a_power_cut_the_index_says_nothing(cut_off: Path, outlives: Callable[[Path], None]) -> None:
    """It is not written to the disk with the journal; SQLite takes what is whole, as it always does."""
    outlives(Path(f"{cut_off}-shm"))
    with shortened(journal(cut_off), 0.3):
        assert sqlite_journal.lost_frames(cut_off) == 0


def test_the_clock_alone_does_not_tell_against_a_journal_that_was_begun_anew(cut_off: Path) -> None:
    """After a power cut and with a clock that begins behind, the older index looks like one of now."""
    index = Path(f"{cut_off}-shm")
    older = index.read_bytes()
    with closing(sqlite3.connect(cut_off)) as there:
        there.execute("PRAGMA wal_checkpoint(RESTART)")
        there.execute("CREATE TABLE stored (x)")
        index.write_bytes(older)
        forgotten(index)
        assert sqlite_journal.lost_frames(cut_off) == 0


def test_of_a_long_journal_the_newest_pages_are_looked_at_whole(tmp_path: Path) -> None:
    """One that a slow reader keeps from being copied would hold up each start for seconds."""
    path = tmp_path / "long.sqlite3"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("CREATE TABLE t (x)")
        writer.execute("INSERT INTO t VALUES (zeroblob(?))", (4096 * (sqlite_journal.SUMMED + 50),))
        writer.commit()
        assert sqlite_journal.lost_frames(path) == 0
        content, frame = journal(path).read_bytes(), 24 + 4096
        frames = (len(content) - 32) // frame

        def lost(damaged: int, byte: int) -> int:
            at = 32 + damaged * frame + byte
            journal(path).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            return sqlite_journal.lost_frames(path)

        oldest = frames - sqlite_journal.SUMMED
        assert (lost(oldest - 1, 1000), lost(oldest, 1000)) == (0, frames - oldest)
        assert (lost(3, 8), lost(frames - 1, 1000)) == (frames - 3, 1), "the heads of all of them"
        journal(path).write_bytes(content)


def test_an_index_that_is_not_whole_says_nothing(cut_off: Path) -> None:
    index = Path(f"{cut_off}-shm")
    content = bytearray(index.read_bytes())
    content[16:20] = struct.pack("=I", 10**6)
    index.write_bytes(content)
    assert sqlite_journal.lost_frames(cut_off) == 0


def test_to_go_on_without_what_is_lost_the_index_is_removed(cut_off: Path) -> None:
    os.truncate(journal(cut_off), journal(cut_off).stat().st_size // 2)
    Path(f"{cut_off}-shm").unlink()
    assert 0 < stored(cut_off) < POSTS + 1
