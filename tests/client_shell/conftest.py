"""A hub in a process of its own for each test, and clients that are closed after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.hubs import guest, own_folders, running_hub
from kit.servers import Server

from nbchat import Client

Join = Callable[..., Client]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's folders inside the test's own."""
    return own_folders(tmp_path, monkeypatch)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """`nbchat serve`, found by every client of this process."""
    with running_hub(tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def join(hub: Server) -> Iterator[Join]:
    """Make a client: `join("ml-team")` is the owner, `join("ml-team", name="Grace")` somebody else."""
    clients: list[Client] = []

    def begin(conversation: str | None = "ml-team", *, name: str | None = None, **given: Any) -> Client:
        who = guest(hub, name) if name else {}
        clients.append(Client(conversation, **{**who, **given}))
        return clients[-1]

    yield begin
    for client in clients:
        client.close()
