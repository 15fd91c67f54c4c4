"""A plain socket that the hub reads and writes itself, once Tornado has done the handshake.

    Tornado: request, login, origin, 101  ->  take_over  ->  DirectPeer: frames in, bytes out

It is the hub's `Peer`. Tornado's stream, request and handler are gone by then: what is left of a connection here is one
object and its socket. TLS, compression and event loops that cannot watch a socket stay with Tornado (`peer`). Never
decides anything: messages go to the runner, which also keeps connections alive.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream, StreamClosedError
from tornado.util import ObjectDict
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from nbchat.hub.effects import Connection, Login
from nbchat.hub.runner import Runner
from nbchat.protocol.limits import FRAME_BYTES

from .frames import BINARY, CLOSE, PONG, TEXT, BadFrames, Frames, TooLarge, close_frame, pong_frame
from .line import Heard

CHUNK = 16 * 1024
"""Bytes taken from one socket before the others have their turn."""
GOODBYE_SECONDS = 5.0
"""How long the other side may take to answer a close."""
PIECES_A_FRAME = 16
"""Pieces of messages that cost as much as a frame. Clients send messages whole; empty pieces would cost only time."""


def can_take_over(request: HTTPServerRequest) -> bool:
    """Whether it came on a plain socket, on a loop that can watch it (Windows' own loop cannot)."""
    stream = getattr(request.connection, "stream", None)
    if type(stream) is not IOStream or stream.closed():
        return False
    return type(asyncio.get_running_loop()).add_reader is not asyncio.AbstractEventLoop.add_reader


class DirectProtocol(WebSocketProtocol13):
    """Tornado's handshake with our own reader behind it: `then` is given the socket and what was read already."""

    def __init__(self, usual: WebSocketProtocol13, handler: WebSocketHandler, then: Callable[..., None]) -> None:
        super().__init__(handler, False, usual.params)
        self._then = then

    async def accept_connection(self, handler: WebSocketHandler) -> None:
        """Answer with 101 and hand the socket over; what is no good handshake is answered by Tornado."""
        key = handler.request.headers.get("Sec-WebSocket-Key")
        if not key:
            await super().accept_connection(handler)
            return
        handler.clear_header("Content-Type")
        handler.set_status(101)
        handler.set_header("Upgrade", "websocket")
        handler.set_header("Connection", "Upgrade")
        handler.set_header("Sec-WebSocket-Accept", self.compute_accept_value(key))
        written = handler.finish()
        stream = handler.detach()
        try:
            await written
            early, line = _released(stream)
        except StreamClosedError:
            return
        self._then(line, early)
        # They keep each other and all of the request, and would stay until Python looks for cycles.
        handler.ws_connection, handler.ui = None, ObjectDict()


def _released(stream: IOStream) -> tuple[bytes, socket.socket]:
    """Take the socket from its stream, and what the stream has read beyond the request.

    Asking for more than it can have gives all of it at once, or nothing, and then nothing is lost by closing the
    stream: the copy of the socket stays open.
    """
    try:
        read = asyncio.ensure_future(stream.read_bytes(1 << 24, partial=True))
        early = read.result() if read.done() else b""
        return early, stream.socket.dup()
    finally:  # also where no more files may be open
        stream.close()


class DirectPeer(Heard):
    """One open WebSocket. Implements `hub.outbound.Peer`, and reads.

    Attributes:
        connection: the runner's number for it.
    """

    __slots__ = ("_frames", "_leaving", "_loop", "_pong", "_queue", "_said", "_socket")

    def __init__(self, line: socket.socket, runner: Runner, login: Login, leaving: set[DirectPeer]) -> None:
        """Begin to read.

        Args:
            line: connected and not blocking; closed by this.
            runner: is told what comes.
            login: whose connection it is.
            leaving: where it stands while it only waits for the other side's goodbye; see `end_all`.
        """
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = line
        self._runner: Runner | None = runner
        self._leaving = leaving
        self._frames = Frames(FRAME_BYTES)
        self._queue: deque[bytes | memoryview] | None = None
        self._pong: bytes | None = None
        self._said = False
        self.connection: Connection = runner.open(login, self)
        if self._socket is not None:
            self._loop.add_reader(line, self._readable)

    # ------------------------------------------------------------------------------------------------------- reading

    def take(self, data: bytes) -> None:
        """Take bytes that have arrived; ignored once the socket is gone."""
        try:
            for kind, payload in self._frames.read(data):
                if kind == CLOSE:
                    self._goodbye(payload)
                    return  # the other side has said that nothing comes after it
                if self._socket is not None and not self._said:
                    self._hear(kind, payload)
            self._charge_pieces()
        except BadFrames as bad:
            self._fail(bad.code, bad.reason)
        except TooLarge as large:
            self._refuse(large.size)
        except Exception:  # noqa: BLE001 - whatever it was, only this connection ends
            self._failed()
            self._stop_listening()

    def _hear(self, kind: int, payload: bytes) -> None:
        runner = self._runner
        if kind in (TEXT, BINARY):
            if runner is not None:
                runner.receive(self.connection, payload)
        elif kind == PONG:
            if runner is not None:
                runner.heard(self.connection)
        else:
            self._answer(payload)
            if runner is not None:
                runner.pinged(self.connection)

    def _charge_pieces(self) -> None:
        while self._frames.pieces >= PIECES_A_FRAME and self._runner is not None:
            self._frames.pieces -= PIECES_A_FRAME
            self._runner.pinged(self.connection)

    def _readable(self) -> None:
        line = self._socket
        if line is None:
            return
        try:
            data = line.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self.take(data)
        else:
            self._end()

    def _answer(self, payload: bytes) -> None:
        """To a reader that is slow only the last ping is answered (RFC 6455, 5.5.3): nothing piles up."""
        if self.buffered:
            self._pong = payload
        else:
            self.write(pong_frame(payload))

    def _goodbye(self, payload: bytes) -> None:
        """The other side closes, or has answered our close: nothing more is read, however many closes it sends."""
        if self._socket is None:
            return
        if not self._said:
            self._said = True
            self.write(bytes((0x88, min(2, len(payload)))) + payload[:2])
        self._lost()
        if self.buffered:
            self._leave()
            self._read_nothing()
            self.when_drained(self._end)
        else:
            self._end()

    def _refuse(self, size: int) -> None:
        """The runner says why, and closes; what follows of the message is not read as frames."""
        if self._runner is not None and not self._said:
            self._runner.oversized(self.connection, size)
        self._stop_listening()

    def _fail(self, code: int, reason: str) -> None:
        self._lost()
        self.close(code, reason)
        self._stop_listening()

    def _stop_listening(self) -> None:
        """Say nothing more either, once all has left."""
        self._read_nothing()
        self.when_drained(self._half_close)

    def _read_nothing(self) -> None:
        """Throw away what still comes, until the other side has gone or its time is over.

        Closing at once would reset the connection, and take the reason for it away.
        """
        line = self._socket
        if line is not None:
            self._loop.remove_reader(line)
            self._loop.add_reader(line, self._discard)

    def _half_close(self) -> None:
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_WR)
            except OSError:
                self._end()

    def _discard(self) -> None:
        try:
            if self._socket is None or self._socket.recv(CHUNK):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._end()

    # ------------------------------------------------------------------------------------------------------- writing

    def write(self, data: bytes) -> None:
        """Send whole frames; ignored once the socket is gone."""
        line = self._socket
        if line is None:
            return
        if self.buffered:
            self._keep(data)
            return
        try:
            sent = line.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self._loop.call_soon(self._end)
            return
        if sent < len(data):
            self._loop.add_writer(line, self._writable)
            self._keep(memoryview(data)[sent:])

    def _keep(self, data: bytes | memoryview) -> None:
        if self._queue is None:
            self._queue = deque()
        self._queue.append(data)
        self.buffered += len(data)

    def _writable(self) -> None:
        line, queue = self._socket, self._queue
        while line is not None and queue:
            try:
                sent = line.send(queue[0])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._end()
                return
            self.buffered -= sent
            if sent < len(queue[0]):
                queue[0] = memoryview(queue[0])[sent:]
                return
            queue.popleft()
        if line is not None:
            self._empty(line)

    def _empty(self, line: socket.socket) -> None:
        self._queue = None
        self._loop.remove_writer(line)
        if self._pong is not None and not self._said:
            pong, self._pong = self._pong, None
            self.write(pong_frame(pong))
        if not self.buffered:
            self._tell()

    # ------------------------------------------------------------------------------------------------------- the end

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after all that was written; the other side has some seconds to answer."""
        self._runner = None
        if self._socket is None or self._said:
            return
        self.write(close_frame(code, reason))
        self._said = True
        self._leave()

    def abort(self) -> None:
        """End at once."""
        self._runner = None
        self._end()

    def _leave(self) -> None:
        """Wait for the other side no longer than is polite."""
        if self not in self._leaving:
            self._leaving.add(self)
            self._loop.call_later(GOODBYE_SECONDS, self._end)

    def _end(self) -> None:
        line, self._socket = self._socket, None
        self._leaving.discard(self)
        if line is None:
            return
        self._loop.remove_reader(line)
        if self.buffered:
            self._loop.remove_writer(line)
        self._queue = self._drained = None
        self.buffered = 0
        line.close()
        self._lost()


def end_all(leaving: set[DirectPeer]) -> None:
    """End those that still wait for a goodbye: the host stops."""
    for peer in list(leaving):
        peer.abort()
