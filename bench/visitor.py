"""One client of the hub for what the generator cannot ask: a single answer, how long it took, what came with it.

Speaks the protocol bare, without our client, so that nothing but the hub is measured.
"""

from __future__ import annotations

import asyncio
import time

import msgspec
from kit.servers import Server
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

Item = dict[str, object]


class Visitor:
    """One connection, asked from here; counts what comes."""

    def __init__(self, line: WebSocketClientConnection) -> None:
        self._line, self.bytes = line, 0

    @classmethod
    async def connects(cls, server: Server, name: str) -> Visitor:
        """Open the socket as somebody."""
        headers = {"Authorization": f"token {server.token}", "X-Nbchat-Name": name}
        url = f"ws://127.0.0.1:{server.port}/nbchat/ws"
        return cls(await websocket_connect(HTTPRequest(url, headers=headers)))

    async def joins(self, conversation: str, kind: str = "page") -> list[object]:
        """Say hello, become a member and look; returns the position that a later hello resumes from."""
        await self.asks({"t": "hello", "ref": 1, "kind": kind}, "welcome")
        await self.asks({"t": "join", "ref": 2, "conversation": conversation}, "done")
        _, items = await self.asks({"t": "watch", "ref": 3, "conversation": conversation}, "done")
        snapshot = next(one for one in items if one["t"] == "snapshot")
        summary = snapshot["summary"]
        if not isinstance(summary, dict):
            raise TypeError("a snapshot without a summary")
        return [summary["epoch"], snapshot["as_of"]]

    async def says(self, command: Item) -> None:
        """Send one command.

        Raises:
            tornado.websocket.WebSocketClosedError: the hub is gone.
        """
        await self._line.write_message(msgspec.json.encode(command))

    async def hears(self) -> list[Item] | None:
        """What the next frame says; None once the connection has ended."""
        frame = await asyncio.wait_for(self._line.read_message(), 60)
        if frame is None:
            return None
        self.bytes += len(frame)
        items: list[Item] = msgspec.json.decode(frame)
        return items

    async def asks(self, command: Item, answer: str, *, also: int = 0) -> tuple[float, list[Item]]:
        """Send, and read until this kind of item (or an event with this seq) has come; ms, and what came."""
        began, items = time.perf_counter(), list[Item]()
        await self.says(command)
        while not any(one["t"] == answer and (not also or one.get("seq") == also) for one in items):
            more = await self.hears()
            if more is None:
                raise RuntimeError("the hub closed the connection")
            items += more
            if refused := [one for one in more if one["t"] == "error"]:
                raise RuntimeError(f"the hub refused it: {refused[0]}")
        return 1e3 * (time.perf_counter() - began), items

    def leaves(self) -> None:
        """Hang up."""
        self._line.close()
