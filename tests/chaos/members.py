"""A client of the simulation on a real network, over a socket or over HTTP: the real link and reducer, a disk."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from zlib import crc32

from sim.clients import Client
from sim.heard import Heard
from sim.pipes import Pipe

from nbchat.client import outputs as out
from nbchat.client.drive import transport
from nbchat.client.find import Hub
from nbchat.client.transport import Closed
from nbchat.client.ways import Way
from nbchat.protocol import messages as m

from .time import RealTime

SIGNED_OUT = 4001


Touch = m.Edit | m.Delete | m.React | m.Pin


@dataclass(frozen=True)
class Touched:
    """What a hub said it has done to a message: by whom, and after which event of the conversation it was asked for."""

    person: str
    command: Touch
    since: int


class Door(Protocol):
    """A way to a hub: a proxy, or the hub itself."""

    port: int


class Wire(Pipe):
    """One connection of a member, over the real transport of the Python client."""

    def __init__(self, member: Member, url: str, headers: dict[str, str]) -> None:
        self._member, self._whole = member, True
        self._transport = transport(
            member.way,
            Hub(url, headers, "argument"),
            on_opened=lambda: member.opened(self),
            on_frame=lambda data: member.heard_frame(self, data),
            on_closed=self._closed,
        )

    def to_hub(self, data: bytes) -> None:
        self._transport.send(data)

    def hang_up(self) -> None:
        self._whole = False
        self._transport.close()

    def cut(self, *, notice: bool) -> None:
        self.hang_up()

    def _closed(self, closed: Closed) -> None:
        self._whole = False
        self._member.lost(self, SIGNED_OUT if closed.refused else closed.code, closed.why)


class Member(Client):
    """One page, session or bot of one person.

    Args:
        name: of the client, for the trace.
        headers: its login.
        kind: page, session or bot.
        doors: ways to the hubs; each connection takes any of them.

    Some come over HTTP, as from behind a proxy that lets no WebSocket through.
    """

    def __init__(
        self,
        name: str,
        headers: dict[str, str],
        kind: m.ConnectionKind,
        time: RealTime,
        doors: Sequence[Door],
        heard: Heard,
    ) -> None:
        self._headers, self._doors = headers, doors
        self._late = (crc32(name.encode()) % 7 - 3) * 1000
        """Milliseconds by which this machine's clock is always wrong."""
        self.way: Way = "http" if crc32(name.encode()) % 5 == 0 else "websocket"
        self.answers: dict[str, int] = {}
        """How often which error was the answer to a command."""
        self.touched: list[Touched] = []
        """What was acknowledged, in all its lives."""
        super().__init__(name, m.Person("", name), kind, time, [], heard)

    def begin(self) -> None:
        """Start, or start again."""
        self.stands: dict[str, set[int]] = defaultdict(set)
        """Where a hub said that a conversation stands, in this life: what is before that comes as no event."""
        super().begin()

    def _mint(self) -> str:
        """As `client.keys` makes them: in the order of clocks, which are wrong."""
        return f"{self._time.wall + self._late:012x}{self._time.dice.getrandbits(80):020x}"

    def ask(self, command: m.AnyCommand, then: Callable[[out.Answer | m.Error], None] | None = None) -> None:
        """Have a command sent; what a hub says it has done is remembered."""
        if not isinstance(command, Touch):
            super().ask(command, then)
            return
        known = self.link.state.conversations.get(command.conversation)
        since = known.cursor if known is not None else 0

        def answered(reply: out.Answer | m.Error) -> None:
            if isinstance(reply, m.Done):
                self.touched.append(Touched(self.person.id, command, since))
            if then is not None:
                then(reply)

        super().ask(command, answered)

    def end(self) -> None:
        """The process is gone for good."""
        self.life += 1
        if self._pipe is not None:
            self._pipe.hang_up()
            self._pipe = None
        self._due = -1.0  # no appointment is it any more

    # -------------------------------------------------------------------------------------------------------- network

    def _connect(self) -> None:
        door = self._time.dice.choice(self._doors)
        self._time.say(f"{self.name} connects by {door.port}")
        self._pipe = Wire(self, f"http://127.0.0.1:{door.port}/nbchat/", self._headers)

    def opened(self, wire: Wire) -> None:
        """The handshake is done."""
        if wire is self._pipe:
            self.link.connected(self._time.now)
            self._pump()

    def heard_frame(self, wire: Wire, data: str | bytes) -> None:
        """The hub said something."""
        raw = data.encode() if isinstance(data, str) else data
        if wire is self._pipe and b'"last_seq"' in raw:
            for id, seq in _stands(json.loads(raw)):
                self.stands[id].add(seq)
        self._received(wire, raw)

    def lost(self, wire: Wire, code: int | None, why: str) -> None:
        """The connection is gone, or never was."""
        if wire is self._pipe:
            self._time.say(f"{self.name}: {why}")
            self._lost(wire, code)

    def _perform(self, output: out.Output) -> None:
        match output:
            case out.Identity():
                assert self.link.state.me is not None
                self.person = self.link.state.me
            case out.Resolved(_, m.Error(code=code)):
                self.answers[code] = self.answers.get(code, 0) + 1
            case _:
                pass
        super()._perform(output)

    def wake(self) -> None:
        """Somebody looks at it again."""
        self.do(lambda link, now: link.wake(now))

    def watch(self, conversation: str) -> None:
        """Open a conversation in a view."""
        self.do(partial(_watch, conversation))


def _stands(thing: Any) -> Iterator[tuple[str, int]]:
    """Conversations and where they stand, of all rows and snapshots in a frame."""
    match thing:
        case {"t": "snapshot", "summary": {"id": str(id)}, "as_of": int(seq)}:
            yield id, seq
        case {"id": str(id), "last_seq": int(seq)}:
            yield id, seq
        case {}:
            for part in thing.values():
                yield from _stands(part)
        case [*parts]:
            for part in parts:
                yield from _stands(part)


def _watch(conversation: str, link: object, now: float) -> None:
    link.watch(conversation, now)  # type: ignore[attr-defined]
