"""One WebSocket in the simulation: in order both ways while it holds, and it may break at any moment.

What is on its way when it breaks is lost, in both directions. Each side learns of the break later, or (a half-open
connection) one side never does and has to find out by silence.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from .time import Time


class Server(Protocol):
    """What the pipe calls at the hub's end."""

    def receive(self, connection: int, data: bytes) -> None: ...

    def closed(self, connection: int) -> None: ...


class Pipe:
    """One connection between a client and a hub."""

    def __init__(self, time: Time, received: Callable[[bytes], None], lost: Callable[[int | None], None]) -> None:
        self._time, self._received, self._lost = time, received, lost
        self._server: tuple[Server, int] | None = None
        self._whole = True
        self._told = False
        self._up = self._down = 0.0

    @property
    def whole(self) -> bool:
        """Whether it has not broken."""
        return self._whole

    def attach(self, server: Server, connection: int) -> None:
        """The hub has accepted it under this number."""
        self._server = (server, connection)

    def to_hub(self, data: bytes) -> None:
        """Send a frame upwards."""
        self._up = max(self._up, self._time.now + self._delay())
        self._time.at(self._up, partial(self._arrive_up, data))

    def to_client(self, data: bytes) -> None:
        """Send a frame downwards."""
        self._down = max(self._down, self._time.now + self._delay())
        self._time.at(self._down, partial(self._arrive_down, data))

    def close(self, code: int) -> None:
        """The hub closes: what it sent before arrives before."""
        self._server = None
        self._down = max(self._down, self._time.now + self._delay())
        self._time.at(self._down, partial(self._end, code))

    def hang_up(self) -> None:
        """The client drops it; the hub learns so."""
        self._told = True
        self.cut(notice=False)

    def cut(self, *, notice: bool) -> None:
        """Break now. With `notice` the client learns of it; the hub always does, sooner or later."""
        if not self._whole:
            return
        self._whole = False
        if notice:
            self._time.later(0.0, 0.5, partial(self._notify, None))
        self._time.later(0.0, 2.0, self._leave)

    def _delay(self) -> float:
        return self._time.dice.uniform(0.0005, 0.3 if self._time.chance(0.03) else 0.01)

    def _arrive_up(self, data: bytes) -> None:
        if self._whole and self._server is not None:
            server, connection = self._server
            server.receive(connection, data)

    def _arrive_down(self, data: bytes) -> None:
        if self._whole:
            self._received(data)

    def _end(self, code: int) -> None:
        if self._whole:
            self._whole = False
            self._notify(code)

    def _notify(self, code: int | None) -> None:
        if not self._told:
            self._told = True
            self._lost(code)

    def _leave(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server[0].closed(server[1])
