"""How the connection to the hub is, as people are told; made of what others know, it decides nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from nbchat.protocol.codes import CLOSES

from .find import Hub
from .outputs import ConnectionInfo
from .transport import Closed
from .ways import Way


@dataclass(frozen=True)
class Connection:
    """How the connection to the hub is.

    Attributes:
        state: "connecting", "connected", "reconnecting", or "signed_out" when the hub does not take the login any more.
        attempt: attempts since the connection was lost.
        retry_at: when the next attempt starts, in seconds of `time.time()`; None while one runs or none is planned.
        note: what there is to know about it, for people; "" when all is well.
        url: the hub.
        via: "websocket", "http" where no WebSocket gets through, or "" while it is not connected.
    """

    state: str
    attempt: int = 0
    retry_at: float | None = None
    note: str = ""
    url: str = ""
    via: Literal["", Way] = ""


def connection_of(info: ConnectionInfo, hub: Hub, failure: Closed | None, way: Way, held_up: str = "") -> Connection:
    """Return it as it is now.

    Args:
        info: what the link says.
        hub: where to.
        failure: why the last attempt did not work, if it did not.
        way: of the present attempt or connection.
        held_up: why the hub takes no messages, if it does not.
    """
    left = None if info.retry_at is None else time.time() + info.retry_at - time.monotonic()
    via: Literal["", Way] = way if info.state == "connected" else ""
    note = held_up if held_up and info.state == "connected" else _note(info, hub, failure)
    return Connection(info.state, info.attempt, left, note, hub.url, via)


def _note(info: ConnectionInfo, hub: Hub, failure: Closed | None) -> str:
    if info.state == "connected":
        return "The hub runs inside a process of yours; other people cannot reach it." if hub.place == "process" else ""
    notes = {
        "flood": "This client sent too much and has to wait.",
        "too_many_connections": "Too many sessions of yours are open.",
    }
    return notes.get(info.note) or info.detail or _failed(info, hub, failure)


def _failed(info: ConnectionInfo, hub: Hub, failure: Closed | None) -> str:
    """Why it ended or did not begin, without the numbers of the protocol."""
    if info.state == "signed_out" and (failure is None or not failure.said):
        do = "Ask its owner, or make another session, under another name."
        return f"You were signed out: {hub.url} takes this login no more. {do}"
    if failure is None:
        return ""
    row = CLOSES.get(failure.code or 0)
    return f"{hub.url}: {failure.why if row is None else row.text}"
