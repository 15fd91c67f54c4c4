"""What the core wants to be woken for, and when.

An alarm is a small value that says what is due; setting the same one again moves it. Pure: times are seconds of the
monotonic clock, given as arguments. Never performs anything: `core` asks what is due on each `Tick`.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count

from msgspec import Struct

from .effects import Connection


class AskAgain(Struct, frozen=True):
    """Ask the store what has grown: the bus may have lost it."""


class HelloLate(Struct, frozen=True):
    """The connection had to say hello by now."""

    connection: Connection


class TypingEnds(Struct, frozen=True):
    """The person has not said for a while that they are still typing there (None: in the conversation itself)."""

    conversation: str
    user: str
    thread: int | None = None


class GraceEnds(Struct, frozen=True):
    """The person's last page closed a while ago."""

    user: str


class LeaseEnds(Struct, frozen=True):
    """Another hub has not said for a while that the person has a page there."""

    hub: str
    user: str


class OffersEnd(Struct, frozen=True):
    """Another hub has not said for a while which slash commands its connections answer there."""

    hub: str
    conversation: str


class RefreshLeases(Struct, frozen=True):
    """Tell the other hubs again who has a page here, and what is answered here."""


class ReceiptsDue(Struct, frozen=True):
    """Receipts of this conversation may be told and stored again."""

    conversation: str


Alarm = AskAgain | HelloLate | TypingEnds | GraceEnds | LeaseEnds | OffersEnd | RefreshLeases | ReceiptsDue


@dataclass
class Alarms:
    """Alarms by time. Setting, dropping and finding the next one cost the logarithm of their number.

    Example:
        >>> alarms = Alarms()
        >>> alarms.set(AskAgain(), 1.0)
        >>> alarms.next(), alarms.due(0.5), alarms.due(1.0)
        (1.0, [], [AskAgain()])
    """

    _when: dict[Alarm, tuple[float, int]] = field(default_factory=dict)
    _heap: list[tuple[float, int, Alarm]] = field(default_factory=list)
    _serial: count[int] = field(default_factory=count)
    _is_clean: bool = True
    """Whether the top of the heap is an alarm that is wanted: asked after each input, and seldom another one."""

    def set(self, alarm: Alarm, when: float) -> None:
        """Wake for this at `when`, instead of any earlier wish for the same."""
        entry = when, next(self._serial)
        self._is_clean = False
        self._when[alarm] = entry
        heapq.heappush(self._heap, (*entry, alarm))

    def drop(self, alarm: Alarm) -> None:
        """Do not wake for this any more."""
        self._is_clean = False
        self._when.pop(alarm, None)

    def __contains__(self, alarm: Alarm) -> bool:
        return alarm in self._when

    def next(self) -> float | None:
        """When the next one is due."""
        self._clean()
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[Alarm]:
        """Remove and return what is due by now, in order."""
        found: list[Alarm] = []
        self._clean()
        while self._heap and self._heap[0][0] <= now:
            alarm = heapq.heappop(self._heap)[2]
            del self._when[alarm]
            found.append(alarm)
            self._is_clean = False
            self._clean()
        return found

    def _clean(self) -> None:
        """Drop from the top what was moved or dropped since."""
        if self._is_clean:
            return
        self._is_clean = True
        while self._heap and self._when.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)
