"""What the items about people and their own state mean for a `MemoryDatabase`. Used by `memory_data` only."""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.hub import items
from nbchat.hub.conversation import READ, REPORTS, thread_key
from nbchat.hub.names import imitated
from nbchat.protocol.limits import FOLLOWERS, LINKS
from nbchat.protocol.messages import Invitation, OwnRow

from .derived import is_kept, many, no_room, own_json, own_size, taken, unusable
from .memory_tables import Following, Report, Tables


def own_stored(tables: Tables, user: str, key: str) -> items.OwnStored:
    """Return the outcome for a row of own state, as it is now."""
    news = tables.news(user, key)
    return items.OwnStored(user, news.row, news.as_of)


def put_read(tables: Tables, item: items.PutRead) -> items.Outcome:
    """Move a read marker."""
    one = tables.conversations.get(item.conversation)
    if one is None:
        return items.Failed("unknown_conversation")
    seq = max(0, min(item.seq, len(one.events)))
    if item.thread is not None:
        return _read_thread(tables, item, item.thread, seq)
    tables.raise_marker(item.user, one, seq, back=item.back)
    return own_stored(tables, item.user, READ + one.id)


def _read_thread(tables: Tables, item: items.PutRead, root: int, seq: int) -> items.Outcome:
    one = tables.conversations[item.conversation]
    following = one.follows.get((root, item.user))
    if following is None or not following.on:
        return items.Put()
    key = thread_key(item.conversation, root)
    moves = seq > following.read or item.back
    if moves:
        if not one.unread_replies(item.user, root):
            following.last = len(one.events)
        following.read = seq
    if moves or key not in tables.own.get(item.user, {}):
        tables.set_own(item.user, key, following.read)
    return own_stored(tables, item.user, key)


def put_read_all(tables: Tables, item: items.PutReadAll) -> items.Outcome:
    """Move all markers to the ends: those of conversations, then those of threads, by key."""
    keys = []
    by_id = [one for _, one in sorted(tables.conversations.items())]
    for one in by_id:
        if item.user in one.members and (tables.marker(item.user, one) or 0) < len(one.events):
            tables.raise_marker(item.user, one, len(one.events))
            keys.append(READ + one.id)
    for one in by_id:
        for root, user in sorted(one.follows):
            if user == item.user and one.unread_replies(user, root):
                one.follows[root, user].read = len(one.events)
                tables.set_own(user, thread_key(one.id, root), len(one.events))
                keys.append(thread_key(one.id, root))
    return items.OwnsStored(tuple(own_stored(tables, item.user, key) for key in keys))


def put_follow(tables: Tables, item: items.PutFollow) -> items.Outcome:
    """Let a person be told of a thread's replies, or no more."""
    one = tables.conversations.get(item.conversation)
    if one is None:
        return items.Failed("unknown_conversation")
    if item.user not in one.members:
        return items.Failed("not_member")
    root = one.messages.get(item.root)
    if root is None:
        return items.Failed("unknown_message", {"message": item.root})
    if root.thread is not None:
        return items.Failed("forbidden", {"why": "a reply of a thread cannot begin another thread"})
    others = sum(on for user, on in one.followers(item.root).items() if user != item.user)
    if item.on and others >= FOLLOWERS:
        return many(FOLLOWERS, "people in one thread")
    one.follows[item.root, item.user] = Following(len(one.events), len(one.events), item.on)
    key = thread_key(one.id, item.root)
    tables.set_own(item.user, key, len(one.events) if item.on else -1)
    return own_stored(tables, item.user, key)


def put_own(tables: Tables, item: items.PutOwn) -> items.Outcome:
    """Set a row of own state, if there is room."""
    rows = tables.own.get(item.user, {})
    row = rows.get(item.key, OwnRow(item.key, None, 0, None))
    if own_json(row.value) == own_json(item.value):
        return items.OwnStored(item.user, row, 0)
    value = own_json(item.value)
    if own_size("", value) > own_size("", own_json(row.value)) or row.value is None:
        kept = {key: own_json(one.value) for key, one in rows.items() if is_kept(key, one.value)} | {item.key: value}
        full = no_room(len(kept), sum(own_size(*one) for one in kept.items()))
        if full is not None:
            return full
    tables.set_own(item.user, item.key, item.value)
    return own_stored(tables, item.user, item.key)


# ---------------------------------------------------------------------------------------------------- links and reports


