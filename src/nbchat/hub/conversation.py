"""What a durable event means, in one place: for the stores, for the core's fixups, for previews.

Pure functions. A store appends an event in one transaction in this order, which is the same for every kind:

1. `completed`: what the event needs of the messages that are there is filled in; or nothing is to be done; or it is
   refused, because somebody else was faster.
2. the log gets it; what `scrubs` names loses its text in the log (`scrubbed`).
3. `project`: what it changes in the conversation's members, settings, bans, and the message that it begins.
4. each message that `changes.touched` names is replaced by `changes.changed`.
5. what follows from messages is kept up to date: counts, mentions, who follows a thread.

So every store derives the same state, and a new kind of event costs one case in each function that it concerns, and
nothing in any schema. Never decides whether an event may happen (`policy` does), and holds no state (`conversations`
does). What an event does to a message is in `protocol.changes`, because clients do the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from nbchat.protocol.changes import message_of
from nbchat.protocol.limits import FOLLOWERS, PINS, PREVIEW_CHARS, REACTION_KINDS, REACTIONS
from nbchat.protocol.messages import (
    EVERYBODY,
    AnyDurable,
    Created,
    Deleted,
    Described,
    Durable,
    Edited,
    Joined,
    Left,
    Mention,
    Message,
    Muted,
    Person,
    Pinned,
    Posted,
    Preview,
    Ranked,
    Reacted,
    Role,
    Settings,
    Unbanned,
)

READ = "read:"
"""Prefix of the own-state key of a read marker; the conversation's id follows."""
THREAD = "thread:"
"""The same for a thread's; the conversation's id, a slash and the root's seq follow."""
REPORTS = "reports:"
"""The same for how many reports are open, for a moderator; the conversation's id follows."""


def thread_key(conversation: str, root: int) -> str:
    """Return the own-state key of the read marker in a thread."""
    return f"{THREAD}{conversation}/{root}"


# ------------------------------------------------------------------------------------------------ what an event changes


class PutMessage(Struct, frozen=True):
    """Enter the message that begins with this event."""

    message: Message


class AddMember(Struct, frozen=True):
    """Make a person a member, if they are none; enter them into the directory, if they are not there.

    Their own read marker is raised to `seq` (never lowered): what was written before they came is not unread. Their
    receipts start at 0, because they have had none of it yet. How they stood when they left is forgotten.
    """

    person: Person
    seq: int
    role: Role = "member"
    muted: int | None = None


class DropMember(Struct, frozen=True):
    """Make a person no member any more; their receipts, role, threads and the links that they made go too.

    Their own read marker stays for when they come back, unless they are banned; and how they stand, where they are a
    guest or muted (`Known.stood`).
    """

    user: str
    banned: bool = False


class DropBan(Struct, frozen=True):
    """Let a person come back."""

    user: str


class SetRole(Struct, frozen=True):
    """Give a member another role. The links of who may make none any more go."""

    user: str
    role: Role


def makes_links(role: Role) -> bool:
    """Whether links that somebody with this role has made go on working; `policy.RULES` has it for making them."""
    return role in ("owner", "moderator")


class SetMuted(Struct, frozen=True):
    """Let a member write nothing until then (ms UTC), or again (None)."""

    user: str
    until: int | None


class SetSettings(Struct, frozen=True):
    """Give the conversation this title and these settings."""

    title: str
    settings: Settings


Change = PutMessage | AddMember | DropMember | DropBan | SetRole | SetMuted | SetSettings

_Event = TypeVar("_Event", bound=Durable)


def project(event: AnyDurable) -> tuple[Change, ...]:
    """Return what a stored event, with its `seq` and `at`, changes in its conversation's current state, in order."""
    match event:
        case Created():
            return tuple(
                AddMember(person, event.seq, "owner" if person.id == event.author else "member")
                for person in event.people
            )
        case Joined():
            return (AddMember(event.person, event.seq, event.role, event.muted),)
        case Left():
            return (DropMember(event.user, event.banned),)
        case Unbanned():
            return (DropBan(event.user),)
        case Ranked():
            return (SetRole(event.user, event.role),)
        case Muted():
            return (SetMuted(event.user, event.until),)
        case Described():
            return (SetSettings(event.title, event.settings),)
        case Posted():
            return (PutMessage(message_of(event)),)
        case Edited() | Deleted() | Reacted() | Pinned():
            return ()


