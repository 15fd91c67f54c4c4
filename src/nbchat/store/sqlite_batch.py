"""One batch of writes: the counters that it moves. Used by the modules `sqlite_*` that write.

A conversation's counters are read once, kept here while its events are written, and written back once a transaction:
it is IMMEDIATE, so no other process can move them in between. That is what makes `seq` gap-free with several processes,
and a batch of events of one conversation cheap. What was read is good for the next transaction too, as long as this one
was committed and SQLite's `data_version` says that no other connection has written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from msgspec import Struct

from .sqlite_counts import Totals

KEPT = 4096
"""Counters that are kept at most, of conversations and of people in them; then they are read anew."""


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
        self._own: dict[tuple[int, str], int] = {}
        self._version: int | None = None
        self._is_stored = False

    def begin(self) -> None:
        """Forget what was read before, if another process has written. All that follows happens at one time."""
        version = self.sql("PRAGMA data_version").fetchone()[0]
        if not self._is_stored or version != self._version or len(self._heads) + len(self._own) > KEPT:
            self._heads.clear()
            self._own.clear()
            self._changes = self.sql("SELECT changes FROM meta").fetchone()[0]
        self._version, self._is_stored = version, False
        self._written = self._changes
        self._moved.clear()
        self.at = self._clock()
        self.scrubbed = False

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

    def committed(self) -> None:
        """The transaction is in the file, and so is what this knows."""
        self._is_stored = True

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

    def keep(self, id: str, head: Head, author: str | None = None) -> None:
        """Remember the counters; the last step of an item, so that one that fails has moved nothing.

        Args:
            id: the conversation.
            head: its counters.
            author: whose message has entered the conversation's own timeline.
        """
        if author is not None:
            self._own[head.n, author] = self.own_posts(head.n, author) + 1
        self._heads[id] = self._moved[id] = head

    def own_posts(self, n: int, author: str) -> int:
        """Return how many messages somebody has written in a conversation's own timeline."""
        count = self._own.get((n, author))
        if count is None:
            sql = (
                "SELECT own_nth FROM message WHERE conversation = ? AND author = ? AND nth IS NOT NULL"
                " ORDER BY seq DESC LIMIT 1"
            )
            row = self.sql(sql, (n, author)).fetchone()
            count = self._own[n, author] = row[0] if row else 0
        return count

    def known(self, id: str) -> Head:
        """Return the counters of a conversation that is there."""
        head = self.head(id)
        if head is None:
            raise LookupError(f"there is no conversation {id!r}, and there was one when its own row was written")
        return head

    def totals(self, id: str) -> Totals:
        """Return what a conversation that is there counts; a `FindTotals`."""
        return self.known(id).totals()
