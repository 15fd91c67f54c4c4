"""One batch of writes: the counters that it moves. Used by the modules `sqlite_*` that write.

A conversation's counters are read once a transaction, kept here while its events are written, and written back once:
the transaction is IMMEDIATE, so no other process can move them in between. That is what makes `seq` gap-free with
several processes, and a batch of events of one conversation cheap.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from msgspec import Struct

from .sqlite_counts import Totals


class Head(Struct, frozen=True):
    """A conversation's counters."""

    n: int
    last_seq: int
    last_change: int
    rules: int
    posts: int
    members: int

    def totals(self) -> Totals:
        """Return what counting needs of them."""
        return Totals(self.n, self.posts, self.last_seq)


class Batch:
    """What a transaction has moved.

    Attributes:
        sql: `execute` of the connection that writes.
        at: the time of all that happens in it, ms UTC.
        scrubbed: whether text was taken out of the database, which the journal still has.
    """

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], int]) -> None:
        """Write on this connection; `clock` is now in ms UTC."""
        self.sql = connection.execute
        self.at = 0
        self.scrubbed = False
        self._clock = clock
        self._changes = self._written = 0
        self._heads: dict[str, Head] = {}
        self._moved: dict[str, Head] = {}

    def begin(self) -> None:
        """Forget what was read before: another process may have written. All that follows happens at one time."""
        self._heads.clear()
        self._moved.clear()
        self.at = self._clock()
        self.scrubbed = False
        self._changes = self._written = self.sql("SELECT changes FROM meta").fetchone()[0]

    def finish(self) -> None:
        """Write the counters back; after this the transaction can be committed."""
        for head in self._moved.values():
            self.sql(
                "UPDATE conversation SET last_seq = ?, last_change = ?, rules = ?, posts = ?, members = ? WHERE n = ?",
                (head.last_seq, head.last_change, head.rules, head.posts, head.members, head.n),
            )
        self._moved.clear()
        if self._changes != self._written:
            self.sql("UPDATE meta SET changes = ?", (self._changes,))

    def next(self) -> int:
        """Count one change; those of an item that fails are left out, which harms nobody."""
        self._changes += 1
        return self._changes

    def head(self, id: str) -> Head | None:
        """Return a conversation's counters, None where there is no such conversation."""
        head = self._heads.get(id)
        if head is None:
            sql = "SELECT n, last_seq, last_change, rules, posts, members FROM conversation WHERE id = ?"
            row = self.sql(sql, (id,)).fetchone()
            if row is None:
                return None
            head = self._heads[id] = Head(*row)
        return head

    def keep(self, id: str, head: Head) -> None:
        """Remember the counters; the last step of an item, so that one that fails has moved nothing."""
        self._heads[id] = self._moved[id] = head

    def totals(self, id: str) -> Totals:
        """Return what a conversation that is there counts; a `FindTotals`."""
        head = self.head(id)
        if head is None:
            raise LookupError(f"there is no conversation {id!r}, and there was one when its own row was written")
        return head.totals()
