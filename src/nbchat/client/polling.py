"""The same frames as over a WebSocket, by HTTP requests: for places where no WebSocket gets through.

The wire is in docs/protocol.md, "Over HTTP". One request waits for frames all the time, another one sends. Each may be
repeated, because both sides count: what fails on the network is tried a few times before the connection is given up.
It knows no chat; same callbacks as `transport.Socket`. Runs in the network thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tornado.httputil import HTTPInputError

from nbchat.protocol.limits import GATEWAYS, POLL_AGAIN, POLL_LOST, POLL_PROMPT

from .find import Hub, why
from .lane import Lane
from .transport import Closed, refusal

SEND_BYTES = 64 * 1024
"""Of frames in one request, but at least one frame. As texts in JSON they take up to twice that."""
NO_HUB = "what answers there is no hub"


class Over(Exception):
    """The connection has ended; `closed` says why."""

    def __init__(self, closed: Closed) -> None:
        super().__init__(closed.why)
        self.closed = closed


class Polling:
    """One connection, from `open` until it calls `on_closed`, exactly once.

    Args:
        hub: where to, and the login.
        on_opened: called when the hub has taken it.
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
        self._on_opened, self._on_frame, self._on_closed = on_opened, on_frame, on_closed
        self._in, self._out = (Lane(hub.poll_url, hub.headers) for _ in range(2))
        self._id: str | None = None
        self._over = False
        self._unsent: list[str] = []
        self._sent = 0
        self._loop = asyncio.get_running_loop()
        self._sending: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._receiving = self._loop.create_task(self._until_over(self._receive()))

    def send(self, frame: bytes | str) -> None:
        """Send one text frame. What cannot be sent is not lost: the link sends it again on the next connection."""
        if self._id is None or self._over:
            return
        self._unsent.append(frame if isinstance(frame, str) else frame.decode())
        if self._sending is None or self._sending.done():
            self._sending = self._loop.create_task(self._until_over(self._send()))

    def close(self, code: int = 1000) -> None:
        """End it, once what waits was sent; `on_closed` will not be called."""
        if self._over:
            return
        self._over = True
        self._receiving.cancel()
        self._leaving = self._loop.create_task(self._leave(code))

    async def ended(self, timeout: float) -> None:
        """After `close`: wait until the hub knows, at most this many seconds; then it is cut."""
        if self._leaving is not None:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._leaving, timeout)

    async def _until_over(self, work: Any) -> None:
        try:
            await work
        except Over as over:
            self._end(over.closed)

    async def _receive(self) -> None:
        self._id = _id_in(await self._ask(self._in, {"t": "open"}, again=()))
        self._on_opened()
        after, code = 0, None
        while code is None:
            answer = await self._ask(self._in, {"t": "wait", "id": self._id, "after": after}, seconds=POLL_LOST)
            after, code, frames = _parts(answer)
            for frame in frames:
                if self._over:
                    return
                self._on_frame(frame)
        raise Over(Closed(code, f"the hub closed the connection ({code})"))

    async def _send(self) -> None:
        while self._unsent:
            count = fitting(self._unsent)
            said = {"t": "send", "id": self._id, "first": self._sent + 1, "frames": self._unsent[:count]}
            await self._ask(self._out, said)
            del self._unsent[:count]
            self._sent += count

    async def _leave(self, code: int) -> None:
        try:
            if self._sending is not None:
                await self._sending
            if self._id is not None:
                await self._ask(self._out, {"t": "close", "id": self._id, "code": code}, again=())
        except Over:
            pass  # the hub takes our silence for the same
        finally:
            self._in.close()
            self._out.close()

    async def _ask(
        self,
        lane: Lane,
        said: dict[str, Any],
        *,
        seconds: float = POLL_PROMPT,
        again: tuple[float, ...] = POLL_AGAIN,
    ) -> bytes:
        """The body of the answer. Raises Over where there is none."""
        failed = Closed(None, NO_HUB)
        for delay in (*again, None):
            try:
                answer = await asyncio.wait_for(lane.post(body(said)), seconds)
            except asyncio.TimeoutError:
                failed = Closed(None, f"no answer within {seconds:.0f} s")
            except (OSError, HTTPInputError) as error:
                failed = Closed(None, why(error))
            else:
                if answer.status == 200:
                    return bytes(answer.body)
                failed = refusal(answer.status, bytes(answer.body))
                if answer.status not in GATEWAYS:
                    break
            if delay is not None:
                await asyncio.sleep(delay)
        raise Over(failed)

    def _end(self, closed: Closed) -> None:
        self._in.close()
        self._out.close()
        if self._over:
            return
        self._over = True
        for task in (self._receiving, self._sending):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self._on_closed(closed)


def body(said: dict[str, Any]) -> bytes:
    """What is sent. Letters stand for themselves: as escapes a Hebrew one would take three times as much."""
    return json.dumps(said, ensure_ascii=False).encode()


def fitting(frames: list[str]) -> int:
    """How many of them go into one request."""
    size = 0
    for count, frame in enumerate(frames):
        size += len(frame.encode())
        if count and size > SEND_BYTES:
            return count
    return len(frames)


def _id_in(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["id"])
    except (ValueError, KeyError, TypeError):
        raise Over(Closed(None, NO_HUB)) from None


def _parts(answer: bytes) -> tuple[int, int | None, list[str]]:
    """Number of the last frame, code of the close, and the frames."""
    try:
        head, *frames = answer.decode().split("\n")
        said = json.loads(head)
        return int(said["next"]), said["closed"], frames
    except (ValueError, KeyError, TypeError):
        raise Over(Closed(None, NO_HUB)) from None
