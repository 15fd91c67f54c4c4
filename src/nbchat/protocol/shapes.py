"""The shapes that commands, replies and events share: person, message, summary, receipts, own state, positions.

Data only, as in `messages`, which hands all of them on: import them from there. A field with a default is one that was
added later, or is seldom set; the hub always sends it, so that TypeScript sees every field.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

ConversationKind = Literal["direct", "group", "channel"]
"""direct: two people (or one with themself); group: invited members; channel: open, anybody may look and join."""

ConnectionKind = Literal["page", "session", "bot"]
"""page: a browser; session: a notebook's ChatSession; bot: a Client. Only pages make a person online."""

Role = Literal["owner", "moderator", "member", "guest"]
"""What a member may do; docs/policy.md has the table. Whoever makes a conversation is its first owner."""

Level = Literal["all", "mentions", "none"]
"""What a person wants to be told of in one conversation."""

ConversationId = Annotated[str, Meta(description="12 random characters, or what the client was given", max_length=64)]
UserId = Annotated[str, Meta(description="as the server knows them", max_length=200)]
LARGEST = 2**53
"""Up to here the numbers of a page are exact; a database holds some more."""
Seq = Annotated[int, Meta(ge=0, le=LARGEST)]
Ref = Annotated[int, Meta(description="chosen by the client, unique among its unanswered commands", ge=0, le=LARGEST)]
Key = Annotated[
    str,
    Meta(
        description="client key: text that its author uses once (above); the same key again is the same message",
        min_length=8,
        max_length=64,
    ),
]
EVERYBODY = "@all"
"""In the place of a user id in a message's mentions: everybody in the conversation."""


class Person(Struct, frozen=True):
    """Who somebody is for others: the user id that the server authenticated, and what they chose to show."""

    id: str
    name: str
    status: Annotated[str, Meta(description="a few words on what they are doing; empty: none")] = ""
    emoji: Annotated[str, Meta(description="beside the name; empty: none")] = ""
    color: Annotated[str, Meta(description="of the avatar, one of PERSON_COLORS; empty: by the id")] = ""
    hide_seen: Annotated[bool, Meta(description="does not tell when they were last online")] = False


class Mention(Struct, frozen=True):
    """Somebody whom a text names. `user` is an id, or `@all`; `word` is how the text has it (`@Ada Lovelace`)."""

    user: str
    word: str


class Forwarded(Struct, frozen=True):
    """The message that another one passes on, as it was then: a copy, which the original's end does not reach.

    `conversation` is empty, and `seq` 0, where it was neither in the same conversation nor in an open channel.
    """

    conversation: ConversationId
    seq: Seq
    author: str
    name: str
    at: int
    text: str


class Reaction(Struct, frozen=True):
    """One emoji under a message, and who chose it, in the order in which they did."""

    emoji: str
    users: list[str]


class Replies(Struct, frozen=True):
    """What a message is the root of: how many replies are not deleted, the last one, and who takes part."""

    count: int
    last_seq: Annotated[Seq, Meta(description="of the newest reply, deleted or not")]
    last_at: int
    users: Annotated[list[str], Meta(description="who replied, in the order of their first reply, at most 100")]


class Message(Struct, frozen=True):
    """The current state of one message; its id is the `seq` of its `Posted` event, its permalink `conversation/seq`."""

    seq: Seq
    v: Annotated[
        int, Meta(description="seq of the last event that changed it; apply an event to it only if its seq is above")
    ]
    key: str
    author: str
    at: int
    text: Annotated[str, Meta(description="empty once it is deleted")]
    via: ConnectionKind
    edited_at: int | None = None
    deleted: Annotated[str | None, Meta(description="who deleted it; a tombstone stays")] = None
    reply: Annotated[Seq | None, Meta(description="seq of the message that it answers")] = None
    thread: Annotated[Seq | None, Meta(description="seq of the root of the thread that it stands in")] = None
    also: Annotated[bool, Meta(description="a reply of a thread that stands in the conversation, too")] = False
    mentions: list[Mention] = []
    forwarded: Forwarded | None = None
    reactions: Annotated[list[Reaction], Meta(description="in the order of the first one of each")] = []
    pinned: Annotated[str | None, Meta(description="who pinned it")] = None
    replies: Annotated[Replies | None, Meta(description="of its thread; null while there was none")] = None


class Preview(Struct, frozen=True):
    """The last message of a conversation as its list row shows it."""

    seq: Seq
    author: str
    name: str
    at: int
    text: Annotated[str, Meta(description="the first 140 characters")]
    deleted: bool = False


class Settings(Struct, frozen=True):
    """What a conversation is about and how it works; changed as a whole by `described`."""

    topic: str = ""
    picture: Annotated[str, Meta(description="an emoji that stands for the conversation; empty: none")] = ""
    archived: Annotated[bool, Meta(description="nothing can be written any more; it is listed apart")] = False
    slow: Annotated[int, Meta(description="seconds between two messages of one member; 0: no slow mode")] = 0
    announcements: Annotated[bool, Meta(description="only moderators and owners write; threads are open")] = False


Aspect = Literal["title", "topic", "picture", "archived", "slow", "announcements"]
"""What of a conversation `described` may change: its title, or one of its `Settings`."""


class ThreadUnread(Struct, frozen=True):
    """A thread that one takes part in and that has unread replies. `read` is the own marker in it."""

    root: Seq
    read: Seq
    unread: int


