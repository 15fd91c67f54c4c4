"""A hub in a process of its own, sessions that are closed after the test, and a front end as the build leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.hubs import guest, running_hub
from kit.servers import Server
from kit.views import comms

from nbchat import ChatSession, Client
from nbchat.widget import assets

Open = Callable[..., ChatSession]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """`nbchat serve`, found by every client of this process."""
    with running_hub(tmp_path, monkeypatch) as server:
        yield server


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
def session(hub: Server, front_end: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
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
def grace(hub: Server) -> Iterator[Client]:
    """Another person in the same channel."""
    with Client("ml-team", **guest(hub, "Grace")) as client:
        yield client
