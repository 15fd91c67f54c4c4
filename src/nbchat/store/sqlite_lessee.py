"""Under which name a process has its lease: one by which others on the machine see that it was killed.

A lease holds for a minute after its hub was killed. That costs the other hubs nothing, but a person who looks
(`nbchat doctor`, `nbchat restore`) takes it for a hub. Used by `sqlite`, `sqlite_health` and `sqlite_copies`;
`processes` says who is gone.
"""

from __future__ import annotations

import secrets
import sqlite3
import time

from nbchat import processes
from nbchat.hub import leases


def name() -> str:
    """Return a new name for a lease of this process.

    Example:
        >>> name()
        '5f0c9a3be1d27746 4711 0b6f9c8e-... pid:[4026531836] 8831204'
    """
    return f"{secrets.token_hex(8)} {processes.name()}".rstrip()


def gone(name: str) -> bool:
    """Whether the process with a lease of this name ran where this one runs, and does not run any more."""
    return processes.gone(name.partition(" ")[2])


def holders(connection: sqlite3.Connection) -> int:
    """How many hubs use this database by their leases; where it can be known, none that was killed."""
    now = time.time_ns() // 1_000_000
    found = connection.execute("SELECT id, until FROM hub").fetchall()
    return sum(leases.holds(until, now) and not gone(id) for id, until in found)
