"""A session whose hub is killed and comes back, as its observers hear of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.hubs import running_hub
from kit.processes import wait_until
from kit.servers import Server

from .conftest import Open


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """One that can be killed."""
    with running_hub(tmp_path, monkeypatch) as server:
        yield server


def test_observers_see_the_connection_go_and_come_back(session: Open, hub: Server) -> None:
    chat = session()
    states: list[str] = []
    back = threading.Event()

    def observe(change: Any) -> None:
        if not states or states[-1] != change.new.state:
            states.append(change.new.state)
        if change.new.state == "connected":
            back.set()

    chat.observe(observe, names="connection")
    hub.kill()
    wait_until(lambda: states == ["reconnecting"], what="the loss observed")
    hub.start()
    assert back.wait(60)
    assert states == ["reconnecting", "connected"]