def rules_changed(event: AnyDurable) -> bool:
    """Whether the event raises the version of the conversation's rules: who may do what there (`ports`, rule 6)."""
    match event:
        case Posted() | Edited() | Deleted() | Reacted() | Pinned():  # first, since nearly all are
            return False
        case Created() | Joined() | Left() | Unbanned() | Ranked() | Muted() | Described():
            return True


def moderates(event: AnyDurable) -> bool:
    """Whether the event stands in the log of moderation: what somebody did with others, or with the conversation."""
    match event:
        case Ranked() | Muted() | Described() | Unbanned():
            return True
        case Left():
            return event.user != event.author
        case Deleted():
            return event.writer != event.author
        case _:
            return False


def newcomers(event: AnyDurable) -> frozenset[str]:
    """Return who becomes a member by the event."""
    return frozenset(change.person.id for change in project(event) if isinstance(change, AddMember))


def leavers(event: AnyDurable) -> frozenset[str]:
    """Return who stops being a member by the event."""
    return frozenset(change.user for change in project(event) if isinstance(change, DropMember))


def key_of(event: AnyDurable) -> str | None:
    """Return the client key by which the event is known again when it is sent twice, or None where it has none."""
    return event.key if isinstance(event, Posted | Edited) else None


def stamped(event: _Event, seq: int, at: int) -> _Event:
    """Return the event with the number and the time (ms UTC) that the store gave it at commit."""
    return replace(event, seq=seq, at=at)


# ----------------------------------------------------------------------------------------------------------- completing


class Known(Protocol):
    """What `completed` may ask the store, inside the transaction."""

    def message(self, seq: int) -> Message | None:
        """Return a message of the conversation as it is now."""
        ...

    def followers(self, root: int) -> Mapping[str, bool]:
        """Return who follows this thread (True), and who has left it (False)."""
        ...

    def is_member(self, user: str) -> bool:
        """Whether somebody is a member of the conversation."""
        ...

    def stood(self, user: str) -> tuple[Role, int | None] | None:
        """Return the role of who has left as a guest or muted, and until when they were muted; else None."""
        ...

    def mentioned(self, seq: int) -> list[str]:
        """Return whom a message counts as mentioning: user ids, or `@all`. Edits do not change that."""
        ...

    def edited(self, seq: int) -> int:
        """Return the seq of the last edit of a message; 0 where there was none."""
        ...

    def pins(self) -> int:
        """Return how many messages are pinned."""
        ...


class Wrong(Struct, frozen=True):
    """Why an event cannot be stored: a row of `codes.ERRORS`, and what its text is formatted with."""

    code: str
    values: dict[str, int | str] = {}


def completed(event: AnyDurable, known: Known, unedited: int | None = None) -> AnyDurable | Wrong | None:
    """Return the event as it is to be stored; None where all is so already; `Wrong` where it cannot be.

    `unedited` is that of `items.AppendEvent`.
    """
    match event:
        case Posted():
            return _posted(event, known)
        case Joined():
            return _joined(event, known)
        case Edited():
            message = _there(known, event.message)
            return message if isinstance(message, Wrong) else _edited(event, message, known, unedited)
        case Deleted():
            return _deleted(event, known)
        case Reacted():
            message = _there(known, event.message)
            return message if isinstance(message, Wrong) else _reacted(event, message)
        case Pinned():
            message = _there(known, event.message)
            return message if isinstance(message, Wrong) else _pinned(event, message, known)
        case _:
            return event


def _joined(event: Joined, known: Known) -> Joined:
    """Leaving and coming back changes nothing that moderators have decided; who comes to own it stands above."""
    stood = known.stood(event.person.id)
    if stood is None or event.role == "owner":
        return event
    role, muted = stood
    return replace(event, role="guest" if role == "guest" else event.role, muted=muted)


def _there(known: Known, seq: int) -> Message | Wrong:
    message = known.message(seq)
    if message is None:
        return Wrong("unknown_message", {"message": seq})
    return Wrong("deleted") if message.deleted is not None else message


