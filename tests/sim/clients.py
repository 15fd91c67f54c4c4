"""Clients in the simulation: the real link and reducer, a disk for unsent messages, and a person who does things.

A `Client` does what client/engine.py does, with appointments instead of threads and sockets.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial

from nbchat.client import outputs as out
from nbchat.client.link import Link
from nbchat.protocol import messages as m

from .heard import Heard
from .hubs import Node
from .pipes import Pipe
from .time import Time


class Client:
    """One page, session or bot of one person, over all its lives.

    Attributes:
        link: the protocol state; another one after each restart.
        disk: the durable outbox: unsent messages by key.
        wrote: (conversation, key) of each message in the order in which the person wrote them.
        settled: where the hub said that a message is: (conversation, seq) by key.
        refused: keys that the hub has refused for good.
        arrived: durable events in the order in which a session was given them, in this life.
        heard: what everybody knows from outside.
        life: counts the restarts of its process.
        node: the hub that it is connected to, or was last.
    """

    def __init__(
        self, name: str, person: m.Person, kind: m.ConnectionKind, time: Time, nodes: list[Node], heard: Heard
    ) -> None:
        self.name, self.person, self.kind, self._time, self._nodes = name, person, kind, time, nodes
        self.heard = heard
        self.disk: dict[str, out.Pending] = {}
        self.wrote: list[tuple[str, str]] = []
        self.settled: dict[str, tuple[str, int]] = {}
        self.refused: dict[str, str] = {}
        self.shared: set[str] = set()
        self.life = 0
        self.node: Node | None = None
        self._waiting: dict[int, Callable[[out.Answer | m.Error], None]] = {}
        self._pipe: Pipe | None = None
        self._due: float | None = None
        self.begin()

    # ------------------------------------------------------------------------------------------------------ its life

    def begin(self) -> None:
        """Start, or start again after the end of the process; what is on the disk is sent."""
        self.life += 1
        self._waiting = {}
        if self._pipe is not None:
            self._pipe.hang_up()
            self._pipe = None
        self._due = None
        self.arrived: list[m.AnyDurable] = []
        self._time.say(f"{self.name} begins")
        pending = [copy(one) for one in self.disk.values()]
        self.link = Link(self.kind, "sim/1", self._mint, self._time.dice.random, pending)
        self.link.start(self._time.now)
        self._pump()

    def _mint(self) -> str:
        return f"{self.name}-{self._time.dice.getrandbits(64):016x}"

    @property
    def live(self) -> bool:
        """Whether it is connected and has been let in, and not only thinks so."""
        return self.link.info.state == "connected" and self._pipe is not None and self._pipe.whole

    @property
    def idle(self) -> bool:
        """Whether it is connected and nothing waits to be sent."""
        return self.live and all(one.status == "failed" for one in self.link.pending())

    # ------------------------------------------------------------------------------------------- what the person does

    def do(self, act: Callable[[Link, float], object]) -> None:
        """Let the person do something with the link."""
        act(self.link, self._time.now)
        self._pump()

    def ask(self, command: m.AnyCommand, then: Callable[[out.Answer | m.Error], None] | None = None) -> None:
        """Have a command sent, and its reply given to `then`, unless the process ends before."""
        ref = self.link.request(command, self._time.now)
        if then is not None:
            self._waiting[ref] = then
        self._pump()

    def edit(self, conversation: str, message: int, names: str, key: str) -> None:
        """Change the text of a message."""
        text = self.heard.text(f"changed{names}")
        self.ask(m.Edit(ref=0, conversation=conversation, message=message, text=text, key=key))

    def follow(self, conversation: str, thread: int, *, on: bool) -> None:
        """Be told of a thread, or no more."""
        if not on:
            self.heard.left.add((self.person.id, conversation, thread))
        self.ask(m.Follow(ref=0, conversation=conversation, thread=thread, on=on))

    def post(self, conversation: str, text: str, extra: out.Extra = out.PLAIN) -> str:
        """Write a message; returns its key."""
        pending = self.link.post(conversation, text, self._time.now, at=self.link.moment(self._time.wall), extra=extra)
        self.wrote.append((conversation, pending.key))
        self._time.say(f"{self.name} writes {conversation} {pending.key}")
        self._pump()
        return pending.key

    def adopt(self, other: Client) -> None:
        """Send what another page of the same person has not sent yet, too."""
        mine = [copy(one) for one in other.disk.values()]
        other.shared |= {one.key for one in mine}
        self.link.adopt(mine, self._time.now)
        self._pump()

    # -------------------------------------------------------------------------------------------------------- network

    def cut(self, *, notice: bool) -> None:
        """Break the connection, if there is one."""
        if self._pipe is not None:
            self._time.say(f"{self.name} is cut {'' if notice else '(half open)'}")
            self._pipe.cut(notice=notice)

    def _connect(self) -> None:
        life = self.life
        pipe = self._pipe = Pipe(
            self._time, lambda data: self._received(pipe, data), lambda code: self._lost(pipe, code)
        )
        node = self._time.dice.choice(self._nodes)

        def accept() -> None:
            if life != self.life or self._pipe is not pipe:
                return
            if not node.alive or self._time.chance(0.1):
                self._lost(pipe, None)
                return
            self._time.say(f"{self.name} connects to {node.name}")
            self.node = node
            pipe.attach(node, node.open(self.person, pipe))
            self.link.connected(self._time.now)
            self._pump()

        self._time.later(0.001, 0.05, accept)

    def _received(self, pipe: Pipe, data: bytes) -> None:
        if pipe is self._pipe:
            self.link.received(data, self._time.now, self._time.wall)
            self._pump()

    def _lost(self, pipe: Pipe, code: int | None) -> None:
        if pipe is self._pipe:
            self._pipe = None
            self._time.say(f"{self.name} has lost the connection ({code})")
            self.link.disconnected(code, self._time.now)
            self._pump()

    # -------------------------------------------------------------------------------------------------------- outputs

    def _pump(self) -> None:
        for output in self.link.take():
            self._perform(output)
        due = self.link.timer()
        if due is not None and (self._due is None or due < self._due):
            self._due = max(due, self._time.now)
            self._time.at(self._due, partial(self._tick, self.life, self._due))

    def _tick(self, life: int, due: float) -> None:
        if life == self.life and due == self._due:
            self._due = None
            self.link.tick(self._time.now)
            self._pump()

    def _perform(self, output: out.Output) -> None:
        match output:
            case out.Connect():
                self._connect()
            case out.Transmit(data) if self._pipe is not None:
                self._pipe.to_hub(data)
                self._stutter(data)
            case out.Hangup() if self._pipe is not None:
                self._pipe.hang_up()
                self._pipe = None
            case out.Keep(pending):
                self.disk[pending.key] = copy(pending)
            case out.Forget(key):
                self.disk.pop(key, None)
            case out.Settled(pending, seq):
                self.settled[pending.key] = (pending.conversation, seq)
            case out.Refused(pending, error):
                self.refused[pending.key] = error.code
            case out.Arrived(events):
                self.arrived.extend(events)
            case out.Resolved(ref, reply):
                self._resolved(ref, reply)
            case _:
                pass

    def _resolved(self, ref: int, reply: out.Answer | m.Error) -> None:
        if isinstance(reply, m.Links):
            self.heard.codes += [link.code for link in reply.links]
        elif isinstance(reply, m.Reports):
            self.heard.reports += [report.id for report in reply.reports]
        then = self._waiting.pop(ref, None)
        if then is not None:
            then(reply)

    def _stutter(self, data: bytes) -> None:
        """Send a post twice, as a client that is not sure does."""
        if b'"t":"post"' in data and self._time.chance(0.05) and self._pipe is not None:
            self._pipe.to_hub(data)
