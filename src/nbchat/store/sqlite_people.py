"""People in SQL: the directory, members, invitation links, reports. Used by `sqlite_read` only."""

from __future__ import annotations

from nbchat.hub import queries
from nbchat.hub.names import plain
from nbchat.protocol.messages import Invitation, Message, Person, Reported, Role

from .derived import OPEN_REPORTS, fold, people_in, unusable
from .sqlite_rows import PERSON, Sql, message_at, named, person


def answer(
    sql: Sql, query: queries.LoadPeople | queries.LoadLogin | queries.LoadMembers | queries.LoadReports
) -> queries.Answer:
    """Answer one query."""
    match query:
        case queries.LoadPeople():
            return _directory(sql, query)
        case queries.LoadLogin():
            return _login(sql, query)
        case queries.LoadMembers():
            return _members(sql, query)
        case queries.LoadReports():
            return _reports(sql, query)


def _directory(sql: Sql, query: queries.LoadPeople) -> queries.PeopleRecord:
    if query.ids is not None:
        people = named(sql, query.ids)
        return queries.PeopleRecord(tuple(sorted(people, key=lambda one: (fold(one.name), one.id))), False)
    wanted = fold(query.query)
    start = f"SELECT {PERSON} FROM person WHERE"  # noqa: S608 - ours
    if query.renamed:
        statement = f"{start} change IS NOT NULL ORDER BY change DESC LIMIT :limit"
    elif query.namesakes is not None:
        wanted = plain(query.namesakes)
        statement = f"{start} plain_name = :wanted UNION {start} plain_id = :wanted ORDER BY 1 LIMIT :limit"
    else:
        statement = (
            f"{start} instr(folded_name, :wanted) OR instr(folded_id, :wanted) OR :wanted = ''"
            " ORDER BY folded_name, id LIMIT :limit"
        )
    rows = sql(statement, {"wanted": wanted, "limit": query.limit + 1}).fetchall()
    people = tuple(person(row) for row in rows)
    return queries.PeopleRecord(people[: query.limit], len(people) > query.limit)


def _login(sql: Sql, query: queries.LoadLogin) -> Person | None:
    statement = f"SELECT {PERSON} FROM login JOIN person ON id = user WHERE login = ?"  # noqa: S608 - ours
    row = sql(statement, (query.login,)).fetchone()
    return None if row is None else person(row)


# ------------------------------------------------------------------------------------------------------------- members


def all_members(sql: Sql, n: int) -> tuple[queries.MemberRecord, ...]:
    """Return the members of a conversation, by id."""
    rows = sql(
        f"SELECT {PERSON}, delivered, read, role, muted FROM member JOIN person ON id = user"  # noqa: S608 - ours
        " WHERE conversation = ? ORDER BY user",
        (n,),
    )
    return tuple(queries.MemberRecord(person(tuple(row[:6])), *row[6:]) for row in rows)


def _members(sql: Sql, query: queries.LoadMembers) -> queries.MembersRecord | None:
    """What it costs is the number of members, not of people."""
    found = sql("SELECT n FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
    if found is None:
        return None
    behind = sql("SELECT folded_name, id FROM person WHERE id = ?", (query.after or "",)).fetchone() or ("", "")
    rows = sql(
        f"SELECT {PERSON}, delivered, read, role, muted, last_seen"  # noqa: S608 - ours
        " FROM member CROSS JOIN person ON id = user WHERE conversation = :n"
        " AND (instr(folded_name, :wanted) OR instr(folded_id, :wanted) OR :wanted = '')"
        " AND (folded_name, id) > (:name, :id) ORDER BY folded_name, id LIMIT :limit",
        {"n": found[0], "wanted": fold(query.query), "name": behind[0], "id": behind[1], "limit": query.limit + 1},
    ).fetchall()
    some = tuple(_member(person(tuple(row[:6])), *row[6:]) for row in rows[: query.limit])
    return queries.MembersRecord(some, len(rows) > query.limit)


def _member(
    who: Person, delivered: int, read: int, role: Role, muted: int | None, seen: int | None
) -> queries.MemberRecord:
    return queries.MemberRecord(who, delivered, read, role, muted, None if who.hide_seen else seen)


def seen(sql: Sql, n: int) -> dict[str, int]:
    """Return when each member was last online, but for those who do not tell."""
    rows = sql(
        "SELECT id, last_seen FROM member JOIN person ON id = user"
        " WHERE conversation = ? AND last_seen IS NOT NULL AND hide_seen = 0",
        (n,),
    )
    return dict(rows.fetchall())


# --------------------------------------------------------------------------------------------------- links and reports


def links(sql: Sql, query: queries.LoadLinks, now: int) -> queries.LinksRecord:
    """Answer a `LoadLinks`; `now` is ms UTC."""
    where, value = ("id = ?", query.conversation) if query.code is None else ("code = ?", query.code)
    rows = sql(
        "SELECT code, id, link.author, role, until, uses FROM link JOIN conversation ON n = conversation"  # noqa: S608
        f" WHERE {where} ORDER BY change DESC",
        (value,),
    )
    found = (Invitation(*row) for row in rows)
    usable = (link for link in found if unusable(link, query.conversation or link.conversation, now) is None)
    return queries.LinksRecord(tuple(usable))


def _reports(sql: Sql, query: queries.LoadReports) -> queries.ReportsRecord | None:
    found = sql("SELECT n FROM conversation WHERE id = ?", (query.conversation,)).fetchone()
    if found is None:
        return None
    rows = sql(
        "SELECT id, message, user, at, reason FROM report WHERE conversation = ? ORDER BY id LIMIT ?",
        (found[0], OPEN_REPORTS),
    ).fetchall()
    some = tuple(
        Reported(id, message, user, at, reason)
        for id, seq, user, at, reason in rows
        if isinstance(message := message_at(sql, found[0], seq), Message)
    )
    who = people_in([report.message for report in some]) | {report.by for report in some}
    count = sql("SELECT count(*) FROM report WHERE conversation = ?", (found[0],)).fetchone()[0]
    return queries.ReportsRecord(some, named(sql, who), count)
