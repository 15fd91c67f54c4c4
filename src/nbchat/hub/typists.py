"""Who types where in one conversation: in its own timeline, or in one of its threads.

Data only: `typers` decides and tells, `conversations` holds one for each conversation. A place is None for the
conversation's own timeline, and the seq of the root for a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .effects import Connection as ConnectionId

REMEMBERED = 20
"""Threads of which is kept that somebody typed there lately: who lacks news is told that nobody does any more."""


@dataclass
class Typists:
    """Typers by place, in the order in which they began.

    Attributes:
        moved: the places in which that has changed since watchers were told.
    """

    moved: dict[int | None, None] = field(default_factory=dict)
    _at: dict[int | None, dict[str, ConnectionId | None]] = field(default_factory=lambda: {None: {}})

    def __bool__(self) -> bool:
        return any(self._at.values())

    def start(self, user: str, place: int | None, where: ConnectionId | None) -> None:
        """They type there, on this connection (None: at another hub)."""
        typers = self._at.setdefault(place, {})
        if user not in typers:
            self.moved[place] = None
        typers[user] = where
        self._forget()

    def stop(self, user: str, place: int | None) -> None:
        """They do not type there, or not any more."""
        typers = self._at.get(place, {})
        if user in typers:
            del typers[user]
            self.moved[place] = None

    def users(self, place: int | None) -> list[str]:
        """Return who types there."""
        return list(self._at.get(place, ()))

    def places(self, user: str) -> list[int | None]:
        """Return where they type."""
        return [place for place, typers in self._at.items() if user in typers]

    def types(self, user: str, place: int | None, where: ConnectionId | None) -> bool:
        """Whether they type there on this connection."""
        typers = self._at.get(place, {})
        return user in typers and typers[user] == where

    def threads(self) -> list[int]:
        """Return the threads in which somebody types, or did a while ago."""
        return [place for place in self._at if place is not None]

    def _forget(self) -> None:
        quiet = [place for place, typers in self._at.items() if place is not None and not typers]
        for place in quiet[: max(0, len(self._at) - 1 - REMEMBERED)]:
            if place not in self.moved:
                del self._at[place]
