"""Who is told of messages that arrive: handlers, waits and streams; in order, each message once, no network delayed.

Handlers run one after the other in a thread of the client's own, a coroutine is awaited there before the next
message. An exception of a handler is shown once and logged, and the client lives. Knows nothing of the wire: the
engine says which messages arrived.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import queue
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from nbchat.errors import SessionClosed, Timeout

from .message import Message
from .thread import LoopThread

log = logging.getLogger("nbchat")

MAX_WAITING = 10_000
"""Messages that wait for a slow handler or stream. Beyond, the newest are left out and the log says so; `history` has
them all.
"""

Handler = Callable[[Message], "Awaitable[object] | object"]
Backlog = Callable[[], Iterator[Message]]


class Inbox:
    """Hands arrived messages to whoever asked.

    Args:
        owner: name of the client, for threads and errors.
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Message | None], None]] = []
        self._handlers: list[_Handled] = []
        self._thread: LoopThread | None = None
        self._waiting = 0
        self._closed = False
        self._order = asyncio.Lock()
        """One message at a time: a handler that awaits keeps the next one waiting. asyncio locks are fair."""

    def deliver(self, message: Message) -> None:
        """A message has arrived. Returns at once (called in the network thread)."""
        with self._lock:
            listeners, handlers, thread = list(self._listeners), list(self._handlers), self._thread
            room = self._waiting < MAX_WAITING
            if handlers and room:
                self._waiting += 1
        for listener in listeners:
            listener(message)
        if not handlers or thread is None:
            return
        if room:
            thread.run(self._handle(handlers, message))
        else:
            log.error(
                "nbchat: %s: more than %d messages wait for a handler; left out %r", self._owner, MAX_WAITING, message
            )

    def add_handler(self, handler: Handler, backlog: Backlog | None = None) -> None:
        """Call this for each message from now on, after those of the backlog.

        Raises:
            TypeError: it cannot be called.
            SessionClosed: nothing arrives any more.
        """
        if not callable(handler):
            raise TypeError(f"on_message takes a function of one message, not {type(handler).__name__}.")
        handled = _Handled(handler)
        with self._lock:
            if self._closed:
                raise SessionClosed(self._owner)
            self._thread = self._thread or LoopThread(f"nbchat-handlers {self._owner}")
            if backlog is not None:
                # First in the thread's queue, so that what arrives from now on waits behind it.
                self._thread.run(self._catch_up(handled, backlog))
            # A cell that is run again defines its handler again: the new one takes the place of the old.
            self._handlers = [old for old in self._handlers if not handled.redefines(old)]
            self._handlers.append(handled)

    def remove_handler(self, handler: Handler) -> None:
        """Call it no more."""
        with self._lock:
            self._handlers = [handled for handled in self._handlers if handled.call != handler]

    def wait_for(self, predicate: Callable[[Message], bool], timeout: float | None, backlog: Backlog | None) -> Message:
        """Block until a message fits. The predicate runs in the caller's thread; its exceptions are the caller's.

        Raises:
            Timeout: none came in time.
            SessionClosed: none will come.
        """
        arrived: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._listening(arrived.put):
            for message in backlog() if backlog is not None else ():
                if predicate(message):
                    return message
            while True:
                left = None if deadline is None else deadline - time.monotonic()
                try:
                    got = arrived.get(timeout=left) if left is None or left > 0 else arrived.get_nowait()
                except queue.Empty:
                    raise Timeout(f"No message that fits arrived within {timeout:g} s.") from None
                if got is None:
                    raise SessionClosed(self._owner)
                if predicate(got):
                    return got

    async def stream(self) -> AsyncIterator[Message]:
        """Messages from now on, in the caller's loop, until the client is closed."""
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[Message | None] = asyncio.Queue()

        def put(message: Message | None) -> None:
            if message is not None and arrived.qsize() >= MAX_WAITING:
                log.error(
                    "nbchat: %s: more than %d messages wait in a stream; left out %r", self._owner, MAX_WAITING, message
                )
                return
            arrived.put_nowait(message)

        def hand_over(message: Message | None) -> None:
            with suppress(RuntimeError):  # the caller's loop is closed: nobody reads any more
                loop.call_soon_threadsafe(put, message)

        with self._listening(hand_over):
            while (message := await arrived.get()) is not None:
                yield message

    def close(self) -> None:
        """Tell all who wait that nothing comes any more, and end the handlers' thread."""
        with self._lock:
            self._closed = True
            listeners, self._listeners, self._handlers = self._listeners, [], []
            thread, self._thread = self._thread, None
        for listener in listeners:
            listener(None)
        if thread is not None:
            thread.stop()

    @contextmanager
    def _listening(self, listener: Callable[[Message | None], None]) -> Iterator[None]:
        with self._lock:
            if self._closed:
                raise SessionClosed(self._owner)
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

    async def _handle(self, handlers: list[_Handled], message: Message) -> None:
        async with self._order:
            with self._lock:
                self._waiting -= 1
            for handled in handlers:
                await handled(message)

    async def _catch_up(self, handled: _Handled, backlog: Backlog) -> None:
        async with self._order:
            try:
                for message in backlog():
                    await handled(message)
            except Exception:
                log.exception("nbchat: %s: older messages for %s could not be had", self._owner, handled.name)


class _Handled:
    """One handler, with what it was told already and whether its failure was shown."""

    def __init__(self, call: Handler) -> None:
        self.call = call
        self.name = getattr(call, "__name__", repr(call))
        self._seen: dict[str, int] = {}
        self._shown = False

    def redefines(self, other: _Handled) -> bool:
        """Whether both are the same function of a notebook, in two versions; anonymous ones never are."""
        name = getattr(self.call, "__qualname__", "")
        module = getattr(self.call, "__module__", "")
        same = (name, module) == (getattr(other.call, "__qualname__", ""), getattr(other.call, "__module__", ""))
        return same and module == "__main__" and "<" not in name and self.call is not other.call

    async def __call__(self, message: Message) -> None:
        seq = message.seq or 0
        if seq <= self._seen.get(message.conversation, 0):
            return  # came with the backlog already
        self._seen[message.conversation] = seq
        try:
            result = self.call(message)
            if inspect.isawaitable(result):
                await result
        except Exception:
            level = logging.DEBUG if self._shown else logging.ERROR
            self._shown = True
            log.log(
                level,
                "nbchat: the handler %s failed on %r; it is called again for the next",
                self.name,
                message,
                exc_info=True,
            )
