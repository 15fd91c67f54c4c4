"""What is not numbered: snapshots, rows, news that heal by themselves, own state.

Part of `messages`: import them from there.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from .events import AnyDurable, Left
from .shapes import ConversationId, Mark, Message, Offered, OwnRow, Person, Seq, Standing, Status, Summary


class News(Struct, frozen=True, kw_only=True, tag_field="t"):
    """Base of what is not numbered."""


class Snapshot(News, tag="snapshot"):
    """All that a view of one conversation needs, as of one seq; replaces what the client had of it."""

    summary: Summary
    as_of: Seq
    messages: Annotated[
        list[Message], Meta(description="the newest, oldest first: at most 50 or 48 KiB, at least one if there are any")
    ]
    has_before: bool
    people: list[Person]
    members: Annotated[list[str], Meta(description="user ids; empty above 200 members")]
    online: Annotated[int, Meta(description="how many members are online")]
    presence: Annotated[list[Status], Meta(description="of the members; empty above 200")]
    marks: Annotated[list[Mark], Meta(description="receipts of the members; empty above 50 and in open channels")]
    receipts: Annotated[
        bool, Meta(description="whether delivery and reading are tracked here (two ticks), or not (one tick)")
    ]
    typing: list[str]
    typing_count: int
    standings: Annotated[list[Standing], Meta(description="another role, or muted; empty above 200 members")] = []
    commands: Annotated[list[Offered], Meta(description="slash commands that somebody answers here")] = []
    notices: Annotated[
        list[AnyDurable], Meta(description="what happened to the conversation between the messages, as in a page")
    ] = []


class Added(News, tag="added"):
    """A conversation that this connection was not told of: show its row. Events above `summary.last_seq` follow."""

    summary: Summary
    people: list[Person]


class Removed(News, tag="removed"):
    """The user is no member of it any more: forget it."""

    conversation: ConversationId
    left: Annotated[Left | None, Meta(description="how it ended, where somebody else did it while one was away")] = None


class Limited(News, tag="limited"):
    """Too far behind to be given every event: a snapshot follows, the rest is paged on demand."""

    conversation: ConversationId


class Reset(News, tag="reset"):
    """The log is another one (epoch), or the client was ahead of it.

    forget the messages; a snapshot follows. The outbox stays.
    """

    conversation: ConversationId
    epoch: str


class Typing(News, tag="typing"):
    """Who is typing, as the whole set (five ids and the count), so that a lost one heals."""

    conversation: ConversationId
    users: list[str]
    count: int
    thread: Annotated[Seq | None, Meta(description="in this thread; null: in the conversation")] = None


class Presence(News, tag="presence"):
    """Who came or went among the members of a watched conversation, and how many are online."""

    conversation: ConversationId
    changed: Annotated[list[Status], Meta(description="empty above 200 members")]
    online: int


class Receipts(News, tag="receipts"):
    """Marks that moved, coalesced to at most one a second."""

    conversation: ConversationId
    marks: list[Mark]


class Commands(News, tag="commands"):
    """The slash commands that somebody answers in a watched conversation, all of them."""

    conversation: ConversationId
    commands: list[Offered]


class Growing(News, tag="growing"):
    """More of a message that is still being written. A client that lacks the piece before waits for the `edited`.

    Where `n` is 0 nothing follows and nothing is stored, because who wrote it may not any more: what the message said
    before holds.
    """

    conversation: ConversationId
    message: Seq
    n: Seq
    text: str
    whole: Annotated[bool, Meta(description="all of the text so far, and not a piece")]


class Own(News, tag="own"):
    """Own state that changed, on all connections of that user."""

    uv: Seq
    rows: list[OwnRow]


class Named(News, tag="named"):
    """A person shows something else of themself: another display name, status or picture."""

    person: Person


class Bye(News, tag="bye"):
    """The hub is about to close this connection; come back after about this many seconds."""

    code: int
    retry_after: float
    text: str


AnyEphemeral = (
    Snapshot | Added | Removed | Limited | Reset | Typing | Presence | Receipts | Commands | Growing | Own | Named | Bye
)
