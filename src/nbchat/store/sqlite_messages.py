"""Messages in SQL: pages, snapshots' messages, single ones, mentions, versions. Used by `sqlite_read` only.

No statement scans the log or the messages, whatever it is asked for: tests/store/test_query_plans.py looks at each.
"""

from __future__ import annotations

import heapq
from bisect import bisect
from collections.abc import Sequence

from msgspec.structs import replace

from nbchat.hub import queries
from nbchat.protocol.changes import spaced
from nbchat.protocol.limits import NOTICES, PAGE_MESSAGES, PINS, RESUME_EVENTS
from nbchat.protocol.messages import EVERYBODY, AnyDurable, Hit, Message

from .derived import covered, fitting, joined_sides, people_in, sides, versions
from .sqlite_rows import MESSAGE, NEWEST, Sql, event, message, message_at, named

OWN = "message.conversation = ? AND nth IS NOT NULL"
"""The conversation's own timeline."""
THREAD = "message.conversation = ? AND thread = ? AND thread IS NOT NULL"
"""The replies of a thread."""


class Timeline:
    """The messages of a conversation's own timeline, or of a thread: the root, and its replies."""

    def __init__(self, sql: Sql, n: int, thread: int | None = None) -> None:
        """Read the conversation `n`, or the thread with this root."""
        self._sql = sql
        self._where = OWN if thread is None else THREAD
        self._values: tuple[int, ...] = (n,) if thread is None else (n, thread)
        self._root = None if thread is None else message_at(sql, n, thread)

    def below(self, seq: int, limit: int) -> list[Message]:
        """Return the newest messages with a seq below this one, newest first."""
        found = self._read("message.seq < ? ORDER BY message.seq DESC", seq, limit)
        if self._root is not None and self._root.seq < seq:
            found.append(self._root)
        return found[:limit]

    def since(self, seq: int, limit: int) -> list[Message]:
        """Return the oldest messages from this seq on, oldest first."""
        found = self._read("message.seq >= ? ORDER BY message.seq", seq, limit)
        if self._root is not None and self._root.seq >= seq:
            found.insert(0, self._root)
        return found[:limit]

    def _read(self, where: str, seq: int, limit: int) -> list[Message]:
        rows = self._sql(f"{MESSAGE}{self._where} AND {where} LIMIT ?", (*self._values, seq, limit))
        return [message(*row) for row in rows]


def newest_page(sql: Sql, n: int, epoch: str, as_of: int) -> queries.PageRecord:
    """Return the newest messages of a conversation, as a snapshot has them."""
    timeline = Timeline(sql, n)
    found = _around(sql, timeline, fitting(timeline.below(NEWEST, PAGE_MESSAGES)), epoch, as_of, as_of)
    return _noticed(sql, n, queries.LoadPage(conversation=""), found)


