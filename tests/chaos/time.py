"""The real clock with the face of the simulation's: clients of tests/sim run on it, and appointments are timers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sim.time import Time


class RealTime(Time):
    """Seconds since it was made, by the running event loop.

    Attributes:
        failures: what appointments have raised; the world looks at them.
        wrong: seconds by which the clocks of people's machines are wrong.
    """

    def __init__(self, seed: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.failures: list[Exception] = []
        self.wrong = 0.0
        super().__init__(seed)

    @property
    def now(self) -> float:
        return self._loop.time() - self._began

    @now.setter
    def now(self, seconds: float) -> None:
        """The base class sets it; this clock runs by itself."""

    @property
    def wall(self) -> int:
        return time.time_ns() // 1_000_000 + int(self.wrong * 1000)

    def at(self, when: float, then: Callable[[], None]) -> None:
        self.happened += 1
        self._loop.call_at(self._began + when, self._keep, then)

    def _keep(self, then: Callable[[], None]) -> None:
        try:
            then()
        except Exception as error:  # noqa: BLE001 - told by the world, with its seed
            self.failures.append(error)
