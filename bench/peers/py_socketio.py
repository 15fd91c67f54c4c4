"""The usual chat server on python-socketio and uvicorn (with uvloop): a room, and `emit` to it. Stores nothing."""

import sys
import time
from typing import Any

import socketio
import uvicorn

server = socketio.AsyncServer(async_mode="asgi", ping_interval=600, ping_timeout=600, transports=["websocket"])
count = 0


@server.event
async def connect(sid: str, _environ: object) -> None:
    """Everybody is in one room."""
    await server.enter_room(sid, "room")


@server.on("post")
async def post(_sid: str, message: dict[str, Any]) -> None:
    """Number it and hand it on."""
    global count  # noqa: PLW0603 - as such servers are written
    count += 1
    await server.emit("post", {**message, "seq": count, "at": time.time()}, room="room")


uvicorn.run(
    socketio.ASGIApp(server), host="127.0.0.1", port=int(sys.argv[1]), log_level="critical",
    ws_per_message_deflate=False, ws_ping_interval=None, backlog=4096,
)  # fmt: skip
