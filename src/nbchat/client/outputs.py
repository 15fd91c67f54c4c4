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
    Found,
    Hits,
    Invited,
    Links,
    Log,
    Members,
    Opened,
    Page,
    People,
    Pointer,
    Pong,
    Reports,
    Versions,
    Welcome,
)

Answer = (
    Done
    | Pong
    | Welcome
    | Accepted
    | Opened
    | Page
    | Conversations
    | People
    | Channels
    | Found
    | Versions
    | Hits
    | Members
    | Invited
    | Links
    | Reports
    | Log
)
"""What a command gets when it succeeds."""

ConnectionState = Literal["connecting", "connected", "reconnecting", "signed_out"]
Note = Literal["", "too_many_connections", "flood", "cannot_store"]


@dataclass(frozen=True)
class Extra:
    """What a message is besides its text.

    Attributes:
        reply: seq of the message that it answers.
        thread: seq of the root of the thread that it belongs to.
        also: a reply of a thread that is to stand in the conversation, too.
        forward: the message that it passes on.
    """

    reply: int | None = None
    thread: int | None = None
    also: bool = False
    forward: Pointer | None = None


PLAIN = Extra()
"""A message that is nothing but its text."""


@dataclass
class Pending:
    """A message of one's own that the hub has not acknowledged; the link changes `status`, `error` and `code`.

    `at` is ms UTC when it was written. waiting: queued; sending: on its way; failed: refused for good. `error`
    says why it was refused, for people, and `code` which error of codes.ERRORS that is; one that is tried again has
    those of the last time. The rest is `Extra`.
    """

    key: str
    conversation: str
    text: str
    at: int
    status: Literal["waiting", "sending", "failed"] = "waiting"
    error: str | None = None
    code: str | None = None
    reply: int | None = None
    thread: int | None = None
    also: bool = False
    forward: Pointer | None = None

    @property
    def extra(self) -> Extra:
        """What it is besides its text."""
        return Extra(self.reply, self.thread, self.also, self.forward)


def pending(key: str, conversation: str, text: str, at: int, extra: Extra) -> Pending:
    """Return a message that waits to be sent."""
    one = Pending(key, conversation, text, at)
    one.reply, one.thread, one.also, one.forward = extra.reply, extra.thread, extra.also, extra.forward
    return one


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
    """The answer to `request` or `watch`; an Error of the hub, or `timeout`, `disconnected`, `other_person` of ours."""

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
    """What changed in `Link.state`: "list", "people", "me", "own", and ids of conversations (also pending messages)."""

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
