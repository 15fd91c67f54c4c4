"""The WebSocket of a client alone, before a server that takes connections and answers none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from nbchat.client.find import Hub
from nbchat.client.transport import Closed, Socket


@dataclass
class Silent:
    """A server on a machine that is far too busy: it reads, and says nothing.

    Attributes:
        asked: a word for each handshake that was begun.
        ended: a word for each connection that its client ended.
        open: connections of now.
        most: of them at once, so far.
    """

    port: int = 0
    asked: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    ended: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    open: int = 0
    most: int = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        with suppress(asyncio.IncompleteReadError):  # its client was closed before it asked
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.put_nowait(head)
            await reader.read()
        self.open -= 1
        writer.close()
        self.ended.put_nowait(b"")


@asynccontextmanager
async def silent() -> AsyncIterator[Silent]:
    there = Silent()
    server = await asyncio.start_server(there.take, "127.0.0.1", 0)
    there.port = int(server.sockets[0].getsockname()[1])
    try:
        yield there
    finally:
        server.close()
        await server.wait_closed()


def opened(port: int, closes: list[Closed], key: str = "k") -> Socket:
    def refuse(_: object = None) -> None:
        pytest.fail("nothing was answered")

    hub = Hub(f"http://127.0.0.1:{port}/nbchat/", {"X-Nbchat-Key": key}, "argument")
    return Socket(hub, on_opened=refuse, on_frame=refuse, on_closed=closes.append)


async def test_a_handshake_that_is_given_up_ends_before_the_next_one() -> None:
    """They went on for half a minute: a hub that could not keep up had three of each client to answer."""
    closes: list[Closed] = []
    async with silent() as server:
        for _ in range(3):
            socket = opened(server.port, closes)
            assert b"x-nbchat-key: k\r\n" in (await asyncio.wait_for(server.asked.get(), 60)).lower()
            socket.close()
            await asyncio.wait_for(server.ended.get(), 60)
            await socket.ended(60)
        assert (server.most, server.open) == (1, 0)
    assert closes == [], "who closes it knows"


async def test_what_is_closed_before_it_begins_asks_for_nothing() -> None:
    closes: list[Closed] = []
    async with silent() as server:
        before = opened(server.port, closes)
        before.close()
        await before.ended(60)
        early = opened(server.port, closes)
        await asyncio.sleep(0)  # it looks for the address
        early.close()
        await early.ended(60)
        await asyncio.wait_for(server.ended.get(), 60)  # it had found it, and says nothing there
        last = opened(server.port, closes, "last")
        assert b"x-nbchat-key: last\r\n" in (await asyncio.wait_for(server.asked.get(), 60)).lower()
        last.close()
        await last.ended(60)
        assert server.asked.empty()
    assert closes == []
