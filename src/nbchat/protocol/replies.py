"""The one answer that each command gets, by its `ref`. Part of `messages`: import them from there."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from .events import AnyDurable
from .shapes import (
    ConversationId,
    ConversationKind,
    Hit,
    Invitation,
    Limits,
    Member,
    Message,
    OwnRow,
    Person,
    Reported,
    Role,
    Seq,
    Settings,
    Summary,
)


class Reply(Struct, frozen=True, kw_only=True, tag_field="t", tag="reply"):
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
    uv: Seq
    own: Annotated[
        list[OwnRow],
        Meta(
            description="own state newer than resume.uv; on the first visit at most 256 KiB of drafts, the newest ones"
        ),
    ]
    conversations: list[Summary]
    people: list[Person]
    more: Annotated[bool, Meta(description="the list goes on below")]


class Accepted(Reply, tag="accepted"):
    """The message is on disk as this seq."""

    conversation: ConversationId
    key: str
    seq: Seq
    at: int


class Opened(Reply, tag="opened"):
    """The conversation is there and one is a member; its `added` event came before."""

    conversation: ConversationId


class Page(Reply, tag="page"):
    """Messages, oldest first, as of one seq, and the events since then that touch them.

    As many as were asked for, or as have 256 KiB of text, at least one if there are any. Fixups do not move the
    cursor.
    """

    conversation: ConversationId
    epoch: str
    messages: list[Message]
    as_of: Seq
    has_before: bool
    has_after: bool
    fixups: list[AnyDurable]
    people: list[Person]
    notices: Annotated[
        list[AnyDurable],
        Meta(
            description="what happened to the conversation between these messages, oldest first: NOTICED, at most "
            "the newest NOTICES between two messages; none in a thread"
        ),
    ] = []


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


class Found(Reply, tag="found"):
    """Single messages, as of one seq, and the events since then that touch them; as in a page."""

    conversation: ConversationId
    epoch: str
    messages: list[Message]
    as_of: Seq
    fixups: list[AnyDurable]
    people: list[Person]


class Versions(Reply, tag="versions"):
    """The `posted` and the `edited` events of one message, oldest first."""

    conversation: ConversationId
    message: Seq
    events: list[AnyDurable]


class Hits(Reply, tag="hits"):
    """Messages of several conversations, newest first; `next` goes on below them, null at the end."""

    hits: list[Hit]
    people: list[Person]
    next: Seq | None


class Members(Reply, tag="members"):
    """Members, by name."""

    conversation: ConversationId
    members: list[Member]
    more: bool


class Links(Reply, tag="links"):
    """Links by which people join, the newest first."""

    conversation: ConversationId
    links: list[Invitation]


class Invited(Reply, tag="invited"):
    """Where a link leads, for who has it: no message, and nobody's name but of who made the link."""

    conversation: ConversationId
    kind: ConversationKind
    title: str
    settings: Settings
    members: int
    by: Annotated[Person, Meta(description="who made the link")]
    role: Annotated[Role, Meta(description="as what one joins")]
    joined: Annotated[bool, Meta(description="one is a member already")]


class Reports(Reply, tag="reports"):
    """What was reported and is open."""

    conversation: ConversationId
    reports: list[Reported]
    people: list[Person]


class Log(Reply, tag="log"):
    """What moderators did, newest first: events of the conversation."""

    conversation: ConversationId
    events: list[AnyDurable]
    people: list[Person]
    more: bool


class Error(Struct, frozen=True, kw_only=True, tag_field="t", tag="error"):
    """A command failed, or a frame could not be read (then `ref` is None unless it could be found)."""

    ref: int | None
    code: Annotated[str, Meta(description="one of the table of error codes")]
    text: Annotated[str, Meta(description="what happened, with the value, and what to do next")]
    retry_after: Annotated[float | None, Meta(description="seconds, where trying again helps")]


AnyReply = (
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
    | Links
    | Invited
    | Reports
    | Log
    | Error
)
