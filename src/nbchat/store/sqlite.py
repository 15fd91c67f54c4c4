"""SqliteStore: the embedded default. Implements `hub.ports.Store` on one file, with the standard library's sqlite3.

Threads: one writes (`sqlite_writer`), two read (each on a connection that refuses to write), one checkpoints, so that
neither waits for the `fsync` of another. On a network file system, where WAL's shared memory does not work, there is
one connection and one thread, and a second process is refused. Rules and meaning are elsewhere: `sqlite_write` and
`sqlite_read` say what an item and a query are in SQL, `sqlite_file` opens and refuses, migrations/ has the tables.

The text of a deleted message leaves the rows with the commit (`sqlite_append`), and the free space of the file with it
(`PRAGMA secure_delete`). The journal still has the pages as they were: it is emptied within about a second, at once
where there is one connection only. Copies of the file that were made before, and what a disk keeps of overwritten
blocks, are beyond that.

Example:
    >>> store = SqliteStore.open(Path("hub.sqlite3"), owner=Person("ada", "Ada"))
    >>> store.start(on_commit=print, on_changes=print)
    >>> store.submit(1, items.PutPerson(person=Person("bob", "Bob")))
    >>> store.close()
    [(1, PersonStored(person=Person(id='bob', name='Bob')))]
"""

from __future__ import annotations

import logging
import queue
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nbchat.hub import items, ports, queries
from nbchat.hub.figures import Spread
from nbchat.logs import Trouble
from nbchat.protocol.limits import OWN_STATE_DELAY
from nbchat.protocol.messages import Person

from .sqlite_file import BUSY_SECONDS, NETWORK, connect, explained, file_system, prepare
from .sqlite_journal import note_boot
from .sqlite_lessee import name as lease_name
from .sqlite_own import enter
from .sqlite_read import Reads
from .sqlite_rows import PERSON, person
from .sqlite_turns import COPY_JOURNAL
from .sqlite_write import Writes
from .sqlite_writer import Writer

READERS = 2
CHECKPOINT_SECONDS = 1.0
"""At most this often the journal is copied into the database."""
LONG_JOURNAL = 4096
"""Pages (16 MiB) above which the journal is to begin anew."""
_log = logging.getLogger(__name__)

_Question = Callable[[Reads], None]
_T = TypeVar("_T")


