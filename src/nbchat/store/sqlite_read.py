"""What each query means in SQL. Used by `sqlite` only, on a connection that only reads.

Each answer is one transaction: all in it is as of one moment. No statement here scans the log or the messages, whatever
it is asked for: tests/store/test_query_plans.py looks at each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

import msgspec

from nbchat.hub import ports, queries
from nbchat.hub.conversation import READ, preview
from nbchat.hub.names import plain
from nbchat.protocol.limits import GROUP_MEMBERS, PAGE_MESSAGES, RESUME_EVENTS, UNREAD_CAP
from nbchat.protocol.messages import AnyDurable, Mark, Message, OwnRow, Person

from .derived import fitting, fold, joined_sides, sides

Sql = Callable[..., sqlite3.Cursor]
_decoder: msgspec.json.Decoder[AnyDurable] = msgspec.json.Decoder(AnyDurable)
_value: msgspec.json.Decoder[int | str | bool | None] = msgspec.json.Decoder(int | str | bool | None)
_NEWEST = 2**62
"""Above every seq and change."""


def decode_event(payload: str) -> AnyDurable:
    """Read an event as the log has it."""
    return _decoder.decode(payload)


def read_marker(sql: Sql, user: str, conversation: str) -> int | None:
    """Return a person's read marker; None where there has never been one."""
    row = sql("SELECT value FROM own_state WHERE user = ? AND key = ?", (user, READ + conversation)).fetchone()
    return None if row is None else int(row[0])


def unread(sql: Sql, user: str, n: int, marker: int, posts: int) -> int:
    """Count the messages by others above the marker: all above it, less the own ones above it. Four steps in an index.

    Args:
        sql: `execute` of a connection.
        user: whose count.
        n: the conversation.
        marker: the read marker.
        posts: how many messages the conversation has.
    """
    member = sql("SELECT 1 FROM member WHERE conversation = ? AND user = ?", (n, user)).fetchone()
    if member is None:
        return 0
    row = sql(
        "SELECT (SELECT nth FROM message WHERE conversation = :n AND seq <= :marker ORDER BY seq DESC LIMIT 1),"
        " (SELECT own_nth FROM message WHERE conversation = :n AND author = :user ORDER BY seq DESC LIMIT 1),"
        " (SELECT own_nth FROM message WHERE conversation = :n AND author = :user AND seq <= :marker"
        " ORDER BY seq DESC LIMIT 1)",
        {"n": n, "marker": marker, "user": user},
    ).fetchone()
    below, own, own_below = (count or 0 for count in row)
    return min(UNREAD_CAP, (posts - below) - (own - own_below))


def changes(sql: Sql, mark: int | None) -> ports.Changes:
    """Return what was written above this mark, each kind in the order in which it was."""
    newest = sql("SELECT changes FROM meta").fetchone()[0]
    if mark is None or mark >= newest:
        return ports.Changes(newest, ())
    grown = sql("SELECT id, last_seq FROM conversation WHERE last_change > ? ORDER BY last_change", (mark,)).fetchall()
    own = sql("SELECT user, key, value, v FROM own_state WHERE change > ? ORDER BY change", (mark,)).fetchall()
    people = sql("SELECT id, name, change FROM person WHERE change > ? ORDER BY change", (mark,)).fetchall()
    marks = sql(
        "SELECT id, user, delivered, read FROM member JOIN conversation ON n = conversation"
        " WHERE change > ? ORDER BY change",
        (mark,),
    )
    return ports.Changes(
        newest,
        grown=tuple((id, seq) for id, seq in grown),
        own=tuple(own_news(sql, *row) for row in own),
        people=tuple((Person(id, name), change) for id, name, change in people),
        marks=tuple((id, Mark(user, delivered, read)) for id, user, delivered, read in marks),
    )