def _edited(event: Edited, message: Message, known: Known, unedited: int | None) -> Edited | None:
    if message.text == event.text and not event.grown:
        return None
    if unedited is None:
        return event
    if known.edited(message.seq) <= unedited:
        # A hub stores what a lost connection wrote. The beginning of what is there already was written before it, and
        # came late: a client that is told twice, or on a line that was slow, says it after the end.
        late = len(event.text) < len(message.text) and message.text.startswith(event.text)
        return None if late else event
    longer = len(event.text) > len(message.text) and event.text.startswith(message.text)
    return event if longer else None


def _posted(event: Posted, known: Known) -> Posted | Wrong:
    if event.reply is not None:
        quoted = _there(known, event.reply)
        if isinstance(quoted, Wrong):
            return quoted
    if event.thread is None:
        return event
    root = _there(known, event.thread)
    if isinstance(root, Wrong):
        return root
    if root.thread is not None:
        return Wrong("forbidden", {"why": "a reply of a thread cannot begin another thread"})
    return replace(event, followers=_followers(event, root, known))


def _followers(event: Posted, root: Message, known: Known) -> list[str]:
    """Who is told of a reply: who takes part, the root's author, whom it mentions; not who has left the thread.

    Nor who is no member any more: the threads of a member go when they leave. At most FOLLOWERS, of whom those who are
    told already come first: otherwise a reply would be unread to them that they were never told of.
    """
    said = known.followers(root.seq)
    wanted = [root.author, *(user for user, on in said.items() if on), event.author]
    wanted += [mention.user for mention in event.mentions if mention.user != EVERYBODY]
    told = (user for user in dict.fromkeys(wanted) if user == event.author or said.get(user, known.is_member(user)))
    ranked = sorted(told, key=lambda user: (not said.get(user, False), user != event.author))
    first = set(ranked[:FOLLOWERS])
    return [user for user in dict.fromkeys(wanted) if user in first]


def _deleted(event: Deleted, known: Known) -> Deleted | Wrong | None:
    message = known.message(event.message)
    if message is None:
        return Wrong("unknown_message", {"message": event.message})
    if message.deleted is not None:
        return None
    following = known.followers(message.thread) if message.thread is not None else {}
    return replace(
        event,
        writer=message.author,
        thread=message.thread,
        also=message.also,
        mentions=known.mentioned(event.message),
        followers=[user for user, on in following.items() if on],
    )


def _reacted(event: Reacted, message: Message) -> Reacted | Wrong | None:
    users = next((one.users for one in message.reactions if one.emoji == event.emoji), [])
    if (event.author in users) == event.on:
        return None
    if event.on and not users and len(message.reactions) >= REACTION_KINDS:
        return _many(REACTION_KINDS, "different reactions under one message")
    if event.on and sum(len(one.users) for one in message.reactions) >= REACTIONS:
        return _many(REACTIONS, "reactions under one message")
    return event


def _pinned(event: Pinned, message: Message, known: Known) -> Pinned | Wrong | None:
    if (message.pinned is not None) == event.on:
        return None
    return _many(PINS, "pinned messages") if event.on and known.pins() >= PINS else event


def _many(limit: int, what: str) -> Wrong:
    return Wrong("too_many", {"limit": limit, "what": what, "count": limit + 1})


# ------------------------------------------------------------------------------------------------------------ scrubbing


def scrubs(event: AnyDurable) -> int | None:
    """Return the seq of the message whose text is to leave the log, and every copy of its events, with this event."""
    return event.message if isinstance(event, Deleted) else None


def scrubbed(event: AnyDurable, seq: int) -> AnyDurable:
    """Return an event without the text of the message `seq`; others as they are. What was counted stays countable."""
    match event:
        case Posted(seq=number) if number == seq:
            bare = [Mention(one.user, "") for one in event.mentions]
            return replace(event, text="", mentions=bare, forwarded=None)
        case Edited(message=number) if number == seq:
            return replace(event, text="", mentions=[])
        case _:
            return event


def preview(message: Message, name: str) -> Preview:
    """Return the list row's text of a message; `name` is its author's display name. White space becomes one space."""
    text = message.text or (message.forwarded.text if message.forwarded is not None else "")
    return Preview(
        seq=message.seq,
        author=message.author,
        name=name,
        at=message.at,
        text=" ".join(text.split())[:PREVIEW_CHARS],
        deleted=message.deleted is not None,
    )
