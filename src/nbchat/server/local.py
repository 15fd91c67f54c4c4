"""The hub inside a kernel, for sessions that find no other: entry point `nbchat.local_hub`, loaded by `client.find`.

One kernel of the OS user hosts it, on a thread and an event loop of its own and a loopback port that is free; a lock
in the data directory says so. The others join it through its runtime note, and look again when it dies. Nobody is let
in but holders of the key.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from .config import Settings, default_folder, default_owner
from .keys import private_directory
from .standalone import Served, serve

LOCK_FILE = "local.lock"
START_SECONDS = 20.0
STOP_SECONDS = 5.0
LOOK_SECONDS = 0.05
"""How often one looks whether the kernel that holds the lock has begun to listen."""

Started = tuple[str, str, Callable[[], None]]
"""URL (ends in `/nbchat/`), key, and what stops this process's hub (nothing, where another process has it)."""


class LocalHubFailed(RuntimeError):
    """No hub could be started or joined here; the text says why and what to do."""


def start(folder: Path | None = None) -> Started:
    """Host the hub in this process, or join the one that another process hosts.

    Args:
        folder: data directory; by default the one that every host of this OS user shares.

    Raises:
        LocalHubFailed: the data cannot be used, or who holds the lock does not answer.
    """
    folder = folder or default_folder()
    try:
        lock = Lock(private_directory(folder) / LOCK_FILE)
    except OSError as error:
        raise LocalHubFailed(f"The data directory {folder} cannot be used: {error}. Make it writable.") from error
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if lock.take():
            return _host(folder, lock)
        joined = lock.read()
        if joined is not None:
            lock.close()
            return (*joined, _nothing)
        time.sleep(LOOK_SECONDS)  # another process hosts soon, or is gone; neither can be waited on
    lock.close()
    raise LocalHubFailed(
        f"Another process holds {folder / LOCK_FILE}, but hosts no hub. End it, or start `nbchat serve`."
    )


def _host(folder: Path, lock: Lock) -> Started:
    thread = HubThread(Settings(folder=folder, owner=default_owner()))
    try:
        served = thread.begin()
    except BaseException as error:
        lock.close()
        if isinstance(error, Exception):
            raise LocalHubFailed(str(error)) from error
        raise
    key = served.hub.keys.client
    lock.write(served.url, key)

    def stop() -> None:
        _hosted.discard(stop)
        thread.end()
        lock.close()

    _hosted.add(stop)
    return served.url, key, stop


_hosted: set[Callable[[], None]] = set()
"""What stops the hubs of this process."""


def _at_exit() -> None:
    for stop in list(_hosted):
        stop()


# Once, when this module is first loaded: a client's own exit is registered after its search, hence runs before this
# one, while the hub still takes what is on its way. That holds for a hub that is taken over later, too.
atexit.register(_at_exit)


def _nothing() -> None:
    """Another process hosts the hub; it is not ours to stop."""


class HubThread:
    """A hub on a daemon thread with an event loop of its own, so that a busy kernel does not stop it."""

    def __init__(self, settings: Settings) -> None:
        """Run with these settings, once begun."""
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failed: Exception | None = None
        self._served: Served | None = None
        self._thread = threading.Thread(target=self._run, name="nbchat-hub", daemon=True)

    def begin(self) -> Served:
        """Start, and wait until it listens. Raises what kept it from that."""
        self._thread.start()
        self._ready.wait()
        if self._served is None:
            raise self._failed or LocalHubFailed("The hub's thread ended before it listened.")
        return self._served

    def end(self) -> None:
        """Drain, stop, and wait for it a few seconds. Safe to call twice."""
        if self._thread.is_alive() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._ready.set()
            self._loop.close()

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        try:
            # A token that nobody is told: here only the key lets one in.
            secret = secrets.token_urlsafe(32)
            log = logging.getLogger("nbchat.local")
            self._served = served = serve(self._settings, port=0, token=secret, kind="local", log=log)
        except Exception as error:  # noqa: BLE001 - told to the thread that waits in begin()
            self._failed = error
            return
        self._ready.set()
        await self._stop.wait()
        await served.stop()


class Lock:
    """A lock file that says who hosts the hub; the operating system frees it when its process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        """Open the file; take nothing yet. Raises OSError."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._file: IO[bytes] = os.fdopen(handle, "r+b", buffering=0)

    def take(self) -> bool:
        """Take it, if nobody has it."""
        try:
            _lock(self._file.fileno())
        except OSError:
            return False
        self._file.truncate(0)
        return True

    def write(self, url: str, key: str) -> None:
        """Say where the hub is; for the holder."""
        self._file.seek(_LOCKED_BYTES)
        self._file.write(f"{url} {key}\n".encode())

    def read(self) -> tuple[str, str] | None:
        """Where the holder's hub is; None while it is starting."""
        self._file.seek(_LOCKED_BYTES)
        said = self._file.read(4096)
        parts = said.decode(errors="replace").split() if said.endswith(b"\n") else []
        return (parts[0], parts[1]) if len(parts) == 2 else None

    def close(self) -> None:
        """Let go."""
        self._file.close()


_LOCKED_BYTES = 1
"""Only the first byte is locked: on Windows a locked byte cannot be read by others."""

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, _LOCKED_BYTES)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