def own_news(sql: Sql, user: str, key: str, value: str, v: int) -> ports.OwnNews:
    """Return a row of own state; a read marker comes with the count that follows from it, and the seq as of which."""
    count, last_seq = None, 0
    if key.startswith(READ):
        found = sql("SELECT n, posts, last_seq FROM conversation WHERE id = ?", (key.removeprefix(READ),))
        n, posts, last_seq = found.fetchone()
        count = unread(sql, user, n, int(value), posts)
    return ports.OwnNews(user, OwnRow(key, _value.decode(value), v, count), last_seq)


class Reads:
    """The queries of one store, on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read on this connection."""
        self._connection = connection
        self._sql = connection.execute

    def answer(self, query: queries.Query) -> queries.Answer:
        """Answer one query as of one moment."""
        self._sql("BEGIN")
        try:
            return self._answer(query)
        finally:
            self._sql("ROLLBACK")

    def changes(self, mark: int | None) -> ports.Changes:
        """Say what has grown above this mark, as of one moment."""
        self._sql("BEGIN")
        try:
            return changes(self._sql, mark)
        finally:
            self._sql("ROLLBACK")

    def _answer(self, query: queries.Query) -> queries.Answer:
        match query:
            case queries.LoadConversation():
                return self._conversation(query)
            case queries.FindConversation():
                return self._find(query)
            case queries.LoadList():
                return self._list(query)
            case queries.LoadSnapshot():
                return self._snapshot(query)
            case queries.LoadPage():
                return self._page(query)
            case queries.LoadEvents():
                return self._events(query)
            case queries.LoadPeople():
                return self._people(query)
            case queries.LoadChannels():
                return self._channels(query)
            case queries.LoadLogin():
                sql = "SELECT id, name FROM login JOIN person ON id = user WHERE login = ?"
                row = self._sql(sql, (query.login,)).fetchone()
                return Person(*row) if row else None

    # -------------------------------------------------------------------------------------------------- conversations

    def _conversation(self, query: queries.LoadConversation) -> queries.ConversationRecord | None:
        sql = "SELECT n, id, kind, title, handle, epoch, last_seq, rules FROM conversation WHERE id = ?"
        row = self._sql(sql, (query.id,)).fetchone()
        if row is None:
            return None
        n, id, kind, title, handle, epoch, last_seq, rules = row
        members = self._sql(
            "SELECT id, name, delivered, read FROM member JOIN person ON id = user WHERE conversation = ? ORDER BY id",
            (n,),
        )
        return queries.ConversationRecord(
            id=id,
            kind=kind,
            title=title,
            handle=handle,
            epoch=epoch,
            last_seq=last_seq,
            rules=rules,
            members=tuple(queries.MemberRecord(Person(user, name), have, read) for user, name, have, read in members),
            events=self._log(n, last_seq - RESUME_EVENTS, RESUME_EVENTS),
        )

    def _log(self, n: int, after: int, limit: int) -> tuple[AnyDurable, ...]:
        sql = "SELECT payload FROM event WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?"
        return tuple(decode_event(payload) for (payload,) in self._sql(sql, (n, after, limit)))

    def _events(self, query: queries.LoadEvents) -> queries.EventsRecord | None:
        sql = "SELECT n, epoch, last_seq FROM conversation WHERE id = ?"
        row = self._sql(sql, (query.conversation,)).fetchone()
        if row is None:
            return None
        n, epoch, last_seq = row
        return queries.EventsRecord(epoch=epoch, last_seq=last_seq, events=self._log(n, query.after, query.limit))

    def _find(self, query: queries.FindConversation) -> str | None:
        row = None
        if query.handle is not None:
            row = self._sql("SELECT id FROM conversation WHERE folded_handle = ?", (fold(query.handle),)).fetchone()
        if row is None and query.pair is not None:
            pair = (min(query.pair), max(query.pair))
            row = self._sql("SELECT id FROM conversation WHERE low = ? AND high = ?", pair).fetchone()
        return None if row is None else str(row[0])

    # ----------------------------------------------------------------------------------------------------------- lists

    def _list(self, query: queries.LoadList) -> queries.ListPage:
        below = _NEWEST
        if query.before is not None:
            row = self._sql("SELECT last_change FROM conversation WHERE id = ?", (query.before,)).fetchone()
            below = row[0] if row else 0
        found = self._sql(
            "SELECT n FROM member JOIN conversation ON n = conversation WHERE user = ? AND last_change < ?"
            " ORDER BY last_change DESC LIMIT ?",
            (query.user, below, query.limit + 1),
        ).fetchall()
        rows = [n for (n,) in found]
        known = {id: self._membership(query.user, id) for id in query.known}
        wanted = dict.fromkeys(rows[: query.limit] + [n for n in known.values() if n is not None])
        page = self._rows(query.user, wanted, more=len(rows) > query.limit)
        gone = tuple(id for id, n in known.items() if n is None)
        return msgspec.structs.replace(page, gone=gone, own=self._own(query.user, query.uv))

    def _membership(self, user: str, id: str) -> int | None:
        sql = "SELECT n FROM conversation JOIN member ON conversation = n AND user = ? WHERE id = ?"
        row = self._sql(sql, (user, id)).fetchone()
        return None if row is None else int(row[0])

    def _channels(self, query: queries.LoadChannels) -> queries.ListPage:
        wanted = fold(query.query)
        found = self._sql(
            "SELECT n FROM conversation WHERE kind = 'channel'"
            " AND (instr(folded_handle, :wanted) OR instr(folded_title, :wanted) OR :wanted = '')"
            " ORDER BY last_change DESC LIMIT :limit",
            {"wanted": wanted, "limit": query.limit + 1},
        ).fetchall()
        rows = [n for (n,) in found]
        return self._rows(query.user, rows[: query.limit], more=len(rows) > query.limit)

    def _rows(self, user: str, conversations: Iterable[int], *, more: bool) -> queries.ListPage:
        found = [self._summary(user, n) for n in conversations]
        found.sort(key=lambda one: -one[0])
        rows = tuple(row for _, row in found)
        ids = {row.peer for row in rows} | {row.last.author for row in rows if row.last is not None}
        uv = self._sql("SELECT max(v) FROM own_state WHERE user = ?", (user,)).fetchone()[0] or 0
        people = self._named(id for id in ids if id is not None)
        return queries.ListPage(rows=rows, gone=(), people=people, more=more, uv=uv, own=())

    def _summary(self, user: str, n: int) -> tuple[int, queries.SummaryRecord]:
        """Return a row as this user sees it, after the number that orders it."""
        id, kind, title, handle, low, high, epoch, last_seq, created_at, members, posts, change, joined = self._sql(
            "SELECT id, kind, title, handle, low, high, epoch, last_seq, created_at, members, posts, last_change,"
            " EXISTS (SELECT 1 FROM member WHERE conversation = n AND user = ?) FROM conversation WHERE n = ?",
            (user, n),
        ).fetchone()
        last = self._messages(n, "seq < ? ORDER BY seq DESC", _NEWEST, 1)
        name = self._name(last[0].author) if last else ""
        read = read_marker(self._sql, user, id) or 0
        return change, queries.SummaryRecord(
            id=id,
            kind=kind,
            title=title,
            handle=handle,
            peer=high if low == user else low,
            epoch=epoch,
            last_seq=last_seq,
            last=preview(last[0], name) if last else None,
            created_at=created_at,
            joined=bool(joined),
            members=members,
            read=read,
            unread=unread(self._sql, user, n, read, posts),
        )

    def _own(self, user: str, uv: int | None) -> tuple[OwnRow, ...]:
        """Return a person's own rows above this version."""
        if uv is None:
            return ()
        sql = "SELECT key, value, v FROM own_state WHERE user = ? AND v > ? ORDER BY v"
        rows = self._sql(sql, (user, uv)).fetchall()
        return tuple(own_news(self._sql, user, *row).row for row in rows)

    # -------------------------------------------------------------------------------------------------------- messages

    def _snapshot(self, query: queries.LoadSnapshot) -> queries.SnapshotRecord | None:
        row = self._sql("SELECT n, last_seq FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
        if row is None:
            return None
        n, last_seq = row
        _, summary = self._summary(query.user, n)
        newest_first = self._messages(n, "seq < ? ORDER BY seq DESC", _NEWEST, PAGE_MESSAGES)
        page = self._around(query.conversation, fitting(newest_first), last_seq)
        seen = (
            ()
            if summary.members > GROUP_MEMBERS
            else self._sql(
                "SELECT id, last_seen FROM member JOIN person ON id = user"
                " WHERE conversation = ? AND last_seen IS NOT NULL",
                (n,),
            )
        )
        return queries.SnapshotRecord(summary=summary, page=page, seen=dict(seen))

    def _page(self, query: queries.LoadPage) -> queries.PageRecord | None:
        row = self._sql("SELECT n FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
        if row is None:
            return None
        below, start = sides(query)
        limit = query.limit
        lower = [] if below is None else self._messages(row[0], "seq < ? ORDER BY seq DESC", below, limit)
        upper = [] if start is None else self._messages(row[0], "seq >= ? ORDER BY seq", start, limit)
        edge = start if start is not None else below
        return self._around(query.conversation, joined_sides(lower, upper, limit), (edge or 0) - 1)

    def _messages(self, n: int, where: str, seq: int, limit: int) -> list[Message]:
        sql = f"SELECT seq, v, key, author, at, text, via FROM message WHERE conversation = ? AND {where} LIMIT ?"  # noqa: S608 - ours
        return [Message(*row) for row in self._sql(sql, (n, seq, limit))]

    def _around(self, id: str, messages: list[Message], edge: int) -> queries.PageRecord:
        """Say what lies beyond these; where there are none: seqs up to the edge are before, the rest after."""
        first, last = (messages[0].seq, messages[-1].seq) if messages else (edge + 1, edge)
        epoch, as_of, before, after = self._sql(
            "SELECT epoch, last_seq, EXISTS (SELECT 1 FROM message WHERE conversation = n AND seq < ?),"
            " EXISTS (SELECT 1 FROM message WHERE conversation = n AND seq > ?) FROM conversation WHERE id = ?",
            (first, last, id),
        ).fetchone()
        return queries.PageRecord(
            epoch=epoch,
            messages=tuple(messages),
            as_of=as_of,
            has_before=bool(before),
            has_after=bool(after),
            people=self._named(message.author for message in messages),
        )

    # ---------------------------------------------------------------------------------------------------------- people

    def _name(self, id: str) -> str:
        row = self._sql("SELECT name FROM person WHERE id = ?", (id,)).fetchone()
        return str(row[0]) if row else id

    def _named(self, ids: Iterable[str]) -> tuple[Person, ...]:
        found = (self._sql("SELECT id, name FROM person WHERE id = ?", (id,)).fetchone() for id in sorted(set(ids)))
        return tuple(Person(*row) for row in found if row)

    def _people(self, query: queries.LoadPeople) -> queries.PeopleRecord:
        if query.ids is not None:
            people = self._named(query.ids)
            return queries.PeopleRecord(tuple(sorted(people, key=lambda one: (fold(one.name), one.id))), False)
        wanted = fold(query.query)
        if query.renamed:
            sql = "SELECT id, name FROM person WHERE change IS NOT NULL ORDER BY change DESC LIMIT :limit"
        elif query.namesakes is not None:
            wanted = plain(query.namesakes)
            sql = (
                "SELECT id, name FROM person WHERE plain_name = :wanted"
                " UNION SELECT id, name FROM person WHERE plain_id = :wanted ORDER BY id LIMIT :limit"
            )
        else:
            sql = (
                "SELECT id, name FROM person WHERE instr(folded_name, :wanted) OR instr(folded_id, :wanted)"
                " OR :wanted = '' ORDER BY folded_name, id LIMIT :limit"
            )
        rows = self._sql(sql, {"wanted": wanted, "limit": query.limit + 1}).fetchall()
        people = tuple(Person(*row) for row in rows)
        return queries.PeopleRecord(people[: query.limit], len(people) > query.limit)
