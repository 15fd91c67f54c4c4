"""Frames of views that cannot reach a hub themselves, carried through the kernel's comm: marimo, VS Code, Colab.

    view -> here   {"t": "relay.open" | "relay.frame" | "relay.pong" | "relay.close", "view": id, "data": frame}
    here -> view   {"t": "relay.opened" | "relay.frame" | "relay.ping" | "relay.closed", "view": id, "frames": [...],
    "code": n}

Each view has a hub connection of its own, with the session's login: what it writes is written by the session's user.
Frames go through as they are; this module reads none. Frames to a view are gathered for a twentieth of a second,
because each comm message counts against the kernel's iopub limit, and then the user's own output would be dropped.

A view that vanished says nothing (a comm cannot tell), so each is asked now and then whether it is there. Everything
runs in the network thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from nbchat.client.find import Hub
from nbchat.client.transport import Closed, Socket
from nbchat.protocol.limits import FRAME_BYTES, QUEUE_BYTES

log = logging.getLogger("nbchat")

FLUSH_SECONDS = 0.05
"""At most twenty comm messages a second for each view."""
VIEWS = 20
"""Views of one session at a time, as many as the hub allows pages of one user."""
PING_SECONDS = 60.0
"""How often a silent view is asked whether it is there."""
UNANSWERED = 5
"""Questions in a row without a word, after which it is taken to be gone: five minutes, because a busy kernel hears
nobody. Counted and not measured, because after the sleep of a laptop all timers are late. A view that lives opens
again."""
SLOW_READER, GOING_AWAY = 4002, 1001


class Network(Protocol):
    """What the relay needs of its session's network thread."""

    def soon(self, call: Callable[..., object], *args: Any) -> None:
        """Call this in the network thread."""


class Relay:
    """All views of one session that have no hub of their own.

    Args:
        network: where everything runs.
        hub: says which hub the session uses now.
        tell: sends a message to the views.
    """

    def __init__(self, network: Network, hub: Callable[[], Hub], tell: Callable[[dict[str, Any]], None]) -> None:
        self._network, self._hub, self._tell = network, hub, tell
        self._views: dict[str, _View] = {}

    def received(self, content: dict[str, Any]) -> None:
        """A message of a view came (from any thread). Messages that are none of ours are ignored."""
        self._network.soon(self._take, content)

    def close(self) -> None:
        """End all (from any thread)."""
        self._network.soon(self._close_all)

    def _take(self, content: dict[str, Any]) -> None:
        name, data = content.get("view"), content.get("data")
        if not isinstance(name, str) or not 0 < len(name) <= 64:
            return
        view = self._views.get(name)
        if view is not None:
            view.unanswered = 0
        match content.get("t"):
            case "relay.open":
                self._open(name)
            case "relay.frame" if view is None:
                self._tell({"t": "relay.closed", "view": name, "code": None, "why": "not open here"})
            case "relay.frame" if isinstance(data, str) and view is not None:
                view.send(data)
            case "relay.close" if view is not None:
                self._views.pop(name).close()

    def _open(self, name: str) -> None:
        before = self._views.pop(name, None)
        if before is not None:
            before.close()
        if len(self._views) >= VIEWS:
            self._tell({"t": "relay.closed", "view": name, "code": 4005, "why": f"{VIEWS} views are open already"})
            return
        self._views[name] = _View(name, self._hub(), self._tell, lambda view: self._ended(name, view))

    def _ended(self, name: str, view: _View) -> None:
        if self._views.get(name) is view:
            del self._views[name]

    def _close_all(self) -> None:
        views, self._views = list(self._views.values()), {}
        for view in views:
            view.end(Closed(GOING_AWAY, "the session was closed"))


class _View:
    """One view's connection."""

    def __init__(
        self, name: str, hub: Hub, tell: Callable[[dict[str, Any]], None], ended: Callable[[_View], None]
    ) -> None:
        self.unanswered = 0
        self._name, self._tell, self._ended = name, tell, ended
        self._frames: list[str] = []
        self._bytes = 0
        self._loop = asyncio.get_running_loop()
        self._flushing: asyncio.TimerHandle | None = None
        self._socket = Socket(hub, on_opened=self._opened, on_frame=self._received, on_closed=self.end)
        self._asking = self._loop.call_later(PING_SECONDS, self._ask)

    def send(self, frame: str) -> None:
        """Pass a frame on to the hub; one that is much too large ends the view, as it would end its connection."""
        if len(frame) > FRAME_BYTES * 4:
            self.end(Closed(1009, "the frame is too large"))
        else:
            self._socket.send(frame)

    def end(self, closed: Closed) -> None:
        """Tell the view that it is over, after what came before."""
        self._flush()
        self.close()
        self._tell({"t": "relay.closed", "view": self._name, "code": closed.code, "why": closed.why})
        self._ended(self)

    def close(self) -> None:
        """Let go of everything, silently."""
        self._asking.cancel()
        if self._flushing is not None:
            self._flushing.cancel()
        self._socket.close()

    def _opened(self) -> None:
        self._tell({"t": "relay.opened", "view": self._name})

    def _received(self, frame: str | bytes) -> None:
        text = frame if isinstance(frame, str) else frame.decode()
        self._frames.append(text)
        self._bytes += len(text)
        if self._bytes > QUEUE_BYTES:
            self.end(Closed(SLOW_READER, "more came than the notebook can carry"))
        elif self._flushing is None:
            self._flushing = self._loop.call_later(FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flushing = None
        frames, self._frames, self._bytes = self._frames, [], 0
        if frames:
            self._tell({"t": "relay.frame", "view": self._name, "frames": frames})

    def _ask(self) -> None:
        if self.unanswered >= UNANSWERED:
            log.debug("nbchat: the view %s did not answer %d times", self._name, self.unanswered)
            self.end(Closed(GOING_AWAY, "the view did not answer"))
            return
        self._asking = self._loop.call_later(PING_SECONDS, self._ask)
        self.unanswered += 1
        self._tell({"t": "relay.ping", "view": self._name})