def put_link(tables: Tables, link: Invitation) -> items.Outcome:
    """Make a link, and forget those of its conversation that cannot be used any more."""
    if link.conversation not in tables.conversations:
        return items.Failed("unknown_conversation")
    for code, one in list(tables.links.items()):
        if one.conversation == link.conversation and unusable(one, one.conversation, tables.now()):
            del tables.links[code]
    if link.code in tables.links:
        return items.Failed("store_failed")
    if sum(one.conversation == link.conversation for one in tables.links.values()) >= LINKS:
        return many(LINKS, "links of one conversation")
    tables.links[link.code] = link
    return items.Put()


def drop_link(tables: Tables, item: items.DropLink) -> items.Outcome:
    """Take a link away, also where it cannot be used anyway."""
    if item.conversation not in tables.conversations:
        return items.Failed("unknown_conversation")
    link = tables.links.get(item.code)
    if link is not None and link.conversation == item.conversation:
        del tables.links[item.code]
    return items.Put()


def put_report(tables: Tables, item: items.PutReport) -> items.Outcome:
    """Keep a report; the same person's second one replaces the first."""
    one = tables.conversations.get(item.conversation)
    if one is None:
        return items.Failed("unknown_conversation")
    message = one.messages.get(item.message)
    if message is None:
        return items.Failed("unknown_message", {"message": item.message})
    if message.deleted is not None:
        return items.Failed("deleted")
    same = (item.conversation, item.message, item.user)
    for report in list(tables.reports.values()):
        if (report.conversation, report.message, report.user) == same:
            del tables.reports[report.id]
    id = tables.next()
    tables.reports[id] = Report(id, *same, at=tables.now(), reason=item.reason)
    return _tell(tables, item.conversation, item.moderators)


def close_report(tables: Tables, item: items.CloseReport) -> items.Outcome:
    """A report is dealt with, perhaps by somebody else already."""
    if item.conversation not in tables.conversations:
        return items.Failed("unknown_conversation")
    report = tables.reports.get(item.report)
    if report is not None and report.conversation == item.conversation:
        del tables.reports[item.report]
    return _tell(tables, item.conversation, item.moderators)


def _tell(tables: Tables, conversation: str, moderators: tuple[str, ...]) -> items.OwnsStored:
    """Let each moderator have the number of open reports."""
    key = REPORTS + conversation
    count = sum(one.conversation == conversation for one in tables.reports.values())
    for user in moderators:
        row = tables.own.get(user, {}).get(key)
        if row is None or row.value != count:
            tables.set_own(user, key, count)
    return items.OwnsStored(tuple(own_stored(tables, user, key) for user in moderators))


# --------------------------------------------------------------------------------------------------- people, receipts


def put_marks(tables: Tables, item: items.PutMarks) -> items.Outcome:
    """Raise receipts."""
    one = tables.conversations.get(item.conversation)
    if one is None:
        return items.Failed("unknown_conversation")
    last = len(one.events)
    for mark in item.marks:
        member = one.members.get(mark.user)
        if member is None:
            continue
        delivered, read = max(member.delivered, min(mark.delivered, last)), max(member.read, min(mark.read, last))
        if (delivered, read) != (member.delivered, member.read):
            member.delivered, member.read, member.change = delivered, read, tables.next()
    return items.Put()


def put_seen(tables: Tables, item: items.PutSeen) -> items.Outcome:
    """Note when a person was last online."""
    if item.user in tables.people:
        tables.seen[item.user] = max(tables.seen.get(item.user, 0), item.at)
    return items.Put()


def put_person(tables: Tables, item: items.PutPerson) -> items.Outcome:
    """Enter a person, or change what they show."""
    id = item.person.id
    had = tables.people.get(id)
    is_new = had is None or had.name != item.person.name
    if item.rename and is_new and imitated(item.person.name, id, tables.people.values()):
        return taken(item.person.name)
    tables.enter(item.person)
    found = tables.people[id]
    nobody_chose = found.name == id and id not in tables.renamed
    wanted = item.person if item.rename else replace(found, name=item.person.name) if nobody_chose else found
    if wanted != found:
        tables.people[id] = wanted
        tables.renamed[id] = tables.next()
    return items.PersonStored(tables.people[id], tables.renamed.get(id, 0))


def put_login(tables: Tables, item: items.PutLogin, owner: str) -> items.Outcome:
    """Bind an anonymous login, once."""
    bound = tables.logins.get(item.login)
    if bound is None:
        if item.first and owner in tables.logins.values():
            return items.LoginStored(None)
        if item.person is not None:
            if imitated(item.person.name, item.person.id, tables.people.values()):
                return taken(item.person.name)
            tables.enter(item.person)
        bound = tables.logins[item.login] = owner if item.person is None else item.person.id
    return items.LoginStored(tables.people[bound])
