"""What a durable event means, in one place: for the stores, for the core's fixups, for previews.

Pure functions of one event. A store writes an event to its log and, in the same transaction, performs the changes
that `project` returns; so every store derives the same state, and a new kind of event costs one case in each function
here and nothing in any schema. Never decides whether an event may happen (`policy` does), and holds no state
(`conversations` does).

A new kind of event is a case in `project` (what it changes), `rules_changed` (whether decisions in flight must be made
again), `touches` (which earlier message it changes, for fixups) and, if a client may send it again, `key_of`.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from nbchat.protocol.limits import PREVIEW_CHARS
from nbchat.protocol.messages import AnyDurable, Created, Durable, Joined, Left, Message, Person, Posted, Preview

READ = "read:"
"""Prefix of the own-state key of a read marker; the conversation's id follows."""


class PutMessage(Struct, frozen=True):
    """Set the current state of the message with this `seq`, whether or not it was there."""

    message: Message


class AddMember(Struct, frozen=True):
    """Make a person a member, if they are none; enter them into the directory, if they are not there.

    Their own read marker is raised to `seq` (never lowered): what was written before they came is not unread. Their
    receipts start at 0, because they have had none of it yet.
    """

    person: Person
    seq: int


class DropMember(Struct, frozen=True):
    """Make a person no member any more; their receipts go too. Their own read marker stays for when they come back."""

    user: str


Change = PutMessage | AddMember | DropMember

_Event = TypeVar("_Event", bound=Durable)


def project(event: AnyDurable) -> tuple[Change, ...]:
    """Return what a stored event, with its `seq` and `at`, changes in its conversation's current state, in order."""
    match event:
        case Created():
            return tuple(AddMember(person, event.seq) for person in event.people)
        case Joined():
            return (AddMember(event.person, event.seq),)
        case Left():
            return (DropMember(event.user),)
        case Posted():
            return (PutMessage(_message(event)),)


def _message(event: Posted) -> Message:
    return Message(
        seq=event.seq, v=event.seq, key=event.key, author=event.author, at=event.at, text=event.text, via=event.via
    )


def rules_changed(event: AnyDurable) -> bool:
    """Whether the event raises the version of the conversation's rules: who may do what there (`ports`, rule 6)."""
    match event:
        case Created() | Joined() | Left():
            return True
        case Posted():
            return False


def newcomers(event: AnyDurable) -> frozenset[str]:
    """Return who becomes a member by the event."""
    return frozenset(change.person.id for change in project(event) if isinstance(change, AddMember))


def leavers(event: AnyDurable) -> frozenset[str]:
    """Return who stops being a member by the event."""
    return frozenset(change.user for change in project(event) if isinstance(change, DropMember))


def touches(event: AnyDurable) -> int | None:
    """Return the `seq` of the earlier message that the event changes, or None.

    A new message touches no earlier one: a page that was read before it needs no fixup for it.
    """
    match event:
        case Created() | Joined() | Left() | Posted():
            return None


def key_of(event: AnyDurable) -> str | None:
    """Return the client key by which the event is known again when it is sent twice, or None where it has none."""
    return event.key if isinstance(event, Posted) else None


def stamped(event: _Event, seq: int, at: int) -> _Event:
    """Return the event with the number and the time (ms UTC) that the store gave it at commit."""
    return replace(event, seq=seq, at=at)


def preview(message: Message, name: str) -> Preview:
    """Return the list row's text of a message; `name` is its author's display name. White space becomes one space."""
    text = " ".join(message.text.split())[:PREVIEW_CHARS]
    return Preview(seq=message.seq, author=message.author, name=name, at=message.at, text=text)
