"""A line of the log of moderation in words, for people who read it in Python. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from nbchat.protocol.messages import AnyDurable, Deleted, Described, Left, Muted, Ranked, Unbanned


@dataclass(frozen=True)
class Moderated:
    """Something that was moderated.

    Attributes:
        at: when, UTC.
        author: the display name of who did it.
        what: what they did, in words.
        event: the event itself.
    """

    at: datetime
    author: str
    what: str
    event: AnyDurable

    def __str__(self) -> str:
        return f"{self.at.astimezone():%Y-%m-%d %H:%M}  {self.author} {self.what}"


def moderated(event: AnyDurable, names: Mapping[str, str]) -> Moderated:
    """Put an event into words.

    Args:
        event: of a kind that stands in the log.
        names: display names by user id.
    """
    at = datetime.fromtimestamp(event.at / 1000, timezone.utc)
    return Moderated(at, names.get(event.author, event.name), _words(event, names), event)


def _words(event: AnyDurable, names: Mapping[str, str]) -> str:
    match event:
        case Ranked(user=user, role=role):
            return f"made {names.get(user, user)} {role}"
        case Muted(user=user, until=None):
            return f"let {names.get(user, user)} write again"
        case Muted(user=user, until=int(until)):
            end = datetime.fromtimestamp(until / 1000, timezone.utc).astimezone()
            return f"muted {names.get(user, user)} until {end:%Y-%m-%d %H:%M}"
        case Left(user=user, banned=banned, reason=reason):
            why = f" ({reason})" if reason else ""
            return f"{'banned' if banned else 'removed'} {names.get(user, user)}{why}"
        case Unbanned(user=user):
            return f"let {names.get(user, user)} come back"
        case Deleted(writer=user, message=seq):
            return f"deleted message {seq} of {names.get(user, user)}"
        case Described(title=title):
            return f"changed title or settings of {title!r}" if title else "changed the settings"
        case _:
            return f"did something that this version does not know ({type(event).__name__})"
