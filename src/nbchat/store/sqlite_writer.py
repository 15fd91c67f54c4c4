"""The one thread that writes: group commit, and the watch for what other processes wrote. Used by `sqlite` only.

While one commit runs, what is submitted waits; the next transaction carries all of it, so an `fsync` is shared by as
many as there are, and the thread is woken once a batch (waking it for each message measured five times worse). Where
an item fails, the batch is written again with a savepoint for each. The commit is durable (`synchronous = FULL`)
before anybody is told.

A look at the file's name before each batch (two microseconds) shows whether the file is still the one that was
opened: what is written into one that was removed is acknowledged, and gone with the process.

Other processes: a lease in the table `hub` says that there is one. `PRAGMA data_version` changes when another
connection has committed; it is looked at each second, and every 50 ms while there is another lease (it costs
microseconds).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from nbchat.hub import items, leases, ports
from nbchat.hub.figures import COMMIT_BOUNDS, Spread
from nbchat.logs import Trouble
from nbchat.protocol.limits import LEASE_REFRESH, OWN_STATE_DELAY

from .sqlite_damage import Damage, is_damage, unreadable
from .sqlite_read import changes
from .sqlite_room import has_room
from .sqlite_turns import Turns
from .sqlite_write import Writes

POLL_ALONE = 1.0
POLL_TOGETHER = 0.05
_FULL = 13
"""SQLITE_FULL, the lowest byte of an extended error code."""
_DRAFT = "draft:"
_LAZY = (items.PutRead, items.PutMarks, items.PutSeen)
_WHOLE_BATCH = (sqlite3.OperationalError, sqlite3.DatabaseError, sqlite3.InternalError)
_log = logging.getLogger(__name__)


class Writer:
    """The writer's thread and its connection, which nobody else uses while it runs.

    Attributes:
        turns: whose turn it is to write, and the journal; on this thread only, so by questions for `ask`.
        damage: to say where the database turns out to be damaged.
        commits: how long batches took, from the first statement to the end of the commit, also those that failed.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        writes: Writes,
        *,
        lease: str | None,
        busy: float,
        lazy: float = OWN_STATE_DELAY,
    ) -> None:
        """Make it; it works from `start` on.

        Args:
            connection: what `writes` writes on; closed by `close`.
            path: where the database is, to see how full its disk is.
            writes: what the items mean.
            lease: the name under which other processes see this one; None where there can be no other.
            busy: seconds that a write waits for another process before it fails.
            lazy: seconds that a lazy item waits for others to be written with.
        """
        self._connection, self._path, self._writes, self._lease = connection, path, writes, lease
        self.turns = Turns(connection, patience=busy)
        self._lazy = lazy
        self._wake = threading.Condition()
        self._queue: list[tuple[int, items.Item]] = []
        self._asked: list[Callable[[], None]] = []
        self._urgent = False
        self._lazy_until: float | None = None
        self._closing = False
        self._thread: threading.Thread | None = None
        self._on_commit: ports.OnCommit = _unheard
        self._on_changes: ports.OnChanges = _unheard
        self._on_dirty: Callable[[bool], None] = _unheard
        self._version = self._mark = 0
        self._together = False
        self._next_poll = self._next_lease = self._retry = 0.0
        self._until = 0
        self._file = _file(path)
        self.damage = Damage(path)
        self._failing = Trouble(_log, "batches are stored again")
        self._blind = Trouble(_log, "other processes are looked for again")
        self._lost = Trouble(_log, "the file that this hub opened is back")
        self.commits = Spread(COMMIT_BOUNDS)

    def start(self, on_commit: ports.OnCommit, on_changes: ports.OnChanges, on_dirty: Callable[[bool], None]) -> None:
        """Begin to work; `on_dirty` is called after each commit, for the checkpoints: whether it took text away."""
        self._on_commit, self._on_changes, self._on_dirty = on_commit, on_changes, on_dirty
        self._mark, self._version = self.turns.patiently(self._look)
        if self._lease is None:
            self.turns.empty_journal()
        self._thread = threading.Thread(target=self._run, name="nbchat-writer", daemon=True)
        self._thread.start()

    def submit(self, token: int, item: items.Item) -> None:
        """Queue one write."""
        with self._wake:
            if self._thread is None or self._closing:
                raise RuntimeError("this store is not open: call start() before, and submit nothing after close()")
            self._queue.append((token, item))
            if not _is_lazy(item):
                self._urgent = True
            elif self._lazy_until is None:
                self._lazy_until = time.monotonic() + self._lazy
            self._wake.notify()

    def ask(self, question: Callable[[], None]) -> bool:
        """Run something on this thread, between two batches; False once closed."""
        with self._wake:
            if self._thread is None or self._closing:
                return False
            self._asked.append(question)
            self._wake.notify()
            return True

    def close(self) -> None:
        """Commit what waits, then end the thread and the connection."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
        self._connection.close()

    @property
    def replaced(self) -> bool:
        """Whether what is written now would be lost with a file that has no name any more, or another one."""
        return _file(self._path) != self._file

    def tell_if_replaced(self) -> bool:
        """Say once a minute that it is, if so; from any thread. Returns whether it is."""
        replaced = self.replaced
        if replaced:
            self._lost.again(
                logging.ERROR,
                "%s is not the file any more that this hub opened (it was removed, moved or replaced): nothing is "
                "stored until it is back, or until the hub is started again",
                self._path,
            )
        else:
            self._lost.over()
        return replaced

    # ------------------------------------------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._is_due():
                    self._wake.wait(self._patience())
                batch, self._queue = self._queue, []
                asked, self._asked = self._asked, []
                self._urgent, self._lazy_until = False, None
                closing = self._closing
            if batch:
                began = time.perf_counter()
                outcomes = self._commit(batch)
                self.commits.add(time.perf_counter() - began)
                self._tell(outcomes)
            for question in asked:
                question()
            if closing:
                break
            if self._lease is not None and time.monotonic() >= self._next_poll:
                self._poll(self._lease)
        self._give_up_lease()

    def _is_due(self) -> bool:
        return self._urgent or bool(self._asked) or self._closing or self._patience() == 0.0

    def _patience(self) -> float | None:
        """Seconds until there is something to do without being told; None: never."""
        times = [] if self._lease is None else [self._next_poll]
        times += [] if self._lazy_until is None else [self._lazy_until]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _commit(self, batch: Sequence[tuple[int, items.Item]]) -> list[tuple[int, items.Outcome]]:
        sql = self._connection.execute
        if self.tell_if_replaced():
            return [(token, items.Failed("store_replaced")) for token, _ in batch]
        try:
            outcomes = self._all_well(batch)
            if outcomes is None:
                self.turns.begin()
                self._writes.begin()
                outcomes = [(token, self._one(item)) for token, item in batch]
                self._writes.finish()
                sql("COMMIT")
                self._writes.committed()
        except sqlite3.Error as error:
            code = self._code(error)
            if not self.damage.tell(error):
                self._failing.again(logging.ERROR, "a batch of %d was not stored (%s): %s", len(batch), code, error)
            self.turns.roll_back()
            return [(token, items.Failed(code)) for token, _ in batch]
        self._failing.over()
        if self._writes.scrubbed and self._lease is None:
            self.turns.empty_journal()
        self._on_dirty(self._writes.scrubbed)
        return outcomes

    def _all_well(self, batch: Sequence[tuple[int, items.Item]]) -> list[tuple[int, items.Outcome]] | None:
        """Commit a batch of which no item fails: without savepoints, and many messages by one statement.

        Returns None, with nothing written, where one fails: the batch is written again, and that item left out.
        """
        sql = self._connection.execute
        self.turns.begin()
        self._writes.begin()
        try:
            outcomes = self._writes.apply_all([item for _, item in batch])
        except Exception as error:
            if _is_all_of_it(error):
                raise
            sql("ROLLBACK")
            return None
        self._writes.finish()
        sql("COMMIT")
        self._writes.committed()
        return [(token, outcome) for (token, _), outcome in zip(batch, outcomes, strict=True)]

    def _one(self, item: items.Item) -> items.Outcome:
        """Perform one item; what is wrong with the item itself costs the others nothing."""
        sql = self._connection.execute
        sql("SAVEPOINT item")
        try:
            outcome = self._writes.apply(item)
        except Exception as error:
            if _is_all_of_it(error):
                raise
            if self.damage.tell(error):
                outcome = items.Failed("store_damaged")
            else:
                _log.exception("one item of a batch could not be stored: %s", type(item).__name__)
                outcome = items.Failed("store_failed")
            sql("ROLLBACK TO item")
        sql("RELEASE item")
        return outcome

    def _code(self, error: sqlite3.Error) -> str:
        """Tell damage and a full disk from all else. Python 3.10 has no error codes; shared memory none for it."""
        if is_damage(error):
            return "store_damaged"
        number = getattr(error, "sqlite_errorcode", None)
        if "full" in str(error) or (number is not None and number & 0xFF == _FULL):
            return "store_full"
        return "store_full" if "I/O" in str(error) and not has_room(self._path) else "store_failed"

    def _tell(self, outcomes: list[tuple[int, items.Outcome]]) -> None:
        try:
            self._on_commit(outcomes)
        except Exception:  # noqa: BLE001 - not this thread's failure
            _log.exception("whoever submitted a batch failed on its outcomes")

    # ------------------------------------------------------------------------------------------------- other processes

    def _poll(self, lease: str) -> None:
        """Look, then say that this process is here: where that cannot be written, it still looks for others."""
        now = time.monotonic()
        try:
            mark, version = self._look()
            if version != self._version:
                self._report(lease)
            self._version = version
            self._mark = max(self._mark, mark)
            if now >= self._next_lease or (now >= self._retry and not leases.holds(self._until, _wall())):
                self._retry = self._next_lease = now + POLL_ALONE  # unless it goes well
                self._renew(lease)
                self._next_lease = now + LEASE_REFRESH
                self._blind.over()
        except sqlite3.Error as error:
            if not self.tell_if_replaced() and not self.damage.tell(error):
                self._blind.again(
                    logging.WARNING, "could not look for other processes, or say that this is here: %s", error
                )
        self._next_poll = now + (POLL_TOGETHER if self._together else POLL_ALONE)

    def _look(self) -> tuple[int, int]:
        """Return the newest change and the data version, as of one moment: what came later is seen the next time."""
        sql = self._connection.execute
        sql("BEGIN")
        try:
            mark = sql("SELECT changes FROM meta").fetchone()[0]
            return mark, sql("PRAGMA data_version").fetchone()[0]
        finally:
            sql("ROLLBACK")

    def _report(self, lease: str) -> None:
        found = changes(self._connection.execute, self._mark)
        self._together = self._is_together(lease)
        if found.mark == self._mark:
            return
        self._mark = found.mark
        try:
            self._on_changes(found)
        except Exception:  # noqa: BLE001 - not this thread's failure
            _log.exception("whoever waits for changes failed on them")

    def _is_together(self, lease: str) -> bool:
        now = _wall()
        others = self._connection.execute("SELECT until FROM hub WHERE id <> ?", (lease,)).fetchall()
        return any(leases.holds(until, now) for (until,) in others)

    def _renew(self, lease: str) -> None:
        """Say that this process is here, and forget those that are not."""
        now = _wall()
        until = leases.until(now)
        here = "INSERT INTO hub (id, until) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET until = excluded.until"
        sql = self._connection.execute
        try:
            self.turns.begin()
            sql(here, (lease, until))
            sql("DELETE FROM hub WHERE until < ?", (now,))
            sql("COMMIT")
        finally:
            self.turns.roll_back()
        self._until = until
        self._together = self._is_together(lease)

    def _give_up_lease(self) -> None:
        if self._lease is None:
            return
        try:
            self.turns.begin()
            self._connection.execute("DELETE FROM hub WHERE id = ?", (self._lease,))
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self.turns.roll_back()
            _log.warning("the lease of this process stays until it runs out: %s", error)


def _is_all_of_it(error: Exception) -> bool:
    """Whether nothing can be stored: what is wrong with an item, or with one value that it reads, is its own."""
    return type(error) in _WHOLE_BATCH and not unreadable(error)


def _is_lazy(item: items.Item) -> bool:
    """Whether it can wait for what comes next (rule 8 of `ports`)."""
    if isinstance(item, items.PutOwn):
        return item.key.startswith(_DRAFT)
    return isinstance(item, _LAZY)


def _file(path: Path) -> tuple[int, int] | None:
    """Return what tells one file from another of the same name; None where there is none."""
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _unheard(_: object) -> None:
    """Stand in until `start` says whom to tell."""
