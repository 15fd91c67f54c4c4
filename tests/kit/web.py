"""A browser without a screen, and a program with headers: a cookie jar, and sockets that speak the protocol.

bob = Visitor(served.url)
await bob.get("", token=token)              # follows no redirect; cookies stay
line = await bob.connects()
await line.says(Hello(ref=1))
welcome = await line.sees(Welcome)
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode, urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.websocket import WebSocketClientConnection, websocket_connect

from nbchat.protocol.codec import decode_frame, encode_command
from nbchat.protocol.messages import Command

SECONDS = 60.0
"""How long any answer may take; the machine may be busy."""

T = TypeVar("T")


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: HTTPHeaders
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Refused(AssertionError):
    """The handshake was answered with another status than 101."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"the handshake got {status}: {body!r}")
        self.status, self.body = status, body


class Line:
    """One open socket."""

    opened: ClassVar[list[Line]] = []
    """All that were opened since `hang_up_all`."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.opened.append(self)
        self._seen: list[Any] = []
        self.heartbeats = 0

    async def says(self, command: Command) -> None:
        await self.socket.write_message(encode_command(command).decode())

    async def sends(self, data: str | bytes) -> None:
        await self.socket.write_message(data, binary=isinstance(data, bytes))

    async def sees(self, kind: type[T]) -> T:
        """The next item of that kind; the ones before it are passed over."""
        while True:
            while self._seen:
                item = self._seen.pop(0)
                if isinstance(item, kind):
                    return item
            data = await asyncio.wait_for(self.socket.read_message(), SECONDS)
            if data is None:
                raise AssertionError(f"closed with {self.socket.close_code} before a {kind.__name__} came")
            items, _ = decode_frame(data)
            self.heartbeats += not items
            self._seen.extend(items)

    async def closed(self) -> int | None:
        """Read on until the close, and return its code."""
        while await asyncio.wait_for(self.socket.read_message(), SECONDS) is not None:
            pass
        return self.socket.close_code

    async def hangs_up(self) -> None:
        """Close without waiting for the other side's agreement, as a browser does whose tab is closed."""
        stream = self.socket.protocol.stream if self.socket.protocol is not None else None
        self.socket.close()
        if stream is not None and not stream.closed():
            gone = asyncio.Event()
            stream.set_close_callback(gone.set)
            stream.close()
            await asyncio.wait_for(gone.wait(), SECONDS)


async def hang_up_all() -> None:
    """Close every socket that a test has left open."""
    lines, Line.opened = Line.opened, []
    await asyncio.gather(*(line.hangs_up() for line in lines))


class Visitor:
    """One browser profile (cookies are kept), or one program (headers are sent along)."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        """`url` ends in `/nbchat/`."""
        self.url, self.headers = url, headers or {}
        self.cookies: dict[str, str] = {}

    async def get(self, path: str = "", headers: dict[str, str] | None = None, **query: str) -> Answer:
        asked = f"?{urlencode(query)}" if query else ""
        return await self._fetch(HTTPRequest(f"{self.url}{path}{asked}", headers=self._send(headers)))

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
        """As a page does: with the XSRF cookie repeated in a header. Bytes are sent as they are."""
        given = {"X-XSRFToken": self.cookies.get("_xsrf", ""), "Content-Type": "application/json", **(headers or {})}
        sent = body if isinstance(body, bytes) else json.dumps(body)
        return await self._fetch(HTTPRequest(f"{self.url}{path}", method="POST", body=sent, headers=self._send(given)))

    async def asks(self, method: str, path: str = "", headers: dict[str, str] | None = None) -> Answer:
        """Any request, without anything that a page would add."""
        body = "" if method in {"POST", "PUT", "PATCH"} else None
        return await self._fetch(
            HTTPRequest(f"{self.url}{path}", method=method, body=body, headers=self._send(headers))
        )

    async def connects(self, headers: dict[str, str] | None = None, *, page: bool | None = None) -> Line:
        """Open the socket; a visitor with cookies sends the Origin that a page would.

        Raises:
            Refused: the handshake was refused.
        """
        own = {"Origin": self.origin} if (page if page is not None else bool(self.cookies)) else {}
        request = HTTPRequest(f"ws{self.url.removeprefix('http')}ws", headers=self._send({**own, **(headers or {})}))
        try:
            return Line(await asyncio.wait_for(websocket_connect(request), SECONDS))
        except HTTPClientError as error:
            raise Refused(error.code, error.response.body if error.response else b"") from None

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def _send(self, more: dict[str, str] | None) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self.headers, **({"Cookie": cookies} if cookies else {}), **(more or {})}

    async def _fetch(self, request: HTTPRequest) -> Answer:
        request.follow_redirects, request.request_timeout = False, SECONDS
        response = await asyncio.wait_for(AsyncHTTPClient().fetch(request, raise_error=False), SECONDS)
        for line in response.headers.get_list("Set-Cookie"):
            for morsel in SimpleCookie(line).values():
                self.cookies[morsel.key] = morsel.coded_value
        return Answer(response.code, response.headers, response.body)
