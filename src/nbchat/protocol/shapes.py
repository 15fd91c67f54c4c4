"""The shapes that commands, replies and events share: person, message, summary, receipts, own state, positions.

Data only, as in `messages`, which hands all of them on: import them from there.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

ConversationKind = Literal["direct", "group", "channel"]
"""direct: two people (or one with themself); group: invited members; channel: open, anybody may look and join."""

ConnectionKind = Literal["page", "session", "bot"]
"""page: a browser; session: a notebook's ChatSession; bot: a Client. Only pages make a person online."""

ConversationId = Annotated[str, Meta(description="12 random characters, or what the client was given", max_length=64)]
LARGEST = 2**53
"""Up to here the numbers of a page are exact; a database holds some more."""
Seq = Annotated[int, Meta(ge=0, le=LARGEST)]
Ref = Annotated[int, Meta(description="chosen by the client, unique among its unanswered commands", ge=0, le=LARGEST)]
Key = Annotated[
    str,
    Meta(
        description="client key: 128 random bits as text; the same key again is the same message",
        min_length=8,
        max_length=64,
    ),
]


class Person(Struct, frozen=True):
    """Who somebody is for others: the user id that the server authenticated, and the display name that they chose."""

    id: str
    name: str


class Message(Struct, frozen=True):
    """The current state of one message; its id is the `seq` of its `Posted` event, its permalink `conversation/seq`."""

    seq: int
    v: Annotated[
        int, Meta(description="seq of the last event that changed it; apply an event to it only if its seq is above")
    ]
    key: str
    author: str
    at: int
    text: str
    via: ConnectionKind


class Preview(Struct, frozen=True):
    """The last message of a conversation as its list row shows it."""

    seq: int
    author: str
    name: str
    at: int
    text: Annotated[str, Meta(description="the first 140 characters")]


class Summary(Struct, frozen=True):
    """One row of a person's conversation list."""

    id: str
    kind: ConversationKind
    title: Annotated[str, Meta(description="empty for a direct conversation: show the peer's name")]
    handle: Annotated[
        str | None, Meta(description="a channel's unique name, as in ChatSession('ml-team'); None otherwise")
    ]
    peer: Annotated[str | None, Meta(description="direct only: the other person's user id, or one's own")]
    epoch: Annotated[str, Meta(description="identity of the log; another one means: forget what you had")]
    last_seq: int
    last: Preview | None
    created_at: int
    joined: Annotated[bool, Meta(description="false: an open channel that one looks at without being a member")]
    members: Annotated[int, Meta(description="how many members")]
    read: Annotated[int, Meta(description="own read marker: a seq")]
    unread: Annotated[int, Meta(description="posts by others above the marker, capped at 1,000")]


class Mark(Struct, frozen=True):
    """How far one member is: delivered to any of their pages, and read by them; both are seqs."""

    user: str
    delivered: int
    read: int


class Status(Struct, frozen=True):
    """Whether a person has a page open, and when they last had one (ms UTC, None if never seen)."""

    user: str
    online: bool
    last_seen: int | None


class OwnRow(Struct, frozen=True):
    """One value of a person's own state. Keys: `read:<conversation>` (value: a seq). Last write wins by `v`."""

    key: str
    value: int | str | bool | None
    v: Annotated[int, Meta(description="from the user's own counter")]
    unread: Annotated[int | None, Meta(description="for `read:` keys the count that follows from it")]


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


class Resume(Struct, frozen=True, kw_only=True):
    """What a client already has when it says hello again."""

    uv: Seq = 0
    """Its newest own-state version."""
    watched: dict[str, Position] = {}
    """Conversations that are open in a view: events inline, or `limited` and a snapshot."""
    known: dict[str, Position] = {}
    """Conversations in its list: a fresh summary where it is behind, `removed` where the user is no member any more."""
