"""A client's protocol state: what to send when, and what came back. Same methods and rules in js/src/client/link.ts.

Pure: no socket, no clock, no randomness of its own. A shell (client/engine.py, js/src/model.ts) calls an input or a
command with the time in seconds of a monotonic clock, performs `take()`, sets an alarm for `timer()` and then calls
`tick`. The parts: `lifeline` (connecting, heartbeats), `sending` (unsent messages), `requests` (replies), `pacing`
(typing, markers), `reducer` (what is known). Rules:

1. A message is kept (`Keep`) before it is transmitted, and forgotten only when the hub has it: by the reply, by the own
   `posted` event, or by finding it in a snapshot or page. Its key makes it one message, however often it is sent.
2. In each conversation one message is in flight (sending.py says why).
3. A reconnect says what is here (`resume`): conversations in a view are bridged by events or replaced by a snapshot,
   the others of the list get a fresh row if they are behind.
4. A gap in `seq` must not happen; if it does, the connection is given up and resumed, which fills it.
5. Silence for CLIENT_SILENCE, or an alarm that came late because the machine slept, sends `ping`; without an answer in
   PONG_WAIT the connection is given up.
6. Another store or another user than before: everything known is forgotten, unsent messages too; the shell has them on
   disk under the identity that they were written for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nbchat.protocol import codec, limits, messages as m
from nbchat.protocol.codes import CLOSES

from . import outputs as out, own, reducer, rows
from .lifeline import LATE, Lifeline, Step
from .outputs import ConnectionInfo, Output, Pending
from .pacing import Marks, Typist
from .requests import Flight, Requests, may_retry
from .sending import Sending
from .state import State

TOO_LARGE = 1009
"""Close code for a frame that the hub does not take (codes.CLOSES)."""


class Link:
    """One client's connection to one hub, over as many transports as it takes.

    Args:
        kind: page, session or bot.
        client: name and version of the program, for the hub's log.
        mint: a new client key each time: 128 random bits as text.
        jitter: a random number in [0, 1) each time.
        pending: unsent messages of an earlier run.

    Example:
        link = Link("bot", "example/1", mint=lambda: secrets.token_hex(16), jitter=random.random)
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
        self.state = State()
        self.limits: m.Limits | None = None
        self._kind, self._client, self._mint = kind, client, mint
        self._jitter, self._sending, self._requests = jitter, Sending(jitter), Requests()
        self._sending.adopt(pending)
        self._typist, self._marks, self._life = Typist(), Marks(), Lifeline(jitter)
        self._watching: dict[str, float | None] = {}
        """Conversations in a view; a number says when to ask again, because the hub could not just now."""
        self._identity: tuple[str, str] | None = None  # store and user
        self._shown = self.info
        self._outputs: list[Output] = []
        self._touched: set[str] = set()
        self._arrived: list[m.AnyDurable] = []

    # --------------------------------------------------------------------------------------------- what a shell reads

    @property
    def info(self) -> ConnectionInfo:
        """How the connection is now."""
        return self._life.info

    def pending(self, conversation: str | None = None) -> list[Pending]:
        """Return the unacknowledged messages (of one conversation), oldest first."""
        return self._sending.all() if conversation is None else self._sending.of(conversation)

    def take(self) -> list[Output]:
        """Return what is to be done now, in order; the caller performs all of it."""
        if self._arrived:
            self._outputs.append(out.Arrived(tuple(self._arrived)))
        if self._touched:
            self._outputs.append(out.Touched(frozenset(self._touched)))
        if self.info != self._shown:
            self._shown = self.info
            self._outputs.append(out.StateChanged(self._shown))
        outputs, self._outputs, self._touched, self._arrived = self._outputs, [], set(), []
        return outputs

    def timer(self) -> float | None:
        """Return when `tick` is wanted next, or None; it may be in the past."""
        times = [self._requests.due(), self._life.due()]
        if self._life.live:
            times += [self._sending.due(), self._typist.due(), self._marks.due(), *self._watching.values()]
        return min((time for time in times if time is not None), default=None)

    # ---------------------------------------------------------------------------------------------------------- inputs

    def start(self, now: float) -> None:
        """Begin: the first attempt is due at once."""
        if self._life.phase == "new":
            self._connect(now)

    def connected(self, now: float) -> None:
        """The transport that `Connect` asked for is open."""
        if self._life.phase == "opening":
            self._life.opened(now)
            self._ask(m.Hello(ref=0, kind=self._kind, client=self._client, resume=self._resume()), now)

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
        for flight, error in self._requests.expired(now):
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

    def post(self, conversation: str, text: str, now: float, key: str | None = None, at: int = 0) -> Pending:
        """Queue a message; `at` is when it was written, ms UTC. It never fails here: the hub judges it."""
        pending = Pending(key or self._mint(), conversation, text, at)
        self._sending.add(pending)
        self._typist.stop(conversation)  # the hub takes the message as the end of typing
        self._outputs.append(out.Keep(pending))
        self._touched.add(conversation)
        self._pump(now)
        return pending

    def expect(self, store: str, user: str) -> None:
        """Say for whom the pending messages were written, before `start`: nobody else may send them (rule 6)."""
        self._identity = (store, user)

    def adopt(self, pending: Iterable[Pending], now: float) -> None:
        """Take over messages of an earlier run, before those that wait here; known ones are left alone."""
        self._touched |= {one.conversation for one in self._sending.adopt(pending)}
        self._pump(now)

    def retry(self, key: str, now: float) -> None:
        """Send a failed message again."""
        pending = self._sending.retry(key)
        if pending is not None:
            self._outputs.append(out.Keep(pending))
            self._touched.add(pending.conversation)
            self._pump(now)

    def discard(self, key: str) -> bool:
        """Give a message up. Returns False if it is not here, or on its way and cannot be called back."""
        pending = self._sending.discard(key)
        if pending is not None:
            self._outputs.append(out.Forget(key))
            self._touched.add(pending.conversation)
        return pending is not None

    def request(self, command: m.AnyCommand, now: float) -> int:
        """Send a command, now or when connected; its own ref is ignored.

        Returns:
            The ref with which `Resolved` brings the reply.
        """
        flight = self._requests.add(command, now, ours=False)
        if self._life.live:
            self._send(flight)
        return flight.command.ref

    def watch(self, conversation: str, now: float) -> None:
        """A view shows this conversation; if the hub refuses for good, the watch is forgotten."""
        if conversation not in self._watching:
            self._watching[conversation] = None
            if self._life.live:
                self._ask_watch(conversation, now)

    def unwatch(self, conversation: str, now: float) -> None:
        """No view shows it any more."""
        if conversation in self._watching:
            del self._watching[conversation]
            self._look_away(conversation, now)

    def _look_away(self, conversation: str, now: float) -> None:
        self._touched |= reducer.unwatch(self.state, conversation)
        if self._life.live:
            self._ask(m.Unwatch(ref=0, conversation=conversation), now)

    def read(self, conversation: str, seq: int, now: float) -> None:
        """All up to seq was read: shown at once, told to the hub at most once a second."""
        touched = own.mark_read(self.state, conversation, seq)
        if touched:
            self._touched |= touched
            self._marks.read(conversation, seq)
            self._pump(now)

    def typing(self, conversation: str, active: bool, now: float) -> None:
        """A key was struck, or the text was emptied; says "stopped" by itself after TYPING_IDLE."""
        if not self._life.live:
            return
        if active and self._typist.key(conversation, now):
            self._ask(m.Type(ref=0, conversation=conversation), now)
        elif not active and self._typist.stop(conversation):
            self._ask(m.Type(ref=0, conversation=conversation, active=False), now)

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
        self._outputs.append(out.Connect())

    def _hang_up(self, now: float) -> None:
        self._outputs.append(out.Hangup())
        self._lost(None, now)

    def _lost(self, code: int | None, now: float) -> None:
        self._typist.clear()
        flown = self._sending.close()
        if code == TOO_LARGE:  # sending the same again would end the same
            row = CLOSES[code]
            for pending in flown:
                self._refuse(pending, m.Error(ref=None, code=row.name, text=row.text, retry_after=None))
        self._touched |= {pending.conversation for pending in flown} | reducer.offline(self.state)
        ours, failed = self._requests.lost()
        for flight in ours:
            self._marks.again(flight.command)
        for flight, error in failed:
            self._fail(flight, error, now)
        self._life.lost(code, now)

    def _resume(self) -> m.Resume:
        known = self.state.conversations
        rows = sorted((one for one in known.values() if one.summary.joined), key=reducer.last_at, reverse=True)
        watched = [known[id] for id in self._watching if id in known and known[id].ranges]
        return m.Resume(
            uv=self.state.uv,
            watched={one.summary.id: one.position for one in watched},
            known={one.summary.id: one.position for one in rows[: limits.KNOWN_CONVERSATIONS]},
        )

    def _say_what_is_due(self, now: float) -> None:
        for conversation in self._typist.idle(now):
            self._ask(m.Type(ref=0, conversation=conversation, active=False), now)
        for conversation, again in list(self._watching.items()):
            if again is not None and again <= now:
                self._ask_watch(conversation, now)
        self._pump(now)

    def _ping(self, now: float) -> None:
        self._life.pinged(now)
        self._ask(m.Ping(ref=0), now)

    # ------------------------------------------------------------------------------------------------- what is sent

    def _pump(self, now: float) -> None:
        """Send what may be sent now: messages, read markers, acknowledgements."""
        if not self._life.live:
            return
        for ref, one in self._sending.take(now, self._requests.mint):
            self._transmit(m.Post(ref=ref, conversation=one.conversation, key=one.key, text=one.text))
            self._touched.add(one.conversation)
        reads, acks = self._marks.take(now)
        for conversation, seq in reads.items():
            self._ask(m.Read(ref=0, conversation=conversation, seq=seq), now)
        if acks:
            self._ask(m.Ack(ref=0, cursors=acks), now)

    def _ask(self, command: m.AnyCommand, now: float) -> None:
        self._send(self._requests.add(command, now, ours=True))

    def _ask_watch(self, conversation: str, now: float) -> None:
        self._watching[conversation] = None
        known = self.state.conversations.get(conversation)
        position = known.position if known is not None and known.ranges else None
        self._ask(m.Watch(ref=0, conversation=conversation, position=position), now)

    def _send(self, flight: Flight) -> None:
        flight.sent = True
        self._transmit(flight.command)

    def _transmit(self, command: m.Command) -> None:
        self._outputs.append(out.Transmit(codec.encode_command(command)))

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
                self._reply(item)
            case m.Bye():
                self._life.retry_after, self._life.detail = item.retry_after, item.text
            case _:
                self._touched |= reducer.apply(self.state, item)
                self._news(item, now)

    def _durable(self, event: m.AnyDurable | codec.Unknown, now: float) -> None:
        place = reducer.follows(self.state, event)
        if place == "gap":
            self._hang_up(now)
        if place != "next":
            return
        self._touched |= reducer.apply(self.state, event)
        if isinstance(event, codec.Unknown):
            return
        if self._kind != "page":
            self._arrived.append(event)
        if isinstance(event, m.Posted):
            self._settle_own(event.author, event.key, event.seq)
            self._acknowledge(event.conversation, event)

    def _news(self, item: m.AnyFromHub, now: float) -> None:
        if isinstance(item, m.Snapshot):
            if item.summary.id not in self._watching:  # its view was closed while this was on its way
                self._look_away(item.summary.id, now)
            for message in item.messages:
                self._settle_own(message.author, message.key, message.seq)
            if item.summary.last is not None and item.summary.unread:
                self._acknowledge(item.summary.id, item.summary.last)
        if isinstance(item, m.Added) and item.summary.id in self._watching:
            self._ask_watch(item.summary.id, now)
        if isinstance(item, m.Removed):
            self._marks.forget(item.conversation)

    def _settle_own(self, author: str, key: str, seq: int) -> None:
        if self.state.me is not None and author == self.state.me.id:
            self._settle(key, seq)

    def _settle(self, key: str, seq: int) -> None:
        pending = self._sending.settle(key)
        if pending is not None:
            self._outputs += [out.Settled(pending, seq), out.Forget(key)]
            self._touched.add(pending.conversation)

    def _acknowledge(self, conversation: str, of: m.Posted | m.Preview) -> None:
        """Have the hub told that this message of another person has reached a page of ours, where that is tracked."""
        known = self.state.conversations.get(conversation)
        mine = self.state.me is not None and of.author == self.state.me.id
        if self._kind != "page" or known is None or mine:
            return
        row = known.summary
        if row.joined and row.kind != "channel" and row.members <= limits.RECEIPT_MEMBERS:
            self._marks.ack(conversation, of.seq)

    def _welcome(self, item: m.Welcome, now: float, wall: int | None) -> None:
        identity = (item.store, item.me.id)
        if self._identity not in (None, identity):
            self._start_over(now)
            return
        hello = self._requests.answered(item.ref)
        if hello is None or not isinstance(hello.command, m.Hello):
            return
        is_first = self.state.me is None
        self._touched |= reducer.apply(self.state, item, hello.command)
        if wall is not None:
            self.state.offset = item.now - wall
        self.limits = item.limits
        self._life.welcomed(item.reconnect_cap, now)
        self._sending.open(item.limits, now)
        if is_first:
            self._outputs.append(out.Identity(*identity))
        self._identity = identity
        self._catch_up(item, hello.command.resume, now)

    def _catch_up(self, item: m.Welcome, resume: m.Resume, now: float) -> None:
        """Send what waited for the connection."""
        for id, seq in self._marks.reads.items():  # fresh rows do not know of them yet
            self._touched |= own.mark_read(self.state, id, seq)
        for row in item.conversations:
            if row.unread and row.last is not None:
                self._acknowledge(row.id, row.last)
        for conversation in [*self._watching, *(id for id in resume.watched if id not in self._watching)]:
            if conversation not in self._watching:  # its view was closed before the welcome
                self._look_away(conversation, now)
            elif conversation not in resume.watched:
                self._ask_watch(conversation, now)
        for flight in self._requests.unsent():
            self._send(flight)

    def _start_over(self, now: float) -> None:
        """Another store or user: forget everything, and say hello again without positions of the old one."""
        self._touched |= {"list", "people", "me", *self.state.conversations}
        self._touched |= {one.conversation for one in self._sending.all()}
        self.state, self._sending, self._marks = State(), Sending(self._jitter), Marks()
        self._identity = None
        self._hang_up(now)
        self._connect(now)

    def _reply(self, item: out.Answer) -> None:
        if isinstance(item, m.Accepted):
            self._settle(item.key, item.seq)
            return
        flight = self._requests.answered(item.ref)
        if flight is None:
            return
        self._touched |= reducer.apply(self.state, item, flight.command)
        if isinstance(item, m.Page):
            for message in item.messages:
                self._settle_own(message.author, message.key, message.seq)
        if isinstance(flight.command, m.Watch) and flight.command.conversation in self._watching:
            self._touched |= rows.watch(self.state, flight.command.conversation)
        if not flight.ours:
            self._outputs.append(out.Resolved(item.ref, item))

    # ------------------------------------------------------------------------------------------------------ what failed

    def _error(self, error: m.Error, now: float) -> None:
        pending = None if error.ref is None else self._sending.in_flight(error.ref)
        flight = None if error.ref is None else self._requests.answered(error.ref)
        if pending is not None and error.ref is not None:
            self._post_refused(pending, error, error.ref, now)
        elif flight is not None:
            self._fail(flight, error, now)
        else:
            self._life.detail = error.text
        for one in self._sending.unread() if (error.ref, error.code) == (None, "malformed") else ():
            self._refuse(one, error)

    def _post_refused(self, pending: Pending, error: m.Error, ref: int, now: float) -> None:
        if may_retry(error):
            self._touched.add(pending.conversation)
            self._sending.pause(ref, error.retry_after, everything=error.code == "slow", now=now)
        else:
            self._refuse(pending, error)

    def _refuse(self, pending: Pending, error: m.Error) -> None:
        self._touched.add(pending.conversation)
        self._sending.fail(pending, error.text)
        self._outputs += [out.Keep(pending), out.Refused(pending, error)]

    def _fail(self, flight: Flight, error: m.Error, now: float) -> None:
        """A command was refused, or its time is up."""
        command = flight.command
        if not flight.ours:
            self._outputs.append(out.Resolved(command.ref, error))
        elif isinstance(command, m.Hello):
            self._life.detail = error.text
        elif may_retry(error) and isinstance(command, m.Watch) and command.conversation in self._watching:
            self._watching[command.conversation] = now + max(1.0, error.retry_after or 0.0)
        elif may_retry(error):
            self._marks.again(flight.command)
        elif isinstance(command, m.Watch):
            self._watching.pop(command.conversation, None)
