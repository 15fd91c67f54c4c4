"""Copies of a whole database: taken while hubs use it, and put back. Used by `server.assemble`, for the commands.

A copy is one file, checked, with as many rows as its source had at that moment. Putting one back never loses what is
there: it is kept beside, under a name that the caller is told. Clients notice by the epochs, which are new after it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .errors import StoreUnusable
from .sqlite_file import (
    ADVICE_FOR_DATA,
    BUSY_SECONDS,
    copy_whole,
    counted,
    damaged,
    examine,
    explained,
    free_name,
    looking,
    migrations,
)
from .sqlite_lessee import holders

ROWS_ANEW = 1_000_000_000
"""Added to the versions of own state: higher than what any client has, so that all of it is given again."""
_A_BACKUP = "Name a file that `nbchat backup` has made"
_FORCE = "With --force it is replaced all the same, and kept beside"


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    Attributes:
        counts: rows by table, of what is there now.
        kept: where the database that was there before is; None if there was none.
    """

    counts: dict[str, int]
    kept: Path | None


def backup(path: Path, target: Path) -> dict[str, int]:
    """Copy a whole database, as of now, while it may be in use; the copy is checked, and private to the user.

    Returns:
        How many rows it has, by table.

    Example:
        >>> backup(Path("hub.sqlite3"), Path("monday.sqlite3"))
        {'conversations': 2, 'messages': 40, 'people': 3}

    Raises:
        StoreUnusable: there is no such file, the target is there already or cannot be written, or the copy is not
        whole.
    """
    with _advising(target, "Name another file"), explained(target):
        if target.exists():
            raise StoreUnusable(target, "it is there already", "Name a new file, so that no backup is lost")
        if not target.absolute().parent.is_dir():
            raise StoreUnusable(target, "there is no such folder", "Make the folder, or name another file")
    try:
        with _advising(target, "Name another file"), explained(path), looking(path) as source:
            source.execute("PRAGMA schema_version").fetchone()  # opens it: what fails from here on is the target's
            return copy_whole(source, target, check="integrity_check")
    except StoreUnusable as error:
        if "damaged" in error.what:
            _refuse_damaged(path)  # its faults are in the copy, too
        raise


def restore(source: Path, path: Path, *, force: bool = False, busy: float = BUSY_SECONDS) -> Restored:
    """Put a backup in the place of a database.

    Args:
        source: the backup; it stays as it is.
        path: the database; its directory is made where missing.
        force: also where a hub runs, or where what is there has more than the backup, is another one or damaged. A
            running hub stores nothing from then on, says so, and has to be started again.
        busy: seconds to wait for a process that holds the database.

    Raises:
        StoreUnusable: the backup is none, or what is there stays for one of these reasons.
    """
    if not source.is_file() or source.stat().st_size == 0:
        raise StoreUnusable(source, "there is no backup in it", _A_BACKUP)
    with _advising(source, _A_BACKUP), explained(source):
        examine(source, len(migrations()))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = free_name(path, "restoring")
    try:
        with _advising(source, _A_BACKUP), explained(source), looking(source) as backed_up:
            counted(backed_up)
            counts = copy_whole(backed_up, draft, check="integrity_check")
        with explained(draft), closing(sqlite3.connect(draft, isolation_level=None)) as made:
            stands = _begin_anew(made)
        kept = _replace(path, draft, stands, force=force, busy=busy)
    finally:
        draft.unlink(missing_ok=True)
    _settle(path.parent)
    return Restored(counts, kept)


def _refuse_damaged(path: Path) -> None:
    with explained(path), looking(path) as source:
        verdict = str(source.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if verdict != "ok":
        raise damaged(path, verdict)


@contextmanager
def _advising(named: Path, do: str) -> Iterator[None]:
    """Of a file that was named by the person: what else to name, where the advice is for the data of a hub."""
    try:
        yield
    except StoreUnusable as error:
        if error.path != named or error.do not in ADVICE_FOR_DATA:
            raise
        raise StoreUnusable(named, error.what, do) from None


def _begin_anew(made: sqlite3.Connection) -> tuple[str, int]:
    """Let clients forget what they had of the time after the backup. Returns the store's id and its last change."""
    made.execute("BEGIN")
    made.execute("UPDATE conversation SET epoch = lower(hex(randomblob(6)))")
    made.execute("UPDATE own_state SET v = v + ?", (ROWS_ANEW,))
    made.execute("DELETE FROM hub")
    stands = made.execute("SELECT store, changes FROM meta").fetchone()
    made.execute("COMMIT")
    return str(stands[0]), int(stands[1])


def _replace(path: Path, draft: Path, stands: tuple[str, int], *, force: bool, busy: float) -> Path | None:
    if not path.exists() or path.stat().st_size == 0:
        _drop_journal(path)
        draft.replace(path)
        return None
    kept = free_name(path, time.strftime("%Y%m%d-%H%M%S.before-restore"))
    try:
        examine(path, len(migrations()), busy=busy)
    except StoreUnusable as error:
        if not force:
            raise StoreUnusable(path, f"{error.what}, so it may have more than the backup", _FORCE) from None
        _put_aside(path, kept)
        draft.replace(path)
        return kept
    with explained(path), closing(sqlite3.connect(path, timeout=busy, isolation_level=None)) as there:
        there.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        there.execute("BEGIN IMMEDIATE")  # nobody else writes from here on
        why = _why_not(there, stands)
        if why and not force:
            there.execute("ROLLBACK")
            raise StoreUnusable(path, *why)
        with looking(path) as reader:
            copy_whole(reader, kept)
        _drop_journal(path)
        draft.replace(path)
        # A hub that has the old file open, and waits for the lock, must not acknowledge what would go with it.
        there.execute("DROP TABLE meta")
        there.execute("COMMIT")
    return kept


def _why_not(there: sqlite3.Connection, stands: tuple[str, int]) -> tuple[str, str] | None:
    """What speaks against replacing this one, and what to do."""
    if holders(there):
        return "a hub uses it", f"Stop it first; one that was killed is forgotten after a minute. {_FORCE}"
    store, changes = there.execute("SELECT store, changes FROM meta").fetchone()
    if store != stands[0]:
        return "it is the data of another chat than the backup's", _FORCE
    if changes > stands[1]:
        return f"it is newer than the backup, by {changes - stands[1]} changes", _FORCE
    return None


def _put_aside(path: Path, kept: Path) -> None:
    """Move what cannot be read, with its journal, as it is."""
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{kept}{ending}")


def _drop_journal(path: Path) -> None:
    """It belongs to the old file; SQLite would take it for one of the new."""
    for ending in ("-shm", "-wal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Have the names on disk, too, where the system can say so."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
