"""At most two flushes a second: the first at once, the next when its time has come, with everything since.

Every flush runs in one thread, which is given.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from nbchat.client.thread import LoopThread
from nbchat.errors import SessionClosed

log = logging.getLogger("nbchat")

FLUSH_SECONDS = 0.5
"""Too many comm messages trip the kernel's iopub limit, and then the user's own output is dropped."""


class Pace:
    """Calls `flush` in a thread, soon after each `ring`, never more often than the pace.

    Args:
        thread: where `flush` runs.
        flush: what is to be done; its exceptions are logged.
    """

    def __init__(self, thread: LoopThread, flush: Callable[[], None]) -> None:
        self._thread, self._flush = thread, flush
        self._planned = False
        self._last = float("-inf")

    def ring(self) -> None:
        """Something changed (from any thread)."""
        self._thread.soon(self._plan)

    def _plan(self) -> None:
        if self._planned:
            return
        self._planned = True
        delay = max(0.0, self._last + FLUSH_SECONDS - time.monotonic())
        self._thread.loop.call_later(delay, self._run)

    def _run(self) -> None:
        self._planned = False
        self._last = time.monotonic()
        try:
            self._flush()
        except SessionClosed:
            return
        except Exception:
            log.exception("nbchat: an observer of a trait failed; the session lives")
