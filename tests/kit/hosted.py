"""A hub in this process on a loop of its own thread: there at once, for tests that do not kill it.

with hosted(tmp_path, limits=HubLimits(…)) as hub:
    room = hub.does(fill(hub.served))
    page.goto(hub.served.owner_url)
"""

from __future__ import annotations

import asyncio
import os
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
        data: its folder.
    """

    served: Served

    def __init__(self, data: Path) -> None:
        self.loop, self.data = asyncio.new_event_loop(), data

    @property
    def url(self) -> str:
        """Where it answers, with a slash at the end, as `kit.servers.Server` has it."""
        return self.served.url.removesuffix("nbchat/")

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.served.port

    @property
    def token(self) -> str:
        """What lets others in."""
        return self.served.door.token

    @property
    def runtime(self) -> Path:
        """Where it has left its note."""
        return Path(os.environ["JUPYTER_RUNTIME_DIR"])

    def does(self, what: Coroutine[Any, Any, T]) -> T:
        """Run something on the hub's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(SECONDS)


@contextmanager
def hosted(folder: Path, *, limits: HubLimits | None = None, token: str = "t" * 24) -> Iterator[Hosted]:
    """Start a hub with its data in the folder, owned by Ada; it is stopped afterwards."""
    hub = Hosted(folder)
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
