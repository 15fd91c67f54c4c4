"""The way from the threads of stores and buses to the thread of the event loop. A part of the shell (`runner`).

It wakes the loop once for all that waits, and knows nothing of what it brings.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress


class Mailbox:
    """Brings calls from other threads to the event loop, in order, with one wake-up for all that wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop, log: logging.Logger) -> None:
        """Deliver on this loop."""
        self._loop, self._log = loop, log
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], None]] = []

    def put(self, call: Callable[[], None]) -> None:
        """Have it called soon on the loop; dropped if the loop is closed. Thread-safe."""
        with self._lock:
            self._waiting.append(call)
            first = len(self._waiting) == 1
        if first:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            calls, self._waiting = self._waiting, []
        for call in calls:
            try:
                call()
            except Exception:  # noqa: BLE001 - the other calls must come through
                self._log.exception("The hub failed on an answer of its store or bus")
