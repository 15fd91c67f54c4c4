"""A WebSocket that is tried beside the requests over HTTP, and handed over once a frame has come through it.

A handshake is no proof: some proxies let it through and swallow what follows. A hub answers any command before `hello`
with an error, so a `ping` is asked first; what comes back means nothing else. Runs in the network thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nbchat.protocol.codec import encode_command
from nbchat.protocol.limits import HELLO_DEADLINE
from nbchat.protocol.messages import Ping

from .find import Hub
from .transport import Closed, Socket


class Spare:
    """One attempt, from the start until it calls one of the two, once; neither after `close`.

    Args:
        hub: where to.
        on_proved: called with the open socket; it is the caller's from then on, and needs `hello` within seconds.
        on_failed: called where no frame came.
    """

    def __init__(self, hub: Hub, *, on_proved: Callable[[Socket], None], on_failed: Callable[[], None]) -> None:
        self._on_proved, self._on_failed = on_proved, on_failed
        self._deadline = asyncio.get_running_loop().call_later(HELLO_DEADLINE, self._fail)
        self._tried = Socket(hub, on_opened=self._opened, on_frame=self._proved, on_closed=self._closed)
        self._socket: Socket | None = self._tried

    def close(self) -> None:
        """Give it up."""
        self._deadline.cancel()
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()

    async def ended(self, timeout: float) -> None:
        """After `close`: wait until the connection is gone, at most this many seconds; then it is cut."""
        await self._tried.ended(timeout)

    def _opened(self) -> None:
        if self._socket is not None:
            self._socket.send(encode_command(Ping(ref=0)))

    def _proved(self, frame: str | bytes) -> None:  # noqa: ARG002 - that it came is all
        socket, self._socket = self._socket, None
        self._deadline.cancel()
        if socket is not None:
            self._on_proved(socket)

    def _closed(self, closed: Closed) -> None:  # noqa: ARG002 - whatever it was, it is no way
        self._fail()

    def _fail(self) -> None:
        if self._socket is not None:
            self.close()
            self._on_failed()
