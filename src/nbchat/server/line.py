"""What the hub's peers share, whatever carries their frames: who waits until all has left, and what a failure ends.

    Line       `peer`: Tornado reads
    Heard      `direct`, `polled`: we read, and hand what comes to the runner

Never sends or reads by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from nbchat.hub.effects import Connection
from nbchat.hub.runner import Runner
from nbchat.protocol.codes import CLOSES, INTERNAL

_log = logging.getLogger("nbchat.sockets")


class Line:
    """The half of `hub.outbound.Peer` that waits.

    Attributes:
        buffered: bytes that were written and have not left; whoever brings it to 0 calls `_tell`.
    """

    __slots__ = ("_drained", "buffered")

    def __init__(self) -> None:
        """Nothing waits."""
        self._drained: list[Callable[[], None]] | None = None
        self.buffered = 0

    def when_drained(self, then: Callable[[], None]) -> None:
        """Call `then` once, when all that was written has left."""
        if self._drained is None:
            self._drained = []
        self._drained.append(then)
        if not self.buffered:
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        told, self._drained = self._drained or [], None
        while told and not self.buffered:
            told.pop(0)()
        for then in told:  # something was written meanwhile: they are told when that has left
            self.when_drained(then)


class Heard(Line):
    """A line of which we know when it is gone.

    Attributes:
        connection: the runner's number for it.
    """

    __slots__ = ("_runner", "connection")
    _runner: Runner | None
    connection: Connection

    def close(self, code: int, reason: str) -> None:
        """See `hub.outbound.Peer`."""
        raise NotImplementedError  # each kind has its own

    def _lost(self) -> None:
        """For the hub it is gone."""
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.closed(self.connection)

    def _failed(self) -> None:
        """The hub raised on what came. The frames behind it are lost, so the connection is: the client asks anew."""
        _log.exception("The hub failed on what came on a connection, and closes it.")
        self._lost()
        self.close(INTERNAL, CLOSES[INTERNAL].name)
