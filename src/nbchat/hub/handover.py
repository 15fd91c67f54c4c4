"""Writes on their way to the store: what arrives together is handed over together. A part of the shell (`runner`).

The first message of many that arrived together would wake the store's thread, and be a commit of its own; waking it for
each costs more than storing them. Never decides what is written, nor what its outcome means. Pure: what runs later is
given to `soon`.
"""

from __future__ import annotations

from collections.abc import Callable

from .effects import Write
from .figures import Figures
from .items import AppendEvent, Item
from .ports import Store


class Handover:
    """What was decided in one turn of the loop and is not at the store yet."""

    def __init__(
        self, store: Store, figures: Figures, soon: Callable[[Callable[[], None]], object], now: Callable[[], float]
    ) -> None:
        """Begin with nothing.

        Args:
            store: who writes it.
            figures: what is told when events were handed over.
            soon: has something called when this turn of the loop has ended.
            now: seconds, monotonic.
        """
        self._store, self._figures, self._soon, self._now = store, figures, soon, now
        self._waiting: list[tuple[int, Item]] = []

    def add(self, write: Write) -> None:
        """Hand this over when the turn ends, with all that is added until then."""
        if not self._waiting:
            self._soon(self.go)
        self._waiting.append((write.token, write.item))

    def go(self) -> None:
        """Hand over what waits."""
        writes, self._waiting = self._waiting, []
        for token, item in writes:
            self._store.submit(token, item)
        if any(isinstance(item, AppendEvent) for _, item in writes):
            self._figures.handed_over(writes[-1][0], self._now())
