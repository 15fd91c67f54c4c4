"""A proxy as some offices have them: HTTP passes, WebSockets do not. On loopback, on a loop of its own thread.

    with firewall(server.port, mood="refuses") as wall:
        page.goto(f"http://127.0.0.1:{wall.port}/nbchat/")
        wall.mood = "lets through"          # for connections that begin from now on
        wall.breaks = 0.2                   # one of five pieces of what the server says is cut, and its connection ends
        wall.hang_up()                      # all connections of now

Moods: `refuses` answers an upgrade with 403; `strips` takes the headers away by which one asks for it, so that the
server sees a plain GET; `swallows` lets the handshake through and then no frame; `lets through` is no obstacle.
Browsers and Tornado ask for a WebSocket on a connection of its own, so only the first request is looked at.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Mood = Literal["refuses", "strips", "swallows", "lets through"]
CHUNK = 64 * 1024
SECONDS = 60.0
ASKS = re.compile(rb"\r\nupgrade: *websocket", re.IGNORECASE)
ASKING = re.compile(rb"\r\n(?:upgrade|connection|sec-websocket-[a-z]+):[^\r\n]*", re.IGNORECASE)
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Firewall:
    """The running proxy.

    Attributes:
        upstream: the loopback port behind it.
        port: where it listens.
        mood: what it does with who asks for a WebSocket.
        breaks: the share of pieces of answers that are cut.
        asked: how often somebody asked for a WebSocket.
        path: only those whose address has this in it are kept away.
    """

    def __init__(self, upstream: int, mood: Mood, path: str) -> None:
        self.upstream, self.mood, self.port, self.breaks, self.asked = upstream, mood, 0, 0.0, 0
        self.path = path
        self._loop = asyncio.new_event_loop()
        self._dice = random.Random(4)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def hang_up(self) -> None:
        """Reset every connection."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(SECONDS)

    async def _hang_up(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=CHUNK)
        self.port = int(server.sockets[0].getsockname()[1])
        return server

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        await self._hang_up()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(3):  # what was closed is closed after the loop's next turns
            await asyncio.sleep(0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._pass(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            mood: Mood = "lets through"
            if ASKS.search(head) and self.path.encode() in head.split(b" ", 2)[1]:
                mood, self.asked = self.mood, self.asked + 1
            if mood == "refuses":
                writer.write(REFUSAL)
                await writer.drain()
            else:
                await self._lead_on(ASKING.sub(b"", head) if mood == "strips" else head, mood, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()

    async def _lead_on(
        self, head: bytes, mood: Mood, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        up_reader, up = await asyncio.open_connection("127.0.0.1", self.upstream, limit=CHUNK)
        self._open.add(up)
        try:
            up.write(head)
            if mood == "swallows":
                writer.write(await up_reader.readuntil(b"\r\n\r\n"))
                await asyncio.gather(_swallow(reader, up), _swallow(up_reader, writer))
            else:
                await asyncio.gather(self._copy(reader, up), self._copy(up_reader, writer, down=True))
        finally:
            self._open.discard(up)
            up.close()

    async def _copy(self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, *, down: bool = False) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                is_cut = down and self._dice.random() < self.breaks
                to.write(data[: len(data) // 2] if is_cut else data)
                await to.drain()
                if is_cut:
                    break
        to.close()


async def _swallow(reader: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    """Nothing passes but the end."""
    with suppress(OSError):
        while await reader.read(CHUNK):
            pass
    to.close()


@contextmanager
def firewall(upstream: int, mood: Mood = "refuses", path: str = "") -> Iterator[Firewall]:
    """Have it before the server on this loopback port; `path`: JupyterLab cannot run a cell without its own sockets."""
    wall = Firewall(upstream, mood, path)
    thread = threading.Thread(target=wall._loop.run_forever, name="a firewall", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(wall._listen(), wall._loop).result(SECONDS)
    try:
        yield wall
    finally:
        asyncio.run_coroutine_threadsafe(wall._end(server), wall._loop).result(SECONDS)
        wall._loop.call_soon_threadsafe(wall._loop.stop)
        thread.join(SECONDS)
        wall._loop.close()
