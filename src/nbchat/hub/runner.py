"""The one asyncio shell of the hub: makes inputs of what happens, and performs the effects that the core returns.

    sockets, store, bus, timer  --inputs-->  core  --effects-->  runner  -->  sockets, store, bus

It decides nothing. It encodes a frame once, writes its bytes to every connection that the core named, bounds each
queue, keeps connections alive, and lets no exception of one command end the hub. Hosts (`server/`) give it `Peer`s
and `Login`s; it knows neither Tornado nor any store or bus by name. All methods belong to the thread of its event
loop; stores and buses may call back from threads of their own.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from nbchat.logs import Trouble, say
from nbchat.protocol.codec import BadFrame, decode_command
from nbchat.protocol.codes import CLOSES, ERRORS
from nbchat.protocol.limits import FRAME_BYTES, HEARTBEAT, HubLimits
from nbchat.protocol.messages import Error

from .clock import Alarm, Clock, SystemClock
from .core import Core
from .effects import (
    AskChanges,
    Changed,
    Close,
    Closed,
    Committed,
    Connection,
    Drain,
    Drained,
    Effect,
    Fault,
    Input,
    Instant,
    Load,
    Loaded,
    Login,
    Malformed,
    Opened,
    Pinged,
    Publish,
    Published,
    Received,
    Send,
    SignedOut,
    Tick,
    Write,
)
from .errands import Errands, settle
from .handover import Handover
from .items import Item, Outcome
from .mailbox import Mailbox
from .outbound import Outbound, Peer
from .ports import Bus, Changes, Store, StoreFailed
from .queries import Answer, Query
from .sends import Sends

SWEEP = 1.0
"""Seconds between two looks at which connections are silent: a heartbeat may be this much late."""
FLUSH_SECONDS = 2.0
"""How long stopping waits for the last bytes to leave, before sockets are ended anyway."""
SLOW_READER, FRAME_TOO_LARGE, GOING_AWAY = 4002, 1009, 1001


class Runner:
    """Runs one `Core` over one store and one bus. `figures` is what has been counted since the start.

    Example:
        >>> runner = Runner(store, bus, HubLimits(), mint=mint, hub="h1")
        >>> runner.start()                              # on the running event loop
        >>> connection = runner.open(login, peer)
        >>> runner.receive(connection, '{"t":"hello","ref":1}')
        >>> await runner.stop()
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        limits: HubLimits,
        *,
        mint: Callable[[], str],
        hub: str,
        clock: Clock | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        """Take an open store and a bus; nothing runs before `start`.

        Args:
            store: where conversations are kept.
            bus: news between hubs.
            limits: what the host's configuration says.
            mint: gives a new random id at each call.
            hub: this hub's own id among the hubs of one store.
            clock: for tests.
            log: where trouble is told.
        """
        self._store, self._bus, self._limits = store, bus, limits
        self._core = Core(store.info, limits, mint, hub)
        self.figures = self._core.figures
        self._clock = clock or SystemClock()
        self._log = log or logging.getLogger("nbchat.hub")
        self._unsaid = Trouble(self._log, "The store says again what has changed")
        self._handover = Handover(store, self.figures, self._soon, lambda: self._clock.now().mono)
        self._last = 0
        self._connections: dict[Connection, Outbound] = {}
        self._sends = Sends(self._connections, self.figures, self._drained)
        self._inputs: deque[Input] = deque()
        self._busy = False
        self._stopped = False
        self._alarm = Alarm(self._clock, self._core.timer, lambda: self._feed(Tick()))
        self._cancel_sweep: Callable[[], None] | None = None

    # ------------------------------------------------------------------------------------------------ life

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._mail = mail = Mailbox(asyncio.get_running_loop(), self._log)
        self._errands = Errands(self._store, mail)
        self._store.start(
            lambda outcomes: mail.put(partial(self._committed, outcomes)),
            lambda changes: mail.put(partial(self._feed, Changed(changes, pushed=True))),
        )
        self._bus.start(lambda note: mail.put(partial(self._feed, Published(note))))
        self._sweep()
        self._feed(Tick())

    async def stop(self, code: int = GOING_AWAY) -> None:
        """Say `bye` to everybody, let the last bytes leave, commit what waits, and close. Safe to call twice.

        Args:
            code: the row of `codes.CLOSES` that the connections are closed with.
        """
        if self._stopped:
            return
        left = list(self._connections.values())
        text = "Stopping: %(connections)d connections are told to come back"
        say(self._log, logging.INFO, "draining", text, connections=len(left))
        self._feed(Drain(code))
        for connection in list(self._connections):
            self._drop(connection, code)
        self._stopped = True
        self._alarm.end()
        if self._cancel_sweep is not None:
            self._cancel_sweep()
        await self._flush(left)
        self._handover.go()
        self._bus.close()
        # In this thread: a kernel's hub stops when its interpreter ends, and that starts no thread any more.
        self._store.close()
        say(self._log, logging.INFO, "stopped", "stopped: what was acknowledged is stored")

    async def _flush(self, left: list[Outbound]) -> None:
        loop = asyncio.get_running_loop()
        waits: list[asyncio.Future[None]] = []
        for out in left:
            if not out.empty:
                waits.append(loop.create_future())
                out.when_empty(partial(settle, waits[-1], None))
        if waits:
            await asyncio.wait(waits, timeout=FLUSH_SECONDS)

    # ------------------------------------------------------------------------------------------- the sockets

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def kinds(self) -> Counter[str]:
        """How many connections there are of each kind; "" for those that have not said hello."""
        return self._core.kinds()

    def queued(self) -> list[int]:
        """Bytes that wait for each connection."""
        return [out.buffered for out in self._connections.values()]

    def open(self, login: Login, peer: Peer) -> Connection:
        """A socket was accepted. Returns the number by which the host tells more about it."""
        self._last += 1
        now, beat = self._clock.now().mono, HEARTBEAT * random.uniform(0.8, 1.2)  # noqa: S311 - spreads timers, hides nothing
        self._connections[self._last] = Outbound(peer, limit=self._limits.queue_bytes, now=now, beat=beat)
        say(self._log, logging.DEBUG, "opened", "connection %(connection)d is open", connection=self._last)
        self._feed(Opened(self._last, login))
        return self._last

    def receive(self, connection: Connection, data: str | bytes) -> None:
        """A text or binary message arrived; what comes after a close is ignored."""
        out = self._connections.get(connection)
        if out is None:
            return
        now = self._clock.now()
        out.heard(now.mono)
        size = _size(data)
        if size > FRAME_BYTES:
            self.oversized(connection, size)
            return
        try:
            command = decode_command(data)
        except BadFrame as bad:
            self._feed(Malformed(connection, bad.ref, bad.code, bad.values))
        else:
            self._feed(Received(connection, command), now)

    def oversized(self, connection: Connection, size: int) -> None:
        """A message of more than FRAME_BYTES arrived, or was announced; it need not have been read."""
        values = {"size": str(size), "limit": str(FRAME_BYTES)}
        self._feed(Malformed(connection, None, "frame_too_large", values))
        self._drop(connection, FRAME_TOO_LARGE)

    def has(self, connection: Connection) -> bool:
        """Whether it is open."""
        return connection in self._connections

    def sign_out(self, connections: Iterable[Connection]) -> None:
        """Close connections that were opened with a login which the host has taken back."""
        closing = frozenset(connections) & self._connections.keys()
        text = "a login of %(users)s was taken back: %(connections)d connections are closed"
        users = ", ".join(self._core.users(closing))
        say(self._log, logging.INFO, "signed_out", text, users=users, connections=len(closing))
        self._feed(SignedOut(closing))

    def pinged(self, connection: Connection) -> None:
        """A ping arrived, and the host has answered it."""
        out = self._connections.get(connection)
        if out is not None:
            out.heard(self._clock.now().mono)
            self._feed(Pinged(connection))

    def heard(self, connection: Connection) -> None:
        """The answer to a ping arrived. One that no ping asked for costs as much as a ping."""
        out = self._connections.get(connection)
        if out is not None and not out.heard(self._clock.now().mono):
            self._feed(Pinged(connection))

    def closed(self, connection: Connection) -> None:
        """The socket is gone."""
        if self._connections.pop(connection, None) is not None:
            say(self._log, logging.DEBUG, "closed", "connection %(connection)d is closed", connection=connection)
            self._feed(Closed(connection))

    def _drop(self, connection: Connection, code: int) -> None:
        """Close from this side; for the core it is gone now, not when the other side agrees."""
        out = self._connections.pop(connection, None)
        if out is not None:
            reason = CLOSES[code].name
            self.figures.closes[reason] += 1
            text = "the hub closed connection %(connection)d (%(reason)s)"
            say(self._log, logging.DEBUG, "dropped", text, connection=connection, reason=reason)
            out.close(code, reason)
            self._feed(Closed(connection))

    # --------------------------------------------------------------------------------- the store, for the host

    async def ask(self, query: Query) -> Answer:
        """Read from the store, for the host's own questions (who is this login?).

        Raises:
            StoreFailed: it could not be read.
        """
        return await self._errands.ask(query)

    async def put(self, item: Item) -> Outcome:
        """Write to the store, for the host; returns when it is on disk."""
        return await self._errands.put(item)

    def _committed(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        ours = [(token, outcome) for token, outcome in outcomes if token >= 0]
        if ours:
            try:
                self._feed(Committed(ours))
            finally:  # whatever failed, what comes next is stored
                self._handover.came_back(ours[-1][0])
        self._errands.committed(outcomes)

    # -------------------------------------------------------------------------------------- inputs and effects

    def _feed(self, given: Input, now: Instant | None = None) -> None:
        """Hand over one input, and what its effects bring up, one after the other; `now` is for who knows it."""
        if self._stopped:
            return
        if self._busy:
            self._inputs.append(given)
            return
        self._busy = True
        try:
            now = now or self._clock.now()
            self._perform(self._decide(given, now), now.mono)
            while self._inputs:
                now = self._clock.now()
                self._perform(self._decide(self._inputs.popleft(), now), now.mono)
        finally:
            self._busy = False
        self._alarm.set()

    def _decide(self, given: Input, now: Instant) -> list[Effect]:
        """Ask the core. What it fails on is told to who asked, and ends neither the connection nor the hub."""
        try:
            return self._core.handle(given, now)
        except Exception:  # noqa: BLE001 - whatever it is, the hub goes on for the others
            self._log.exception("The hub failed on %s", type(given).__name__)
            if not isinstance(given, Received):
                return []
            self.figures.errors["internal"] += 1
            error = Error(ref=given.command.ref, code="internal", text=ERRORS["internal"].text, retry_after=None)
            return [Send((given.connection,), (error,))]

    def _perform(self, effects: Sequence[Effect], now: float) -> None:
        self._sends.clear()
        for effect in effects:
            match effect:
                case Send():
                    self._sends.add(effect)
                case Close(connection, code):
                    is_slow = not self._sends.write(connection, now)
                    self._drop(connection, SLOW_READER if is_slow else code)
                case Write():
                    self._handover.add(effect)
                case Load(token, query):
                    self._load(token, query)
                case Publish(note):
                    self._bus.publish(note)
                case AskChanges(mark):
                    self._ask_changes(mark)
                case Fault(error):
                    self._log.error("The hub failed on a command", exc_info=error)
        for connection in self._sends.write_all(now):
            self._drop(connection, SLOW_READER)

    def _drained(self, connection: Connection) -> None:
        out = self._connections.get(connection)
        if out is not None:
            out.lossy = False
            self._feed(Drained(connection))

    def _load(self, token: int, query: Query) -> None:
        self._store.load(query, lambda answer: self._mail.put(partial(self._feed, Loaded(token, answer))))

    def _ask_changes(self, mark: int | None) -> None:
        def done(found: Changes | StoreFailed) -> None:
            if isinstance(found, StoreFailed):
                if found.code == "internal":  # what has a code of its own, the store has told
                    self._unsaid.again(logging.WARNING, "The store could not say what has changed; it is asked again")
            else:
                self._unsaid.over()
                self._mail.put(partial(self._feed, Changed(found)))

        self._store.changes(mark, done)

    # --------------------------------------------------------------------------------------------------- time

    def _soon(self, then: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(then)

    def _sweep(self) -> None:
        now = self._clock.now().mono
        for connection, out in list(self._connections.items()):
            if not out.beat(now):
                self.figures.closes["silent"] += 1
                out.abort()
                self.closed(connection)
        self._cancel_sweep = self._clock.call_at(now + SWEEP, self._sweep)


def _size(data: str | bytes) -> int:
    """Bytes on the wire; a text is encoded only if its length leaves it open."""
    if isinstance(data, str) and len(data) * 4 > FRAME_BYTES >= len(data):
        return len(data.encode())
    return len(data)
