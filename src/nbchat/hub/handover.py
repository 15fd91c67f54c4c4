"""Writes on their way to the store: what arrives together is handed over together. A part of the shell (`runner`).

A commit and the deliveries after it cost about the same for one message as for many, so the fewer there are, the
better. What arrives in one turn of the loop is handed over at its end; what arrives while events are on their way to
the store waits until their deliveries were written, and until what their readers have answered at once was read. So a
hundred who write at the same time share one commit instead of three. Who writes alone waits for nobody.

Never decides what is written, nor what its outcome means. Pure: what runs later is given to `soon`.
"""

from __future__ import annotations

from collections.abc import Callable

from .effects import Write
from .figures import Figures
from .items import AppendEvent, Item
from .ports import Store


class Handover:
    """What was decided and is not at the store yet.

    Example:
        >>> handover = Handover(store, figures, loop.call_soon, time.monotonic)
        >>> handover.add(Write(1, item))    # in this turn of the loop: at the store when it ends
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
        self._under_way = 0
        """The token of the last event at the store, 0 where there is none. Other items may be lazy (`ports`, rule 8),
        and nothing waits for those."""

    def add(self, write: Write) -> None:
        """Hand this over as soon as may be, with all that is added until then."""
        if not self._waiting:
            self._since = self._now()
            if not self._under_way:
                self._soon(self.go)
        self._waiting.append((write.token, write.item))

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
                self._soon(self._after_reading)

    def _after_reading(self) -> None:
        """In this turn the loop reads what has arrived meanwhile: that is handed over with what waits."""
        self._soon(self.go)
