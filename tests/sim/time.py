"""Virtual time: everything that happens in a simulation is an appointment here, and nothing else happens."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable

from nbchat.hub.effects import Instant

EPOCH = 1_795_262_400_000
"""ms UTC at the beginning."""


class Time:
    """The clock, the appointments, the dice and the trace of one simulation.

    Attributes:
        now: seconds since the beginning.
        dice: the only source of chance.
        calm: whether the faults are over.
        happened: how many appointments there were.
    """

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.dice = random.Random(seed)
        self.calm = False
        self.happened = 0
        self.trace: deque[str] = deque(maxlen=400)
        self._queue: list[tuple[float, int, Callable[[], None]]] = []

    @property
    def instant(self) -> Instant:
        """Now, as the hub wants it."""
        return Instant(self.now, self.wall)

    @property
    def wall(self) -> int:
        """Now in ms UTC."""
        return EPOCH + int(self.now * 1000)

    def at(self, when: float, then: Callable[[], None]) -> None:
        """Make an appointment; those of one moment are kept in the order in which they were made."""
        self.happened += 1
        heapq.heappush(self._queue, (max(when, self.now), self.happened, then))

    def later(self, least: float, most: float, then: Callable[[], None]) -> None:
        """Make one after a random number of seconds."""
        self.at(self.now + self.dice.uniform(least, most), then)

    def run(self, until: float, stop: Callable[[], bool] = lambda: False) -> None:
        """Keep the appointments up to this time, or until `stop` says so."""
        while self._queue and self._queue[0][0] <= until and not stop():
            self.now, _, then = heapq.heappop(self._queue)
            then()
        if not stop():
            self.now = max(self.now, until)

    def chance(self, probability: float) -> bool:
        """Whether something goes wrong now; never once it is calm."""
        return not self.calm and self.dice.random() < probability

    def say(self, text: str) -> None:
        """Note what happens, for the report of a failure."""
        self.trace.append(f"{self.now:8.3f} {text}")
