"""What everybody in a simulated world knows from outside the chat, and what only the test knows of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from nbchat.store.memory_data import MemoryDatabase

if TYPE_CHECKING:
    from .streams import Stream


@dataclass
class Heard:
    """One for a world.

    Attributes:
        database: the store, for what people have heard of: which channels there are, who is banned.
        codes: of invitation links that somebody has made.
        reports: ids of those that a moderator has seen.
        left: (user, conversation, root) of threads of which somebody has wished to hear no more.
        streams: messages that were written piece by piece.
    """

    database: MemoryDatabase
    codes: list[str] = field(default_factory=list)
    reports: list[int] = field(default_factory=list)
    left: set[tuple[str, str, int]] = field(default_factory=set)
    streams: list[Stream] = field(default_factory=list)
    _texts: count[int] = field(default_factory=count)

    def text(self, rest: str) -> str:
        """Return a text that was never written before: by its first word it is known wherever it is."""
        return f"¶{next(self._texts)}¶ {rest}"

    def channels(self) -> list[str]:
        """Ids of the open channels."""
        return sorted(one.id for one in self.database.conversations.values() if one.kind == "channel")

    def banned(self, id: str) -> list[str]:
        """Who may not come back to a conversation."""
        one = self.database.conversations.get(id)
        return sorted(one.banned) if one is not None else []
