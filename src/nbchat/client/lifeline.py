"""The life of a link's connection: when to connect, when to give up, how long to wait, what to tell people.

Pure, part of the link, which acts on what this decides.

    new --> opening --opened--> greeting --welcomed--> live
              ^                    |                    |
              +----- waiting <-----+------- lost -------+-----> stopped (signed out; only `connect` leads on)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from nbchat.protocol.codes import CLOSES
from nbchat.protocol.limits import CLIENT_SILENCE, HELLO_DEADLINE, PONG_WAIT
from nbchat.protocol.messages import Error

from .backoff import Backoff
from .outputs import ConnectionInfo, ConnectionState, Note

Phase = Literal["new", "waiting", "opening", "greeting", "live", "stopped"]
Step = Literal["connect", "hang up", "ping"]

STABLE = 10.0
"""Seconds that a connection must live before the delays start from the beginning: a hub that dies at once is not helped
by haste."""
LONG_WAIT = 60.0
"""Seconds after a close that says trying soon is wrong (flood, too many connections): rate limits count in minutes."""
MOST = 3
"""So many times HELLO_DEADLINE a handshake may last, and the welcome after it, once the time of two attempts in a row
was up: of a crowd that comes to a busy machine all would be a little too late, each time. Not before, because after two
a client looks for another way (`ways`)."""
LATE = 5.0
"""An alarm that comes this many seconds late means that the machine slept, or that the browser held timers back."""

_NOTES: dict[str, Note] = {"flood": "flood", "too_many_connections": "too_many_connections"}


class Lifeline:
    """The state of one link's connection, over all its transports. Times are seconds of a monotonic clock.

    Args:
        jitter: a random number in [0, 1) each time.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.phase: Phase = "new"
        self.detail = ""
        """What the hub said last about why not, for people."""
        self.retry_after = 0.0
        """Seconds, as `bye` asked."""
        self._backoff = Backoff(jitter)
        self._deadline = 0.0  # of the phase: next attempt, handshake, welcome
        self._since = self._heard = 0.0
        self._pong_by: float | None = None
        self._attempt = 0
        self._given_up = 0
        """Attempts in a row whose time was up."""
        self._note: Note = ""
        self._refusal: Note = ""
        """Why the hub did not let this connection in."""
        self._was_live = False

    @property
    def live(self) -> bool:
        """Whether commands can be sent."""
        return self.phase == "live"

    @property
    def open(self) -> bool:
        """Whether frames may come."""
        return self.phase in ("greeting", "live")

    @property
    def info(self) -> ConnectionInfo:
        """How the connection is, for people."""
        trying: ConnectionState = "reconnecting" if self._was_live or self._attempt > 1 else "connecting"
        state: ConnectionState = "connected" if self.live else "signed_out" if self.phase == "stopped" else trying
        retry_at = self._deadline if self.phase == "waiting" else None
        return ConnectionInfo(state, self._attempt, retry_at, self._note, self.detail)

    def connect(self, now: float) -> None:
        """An attempt begins; the handshake gets as long as the welcome after it."""
        self._enter("opening", now)
        self._attempt += 1

    def opened(self, now: float) -> float:
        """The transport is open and hello is sent. Returns until when the welcome is waited for."""
        self._enter("greeting", now)
        return self._deadline

    def _enter(self, phase: Phase, now: float) -> None:
        self.phase, self._deadline = phase, now + HELLO_DEADLINE * (MOST if self._given_up > 1 else 1)

    def welcomed(self, cap: float, now: float) -> None:
        """The hub has let us in; `cap` is its upper bound for the delays."""
        self.phase, self._since, self._backoff.cap = "live", now, cap
        self._attempt, self._note, self.detail, self._was_live = 0, "", "", True

    def refused(self, error: Error) -> bool:
        """The hub did not let us in. Returns whether it is to be hung up, and asked again; else it hangs up."""
        self.detail = error.text
        if not error.code.startswith("store_"):
            return False
        self._refusal = "cannot_store"
        self.retry_after = error.retry_after or 0.0
        return True

    def heard(self, now: float) -> None:
        """Something came: the connection lives."""
        self._heard, self._pong_by = now, None

    def pinged(self, now: float) -> None:
        """A ping was sent, and its answer is waited for."""
        self._pong_by = now + PONG_WAIT

    def lost(self, code: int | None, now: float) -> None:
        """The connection is gone; decides when to try again by the table of close codes."""
        if self.live and now - self._since >= STABLE:
            self._backoff.reset()
        self._given_up = self._given_up + 1 if not self.live and now >= self._deadline else 0
        name = CLOSES[code].name if code in CLOSES else ""
        self._pong_by, self._note, self._refusal = None, _NOTES.get(name, self._refusal), ""
        self.phase = "stopped" if name == "signed_out" else "waiting"
        wait = LONG_WAIT if name in _NOTES else self._backoff.delay(floor=self.retry_after)
        self._deadline, self.retry_after = now + wait, 0.0

    def due(self) -> float | None:
        """Return when something is to be decided next."""
        if self.phase in ("waiting", "opening", "greeting"):
            return self._deadline
        if self.live:
            return self._heard + CLIENT_SILENCE if self._pong_by is None else self._pong_by
        return None

    def overdue(self, now: float) -> Step | None:
        """Return what is to be done about the time that has passed."""
        due = self.due()
        if due is None or due > now:
            return None
        if self.phase == "waiting":
            return "connect"
        return "ping" if self.live and self._pong_by is None else "hang up"

    def may_wake(self) -> Step | None:
        """Return what to do when the network is back or somebody looks again."""
        if self.phase == "waiting" and self._note != "flood":
            return "connect"
        return "ping" if self.live and self._pong_by is None else None
