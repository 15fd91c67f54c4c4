"""What a link wants done, as data: its shell performs the outputs of `Link.take()` in the order given.

Pure data; same names in js/src/client/outputs.ts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nbchat.protocol.messages import (
    Accepted,
    AnyDurable,
    Channels,
    Conversations,
    Done,
    Error,
    Opened,
    Page,
    People,
    Pong,
    Welcome,
)

Answer = Done | Pong | Welcome | Accepted | Opened | Page | Conversations | People | Channels
"""What a command gets when it succeeds."""

ConnectionState = Literal["connecting", "connected", "reconnecting", "signed_out"]
Note = Literal["", "too_many_connections", "flood"]


@dataclass
class Pending:
    """A message of one's own that the hub has not acknowledged; the link changes `status` and `error`.

    `at` is ms UTC when it was written. waiting: queued; sending: on its way; failed: refused, see `error`.
    """

    key: str
    conversation: str
    text: str
    at: int
    status: Literal["waiting", "sending", "failed"] = "waiting"
    error: str | None = None


@dataclass(frozen=True)
class ConnectionInfo:
    """How the connection is.

    Attributes:
        state: signed_out stays until `retry_now`; the others lead on by themselves.
        attempt: attempts since the connection was lost.
        retry_at: when the next attempt starts, by the clock of the inputs; None while one runs or none is planned.
        note: why it may take long.
        detail: what the hub said about it, for people.
    """

    state: ConnectionState
    attempt: int
    retry_at: float | None
    note: Note
    detail: str


@dataclass(frozen=True)
class Transmit:
    """Send this text frame on the open transport."""

    data: bytes


@dataclass(frozen=True)
class Connect:
    """Open a transport, then call `connected`, or `disconnected` where that fails."""


@dataclass(frozen=True)
class Hangup:
    """Drop the transport, whether open or opening, with this close code; call nothing for it any more."""

    code: int = 1000


@dataclass(frozen=True)
class Keep:
    """Write this message to the durable outbox, before what follows is performed."""

    pending: Pending


@dataclass(frozen=True)
class Forget:
    """Take the message with this key out of the durable outbox."""

    key: str


@dataclass(frozen=True)
class Settled:
    """The message is on the hub's disk as this seq."""

    pending: Pending
    seq: int


@dataclass(frozen=True)
class Refused:
    """The message will not be sent unless `retry` is called; `error` says why."""

    pending: Pending
    error: Error


@dataclass(frozen=True)
class Resolved:
    """The answer to `request` or `watch`; an Error of the hub, or of the link (`timeout`, `disconnected`)."""

    ref: int
    reply: Answer | Error


@dataclass(frozen=True)
class Arrived:
    """Durable events that came, each once and in order; never for kind page, which needs only the state."""

    events: tuple[AnyDurable, ...]


@dataclass(frozen=True)
class Identity:
    """The hub has said which store it is and who we are, for the first time or anew.

    Messages that were written for these two may be adopted now.
    """

    store: str
    user: str


@dataclass(frozen=True)
class Touched:
    """What changed in `Link.state`: "list", "people", "me", and ids of conversations (their pending messages too)."""

    what: frozenset[str]


@dataclass(frozen=True)
class StateChanged:
    """`Link.info` is another."""

    info: ConnectionInfo


Output = (
    Transmit
    | Connect
    | Hangup
    | Keep
    | Forget
    | Settled
    | Refused
    | Resolved
    | Arrived
    | Identity
    | Touched
    | StateChanged
)
