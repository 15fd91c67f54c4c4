"""The route `ws`: from the handshake on, over a plain socket of our own or over Tornado's.

A mixin, as all of `handlers`. It lets in, hands frames over and says when a connection is gone; what frames mean is the
core's business.
"""

from __future__ import annotations

import socket
from typing import Any

from tornado.websocket import WebSocketHandler, WebSocketProtocol, WebSocketProtocol13

from nbchat.hub.effects import Connection, Login
from nbchat.hub.runner import Runner

from .direct import DirectPeer, DirectProtocol, can_take_over
from .handlers import HubHandler
from .peer import StreamPeer

ACCEPTED_FRAME = 1024 * 1024
"""Bytes that Tornado reads: more than `limits.FRAME_BYTES`, so that the hub can say what was too large before closing.
What is larger still is closed by Tornado with the same code."""


class Socket(HubHandler, WebSocketHandler):
    """`ws`: the socket. A host with a WebSocket mixin of its own puts it between this class and WebSocketHandler."""

    _login: Login
    _connection: Connection
    _runner: Runner | None = None

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Let in whom the host authenticated, from a page of this origin or from no page at all."""
        self.check_page()
        self._login = await self.require_login("execute")
        await super().get(*args, **kwargs)

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Read and write a plain socket ourselves; Tornado does it for TLS and wherever that cannot be."""
        usual = super().get_websocket_protocol()
        if isinstance(usual, WebSocketProtocol13) and can_take_over(self.request):
            return DirectProtocol(usual, self, self._taken_over)
        return usual

    def _taken_over(self, line: socket.socket, early: bytes) -> None:
        """The handshake is done; `early` came with it."""
        if self.site.hub is None:  # it went during the handshake
            line.close()
            return
        try:
            if line.family in (socket.AF_INET, socket.AF_INET6):  # a UNIX socket has no such option
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = DirectPeer(line, self.site.hub.runner, self._login, self.site.leaving)
        except BaseException:  # nobody else knows of it
            line.close()
            raise
        self.watch(self.site.hub.runner, peer.connection)
        if early:
            peer.take(early)

    def open(self, *args: str, **kwargs: str) -> None:  # noqa: ARG002 - Tornado's signature
        """The handshake is done. Does not call a host's own `open`: the hub keeps connections alive by itself."""
        stream = self.ws_connection.stream if self.ws_connection is not None else None
        if self.site.hub is None or stream is None:  # one of the two went during the handshake
            self.close(1001, "going_away")
            return
        self.set_nodelay(True)
        self._runner = self.site.hub.runner
        self._connection = self._runner.open(self._login, StreamPeer(self, stream))
        self.watch(self._runner, self._connection)

    def on_message(self, message: str | bytes) -> None:
        """One command."""
        if self._runner is not None:
            self._runner.receive(self._connection, message)

    def on_ping(self, data: bytes) -> None:  # noqa: ARG002 - Tornado's signature
        """The other side asks; Tornado has answered."""
        if self._runner is not None:
            self._runner.pinged(self._connection)

    def on_pong(self, data: bytes) -> None:  # noqa: ARG002 - Tornado's signature
        """The other side lives."""
        if self._runner is not None:
            self._runner.heard(self._connection)

    def on_close(self) -> None:
        """The socket is gone, whoever ended it."""
        if self._runner is not None:
            self._runner.closed(self._connection)
            self._runner = None

    @property
    def max_message_size(self) -> int:
        """See ACCEPTED_FRAME."""
        return ACCEPTED_FRAME

    @property
    def ping_interval(self) -> float:
        """The runner pings; Tornado's own would cost a task per connection."""
        return 0.0

    @property
    def ping_timeout(self) -> float:
        """See `ping_interval`."""
        return 0.0

    def get_compression_options(self) -> None:
        """Off: a compression context costs 160 KiB per connection and keeps frames from being shared."""
