"""What an engine's state shows of one conversation, as plain lists: read under the lock, copied out."""

from __future__ import annotations

from nbchat.protocol.messages import Person, Summary

from .engine import Engine
from .message import Message

SHOWN = 1_000
"""Messages of a conversation that a client keeps at most (protocol limit)."""


def messages_of(engine: Engine, conversation: str, newest: int = SHOWN) -> list[Message]:
    """The newest messages that are here, and after them those that are not acknowledged yet, oldest first."""
    with engine.reading():
        return [*stored_of(engine, conversation, newest), *engine.sent.unsettled(conversation)][-newest:]


def stored_of(engine: Engine, conversation: str, newest: int = SHOWN) -> list[Message]:
    """The newest messages that are on the hub's disk and here, oldest first."""
    with engine.reading() as state:
        known = state.conversations.get(conversation)
        stored = known.ranges[-1].messages[-newest:] if known and known.ranges else []
        return [engine.sent.view(conversation, message) for message in stored]


def typing_of(engine: Engine, conversation: str) -> list[Person]:
    """Who is typing there."""
    with engine.reading() as state:
        known = state.conversations.get(conversation)
        return [engine.sent.person(user) for user in known.typing] if known else []


def members_of(engine: Engine, conversation: str) -> list[Person]:
    """Its members, by name."""
    with engine.reading() as state:
        known = state.conversations.get(conversation)
        people = [engine.sent.person(user) for user in known.members] if known else []
        return sorted(people, key=lambda person: person.name.casefold())


def unread_of(engine: Engine, conversation: str) -> int:
    """Unread messages there, or of all conversations where none is given."""
    with engine.reading() as state:
        if not conversation:
            return sum(known.summary.unread for known in state.conversations.values())
        known = state.conversations.get(conversation)
        return known.summary.unread if known else 0


def summaries_of(engine: Engine) -> list[Summary]:
    """All rows that are here, last event first."""
    with engine.reading() as state:
        rows = [known.summary for known in state.conversations.values() if known.summary.joined]
    return sorted(rows, key=lambda row: row.last.at if row.last else row.created_at, reverse=True)


def name_of(engine: Engine, conversation: str) -> str:
    """What opens it again: `ml-team` for a channel, `@ada` for a direct conversation, else its id."""
    with engine.reading() as state:
        known = state.conversations.get(conversation)
        row = known.summary if known else None
        return conversation if row is None else row.handle or (f"@{row.peer}" if row.peer else conversation)
