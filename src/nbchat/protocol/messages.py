"""The protocol, read from top to bottom: commands, replies, durable events, ephemeral events, control.

A client sends one command a text frame, a JSON object tagged by `t` with a `ref` of its own; the hub answers each with
exactly one reply that carries that `ref`, after the events which the command caused. The hub sends text frames that
are JSON arrays of replies and events; an empty array is the heartbeat. Unknown fields are ignored; unknown event kinds
are skipped and counted.

Rules that hold everywhere:

1. `seq` numbers the durable events of ONE conversation, gap-free from 1, given by the store at commit. Order is `seq`,
   never time.
2. Times are milliseconds UTC by the hub's clock at commit, for people only.
3. The author of an event is whom the hub authenticated; no command has an author field.
4. A client applies a durable event only if its `seq` is above what it has (its cursor), so applying twice is harmless.
5. Commands may have defaults; replies and events have none, so that TypeScript sees every field.

The shapes that they share (person, message, summary, ...) are in `shapes`, and can be imported from here too.

This module holds data only: no behaviour, no IO. The tables in docs/protocol.md and the TypeScript types are generated
from it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .shapes import (
    ConnectionKind as ConnectionKind,
    ConversationId as ConversationId,
    ConversationKind as ConversationKind,
    Key as Key,
    Limits as Limits,
    Mark as Mark,
    Message as Message,
    OwnRow as OwnRow,
    Person as Person,
    Position as Position,
    Preview as Preview,
    Ref as Ref,
    Resume as Resume,
    Seq as Seq,
    Status as Status,
    Summary as Summary,
)

# ------------------------------------------------------------------------------------------------------------ commands


class Command(Struct, frozen=True, kw_only=True, tag_field="t"):
    """Base of all commands."""

    ref: Ref


class Hello(Command, tag="hello"):
    """First command of a connection. Reply: `welcome`, then what `resume.watched` lacks."""

    kind: ConnectionKind = "page"
    client: Annotated[str, Meta(max_length=64, description="name and version of the client, for the log")] = ""
    resume: Resume = Resume()


class Ping(Command, tag="ping"):
    """Is anybody there? Reply: `pong`."""


class Post(Command, tag="post"):
    """Write a message. Reply: `accepted`, after the commit; the same key again gives the first result."""

    conversation: ConversationId
    key: Key
    text: str


class Open(Command, tag="open"):
    """Find a conversation by name and join it.

    `ml-team` the channel with that handle, `@ada` a direct conversation. Reply: `opened`.
    """

    name: Annotated[str, Meta(max_length=200)]
    create: bool = True
    """Make a channel that is not there; a direct conversation is always made."""


class Create(Command, tag="create"):
    """Make a group or a channel. Reply: `opened`; error `taken` where the handle is in use."""

    kind: Literal["group", "channel"]
    title: str
    key: Key
    members: Annotated[list[str], Meta(max_length=200)] = []
    """User ids besides one's own; groups only."""


class Join(Command, tag="join"):
    """Become a member of an open channel. Reply: `done`."""

    conversation: ConversationId


class Leave(Command, tag="leave"):
    """Stop being a member. Reply: `done`."""

    conversation: ConversationId


class Watch(Command, tag="watch"):
    """Open a conversation in a view: its snapshot, then typing, receipts and presence as they change. Reply: `done`."""

    conversation: ConversationId
    position: Position | None = None
    """What the client has; if the hub can bridge from there it sends events instead of a snapshot."""


class Unwatch(Command, tag="unwatch"):
    """No view shows it any more. Reply: `done`."""

    conversation: ConversationId


class History(Command, tag="history"):
    """A page of messages.

    the newest, or those before, after or around a seq (at most one of the three). Reply: `page`.
    """

    conversation: ConversationId
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class Read(Command, tag="read"):
    """Move the own read marker; it only grows, except with `back` ("mark unread from here"). Reply: `done`."""

    conversation: ConversationId
    seq: Seq
    back: bool = False


class Ack(Command, tag="ack"):
    """Cursors that arrived here, at most once a second. Reply: `done`."""

    cursors: dict[str, Seq]


class Type(Command, tag="type"):
    """The person is typing (sent at most every 3 s) or has stopped. Reply: `done`."""

    conversation: ConversationId
    active: bool = True


class Rename(Command, tag="rename"):
    """Change the own display name. Reply: `done`; everybody who shares a conversation gets `named`."""

    name: str


class ListConversations(Command, tag="conversations"):
    """Older rows of the own list, below `before` (the last row's id). Reply: `conversations`."""

    before: ConversationId | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class FindPeople(Command, tag="people"):
    """The directory: people of this hub whose name or id contains the query, by name. Reply: `people`."""

    query: Annotated[str, Meta(max_length=100)] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class FindChannels(Command, tag="channels"):
    """Open channels whose handle or title contains the query, by last event. Reply: `channels`."""

    query: Annotated[str, Meta(max_length=100)] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


# ------------------------------------------------------------------------------------------------------------- replies


class FromHub(Struct, frozen=True, kw_only=True, tag_field="t"):
    """Base of everything that a hub sends."""


class Reply(FromHub, tag="reply"):
    """Base of all replies; never sent itself."""

    ref: int


class Done(Reply, tag="done"):
    """It happened, and is on disk where it was to be stored."""


class Pong(Reply, tag="pong"):
    """Here."""


