"""A hub in this process on a loop of its own thread, for tests that drive a browser from the main one.

with hosted(tmp_path, limits=HubLimits(…)) as hub:
    room = hub.does(fill(hub.served))
    page.goto(hub.served.owner_url)
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from kit.web import SECONDS, hang_up_all
from nbchat.protocol.limits import HubLimits
from nbchat.protocol.messages import Person
from nbchat.server.config import Settings
from nbchat.server.standalone import Served, serve

T = TypeVar("T")


class Hosted:
    """The running hub.

    Attributes:
        served: what `serve` gave; belongs to the other thread, so only its addresses and keys are read here.
    """

    served: Served

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def does(self, what: Coroutine[Any, Any, T]) -> T:
        """Run something on the hub's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(SECONDS)


@contextmanager
def hosted(folder: Path, *, limits: HubLimits | None = None, token: str = "t" * 24) -> Iterator[Hosted]:
    """Start a hub with its data in the folder, owned by Ada; it is stopped afterwards."""
    hub = Hosted()
    thread = threading.Thread(target=hub.loop.run_forever, name="a hosted hub", daemon=True)
    thread.start()
    settings = Settings(folder=folder, owner=Person("ada", "Ada"), limits=limits or HubLimits())

    async def begin() -> Served:
        return serve(settings, port=0, token=token)

    async def end() -> None:
        await hang_up_all()
        await hub.served.stop()

    hub.served = hub.does(begin())
    try:
        yield hub
    finally:
        hub.does(end())
        hub.loop.call_soon_threadsafe(hub.loop.stop)
        thread.join(SECONDS)
        hub.loop.close()
