"""FileBus: news between hubs of several processes on one machine, by a small SQLite file. Implements `hub.ports.Bus`.

What it carries is worth seconds, so the file is beside the database and not in it: no `fsync`, no lock that a message
would have to wait for, nothing to back up. A table says which hubs there are, another one where their bells are
(`bell`). While there is another hub all notes are written, each writer rings the others, and the file is looked at
every 50 ms, because a ring may be lost (`PRAGMA data_version` costs microseconds); alone only leases are written, for
who comes next. Knows no loop: one thread does everything. Where the file cannot be used the bus is silent, which rule 9
allows: messages come by the store.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from nbchat.hub import leases
from nbchat.hub.ports import LEASED, Note
from nbchat.logs import Trouble
from nbchat.protocol.limits import LEASE_REFRESH

from .bell import Bell

POLL_ALONE = 1.0
POLL_TOGETHER = 0.05
BUSY_SECONDS = 1.0
JOURNAL_PAGES = 256
"""Pages (1 MiB) after which the journal begins anew: SQLite's 4 MiB are much for what is worth seconds, and less costs
an `fsync` more often, which the messages' own would wait for."""
_TABLES = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = {JOURNAL_PAGES};
PRAGMA journal_size_limit = {JOURNAL_PAGES * 4096};
CREATE TABLE IF NOT EXISTS hub (id TEXT PRIMARY KEY, until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS note (
  n INTEGER PRIMARY KEY AUTOINCREMENT, hub TEXT NOT NULL, at INTEGER NOT NULL, payload BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS bell (hub TEXT PRIMARY KEY, port INTEGER NOT NULL);
"""
"""AUTOINCREMENT: a number is never given again, also when all notes have been deleted."""
_SAID_AGAIN = int((LEASE_REFRESH + 5.0) * 1000)
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Note] = msgspec.json.Decoder(Note)
_log = logging.getLogger(__name__)


class FileBus:
    """One hub's end of the file.

    Example:
        >>> bus = FileBus(folder / "notes.sqlite3", hub="h1")
        >>> bus.start(print)
    """

    def __init__(self, path: Path, hub: str) -> None:
        """Use this file, which is made where it is missing, under this hub's id."""
        self._path, self._hub = path, hub
        self._gate = threading.Lock()
        self._bell: Bell | None = None
        self._others: list[int] = []
        self._queue: list[Note] = []
        self._closing = self._together = self._urgent = False
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self._on_note: Callable[[Note], None] = _unheard
        self._version = self._last = 0
        self._next_renewal = 0.0
        self._until = 0

    def start(self, on_note: Callable[[Note], None]) -> None:
        """Begin to listen; `on_note` is called on the bus's thread, first with who is present at other hubs."""
        self._on_note = on_note
        try:
            self._bell = Bell()
            self._connection = _open(self._path)
            self._renew(self._connection, self._bell.port)
            self._greet(self._connection)
            self._bell.ring(self._others)
        except (OSError, sqlite3.Error) as error:
            _log.warning("typing and presence will not reach other servers on this data: %s: %s", self._path, error)
            self._hang_up()
            return
        things = (self._connection, self._bell)
        self._thread = threading.Thread(target=self._run, args=things, name="nbchat-bus", daemon=True)
        self._thread.start()

    def publish(self, note: Note) -> None:
        """Tell the other hubs; before `start` and after `close` nobody.

        What nobody reads while this hub is alone wakes nobody: a busy conversation rings hundreds of times a second.
        """
        with self._gate:
            if self._thread is not None and not self._closing:
                self._queue.append(note)
                if (self._together or isinstance(note, LEASED)) and not self._urgent:
                    self._urgent = True
                    self._wake_up()

    def close(self) -> None:
        """Write what waits, then stop; safe to call twice."""
        with self._gate:
            self._closing = True
            self._wake_up()
        if self._thread is not None:
            self._thread.join()
        self._hang_up()

    # ------------------------------------------------------------------------------------------------------ the thread

    def _wake_up(self) -> None:
        if self._bell is not None:
            self._bell.ring([self._bell.port])

    def _run(self, connection: sqlite3.Connection, bell: Bell) -> None:
        closing, trouble = False, Trouble(_log, "news travel between servers again")
        while not closing:
            if not self._urgent and not self._closing:  # who sets either of them rings
                bell.wait(POLL_TOGETHER if self._together else POLL_ALONE)
            with self._gate:
                notes, self._queue, self._urgent = self._queue, [], False
                closing = self._closing
            try:
                wrote = self._write(connection, notes)
                if closing:
                    connection.execute("DELETE FROM hub WHERE id = ?", (self._hub,))
                elif time.monotonic() >= self._next_renewal or not leases.holds(self._until, _wall()):
                    self._renew(connection, bell.port)
                if wrote or closing:
                    bell.ring(self._others)
                self._listen(connection)
                if wrote:
                    trouble.over()
            except sqlite3.Error as error:
                trouble.again(logging.WARNING, "news between servers are lost, and mended by the next ones: %s", error)

    def _write(self, connection: sqlite3.Connection, notes: list[Note]) -> bool:
        """Write what concerns others; whether anything was written."""
        if notes:
            self._meet(connection)
        if not self._together:
            notes = [note for note in notes if isinstance(note, LEASED)]
        if notes:
            now = _wall()
            rows = [(self._hub, now, _encoder.encode(note)) for note in notes]
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT INTO note (hub, at, payload) VALUES (?, ?, ?)", rows)
        return bool(notes)

    def _renew(self, connection: sqlite3.Connection, port: int) -> None:
        """Say that this hub is here, and forget hubs and notes that are old."""
        now = _wall()
        self._until = leases.until(now)
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR REPLACE INTO hub VALUES (?, ?)", (self._hub, self._until))
            connection.execute("INSERT OR REPLACE INTO bell VALUES (?, ?)", (self._hub, port))
            connection.execute("DELETE FROM hub WHERE until < ?", (now,))
            connection.execute("DELETE FROM bell WHERE hub NOT IN (SELECT id FROM hub)")
            connection.execute("DELETE FROM note WHERE at < ?", (now - leases.LEASE_MS,))
        self._meet(connection)
        self._next_renewal = time.monotonic() + LEASE_REFRESH

    def _meet(self, connection: sqlite3.Connection) -> None:
        """Look who else is there, and where they are rung; of an older version no bell is known."""
        now = _wall()
        sql = "SELECT until, port FROM hub LEFT JOIN bell ON bell.hub = hub.id WHERE id <> ?"
        others = [port for until, port in connection.execute(sql, (self._hub,)) if leases.holds(until, now)]
        self._together, self._others = bool(others), [port for port in others if port is not None]

    def _greet(self, connection: sqlite3.Connection) -> None:
        """Hand on who is present, and what is answered, at hubs that are here; what else was said before is over.

        A hub says every LEASE_REFRESH who is there: what is older is of one that was killed.
        """
        sql = "SELECT note.hub, payload FROM note JOIN hub ON hub.id = note.hub WHERE n <= ? AND at > ? ORDER BY n"
        self._last = connection.execute("SELECT coalesce(max(n), 0) FROM note").fetchone()[0]
        for hub, payload in connection.execute(sql, (self._last, _wall() - _SAID_AGAIN)).fetchall():
            self._hand_on(hub, payload, only_leased=True)

    def _listen(self, connection: sqlite3.Connection) -> None:
        """Hand on what others have written since the last time."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        self._version = version
        self._meet(connection)
        sql = "SELECT n, hub, payload FROM note WHERE n > ? ORDER BY n"
        for n, hub, payload in connection.execute(sql, (self._last,)).fetchall():
            self._last = n
            self._hand_on(hub, payload)

    def _hand_on(self, hub: str, payload: bytes, *, only_leased: bool = False) -> None:
        if hub == self._hub:
            return
        try:
            note = _decoder.decode(payload)
            if isinstance(note, LEASED) or not only_leased:
                self._on_note(note)
        except Exception:  # noqa: BLE001 - another version's note, or a failure that is not this thread's
            _log.exception("a hub could not take a note of %d bytes of hub %s", len(payload), hub)

    def _hang_up(self) -> None:
        things, self._connection, self._bell = (self._connection, self._bell), None, None
        for thing in things:
            if thing is not None:
                thing.close()


def _open(path: Path) -> sqlite3.Connection:
    """Open the file, and make it where there is none; while another hub does the same SQLite says "locked" at once."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.executescript(_TABLES)
            return connection
        except sqlite3.Error as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                connection.close()
                raise
            time.sleep(0.01)  # only at opening: SQLite has nothing to wait on here


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _unheard(_: object) -> None:
    """Stand in until `start` says whom to tell."""