def page(sql: Sql, query: queries.LoadPage) -> queries.PageRecord | None:
    """Answer a `LoadPage`."""
    row = sql("SELECT n, epoch, last_seq FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
    if row is None:
        return None
    n, epoch, as_of = row
    timeline, limit = Timeline(sql, n, query.thread), query.limit
    below, start = sides(query)
    lower = [] if below is None else timeline.below(below, limit)
    upper = [] if start is None else timeline.since(start, limit)
    edge = start if start is not None else below
    found = _around(sql, timeline, joined_sides(lower, upper, limit), epoch, as_of, (edge or 0) - 1)
    return found if query.thread is not None else _noticed(sql, n, query, found)


def _noticed(sql: Sql, n: int, query: queries.LoadPage, found: queries.PageRecord) -> queries.PageRecord:
    notices = _notices(sql, n, *covered(query, found), [message.seq for message in found.messages])
    if not notices:
        return found
    return replace(found, notices=tuple(notices), people=named(sql, people_in(found.messages, notices)))


def _notices(sql: Sql, n: int, first: int, last: int, seqs: list[int]) -> list[AnyDurable]:
    """Return what `spaced` keeps of a stretch of the log: what is too much between two messages is passed over."""
    statement = (
        "SELECT payload FROM event WHERE conversation = ? AND noticed = 1 AND seq >= ? AND seq <= ?"
        " ORDER BY seq DESC LIMIT ?"
    )
    found = list[AnyDurable]()
    while some := [event(payload) for (payload,) in sql(statement, (n, first, last, NOTICES))]:
        found += some
        newest, oldest = (bisect(seqs, some[end].seq) for end in (0, -1))
        if len(some) < NOTICES or newest == oldest == 0:  # before the oldest message there are no others
            break
        last = (seqs[oldest - 1] if newest == oldest else some[-1].seq) - 1
    return spaced(found, seqs)


def _around(
    sql: Sql, timeline: Timeline, messages: list[Message], epoch: str, as_of: int, edge: int
) -> queries.PageRecord:
    """Say what lies beyond these; where there are none: seqs up to the edge are before, the rest after."""
    first, last = (messages[0].seq, messages[-1].seq) if messages else (edge + 1, edge)
    return queries.PageRecord(
        epoch=epoch,
        messages=tuple(messages),
        as_of=as_of,
        has_before=bool(timeline.below(first, 1)),
        has_after=bool(timeline.since(last + 1, 1)),
        people=named(sql, people_in(messages)),
    )


def single(sql: Sql, query: queries.LoadMessages) -> queries.PageRecord | None:
    """Answer a `LoadMessages`."""
    row = sql("SELECT n, epoch, last_seq FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
    if row is None:
        return None
    n, epoch, as_of = row
    if query.pinned:
        statement = f"{MESSAGE}message.conversation = ? AND pinned IS NOT NULL ORDER BY pinned DESC LIMIT ?"
        messages = [message(*found) for found in sql(statement, (n, PINS))][::-1]
    else:
        looked_up = (message_at(sql, n, seq) for seq in sorted(set(query.seqs)))
        messages = [found for found in looked_up if found is not None]
    people = named(sql, people_in(messages))
    return queries.PageRecord(
        epoch=epoch, messages=tuple(messages), as_of=as_of, has_before=False, has_after=False, people=people
    )


def mentions(sql: Sql, query: queries.LoadMentions) -> queries.HitsRecord:
    """Answer a `LoadMentions`: as many from each conversation as are asked for, and of all these the newest.

    Each of them is read from an index where it is newest first, so a mention of everybody in other people's channels
    costs nothing.
    """
    below, limit = query.before or NEWEST, query.limit + 1
    mine = sql("SELECT conversation FROM member WHERE user = ?", (query.user,)).fetchall()
    streams = [
        sql(
            "SELECT change, conversation, seq FROM mention WHERE user = ? AND conversation = ? AND change < ?"
            " AND author <> ? ORDER BY change DESC LIMIT ?",
            (user, n, below, query.user, limit),
        ).fetchall()
        for (n,) in mine
        for user in (query.user, EVERYBODY)
    ]
    found = list(dict.fromkeys(heapq.merge(*streams, reverse=True)))
    some = found[: query.limit]
    hits = tuple(hit for _, n, seq in some if (hit := _hit(sql, n, seq)) is not None)
    people = named(sql, people_in([hit.message for hit in hits]))
    return queries.HitsRecord(hits, people, some[-1][0] if len(found) > len(some) else None)


def _hit(sql: Sql, n: int, seq: int) -> Hit | None:
    found = message_at(sql, n, seq)
    [id] = sql("SELECT id FROM conversation WHERE n = ?", (n,)).fetchone()
    return None if found is None else Hit(id, found)


# ------------------------------------------------------------------------------------------------------------- the log


def log(sql: Sql, n: int, after: int, limit: int) -> tuple[AnyDurable, ...]:
    """Return the events above a seq, in order."""
    statement = "SELECT payload FROM event WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?"
    return tuple(event(payload) for (payload,) in sql(statement, (n, after, limit)))


_Events = queries.LoadEvents | queries.LoadVersions | queries.LoadLog | queries.LoadSent


def events(sql: Sql, query: _Events) -> queries.EventsRecord | None:
    """Answer what asks for events."""
    row = sql("SELECT n, epoch, last_seq FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
    if row is None:
        return None
    n, epoch, last_seq = row
    return queries.EventsRecord(epoch=epoch, last_seq=last_seq, events=tuple(_some(sql, query, n)))


def _some(sql: Sql, query: _Events, n: int) -> Sequence[AnyDurable]:
    match query:
        case queries.LoadEvents():
            return log(sql, n, query.after, query.limit)
        case queries.LoadSent():
            return _sent(sql, n, query.author, query.key)
        case queries.LoadVersions():
            return _versions(sql, n, query.message)
        case queries.LoadLog():
            which = "noticed" if query.noticed else "moderated"
            rows = sql(
                f"SELECT payload FROM event WHERE conversation = ? AND {which} = 1 AND seq < ?"  # noqa: S608 - ours
                " ORDER BY seq DESC LIMIT ?",
                (n, NEWEST if query.before is None else query.before, query.limit),
            )
            return [event(payload) for (payload,) in rows]


def _sent(sql: Sql, n: int, author: str, key: str | None) -> Sequence[AnyDurable]:
    """What stands in threads only has an index of its own."""
    if key is not None:
        where = "author = :author AND conversation = :n AND key = :key"
        rows = sql(f"SELECT payload FROM event WHERE {where}", {"author": author, "n": n, "key": key}).fetchall()  # noqa: S608 - ours
        return [event(payload) for (payload,) in rows]
    one = "SELECT seq FROM message WHERE conversation = :n AND author = :author AND nth IS {} ORDER BY seq DESC LIMIT 1"
    seqs = [
        seq for nth in ("NULL", "NOT NULL") for (seq,) in sql(one.format(nth), {"n": n, "author": author}).fetchall()
    ]
    last = max(seqs, default=0)
    rows = sql("SELECT payload FROM event WHERE conversation = ? AND seq = ?", (n, last)).fetchall()
    return [event(payload) for (payload,) in rows]


def _versions(sql: Sql, n: int, seq: int) -> Sequence[AnyDurable]:
    found = message_at(sql, n, seq)
    if found is None or found.deleted is not None:
        return ()
    edits = sql(
        "SELECT payload FROM event WHERE conversation = ? AND about = ? AND about IS NOT NULL"
        " ORDER BY seq DESC LIMIT ?",
        (n, seq, RESUME_EVENTS),
    ).fetchall()
    first = sql("SELECT payload FROM event WHERE conversation = ? AND seq = ?", (n, seq)).fetchall()
    return versions([event(payload) for (payload,) in [*edits, *first]])
