"""A wall clock that a test can set: every Python that starts with this folder first in PYTHONPATH has it.

Python imports a module of this name before anything else. The file that NBCHAT_TEST_CLOCK names holds the seconds by
which the clock is wrong; it is read again at each look, so the clock of a running process can jump. Monotonic clocks
stay as they are, as they do on a machine whose clock is set.

SIGUSR1 has such a process write what its threads are doing to where its errors go.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import time

_PLACE = os.environ.get("NBCHAT_TEST_CLOCK", "")


def _offset() -> float:
    try:
        with open(_PLACE, encoding="ascii") as file:  # noqa: PTH123 - pathlib would be loaded into every process
            return float(file.read() or 0)
    except (OSError, ValueError):
        return 0.0


def _install() -> None:
    seconds, nanoseconds = time.time, time.time_ns
    time.time = lambda: seconds() + _offset()
    time.time_ns = lambda: nanoseconds() + int(_offset() * 1e9)


if _PLACE:
    _install()
    faulthandler.register(signal.SIGUSR1)
