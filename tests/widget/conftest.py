"""A hub in this process, sessions that are closed after the test, and a front end as the build leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.hosted import Hosted
from kit.hubs import guest, hub_beside
from kit.servers import Server
from kit.views import comms

from nbchat import ChatSession, Client
from nbchat.widget import assets

Open = Callable[..., ChatSession]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    """Found by every client of this process."""
    with hub_beside(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Built files, so that these tests do not wait for Node."""
    static = tmp_path / "static"
    (static / "chunks").mkdir(parents=True)
    (static / "widget.js").write_text("export default {}")
    (static / "chunks" / "highlight-ABC.js").write_text("// colours")
    (static / "manifest.json").write_text('{"files": {}, "chunks": {"highlight": "highlight-ABC.js"}}')
    monkeypatch.setattr(assets, "STATIC", static)
    return static


@pytest.fixture
def session(hub: Server | Hosted, front_end: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Make a session: `session("ml-team")`."""
    made: list[ChatSession] = []

    def begin(conversation: str | None = "ml-team", **given: Any) -> ChatSession:
        made.append(ChatSession(conversation, **given))
        return made[-1]

    with comms(monkeypatch):
        yield begin
        for one in made:
            one.close()


@pytest.fixture
def grace(hub: Server | Hosted) -> Iterator[Client]:
    """Another person in the same channel."""
    with Client("ml-team", **guest(hub, "Grace")) as client:
        yield client
