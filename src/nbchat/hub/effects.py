"""What goes into the core (inputs) and what comes out of it (effects), as data.

The shell (`runner`) makes inputs of what happens and performs effects in the order given. Neither holds a socket,
a clock or a future: connections are numbers, waits are tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nbchat.protocol.messages import AnyCommand, AnyFromHub, ConnectionKind, Person

from .items import Item, Outcome
from .ports import Changes, Note, StoreFailed
from .queries import Answer, Query

Connection = int
"""Number of a connection, given by the shell, never used twice."""
Token = int
"""Number of a wait, given by the core; comes back with the answer."""


class Instant(Struct, frozen=True):
    """Now, twice: `mono` in seconds for timers, `wall` in ms UTC for people."""

    mono: float
    wall: int


class Login(Struct, frozen=True, kw_only=True):
    """Whom the host authenticated at the handshake, and what kinds of connection they may be."""

    person: Person
    owner: bool
    kinds: frozenset[ConnectionKind]


# -------------------------------------------------------------------------------------------------------------- inputs


class Opened(Struct, frozen=True):
    """A connection was authenticated and its handshake is done."""

    connection: Connection
    login: Login


class Received(Struct, frozen=True):
    """A command arrived."""

    connection: Connection
    command: AnyCommand


class Malformed(Struct, frozen=True):
    """A frame arrived that is no command: a row of the error table and what to fill in. It counts as a frame."""

    connection: Connection
    ref: int | None
    code: str
    values: dict[str, str]


class Pinged(Struct, frozen=True):
    """The other side sent what is no message and costs time: it counts as a frame.

    A ping of the WebSocket, which the shell has answered; a pong that nobody asked for; some pieces of messages.
    """

    connection: Connection


class SignedOut(Struct, frozen=True):
    """The host takes a login back: the connections that were opened with it are closed."""

    connections: frozenset[Connection]


class Closed(Struct, frozen=True):
    """The socket is gone; nothing can be sent any more."""

    connection: Connection


class Drained(Struct, frozen=True):
    """The queue of a connection that dropped ephemeral events is empty again: give it the current state."""

    connection: Connection


class Committed(Struct, frozen=True):
    """One batch of the store, all at once, so that what belongs together is sent together."""

    outcomes: Sequence[tuple[Token, Outcome]]


class Loaded(Struct, frozen=True):
    """The answer to a `Load`, or why there is none."""

    token: Token
    answer: Answer | StoreFailed


class Published(Struct, frozen=True):
    """News from another hub."""

    note: Note


class Changed(Struct, frozen=True):
    """What the store said has grown (from any process, this one included).

    `pushed`: it said so by itself. Only what answers an `AskChanges` moves the mark for the next one: that
    leaves nothing out, whatever else was lost.
    """

    changes: Changes
    pushed: bool = False


class Tick(Struct, frozen=True):
    """Time has passed; comes at least four times a second while anything waits."""


class Drain(Struct, frozen=True):
    """Shut down: say `bye` to everybody."""

    code: int


Input = (
    Opened
    | Received
    | Malformed
    | Pinged
    | SignedOut
    | Closed
    | Drained
    | Committed
    | Loaded
    | Published
    | Changed
    | Tick
    | Drain
)


# ------------------------------------------------------------------------------------------------------------- effects


class Send(Struct, frozen=True):
    """Give these items as ONE frame, encoded once, to each of these connections, in the same tick.

    `ephemeral` frames may be dropped for a connection whose queue is half full.
    """

    to: tuple[Connection, ...]
    items: tuple[AnyFromHub, ...]
    ephemeral: bool = False


class Close(Struct, frozen=True):
    """Close with a row of `codes.CLOSES`, after what was sent before."""

    connection: Connection
    code: int


class Write(Struct, frozen=True):
    """Submit an item to the store; the outcome comes back in `Committed`."""

    token: Token
    item: Item


class Load(Struct, frozen=True):
    """Ask the store; the answer comes back in `Loaded`."""

    token: Token
    query: Query


class Publish(Struct, frozen=True):
    """Ring at the other hubs."""

    note: Note


class AskChanges(Struct, frozen=True):
    """Ask the store what has grown; the answer comes back in `Changed`."""

    mark: int | None


class Fault(Struct, frozen=True):
    """A command, or what the hub does by itself, failed on a bug: log it with its traceback. All else went on."""

    error: Exception


Effect = Send | Close | Write | Load | Publish | AskChanges | Fault
