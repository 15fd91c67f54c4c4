"""Which way to the hub: a WebSocket, or HTTP requests where no WebSocket gets through. Pure; `drive` performs it.

    websocket --twice in a row no frame came, while the hub answers over HTTP--> http
    websocket <--one that was tried beside it brought a frame------------------- http
    websocket <--twice in a row no frame came, while the hub answers------------ http

A hub that is down is no reason to change: then HTTP fails too. A handshake proves nothing, because some proxies let it
through and swallow what follows; only a frame does.
"""

from __future__ import annotations

from typing import Literal

Way = Literal["websocket", "http"]
STRIKES = 2
"""Attempts in a row without a frame: one may have met a restart."""
TRY_SECONDS = 60.0
"""After which a WebSocket is tried again beside the requests: many proxies are those of a place that one leaves."""
TRY_SECONDS_MAX = 600.0
"""The pause doubles up to this."""


class Ways:
    """What is known about the ways of one client. Times are seconds of a monotonic clock.

    Attributes:
        way: the one to take next.
        doubtful: the last attempt brought no frame: `decide` wants to know whether the hub answers over HTTP.
        alone: the last `decide` was told that it does not.
    """

    def __init__(self) -> None:
        self.way: Way = "websocket"
        self.doubtful = self.alone = False
        self._strikes = 0
        self._try_at: float | None = None
        self._pause = TRY_SECONDS

    def failed(self) -> None:
        """An attempt on this way ended before any frame came."""
        self.doubtful = True

    def worked(self, now: float) -> None:
        """A frame came on this way."""
        self.doubtful = self.alone = False
        self._strikes = 0
        if self.way == "http" and self._try_at is None:
            self._try_at = now + self._pause

    def decide(self, *, answers: bool) -> Way:
        """Before the next attempt, where it is doubtful: whether the hub answers over HTTP now. Returns the way."""
        self.alone = not answers
        self._strikes = self._strikes + 1 if answers else 0
        if self._strikes >= STRIKES:
            self._change("http" if self.way == "websocket" else "websocket")
        return self.way

    def due(self) -> float | None:
        """When a WebSocket is to be tried beside the requests; None where there are none."""
        return self._try_at

    def tried(self, now: float) -> None:
        """It brought no frame."""
        self._pause = min(self._pause * 2, TRY_SECONDS_MAX)
        self._try_at = now + self._pause

    def opened(self) -> None:
        """It brought one: it is the way from now on."""
        self._change("websocket")
        self._pause = TRY_SECONDS

    def _change(self, way: Way) -> None:
        self.way, self._strikes, self._try_at = way, 0, None
        self.doubtful = False
