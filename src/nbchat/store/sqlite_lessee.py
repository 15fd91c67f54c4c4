"""Under which name a process has its lease: one by which others on the machine see that it was killed.

A lease holds for a minute after its hub was killed. That costs the other hubs nothing, but a person who looks
(`nbchat doctor`) takes it for a second hub. What cannot be known, as of a process in another container, on another
system or of an older version, is never called gone. Linux only; used by `sqlite` and `sqlite_health`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from .sqlite_journal import BOOT

_PROCESSES = Path("/proc")


def name() -> str:
    """Return a new name for a lease of this process.

    Example:
        >>> name()
        '5f0c9a3be1d27746 4711 0b6f9c8e-... pid:[4026531836]'
    """
    token = secrets.token_hex(8)
    where = _where()
    return token if where is None else f"{token} {os.getpid()} {where}"


def gone(name: str) -> bool:
    """Whether the process with a lease of this name ran where this one runs, and does not run any more."""
    _, _, said = name.partition(" ")
    pid, _, where = said.partition(" ")
    return where != "" and where == _where() and not (_PROCESSES / pid).exists()


def _where() -> str | None:
    """This start of the machine, and whose process ids: those of a container are its own. None where nobody says."""
    try:
        return f"{BOOT.read_text(encoding='ascii').strip()} {(_PROCESSES / 'self/ns/pid').readlink()}"
    except OSError:
        return None
