"""The database file: found usable or refused untouched, created, migrated, connected to. Used by `sqlite` only.

Nothing is written before the file is known to be ours, whole and of a version that we know; each refusal is a
`StoreUnusable`.

Migrations are numbered SQL files beside this module, applied by thirty lines here, in one transaction with
`user_version`, so that they share the store's connection and lock. No library: alembic is SQLAlchemy's, and yoyo
brings a connection, a lock file and tables of its own. Each migration is followed by a checkpoint, so that the
version in the file's header is always true and a newer file can be refused by reading its first hundred bytes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

from .errors import StoreUnusable
from .sqlite_damage import is_damage
from .sqlite_journal import lost_frames
from .sqlite_room import has_room

APPLICATION = 0x6E626368
"""`PRAGMA application_id`: "nbch"."""
BUSY_SECONDS = 5.0
"""How long a statement waits for another process. Two hubs hold the lock for milliseconds; this is a stuck one."""
CHECKED_BYTES = 16 * 1024 * 1024
"""Files up to this size are checked whole when opened (about 50 ms); in larger ones damage shows where it is read."""
MINIMUM = (3, 31, 0)
"""Ubuntu 20.04 has it. Upserts and partial indices need 3.24."""
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "lustre", "gpfs", "beegfs"}
    | {"ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs"}
)
"""File systems without the shared memory that WAL needs: https://sqlite.org/wal.html, "on the same host computer"."""

Look = Callable[[Path, float], contextlib.AbstractContextManager[sqlite3.Connection]]
"""As `looking`."""
_log = logging.getLogger(__name__)
_MAGIC = b"SQLite format 3\0"
_HEADER = 100


def file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the type of the file system that holds this path, as Linux names it; "" where there is no such list."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real = path.resolve()
    best, kind = -1, ""
    for line in lines:
        fields = line.split(" ")
        point = Path(fields[1].replace(r"\040", " ").replace(r"\011", "\t").replace(r"\134", "\\"))
        if real.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def migrations() -> list[str]:
    """Return the SQL of version 1, 2, ... in order."""
    files = sorted(resources.files(__package__).joinpath("migrations").iterdir(), key=lambda file: file.name)
    return [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".sql")]


def prepare(
    path: Path, *, exclusive: bool = False, busy: float = BUSY_SECONDS, steps: list[str] | None = None
) -> sqlite3.Connection:
    """Return the writer's connection to a file that exists, is ours, and has the newest schema.

    Args:
        path: the database; it and its directory are made, private to the user, where missing.
        exclusive: keep the lock for ever, as network file systems need it.
        busy: seconds that a statement waits for another process.
        steps: the migrations; those of the package if not given.

    Raises:
        StoreUnusable: it cannot be used; it is untouched.
    """
    if sqlite3.sqlite_version_info < MINIMUM:
        version = ".".join(map(str, MINIMUM))
        raise StoreUnusable(
            path, f"SQLite {sqlite3.sqlite_version} is too old", f"Use a Python with SQLite {version} or newer"
        )
    wanted = migrations() if steps is None else steps
    _make(path)
    examine(path, len(wanted), exclusive=exclusive, busy=busy)
    with explained(path):
        connection = connect(path, exclusive=exclusive, busy=busy)
        try:
            _migrate(connection, path, wanted)
        except BaseException:
            connection.close()
            raise
    return connection


def connect(
    path: Path, *, exclusive: bool = False, read_only: bool = False, busy: float = BUSY_SECONDS
) -> sqlite3.Connection:
    """Return a connection in autocommit mode whose settings are right for its use.

    Args:
        path: the database; it has to exist.
        exclusive: the only connection there may be.
        read_only: refuse to write.
        busy: seconds that a statement waits for another process.
    """
    connection = sqlite3.connect(
        path, timeout=busy, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        if exclusive:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _use_wal(connection, busy)
        connection.execute("PRAGMA synchronous = FULL")  # acknowledged is on disk, also after a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, in free pages too
        connection.execute("PRAGMA temp_store = MEMORY")  # a full disk must not stop a rollback
        connection.execute(f"PRAGMA journal_size_limit = {64 * 1024 * 1024}")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        elif not exclusive:
            connection.execute("PRAGMA wal_autocheckpoint = 0")  # a thread of its own does it
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection, busy: float) -> None:
    """Set WAL; while another process does the same, SQLite answers "locked" at once instead of waiting."""
    deadline = time.monotonic() + busy
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)  # only at opening: SQLite has nothing to wait on here


