"""What can be said of a database without changing it: for `nbchat doctor`, beside hubs that may be using it.

Facts only; what they mean for people is the caller's. Used by `server.assemble`.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from nbchat.hub import leases

from .errors import StoreUnusable
from .sqlite_file import (
    CHECKED_BYTES,
    NETWORK,
    check_whole,
    examine,
    explained,
    file_system,
    looking,
    migrations,
)
from .sqlite_lessee import gone


@dataclass(frozen=True)
class Health:
    """How a database is.

    Attributes:
        unusable: why a hub could not open it; "" if it could.
        do: what to do about that.
        network: the network file system that it is on; "" for a local one.
        writable: whether this user may write the file and its directory.
        free: bytes that its disk has left.
        size: bytes of the database and its journal.
        hubs: processes that use it now; where it can be known, none that was killed.
    """

    unusable: str
    network: str
    writable: bool
    free: int
    size: int
    hubs: int
    do: str = ""


def health(path: Path) -> Health:
    """Look at a database that is there. Raises OSError if it or its directory cannot be read."""
    folder, kind = path.parent, file_system(path.parent)
    network = kind if kind in NETWORK else ""
    unusable, do, hubs = "", "", 0
    try:
        examine(path, len(migrations()), exclusive=bool(network))
        if path.stat().st_size > CHECKED_BYTES and not network:
            check_whole(path)
        with explained(path), looking(path) as connection:
            now = time.time_ns() // 1_000_000
            found = connection.execute("SELECT id, until FROM hub").fetchall()
            hubs = sum(leases.holds(until, now) and not gone(id) for id, until in found)
    except StoreUnusable as error:
        unusable, do = error.what, error.do
    parts = [file for file in (path, Path(f"{path}-wal")) if file.exists()]
    return Health(
        unusable=unusable,
        network=network,
        writable=all(os.access(one, os.W_OK) for one in (folder, *parts)),
        free=shutil.disk_usage(folder).free,
        size=sum(file.stat().st_size for file in parts),
        hubs=hubs,
        do=do,
    )
