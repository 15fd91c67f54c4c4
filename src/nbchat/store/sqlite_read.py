"""What each query means in SQL. Used by `sqlite` only, on a connection that only reads.

Each answer is one transaction: all in it is as of one moment. Conversations, lists and changes are here;
`sqlite_messages` has messages and events, `sqlite_people` people, links and reports, `sqlite_counts` what is counted.
No statement scans the log or the messages, whatever it is asked for: tests/store/test_query_plans.py looks at each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from nbchat.hub import ports, queries
from nbchat.hub.conversation import preview
from nbchat.protocol.limits import GROUP_MEMBERS, RESUME_EVENTS
from nbchat.protocol.messages import Mark, OwnRow, Preview

from . import sqlite_messages, sqlite_people
from .derived import fold, given
from .sqlite_counts import Totals, own_news, read_marker, threads, totals, unread
from .sqlite_damage import unreadable
from .sqlite_rows import NEWEST, PERSON, Sql, named, person, settings


def changes(sql: Sql, mark: int | None) -> ports.Changes:
    """Return what was written above this mark, each kind in the order in which it was."""
    newest = sql("SELECT changes FROM meta").fetchone()[0]
    if mark is None or mark >= newest:
        return ports.Changes(newest, ())
    grown = sql("SELECT id, last_seq FROM conversation WHERE last_change > ? ORDER BY last_change", (mark,)).fetchall()
    own = sql("SELECT user, key, value, v FROM own_state WHERE change > ? ORDER BY change", (mark,)).fetchall()
    people = sql(f"SELECT {PERSON}, change FROM person WHERE change > ? ORDER BY change", (mark,)).fetchall()  # noqa: S608 - ours
    marks = sql(
        "SELECT id, user, delivered, read FROM member JOIN conversation ON n = conversation"
        " WHERE change > ? ORDER BY change",
        (mark,),
    )
    return ports.Changes(
        newest,
        grown=tuple((id, seq) for id, seq in grown),
        own=tuple(own_news(sql, totals(sql), *row) for row in own),
        people=tuple((person(tuple(row)), change) for *row, change in people),
        marks=tuple((id, Mark(user, delivered, read)) for id, user, delivered, read in marks),
    )


_Messages = (
    queries.LoadPage
    | queries.LoadMessages
    | queries.LoadEvents
    | queries.LoadVersions
    | queries.LoadSent
    | queries.LoadLog
    | queries.LoadMentions
)


class Reads:
    """The queries of one store, on one connection."""

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], int]) -> None:
        """Read on this connection; `clock` is now in ms UTC, to know which links have ended."""
        self._sql = connection.execute
        self._clock = clock

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
            case queries.LoadChannels():
                return self._channels(query)
            case queries.LoadOwn():
                return self._own_row(query)
            case queries.LoadSnapshot():
                return self._snapshot(query)
            case queries.LoadLinks():
                return sqlite_people.links(self._sql, query, self._clock())
            case queries.LoadPeople() | queries.LoadLogin() | queries.LoadMembers() | queries.LoadReports():
                return sqlite_people.answer(self._sql, query)
            case _:
                return self._messages(query)

    def _messages(self, query: _Messages) -> queries.Answer:
        match query:
            case queries.LoadPage():
                return sqlite_messages.page(self._sql, query)
            case queries.LoadMessages():
                return sqlite_messages.single(self._sql, query)
            case queries.LoadMentions():
                return sqlite_messages.mentions(self._sql, query)
            case queries.LoadEvents() | queries.LoadVersions() | queries.LoadLog() | queries.LoadSent():
                return sqlite_messages.events(self._sql, query)

    # -------------------------------------------------------------------------------------------------- conversations

    def _conversation(self, query: queries.LoadConversation) -> queries.ConversationRecord | None:
        sql = "SELECT n, id, kind, title, handle, epoch, last_seq, rules, settings FROM conversation WHERE id = ?"
        row = self._sql(sql, (query.id,)).fetchone()
        if row is None:
            return None
        n, id, kind, title, handle, epoch, last_seq, rules, about = row
        banned = self._sql("SELECT user FROM ban WHERE conversation = ?", (n,))
        return queries.ConversationRecord(
            id=id,
            kind=kind,
            title=title,
            handle=handle,
            epoch=epoch,
            last_seq=last_seq,
            rules=rules,
            settings=settings(about),
            members=sqlite_people.all_members(self._sql, n),
            banned=frozenset(user for (user,) in banned),
            events=sqlite_messages.log(self._sql, n, last_seq - RESUME_EVENTS, RESUME_EVENTS),
        )

    def _find(self, query: queries.FindConversation) -> str | None:
        row = None
        if query.handle is not None:
            row = self._sql("SELECT id FROM conversation WHERE folded_handle = ?", (fold(query.handle),)).fetchone()
        if row is None and query.pair is not None:
            pair = (min(query.pair), max(query.pair))
            row = self._sql("SELECT id FROM conversation WHERE low = ? AND high = ?", pair).fetchone()
        return None if row is None else str(row[0])

    def _snapshot(self, query: queries.LoadSnapshot) -> queries.SnapshotRecord | None:
        row = self._sql("SELECT n FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
        if row is None:
            return None
        [n] = row
        _, summary = self._summary(query.user, n)
        return queries.SnapshotRecord(
            summary=summary,
            page=sqlite_messages.newest_page(self._sql, n, summary.epoch, summary.last_seq),
            seen={} if summary.members > GROUP_MEMBERS else sqlite_people.seen(self._sql, n),
        )

    # ----------------------------------------------------------------------------------------------------------- lists

    def _list(self, query: queries.LoadList) -> queries.ListPage:
        below = NEWEST
        if query.before is not None:
            sql = "SELECT last_change FROM conversation JOIN member ON conversation = n AND user = ? WHERE id = ?"
            row = self._sql(sql, (query.user, query.before)).fetchone()
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
        user = next(iter(named(self._sql, [query.user])), None)
        return replace(page, gone=gone, own=self._own(query.user, query.uv), user=user)

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
        people = named(self._sql, (id for id in ids if id is not None))
        return queries.ListPage(rows=rows, gone=(), people=people, more=more, uv=uv, own=())

    def _summary(self, user: str, n: int) -> tuple[int, queries.SummaryRecord]:
        """Return a row as this user sees it, after the number that orders it."""
        row = self._sql(
            "SELECT id, kind, title, handle, low, high, epoch, last_seq, created_at, members, posts, last_change,"
            " settings FROM conversation WHERE n = ?",
            (n,),
        ).fetchone()
        id, kind, title, handle, low, high, epoch, last_seq, created_at, members, posts, change, about = row
        return change, queries.SummaryRecord(
            id=id,
            kind=kind,
            title=title,
            handle=handle,
            peer=high if low == user else low,
            epoch=epoch,
            last_seq=last_seq,
            last=self._last(n),
            created_at=created_at,
            members=members,
            threads=threads(self._sql, user, n),
            settings=settings(about),
            **self._mine(user, id, Totals(n, posts, last_seq)),
        )

    def _last(self, n: int) -> Preview | None:
        try:
            found = sqlite_messages.Timeline(self._sql, n).below(NEWEST, 1)
        except Exception as error:
            if unreadable(error):  # told to who opens it: the whole list, and with it the way in, must not go by this
                return None
            raise
        if not found:
            return None
        row = self._sql("SELECT name FROM person WHERE id = ?", (found[0].author,)).fetchone()
        return preview(found[0], row[0] if row else found[0].author)

    def _mine(self, user: str, id: str, of: Totals) -> dict[str, Any]:
        """Return what a row says about the user alone."""
        sql = "SELECT role, muted FROM member WHERE conversation = ? AND user = ?"
        member = self._sql(sql, (of.n, user)).fetchone()
        role, muted = member or (None, None)
        read = read_marker(self._sql, user, id) or 0
        count, mentions = unread(self._sql, user, read, of)
        return {"joined": member is not None, "read": read, "unread": count, "mentions": mentions, "role": role,
                "muted": muted}  # fmt: skip

    # ------------------------------------------------------------------------------------------------------- own state

    def _own(self, user: str, uv: int | None) -> tuple[OwnRow, ...]:
        """Return a person's own rows above this version."""
        if uv is None:
            return ()
        sql = "SELECT key, value, v FROM own_state WHERE user = ? AND v > ? ORDER BY v"
        rows = self._sql(sql, (user, uv)).fetchall()
        some = (rows[place] for place in given([(key, value) for key, value, _ in rows], uv))
        return tuple(own_news(self._sql, totals(self._sql), user, *row).row for row in some)

    def _own_row(self, query: queries.LoadOwn) -> queries.OwnRecord | None:
        row = self._sql(
            "SELECT key, value, v FROM own_state WHERE user = ? AND key = ?", (query.user, query.key)
        ).fetchone()
        if row is None:
            return None
        value = own_news(self._sql, totals(self._sql), query.user, *row).row.value
        return None if value is None else queries.OwnRecord(value)
