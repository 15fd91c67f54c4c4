"""The engine's half in the network thread: performs what the link wants of the network, and tells it the news.

Every method but `ring`, `soon` and `end` runs in the network thread. It decides nothing: what to do when is the
link's business.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nbchat.errors import NbchatError

from .find import find
from .outbox import now as wall
from .outputs import Connect, Hangup, Output, StateChanged, Touched, Transmit
from .thread import network
from .tracing import Tracer
from .transport import Closed, Socket

if TYPE_CHECKING:
    from .engine import Engine


class Drive:
    """Transport, alarm and order of outputs of one engine.

    Attributes:
        failure: why the last connection ended or failed; None since the hub has said welcome.
    """

    def __init__(self, engine: Engine, tracer: Tracer | None = None) -> None:
        self._tracer = tracer
        self._engine, self._link, self._lock = engine, engine.link, engine.lock
        self._socket: Socket | None = None
        self._search: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.failure: Closed | None = None
        self._thread = network.acquire()

    def ring(self) -> None:
        """The link was touched: perform what it wants (from any thread)."""
        self._thread.soon(self._pump)

    def soon(self, call: Callable[..., object], *args: Any) -> None:
        """Call this in the network thread."""
        self._thread.soon(call, *args)

    def later(self, delay: float, call: Callable[..., object], *args: Any) -> None:
        """Call this in the network thread after so many seconds."""
        self._thread.loop.call_later(delay, call, *args)

    def flush(self, timeout: float) -> None:
        """Perform what the link wants now, and return when that is done (from any thread, without the lock)."""
        if self._thread.here:
            self._pump()
        elif self._thread.alive:
            with suppress(FutureTimeout):
                self._thread.run(self._pump_now()).result(timeout)

    async def _pump_now(self) -> None:
        self._pump()

    def end(self, timeout: float) -> None:
        """Drop the connection and let go of the thread (from any thread, once: others may use it after us)."""
        if self._thread.alive:
            stopping = self._thread.run(self._stop(timeout))
            if not self._thread.here:
                with suppress(FutureTimeout):
                    stopping.result(timeout + 1.0)
        network.release(self._thread)

    async def _stop(self, timeout: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        socket = self._socket
        self._drop()
        if socket is not None:
            await socket.ended(timeout)

    def _pump(self) -> None:
        """Perform what the link wants, then set the alarm."""
        touched: set[str] = set()
        with self._lock:
            if self._engine.over:
                return
            while outputs := self._link.take():
                for output in outputs:
                    self._perform(output, touched)
            self._engine.arrivals.look(touched)
            self._set_alarm()
            self._engine.changed.notify_all()
        if touched:
            for listener in list(self._engine.listeners):
                listener(frozenset(touched))

    def _perform(self, output: Output, touched: set[str]) -> None:
        match output:
            case Transmit(data):
                if self._socket is not None:
                    if self._tracer is not None:
                        self._tracer.sent(data)
                    self._socket.send(data)
            case Connect():
                self._connect()
            case Hangup(code):
                self._drop(code)
            case Touched(what):
                touched |= what
            case StateChanged():
                if self._tracer is not None:
                    self._tracer.state(self._link.info)
                touched.add("connection")
            case _:
                self._engine.performed(output)

    def _set_alarm(self) -> None:
        due = self._link.timer()
        if self._timer is not None:
            self._timer.cancel()
        delay = 0.0 if due is None else max(0.0, due - time.monotonic())
        self._timer = None if due is None else self._thread.loop.call_later(delay, self._tick)

    def _tick(self) -> None:
        with self._lock:
            self._link.tick(time.monotonic())
        self._pump()

    def _connect(self) -> None:
        self._drop()
        if self.failure is not None and self._engine.hub.place in ("running", "process"):
            self._search = self._thread.loop.create_task(self._search_and_open())
        else:
            self._open_socket()

    async def _search_and_open(self) -> None:
        """The hub is gone, and was found by searching: another one may serve the same store by now."""
        try:
            # A hub is started here only in place of one that a process of ours hosted: another's store is not ours to
            # host.
            start = self._engine.hub.place == "process"
            found = await asyncio.to_thread(find, self._engine.wanted, start=start)
        except NbchatError:
            found = self._engine.hub
        if self._engine.over:
            return
        with self._lock:
            if found.store == self._link.state.store:
                self._engine.hub = found
            self._open_socket()

    def _open_socket(self) -> None:
        self._socket = Socket(self._engine.hub, on_opened=self._opened, on_frame=self._received, on_closed=self._closed)

    def _drop(self, code: int = 1000) -> None:
        if self._search is not None:
            self._search.cancel()
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close(code)

    def _opened(self) -> None:
        with self._lock:
            self._link.connected(time.monotonic())
        self._pump()

    def _received(self, frame: str | bytes) -> None:
        if self._tracer is not None:
            self._tracer.received(frame)
        with self._lock:
            self._link.received(frame, time.monotonic(), wall())
        self._pump()

    def _closed(self, closed: Closed) -> None:
        if self._tracer is not None:
            self._tracer.closed(closed.code)
        with self._lock:
            self._socket = None
            self.failure = closed
            # A refused handshake is the same to the link as being signed out: trying again by itself would not help.
            self._link.disconnected(4001 if closed.refused else closed.code, time.monotonic())
        self._pump()