def copy_whole(source: sqlite3.Connection, target: Path, *, check: str = "quick_check") -> dict[str, int]:
    """Copy a database as of one moment into a new file, private to the user, and look whether it is whole.

    Args:
        source: may be in the middle of a transaction that has changed nothing.
        target: must not be there; removed again if anything goes wrong.
        check: which of SQLite's checks, `quick_check` or `integrity_check`.

    Returns:
        How much is in it: rows by table, the same in both files.

    Raises:
        StoreUnusable: the target cannot be written, or is not whole.
    """
    began = not source.in_transaction
    with explained(target):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with explained(target):
            if began:
                source.execute("BEGIN")
            counts = counted(source)
            verdict = _fill(source, target, check, counts)
    except StoreUnusable:
        target.unlink(missing_ok=True)
        raise
    finally:
        if began and source.in_transaction:
            source.execute("ROLLBACK")
    if verdict != "ok":
        target.unlink()
        raise StoreUnusable(target, f"the copy is damaged ({verdict})", "Check the disk, then copy again")
    return counts


def _fill(source: sqlite3.Connection, target: Path, check: str, counts: dict[str, int]) -> str:
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        source.backup(copy)
        verdict = str(copy.execute(f"PRAGMA {check}(1)").fetchone()[0])
        found = counted(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete by itself
    finally:
        copy.close()
    return verdict if verdict != "ok" or found == counts else f"it has {found} instead of {counts}"


def counted(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows the tables have that people would miss."""
    sql = "SELECT (SELECT count(*) FROM conversation), (SELECT count(*) FROM message), (SELECT count(*) FROM person)"
    return dict(zip(("conversations", "messages", "people"), connection.execute(sql).fetchone(), strict=True))


def free_name(path: Path, ending: str) -> Path:
    """A name beside this file that nobody has yet: `<name>.<ending>`, then with a number before it."""
    number, found = 1, path.with_name(f"{path.name}.{ending}")
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}.{number}.{ending}")
    return found


# ------------------------------------------------------------------------------------------------------------- refusals


def _make(path: Path) -> None:
    folder = path.parent
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise StoreUnusable(path, f"its directory cannot be made ({error.strerror})", _ELSEWHERE) from None
    try:
        if not path.exists():
            _touch(path)
        elif not path.stat().st_size:
            _log.warning(
                "%s was empty: a new chat begins there. If one was there, stop; `nbchat doctor` says what to do",
                path,
            )
        with path.open("r+b"):
            pass
    except OSError as error:
        raise StoreUnusable(path, f"it cannot be written ({error.strerror})", _ELSEWHERE) from None
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise StoreUnusable(path, "its directory cannot be written, where SQLite keeps its journal", _ELSEWHERE)


_ELSEWHERE = "Give it to this user, or choose another place for the data"
_UPDATE = "Update nbchat: pip install -U nbchat"
RESTORE_COMMAND = "nbchat restore BACKUP --force"
_RESTORE = f"Move it away to start anew, or put a backup in its place: `{RESTORE_COMMAND}`"
_ANOTHER = "Choose another file for the data"
ADVICE_FOR_DATA = frozenset({_ELSEWHERE, _RESTORE, _ANOTHER})
"""What to do about a file where a hub has its data: of no use where it should be a backup, or the place for one."""


def _touch(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def examine(
    path: Path, newest: int, *, exclusive: bool = False, busy: float = BUSY_SECONDS, look: Look | None = None
) -> None:
    """Refuse what is not ours, damaged or newer, by reading alone; `look`: in place of `looking`."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
        size = file.seek(0, os.SEEK_END)
    if not header:  # it was empty then, whatever another hub has made of it by now
        return
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise StoreUnusable(path, "it is not an SQLite database", _RESTORE)
    version, application = int.from_bytes(header[60:64], "big"), int.from_bytes(header[68:72], "big")
    if application == APPLICATION and version > newest:
        what = f"it was written by a newer nbchat (version {version} of its tables, this one knows {newest})"
        raise StoreUnusable(path, what, _UPDATE)
    _check_journal(path)
    if size <= CHECKED_BYTES and not exclusive:
        check_whole(path, busy, look)
    if application != APPLICATION and not _is_ours(path, busy, look):
        raise StoreUnusable(path, "it is the database of another program", _ANOTHER)


def check_whole(path: Path, busy: float = BUSY_SECONDS, look: Look | None = None) -> None:
    """Raise StoreUnusable if SQLite's check finds damage; takes about a second for each 100 MiB."""
    with explained(path), (look or looking)(path, busy) as connection:
        verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if verdict != "ok":
        raise damaged(path, verdict)


def damaged(path: Path, verdict: str) -> StoreUnusable:
    """Return what to raise of data of which one of SQLite's checks says this."""
    return StoreUnusable(path, f"it is damaged ({' '.join(verdict.split())})", _RESTORE)


def no_room(path: Path) -> StoreUnusable:
    """Return what to raise of data on a disk, or in a quota, that is full."""
    return StoreUnusable(path, "there is no room on its disk", "Make room, then it can be used again")


def _check_journal(path: Path) -> None:
    lost = lost_frames(path)
    if lost:
        what = f"its journal, {path.name}-wal, is damaged: {lost} pages that were stored are not in it any more"
        do = f"{_RESTORE}. To go on without the last messages, remove {path.name}-shm"
        raise StoreUnusable(path, what, do)


def _is_ours(path: Path, busy: float, look: Look | None) -> bool:
    """Whether it is ours by its journal, or empty: what a process leaves that was killed while it made the file.

    Both as of one moment: another hub may be making it right now.
    """
    with explained(path), (look or looking)(path, busy) as connection:
        connection.execute("BEGIN")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        empty = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    return application == APPLICATION or (application == 0 and empty)


@contextlib.contextmanager
def looking(path: Path, busy: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing in the database; journal and index are made beside it, and stay."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=busy, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours; damage also shows as text that is none."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if is_damage(error):
            raise damaged(path, "it has text that is none") from None
        if "locked" in str(error):
            do = "Stop the other one, or let this one join it. On a network file system only one process can use it"
            raise StoreUnusable(path, "another process holds it", do) from None
        if ("I/O" in str(error) or "full" in str(error)) and not has_room(path):
            raise no_room(path) from None
        raise StoreUnusable(path, f"SQLite says: {error}", _ELSEWHERE) from None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise StoreUnusable(path, f"it is damaged (SQLite says: {error})", _RESTORE) from None
    except OSError as error:
        raise StoreUnusable(path, f"it cannot be read or written ({error.strerror})", _ELSEWHERE) from None


# --------------------------------------------------------------------------------------------------------- migrations


def _migrate(connection: sqlite3.Connection, path: Path, steps: list[str]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    kept: Path | None = None
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(steps):  # it was migrated between the look at the header and now
            raise StoreUnusable(path, "a newer nbchat has just updated it", _UPDATE)
        if version == len(steps):
            connection.execute("COMMIT")
            return
        if version > 0:
            kept = _keep_old(connection, path, version)
        for step in steps[version:]:
            _run(connection, step)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if kept is not None:  # all is as it was: a hub that is started again and again would fill the disk with copies
            kept.unlink()
        raise
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep_old(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy the file as it was, under the lock that keeps it so; an earlier copy stays, too. Return where it is.

    It has its name once it is whole: what a process that is killed meanwhile leaves is no backup, and makes room for
    the next one, which alone has the lock.
    """
    target, begun = free_name(path, f"v{version}.backup"), path.with_name(f"{path.name}.copying")
    for left in (begun, begun.with_name(f"{begun.name}-journal")):
        left.unlink(missing_ok=True)
    exclusive = connection.execute("PRAGMA locking_mode").fetchone()[0] == "exclusive"
    if exclusive:  # nobody else can read it; its own connection can, and has changed nothing yet
        copy_whole(connection, begun)
    else:
        with looking(path) as reader:
            copy_whole(reader, begun)
    begun.rename(target)
    _log.warning("the tables of %s are brought up to date; as they were they are kept in %s", path, target)
    return target


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script inside the transaction; `executescript` would commit it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    if statement.strip() and not all(line.startswith("--") for line in statement.strip().splitlines()):
        raise ValueError(f"a migration ends in the middle of a statement: {statement.strip()[:80]}")
