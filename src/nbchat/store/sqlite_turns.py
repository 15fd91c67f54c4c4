"""Taking turns on one database: with hubs of other processes that write, and with those who read the journal.

Only what concerns the writer's lock and the journal; never what is written. Belongs to the writer's thread
(`sqlite_writer`), which also does what the thread of the checkpoints asks of it (`sqlite`).
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

COPY_JOURNAL = "PRAGMA wal_checkpoint(PASSIVE)"
"""Into the database, as far as nobody reads an older state; waits for nobody."""
LOOK_AGAIN = 0.002
"""Seconds between two looks whether the writer's lock is free: less than a commit, and a hundredth of a core."""
_log = logging.getLogger(__name__)


class Turns:
    """Begins and ends what one connection writes.

    Example:
        >>> turns = Turns(connection)
        >>> turns.begin()
        >>> connection.execute("INSERT ...")
        >>> connection.execute("COMMIT")
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take turns as long as this connection waits for others (its busy timeout)."""
        self._connection = connection
        (self._patience,) = connection.execute("PRAGMA busy_timeout").fetchone()

    def begin(self) -> None:
        """Begin to write; wait for who writes, as long as the connection's patience is.

        SQLite by itself looks ever more seldom, in the end every 100 ms. Beside a hub that writes without a pause each
        such look falls into one of its commits, and a turn took seconds to come.

        Raises:
            sqlite3.OperationalError: the lock is another's still, or something else is wrong.
        """
        until = time.monotonic() + self._patience / 1000
        with self._unwaiting():
            while True:
                try:
                    self._connection.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() >= until:
                        raise
                time.sleep(LOOK_AGAIN)  # nothing tells when another process has let go of its lock

    def roll_back(self) -> None:
        """End what was begun, if it has not ended: a full disk may have done that."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            _log.exception("the rollback failed")

    def copy_rest(self, copier: sqlite3.Connection) -> None:
        """Copy what is left of the journal, so that the next who writes begins it anew.

        With the lock in the hand: while hubs of other processes write without a pause there is always something left to
        copy, and the journal would grow for as long as they do.

        Args:
            copier: copies; who holds the lock cannot.
        """
        try:
            self.begin()
            copier.execute(COPY_JOURNAL).fetchone()
        except sqlite3.Error as error:
            _log.debug("the journal goes on; it is copied again in a second: %s", error)
        finally:
            self.roll_back()

    def empty_journal(self) -> bool:
        """Copy the journal into the database and empty it, for the old text in it.

        Waits for its turn, as whoever writes, and then for nobody: with the lock in the hand that would stop all hubs
        of this file for as long as somebody reads.

        Returns:
            Whether it is empty; else somebody reads from it, or another process was faster.
        """
        try:
            self.begin()
            self.roll_back()  # emptying takes the lock by itself; who else wants it looks again later than this
            with self._unwaiting():
                busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            _log.warning("the journal still has the text of a deleted message; it goes with the next one: %s", error)
            return False
        return not busy

    @contextmanager
    def _unwaiting(self) -> Iterator[None]:
        self._connection.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {self._patience}")
