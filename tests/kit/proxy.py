"""A TCP proxy that misbehaves: cuts in the middle of a frame, goes half-open, delays, doubles, shuffles, stalls, slows.

    async with Proxy(server.port) as proxy:
        connect(proxy.port)
        proxy.cut(dice)                     # the next bytes of each connection are the last, and not all of them
        with proxy.silent(): ...            # nothing passes, and neither side is told
        proxy.upstream = other.port         # new connections go to another server

It passes bytes and knows no protocol. Everything happens on one event loop.
"""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

CHUNK = 64 * 1024
GATHER_SECONDS = 0.3
"""How long connections are held back before they are let through in another order."""
BITE = 1024
"""Bytes that a slow reader takes at a time."""
SMALL_BUFFER = 8 * 1024
"""What the operating system keeps for a reader here, so that one that stalls is soon felt by the server."""


@dataclass(eq=False)
class Passage:
    """One connection through the proxy.

    Attributes:
        dead: half-open: what comes is thrown away, and no end is passed on.
        left: bytes that still pass before it breaks; None: it does not.
    """

    streams: list[asyncio.StreamWriter] = field(default_factory=list)
    dead: bool = False
    left: int | None = None

    def break_(self) -> None:
        """End it with a reset on all sides, whatever waits to be sent."""
        for stream in self.streams:
            stream.transport.abort()


class Proxy:
    """One door to a server.

    Attributes:
        upstream: the loopback port to which new connections go.
        port: where it listens.
        delay: seconds by which each chunk is held back.
        pace: bytes a second that each reader takes of what the server says; None: as they come.
    """

    def __init__(self, upstream: int, dice: random.Random | None = None) -> None:
        self.upstream, self.port, self.delay = upstream, 0, 0.0
        self.pace: float | None = None
        self._dice = dice or random.Random(0)
        self._passages: set[Passage] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._doubling = self._shuffling = self._silent = False
        self._reads = asyncio.Event()
        self._reads.set()
        self._held: list[asyncio.Event] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=CHUNK, backlog=2048)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.break_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    # -------------------------------------------------------------------------------------------------- what goes wrong

    def break_all(self) -> None:
        """Reset every connection now."""
        for passage in list(self._passages):
            passage.break_()

    def cut(self, share: float = 1.0) -> None:
        """Break connections in the middle of what they say next."""
        for passage in self._chosen(share):
            passage.left = self._dice.randint(1, 60)

    def half_open(self, share: float = 1.0) -> None:
        """From now on nothing passes on these connections, and neither side learns of it until `heal`."""
        for passage in self._chosen(share):
            passage.dead = True

    def heal(self) -> None:
        """Break what is half-open: the network says at last that these connections are gone."""
        for passage in [one for one in self._passages if one.dead]:
            passage.break_()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """All connections are half-open, and new ones lead nowhere."""
        self.half_open()
        self._silent = True
        try:
            yield
        finally:
            self._silent = False
            self.heal()

    @contextmanager
    def delayed(self, seconds: float) -> Iterator[None]:
        """Each chunk takes so much longer, both ways."""
        self.delay = seconds
        try:
            yield
        finally:
            self.delay = 0.0

    @contextmanager
    def doubled(self) -> Iterator[None]:
        """New connections are made twice: the server is told everything two times, on two connections."""
        self._doubling = True
        try:
            yield
        finally:
            self._doubling = False

    @contextmanager
    def shuffled(self) -> Iterator[None]:
        """New connections come through in another order than they were begun."""
        self._shuffling = True
        try:
            yield
        finally:
            self._shuffling = False

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Nobody reads what the server says; what clients say still arrives."""
        self._reads.clear()
        try:
            yield
        finally:
            self._reads.set()

    @contextmanager
    def slowed(self, pace: float) -> Iterator[None]:
        """Everybody reads what the server says, but so many bytes a second only."""
        self.pace = pace
        try:
            yield
        finally:
            self.pace = None

    def _chosen(self, share: float) -> list[Passage]:
        return [one for one in sorted(self._passages, key=id) if self._dice.random() < share]

    # ------------------------------------------------------------------------------------------------------- passing on

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._enter(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passage = Passage([writer])
        self._passages.add(passage)
        try:
            if self._shuffling:
                await self._wait_for_a_turn()
            passage.dead = self._silent
            await self._pass(reader, writer, passage)
        except OSError:
            passage.break_()
        finally:
            self._passages.discard(passage)
            writer.close()

    async def _wait_for_a_turn(self) -> None:
        turn = asyncio.Event()
        self._held.append(turn)
        if len(self._held) == 1:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self._let_in)
        await turn.wait()

    def _let_in(self) -> None:
        held, self._held = self._held, []
        self._dice.shuffle(held)
        for turn in held:
            turn.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passage: Passage) -> None:
        up_reader, up = await _dial(self.upstream)
        passage.streams.append(up)
        ups, ways = [up], [self._copy(up_reader, [writer], passage, down=True)]
        if self._doubling:
            ghost_reader, ghost = await _dial(self.upstream)
            passage.streams.append(ghost)
            ups.append(ghost)
            ways.append(self._copy(ghost_reader, [], passage, down=True))
        ways.append(self._copy(reader, ups, passage, down=False))
        try:
            await asyncio.gather(*ways)
        finally:
            for stream in ups:
                stream.close()

    async def _copy(
        self, reader: asyncio.StreamReader, to: list[asyncio.StreamWriter], passage: Passage, *, down: bool
    ) -> None:
        """Pass on what comes until it ends; then the whole passage ends, unless it is half-open."""
        with suppress(OSError):
            while data := await self._read(reader, down=down):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if passage.left is not None:
                    data = data[: passage.left]
                if not passage.dead:
                    for stream in to:
                        stream.write(data)
                        await stream.drain()
                if passage.left is not None:
                    await asyncio.sleep(0)  # what was written leaves before the reset
                    passage.break_()
                    return
        if not passage.dead:
            for stream in passage.streams:
                stream.close()

    async def _read(self, reader: asyncio.StreamReader, *, down: bool) -> bytes:
        if not down:
            return await reader.read(CHUNK)
        await self._reads.wait()
        if self.pace is None:
            return await reader.read(CHUNK)
        data = await reader.read(BITE)
        await asyncio.sleep(len(data) / (self.pace or CHUNK))  # it may have ended meanwhile
        return data


async def _dial(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    line.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
    except OSError:
        line.close()
        raise
    return await asyncio.open_connection(sock=line, limit=CHUNK)
