"""The usual chat server on `websockets`: `broadcast`, which frames a message once. Stores nothing."""

import asyncio
import json
import sys
import time

from websockets.asyncio.server import ServerConnection, broadcast, serve

clients: set[ServerConnection] = set()
count = 0


async def talk(client: ServerConnection) -> None:
    """Number what one client says and hand it on."""
    global count  # noqa: PLW0603 - as such servers are written
    clients.add(client)
    try:
        async for text in client:
            count += 1
            broadcast(clients, json.dumps({**json.loads(text), "seq": count, "at": time.time()}))
    finally:
        clients.discard(client)


async def main() -> None:
    """Serve for ever."""
    async with serve(talk, "127.0.0.1", int(sys.argv[1]), compression=None, ping_interval=None, backlog=4096):
        await asyncio.Future()


asyncio.run(main())