class Summary(Struct, frozen=True):
    """One row of a person's conversation list."""

    id: ConversationId
    kind: ConversationKind
    title: Annotated[str, Meta(description="empty for a direct conversation: show the peer's name")]
    handle: Annotated[
        str | None, Meta(description="a channel's unique name, as in ChatSession('ml-team'); None otherwise")
    ]
    peer: Annotated[str | None, Meta(description="direct only: the other person's user id, or one's own")]
    epoch: Annotated[str, Meta(description="identity of the log; another one means: forget what you had")]
    last_seq: Seq
    last: Preview | None
    created_at: int
    joined: Annotated[bool, Meta(description="false: an open channel that one looks at without being a member")]
    members: Annotated[int, Meta(description="how many members")]
    read: Annotated[Seq, Meta(description="own read marker: a seq")]
    unread: Annotated[
        int,
        Meta(description="messages by others above the marker, not deleted, not only in a thread; capped at 1,000"),
    ]
    mentions: Annotated[int, Meta(description="those of them that mention oneself or everybody; capped at 100")] = 0
    threads: Annotated[
        list[ThreadUnread], Meta(description="unread threads that one takes part in, newest last, at most 50")
    ] = []
    settings: Settings = Settings()
    role: Annotated[Role | None, Meta(description="one's own; null where one is no member")] = None
    muted: Annotated[int | None, Meta(description="one may not write until then, ms UTC; null: one may")] = None
    online: Annotated[bool | None, Meta(description="direct only: whether the peer is; null: not said here")] = None


class Mark(Struct, frozen=True):
    """How far one member is: delivered to any of their pages, and read by them; both are seqs."""

    user: str
    delivered: Seq
    read: Seq


class Status(Struct, frozen=True):
    """Whether a person has a page open, and when they last had one (ms UTC, None if never seen, or not told)."""

    user: str
    online: bool
    last_seen: int | None


class Standing(Struct, frozen=True):
    """How somebody stands in a conversation who is not just a member there: another role, or muted (ms UTC)."""

    user: str
    role: Role
    muted: int | None


class Prefs(Struct, frozen=True):
    """What a person wants of one conversation; nobody else is told."""

    level: Level = "all"
    mute_until: Annotated[int | None, Meta(description="ms UTC; 0: for ever")] = None
    star: bool = False
    order: Annotated[float | None, Meta(description="place among the starred ones; null: by last event")] = None


OwnValue = int | str | bool | Prefs | None
"""None: the row is gone (a draft that was sent, a message that is saved no more)."""


class OwnRow(Struct, frozen=True):
    """One value of a person's own state; last write wins by `v`.

    Keys: `read:<conversation>` a seq; `thread:<conversation>/<root>` a seq, or -1 for a thread that one left;
    `draft:<conversation>` and `draft:<conversation>/<root>` text; `prefs:<conversation>` Prefs;
    `saved:<conversation>/<seq>` when, ms UTC; `block:<user>` when; `reports:<conversation>` how many are open.
    """

    key: str
    value: OwnValue
    v: Annotated[Seq, Meta(description="from the user's own counter")]
    unread: Annotated[int | None, Meta(description="for `read:` and `thread:` keys the count that follows from it")]
    mentions: Annotated[int | None, Meta(description="for `read:` keys, the same")] = None


class Slash(Struct, frozen=True):
    """A slash command that a session or bot answers: `/deploy`, and what it does in a few words."""

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    help: Annotated[str, Meta(max_length=200)]


class Offered(Struct, frozen=True):
    """A slash command of a conversation, and who answers it."""

    name: str
    help: str
    user: str


class Invitation(Struct, frozen=True):
    """A link by which people join; whoever has the code may use it."""

    code: str
    conversation: ConversationId
    author: str
    role: Role
    until: Annotated[int | None, Meta(description="ms UTC; null: no end")]
    uses: Annotated[int | None, Meta(description="how often it may still be used; null: as often as one likes")]


class Member(Struct, frozen=True):
    """A member as the list of members has them."""

    person: Person
    role: Role
    muted: int | None
    online: bool
    last_seen: int | None


class Reported(Struct, frozen=True):
    """A message that somebody has reported to the moderators."""

    id: int
    message: Message
    by: str
    at: int
    reason: str


class Hit(Struct, frozen=True):
    """A message found somewhere: `next` of the reply goes on below."""

    conversation: ConversationId
    message: Message


class Limits(Struct, frozen=True):
    """What this connection may do; the link paces itself by it."""

    text: Annotated[int, Meta(description="characters in a message")]
    frame: Annotated[int, Meta(description="bytes in a frame to the hub")]
    send_rate: Annotated[float, Meta(description="messages a second that refill the bucket")]
    send_burst: Annotated[int, Meta(description="size of the bucket")]


class Position(Struct, frozen=True, array_like=True):
    """Where a client stands in a conversation: `[epoch, seq]`."""

    epoch: str
    seq: Seq


class Pointer(Struct, frozen=True, array_like=True):
    """A message: `[conversation, seq]`."""

    conversation: ConversationId
    seq: Seq


class Resume(Struct, frozen=True, kw_only=True):
    """What a client already has when it says hello again."""

    uv: Seq = 0
    """Its newest own-state version."""
    watched: dict[str, Position] = {}
    """Conversations that are open in a view: events inline, or `limited` and a snapshot."""
    known: dict[str, Position] = {}
    """Conversations in its list: a fresh summary where it is behind, `removed` where the user is no member any more."""
