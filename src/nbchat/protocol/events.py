"""What is stored, numbered by `seq`, and resumed: the changes of a conversation.

Part of `messages`: import them from there. What each does to a message is in `changes`; what else it changes, in the
hub's `conversation`. Fields with a default are filled by the hub where they apply, and always sent.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from .shapes import (
    Aspect,
    ConnectionKind,
    ConversationId,
    ConversationKind,
    Forwarded,
    Mention,
    Person,
    Role,
    Seq,
    Settings,
)


class Durable(Struct, frozen=True, kw_only=True, tag_field="t", tag="durable"):
    """Base of the events that are stored, numbered and resumed."""

    conversation: ConversationId
    seq: Seq
    at: int
    author: str
    name: Annotated[str, Meta(description="the author's display name then; a newer one known from `people` wins")]


# ---------------------------------------------------------------------------------------------------------- membership


class Created(Durable, tag="created"):
    """The conversation came to be; always seq 1. Its author is the first owner."""

    kind: ConversationKind
    title: str
    handle: str | None
    people: list[Person]


class Joined(Durable, tag="joined"):
    """A person became a member: by themself, or invited by the author.

    Who was a guest or muted when they left comes back so: the store fills in `role` and `muted`.
    """

    person: Person
    role: Role = "member"
    muted: int | None = None


class Left(Durable, tag="left"):
    """A person stopped being a member; the last event that they are given. Another author has removed them."""

    user: str
    banned: Annotated[bool, Meta(description="and may not come back")] = False
    reason: str = ""


class Unbanned(Durable, tag="unbanned"):
    """A person who was banned may come back."""

    user: str


class Ranked(Durable, tag="ranked"):
    """A member has another role."""

    user: str
    role: Role


class Muted(Durable, tag="muted"):
    """A member may not write until then (ms UTC), or may again (null)."""

    user: str
    until: int | None


class Described(Durable, tag="described"):
    """The conversation has another title or other settings; all of them, as they are now."""

    title: str
    settings: Settings
    changed: Annotated[list[Aspect], Meta(description="what of it is another than before")] = []


# ------------------------------------------------------------------------------------------------------------ messages


class Posted(Durable, tag="posted"):
    """A message was written."""

    key: str
    text: str
    via: ConnectionKind
    reply: Annotated[Seq | None, Meta(description="seq of the message that it answers")] = None
    thread: Annotated[Seq | None, Meta(description="seq of the root of the thread that it stands in")] = None
    also: Annotated[bool, Meta(description="a reply of a thread that stands in the conversation, too")] = False
    followers: Annotated[list[str], Meta(description="threads: who takes part in it and is told; at most 100")] = []
    mentions: list[Mention] = []
    forwarded: Forwarded | None = None


class Edited(Durable, tag="edited"):
    """The author has changed the text of a message. Whom the new text names is not counted as mentioned anew."""

    key: str
    message: Seq
    text: str
    mentions: list[Mention] = []
    grown: Annotated[bool, Meta(description="the end of a message that was written in pieces, and no edit")] = False


class Deleted(Durable, tag="deleted"):
    """A message is deleted for everybody: by who wrote it, or by a moderator. Its text is gone from the log as well."""

    message: Seq
    writer: Annotated[str, Meta(description="who wrote it")] = ""
    thread: Annotated[Seq | None, Meta(description="the thread that it stood in")] = None
    also: bool = False
    mentions: Annotated[list[str], Meta(description="whom it counted as mentioning")] = []
    followers: Annotated[list[str], Meta(description="threads: who was told of it")] = []


class Reacted(Durable, tag="reacted"):
    """The author has put an emoji under a message, or taken it away."""

    message: Seq
    emoji: str
    on: bool


class Pinned(Durable, tag="pinned"):
    """A message was pinned, or is not any more."""

    message: Seq
    on: bool


AnyDurable = (
    Created | Joined | Left | Unbanned | Ranked | Muted | Described | Posted | Edited | Deleted | Reacted | Pinned
)
