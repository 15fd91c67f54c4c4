"""Writes on their way to the store: what arrives together is handed over together. A part of the shell (`runner`).

A commit and the deliveries after it cost about the same for one message as for many, so the fewer there are, the
better. What arrives is handed over as soon as a turn of the loop has brought nothing more; what arrives while events
are on their way to the store waits until their deliveries were written. So a hundred who write at the same time, or
answer to what they have just been given, share one commit instead of three. Who writes alone waits for one empty turn,
some microseconds, and nobody waits longer than GATHER for others that go on coming.

Never decides what is written, nor what its outcome means. Pure: what runs later is given to `soon`.
"""

from __future__ import annotations

from collections.abc import Callable

from .effects import Write
from .figures import Figures
from .items import AppendEvent, Item
from .ports import Store

GATHER = 0.002
"""Seconds that a write waits for others at most while the store is free: about what a commit takes."""


class Handover:
    """What was decided and is not at the store yet.

    Example:
        >>> handover = Handover(store, figures, loop.call_soon, time.monotonic)
        >>> handover.add(Write(1, item))    # at the store when a turn of the loop has brought nothing more
        >>> handover.came_back(1)           # its outcome is known, and everybody was told
    """

    def __init__(
        self, store: Store, figures: Figures, soon: Callable[[Callable[[], None]], object], now: Callable[[], float]
    ) -> None:
        """Begin with nothing.

        Args:
            store: who writes it.
            figures: what is told when events were handed over, and delivered.
            soon: has something called when this turn of the loop has ended.
            now: seconds, monotonic.
        """
        self._store, self._figures, self._soon, self._now = store, figures, soon, now
        self._waiting: list[tuple[int, Item]] = []
        self._since = 0.0
        """When the first of those that wait was added."""
        self._began = 0.0
        """When they were first looked at, with the store free for them."""
        self._seen = 0
        """How many waited when last looked."""
        self._under_way = 0
        """The token of the last event at the store, 0 where there is none. Other items may be lazy (`ports`, rule 8),
        and nothing waits for those."""

    def add(self, write: Write) -> None:
        """Hand this over as soon as may be, with all that is added until then."""
        if not self._waiting:
            self._since = self._now()
            if not self._under_way:
                self._gather()
        self._waiting.append((write.token, write.item))

    def _gather(self) -> None:
        """The store is free: look at the end of each turn whether more has come."""
        self._seen = 0
        self._soon(self._look)

    def _look(self) -> None:
        """What a turn reads is there at the look after it, so the first look never hands anything over."""
        now, seen, self._seen = self._now(), self._seen, len(self._waiting)
        if not self._waiting:
            return  # the hub stops, and has handed over all
        if not seen:
            self._began = now
        elif seen == self._seen or now - self._began >= GATHER:
            self.go()
            return
        self._soon(self._look)

    def go(self) -> None:
        """Hand over what waits."""
        writes, self._waiting = self._waiting, []
        last = 0
        for token, item in writes:
            self._store.submit(token, item)
            if isinstance(item, AppendEvent):
                last = token
        if last:
            self._under_way = last
            self._figures.handed_over(last, self._since)

    def came_back(self, token: int) -> None:
        """The outcomes of all up to this token were told to everybody."""
        self._figures.delivered(token, self._now())
        if 0 < self._under_way <= token:
            self._under_way = 0
            if self._waiting:
                self._gather()
