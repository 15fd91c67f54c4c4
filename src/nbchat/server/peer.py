"""A Tornado WebSocket as the hub's `Peer`, where the socket is not our own (`direct`): with TLS, or on Windows.

`write_message` per client costs two to three times as much as sending the bytes of one frame, so frames come here ready
made. While nothing waits they go to the socket in the same call; what the operating system does not take goes to the
stream, which keeps the order, and is counted here. Reading, pings and the closing handshake stay Tornado's.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler

from .line import Line


class StreamPeer(Line):
    """The sending half of one open WebSocket. Implements `hub.outbound.Peer`."""

    __slots__ = ("_handler", "_plain", "_stream")

    def __init__(self, handler: WebSocketHandler, stream: IOStream) -> None:
        """Send on this handler's connection.

        Args:
            handler: open; closes with a code.
            stream: its connection.
        """
        super().__init__()
        self._handler, self._stream = handler, stream
        # TLS needs its own writes to be repeated as they were, so only a plain socket is written to directly.
        self._plain = type(stream) is IOStream

    def write(self, data: bytes) -> None:
        """Send whole frames; ignored once the socket is gone."""
        if self._stream.closed():
            return
        rest: bytes | memoryview = data
        if self._plain and not self._stream.writing():
            try:
                sent = self._stream.socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                self._stream.close(exc_info=error)
                return
            if sent == len(data):
                return
            rest = memoryview(data)[sent:]
        size = len(rest)
        self.buffered += size
        with suppress(StreamClosedError):
            self._stream.write(rest).add_done_callback(partial(self._taken, size))

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after all that was written; Tornado ends the connection after five seconds at most."""
        self._handler.close(code, reason)

    def abort(self) -> None:
        """End at once."""
        self._stream.close()

    def _taken(self, size: int, future: Any) -> None:
        self.buffered -= size
        if self.buffered == 0 and future.exception() is None:
            self._tell()
