"""Which process on which machine: a name by which others can see that it has ended.

A number alone says little: another process may have it by now, and a directory may be shared with other machines and
containers, where the same number is somebody else. So a name also says when the process began, since which start of the
machine, and whose numbers these are. What cannot be known, as of another machine, on another system than Linux, or
where the processes of others are hidden, is never called gone. Imports nothing of ours; for leases in the store and for
notes of running hubs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Other words at each start of a Linux machine: random(4)."""
_PROCESSES = Path("/proc")
_ENDED = frozenset({"Z", "X"})
"""States of a process that was killed and that its parent has not looked at yet: proc(5)."""


def name() -> str:
    """Return the name of this process; "" where the system does not say enough.

    Example:
        >>> name()
        '4711 0b6f9c8e-... pid:[4026531836] 8831204'
    """
    where = _where()
    try:
        began = _began(os.getpid())
    except OSError:
        return ""
    return "" if where is None or began is None else f"{os.getpid()} {where} {began}"


def gone(name: str) -> bool:
    """Whether the process of this name ran where this one runs, and does not run any more.

    Args:
        name: of `name`; one without the time of its beginning, as older versions wrote it, is judged by the number.
    """
    parts = name.split(" ")
    if len(parts) not in (3, 4) or " ".join(parts[1:3]) != _where():
        return False
    if not parts[0].isdecimal():
        return False
    try:
        began = _began(int(parts[0]))
    except (FileNotFoundError, ProcessLookupError):
        return not alive(int(parts[0]))  # the mount option hidepid=2 hides those of others, but not from this question
    except OSError:  # it may not be read, or this process has too many files open: that proves nothing
        return False
    return began is None or began not in (parts[3:] or [began])


def alive(pid: int) -> bool:
    """Whether a process of that id runs, whatever it is; where that cannot be known, it does."""
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)  # asks only; on Windows it would end the process
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _where() -> str | None:
    """This start of the machine, and whose process ids: those of a container are its own. None where nobody says."""
    try:
        return f"{BOOT.read_text(encoding='ascii').strip()} {(_PROCESSES / 'self/ns/pid').readlink()}"
    except OSError:
        return None


def _began(pid: int) -> str | None:
    """When a process began, in ticks since the start of the machine; None if it has ended: proc(5), `stat`.

    Raises:
        FileNotFoundError, ProcessLookupError: there is none, or it is hidden.
        OSError: it cannot be read.
    """
    said = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    fields = said.rpartition(")")[2].split()  # the name of the program, in parentheses, may have anything in it
    return None if fields[0] in _ENDED else fields[19]