class SqliteStore:
    """One process's way to a database file. Make it with `open`."""

    def __init__(
        self, path: Path, alone: Reads, info: ports.StoreInfo, writer: Writer, clock: Callable[[], int]
    ) -> None:
        """Wire what `open` has made; `alone` reads on the writer's connection."""
        self._path, self._info, self._writer, self._clock = path, info, writer, clock
        self._alone = alone
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._dirty = threading.Event()
        self._scrubbed = threading.Event()
        self._closing = threading.Event()
        self._gate = threading.Lock()
        self._unread = Trouble(_log, "the store is read again")
        self._connections: list[sqlite3.Connection] = []
        self._threads: list[threading.Thread] = []

    @classmethod
    def open(
        cls,
        path: Path,
        owner: Person,
        *,
        clock: Callable[[], int] | None = None,
        exclusive: bool | None = None,
        busy: float = BUSY_SECONDS,
        lazy: float = OWN_STATE_DELAY,
    ) -> SqliteStore:
        """Open a database, and make it where there is none.

        Args:
            path: the file; its directory is made too.
            owner: whose store a new one is. One that is there keeps its owner.
            clock: now in ms UTC, for the times of events.
            exclusive: whether to be the only process; asked of the file system if not given.
            busy: seconds that a write waits for another process before it fails.
            lazy: seconds that a lazy item waits for others to be written with (rule 8 of `ports`).

        Raises:
            StoreUnusable: it cannot be used; it is left as it was.
        """
        network = file_system(path.parent) if exclusive is None else ""
        alone = network in NETWORK if exclusive is None else exclusive
        connection = prepare(path, exclusive=alone, busy=busy)
        try:
            clock = clock or _now
            with explained(path):
                id, found = _identity(connection, owner, clock)
            note_boot(path)  # the index is made anew by the first who opens the file after a start of the machine
            warning = _warning(network if alone else "", owner, found)
            info = ports.StoreInfo(id=id, owner=found, where=str(path), warning=warning)
            writes = Writes(connection, found.id, clock)
            lease = None if alone else lease_name()
            reads = Reads(connection, clock)
            writer = Writer(connection, path, writes, lease=lease, busy=busy, lazy=lazy)
            store = cls(path, reads, info, writer, clock)
            if not alone:
                store._connect(busy)
        except BaseException:
            connection.close()
            raise
        return store

    @property
    def info(self) -> ports.StoreInfo:
        """Id, owner and place."""
        return self._info

    @property
    def commits(self) -> Spread:
        """How long batches took to be stored."""
        return self._writer.commits

    @property
    def replaced(self) -> bool:
        """Whether another file has come to the place of the one that was opened: nothing is stored any more."""
        return self._writer.replaced

    @property
    def shared(self) -> bool:
        """Whether other processes can open the same file."""
        return bool(self._connections)

    def start(self, on_commit: ports.OnCommit, on_changes: ports.OnChanges) -> None:
        """Begin to work."""
        self._committed(scrubbed=True)  # a hub that was killed may have left text in the journal
        for thread in self._threads:
            thread.start()
        self._writer.start(on_commit, on_changes, self._committed)

    def submit(self, token: int, item: items.Item) -> None:
        """Queue one write; RuntimeError before `start` and after `close`."""
        self._writer.submit(token, item)

    def load(self, query: queries.Query, done: Callable[[queries.Answer | ports.StoreFailed], None]) -> None:
        """Queue one query."""
        self._ask(lambda reads: self._answer(lambda: reads.answer(query), done), done)

    def changes(self, mark: int | None, done: Callable[[ports.Changes | ports.StoreFailed], None]) -> None:
        """Queue the question what has grown."""
        self._ask(lambda reads: self._answer(lambda: reads.changes(mark), done), done)

    def close(self) -> None:
        """Commit and answer what waits, then stop; safe to call twice."""
        with self._gate:
            if self._closing.is_set():
                return
            self._closing.set()
            for _ in self._threads:
                self._questions.put(None)
        self._dirty.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        for connection in self._connections:
            connection.close()
        self._writer.close()  # the last connection: SQLite copies the journal into the file and removes it

    # --------------------------------------------------------------------------------------------------------- threads

    def _connect(self, busy: float) -> None:
        for n in range(READERS):
            reader = connect(self._path, read_only=True, busy=busy)
            self._connections.append(reader)
            self._threads.append(
                threading.Thread(target=self._read, args=(reader,), name=f"nbchat-reader-{n}", daemon=True)
            )
        checkpointer = connect(self._path, busy=busy)
        self._connections.append(checkpointer)
        self._threads.append(
            threading.Thread(target=self._checkpoint, args=(checkpointer,), name="nbchat-checkpoints", daemon=True)
        )

    def _ask(self, question: _Question, done: Callable[[ports.StoreFailed], None]) -> None:
        if self._connections:
            with self._gate:
                closed = self._closing.is_set()
                if not closed:
                    self._questions.put(question)
        else:
            closed = not self._writer.ask(lambda: question(self._alone))
        if closed:
            done(ports.StoreFailed("internal"))

    def _read(self, connection: sqlite3.Connection) -> None:
        reads = Reads(connection, self._clock)
        while (question := self._questions.get()) is not None:
            question(reads)

    def _answer(self, ask: Callable[[], _T], done: Callable[[_T | ports.StoreFailed], None]) -> None:
        answer: _T | ports.StoreFailed
        try:
            answer = ask()
            self._unread.over()
        except Exception as error:  # noqa: BLE001 - whatever it is, who asked gets an answer, and the thread lives
            answer = ports.StoreFailed(self._why(error))
        try:
            done(answer)
        except Exception:  # noqa: BLE001 - not this thread's failure
            _log.exception("whoever asked the store failed on the answer")

    def _why(self, error: Exception) -> str:
        """Say why a read failed, in the line that helps. Returns the code for who asked."""
        if self._writer.tell_if_replaced():
            return "store_replaced"
        if self._writer.damage.tell(error):
            return "store_damaged"
        self._unread.again(logging.ERROR, "the store could not be read", error=error)
        return "internal"

    def _committed(self, scrubbed: bool) -> None:
        if scrubbed:
            self._scrubbed.set()
        self._dirty.set()

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        """Copy the journal into the file, seldom and beside the writer; have it begun anew when it has become long.

        For that, nothing may be left to copy. With RESTART the writer would wait for it, and in steps of several
        milliseconds: so what has come meanwhile is copied, too, and the little that comes after is left to the writer.

        Where a message was deleted, the journal still has the pages as they were with its text: it is emptied, in the
        same way. That cannot be while somebody reads from it, and is tried again in a second.
        """
        trouble = Trouble(_log, "the journal is copied into the database again")
        while True:
            self._dirty.wait()
            self._dirty.clear()  # before the look at `closing`: `close` sets that one first, so it is never missed
            if self._closing.wait(CHECKPOINT_SECONDS):
                return
            try:
                _, length, _ = connection.execute(COPY_JOURNAL).fetchone()
                if self._scrubbed.is_set() or length > LONG_JOURNAL:
                    connection.execute(COPY_JOURNAL).fetchone()
                    self._begin_anew(connection)
                trouble.over()
            except sqlite3.Error as error:
                trouble.again(logging.WARNING, "the journal could not be copied into the database: %s", error)

    def _begin_anew(self, copier: sqlite3.Connection) -> None:
        """Let the writer do it, and wait: no thread uses a connection that another one is using."""
        done = threading.Event()

        def begin() -> None:
            try:
                if not (self._scrubbed.is_set() and self._empty()):
                    self._writer.turns.copy_rest(copier)
            finally:
                done.set()

        if self._writer.ask(begin):
            done.wait()

    def _empty(self) -> bool:
        """On the writer's thread. Returns whether it is; else that is tried again."""
        self._scrubbed.clear()
        emptied = self._writer.turns.empty_journal()
        if not emptied:
            self._committed(scrubbed=True)
        return emptied


