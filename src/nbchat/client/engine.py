"""The shell around the pure link, shared by `Client` and `ChatSession`: threads, outbox, callers that wait.

    any thread --call--> lock { link } --outputs--> network thread: transport, outbox, futures, inbox
                            ^                            |
                            +------- frames, timers -----+

Rules:

1. The link is touched only under the lock, and each touch is short; outputs are performed in the network thread, in
order.
2. A message is in the outbox's file before `post` returns, hence before it is transmitted.
3. No code of the user runs in the network thread or under the lock: messages go to the inbox, news to `listeners`,
which only ring.
4. In the child of a fork an engine is closed: the connection and the outbox belong to the parent.
"""

from __future__ import annotations

import atexit
import os
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, TimeoutError as FutureTimeout
from contextlib import contextmanager
from typing import TypeVar

from nbchat.errors import HubError, HubUnreachable, SessionClosed, Timeout, WrongKey
from nbchat.protocol.limits import COMMAND_TIMEOUT, TYPING_IDLE
from nbchat.protocol.messages import AnyCommand, AnyReply, ConnectionKind, Error, Person

from .arrivals import Arrivals
from .connection import Connection, connection_of
from .drive import Drive
from .find import Hub, Wanted, configured, find
from .inbox import Inbox
from .keeping import Keeping
from .keys import fresh_key
from .link import Link
from .memory import Known, Memory
from .message import Message
from .names import Names
from .outbox import Entry, now as wall
from .outputs import (
    PLAIN,
    Arrived,
    Extra,
    Forget,
    Identity,
    Keep,
    Output,
    Refused,
    Resolved,
    Settled,
)
from .sent import Sent
from .slash import SlashBook
from .state import State
from .tracing import Debug, tracer

START_SECONDS = 40.0
"""How long a new client waits for its first welcome: a connection and a hello, each with their own deadline, and twice
that where a proxy swallows what WebSockets say, until it is clear that they do not get through."""
FLUSH_SECONDS = 2.0
"""How long closing waits for what is on its way; what is left stays in the outbox for the next session."""
SNAPSHOT_SECONDS = 5.0
"""How long opening a conversation waits for its first screen; it comes later by itself."""
TYPING_SECONDS = TYPING_IDLE / 2
"""How often a typing indicator strikes a key, so that it never looks idle."""

R = TypeVar("R", bound=AnyReply)
_living: weakref.WeakSet[Engine] = weakref.WeakSet()


