"""What goes wrong with a hub, its machine and its data, as context managers: inside it is broken, afterwards mended.

    with killed(server): ...                    # SIGKILL; on the way out it is started again on the same data
    with frozen(server): ...                    # SIGSTOP and SIGCONT
    with full(server): ...                      # not one byte more goes into a file
    async with aside(killed(server)): ...       # the same where an event loop must go on meanwhile

The network has a module of its own, `proxy`. Nothing here knows chat. Only processes of the test are touched.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import psutil

from kit.processes import ServerProcess

CLOCK = Path(__file__).with_name("clock")
"""First in PYTHONPATH it gives a process a clock that can be set; see its only file."""
PAGE = 4096
"""Bytes of a page of our databases, and of what is damaged at a time."""
INDEX_BYTES = 136
COPYING, COPIED, ANEW = slice(128, 132), slice(96, 100), slice(32, 40)
"""Where the head of a journal's index says how far it is being copied, how far it was, and by its salt which round it
is (https://sqlite.org/walformat.html, section 2.1)."""
COPY_SECONDS = 4.0
"""Hubs copy their journal once a second, but for those that stand still."""


@asynccontextmanager
async def aside(fault: AbstractContextManager[object]) -> AsyncIterator[None]:
    """Enter and leave it in a thread, so that the event loop goes on."""
    await asyncio.to_thread(fault.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(fault.__exit__, None, None, None)


# ---------------------------------------------------------------------------------------------------------- the process


@contextmanager
def killed(*servers: ServerProcess) -> Iterator[None]:
    """SIGKILL; then started again on the same data and ports."""
    for server in servers:
        server.kill()
    try:
        yield
    finally:
        for server in servers:
            server.start()


@contextmanager
def stillborn(server: ServerProcess, *seconds: float) -> Iterator[None]:
    """SIGKILL, and again so long after each of its next starts; then it is started for good."""
    with killed(server):
        for each in seconds:
            server.launch()
            time.sleep(each)  # that it is somewhere in its start is the fault
            server.kill()
        yield


@contextmanager
def drained(server: ServerProcess) -> Iterator[None]:
    """SIGTERM, until it has said goodbye and ended; then started again."""
    server.terminate()
    try:
        yield
    finally:
        server.start()


@contextmanager
def frozen(*servers: ServerProcess) -> Iterator[None]:
    """SIGSTOP, as a machine that swaps or a laptop that sleeps; then SIGCONT."""
    with ExitStack() as thaws:
        for server in servers:
            os.killpg(server.pid, signal.SIGSTOP)
            thaws.callback(os.killpg, server.pid, signal.SIGCONT)
        yield


def handles(server: ServerProcess) -> int:
    """Open files and sockets of the process, without the connections of its clients."""
    process = psutil.Process(server.pid)
    clients = [one for one in process.net_connections("tcp") if one.status != psutil.CONN_LISTEN]
    return int(process.num_fds()) - len(clients)


def memory(server: ServerProcess) -> int:
    """Bytes of memory that are the process's own."""
    return int(psutil.Process(server.pid).memory_info().rss)


# ------------------------------------------------------------------------------------------------------------- the disk


@contextmanager
def full(*servers: ServerProcess) -> Iterator[None]:
    """Not one byte more goes into a file of these processes: what a quota does, and needs no rights."""
    with ExitStack() as undo:
        for server in servers:
            undo.enter_context(limited_files(server.pid))
        yield


@contextmanager
def limited_files(pid: int = 0) -> Iterator[None]:
    """No file of this process (0: the one that runs this) can be written to."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


class SmallDisk:
    """A file system of its own with little room, where the rights suffice (`may_mount`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def mounted(self, size: str = "32m") -> Iterator[SmallDisk]:
        """Have it in the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(self.folder)], check=True)
        try:
            yield self
        finally:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @contextmanager
    def full(self) -> Iterator[None]:
        """Something else takes all the room; then it is removed."""
        ballast = self.folder / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            for size in (1 << 20, PAGE, 1):
                with suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        try:
            yield
        finally:
            ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Nothing can be written, as after a failure of the disk; while nobody has a file open for writing."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)
        try:
            yield
        finally:
            subprocess.run(["mount", "-o", "remount,rw", str(self.folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Neither the folder nor its files can be written; root may all the same, and has `SmallDisk.read_only`."""
    modes = {place: place.stat().st_mode for place in (folder, *folder.iterdir())}
    try:
        for place, mode in modes.items():
            place.chmod(mode & ~0o222)
        yield
    finally:
        for place, mode in modes.items():
            place.chmod(mode)


@lru_cache
def may_mount() -> bool:
    """Whether this process may mount a file system: root may, unless it is kept in a container."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=False, capture_output=True
        )
        if done.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return done.returncode == 0


# --------------------------------------------------------------------------------------------------------- the database


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process (this one) holds the lock for writing and does not let go."""
    connection = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def lengthen_journal(path: Path, pages: int) -> None:
    """Another program writes so many pages into the journal of a database, and changes nothing by it."""
    connection = sqlite3.connect(path, timeout=30.0, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        for _ in range(pages):
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
    finally:
        connection.close()


@contextmanager
def killed_copying(path: Path, part: slice, *servers: ServerProcess) -> Iterator[None]:
    """SIGKILL in the moment in which a journal is copied into its database (or some seconds later, if it is not).

    Args:
        path: the database.
        part: of the journal's index, which changes in that moment: COPYING, COPIED or ANEW.
        servers: who is killed, and then started again.
    """
    index, end = Path(f"{path}-shm"), time.monotonic() + COPY_SECONDS
    with index.open("rb", buffering=0) as file:
        was = os.pread(file.fileno(), INDEX_BYTES, 0)[part]
        while os.pread(file.fileno(), INDEX_BYTES, 0)[part] == was and time.monotonic() < end:
            time.sleep(0.0001)  # the interpreter has others to run
    with killed(*servers):
        yield


@contextmanager
def damaged(path: Path, dice: random.Random, pages: int = 3) -> Iterator[None]:
    """Some pages of a file that nobody has open are overwritten with noise; then the file is as it was."""
    was = path.read_bytes()
    now = bytearray(was)
    for start in dice.sample(range(0, len(was) - PAGE + 1, PAGE), min(pages, len(was) // PAGE)):
        now[start + 100 : start + PAGE] = dice.randbytes(PAGE - 100)  # the first page keeps its header: it looks whole
    path.write_bytes(now)
    try:
        yield
    finally:
        path.write_bytes(was)


@contextmanager
def shortened(path: Path, share: float) -> Iterator[None]:
    """A file has lost its end; then it has it again."""
    was = path.read_bytes()
    os.truncate(path, int(len(was) * share))
    try:
        yield
    finally:
        path.write_bytes(was)


# ------------------------------------------------------------------------------------------------------------ the clock


@contextmanager
def wrong_clock(place: Path, seconds: float) -> Iterator[None]:
    """Processes that look at this file (`CLOCK`) have a wall clock that is wrong by so much."""
    place.write_text(str(seconds), encoding="ascii")
    try:
        yield
    finally:
        place.write_text("0", encoding="ascii")
