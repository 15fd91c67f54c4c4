"""Plain messages of a batch as few statements. Used by `sqlite_write` only.

A plain message only says something: it stands in no thread, quotes nothing, mentions nobody, and the rules by which it
was decided still hold. Nearly all are. It is two rows, in the log and among the messages, and what these say is known
here without asking; so many of them are written by two statements together, because each statement by itself costs as
much as its row. What it means is the same as in `sqlite_append`, which writes all others, and these again one by one
where a key is known already: then this raises, and the transaction is to be rolled back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from nbchat.hub import items
from nbchat.hub.conversation import stamped
from nbchat.protocol.messages import Posted

from .sqlite_batch import Batch, Head
from .sqlite_rows import Sql, encoded

ROWS = 32
"""In one statement; each smaller number is another statement, and SQLite before 3.32 takes 999 values."""
_LOG = "INSERT INTO event (change, conversation, seq, author, key, payload)"
_MESSAGES = "INSERT INTO message (change, conversation, seq, author, nth, own_nth)"
_COLUMNS = 6


def plain(batch: Batch, item: items.Item) -> Posted | None:
    """Return the message of an item that `enter` can write after all that the batch has written so far."""
    if not isinstance(item, items.AppendEvent):
        return None
    event = item.event
    if not isinstance(event, Posted) or event.reply is not None or event.thread is not None or event.mentions:
        return None
    head = batch.head(event.conversation)
    return event if head is not None and head.rules == item.rules else None


def enter(batch: Batch, posts: Sequence[Posted]) -> list[items.Outcome]:
    """Write plain messages.

    Raises:
        sqlite3.IntegrityError: one of their keys is known, or twice among them.
    """
    logged: list[object] = []
    entered: list[object] = []
    stored: list[items.Outcome] = []
    for post in posts:
        head = batch.known(post.conversation)
        n, seq, nth, change = head.n, head.last_seq + 1, head.posts + 1, batch.next()
        event = stamped(post, seq, batch.at)
        logged += (change, n, seq, event.author, event.key, encoded(event))
        entered += (change, n, seq, event.author, nth, batch.own_posts(n, event.author) + 1)
        batch.keep(event.conversation, Head(n, seq, change, head.rules, nth, head.members), event.author)
        stored.append(items.Stored(event))
    _insert(batch.sql, _LOG, logged)
    _insert(batch.sql, _MESSAGES, entered)
    return stored


def _insert(sql: Sql, what: str, values: Sequence[object]) -> None:
    for at in range(0, len(values), ROWS * _COLUMNS):
        part = values[at : at + ROWS * _COLUMNS]
        sql(_statement(what, len(part) // _COLUMNS), part)


@cache
def _statement(what: str, rows: int) -> str:
    row = f"({', '.join('?' * _COLUMNS)})"
    return f"{what} VALUES {', '.join([row] * rows)}"
