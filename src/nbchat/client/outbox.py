"""Messages that are not acknowledged yet, on disk, so that they outlive their kernel: one append-only file a session.

    <Jupyter data directory>/nbchat/outbox/<store id>/<user id>/<session>.jsonl    the records, one JSON array a line
                                                             <session>.lock     locked while its session lives

A record is `["put", key, conversation, text, at, extra]` (without `extra` where the message is nothing but its text) or
`["gone", key]`. A session locks its own file; a file that
nobody locks is an orphan, because a kernel dies with its server, and the next session of that user and store adopts
it. Adopting twice is
harmless: the client key makes a message one message.

Each record is handed to the operating system before the message is transmitted, which survives the end of the process
by any signal. It is not synced to the platter: that would cost each `send` a disk's latency, and what a power cut
takes here was never acknowledged by a hub.

Knows nothing of links, hubs or threads; callers hold their own lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec

from nbchat.errors import OutboxFull

from .outputs import PLAIN, Extra, Pending, pending

log = logging.getLogger("nbchat")

MAX_MESSAGES = 10_000
"""A loop that runs for hours against a dead server stops here, and is told."""
MAX_BYTES = 16 * 1024 * 1024
"""The same in bytes on disk."""
COMPACT_BYTES = 1024 * 1024
"""Below this much that is dead a large file is left alone."""
SMALL_BYTES = 256 * 1024
"""A file with no more than this that waits is written anew once a second: what was sent may be deleted by its author,
and is then to be in no file.
"""
COMPACT_SECONDS = 1.0


class Entry(msgspec.Struct, frozen=True):
    """One unsent message; `at` is ms UTC by the own clock, `key` its client key."""

    key: str
    conversation: str
    text: str
    at: int
    extra: Extra = PLAIN

    @classmethod
    def of(cls, one: Pending) -> Entry:
        """The entry of a message that a link keeps."""
        return cls(one.key, one.conversation, one.text, one.at, one.extra)

    @property
    def pending(self) -> Pending:
        """The message as a link sends it."""
        return pending(self.key, self.conversation, self.text, self.at, self.extra)


class Outbox:
    """The unsent messages of one session, in the order in which they were written.

    Args:
        folder: where the files of this store and user are (`place` computes it). None keeps everything in memory,
            which is for
            machines on which nothing can be written.
        max_messages: how many may wait.
        max_bytes: how large they may be together.

    Example:
        box = Outbox(place(root, store="s1", user="ada"))
        box.put(Entry("k1", "c1", "hello", 0))
        box.forget("k1")
        box.close()
    """

    def __init__(self, folder: Path | None, *, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_messages, self._max_bytes = max_messages, max_bytes
        self._waiting: dict[str, tuple[Entry, int]] = {}
        self._bytes = self._size = 0
        self._written = time.monotonic()
        self._file: _Locked | None = None
        if folder is not None:
            self._open(folder)

    @property
    def durable(self) -> bool:
        """Whether what waits here survives this process."""
        return self._file is not None

    @property
    def entries(self) -> list[Entry]:
        """What waits, oldest first."""
        return [entry for entry, _ in self._waiting.values()]

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, entry: Entry) -> None:
        """Keep one more message. A key that waits already is left as it is.

        Raises:
            OutboxFull: too many wait, they are too large together, or the disk takes no more.
        """
        if entry.key in self._waiting:
            return
        line = _put(entry)
        if len(self._waiting) >= self._max_messages or self._bytes + len(line) > self._max_bytes:
            raise OutboxFull(
                f"{len(self._waiting)} messages ({self._bytes / 1e6:.1f} MB) wait to be sent, and no more than "
                f"{self._max_messages} or {self._max_bytes / 1e6:.1f} MB are kept. See whether the hub is running "
                "(`nbchat doctor`); they go out by themselves once it answers."
            )
        self._append(line)
        self._waiting[entry.key] = (entry, len(line))
        self._bytes += len(line)

    def forget(self, key: str) -> None:
        """The message arrived, or was given up."""
        known = self._waiting.pop(key, None)
        if known is None:
            return
        self._bytes -= known[1]
        # Failing to note it is harmless: the message would be sent again with its key, which changes nothing.
        with contextlib.suppress(OutboxFull):
            self._append(_encode(["gone", key]))
        self._compact()

    def close(self) -> None:
        """Let go of the file: what still waits in it is an orphan from now on, and the next session takes it."""
        if self._size > self._bytes:
            self._rewrite()
        file, self._file = self._file, None
        if file is not None:
            file.close(remove=not self._waiting)

    def forked(self) -> None:
        """In the child of a fork: let go without touching what belongs to the parent."""
        file, self._file = self._file, None
        if file is not None:
            file.abandon()

    def _open(self, folder: Path) -> None:
        """Make the own file and adopt the orphans beside it."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = _Locked.create(folder / f"{os.getpid()}-{secrets.token_hex(6)}")
        except OSError as error:
            log.warning(
                "nbchat: nothing can be written to %s (%s): unsent messages live only as long as this process",
                folder,
                error.strerror,
            )
            return
        for orphan in _orphans(folder, besides=self._file):
            try:
                for entry in _read(orphan.data):
                    self.put(entry)
            except OutboxFull as error:
                orphan.close(remove=False)
                log.warning("nbchat: messages of an earlier session wait for the next one. %s", error)
                return
            orphan.close(remove=True)

    def _append(self, line: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.append(line)
        except OSError as error:
            raise OutboxFull(
                f"The message could not be kept on disk: {error.strerror}. Make room; nothing was sent."
            ) from error
        self._size += len(line)

    def _compact(self) -> None:
        """Drop dead records: at once when nothing waits, of a small file soon, else when they are most of it."""
        soon = self._bytes <= SMALL_BYTES and time.monotonic() - self._written > COMPACT_SECONDS
        if soon or not self._waiting or self._size - self._bytes >= max(COMPACT_BYTES, self._bytes):
            self._rewrite()

    def _rewrite(self) -> None:
        """Write the file anew with what waits."""
        if self._file is None:
            return
        self._written = time.monotonic()
        lines = [_put(entry) for entry in self.entries]
        with contextlib.suppress(OSError):
            self._file.replace(b"".join(lines))
            self._size = self._bytes


def place(root: Path, *, store: str, user: str) -> Path:
    """The folder of one user's outboxes of one store; ids are made safe for a file system."""
    return root / _safe(store) / _safe(user)


def default_root() -> Path:
    """Where outboxes are kept for this OS user."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "nbchat" / "outbox"


def _safe(name: str) -> str:
    quoted = quote(name, safe="").replace(".", "%2E")
    return quoted if 0 < len(quoted) <= 100 else hashlib.sha256(name.encode()).hexdigest()


def _put(entry: Entry) -> bytes:
    record: list[object] = ["put", entry.key, entry.conversation, entry.text, entry.at]
    return _encode(record if entry.extra == PLAIN else [*record, entry.extra])


def _encode(record: list[object]) -> bytes:
    return msgspec.json.encode(record) + b"\n"


def _read(path: Path) -> Iterator[Entry]:
    """What still waits in a file. A line that cannot be read (the last one, torn by a crash) is left out."""
    waiting: dict[str, Entry] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            match msgspec.json.decode(line):
                case ["put", str(key), str(conversation), str(text), int(at), *extra] if len(extra) <= 1:
                    waiting[key] = Entry(key, conversation, text, at, _extra(extra))
                case ["gone", str(key)]:
                    waiting.pop(key, None)
                case _:
                    log.warning("nbchat: left out a line of %s that is no record", path.name)
        except msgspec.ValidationError:
            log.warning("nbchat: left out a line of %s that is no record", path.name)
        except msgspec.DecodeError:
            log.warning("nbchat: left out a torn line of %s", path.name)
    yield from waiting.values()


def _extra(written: list[object]) -> Extra:
    return msgspec.convert(written[0], Extra) if written else PLAIN


def _orphans(folder: Path, *, besides: _Locked) -> Iterable[_Locked]:
    """Files whose session is gone, locked by us now, oldest first."""
    found = []
    for data in folder.glob("*.jsonl"):
        if data == besides.data:
            continue
        with contextlib.suppress(OSError):
            found.append((data.stat().st_mtime, data))
    for _, data in sorted(found):
        taken = _Locked.take(data.with_suffix(""))
        if taken is not None:
            yield taken


class _Locked:
    """A data file that is ours while the lock file beside it is locked.

    Two files, because compaction replaces the data file, and a lock belongs to the file that was opened.
    """

    def __init__(self, base: Path, lock: int) -> None:
        self.data, self._guard, self._lock = base.with_suffix(".jsonl"), base.with_suffix(".lock"), lock
        self._fresh = base.with_suffix(".new")
        self._fd = os.open(self.data, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _CLOSE_ON_EXEC, 0o600)

    @classmethod
    def create(cls, base: Path) -> _Locked:
        """A new pair of files. The lock comes first: nobody sees the data file unlocked."""
        lock = _lock(base.with_suffix(".lock"))
        if lock is None:
            raise OSError(0, f"{base} is locked by another session")
        return cls(base, lock)

    @classmethod
    def take(cls, base: Path) -> _Locked | None:
        """An existing pair, unless its session lives."""
        try:
            lock = _lock(base.with_suffix(".lock"))
        except OSError:
            return None
        if lock is None:
            return None
        if not base.with_suffix(".jsonl").exists():
            # Another session adopted it between our look and our lock.
            os.close(lock)
            base.with_suffix(".lock").unlink(missing_ok=True)
            return None
        return cls(base, lock)

    def append(self, line: bytes) -> None:
        """Hand one line to the operating system; on failure the file is as before."""
        start = os.fstat(self._fd).st_size
        try:
            written = os.write(self._fd, line)
        except OSError:
            os.ftruncate(self._fd, start)
            raise
        if written < len(line):
            os.ftruncate(self._fd, start)
            raise OSError(28, "no space left on the device")

    def replace(self, content: bytes) -> None:
        """Put this content in place of the old, in one step."""
        if not content:
            os.ftruncate(self._fd, 0)
            return
        fd = os.open(self._fresh, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC | _CLOSE_ON_EXEC, 0o600)
        try:
            with open(fd, "wb", closefd=False) as file:
                file.write(content)
            self._fresh.replace(self.data)
        except OSError:
            os.close(fd)
            self._fresh.unlink(missing_ok=True)
            raise
        os.close(self._fd)
        self._fd = fd

    def close(self, *, remove: bool) -> None:
        """Unlock; with `remove` both files go, and what a process that was killed has left of a new one."""
        os.close(self._fd)
        if remove:
            self.data.unlink(missing_ok=True)
            self._fresh.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # Windows does not remove a file that is open
                self._guard.unlink(missing_ok=True)
        os.close(self._lock)

    def abandon(self) -> None:
        """Close the copies of the descriptors that a fork made; the parent's lock holds."""
        os.close(self._fd)
        os.close(self._lock)


_CLOSE_ON_EXEC = getattr(os, "O_CLOEXEC", 0)


def _lock(path: Path) -> int | None:
    """Lock a file of its own. Returns the descriptor that holds the lock, None where another session has it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | _CLOSE_ON_EXEC, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        return None
    return fd


def now() -> int:
    """Milliseconds UTC by the own clock."""
    return int(time.time() * 1000)
