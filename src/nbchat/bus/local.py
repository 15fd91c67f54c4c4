"""LocalBus: news between hubs in one process; alone, a bus that nobody hears. Implements `hub.ports.Bus`.

Hubs that share a `LocalExchange` hear each other; one hub by itself makes its bus with `LocalBus()`. It keeps nothing,
knows no thread and no loop: a note is handed on in the call that publishes it, so `on_note` must only queue it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from nbchat.hub.ports import Note

_log = logging.getLogger(__name__)


class LocalExchange:
    """Where the buses of one process meet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[LocalBus, Callable[[Note], None]] = {}

    def enter(self, bus: LocalBus, on_note: Callable[[Note], None]) -> None:
        """Let this bus hear what the others publish from now on."""
        with self._lock:
            self._listeners[bus] = on_note

    def leave(self, bus: LocalBus) -> None:
        """Let it hear nothing more; harmless if it does not listen."""
        with self._lock:
            self._listeners.pop(bus, None)

    def others(self, bus: LocalBus) -> list[Callable[[Note], None]]:
        """Return the listeners besides this one."""
        with self._lock:
            return [on_note for other, on_note in self._listeners.items() if other is not bus]


class LocalBus:
    """One hub's end of a `LocalExchange`.

    Example:
        >>> exchange = LocalExchange()
        >>> first, second = LocalBus(exchange), LocalBus(exchange)
    """

    def __init__(self, exchange: LocalExchange | None = None) -> None:
        """Join this exchange; without one, be alone."""
        self._exchange = exchange or LocalExchange()
        self._open = False

    def start(self, on_note: Callable[[Note], None]) -> None:
        """Begin to listen; `on_note` is called on the thread of the hub that publishes."""
        self._open = True
        self._exchange.enter(self, on_note)

    def publish(self, note: Note) -> None:
        """Tell the other hubs; after `close` nobody. A listener that fails is logged and costs the others nothing."""
        if not self._open:
            return
        for on_note in self._exchange.others(self):
            try:
                on_note(note)
            except Exception:  # noqa: BLE001 - one hub's failure is not this hub's
                _log.exception("a hub could not take a note (%s)", type(note).__name__)  # own state has texts

    def close(self) -> None:
        """Stop listening and telling; safe to call twice."""
        self._open = False
        self._exchange.leave(self)
