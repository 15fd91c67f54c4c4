"""What a hub counts about itself: numbers that only grow, and how long things took.

Plain integers, because they are added to where every message passes; whoever wants to see them (`server.metrics`) reads
them when it is asked. Never holds a text, a name or an id. Each is counted in one place: the core counts what it
decides, the runner what it sends, the store how long it wrote.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque

from msgspec import Struct

COMMIT_BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Seconds. A commit on an SSD takes about a millisecond; `BUSY_SECONDS` of the store is the most that it waits."""
DELIVERY_BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Seconds. 12 ms is what 99 of 100 messages are to stay under."""


class Spread:
    """How often something took how long.

    Attributes:
        bounds: upper ends of the classes, in seconds, ascending; the last class has none.
        counts: how many fell into each class.
        total: seconds, of all together.

    Example:
        >>> spread = Spread((0.1, 1.0))
        >>> spread.add(0.5)
        >>> spread.counts
        [0, 1, 0]
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        """Start with nothing."""
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


class Figures:
    """All that one hub counts.

    Attributes:
        events: stored events by their class.
        errors: commands that were refused, by their code.
        resumes: views that were brought on after a connection, by what they were given: `events` from where they stood,
            a `snapshot`, or a `reset` because the conversation was another one.
        gaps: readings of the log because events were missing here: another hub wrote them, or its news came late.
        behind: connections that had to be given a snapshot or a row, because they were too far behind for events.
        frames: frames that were encoded.
        deliveries: the same, once for each connection that was given one.
        bytes: of all deliveries.
        skipped: times that a slow connection was not given news that do not last, such as who types.
        closes: connections that this side closed, by the name in the table of close codes; `silent`: no answer to a
            ping.
        handed: what is on its way to the store: the token of the last event, and when the first of them arrived.
        delivery: seconds from the arrival of events until they were on disk and written to every socket; those that
            were handed over to the store together count once, from the first.
    """

    __slots__ = (
        "behind", "bytes", "closes", "deliveries", "delivery", "errors", "events", "frames", "gaps", "handed",
        "resumes", "skipped",
    )  # fmt: skip

    def __init__(self) -> None:
        """Start with nothing."""
        self.events: Counter[type[Struct]] = Counter()
        self.errors: Counter[str] = Counter()
        self.resumes: Counter[str] = Counter()
        self.closes: Counter[str] = Counter()
        self.gaps = self.behind = self.frames = self.deliveries = self.bytes = self.skipped = 0
        self.delivery = Spread(DELIVERY_BOUNDS)
        self.handed: deque[tuple[int, float]] = deque()

    def handed_over(self, token: int, since: float) -> None:
        """Events are on their way to the store; the last of them has this token, the first is there since then.

        Tokens ascend.
        """
        self.handed.append((token, since))

    def delivered(self, token: int, now: float) -> None:
        """All up to this token was stored and told: the store keeps the order."""
        while self.handed and self.handed[0][0] <= token:
            self.delivery.add(now - self.handed.popleft()[1])
