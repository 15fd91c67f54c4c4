"""Rows of the database as the shapes of the protocol. Used by the modules `sqlite_*` that read and write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from nbchat.protocol.changes import message_of
from nbchat.protocol.messages import AnyDurable, Message, OwnValue, Person, Posted, Settings

Sql = Callable[..., sqlite3.Cursor]
"""`execute` of a connection."""
NEWEST = 2**62
"""Above every seq and change."""
PERSON = "person.id, person.name, status, emoji, color, hide_seen"
"""Columns for `person`."""
MESSAGE = "SELECT state, payload FROM message CROSS JOIN event ON event.change = message.change WHERE "
"""Begins a statement that gives rows for `message`, and is led by an index of the table `message`."""

_events: msgspec.json.Decoder[AnyDurable] = msgspec.json.Decoder(AnyDurable)
_posts: msgspec.json.Decoder[Posted] = msgspec.json.Decoder(Posted)
_messages: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
_settings: msgspec.json.Decoder[Settings] = msgspec.json.Decoder(Settings)
_values: msgspec.json.Decoder[OwnValue] = msgspec.json.Decoder(OwnValue)
_encoder = msgspec.json.Encoder()


def encoded(value: object) -> str:
    """Return a Struct as the JSON that a column has."""
    return _encoder.encode(value).decode()


def event(payload: str) -> AnyDurable:
    """Read an event as the log has it."""
    return _events.decode(payload)


def posted(payload: str) -> Posted:
    """Read an event of which it is known that it began a message."""
    return _posts.decode(payload)


def message(state: str | None, payload: str) -> Message:
    """Read a message: its state, or, where nothing has changed it yet, the event that began it."""
    return _messages.decode(state) if state is not None else message_of(_posts.decode(payload))


def settings(text: str) -> Settings:
    """Read a conversation's settings."""
    return _settings.decode(text)


def own_value(text: str) -> OwnValue:
    """Read a value of own state."""
    return _values.decode(text)


def person(row: tuple[Any, ...]) -> Person:
    """Read the columns `PERSON`."""
    id, name, status, emoji, color, hide_seen = row
    return Person(id, name, status, emoji, color, bool(hide_seen))


def message_at(sql: Sql, n: int, seq: int) -> Message | None:
    """Return one message of a conversation, wherever it stands."""
    row = sql(
        "SELECT state, payload FROM event CROSS JOIN message ON message.change = event.change"
        " WHERE event.conversation = ? AND event.seq = ?",
        (n, seq),
    ).fetchone()
    return None if row is None else message(*row)


def named(sql: Sql, ids: Iterable[str]) -> tuple[Person, ...]:
    """Return those of them that are in the directory, by id."""
    statement = f"SELECT {PERSON} FROM person WHERE id = ?"  # noqa: S608 - ours
    found = (sql(statement, (id,)).fetchone() for id in sorted(set(ids)))
    return tuple(person(row) for row in found if row is not None)
