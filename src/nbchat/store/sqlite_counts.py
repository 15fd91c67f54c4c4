"""What is counted from the tables: unread messages, mentions and replies, and the rows of own state that say so.

Used by the modules `sqlite_*` only. No count here walks through the history: each is a difference of what the messages
themselves count, or ends at its cap, or is kept. INDEXED BY stands where SQLite would choose a longer way: it does not
know how few messages are deleted, and how few threads are unread.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from nbchat.hub import ports
from nbchat.hub.conversation import READ, THREAD
from nbchat.protocol.limits import MENTIONS_CAP, THREADS_UNREAD, UNREAD_CAP
from nbchat.protocol.messages import EVERYBODY, OwnRow, ThreadUnread

from .derived import thread_of
from .sqlite_rows import Sql, own_value


class Totals(Struct, frozen=True):
    """What a conversation counts: its short name, its messages, and where its log ends."""

    n: int
    posts: int
    last_seq: int


FindTotals = Callable[[str], Totals]
"""The totals of a conversation that is there, by its id: the writer's are ahead of the table."""


def totals(sql: Sql) -> FindTotals:
    """Return how a reader finds them."""
    return lambda id: Totals(*sql("SELECT n, posts, last_seq FROM conversation WHERE id = ?", (id,)).fetchone())


def read_marker(sql: Sql, user: str, conversation: str) -> int | None:
    """Return a person's read marker; None where there is none."""
    row = sql("SELECT value FROM own_state WHERE user = ? AND key = ?", (user, READ + conversation)).fetchone()
    value = None if row is None else own_value(row[0])
    return value if isinstance(value, int) else None


def unread(sql: Sql, user: str, marker: int, of: Totals) -> tuple[int, int]:
    """Count the messages above the marker, by others and not deleted, and those of them that mention the person.

    All above it, less the own ones above it: four steps in an index; less the deleted ones by others, from an index of
    the deleted ones. Nothing is unread for who is no member.

    Args:
        sql: `execute` of a connection.
        user: whose count.
        marker: the read marker.
        of: the conversation.
    """
    member = sql("SELECT 1 FROM member WHERE conversation = ? AND user = ?", (of.n, user)).fetchone()
    if member is None:
        return 0, 0
    row = sql(
        "SELECT (SELECT nth FROM message WHERE conversation = :n AND seq <= :marker AND nth IS NOT NULL"
        " ORDER BY seq DESC LIMIT 1),"
        " (SELECT own_nth FROM message WHERE conversation = :n AND author = :user AND nth IS NOT NULL"
        " ORDER BY seq DESC LIMIT 1),"
        " (SELECT own_nth FROM message WHERE conversation = :n AND author = :user AND seq <= :marker"
        " AND nth IS NOT NULL ORDER BY seq DESC LIMIT 1),"
        " (SELECT count(*) FROM message INDEXED BY message_gone WHERE conversation = :n AND seq > :marker"
        " AND author <> :user AND gone = 1 AND nth IS NOT NULL)",
        {"n": of.n, "marker": marker, "user": user},
    ).fetchone()
    below, own, own_below, gone = (count or 0 for count in row)
    count = (of.posts - below) - (own - own_below) - gone
    return min(UNREAD_CAP, count), _mentions(sql, user, marker, of.n) if count else 0


def _mentions(sql: Sql, user: str, marker: int, n: int) -> int:
    one = (
        "SELECT seq FROM (SELECT seq FROM mention WHERE user = {} AND conversation = :n AND seq > :marker"
        " AND author <> :user AND shown = 1 LIMIT :cap)"
    )
    both = f"{one.format(':user')} UNION {one.format(':all')}"
    values = {"user": user, "all": EVERYBODY, "n": n, "marker": marker, "cap": MENTIONS_CAP}
    count = int(sql(f"SELECT count(*) FROM ({both})", values).fetchone()[0])  # noqa: S608 - ours
    return min(MENTIONS_CAP, count)


def threads(sql: Sql, user: str, n: int) -> tuple[ThreadUnread, ...]:
    """Return the threads with unread replies that a person follows, the one with the newest reply last."""
    rows = sql(
        "SELECT root, read, unread FROM follow INDEXED BY follow_unread"
        " WHERE user = ? AND conversation = ? AND unread > 0 ORDER BY last DESC, root DESC LIMIT ?",
        (user, n, THREADS_UNREAD),
    ).fetchall()
    return tuple(ThreadUnread(root, read, min(UNREAD_CAP, count)) for root, read, count in reversed(rows))


def own_news(sql: Sql, find: FindTotals, user: str, key: str, value: str, v: int) -> ports.OwnNews:
    """Return a row of own state as it is now; markers come with the count that follows, and the seq as of which."""
    if key.startswith(READ):
        of = find(key.removeprefix(READ))
        marker = own_value(value)
        count, mentions = unread(sql, user, marker if isinstance(marker, int) else 0, of)
        return ports.OwnNews(user, OwnRow(key, marker, v, count, mentions), of.last_seq)
    if key.startswith(THREAD):
        return _thread_news(sql, find, user, key, v)
    return ports.OwnNews(user, OwnRow(key, own_value(value), v, None), 0)


def _thread_news(sql: Sql, find: FindTotals, user: str, key: str, v: int) -> ports.OwnNews:
    """The marker of a thread is the one that its follower has: writing moves it too."""
    id, root = thread_of(key)
    of = find(id)
    row = sql(
        "SELECT told, read, unread FROM follow WHERE user = ? AND conversation = ? AND root = ?", (user, of.n, root)
    ).fetchone()
    if row is None:
        return ports.OwnNews(user, OwnRow(key, None, v, None), of.last_seq)
    told, read, count = row
    return ports.OwnNews(user, OwnRow(key, read if told else -1, v, min(UNREAD_CAP, count)), of.last_seq)
