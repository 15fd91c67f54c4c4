"""A client without a socket, request by request: what `kit.web.Line` is for sockets, with the numbers in the open.

line = await PollLine.opens(visitor)
await line.says(Hello(ref=1))
welcome = await line.sees(Welcome)
answer = await line.waits(after=0)          # the same frames again
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from kit.web import SECONDS, Answer, Visitor
from nbchat.protocol.codec import decode_frame, encode_command
from nbchat.protocol.messages import Command

T = TypeVar("T")


@dataclass(frozen=True)
class Waited:
    """What a wait brought: the number of its last frame, the code of a close, and the frames."""

    next: int
    closed: int | None
    frames: list[str]


class PollLine:
    """One connection over HTTP; `id` is the hub's name for it."""

    def __init__(self, visitor: Visitor, id: str) -> None:
        self.visitor, self.id = visitor, id
        self.got = self.sent = 0
        self._seen: list[Any] = []

    @classmethod
    async def opens(cls, visitor: Visitor) -> PollLine:
        return cls(visitor, (await asks(visitor, t="open")).json["id"])

    async def says(self, command: Command) -> None:
        await self.sends(encode_command(command).decode())

    async def sends(self, *frames: str) -> None:
        self.sent += len(frames)
        answer = await self.asks(t="send", first=self.sent + 1 - len(frames), frames=list(frames))
        assert (answer.status, answer.json) == (200, {}), answer

    async def waits(self, after: int | None = None) -> Waited:
        answer = await self.asks(t="wait", after=self.got if after is None else after)
        assert answer.status == 200, answer
        return read(answer)

    async def sees(self, kind: type[T]) -> T:
        """The next item of that kind; the ones before it are passed over."""
        while True:
            while self._seen:
                item = self._seen.pop(0)
                if isinstance(item, kind):
                    return item
            waited = await self.waits()
            if not waited.frames and waited.closed is not None:
                raise AssertionError(f"closed with {waited.closed} before a {kind.__name__} came")
            self.got = waited.next
            for frame in waited.frames:
                self._seen.extend(decode_frame(frame)[0])

    async def closed(self) -> int:
        """Read on until the close, and return its code."""
        while (waited := await self.waits()).closed is None:
            self.got = waited.next
        return waited.closed

    async def asks(self, **said: Any) -> Answer:
        return await asks(self.visitor, id=self.id, **said)


async def asks(visitor: Visitor, **said: Any) -> Answer:
    """One request of the route, as a page sends it."""
    own = {"Origin": visitor.origin} if visitor.cookies else {}
    return await visitor.post("poll", said, own)


def read(answer: Answer) -> Waited:
    """The answer of a wait."""
    head, *frames = answer.body.decode().split("\n")
    return Waited(**json.loads(head), frames=frames)


async def until(happens: Callable[[], object]) -> None:
    """Let the loop go on until this is so."""
    end = time.monotonic() + SECONDS
    while not happens():
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0)
