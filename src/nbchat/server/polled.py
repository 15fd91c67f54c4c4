"""A connection without a socket: the hub's `Peer` for a client that asks again and again over HTTP (long polling).

    runner --frames--> PollPeer: numbered, kept until they are acknowledged --answers--> one waiting request
    runner <--frames-- PollPeer: numbered, each taken once           <--sends--- requests

A request may come twice, and an answer may get lost: browsers and proxies repeat and cut. So both directions count
their frames. What the numbers do not explain ends the connection, and the client resumes over another one, as it does
after every loss. Never decides anything and knows no HTTP: `polling` has the route.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import msgspec

from nbchat.hub.effects import Connection, Login
from nbchat.hub.errands import settle
from nbchat.hub.outbound import PING_FRAME
from nbchat.hub.runner import Runner

from .line import Heard

WAIT_SECONDS = 20.0
"""After which an empty answer is given: many proxies end a request that is silent for 30 seconds."""
PACE_SECONDS = 0.02
"""Between two answers: in a busy conversation one request brings many frames."""
REPEAT_SECONDS = 0.5
"""Before what was given already is given again: it may be much, and whoever reads none of it asks for it again."""
GAP_SECONDS = 10.0
"""Nobody has waited for so long: the client is gone."""
BROKEN_SECONDS = 5.0
"""The same after a wait that was broken off, as it is when a tab is closed: a client that is still there asks again at
once."""
GOODBYE_SECONDS = 5.0
"""How long the code of a close can be asked for."""
ANSWER_BYTES = 256 * 1024
"""Of frames in one answer, but at least one frame: over a slow network each part is acknowledged by itself."""
GOODBYES = 1_000
"""Closed connections that are remembered; of more the oldest are forgotten, as if the client had asked too late."""


class Mismatch(ValueError):
    """Numbers that cannot be: the client has lost count, so its connection is over."""


class Head(msgspec.Struct, frozen=True):
    """The first line of an answer.

    Attributes:
        next: the number of its last frame, which the next wait acknowledges.
        closed: the code of the close, where nothing comes after it.
    """

    next: int
    closed: int | None


class PollPeer(Heard):
    """One connection. Implements `hub.outbound.Peer`; made by `Polls.open`.

    Attributes:
        id: what the client shows with each request; 128 random bits.
        person: the id of who opened it.
        connection: the runner's number for it.
        buffered: bytes that were not acknowledged yet.
        is_open: whether neither side has closed it.
    """

    def __init__(self, runner: Runner, login: Login, forget: Callable[[PollPeer], None]) -> None:
        """Open it at the hub; `forget` is called when nothing is to be known of it any more."""
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._forget = forget
        self._runner: Runner | None = runner
        self.id, self.person = secrets.token_urlsafe(16), login.person.id
        self._frames: deque[bytes] = deque()
        self._acknowledged = self._given = 0
        self._received = 0
        self._closed: int | None = None
        self._waiter: asyncio.Future[bytes | None] | None = None
        self._after = 0
        self._answered = 0.0
        self._answer_timer: asyncio.TimerHandle | None = None
        self._life = self._loop.call_later(GAP_SECONDS, self.end)
        self.connection: Connection = runner.open(login, self)

    @property
    def is_open(self) -> bool:
        """Whether neither side has closed it."""
        return self._runner is not None

    # --------------------------------------------------------------------------------------------- what the client asks

    def wait(self, after: int) -> asyncio.Future[bytes | None]:
        """Ask for the frames after this number; those up to it are forgotten.

        Returns:
            The answer once there is one: `Head` and a frame in each line. None: the connection has ended.

        Raises:
            Mismatch: that frame was never given, or has been acknowledged before by a later wait.
        """
        if after > self._acknowledged + len(self._frames):
            raise Mismatch(f"Frame {after} was never sent.")
        if after < self._acknowledged:
            raise Mismatch(f"Frames after {after} are gone: {self._acknowledged} was acknowledged.")
        self._displace()
        self._acknowledge(after)
        waiter: asyncio.Future[bytes | None] = self._loop.create_future()
        self._waiter, self._after = waiter, after
        if self._runner is not None:
            self._life.cancel()
            self._life = self._loop.call_later(WAIT_SECONDS, self._answer)
            self._runner.pinged(self.connection)
        self._answer_soon()
        return waiter

    def receive(self, first: int, frames: Sequence[str]) -> None:
        """Take frames that are numbered from `first`; those that were taken before are passed over.

        Raises:
            Mismatch: some before them are missing.
        """
        runner = self._runner
        if runner is None:
            return
        if first > self._received + 1:
            raise Mismatch(f"Frame {first} came after frame {self._received}.")
        fresh = frames[self._received + 1 - first :]
        if not fresh:
            runner.pinged(self.connection)
        try:
            for frame in fresh:
                self._received += 1
                if self.is_open:
                    runner.receive(self.connection, frame)
        except Exception:  # noqa: BLE001 - whatever it was, only this connection ends
            self._failed()

    def left(self, waiter: asyncio.Future[bytes | None]) -> None:
        """The request that waited was broken off."""
        if waiter is self._waiter:
            self._waiter = None
            settle(waiter, None)
            self._may_be_gone(BROKEN_SECONDS)

    def handed_out(self) -> None:
        """An answer has left; after a close nobody acknowledges it any more."""
        if self._closed is not None:
            self._empty()

    def end(self) -> None:
        """It is over, and the client knows: it said so, or nobody has asked for too long."""
        self._lost()
        self._vanish()

    # ------------------------------------------------------------------------------------------------ what the hub does

    def write(self, data: bytes) -> None:
        """Keep these frames until they are acknowledged; ignored after the end."""
        if self._runner is None:
            return
        for payload in payloads(data):
            self._frames.append(payload)
            self.buffered += len(payload)
        self._answer_soon()

    def close(self, code: int, reason: str) -> None:  # noqa: ARG002 - a socket says the reason, too
        """Give out what there is, then the code to whoever asks within seconds."""
        self._runner = None
        if self._closed is not None:
            return
        self._closed = code
        self._life.cancel()
        self._life = self._loop.call_later(GOODBYE_SECONDS, self._vanish)
        if self._waiter is None:
            self._empty()
        else:
            self._answer()

    def abort(self) -> None:
        """End at once."""
        self._runner = None
        self._vanish()

    # ------------------------------------------------------------------------------------------------------- the answer

    def _answer_soon(self) -> None:
        """Answer when there is something to say, and the last answer is long enough ago."""
        if self._waiter is None or self._answer_timer is not None:
            return
        if self._closed is not None:
            self._answer()
        elif self._frames:
            pace = REPEAT_SECONDS if self._given > self._acknowledged else PACE_SECONDS
            due = self._answered + pace - self._loop.time()
            self._answer_timer = self._loop.call_later(max(0.0, due), self._answer)

    def _answer(self) -> None:
        self._cancel_answer()
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            return
        self._answered = self._loop.time()
        given, size = 0, 0
        for frame in self._frames:
            size += len(frame)
            if given and size > ANSWER_BYTES:
                break
            given += 1
        is_all = given == len(self._frames)
        self._given = max(self._given, self._acknowledged + given)
        head = Head(self._acknowledged + given, self._closed if is_all else None)
        settle(waiter, b"\n".join((msgspec.json.encode(head), *islice(self._frames, given))))
        self._may_be_gone(GAP_SECONDS)

    def _displace(self) -> None:
        """Another request waits now: the one before it gets an empty answer."""
        self._cancel_answer()
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            settle(waiter, msgspec.json.encode(Head(self._after, None)))

    def _acknowledge(self, upto: int) -> None:
        for _ in range(upto - self._acknowledged):
            size = len(self._frames.popleft())
            if self._closed is None:
                self.buffered -= size
        self._acknowledged = upto
        if self._drained and not self.buffered:
            self._loop.call_soon(self._tell)

    def _cancel_answer(self) -> None:
        if self._answer_timer is not None:
            self._answer_timer.cancel()
            self._answer_timer = None

    def _empty(self) -> None:
        """Nobody acknowledges anything any more: what a hub that stops waits for has left, or cannot."""
        self.buffered = 0
        self._tell()

    # ---------------------------------------------------------------------------------------------------------- the end

    def _may_be_gone(self, seconds: float) -> None:
        """Nobody waits: soon it counts as gone."""
        if self._runner is not None:
            self._life.cancel()
            self._life = self._loop.call_later(seconds, self.end)

    def _vanish(self) -> None:
        self._life.cancel()
        self._cancel_answer()
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            settle(waiter, None)
        self._frames.clear()
        self._drained = None
        self.buffered = 0
        self._forget(self)


class Polls:
    """All connections without a socket of one hub, by their ids."""

    def __init__(self) -> None:
        self._peers: dict[str, PollPeer] = {}

    def __len__(self) -> int:
        """How many are open."""
        return sum(1 for peer in self._peers.values() if peer.is_open)

    def open(self, runner: Runner, login: Login) -> PollPeer:
        """A new connection of this person."""
        peer = PollPeer(runner, login, self._forget)
        self._peers[peer.id] = peer
        self._forget_old_goodbyes()
        return peer

    def find(self, id: str, person: str) -> PollPeer | None:
        """Return the connection, if this person has opened it."""
        peer = self._peers.get(id)
        return peer if peer is not None and peer.person == person else None

    def end(self) -> None:
        """End all of them: the hub has stopped."""
        for peer in list(self._peers.values()):
            peer.end()

    def _forget(self, peer: PollPeer) -> None:
        self._peers.pop(peer.id, None)

    def _forget_old_goodbyes(self) -> None:
        """Each new connection may be one that the hub refuses at once, and they can come fast."""
        if len(self._peers) > GOODBYES:
            closed = [peer for peer in self._peers.values() if not peer.is_open]
            for peer in closed[: max(0, len(closed) - GOODBYES)]:
                peer.end()


def payloads(frames: bytes) -> Iterator[bytes]:
    r"""Yield the texts of whole frames that the hub has made; a ping is for sockets, and left out.

    Example:
        >>> list(payloads(b"\x81\x02[]\x89\x00\x81\x02{}"))
        [b'[]', b'{}']
    """
    at = 0
    while at < len(frames):
        if frames.startswith(PING_FRAME, at):
            at += len(PING_FRAME)
            continue
        size, begin = frames[at + 1], at + 2
        if size > 125:
            begin += 2 if size == 126 else 8
            size = int.from_bytes(frames[at + 2 : begin], "big")
        at = begin + size
        yield frames[begin:at]
