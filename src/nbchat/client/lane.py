"""One connection for HTTP requests, one after the other, kept open in between. Runs in the network thread.

Tornado's own clients make a connection for each request, which over TLS costs more than the request. Straight, as the
WebSocket and the search are: no proxy, no redirect. It knows no protocol.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient

BODY_BYTES = 16 * 1024 * 1024
"""Of an answer: one frame may have 8 MiB (`transport.FRAME_IN_BYTES`), and some come with it."""


@dataclass
class Answer(HTTPMessageDelegate):
    """What came back.

    Attributes:
        status: of HTTP; 0 until it has come.
        body: of the answer.
        whole: whether it came to its end.
    """

    status: int = 0
    body: bytearray = field(default_factory=bytearray)
    whole: bool = False
    headers: HTTPHeaders = field(default_factory=HTTPHeaders)

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """Called by Tornado."""
        if isinstance(start_line, ResponseStartLine):
            self.status, self.headers = start_line.code, headers

    def data_received(self, chunk: bytes) -> None:
        """Called by Tornado."""
        self.body += chunk

    def finish(self) -> None:
        """Called by Tornado."""
        self.whole = True


class Lane:
    """Requests to one address.

    Args:
        url: of all requests.
        headers: sent with each; the login.

    Example:
        lane = Lane("http://127.0.0.1:8888/nbchat/poll", {"X-Nbchat-Key": key})
        answer = await lane.post(b'{"t":"open"}')
    """

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self._is_tls = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._is_tls else 80)
        self._path = parts.path
        self._headers = {"Host": parts.netloc.rpartition("@")[2], "Content-Type": "application/json", **headers}
        self._stream: IOStream | None = None

    async def post(self, body: bytes) -> Answer:
        """Send this, and return the answer.

        A request that finds its connection closed by the other side is made again on a new one: it must be one that
        may come twice.

        Raises:
            OSError: no answer, or none that came to its end.
        """
        if self._stream is not None:
            kept = await self._once(self._stream, body)
            if kept.whole or kept.status:
                return self._checked(kept)
        self._stream = stream = await self._connected()
        return self._checked(await self._once(stream, body))

    def close(self) -> None:
        """End the connection, and what is under way on it."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    async def _connected(self) -> IOStream:
        context = ssl.create_default_context() if self._is_tls else None
        try:
            stream = await TCPClient().connect(self._host, self._port, ssl_options=context)
        except StreamClosedError as error:
            raise error.real_error if isinstance(error.real_error, OSError) else error from None
        stream.set_nodelay(True)
        return stream

    async def _once(self, stream: IOStream, body: bytes) -> Answer:
        answer = Answer()
        connection = HTTP1Connection(stream, True, HTTP1ConnectionParameters(max_body_size=BODY_BYTES))
        headers = HTTPHeaders({**self._headers, "Content-Length": str(len(body))})
        is_over = True
        try:
            await connection.write_headers(RequestStartLine("POST", self._path, ""), headers, body)
            connection.finish()
            await connection.read_response(answer)
            is_over = not answer.whole or answer.headers.get("Connection", "").lower() == "close"
        except StreamClosedError:
            pass  # seen by what is missing of the answer
        finally:
            if is_over:  # also where the request was given up
                self.close()
        return answer

    def _checked(self, answer: Answer) -> Answer:
        if not answer.whole:
            raise ConnectionResetError(0, "the connection was lost")
        return answer
