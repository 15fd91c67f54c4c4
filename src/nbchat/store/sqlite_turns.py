"""Taking turns on one database: with hubs of other processes that write, and with those who read the journal.

Only what concerns the writer's lock and the journal; never what is written. Belongs to the writer's thread
(`sqlite_writer`), which also does what the thread of the checkpoints asks of it (`sqlite`).
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

COPY_JOURNAL = "PRAGMA wal_checkpoint(PASSIVE)"
"""Into the database, as far as nobody reads an older state; waits for nobody."""
LOOK_AGAIN = 2
"""Milliseconds between two looks whether the writer's lock is free: less than a commit, and a hundredth of a core."""
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Turns:
    """Begins and ends what one connection writes.

    Example:
        >>> turns = Turns(connection, patience=5.0)
        >>> turns.begin()
        >>> connection.execute("INSERT ...")
        >>> connection.execute("COMMIT")
    """

    def __init__(self, connection: sqlite3.Connection, patience: float) -> None:
        """Take turns; from now on a statement that is not asked `patiently` waits no longer than LOOK_AGAIN.

        Args:
            connection: what is written on.
            patience: seconds to wait for others.
        """
        self._connection, self._patience = connection, patience
        connection.execute(f"PRAGMA busy_timeout = {LOOK_AGAIN}")

    def begin(self) -> None:
        """Begin to write, when those who write have ended.

        Raises:
            sqlite3.OperationalError: as `patiently`.
        """
        self.patiently(lambda: self._connection.execute("BEGIN IMMEDIATE"))

    def patiently(self, do: Callable[[], _T]) -> _T:
        """Do this, and again for as long as there is patience where somebody else has the lock.

        SQLite by itself looks ever more seldom, in the end every 100 ms. Beside a hub that writes without a pause each
        such look falls into one of its commits, and a turn took seconds to come.

        Args:
            do: must leave nothing behind where it fails.

        Raises:
            sqlite3.OperationalError: the lock is another's still, or something else is wrong.
        """
        until = time.monotonic() + self._patience
        while True:
            try:
                return do()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() >= until:
                    raise

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

        Waits for its turn, as whoever writes, and then for no more than a moment: with the lock in the hand that would
        stop all hubs of this file for as long as somebody reads.

        Returns:
            Whether it is empty; else somebody reads from it, or another process was faster.
        """
        try:
            self.begin()
            self.roll_back()  # emptying takes the lock by itself; who else wants it looks again later than this
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            _log.warning("the journal still has the text of a deleted message; it goes with the next one: %s", error)
            return False
        return not busy
