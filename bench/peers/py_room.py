"""The room of jupyter-server-ydoc: pycrdt's, behind a Tornado handler as jupyter-server-ydoc has it. Stores nothing.

With `--record FILE COUNT SIZE` it writes what a client sends that appends so many messages to a shared list, in the
form that `load --frames` takes.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from pycrdt import Array, Doc, create_update_message
from pycrdt.websocket import WebsocketServer
from tornado.httpserver import HTTPServer
from tornado.web import Application
from tornado.websocket import WebSocketHandler

MARK = "^0000000000000000"


class Room(WebSocketHandler):
    """One client."""

    path = "room"
    server: WebsocketServer
    tasks: set[asyncio.Task[None]] = set()  # noqa: RUF012 - of the process

    def check_origin(self, _origin: str) -> bool:
        """Any."""
        return True

    def open(self, *_: str) -> None:
        """Hand the connection to the room."""
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        task = asyncio.ensure_future(self.server.serve(self))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def __aiter__(self) -> "Room":
        return self

    async def __anext__(self) -> bytes:
        message = await self._queue.get()
        if not message:
            raise StopAsyncIteration
        return message

    async def send(self, message: bytes) -> None:
        """The room has something for this client."""
        self.write_message(message, binary=True)  # not awaited, as there: it would hold up the room

    async def recv(self) -> bytes:
        """The client's next message."""
        return await self._queue.get()

    def on_message(self, message: bytes) -> None:
        """One of the client's."""
        self._queue.put_nowait(message)

    def on_close(self) -> None:
        """The end of them."""
        self._queue.put_nowait(b"")


async def main(port: int) -> None:
    """Serve for ever."""
    async with WebsocketServer(auto_clean_rooms=False) as server:
        Room.server = server
        # Started before anybody comes, as jupyter-server-ydoc does under a lock: who comes meanwhile waits for ever.
        await server.get_room(Room.path)
        HTTPServer(Application([("/.*", Room)], log_function=lambda _: None)).listen(port, "127.0.0.1", backlog=4096)
        await asyncio.Event().wait()


def record(file: Path, count: int, size: int) -> None:
    """Write the updates of one client."""
    doc: Doc[Any] = Doc()
    doc["messages"] = messages = Array()
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(create_update_message(event.update)))
    for number in range(count):
        messages.append(f"{MARK} {number} ".ljust(size, "x"))
    framed = (bytes(4) + len(update).to_bytes(4, "little") + update for update in updates)
    file.write_bytes(b"".join(framed))


if sys.argv[1] == "--record":
    record(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
else:
    asyncio.run(main(int(sys.argv[1])))
