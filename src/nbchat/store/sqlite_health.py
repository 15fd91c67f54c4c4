"""What can be said of a database without changing it: for `nbchat doctor`, beside hubs that may be using it.

Facts only; what they mean for people is the caller's. Leaves no file beside a database that nobody uses, and does not
read a large one whole while a hub writes to it. Used by `server.assemble`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import StoreUnusable
from .sqlite_file import (
    BUSY_SECONDS,
    CHECKED_BYTES,
    NETWORK,
    check_whole,
    examine,
    explained,
    file_system,
    looking,
    migrations,
    no_room,
)
from .sqlite_lessee import holders
from .sqlite_room import has_room
from .sqlite_turns import Turns

LOCK_SECONDS = 2.0
"""How long a turn to write is waited for: hubs take theirs for milliseconds, and a turn comes between them."""
LOOKS = 5
"""Until nobody wrote meanwhile, where something is wrong: a hub that begins or ends under who looks at its file alone
is taken for damage, because that is half of before and half of after."""


@dataclass(frozen=True)
class Health:
    """How a database is.

    Attributes:
        unusable: why a hub could not open it; "" if it could.
        network: the network file system that it is on; "" for a local one.
        writable: whether this user may write the file and its directory.
        free: bytes that its disk has left.
        size: bytes of the database and its journal.
        hubs: processes that use it now; where it can be known, none that was killed.
        do: what to do about what makes it unusable.
        whole: it was read whole, and nothing is damaged.
        locked: somebody had the writer's lock for LOCK_SECONDS: nobody else can store anything meanwhile.
    """

    unusable: str
    network: str
    writable: bool
    free: int
    size: int
    hubs: int
    do: str = ""
    whole: bool = False
    locked: bool = False


def health(path: Path, *, used: bool = False) -> Health:
    """Look at a database that is there.

    Args:
        path: the file.
        used: whether a hub is known to use it.

    Raises:
        OSError: it or its directory cannot be read.
    """
    before, found = _state(path), _look(path, used=used)
    for _ in range(LOOKS - 1):
        if not found.unusable or _state(path) == before:
            break
        before, found = _state(path), _look(path, used=used)
    return found


def _state(path: Path) -> list[tuple[int, int]]:
    """What is another one once the database, or its journal, was written."""
    parts = [part.stat() for part in _parts(path)]
    return [(part.st_size, part.st_mtime_ns) for part in parts]


def _parts(path: Path) -> list[Path]:
    return [file for file in (path, Path(f"{path}-wal")) if file.exists()]


def _look(path: Path, *, used: bool) -> Health:
    folder, kind = path.parent, file_system(path.parent)
    network = kind if kind in NETWORK else ""
    unusable, do, hubs, whole, locked = "", "", 0, False, False
    parts = _parts(path)
    writable = all(os.access(one, os.W_OK) for one in (folder, *parts))
    look = looking if network else _glancing  # over a network the one hub there has a journal and no index
    try:
        examine(path, len(migrations()), exclusive=bool(network), look=look)
        with explained(path), look(path, BUSY_SECONDS) as connection:
            hubs = holders(connection)
        used = used or hubs > 0
        if not used and not has_room(path):  # a hub could not begin its journal
            raise no_room(path)
        whole = not network and _read_whole(path, used=used)
        locked = not network and writable and _is_locked(path)
    except StoreUnusable as error:
        unusable, do = error.what, error.do
    parts = _parts(path)
    return Health(
        unusable=unusable,
        network=network,
        writable=writable,
        free=shutil.disk_usage(folder).free,
        size=sum(file.stat().st_size for file in parts),
        hubs=hubs,
        do=do,
        whole=whole,
        locked=locked,
    )


def _is_locked(path: Path) -> bool:
    """Try whether a turn to write comes; nothing is written, and the turn ends at once.

    Who has the lock has journal and index open. The reader beside it keeps SQLite from tidying them away after this
    connection, as after the last one.
    """
    if not all(Path(f"{path}{ending}").exists() for ending in ("-wal", "-shm")):
        return False
    with explained(path), looking(path) as reader:
        reader.execute("PRAGMA schema_version").fetchone()
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            turns = Turns(writer, patience=LOCK_SECONDS)
            try:
                turns.begin()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                return True
            turns.roll_back()
    return False


def _read_whole(path: Path, *, used: bool) -> bool:
    """Check what `examine` has left out for its size; not under a hub, whose journal cannot begin anew meanwhile."""
    small = path.stat().st_size <= CHECKED_BYTES
    if not (used or small):
        check_whole(path, look=_glancing)
    if not used or small:
        _check_texts(path)
    return not used or small


def _check_texts(path: Path) -> None:
    """Raise StoreUnusable where a text is none: SQLite's check looks at rows, and not at what is written in them."""
    with explained(path), _glancing(path) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for _ in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name out of the file itself
                pass


@contextmanager
def _glancing(path: Path, busy: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """As `looking`, but where no hub uses the database nothing is left beside it.

    Who writes has a journal and its index open, so without them the file is all there is. A journal without its index
    was moved here by somebody; the index is made beside a copy.
    """
    journal = Path(f"{path}-wal")
    there = {ending for ending in ("-journal", "-wal", "-shm") if Path(f"{path}{ending}").exists()}
    if "-journal" in there or {"-wal", "-shm"} <= there:
        with looking(path, busy) as connection:
            yield connection
    elif "-wal" not in there or not journal.stat().st_size:
        with closing(_unchanging(path)) as connection:
            yield connection
    else:
        with tempfile.TemporaryDirectory(prefix="nbchat-") as place:
            for file in (path, journal):
                shutil.copyfile(file, Path(place, file.name))
            with looking(Path(place, path.name), busy) as connection:
                yield connection


def _unchanging(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
