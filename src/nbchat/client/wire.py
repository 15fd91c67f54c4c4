"""What the parts of a link share: what is known, what is to be done, and the commands that wait for a reply.

Pure, part of the link. It decides nothing: each part puts its commands and outputs here, in order, and the shell takes
them from the link.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbchat.protocol import codec, messages as m

from . import outputs as out
from .lifeline import Lifeline
from .outputs import Output
from .requests import Flight, Requests
from .state import State


class Wire:
    """One link's common ground.

    Args:
        kind: page, session or bot.
        life: the connection's life.

    Attributes:
        state: what is known of the hub; another object once it turns out to be another hub.
        touched: what has changed in it since the last `take`.
        arrived: durable events since then, for shells that hand them on.
    """

    def __init__(self, kind: m.ConnectionKind, life: Lifeline) -> None:
        self.kind, self.life = kind, life
        self.state, self.requests = State(), Requests()
        self.touched: set[str] = set()
        self.arrived: list[m.AnyDurable] = []
        self._outputs: list[Output] = []

    @property
    def live(self) -> bool:
        """Whether commands can be sent."""
        return self.life.live

    def put(self, *outputs: Output) -> None:
        """Have this done, after what was put before."""
        self._outputs += outputs

    def touch(self, what: Iterable[str]) -> None:
        """Have listeners told that this has changed."""
        self.touched.update(what)

    def take(self) -> list[Output]:
        """Return what is to be done, and what has changed."""
        if self.arrived:
            self.put(out.Arrived(tuple(self.arrived)))
        if self.touched:
            self.put(out.Touched(frozenset(self.touched)))
        outputs, self._outputs, self.touched, self.arrived = self._outputs, [], set(), []
        return outputs

    def ask(self, command: m.AnyCommand, now: float) -> None:
        """Send a command of the link's own."""
        self.send(self.requests.add(command, now, ours=True))

    def send(self, flight: Flight) -> None:
        """Send a command that has its ref."""
        flight.sent = True
        self.transmit(flight.command)

    def transmit(self, command: m.Command) -> None:
        """Send this, whoever waits for the reply."""
        self.put(out.Transmit(codec.encode_command(command)))

    def is_me(self, user: str) -> bool:
        """Whether this is who the hub takes us for."""
        return self.state.me is not None and user == self.state.me.id
