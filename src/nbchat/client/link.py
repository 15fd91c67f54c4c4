"""A client's protocol state: what to send when, and what came back. Same methods and rules in js/src/client/link.ts.

Pure: no socket, no clock, no randomness of its own. A shell (client/engine.py, js/src/client/hub.ts) calls an input or
a command with the time in seconds of a monotonic clock, performs `take()`, sets an alarm for `timer()` and then calls
`tick`. The parts: `lifeline` (connecting, heartbeats), `posting` and `sending` (unsent messages), `watching` (what
views have open), `lookups` (single messages), `writes` (own state), `telling` and `pacing` (typing, markers),
`requests` (replies), `reducer` (what is known); they share a `wire`, and `parts` says what each is told. Rules:

1. A message is kept (`Keep`) before it is transmitted, and forgotten only when the hub has it: by the reply, by the own
   `posted` event, or by finding it in a snapshot or page. Its key makes it one message, however often it is sent.
2. In each conversation one message is in flight (sending.py says why).
3. A reconnect says what is here (`resume`): conversations in a view are bridged by events or replaced by a snapshot,
   the others of the list get a fresh row if they are behind.
4. A gap in `seq` must not happen; if it does, the connection is given up and resumed, which fills it.
5. Silence for CLIENT_SILENCE, or an alarm that came late because the machine slept, sends `ping`; without an answer in
   PONG_WAIT the connection is given up.
6. Another store or another user than before: everything known is forgotten, unsent messages too; the shell has them on
   disk under the identity that they were written for. Commands end with an error and are not sent by who answers now.
   The same befalls what is asked for until the next welcome: whoever asked still saw the old one's chat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from nbchat.protocol import codec, limits, messages as m

from . import outputs as out, reducer
from .lifeline import LATE, Lifeline, Step
from .outputs import PLAIN, ConnectionInfo, Extra, Output, Pending
from .parts import Parts
from .requests import Flight
from .state import State
from .wire import Wire


class Link:
    """One client's connection to one hub, over as many transports as it takes.

    Args:
        kind: page, session or bot.
        client: name and version of the program, for the hub's log.
        mint: a new client key each time (`keys.fresh_key`).
        jitter: a random number in [0, 1) each time.
        pending: unsent messages of an earlier run.

    Example:
        link = Link("bot", "example/1", mint=fresh_key, jitter=random.random)
        link.start(now())
        for output in link.take():
            ...  # Connect: open a transport, then link.connected(now())
    """

    def __init__(
        self,
        kind: m.ConnectionKind,
        client: str,
        mint: Callable[[], str],
        jitter: Callable[[], float],
        pending: Iterable[Pending] = (),
    ) -> None:
        self.limits: m.Limits | None = None
        self._client, self._mint = client, mint
        self._life = Lifeline(jitter)
        self._wire = Wire(kind, self._life)
        self._parts = Parts(self._wire, jitter, pending)
        self._offers: dict[str, list[m.Slash]] = {}
        self._identity: tuple[str, str] | None = None  # store and user
        self._changing = False
        """Somebody else is here than before, and not let in yet."""
        self._shown = self.info

    # --------------------------------------------------------------------------------------------- what a shell reads

    @property
    def info(self) -> ConnectionInfo:
        """How the connection is now."""
        return self._life.info

    @property
    def state(self) -> State:
        """What is known; another object once the hub turns out to be another."""
        return self._wire.state

    @property
    def watched(self) -> list[str]:
        """Ids of the conversations that views have open."""
        return self._parts.watching.conversations

    def pending(self, conversation: str | None = None) -> list[Pending]:
        """Return the unacknowledged messages (of one conversation), oldest first."""
        queue = self._parts.posting.queue
        return queue.all() if conversation is None else queue.of(conversation)

    def held_up(self, conversation: str | None = None) -> str:
        """Return why the hub does not take what waits (in one conversation) and is tried again; "" where it does."""
        return self._parts.posting.queue.held_up(conversation)

    def take(self) -> list[Output]:
        """Return what is to be done now, in order; the caller performs all of it."""
        outputs = self._wire.take()
        if self.info != self._shown:
            self._shown = self.info
            outputs.append(out.StateChanged(self._shown))
        return outputs

    def timer(self) -> float | None:
        """Return when `tick` is wanted next, or None; it may be in the past."""
        times = [self._wire.requests.due(), self._life.due()]
        if self._life.live:
            times += self._parts.due()
        return min((time for time in times if time is not None), default=None)

    # ---------------------------------------------------------------------------------------------------------- inputs

    def start(self, now: float) -> None:
        """Begin: the first attempt is due at once."""
        if self._life.phase == "new":
            self._connect(now)

    def connected(self, now: float) -> None:
        """The transport that `Connect` asked for is open."""
        if self._life.phase == "opening":
            until = self._life.opened(now)  # after that it is given up; it does not fail before, as other commands do
            self._wire.ask(m.Hello(ref=0, kind=self._wire.kind, client=self._client, resume=self._resume()), until)

    def disconnected(self, code: int | None, now: float) -> None:
        """The transport is gone, or could not be opened; the close code where there was one."""
        if self._life.open or self._life.phase == "opening":
            self._lost(code, now)

    def received(self, data: bytes | str, now: float, wall: int | None = None) -> None:
        """A frame came; `wall` is the own clock in ms UTC, if the hub's offset is wanted."""
        if not self._life.open:
            return
        self._life.heard(now)
        try:
            items, skipped = codec.decode_frame(data)
        except codec.BadFrame:
            self._hang_up(now)
            return
        self.state.skipped += skipped
        for item in items:
            self._item(item, now, wall)
        self._pump(now)

    def tick(self, now: float) -> None:
        """Time has passed: do what is due."""
        due = self.timer()
        if due is not None and now - due > LATE and self._life.may_wake() == "ping":
            self._ping(now)
        for flight, error in self._wire.requests.expired(now):
            self._fail(flight, error, now)
        self._do(self._life.overdue(now), now)
        if self._life.live:
            self._say_what_is_due(now)

    def wake(self, now: float) -> None:
        """The network is back, or somebody looks again: try now, or see whether the connection still lives."""
        self._do(self._life.may_wake(), now)

    def retry_now(self, now: float) -> None:
        """Somebody asked to try now, also after signing in again."""
        if self._life.phase in ("waiting", "stopped"):
            self._connect(now)

    # --------------------------------------------------------------------------------------------------------- commands

    def post(
        self, conversation: str, text: str, now: float, *, key: str | None = None, at: int = 0, extra: Extra = PLAIN
    ) -> Pending:
        """Queue a message; `at` is when it was written, ms UTC. It never fails here: the hub judges it."""
        pending = out.pending(key or self._mint(), conversation, text, at, extra)
        self._parts.telling.posted(conversation, extra.thread)
        self._parts.posting.post(pending)
        self._pump(now)
        return pending

    def moment(self, wall: int) -> int:
        """Return the `at` of what is written now; `wall` is the own clock, ms UTC. Later than all that waits."""
        return self._parts.posting.queue.moment(wall + self.state.offset)

    def expect(self, store: str, user: str) -> None:
        """Say for whom the pending messages were written, before `start`: nobody else may send them (rule 6)."""
        self._identity = (store, user)

    def adopt(self, pending: Iterable[Pending], now: float) -> None:
        """Take over messages of an earlier run, before those that wait here; known ones are left alone."""
        self._parts.posting.adopt(pending)
        self._pump(now)

    def retry(self, key: str, now: float) -> None:
        """Send a failed message again."""
        self._parts.posting.retry(key)
        self._pump(now)

    def discard(self, key: str) -> bool:
        """Give a message up. Returns False if it is not here, or on its way and cannot be called back."""
        return self._parts.posting.discard(key)

    def request(self, command: m.AnyCommand, now: float) -> int:
        """Send a command, now or when connected; its own ref is ignored.

        Returns:
            The ref with which `Resolved` brings the reply.
        """
        self._parts.telling.asked(command, now)
        flight = self._wire.requests.add(command, now, ours=False)
        if self._life.live:
            self._wire.send(flight)
        return flight.command.ref

    def watch(self, conversation: str, now: float) -> None:
        """A view shows this conversation; if the hub refuses for good, the watch is forgotten."""
        self._parts.watching.watch(conversation, now)

    def unwatch(self, conversation: str, now: float) -> None:
        """No view shows it any more. What was read and written in it is told at once: who leaves it looks elsewhere."""
        self.flush(now)
        self._parts.watching.unwatch(conversation, now)

    def thread(self, conversation: str, root: int, now: float) -> None:
        """A view shows this thread of a watched conversation: its newest replies are loaded, and kept up to date."""
        self._parts.watching.thread(conversation, root, now)

    def unthread(self, conversation: str, root: int, now: float) -> None:
        """No view shows it any more; told at once as by `unwatch`."""
        self.flush(now)
        self._parts.watching.unthread(conversation, root)

    def want(self, conversation: str, seqs: Sequence[int], now: float) -> None:
        """Single messages are wanted on the screen; those that are nowhere loaded come in `asides`."""
        self._parts.lookups.want(conversation, seqs, now)

    def read(self, conversation: str, seq: int, now: float, thread: int | None = None) -> None:
        """All up to seq was read (in a thread): shown at once, told to the hub at most once a second."""
        self._parts.telling.read(conversation, seq, thread)
        self._pump(now)

    def set_own(self, key: str, value: m.OwnValue, now: float) -> None:
        """Set a row of the own state: shown at once, told to the hub now or when connected; None takes it away."""
        self._parts.writes.put(key, value, now)

    def flush(self, now: float) -> None:
        """Tell at once what is told at most once a second: whoever asks for this may soon be gone."""
        if self._life.live:
            self._parts.flush(now)

    def typing(self, conversation: str, active: bool, now: float, thread: int | None = None) -> None:
        """A key was struck, or the text was emptied; says "stopped" by itself after TYPING_IDLE."""
        self._parts.telling.typing(conversation, active, now, thread)

    def offer(self, conversation: str, commands: list[m.Slash], now: float) -> int:
        """Answer these slash commands there, and no others, on this connection and each that follows it.

        Returns:
            The ref with which `Resolved` brings the reply.
        """
        self._offers.pop(conversation, None)
        if commands:
            self._offers[conversation] = commands
        return self.request(m.Offer(ref=0, conversation=conversation, commands=commands), now)

    # ----------------------------------------------------------------------------------------- the connection's life

    def _do(self, step: Step | None, now: float) -> None:
        match step:
            case "connect":
                self._connect(now)
            case "hang up":
                self._hang_up(now)
            case "ping":
                self._ping(now)
            case None:
                pass

    def _connect(self, now: float) -> None:
        self._life.connect(now)
        self._wire.put(out.Connect())

    def _hang_up(self, now: float) -> None:
        self._wire.put(out.Hangup())
        self._lost(None, now)

    def _lost(self, code: int | None, now: float) -> None:
        self._wire.touch(reducer.offline(self.state))
        ours, failed = self._wire.requests.lost()
        self._parts.lost(code, ours)
        for flight, error in failed:
            self._fail(flight, error, now)
        self._life.lost(code, now)

    def _resume(self) -> m.Resume:
        known = self.state.conversations.values()
        rows = sorted((one for one in known if one.summary.joined), key=reducer.last_at, reverse=True)
        return m.Resume(
            uv=self.state.uv,
            watched=self._parts.watching.positions(),
            known={one.summary.id: one.position for one in rows[: limits.KNOWN_CONVERSATIONS]},
        )

    def _say_what_is_due(self, now: float) -> None:
        for command in self._wire.requests.ripe(now):
            if isinstance(command, m.Watch | m.History):
                self._parts.watching.again(command, now)
            else:
                self._wire.ask(command, now)
        self._pump(now)

    def _ping(self, now: float) -> None:
        self._life.pinged(now)
        self._wire.ask(m.Ping(ref=0), now)

    def _pump(self, now: float) -> None:
        """Send what may be sent now."""
        if self._life.live:
            self._parts.pump(now)

    # -------------------------------------------------------------------------------------------------- what came back

    def _item(self, item: m.AnyFromHub | codec.Unknown, now: float, wall: int | None) -> None:
        if not self._life.open:  # given up in the middle of a frame
            return
        match item:
            case m.Durable() | codec.Unknown():
                self._durable(item, now)
            case m.Error():
                self._error(item, now)
            case m.Welcome():
                self._welcome(item, now, wall)
            case m.Reply():
                self._reply(item, now)
            case m.Bye():
                self._life.retry_after, self._life.detail = item.retry_after, item.text
            case _:
                self._wire.touch(reducer.apply(self.state, item))
                self._parts.news(item, now)

    def _durable(self, event: m.AnyDurable | codec.Unknown, now: float) -> None:
        place = reducer.follows(self.state, event)
        if place == "gap":
            self._hang_up(now)
        if place != "next":
            return
        self._wire.touch(reducer.apply(self.state, event))
        if isinstance(event, codec.Unknown):
            return
        if event.conversation not in self.state.conversations:
            self._parts.gone(event.conversation)
        if self._wire.kind != "page":
            self._wire.arrived.append(event)
        if isinstance(event, m.Posted):
            self._parts.posted(event)

    def _welcome(self, item: m.Welcome, now: float, wall: int | None) -> None:
        identity = (item.store, item.me.id)
        if self._identity not in (None, identity):
            self._start_over(now)
            return
        hello = self._wire.requests.answered(item.ref)
        if hello is None or not isinstance(hello.command, m.Hello):
            return
        if self._changing:
            self._end_all(now)
        self._changing, is_first = False, self.state.me is None
        self._wire.touch(reducer.apply(self.state, item, hello.command))
        self._parts.writes.hold_back()
        if wall is not None:
            self.state.offset = item.now - wall
        self.limits = item.limits
        self._life.welcomed(item.reconnect_cap, now)
        self._parts.posting.queue.open(item.limits, now)
        if is_first:
            self._wire.put(out.Identity(*identity))
        self._identity = identity
        self._catch_up(item, hello.command.resume, now)

    def _catch_up(self, item: m.Welcome, resume: m.Resume, now: float) -> None:
        """Send what waited for the connection."""
        self._parts.telling.welcomed(item.conversations)
        self._parts.watching.welcomed(resume, now)
        waiting = self._wire.requests.unsent()
        for flight in waiting:
            self._parts.telling.asked(flight.command, now)
            self._wire.send(flight)
        told = {flight.command.conversation for flight in waiting if isinstance(flight.command, m.Offer)}
        for id, commands in self._offers.items():
            if id not in told:
                self._wire.ask(m.Offer(ref=0, conversation=id, commands=commands), now)

    def _start_over(self, now: float) -> None:
        """Another store or user: forget everything, and say hello again without positions of the old one."""
        self._wire.touch({"list", "people", "me", "own", *self.state.conversations})
        self._wire.state = State()
        self._end_all(now)
        self._identity, self._changing = None, True
        self._hang_up(now)
        self._connect(now)

    def _end_all(self, now: float) -> None:
        """Nothing that was written or asked for goes on; only what views have open is opened again."""
        self._parts.start_over()
        self._offers = {}
        for flight, error in self._wire.requests.start_over():
            self._fail(flight, error, now)

    def _reply(self, item: out.Answer, now: float) -> None:
        if isinstance(item, m.Accepted):
            self._parts.posting.settle(item.key, item.seq)
            return
        flight = self._wire.requests.answered(item.ref)
        if flight is None:
            return
        self._wire.touch(reducer.apply(self.state, item, flight.command))
        self._parts.answered(flight, item, now)
        if not flight.ours:
            self._wire.put(out.Resolved(item.ref, item))

    # ------------------------------------------------------------------------------------------------------ what failed

    def _error(self, error: m.Error, now: float) -> None:
        if self._parts.posting.refused(error, now):
            return
        flight = None if error.ref is None else self._wire.requests.answered(error.ref)
        if flight is not None:
            self._fail(flight, error, now)
            return
        self._life.detail = error.text
        if (error.ref, error.code) == (None, "malformed"):
            self._parts.posting.unreadable(error)

    def _fail(self, flight: Flight, error: m.Error, now: float) -> None:
        """A command was refused, or its time is up."""
        if not flight.ours:
            self._wire.put(out.Resolved(flight.command.ref, error))
        elif isinstance(flight.command, m.Hello):
            if self._life.refused(error):
                self._hang_up(now)
        else:
            self._parts.failed(flight.command, error, now)
