"""What a client sends: one command a text frame, with a `ref` of its own.

Those about a conversation and its members are in `rooms`. Part of `messages`: import them from there. What each may do
is in docs/policy.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .shapes import (
    ConnectionKind,
    ConversationId,
    Key,
    OwnValue,
    Pointer,
    Position,
    Ref,
    Resume,
    Seq,
    Slash,
)


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
    reply: Seq | None = None
    """The message that it answers."""
    thread: Seq | None = None
    """The root of the thread that it belongs to."""
    also: bool = False
    """A reply of a thread that is to stand in the conversation, too."""
    forward: Pointer | None = None
    """The message that it passes on; the hub copies its text. The own text may be empty then."""


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
    thread: Seq | None = None
    """Of this thread: its root and its replies. Else of the conversation: all but replies of threads."""


class Read(Command, tag="read"):
    """Move the own read marker; it only grows, except with `back` ("mark unread from here"). Reply: `done`."""

    conversation: ConversationId
    seq: Seq
    back: bool = False
    thread: Seq | None = None
    """The marker in this thread instead."""


class Ack(Command, tag="ack"):
    """Cursors that arrived here, at most once a second. Reply: `done`."""

    cursors: dict[str, Seq]


class Type(Command, tag="type"):
    """The person is typing (sent at most every 3 s) or has stopped. Reply: `done`."""

    conversation: ConversationId
    active: bool = True
    thread: Seq | None = None


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


# ---------------------------------------------------------------------------------------------- messages that are there


class Edit(Command, tag="edit"):
    """Change the text of an own message. Reply: `done`, also for the same key again; error `deleted` where it is."""

    conversation: ConversationId
    message: Seq
    text: str
    key: Key
    grown: bool = False
    """This is what `grow` was about: the message has come to its end, and does not count as edited."""


class Grow(Command, tag="grow"):
    """More of an own message that is still being written, as an answer is that a program computes. Reply: `done`.

    It is told to who looks, and not stored: an `edit` with `grown` ends it. If the connection ends before, the hub
    stores what there is.
    """

    conversation: ConversationId
    message: Seq
    n: Seq
    """Number of this piece; a piece that does not follow the last one is refused."""
    text: str
    whole: bool = False
    """It is all of the text so far, and not a piece; begins, and mends what was lost."""


class Delete(Command, tag="delete"):
    """Delete a message for everybody: an own one, or as a moderator. Reply: `done`, also where it is."""

    conversation: ConversationId
    message: Seq


class React(Command, tag="react"):
    """Put an emoji under a message, or take it away. Reply: `done`, also where that is so already."""

    conversation: ConversationId
    message: Seq
    emoji: Annotated[str, Meta(max_length=64)]
    on: bool = True


class Pin(Command, tag="pin"):
    """Pin a message, or no more. Reply: `done`, also where that is so already."""

    conversation: ConversationId
    message: Seq
    on: bool = True


class Lookup(Command, tag="lookup"):
    """Single messages: quoted, pinned, saved, roots of threads. Reply: `found`; what is not there is left out."""

    conversation: ConversationId
    seqs: Annotated[list[Seq], Meta(max_length=50)]


class FindVersions(Command, tag="find_versions"):
    """What a message said before, oldest first; for members. Reply: `versions`; empty for one that is deleted."""

    conversation: ConversationId
    message: Seq


class FindPins(Command, tag="find_pins"):
    """The pinned messages, the one that was pinned last at the end, at most 100. Reply: `found`."""

    conversation: ConversationId


class FindMentions(Command, tag="find_mentions"):
    """Messages of all own conversations that mention oneself or everybody, newest first. Reply: `hits`."""

    before: Seq | None = None
    """`next` of the reply before."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class Follow(Command, tag="follow"):
    """Be told of a thread's replies, or no more. Whoever wrote the root, replies or is mentioned follows by itself.

    Reply: `done`; the own row `thread:` says how it is.
    """

    conversation: ConversationId
    thread: Seq
    on: bool = True


# -------------------------------------------------------------------------------------------------------- about oneself


class SetProfile(Command, tag="set_profile"):
    """Change what is not None of what others see of oneself. Reply: `done`; everybody who is connected gets `named`."""

    name: str | None = None
    status: Annotated[str, Meta(max_length=100)] | None = None
    emoji: Annotated[str, Meta(max_length=64)] | None = None
    color: Annotated[str, Meta(max_length=20)] | None = None
    hide_seen: bool | None = None


class SetOwn(Command, tag="set_own"):
    """Set a row of the own state: its key has `draft:`, `prefs:`, `saved:` or `block:`. Reply: `done`."""

    key: Annotated[str, Meta(max_length=300)]
    value: OwnValue
    """None takes it away."""


class ReadAll(Command, tag="read_all"):
    """Move the own read markers of all conversations and threads to their ends. Reply: `done`."""


class Offer(Command, tag="offer"):
    """The slash commands that this connection answers in a conversation, all of them; gone with the connection.

    Sessions and bots only. A message that begins with `/name` is theirs to answer. Reply: `done`.
    """

    conversation: ConversationId
    commands: Annotated[list[Slash], Meta(max_length=100)]
