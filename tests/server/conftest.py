"""Standalone hubs inside the test's own event loop, each on a loopback port and in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from kit.web import Line, Visitor, hang_up_all

from nbchat.protocol.messages import Hello, Open, Opened, Person, Welcome
from nbchat.server.config import Settings
from nbchat.server.standalone import Served, serve

OWNER = Person("ada", "ada")
Serve = Callable[..., Served]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's folders inside the test's own; nothing of the person who runs it is read or written."""
    for name in ("DATA", "RUNTIME", "CONFIG"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    for name in ("NBCHAT_URL", "NBCHAT_KEY", "JPY_PARENT_PID", "JUPYTERHUB_USER", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
async def hung_up() -> AsyncIterator[None]:
    """Sockets that a test leaves open are closed after it, and after its servers."""
    yield
    await hang_up_all()


@pytest.fixture
async def start(folders: Path) -> AsyncIterator[Serve]:
    """Start a hub: `start()`, `start(limits=HubLimits(…))`, `start(port=…)`; stopped after the test."""
    running: list[Served] = []

    def begin(*, token: str = "t" * 24, port: int = 0, ip: str = "127.0.0.1", **settings: Any) -> Served:
        given = Settings(**{"folder": folders / "nbchat", "owner": OWNER, **settings})
        running.append(serve(given, port=port, token=token, ip=ip))
        return running[-1]

    yield begin
    for served in reversed(running):
        await served.stop()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A front end as the build leaves it, so that these tests do not wait for Node."""
    from nbchat.server import pages

    static = tmp_path / "static"
    (static / "chunks").mkdir(parents=True)
    for name in ("page.js", "widget.js", "widget.css", "chunks/highlight-ABC.js"):
        (static / name).write_text("/* built */")
    monkeypatch.setattr(pages, "STATIC", static)
    return static


def owner(served: Served) -> Visitor:
    """A program with the hub's key."""
    return Visitor(served.url, {"X-Nbchat-Key": served.hub.keys.client})


async def guest(served: Served, name: str) -> Visitor:
    """A browser that opened the shared address and chose a name."""
    visitor = Visitor(served.url)
    assert (await visitor.get(token=served.door.token)).status == 302
    await visitor.get("api/me")
    answer = await visitor.post("api/me", {"choice": "new", "name": name})
    assert answer.status == 200, answer.body
    return visitor


async def enters(visitor: Visitor, name: str = "room") -> tuple[Line, str]:
    """Connect, be welcomed, and open a channel; its id."""
    line = await visitor.connects()
    await line.says(Hello(ref=1))
    await line.sees(Welcome)
    await line.says(Open(ref=2, name=name))
    return line, (await line.sees(Opened)).conversation