class Engine:
    """One client of one hub, from `start` to `close`.

    Args:
        kind: "session" or "bot".
        wanted: what is known about the hub.
        label: name of the client, for threads and errors.
        memory: what is remembered of hubs; by default this OS user's.
        debug: whether to show frames on standard error (`tracing`); NBCHAT_DEBUG asks for it, too.
    """

    def __init__(
        self, kind: ConnectionKind, wanted: Wanted, *, label: str, memory: Memory | None = None, debug: Debug = False
    ) -> None:
        from nbchat import __version__

        self.kind, self.label = kind, label
        self.listeners: list[Callable[[frozenset[str]], None]] = []
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.inbox = Inbox(label)
        self.link = Link(kind, f"nbchat-python/{__version__}", fresh_key, random.random)
        self.sent = Sent(self)
        self.arrivals = Arrivals(self)
        self.hub = Hub("", {}, "argument")
        self.known: Known | None = None
        self._wanted = wanted
        self.names = Names(self, memory)
        self.keeping = Keeping(self.link, self.sent)
        self._requests: dict[int, Future[AnyReply]] = {}
        self._typing: dict[str, int] = {}
        self._pid, self._closing, self.over = os.getpid(), False, False
        self.drive = Drive(self, tracer(label, debug))
        self.slash = SlashBook(self)
        _living.add(self)

    # ------------------------------------------------------------------------------------------------- start and end

    def start(self, *, timeout: float = START_SECONDS) -> None:
        """Find the hub and connect.

        Returns when the hub has said welcome, or when it is down but known well enough to queue.

        Raises:
            HubNotFound, HubUnreachable, WrongKey: see nbchat.errors.
            HubError: its store is why it lets nobody new in now, as with a full disk.
        """
        try:
            self._locate()
            self._do(lambda: self.link.start(time.monotonic()))
            with self.lock:
                self.changed.wait_for(lambda: self._has_failed() or self.link.state.me is not None, timeout)
                if self.link.state.me is None and self.known is None:
                    self._give_up()
        except BaseException:
            self.close(flush=0)
            raise

    def _has_failed(self) -> bool:
        """Whether waiting on is in vain; who knows the hub can queue, and need not wait until another way is found."""
        failure = self.drive.failure
        return failure is not None and (self.known is not None or failure.refused or not self.drive.hopes)

    def close(self, *, flush: float = FLUSH_SECONDS) -> None:
        """End it: wait a little for what is on its way, then let go of everything.

        Safe to call twice, also at the same time: the first call does it, the others return at once.
        """
        if self._pid != os.getpid():
            return
        with self.lock:
            if self._closing:
                return
            self._closing = True
            told = flush and self.link.info.state == "connected"
            if told:
                self.link.flush(time.monotonic())
        if told:
            self.drive.flush(flush)
        with self.lock:
            if told:
                self.changed.wait_for(lambda: not self.keeping.entries or self.link.info.state != "connected", flush)
            self.over = True
            waiting, self._requests = list(self._requests.values()), {}
            self.changed.notify_all()
        for future in waiting:
            future.set_exception(SessionClosed(self.label))
        self.inbox.close()
        self.drive.end(FLUSH_SECONDS)
        self.keeping.close()
        _living.discard(self)

    @property
    def closed(self) -> bool:
        """Whether it was closed, or belongs to the parent of this process."""
        return self.over or self._pid != os.getpid()

    def forked(self) -> None:
        """In the child of a fork: what is open here belongs to the parent."""
        self.keeping.forked()

    def _locate(self) -> None:
        try:
            self.hub = find(self._wanted)
        except HubUnreachable:
            remembered = ((hub, self.names.of_hub(hub.url)) for hub in configured(self._wanted))
            hub, known = next(((hub, known) for hub, known in remembered if known is not None), (None, None))
            if hub is None or known is None:
                raise
            self.hub, self.known = hub, known
            self.link.expect(known.store, known.user)
            self.keeping.open(known.store, known.user)
        # A hub that was started in this process has an exit of its own; ours comes first, while that hub still answers.
        atexit.unregister(_at_exit)
        atexit.register(_at_exit)

    @property
    def wanted(self) -> Wanted:
        """What is known about the hub."""
        return self._wanted

    def _give_up(self) -> None:
        failure = self.drive.failure
        if failure is not None and failure.refused:
            raise WrongKey(self.hub.url, "the login that was given", failure.said)
        if failure is not None and failure.unstored:
            raise HubError(failure.error, failure.said)
        raise HubUnreachable(self.hub.url, failure.why if failure else f"no welcome within {START_SECONDS:.0f} s")

    # ------------------------------------------------------------------------------------------- what callers ask for

    @contextmanager
    def reading(self) -> Iterator[State]:
        """The state, which does not change meanwhile; keep it short."""
        self.check()
        with self.lock:
            yield self.link.state

    def check(self) -> None:
        """Raises SessionClosed after the end, and in the child of a fork."""
        if self.closed:
            raise SessionClosed(self.label)

    @property
    def connection(self) -> Connection:
        """How the connection is now."""
        with self.lock:
            return connection_of(self.link.info, self.hub, self.drive.failure, self.drive.way, self.link.held_up())

    @property
    def me(self) -> Person:
        """Whom the hub takes this client for; from memory while it was not asked yet."""
        known = self.known
        return self.link.state.me or (Person(known.user, known.name) if known else Person("", "somebody"))

    def ask(self, command: AnyCommand, want: type[R], timeout: float = COMMAND_TIMEOUT) -> R:
        """Send a command and wait for its reply (never in the network thread).

        Args:
            command: its `ref` is ignored.
            want: the kind of reply that the protocol promises for it.
            timeout: seconds.

        Raises:
            HubError: the hub refused.
            Timeout: no answer in time.
            SessionClosed: closed meanwhile.
        """
        future = self.begin(command)
        try:
            reply = future.result(timeout + 1.0)
        except FutureTimeout:
            raise Timeout(f"The hub at {self.hub.url} did not answer within {timeout:.0f} s.") from None
        if isinstance(reply, want):
            return reply
        if isinstance(reply, Error):
            if reply.code == "timeout":
                raise Timeout(reply.text)
            raise HubError(reply.code, reply.text, reply.retry_after)
        raise HubError("internal", f"The hub answered with {type(reply).__name__} where {want.__name__} was promised.")

    def begin(self, command: AnyCommand) -> Future[AnyReply]:
        """Send a command; the future has its reply, which may be an `Error`."""
        self.check()
        future: Future[AnyReply] = Future()
        with self.lock:
            self._requests[self.link.request(command, time.monotonic())] = future
        self.drive.ring()
        return future

    def post(self, conversation: str, text: str, extra: Extra = PLAIN) -> Message:
        """Queue a message; it is on disk when this returns. `extra`: what it is besides its text.

        Raises:
            OutboxFull, SessionClosed.
        """
        self.check()
        with self.lock:
            key, at = fresh_key(), self.link.moment(wall())
            self.keeping.put(Entry(key, conversation, text, at, extra))
            message = self.sent.add(key, conversation, text, at, extra)
            self.link.post(conversation, text, time.monotonic(), key=key, at=at, extra=extra)
        self.drive.ring()
        return message

    def post_again(self, message: Message) -> None:
        """Queue a message that failed. Raises as `post`."""
        self.check()
        entry = self.sent.entry(message)
        with self.lock:
            self.keeping.put(entry)
            now = time.monotonic()
            if any(one.key == entry.key for one in self.link.pending(entry.conversation)):
                self.link.retry(entry.key, now)
            else:  # it was written for another hub; this one judges it anew
                self.link.post(entry.conversation, entry.text, now, key=entry.key, at=entry.at, extra=entry.extra)
        self.drive.ring()

    def replace(self, message: Message, text: str) -> bool:
        """Let a message that waits say something else; False where it is on its way, or was refused.

        Its key stays: if the hub has it after all, the first text holds.
        """
        with self.lock:
            if message.seq is not None or not self.link.discard(message.key):
                return False
            message.rewritten(text)
            entry = self.sent.entry(message)
            self.link.post(entry.conversation, text, time.monotonic(), key=entry.key, at=entry.at, extra=entry.extra)
        self.drive.ring()
        return True

    def watch(self, conversation: str) -> None:
        """Have typing, presence and receipts of it from now on."""
        self._do(lambda: self.link.watch(conversation, time.monotonic()))

    def unwatch(self, conversation: str) -> None:
        """No more."""
        self._do(lambda: self.link.unwatch(conversation, time.monotonic()))

    def read(self, conversation: str, seq: int) -> None:
        """Move the own read marker up to this seq."""
        self._do(lambda: self.link.read(conversation, seq, time.monotonic()))

    def typing(self, conversation: str, *, active: bool) -> None:
        """Begin or end to show that one is typing; each begin needs its end."""
        with self.lock:
            count = self._typing.get(conversation, 0) + (1 if active else -1)
            self._typing[conversation] = count
        if count == 1 and active:
            self.drive.soon(self._strike, conversation)
        elif count == 0 and not self.closed:
            self._do(lambda: self.link.typing(conversation, False, time.monotonic()))

    def wait_connected(self, seconds: float) -> None:
        """Wait until the hub is there again, at most so long."""
        with self.lock:
            self.changed.wait_for(lambda: self.link.info.state == "connected" or self.closed, max(0.0, seconds))

    def wait_snapshot(self, conversation: str) -> None:
        """Wait until a watched conversation has its messages here, unless the hub is away or takes very long."""

        def there() -> bool:
            known = self.link.state.conversations.get(conversation)
            return (known is not None and known.watched) or self.link.info.state != "connected" or self.closed

        with self.lock:
            self.changed.wait_for(there, SNAPSHOT_SECONDS)

    # ---------------------------------------------------------------------------------------- what the drive calls back

    def _do(self, touch: Callable[[], object]) -> None:
        self.check()
        with self.lock:
            touch()
        self.drive.ring()

    def performed(self, output: Output) -> None:
        """An output of the link that is no matter of the network (in the network thread, under the lock)."""
        match output:
            case Keep(pending):
                self.keeping.put(Entry.of(pending))
            case Forget(key):
                self.keeping.forget(key)
            case Settled(pending, seq):
                self.keeping.forget(pending.key)
                self.sent.settled(pending.key, seq)
            case Refused(pending, error):
                # Forgotten on disk: the next session would only be refused again. `retry` keeps it anew.
                self.keeping.forget(pending.key)
                self.sent.refused(pending.key, error.code, error.text)
            case Resolved(ref, reply):
                future = self._requests.pop(ref, None)
                if future is not None and not future.cancelled():
                    future.set_result(reply)
            case Arrived(events):
                self.arrivals.events(events)
            case Identity(store, user):
                self._identified(store, user)
            case _:
                raise AssertionError(output)

    def _identified(self, store: str, user: str) -> None:
        """The hub has said whose outbox this is: take over what earlier sessions of this identity left."""
        self.drive.failure = None
        if self.keeping.whose not in (None, (store, user)):
            self._part(store)
        self.names.remember()
        if self.keeping.whose is None:
            self.keeping.open(store, user)
        else:  # somebody else may have answered for a moment: then the link has forgotten what waits for this one
            self.keeping.adopt()
            self.slash.offer_again()

    def _part(self, store: str) -> None:
        """Another store or user answers here: what was written or known for the old one is not for it."""
        is_here = self.keeping.whose is not None and self.keeping.whose[0] == store
        what = f"takes this client for {self.me.name} now" if is_here else "is another one now"
        waits_for = "who wrote it" if is_here else "the old one"
        self.keeping.part()
        self.known = None
        self.names.forget()
        self.sent.abandon("other_hub", f"The hub at {self.hub.url} {what}; this waits for {waits_for}.")

    def _strike(self, conversation: str) -> None:
        if self.over or self._typing.get(conversation, 0) < 1:
            return
        with self.lock:
            self.link.typing(conversation, True, time.monotonic())
        self.drive.ring()
        self.drive.later(TYPING_SECONDS, self._strike, conversation)


def _at_exit() -> None:
    for engine in list(_living):
        engine.close()


def _after_fork() -> None:
    for engine in list(_living):
        engine.forked()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
