"""A widget's view as its Python side sees it: one end of a comm, without a browser.

view = View(session)
view.sends({"t": "relay.open", "view": "v1"})
view.sets(conversation="c1")
view.state["messages"], view.heard
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm, CommManager

_manager = CommManager()


class RecordingComm(BaseComm):
    """A comm that keeps what it is told to send."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        super().__init__(*args, **kwargs)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        """Called by BaseComm for each message."""
        self.sent.append({"type": msg_type, **(data or {})})


@contextmanager
def comms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Widgets that are made inside get a comm whose other end can be looked at."""
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    monkeypatch.setattr(comm, "get_comm_manager", lambda: _manager)
    yield


class View:
    """The other end of one session's comm."""

    def __init__(self, session: Any) -> None:
        self._comm: RecordingComm = session.comm

    @property
    def state(self) -> dict[str, Any]:
        """The synced traits as a page has them now."""
        merged: dict[str, Any] = {}
        for message in list(self._comm.sent):
            if message["type"] == "comm_open" or message.get("method") == "update":
                merged.update(message["state"])
        return merged

    @property
    def updates(self) -> list[dict[str, Any]]:
        """Every change of traits that was sent, in order."""
        return [message["state"] for message in list(self._comm.sent) if message.get("method") == "update"]

    @property
    def heard(self) -> list[dict[str, Any]]:
        """The custom messages that came, in order."""
        return [message["content"] for message in list(self._comm.sent) if message.get("method") == "custom"]

    @property
    def gone(self) -> bool:
        """Whether the widget was removed from the page."""
        return self._comm.sent[-1]["type"] == "comm_close"

    def sets(self, **traits: Any) -> None:
        """Somebody changed traits in the page."""
        self._tell({"method": "update", "state": traits, "buffer_paths": []})

    def sends(self, content: dict[str, Any]) -> None:
        """The page sent a custom message."""
        self._tell({"method": "custom", "content": content})

    def _tell(self, data: dict[str, Any]) -> None:
        self._comm.handle_msg({"content": {"comm_id": self._comm.comm_id, "data": data}, "buffers": []})
