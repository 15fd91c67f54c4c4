"""A hub for each test, in this process or in one of its own, and clients that are closed after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.hosted import Hosted
from kit.hubs import guest, hub_beside, own_folders, running_hub
from kit.servers import Server

from nbchat import Client

Join = Callable[..., Client]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's folders inside the test's own."""
    return own_folders(tmp_path, monkeypatch)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server | Hosted]:
    """Found by every client of this process, in which it is; a file that needs another takes `of_process`."""
    with hub_beside(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def of_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """`nbchat serve`."""
    with running_hub(tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def join(hub: Server | Hosted) -> Iterator[Join]:
    """Make a client: `join("ml-team")` is the owner, `join("ml-team", name="Grace")` somebody else."""
    clients: list[Client] = []

    def begin(conversation: str | None = "ml-team", *, name: str | None = None, **given: Any) -> Client:
        who = guest(hub, name) if name else {}
        clients.append(Client(conversation, **{**who, **given}))
        return clients[-1]

    yield begin
    for client in clients:
        client.close()
