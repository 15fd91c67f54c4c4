"""What is known of messages that are still being written. Data; `growing` changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbchat.protocol.messages import AnyDurable, Deleted, Edited, Growing, Mention, Person

from .effects import Connection as ConnectionId

KEPT = "grown-"
"""With this begins the key of an edit by which a hub stores what a lost connection was writing."""


@dataclass
class Growth:
    """A message that is being written.

    Attributes:
        author: who writes it.
        connection: on which connection.
        at: when the last piece came (monotonic seconds).
        n: the number of the last piece.
        text: all of it so far.
        key: of the edit by which the hub stores it, should the connection be lost.
        as_of: the seq up to which edits of the message were known when it began.
        named: whom the message named then.
        whole: the next piece is to be told as the whole text, because clients have dropped what they had.
        keeping: the hub is about to store it.
    """

    author: Person
    connection: ConnectionId
    at: float
    n: int
    text: str
    key: str
    as_of: int
    named: list[Mention]
    whole: bool = False
    keeping: bool = False


def after(growth: Growth, event: Edited | Deleted) -> Growth | None:
    """Return what goes on being written after this event about its message; None where it has come to its end.

    What another hub has kept of a connection that was lost before is no end: the writer is ahead of it already.
    """
    if not isinstance(event, Edited) or not event.key.startswith(KEPT) or not _extends(growth.text, event.text):
        return None
    growth.whole = True
    return growth


def ends(event: AnyDurable, message: int) -> bool:
    """Whether the event is the end of what is written of this message."""
    match event:
        case Edited():
            return event.message == message and not event.key.startswith(KEPT)
        case Deleted():
            return event.message == message
        case _:
            return False


def given_up(id: str, message: int) -> Growing:
    """Return what who looks is told where nothing follows and nothing is stored: what the message says holds."""
    return Growing(conversation=id, message=message, n=0, text="", whole=True)


def _extends(text: str, other: str) -> bool:
    return len(text) > len(other) and text.startswith(other)


def being_written(id: str, growing: Mapping[int, Growth]) -> list[Growing]:
    """Return all that is being written, for a view that comes in between."""
    return [news(id, seq, one, one.text, whole=True) for seq, one in growing.items()]


def news(id: str, seq: int, growth: Growth, text: str, *, whole: bool) -> Growing:
    """Return what who looks is told: a piece, or all so far."""
    return Growing(conversation=id, message=seq, n=growth.n, text=text, whole=whole)
