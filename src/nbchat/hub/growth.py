"""What is known of messages that are still being written. Data; `growing` changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbchat.protocol.messages import Growing, Person

from .effects import Connection as ConnectionId


@dataclass
class Growth:
    """A message that is being written.

    Attributes:
        author: who writes it.
        connection: on which connection.
        n: the number of the last piece.
        text: all of it so far.
    """

    author: Person
    connection: ConnectionId
    n: int
    text: str


def being_written(id: str, growing: Mapping[int, Growth]) -> list[Growing]:
    """Return all that is being written, for a view that comes in between."""
    return [news(id, seq, one, one.text, whole=True) for seq, one in growing.items()]


def news(id: str, seq: int, growth: Growth, text: str, *, whole: bool) -> Growing:
    """Return what who looks is told: a piece, or all so far."""
    return Growing(conversation=id, message=seq, n=growth.n, text=text, whole=whole)