def _identity(connection: sqlite3.Connection, owner: Person, clock: Callable[[], int]) -> tuple[str, Person]:
    """Return the store's id and its owner; mint them where the database is new."""
    sql = connection.execute
    sql("BEGIN IMMEDIATE")
    try:
        if sql("SELECT 1 FROM meta").fetchone() is None:
            enter(sql, owner)
            values = (secrets.token_urlsafe(9), owner.id, clock())
            sql("INSERT INTO meta (one, store, owner, created_at, changes) VALUES (1, ?, ?, ?, 0)", values)
        store, *found = sql(f"SELECT store, {PERSON} FROM meta JOIN person ON id = owner").fetchone()  # noqa: S608 - ours
        sql("COMMIT")
    except BaseException:
        sql("ROLLBACK")
        raise
    return str(store), person(tuple(found))


def _warning(network: str, asked: Person, found: Person) -> str | None:
    texts = []
    if network:
        texts.append(
            f"The data is on a network file system ({network}): only this one process can use it. "
            "Put it on a local disk to share it between servers."
        )
    if asked.id != found.id:
        texts.append(f"This data belongs to {found.id!r}, who stays its owner; {asked.id!r} was asked for.")
    return " ".join(texts) or None


def _now() -> int:
    return time.time_ns() // 1_000_000