class Welcome(Reply, tag="welcome"):
    """Who one is, what the hub allows, and the newest rows of the own list (plus those asked for by `resume.known`)."""

    me: Person
    owner: Annotated[bool, Meta(description="whether this is the store's owner")]
    store: Annotated[str, Meta(description="the store's id: pages know the hub by it")]
    now: Annotated[int, Meta(description="the hub's clock, ms UTC")]
    limits: Limits
    reconnect_cap: Annotated[float, Meta(description="seconds: upper bound of the reconnect delay")]
    uv: int
    own: Annotated[list[OwnRow], Meta(description="own state newer than resume.uv")]
    conversations: list[Summary]
    people: list[Person]
    more: Annotated[bool, Meta(description="the list goes on below")]


class Accepted(Reply, tag="accepted"):
    """The message is on disk as this seq."""

    conversation: str
    key: str
    seq: int
    at: int


class Opened(Reply, tag="opened"):
    """The conversation is there and one is a member; its `added` event came before."""

    conversation: str


class Page(Reply, tag="page"):
    """Messages, oldest first, as of one seq, and the events since then that touch them.

    As many as were asked for, or as have 256 KiB of text, at least one if there are any. Fixups do not move the
    cursor.
    """

    conversation: str
    epoch: str
    messages: list[Message]
    as_of: int
    has_before: bool
    has_after: bool
    fixups: list[Created | Joined | Left | Posted]
    people: list[Person]


class Conversations(Reply, tag="conversations"):
    """Rows of the own list, newest first."""

    conversations: list[Summary]
    people: list[Person]
    more: bool


class People(Reply, tag="people"):
    """People of the directory, by name."""

    people: list[Person]
    more: bool


class Channels(Reply, tag="channels"):
    """Open channels; `joined` says whether one is a member."""

    channels: list[Summary]
    people: list[Person]
    more: bool


class Error(FromHub, tag="error"):
    """A command failed, or a frame could not be read (then `ref` is None unless it could be found)."""

    ref: int | None
    code: Annotated[str, Meta(description="one of the table of error codes")]
    text: Annotated[str, Meta(description="what happened, with the value, and what to do next")]
    retry_after: Annotated[float | None, Meta(description="seconds, where trying again helps")]


# ------------------------------------------------------------------------------------------------------ durable events


class Durable(FromHub, tag="durable"):
    """Base of the events that are stored, numbered and resumed."""

    conversation: str
    seq: int
    at: int
    author: str
    name: Annotated[str, Meta(description="the author's display name then; a newer one known from `people` wins")]


class Created(Durable, tag="created"):
    """The conversation came to be; always seq 1."""

    kind: ConversationKind
    title: str
    handle: str | None
    people: list[Person]


class Joined(Durable, tag="joined"):
    """A person became a member."""

    person: Person


class Left(Durable, tag="left"):
    """A person stopped being a member; the last event that they are given."""

    user: str


class Posted(Durable, tag="posted"):
    """A message was written."""

    key: str
    text: str
    via: ConnectionKind


# ------------------------------------------------------------------------------------- ephemeral events and own state


class Snapshot(FromHub, tag="snapshot"):
    """All that a view of one conversation needs, as of one seq; replaces what the client had of it."""

    summary: Summary
    as_of: int
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


class Added(FromHub, tag="added"):
    """A conversation that this connection was not told of: show its row. Events above `summary.last_seq` follow."""

    summary: Summary
    people: list[Person]


class Removed(FromHub, tag="removed"):
    """The user is no member of it any more: forget it."""

    conversation: str


class Limited(FromHub, tag="limited"):
    """Too far behind to be given every event: a snapshot follows, the rest is paged on demand."""

    conversation: str


class Reset(FromHub, tag="reset"):
    """The log is another one (epoch), or the client was ahead of it.

    forget the messages; a snapshot follows. The outbox stays.
    """

    conversation: str
    epoch: str


class Typing(FromHub, tag="typing"):
    """Who is typing, as the whole set (five ids and the count), so that a lost one heals."""

    conversation: str
    users: list[str]
    count: int


class Presence(FromHub, tag="presence"):
    """Who came or went among the members of a watched conversation, and how many are online."""

    conversation: str
    changed: Annotated[list[Status], Meta(description="empty above 200 members")]
    online: int


class Receipts(FromHub, tag="receipts"):
    """Marks that moved, coalesced to at most one a second."""

    conversation: str
    marks: list[Mark]


class Own(FromHub, tag="own"):
    """Own state that changed, on all connections of that user."""

    uv: int
    rows: list[OwnRow]


class Named(FromHub, tag="named"):
    """A person has another display name."""

    person: Person


class Bye(FromHub, tag="bye"):
    """The hub is about to close this connection; come back after about this many seconds."""

    code: int
    retry_after: float
    text: str


# -------------------------------------------------------------------------------------------------------------- unions

AnyCommand = (
    Hello
    | Ping
    | Post
    | Open
    | Create
    | Join
    | Leave
    | Watch
    | Unwatch
    | History
    | Read
    | Ack
    | Type
    | Rename
    | ListConversations
    | FindPeople
    | FindChannels
)
AnyReply = Done | Pong | Welcome | Accepted | Opened | Page | Conversations | People | Channels | Error
AnyDurable = Created | Joined | Left | Posted
AnyEphemeral = Snapshot | Added | Removed | Limited | Reset | Typing | Presence | Receipts | Own | Named | Bye
AnyFromHub = AnyReply | AnyDurable | AnyEphemeral
