"""What an engine keeps on disk of its unsent messages, and for whom. The twin of js/src/client/keeping.ts.

The outbox belongs to one person at one store. Where somebody else answers, it is closed as it is: its messages wait for
those for whom they were written. Never touches the network; all methods are called under the engine's lock, but those
at its end.
"""

from __future__ import annotations

import time

from .link import Link
from .outbox import Entry, Outbox, default_root, place
from .sent import Sent


class Keeping:
    """The outbox of whom this client is now; none while nobody knows who that is.

    Attributes:
        whose: store and user for whom it is kept.
    """

    def __init__(self, link: Link, sent: Sent) -> None:
        """Keep nothing yet.

        Args:
            link: takes over what earlier sessions of the same identity left.
            sent: the messages that callers hold.
        """
        self._link, self._sent = link, sent
        self._outbox: Outbox | None = None
        self.whose: tuple[str, str] | None = None

    @property
    def entries(self) -> list[Entry]:
        """What waits, oldest first."""
        return [] if self._outbox is None else self._outbox.entries

    def open(self, store: str, user: str) -> None:
        """Keep for these two: what was written until now, and what was left here."""
        self._outbox, self.whose = Outbox(place(default_root(), store=store, user=user)), (store, user)
        for entry in self._sent.waiting():
            self._outbox.put(entry)
        self._sent.adopt(entry.key for entry in self._outbox.entries)
        self.adopt()

    def adopt(self) -> None:
        """Give the link all that waits; what it has already it leaves alone."""
        self._link.adopt([one.pending for one in self.entries], time.monotonic())

    def put(self, entry: Entry) -> None:
        """Keep this message; it is with the operating system when this returns. Raises OutboxFull."""
        if self._outbox is not None:
            self._outbox.put(entry)

    def forget(self, key: str) -> None:
        """The hub has it, or refuses it for good."""
        if self._outbox is not None:
            self._outbox.forget(key)

    def part(self) -> None:
        """Somebody else is here: what waits stays where it is, for whom it was written."""
        self.close()
        self._outbox, self.whose = None, None

    def close(self) -> None:
        """The next session of the same identity may have it."""
        if self._outbox is not None:
            self._outbox.close()

    def forked(self) -> None:
        """In the child of a fork: it belongs to the parent."""
        if self._outbox is not None:
            self._outbox.forked()
