"""The WebSocket of a Python client: connects, hands over whole frames, sends, closes. Runs in the network thread.

It knows no protocol: what a frame means is the link's business. Failures come out as one `Closed` with the reason in
words and, where the login was refused, as `refused`. No ping of its own: the protocol has heartbeats.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbchat.protocol.limits import HELLO_DEADLINE

from .find import Hub, why
from .lifeline import MOST

if TYPE_CHECKING:
    from tornado.iostream import IOStream
    from tornado.websocket import WebSocketClientConnection

CONNECT_SECONDS = MOST * HELLO_DEADLINE
"""From the first packet to the end of the handshake, at most: the link gives up before, or then, and calls `close`."""
FRAME_IN_BYTES = 8 * 1024 * 1024
"""Largest frame from a hub: some times the 256 KiB of text that a page of history may have (`limits.PAGE_BYTES`)."""
GOODBYE_SECONDS = 5.0
"""How long the hub may take to answer a close."""
SAID_CHARS = 500
"""Of what a hub says where it lets nobody in; its own texts are shorter."""


@dataclass(frozen=True)
class Closed:
    """Why there is no connection any more.

    Attributes:
        code: the hub's close code (docs/protocol.md); None where the connection broke or never was.
        why: the reason in words.
        refused: the hub does not take the login: it has answered with 401 or 403.
        error: the row of the error table with which the hub answered, such as "store_full"; "" where it named none.
        said: what the hub said about that, in its own words.
    """

    code: int | None
    why: str
    refused: bool = False
    error: str = ""
    said: str = ""

    @property
    def unstored(self) -> bool:
        """Whether the hub answered, and its store is why it lets nobody new in."""
        return self.error.startswith("store_")


class Socket:
    """One connection, from `open` until it calls `on_closed`, exactly once.

    Args:
        hub: where to, and the login.
        on_opened: called after the handshake.
        on_frame: called with the text of each frame.
        on_closed: called when it is over, also if it never opened; never after `close()`.
    """

    def __init__(
        self,
        hub: Hub,
        *,
        on_opened: Callable[[], None],
        on_frame: Callable[[str | bytes], None],
        on_closed: Callable[[Closed], None],
    ) -> None:
        self._hub, self._on_opened, self._on_frame, self._on_closed = hub, on_opened, on_frame, on_closed
        self._attempt: WebSocketClientConnection | None = None
        self._connection: WebSocketClientConnection | None = None
        self._over = False
        self._stream: IOStream | None = None
        self._gone = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None
        self._opening = asyncio.get_running_loop().create_task(self._open())

    def send(self, frame: bytes | str) -> None:
        """Send one text frame. What cannot be sent is not lost: the link sends it again on the next connection."""
        from tornado.websocket import WebSocketClosedError

        if self._connection is None:
            return
        with suppress(WebSocketClosedError):
            sent = self._connection.write_message(frame)
            sent.add_done_callback(_retrieve)

    def hand_over(self, on_frame: Callable[[str | bytes], None], on_closed: Callable[[Closed], None]) -> None:
        """Tell these from now on: an open connection is used by somebody else."""
        self._on_frame, self._on_closed = on_frame, on_closed

    def close(self, code: int = 1000) -> None:
        """End it, also a handshake that is under way; `on_closed` will not be called."""
        self._over = True
        if self._connection is not None:
            self._connection.close(code)
            self._ending = asyncio.get_running_loop().create_task(self.ended(GOODBYE_SECONDS))
        elif self._attempt is None or self._attempt.protocol is None:  # else it has just opened, and `_open` cuts it
            self._give_up()

    async def ended(self, timeout: float) -> None:
        """After `close`: wait until the connection is gone, at most this many seconds; then it is cut."""
        try:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._gone.wait(), timeout)
        finally:  # also where the thread ends meanwhile
            self._opening.cancel()
            self._cut()

    def _give_up(self) -> None:
        """End the handshake: else the hub answers it in the end, beside the next one of this client."""
        self._opening.cancel()
        self._gone.set()
        if self._attempt is not None:
            self._attempt.final_callback = None  # type: ignore[assignment]  # so Tornado closes what it is opening
            if hasattr(self._attempt, "stream"):  # there is one
                self._attempt.stream.close()

    def _cut(self) -> None:
        self._gone.set()
        if self._stream is not None:
            self._stream.close()

    async def _open(self) -> None:
        try:
            connection = await self._handshake()
        except Exception as error:  # noqa: BLE001 - whatever keeps us from connecting has the same consequence
            self._gone.set()
            self._end(_explain(error))
            return
        self._connection, self._stream = connection, connection.protocol.stream if connection.protocol else None
        if self._over:  # nothing was said on it, so no goodbye either
            self._cut()
        else:
            self._on_opened()

    async def _handshake(self) -> WebSocketClientConnection:
        from tornado.httpclient import HTTPRequest
        from tornado.httputil import HTTPHeaders
        from tornado.websocket import WebSocketClientConnection

        # What `websocket_connect` does; but that returns nothing by which the attempt could be ended.
        request = HTTPRequest(
            self._hub.socket_url,
            headers=HTTPHeaders(self._hub.headers),
            connect_timeout=CONNECT_SECONDS,
            request_timeout=CONNECT_SECONDS,
            validate_cert=True,
        )
        self._attempt = WebSocketClientConnection(
            request, on_message_callback=self._received, max_message_size=FRAME_IN_BYTES
        )
        return await self._attempt.connect_future

    def _received(self, frame: str | bytes | None) -> None:
        if frame is None:
            self._lost()
        elif not self._over:
            self._on_frame(frame)

    def _lost(self) -> None:
        self._gone.set()
        connection = self._connection
        code = None if connection is None else connection.close_code
        if connection is not None:
            connection.close()  # its own half: tornado counts it as open until then
        self._end(Closed(code, f"the hub closed the connection ({code})" if code else "the connection was lost"))

    def _end(self, closed: Closed) -> None:
        if not self._over:
            self._over = True
            self._on_closed(closed)


def _explain(error: BaseException) -> Closed:
    from tornado.httpclient import HTTPClientError

    if isinstance(error, HTTPClientError):
        if error.code == 599:  # tornado's own: there was no answer
            return Closed(None, error.message or "no answer")
        return refusal(error.code, b"" if error.response is None else error.response.body)
    return Closed(None, why(error))


def refusal(status: int, body: bytes) -> Closed:
    """What an answer means that is none of those hoped for."""
    error, said = _said(body)
    # Without a hub's words it may be a proxy that does not like what was asked for.
    refused = bool(said) and status in (401, 403)
    return Closed(None, said or f"the server answered {status}", refused=refused, error=error, said=said)


def _said(body: bytes) -> tuple[str, str]:
    """Code and text of a hub's answer `{"code", "text"}`; both "" where what answered is another web server."""
    try:
        answer = json.loads(body)
        return str(answer["code"]), str(answer["text"])[:SAID_CHARS]
    except (ValueError, KeyError, TypeError):
        return "", ""


def _retrieve(sent: asyncio.Future[None]) -> None:
    """A write that failed is told by the connection's end; taking the exception keeps the log quiet."""
    if not sent.cancelled():
        sent.exception()
