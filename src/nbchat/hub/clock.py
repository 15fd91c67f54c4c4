"""The time and the timers of the shell (`runner`), as an argument: tests turn a clock of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from .effects import Instant


class Clock(Protocol):
    """Time, as an argument, so that tests can turn it."""

    def now(self) -> Instant:
        """Both clocks, read together."""
        ...

    def call_at(self, mono: float, then: Callable[[], None]) -> Callable[[], None]:
        """Call `then` at that monotonic time; returns what cancels it."""
        ...


class SystemClock:
    """The clock of this machine and the timers of the running event loop."""

    def now(self) -> Instant:
        """Both clocks, read together."""
        return Instant(time.monotonic(), time.time_ns() // 1_000_000)

    def call_at(self, mono: float, then: Callable[[], None]) -> Callable[[], None]:
        """Call `then` at that monotonic time; returns what cancels it."""
        return asyncio.get_running_loop().call_later(max(0.0, mono - time.monotonic()), then).cancel


class Alarm:
    """One timer for who says by itself when it wants to be called, and changes its mind.

    Example:
        >>> alarm = Alarm(clock, core.timer, lambda: feed(Tick()))
        >>> alarm.set()     # after each change
    """

    def __init__(self, clock: Clock, wish: Callable[[], float | None], ring: Callable[[], None]) -> None:
        """Not set yet.

        Args:
            clock: whose timers are used.
            wish: by when it is to ring, monotonic time; None: never.
            ring: what is done then.
        """
        self._clock, self._wish, self._ring = clock, wish, ring
        self._due: float | None = None
        self._cancel: Callable[[], None] | None = None
        self._is_over = False

    def set(self) -> None:
        """Keep one timer: an earlier wish replaces it, a later one waits until it fires."""
        wish = self._wish()
        if wish is None or self._is_over or (self._due is not None and self._due <= wish):
            return
        if self._cancel is not None:
            self._cancel()
        self._due, self._cancel = wish, self._clock.call_at(wish, self._fired)

    def end(self) -> None:
        """Ring no more."""
        self._is_over = True
        if self._cancel is not None:
            self._cancel()

    def _fired(self) -> None:
        self._due = self._cancel = None
        wish = self._wish()
        if wish is not None and wish <= self._clock.now().mono:
            self._ring()
        self.set()
