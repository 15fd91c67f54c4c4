"""A thread with an asyncio loop of its own, so that a busy cell, or a kernel's own loop, stops nothing here.

One such thread, shared by all clients of the process, does the network; each client has others, started when they are
first needed, for the code of its user (handlers, observers), so that a handler which takes long delays nobody's
messages. They are daemons: a signal such as a kernel's interrupt goes to the main thread and does not reach them.
Knows nothing of chat.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """A daemon thread that runs an asyncio loop until `stop`.

    Args:
        name: of the thread, as debuggers show it.
    """

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._pid = os.getpid()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it runs; after a fork it does not run in the child."""
        return not self._stopped and self._pid == os.getpid() and self._thread.is_alive()

    @property
    def here(self) -> bool:
        """Whether the caller runs in this very thread."""
        return threading.current_thread() is self._thread

    def soon(self, call: Callable[..., object], *args: Any) -> bool:
        """Call this in the thread. Returns False, and does nothing, where the thread has ended."""
        if not self.alive:
            return False
        with suppress(RuntimeError):  # it ended between the look and the call
            self.loop.call_soon_threadsafe(call, *args)
            return True
        return False

    def run(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine in the thread; its result comes through the future."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def stop(self, timeout: float = 2.0) -> None:
        """End the loop and wait for the thread, unless it is the caller's own."""
        if not self.alive:
            return
        self._stopped = True
        self.loop.call_soon_threadsafe(self.loop.stop)
        if not self.here:
            self._thread.join(timeout)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self._cancel_all()
            self.loop.close()

    def _cancel_all(self) -> None:
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())


class SharedThread:
    """One `LoopThread` for many users: made for the first, ended with the last, made anew in the child of a fork."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._users = 0
        self._thread: LoopThread | None = None

    def acquire(self) -> LoopThread:
        """The running thread, with one more user."""
        with self._lock:
            if self._thread is None or not self._thread.alive:
                self._thread, self._users = LoopThread(self._name), 0
            self._users += 1
            return self._thread

    def release(self, thread: LoopThread) -> None:
        """One user less."""
        with self._lock:
            if thread is not self._thread:
                return
            self._users -= 1
            if self._users > 0:
                return
            self._thread = None
        thread.stop()


network = SharedThread("nbchat-network")
"""The thread that does the network of this process."""
