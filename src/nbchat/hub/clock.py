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
