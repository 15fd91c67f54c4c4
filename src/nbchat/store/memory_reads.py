"""What each query means for a `MemoryDatabase`. Used by `memory_data` only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace as changed

from nbchat.hub import queries
from nbchat.hub.conversation import moderates, preview
from nbchat.hub.names import plain
from nbchat.protocol.changes import mentioned, noticed, spaced
from nbchat.protocol.limits import GROUP_MEMBERS, PINS, RESUME_EVENTS
from nbchat.protocol.messages import AnyDurable, Edited, Hit, Message, Person, Posted, Reported

from .derived import (
    OPEN_REPORTS,
    covered,
    fitting,
    fold,
    given,
    joined_sides,
    own_json,
    people_in,
    sides,
    unusable,
    versions,
)
from .memory_tables import Conversation, Tables


def answer(tables: Tables, query: queries.Query) -> queries.Answer:
    """Answer one query as of now."""
    match query:
        case queries.FindConversation():
            return find(tables, query.handle, query.pair and (min(query.pair), max(query.pair)))
        case queries.LoadList():
            return _list(tables, query)
        case queries.LoadChannels():
            return _channels(tables, query)
        case queries.LoadPeople():
            return _directory(tables, query)
        case queries.LoadLogin():
            return tables.people.get(tables.logins.get(query.login, ""))
        case queries.LoadMentions():
            return _mentions(tables, query)
        case queries.LoadLinks():
            return _links(tables, query)
        case queries.LoadOwn():
            return _own(tables, query)
        case queries.LoadConversation():
            one = tables.conversations.get(query.id)
            return None if one is None else _record(tables, one)
        case _:
            one = tables.conversations.get(query.conversation)
            return None if one is None else _inside(tables, query, one)


_Inside = (
    queries.LoadSnapshot
    | queries.LoadPage
    | queries.LoadMessages
    | queries.LoadEvents
    | queries.LoadVersions
    | queries.LoadSent
    | queries.LoadLog
    | queries.LoadMembers
    | queries.LoadReports
)


def _inside(tables: Tables, query: _Inside, one: Conversation) -> queries.Answer:
    """Answer a query about one conversation that is there."""
    match query:
        case queries.LoadSnapshot():
            return _snapshot(tables, query.user, one)
        case queries.LoadPage():
            return _page(tables, query, one)
        case queries.LoadMessages():
            return _single(tables, query, one)
        case queries.LoadEvents():
            after = max(0, query.after)
            return _some(one, one.events[after : after + query.limit])
        case queries.LoadSent():
            return _some(one, _sent(one, query))
        case queries.LoadVersions():
            return _versions(query, one)
        case queries.LoadLog():
            below = [event for event in one.events if query.before is None or event.seq < query.before]
            wanted = noticed if query.noticed else moderates
            return _some(one, [event for event in reversed(below) if wanted(event)][: query.limit])
        case queries.LoadMembers():
            return _members(tables, query, one)
        case queries.LoadReports():
            return _reports(tables, one)


def find(tables: Tables, handle: str | None, pair: tuple[str, str] | None) -> str | None:
    """Return the conversation with this handle, or of this pair, sorted."""
    for one in tables.conversations.values():
        if handle is not None and one.handle is not None and fold(one.handle) == fold(handle):
            return one.id
        if pair is not None and one.pair == pair:
            return one.id
    return None


def by_change(tables: Tables, which: Callable[[Conversation], bool]) -> list[Conversation]:
    """Return those conversations, the one with the last event first."""
    return sorted(filter(which, tables.conversations.values()), key=lambda one: -one.last_change)


# ----------------------------------------------------------------------------------------------------- conversations


def _record(tables: Tables, one: Conversation) -> queries.ConversationRecord:
    return queries.ConversationRecord(
        id=one.id,
        kind=one.kind,
        title=one.title,
        handle=one.handle,
        epoch=one.epoch,
        last_seq=len(one.events),
        rules=one.rules,
        settings=one.settings,
        members=tuple(_member(tables, one, user) for user in sorted(one.members)),
        banned=frozenset(one.banned),
        events=tuple(one.events[-RESUME_EVENTS:]),
    )


def _member(tables: Tables, one: Conversation, user: str, seen: int | None = None) -> queries.MemberRecord:
    member = one.members[user]
    return queries.MemberRecord(tables.people[user], member.delivered, member.read, member.role, member.muted, seen)


def _seen(tables: Tables, user: str) -> int | None:
    return None if tables.people[user].hide_seen else tables.seen.get(user)


def _some(one: Conversation, events: Iterable[AnyDurable]) -> queries.EventsRecord:
    return queries.EventsRecord(epoch=one.epoch, last_seq=len(one.events), events=tuple(events))


def _sent(one: Conversation, query: queries.LoadSent) -> list[AnyDurable]:
    if query.key is None:
        mine = [event for event in one.events if isinstance(event, Posted) and event.author == query.author]
        return [*mine[-1:]]
    seq = one.keys.get((query.author, query.key))
    return [] if seq is None else [one.events[seq - 1]]


def _versions(query: queries.LoadVersions, one: Conversation) -> queries.EventsRecord:
    seq = query.message
    if seq not in one.messages or one.messages[seq].deleted is not None:
        return _some(one, ())
    about = [
        event
        for event in one.events
        if (isinstance(event, Posted) and event.seq == seq) or (isinstance(event, Edited) and event.message == seq)
    ]
    return _some(one, versions(about[::-1]))


def _members(tables: Tables, query: queries.LoadMembers, one: Conversation) -> queries.MembersRecord:
    wanted, behind = fold(query.query), tables.people.get(query.after or "")
    low = ("", "") if behind is None else (fold(behind.name), behind.id)
    people = sorted((tables.people[user] for user in one.members), key=lambda who: (fold(who.name), who.id))
    found = [
        who for who in people if (wanted in fold(who.name) or wanted in fold(who.id)) and (fold(who.name), who.id) > low
    ]
    members = tuple(_member(tables, one, who.id, _seen(tables, who.id)) for who in found[: query.limit])
    return queries.MembersRecord(members, len(found) > query.limit)


def _reports(tables: Tables, one: Conversation) -> queries.ReportsRecord:
    mine = [report for report in tables.reports.values() if report.conversation == one.id]
    found = tuple(
        Reported(report.id, one.messages[report.message], report.user, report.at, report.reason)
        for report in sorted(mine, key=lambda report: report.id)[:OPEN_REPORTS]
    )
    named = people_in([report.message for report in found]) | {report.by for report in found}
    return queries.ReportsRecord(found, tables.named(named), len(mine))


# ------------------------------------------------------------------------------------------------------------- lists


def _list(tables: Tables, query: queries.LoadList) -> queries.ListPage:
    user, below = query.user, None
    if query.before is not None:
        is_own = tables.is_member(user, query.before)
        below = tables.conversations[query.before].last_change if is_own else 0
    rows = by_change(tables, lambda one: user in one.members and (below is None or one.last_change < below))
    known = {id for id in query.known if tables.is_member(user, id)}
    extra = [one for one in rows[query.limit :] if one.id in known]
    if below is not None:
        extra += [one for id in sorted(known) if (one := tables.conversations[id]).last_change >= below]
    own = []
    if query.uv is not None:
        mine = tables.own.get(user, {})
        above = sorted((row for row in mine.values() if row.v > query.uv), key=lambda row: row.v)
        places = given([(row.key, own_json(row.value)) for row in above], query.uv)
        own = [tables.news(user, above[place].key).row for place in places]
    return changed(
        _rows(tables, user, rows[: query.limit] + extra),
        gone=tuple(id for id in dict.fromkeys(query.known) if id not in known),
        more=len(rows) > query.limit,
        own=tuple(own),
        user=tables.people.get(user),
    )


def _channels(tables: Tables, query: queries.LoadChannels) -> queries.ListPage:
    wanted = fold(query.query)
    rows = by_change(
        tables, lambda one: one.kind == "channel" and (wanted in fold(one.handle or "") or wanted in fold(one.title))
    )
    return changed(_rows(tables, query.user, rows[: query.limit]), more=len(rows) > query.limit)


def _rows(tables: Tables, user: str, conversations: list[Conversation]) -> queries.ListPage:
    conversations.sort(key=lambda one: -one.last_change)
    rows = tuple(_summary(tables, user, one) for one in conversations)
    ids = {row.peer for row in rows} | {row.last.author for row in rows if row.last is not None}
    people = tables.named(id for id in ids if id is not None)
    return queries.ListPage(rows=rows, gone=(), people=people, more=False, uv=tables.uv.get(user, 0), own=())


def _summary(tables: Tables, user: str, one: Conversation) -> queries.SummaryRecord:
    shown, member = one.timeline(), one.members.get(user)
    last = shown[-1] if shown else None
    author = None if last is None else tables.people.get(last.author)
    return queries.SummaryRecord(
        id=one.id,
        kind=one.kind,
        title=one.title,
        handle=one.handle,
        peer=None if one.pair is None else one.pair[one.pair[0] == user],
        epoch=one.epoch,
        last_seq=len(one.events),
        last=None if last is None else preview(last, last.author if author is None else author.name),
        created_at=one.created_at,
        joined=member is not None,
        members=len(one.members),
        read=tables.marker(user, one) or 0,
        unread=tables.unread(user, one),
        mentions=tables.mentions(user, one),
        threads=tables.threads(user, one),
        settings=one.settings,
        role=None if member is None else member.role,
        muted=None if member is None else member.muted,
    )


def _own(tables: Tables, query: queries.LoadOwn) -> queries.OwnRecord | None:
    if query.key not in tables.own.get(query.user, {}):
        return None
    value = tables.news(query.user, query.key).row.value
    return None if value is None else queries.OwnRecord(value)


# ---------------------------------------------------------------------------------------------------------- messages


def _snapshot(tables: Tables, user: str, one: Conversation) -> queries.SnapshotRecord:
    members = one.members if len(one.members) <= GROUP_MEMBERS else {}
    seen = {member: _seen(tables, member) for member in members}
    return queries.SnapshotRecord(
        summary=_summary(tables, user, one),
        page=_noticed(
            tables,
            queries.LoadPage(conversation=one.id),
            one,
            _around(tables, one, one.timeline(), fitting(one.timeline()[::-1]), len(one.events)),
        ),
        seen={member: at for member, at in seen.items() if at is not None},
    )


def _page(tables: Tables, query: queries.LoadPage, one: Conversation) -> queries.PageRecord:
    below, start = sides(query)
    ascending = one.timeline(query.thread)
    lower = [] if below is None else [m for m in ascending if m.seq < below][: -query.limit - 1 : -1]
    upper = [] if start is None else [m for m in ascending if m.seq >= start][: query.limit]
    edge = start if start is not None else below
    page = _around(tables, one, ascending, joined_sides(lower, upper, query.limit), (edge or 0) - 1)
    return page if query.thread is not None else _noticed(tables, query, one, page)


def _noticed(
    tables: Tables, query: queries.LoadPage, one: Conversation, page: queries.PageRecord
) -> queries.PageRecord:
    first, last = covered(query, page)
    found = [event for event in one.events[first - 1 : max(0, last)] if noticed(event)]
    notices = spaced(found, [message.seq for message in page.messages])
    return changed(page, notices=tuple(notices), people=tables.named(people_in(page.messages, notices)))


def _around(
    tables: Tables, one: Conversation, timeline: list[Message], messages: list[Message], edge: int
) -> queries.PageRecord:
    """Say what lies beyond these; where there are none: seqs up to the edge are before, the rest after."""
    first, last = (messages[0].seq, messages[-1].seq) if messages else (edge + 1, edge)
    return queries.PageRecord(
        epoch=one.epoch,
        messages=tuple(messages),
        as_of=len(one.events),
        has_before=any(message.seq < first for message in timeline),
        has_after=any(message.seq > last for message in timeline),
        people=tables.named(people_in(messages)),
    )


def _single(tables: Tables, query: queries.LoadMessages, one: Conversation) -> queries.PageRecord:
    if query.pinned:
        wanted = sorted(one.pins, key=lambda seq: one.pins[seq])[-PINS:]
    else:
        wanted = sorted({seq for seq in query.seqs if seq in one.messages})
    return _around(tables, one, [], [one.messages[seq] for seq in wanted], 0)


def _mentions(tables: Tables, query: queries.LoadMentions) -> queries.HitsRecord:
    found = [
        (one.changes[message.seq - 1], Hit(one.id, message))
        for one in tables.conversations.values()
        if query.user in one.members
        for message in one.messages.values()
        if mentioned(one.named[message.seq], query.user) and message.author != query.user and not message.deleted
    ]
    found = [(at, hit) for at, hit in found if query.before is None or at < query.before]
    found.sort(key=lambda hit: -hit[0])
    some = found[: query.limit]
    people = tables.named(people_in([hit.message for _, hit in some]))
    return queries.HitsRecord(tuple(hit for _, hit in some), people, some[-1][0] if len(found) > len(some) else None)


# ------------------------------------------------------------------------------------------------------------ people


def _links(tables: Tables, query: queries.LoadLinks) -> queries.LinksRecord:
    usable = [link for link in tables.links.values() if not unusable(link, link.conversation, tables.now())]
    found = [
        link for link in usable if query.conversation in (None, link.conversation) and query.code in (None, link.code)
    ]
    return queries.LinksRecord(tuple(found[::-1]))


def _directory(tables: Tables, query: queries.LoadPeople) -> queries.PeopleRecord:
    people = tables.people
    if query.renamed:
        last_first = sorted(tables.renamed, key=lambda id: -tables.renamed[id])
        return _first([people[id] for id in last_first], query.limit)
    if query.namesakes is not None:
        same = plain(query.namesakes)
        return _first(
            [one for _, one in sorted(people.items()) if same in (plain(one.name), plain(one.id))], query.limit
        )
    if query.ids is not None:
        found = [people[id] for id in dict.fromkeys(query.ids) if id in people]
    else:
        wanted = fold(query.query)
        found = [one for one in people.values() if wanted in fold(one.name) or wanted in fold(one.id)]
    found.sort(key=lambda one: (fold(one.name), one.id))
    return _first(found, len(found) if query.ids is not None else query.limit)


def _first(people: list[Person], limit: int) -> queries.PeopleRecord:
    return queries.PeopleRecord(tuple(people[:limit]), len(people) > limit)
