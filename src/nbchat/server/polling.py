"""The route for clients whose WebSockets do not get through: the same frames by long polling (docs/protocol.md).

    POST poll   {"t":"open"}                                    -> {"id"}
                {"t":"wait","id":…,"after":n}                   -> a line {"next","closed"}, then a line for each frame
                {"t":"send","id":…,"first":n,"frames":["…"]}    -> {}
                {"t":"close","id":…}                            -> {}

Each request is authenticated, authorised and asked where it comes from, as the handshake of a socket is, and must be
of the person who opened the connection. Decodes and hands over to `polled`, which knows no HTTP; decides nothing else.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from tornado.iostream import StreamClosedError
from tornado.web import stream_request_body

from nbchat.hub.effects import Login
from nbchat.protocol.codec import UNREADABLE

from .handlers import HubHandler, Problem, Site
from .polled import Mismatch, PollPeer

BODY_BYTES = 256 * 1024
"""Of a request: as a text inside JSON a frame of `limits.FRAME_BYTES` takes up to twice its size."""
READ_BYTES = 1024 * 1024
"""Of a request that says that it is too large so much is read, and forgotten, to answer in words; more is cut off."""

_Number = Annotated[int, msgspec.Meta(ge=0)]


class Open(msgspec.Struct, tag_field="t", tag="open"):
    """Begin a connection."""


class Wait(msgspec.Struct, tag_field="t", tag="wait"):
    """Ask for the frames after number `after`, and acknowledge those up to it."""

    id: str
    after: _Number


class Send(msgspec.Struct, tag_field="t", tag="send"):
    """Frames of the client; `first` is the number of the first one, and the first of a connection is 1."""

    id: str
    first: Annotated[int, msgspec.Meta(ge=1)]
    frames: list[str]


class Close(msgspec.Struct, tag_field="t", tag="close"):
    """End the connection."""

    id: str
    code: int | None = None


Asked = Open | Wait | Send | Close


class Opened(msgspec.Struct):
    """Answer of `open`."""

    id: str


@stream_request_body
class Poll(HubHandler):
    """`poll`. A host combines it with its base class; the body is bounded before it is read."""

    _waiting: tuple[PollPeer, asyncio.Future[bytes | None]] | None = None

    def initialize(self, site: Site) -> None:
        """Called by Tornado, before anything of the body is read."""
        super().initialize(site)
        self._body, self._too_large = bytearray(), False
        connection: Any = self.request.connection
        said = self.request.headers.get("Content-Length", "")
        modest = said.isdecimal() and len(said) < 10 and int(said) <= READ_BYTES
        connection.set_max_body_size(READ_BYTES if modest else BODY_BYTES)

    def check_xsrf_cookie(self) -> None:
        """Not asked of programs: what proves itself by a header of its own was sent by no page of another place."""
        if not self.shows_header():
            super().check_xsrf_cookie()

    def shows_header(self) -> bool:
        """Whether a header proves who this is. Raises `Problem` 403 where it proves nothing."""
        return self.key_holder() is not None

    def data_received(self, chunk: bytes) -> None:
        """A part of the body."""
        self._too_large = self._too_large or len(self._body) + len(chunk) > BODY_BYTES
        if not self._too_large:
            self._body += chunk

    def on_connection_close(self) -> None:
        """Who waited is not there any more."""
        super().on_connection_close()
        if self._waiting is not None:
            peer, waiter = self._waiting
            peer.left(waiter)

    async def post(self) -> None:
        """One of `Asked`."""
        self.check_page()
        login = await self.require_login("execute")
        if self._too_large:
            text = f"A request has at most {BODY_BYTES} bytes. Send fewer frames in one."
            raise Problem(413, "frame_too_large", text)
        try:
            asked = msgspec.json.decode(self._body, type=Asked)
        except UNREADABLE:
            raise Problem(400, "malformed", "Send open, wait, send or close, as docs/protocol.md has them.") from None
        match asked:
            case Open():
                self._open(login)
            case Wait(id, after):
                await self._wait(self._peer(id, login), after)
            case Send(id, first, frames):
                self._send(self._peer(id, login), first, frames)
            case Close(id):
                self._peer(id, login).end()
                self.answer({})

    def _peer(self, id: str, login: Login) -> PollPeer:
        peer = self.hub.polls.find(id, login.person.id)
        if peer is None:
            raise Problem(410, "gone", "This connection has ended. Open another one and resume.")
        return peer

    def _open(self, login: Login) -> None:
        runner = self.hub.runner
        peer = self.hub.polls.open(runner, login)
        self.watch(runner, peer.connection)
        self.answer(Opened(peer.id))

    def _send(self, peer: PollPeer, first: int, frames: list[str]) -> None:
        try:
            peer.receive(first, frames)
        except Mismatch as wrong:
            peer.end()
            raise Problem(400, "malformed", str(wrong)) from None
        self.answer({})

    async def _wait(self, peer: PollPeer, after: int) -> None:
        try:
            waiter = peer.wait(after)
        except Mismatch as wrong:  # perhaps an old request that a proxy has repeated: it ends nothing
            raise Problem(410, "gone", str(wrong)) from None
        self._waiting = peer, waiter
        answer = await waiter
        self._waiting = None
        if answer is None:
            raise Problem(410, "gone", "This connection has ended. Open another one and resume.")
        try:
            await self.give("application/x-ndjson", answer)
        except StreamClosedError:
            return  # what was not acknowledged is given to the next request
        peer.handed_out()
