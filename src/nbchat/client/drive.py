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

from nbchat.errors import NbchatError, WrongKey
from nbchat.protocol.codes import CLOSES, SIGNED_OUT

from .find import Hub, find, reaches
from .outbox import now as wall
from .outputs import Connect, Hangup, Output, StateChanged, Touched, Transmit
from .spare import Spare
from .thread import network
from .tracing import Tracer
from .transport import Closed, Socket
from .ways import Way, Ways

if TYPE_CHECKING:
    from .engine import Engine
    from .polling import Polling


def transport(
    way: Way,
    hub: Hub,
    *,
    on_opened: Callable[[], None],
    on_frame: Callable[[str | bytes], None],
    on_closed: Callable[[Closed], None],
) -> Socket | Polling:
    """A connection that takes this way; see there for the callbacks."""
    if way == "websocket":
        return Socket(hub, on_opened=on_opened, on_frame=on_frame, on_closed=on_closed)
    from .polling import Polling  # seldom needed, and costs importing

    return Polling(hub, on_opened=on_opened, on_frame=on_frame, on_closed=on_closed)


class Drive:
    """Transport, alarm and order of outputs of one engine.

    Attributes:
        failure: why the last connection ended or failed; None since the hub has said welcome.
        way: of the present connection, or of the last attempt.
    """

    def __init__(self, engine: Engine, tracer: Tracer | None = None) -> None:
        self._tracer = tracer
        self._engine, self._link, self._lock = engine, engine.link, engine.lock
        self._ways = Ways()
        self.way: Way = "websocket"
        self._transport: Socket | Polling | None = None
        self._is_heard = False
        self._proved: Socket | None = None
        self._spare: Spare | None = None
        self._try_timer: asyncio.TimerHandle | None = None
        self._search: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.failure: Closed | None = None
        self._thread = network.acquire()

    @property
    def hopes(self) -> bool:
        """Whether what failed may only have been the way."""
        return self._ways.doubtful and not self._ways.alone

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
        for timer in (self._timer, self._try_timer):
            if timer is not None:
                timer.cancel()
        open_still = [one for one in (self._transport, self._spare, self._proved) if one is not None]
        self._drop()
        self._keep(None)
        await asyncio.gather(*(one.ended(timeout) for one in open_still))

    def _pump(self, news: Callable[[], object] | None = None) -> None:
        """Tell the link the news, perform what it wants, then set the alarm.

        In one go: between a welcome as somebody else and changing over to their outbox no other thread may write.
        """
        touched: set[str] = set()
        with self._lock:
            if news is not None:
                news()
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
                if self._transport is not None:
                    if self._tracer is not None:
                        self._tracer.sent(data)
                    self._transport.send(data)
            case Connect():
                self._connect()
            case Hangup(code):
                if self._brought_nothing():
                    self.failure = Closed(None, "no answer in time")
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

    # ----------------------------------------------------------------------------------------------- the connection

    def _connect(self) -> None:
        self._drop()
        searches = self.failure is not None and self._engine.hub.place in ("running", "process")
        if self._proved is None and (searches or self._ways.doubtful):
            self._search = self._thread.loop.create_task(self._look_and_open(searches=searches))
        else:
            self._open()

    async def _look_and_open(self, *, searches: bool) -> None:
        """See first where the hub is now, and which way leads to it."""
        found = await self._found() if searches else self._engine.hub
        is_reached, is_refused = False, False
        try:
            is_reached = self._ways.doubtful and await asyncio.to_thread(reaches, found)
        except WrongKey:
            is_refused = True
        if self._engine.over:
            return
        if is_refused:
            self._closed(Closed(None, "the login was refused", refused=True))
            return
        with self._lock:
            if found.store == self._link.state.store:
                self._engine.hub = found
            if self._ways.doubtful and self._ways.decide(answers=is_reached) != self.way:
                self.failure = None  # another way, another try
            self._open()
        self._pump()

    async def _found(self) -> Hub:
        """The hub is gone, and was found by searching: another one may serve the same store by now."""
        try:
            # A hub is started here only in place of one that a process of ours hosted: another's store is not ours to
            # host.
            start = self._engine.hub.place == "process"
            return await asyncio.to_thread(find, self._engine.wanted, start=start)
        except NbchatError:
            return self._engine.hub

    def _open(self) -> None:
        self._is_heard, self.way = False, self._ways.way
        if self._tracer is not None:
            self._tracer.opens(self.way)
        proved, self._proved = self._proved, None
        if proved is not None:
            proved.hand_over(self._received, self._closed)
            self._transport = proved
            self._thread.loop.call_soon(self._opened)
            return
        self._transport = transport(
            self.way, self._engine.hub, on_opened=self._opened, on_frame=self._received, on_closed=self._closed
        )

    def _drop(self, code: int = 1000) -> None:
        if self._search is not None:
            self._search.cancel()
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close(code)

    def _brought_nothing(self) -> bool:
        """Keep in mind that no frame came, if that is so."""
        if self._transport is None or self._is_heard:
            return False
        self._ways.failed()
        return True

    def _opened(self) -> None:
        with self._lock:
            self._link.connected(time.monotonic())
        self._pump()

    def _received(self, frame: str | bytes) -> None:
        if self._tracer is not None:
            self._tracer.received(frame)
        if not self._is_heard:
            self._is_heard = True
            self._ways.worked(time.monotonic())
            self._set_try()
        self._pump(lambda: self._link.received(frame, time.monotonic(), wall()))

    def _closed(self, closed: Closed) -> None:
        if self._tracer is not None:
            self._tracer.closed(closed.code)
        if not closed.refused and not closed.unstored and closed.code not in CLOSES:  # else it was the hub who spoke
            self._brought_nothing()
        with self._lock:
            self._transport = None
            self.failure = closed
            # A refused handshake is the same to the link as being signed out: trying again by itself would not help.
            self._link.disconnected(SIGNED_OUT if closed.refused else closed.code, time.monotonic())
        self._pump()

    # ------------------------------------------------------------------------------- a WebSocket beside the requests

    def _set_try(self) -> None:
        due = self._ways.due()
        if self._try_timer is not None:
            self._try_timer.cancel()
        self._try_timer = None if due is None else self._thread.loop.call_later(due - time.monotonic(), self._try)

    def _try(self) -> None:
        if self._link.info.state == "connected":
            self._spare = Spare(self._engine.hub, on_proved=self._keep, on_failed=self._tried)
        else:  # it comes back over HTTP, if at all, and then the next try is set
            self._tried()

    def _tried(self) -> None:
        self._spare = None
        self._ways.tried(time.monotonic())
        self._set_try()

    def _keep(self, proved: Socket | None) -> None:
        """Go on over this WebSocket, at once; None: not any more."""
        for old in (self._spare, self._proved):
            if old is not None:
                old.close()
        self._spare, self._proved = None, proved
        if proved is None:
            return
        proved.hand_over(lambda _: None, lambda _: self._keep(None))
        self._ways.opened()
        self._drop()
        with self._lock:
            now = time.monotonic()
            self._link.disconnected(None, now)
            self._link.retry_now(now)
        self._pump()
