"""What it means in SQL to append an event, in the order that `hub.conversation` gives. Used by `sqlite_write` only.

A message without a thread and a quote costs two statements: the log and the message. It asks nothing, so what comes
first is only looked for where the log refuses the key. Those that also mention nobody are written many together
(`sqlite_posts`).
"""

from __future__ import annotations

from collections.abc import Mapping

from nbchat.hub import items
from nbchat.hub.conversation import (
    AddMember,
    DropBan,
    DropMember,
    PutMessage,
    SetMuted,
    SetRole,
    SetSettings,
    Wrong,
    completed,
    key_of,
    makes_links,
    moderates,
    project,
    rules_changed,
    scrubbed,
    scrubs,
    stamped,
)
from nbchat.protocol.changes import changed, in_conversation, noticed, touched
from nbchat.protocol.messages import AnyDurable, Deleted, Edited, Invitation, Message, Posted, Role

from .derived import fold, unusable
from .sqlite_batch import Batch, Head
from .sqlite_own import enter, forget_marker, raise_marker
from .sqlite_rows import Sql, encoded, event as read_event, message_at, posted


class _Known:
    """What `completed` asks."""

    def __init__(self, sql: Sql, n: int) -> None:
        self._sql, self._n = sql, n

    def message(self, seq: int) -> Message | None:
        return message_at(self._sql, self._n, seq)

    def followers(self, root: int) -> Mapping[str, bool]:
        sql = "SELECT user, told FROM follow WHERE conversation = ? AND root = ? ORDER BY user"
        return {user: bool(told) for user, told in self._sql(sql, (self._n, root))}

    def is_member(self, user: str) -> bool:
        sql = "SELECT 1 FROM member WHERE conversation = ? AND user = ?"
        return self._sql(sql, (self._n, user)).fetchone() is not None

    def stood(self, user: str) -> tuple[Role, int | None] | None:
        sql = "SELECT role, muted FROM stood WHERE conversation = ? AND user = ?"
        row = self._sql(sql, (self._n, user)).fetchone()
        return None if row is None else (row[0], row[1])

    def mentioned(self, seq: int) -> list[str]:
        sql = "SELECT payload FROM event WHERE conversation = ? AND seq = ?"
        begun = posted(self._sql(sql, (self._n, seq)).fetchone()[0])
        return _mentions(begun) if in_conversation(begun) else []

    def edited(self, seq: int) -> int:
        sql = "SELECT max(seq) FROM event WHERE conversation = ? AND about = ? AND about IS NOT NULL"
        return self._sql(sql, (self._n, seq)).fetchone()[0] or 0

    def pins(self) -> int:
        sql = "SELECT count(*) FROM message WHERE conversation = ? AND pinned IS NOT NULL"
        return int(self._sql(sql, (self._n,)).fetchone()[0])


def append(batch: Batch, item: items.AppendEvent) -> items.Outcome:
    """Append one event, if it can be."""
    event = item.event
    head = batch.head(event.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    if head.rules != item.rules:
        return _first(batch, event, head) or items.Conflict(head.rules)
    if not _is_plain(event):
        found = _whole(batch, item, head)
        if isinstance(found, items.Outcome):
            return found
        event = found
    stored: AnyDurable = stamped(event, head.last_seq + 1, batch.at)
    return enter_event(batch, stored, head) or _first(batch, stored, head) or items.Failed("store_failed")


def enter_event(batch: Batch, event: AnyDurable, head: Head) -> items.Stored | None:
    """Enter a complete event and all that follows from it; None where its key is known, and nothing is done."""
    change = _log(batch, event, head)
    if change is None:
        return None
    _scrub(batch, event, head.n)
    posts, members = _project(batch, event, head, change)
    for seq in touched(event):
        _update(batch, event, seq, head.n, change)
    _follow_up(batch, event, head.n, change)
    after = Head(
        n=head.n,
        last_seq=event.seq,
        last_change=change,
        rules=head.rules + rules_changed(event),
        posts=head.posts + posts,
        members=head.members + members,
    )
    batch.keep(event.conversation, after, event.author if posts else None)
    return items.Stored(event)


def _is_plain(event: AnyDurable) -> bool:
    """Whether `completed` asks nothing, and the log itself knows the key."""
    return isinstance(event, Posted) and event.reply is None and event.thread is None


def _whole(batch: Batch, item: items.AppendEvent, head: Head) -> AnyDurable | items.Outcome:
    """Return the event as it is to be stored, or the outcome where nothing is."""
    first = _first(batch, item.event, head)
    if first is not None:
        return first
    whole = completed(item.event, _Known(batch.sql, head.n), item.unedited)
    if whole is None:
        return items.Nothing()
    if isinstance(whole, Wrong):
        return items.Failed(whole.code, whole.values)
    why = None if item.link is None else _use(batch, item.link, item.event.conversation)
    return whole if why is None else items.Failed("bad_link", {"why": why})


def _use(batch: Batch, code: str, conversation: str) -> str | None:
    """Use a link up by one; return why it cannot be used."""
    row = batch.sql(
        "SELECT code, id, link.author, role, until, uses FROM link JOIN conversation ON n = conversation"
        " WHERE code = ?",
        (code,),
    ).fetchone()
    why = unusable(row and Invitation(*row), conversation, batch.at)
    if why is None:
        batch.sql("UPDATE link SET uses = uses - 1 WHERE code = ?", (code,))
    return why


# ------------------------------------------------------------------------------------------------------------ the log


def _log(batch: Batch, event: AnyDurable, head: Head) -> int | None:
    """Append to the log and return the change's number, or None where the key is known."""
    change = batch.next()
    cursor = batch.sql(
        "INSERT INTO event (change, conversation, seq, author, key, about, moderated, noticed, payload)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (author, conversation, key) WHERE key IS NOT NULL DO NOTHING",
        (
            change,
            head.n,
            event.seq,
            event.author,
            key_of(event),
            event.message if isinstance(event, Edited) else None,
            1 if moderates(event) else None,
            1 if noticed(event) else None,
            encoded(event),
        ),
    )
    return change if cursor.rowcount == 1 else None


def _first(batch: Batch, event: AnyDurable, head: Head) -> items.Duplicate | None:
    key = key_of(event)
    if key is None:
        return None
    sql = "SELECT payload FROM event WHERE author = ? AND conversation = ? AND key = ?"
    row = batch.sql(sql, (event.author, head.n, key)).fetchone()
    return items.Duplicate(read_event(row[0])) if row else None


def _scrub(batch: Batch, event: AnyDurable, n: int) -> None:
    """Take the text of a message out of the log, and its mentions out of what is counted."""
    seq = scrubs(event)
    if seq is None:
        return
    rows = batch.sql(
        "SELECT change, payload FROM event WHERE conversation = :n AND seq = :seq"
        " UNION ALL SELECT change, payload FROM event WHERE conversation = :n AND about = :seq",
        {"n": n, "seq": seq},
    ).fetchall()
    for change, payload in rows:
        earlier = read_event(payload)
        for user in _mentions(earlier) if isinstance(earlier, Posted) else ():
            batch.sql("DELETE FROM mention WHERE user = ? AND conversation = ? AND seq = ?", (user, n, seq))
        batch.sql("UPDATE event SET payload = ? WHERE change = ?", (encoded(scrubbed(earlier, seq)), change))
    batch.scrubbed = True


# ------------------------------------------------------------------------------------------------------ current state


def _project(batch: Batch, event: AnyDurable, head: Head, number: int) -> tuple[int, int]:
    """Change the current state as the event says; return by how much messages and members have become more."""
    posts = members = 0
    for change in project(event):
        match change:
            case PutMessage():
                posts += _message(batch, change.message, head, number)
            case AddMember():
                members += _add(batch, change, event.conversation, head.n)
            case DropMember():
                members -= _drop(batch, change, event.conversation, head.n)
            case DropBan():
                batch.sql("DELETE FROM ban WHERE conversation = ? AND user = ?", (head.n, change.user))
            case SetRole():
                sql = "UPDATE member SET role = ? WHERE conversation = ? AND user = ?"
                batch.sql(sql, (change.role, head.n, change.user))
                if not makes_links(change.role):
                    _forget_links(batch, change.user, head.n)
            case SetMuted():
                sql = "UPDATE member SET muted = ? WHERE conversation = ? AND user = ?"
                batch.sql(sql, (change.until, head.n, change.user))
            case SetSettings():
                sql = "UPDATE conversation SET title = ?, folded_title = ?, settings = ? WHERE n = ?"
                batch.sql(sql, (change.title, fold(change.title), encoded(change.settings), head.n))
    return posts, members


def _message(batch: Batch, message: Message, head: Head, change: int) -> int:
    """Enter a message: what it says is in its event, so only what indexes need is written."""
    if not in_conversation(message):
        sql = "INSERT INTO message (change, conversation, seq, author, thread) VALUES (?, ?, ?, ?, ?)"
        batch.sql(sql, (change, head.n, message.seq, message.author, message.thread))
        return 0
    sql = "INSERT INTO message (change, conversation, seq, author, thread, nth, own_nth) VALUES (?, ?, ?, ?, ?, ?, ?)"
    own = batch.own_posts(head.n, message.author) + 1
    batch.sql(sql, (change, head.n, message.seq, message.author, message.thread, head.posts + 1, own))
    return 1


def _add(batch: Batch, change: AddMember, conversation: str, n: int) -> int:
    enter(batch.sql, change.person)
    sql = "INSERT INTO member (conversation, user, role, muted) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    added = batch.sql(sql, (n, change.person.id, change.role, change.muted)).rowcount
    batch.sql("DELETE FROM stood WHERE conversation = ? AND user = ?", (n, change.person.id))
    raise_marker(batch, change.person.id, conversation, change.seq)
    return added


def _drop(batch: Batch, change: DropMember, conversation: str, n: int) -> int:
    batch.sql("DELETE FROM follow WHERE user = ? AND conversation = ?", (change.user, n))
    _forget_links(batch, change.user, n)
    if change.banned:
        batch.sql("INSERT INTO ban (conversation, user) VALUES (?, ?) ON CONFLICT DO NOTHING", (n, change.user))
        forget_marker(batch, change.user, conversation)
    batch.sql(
        "INSERT INTO stood (conversation, user, role, muted) SELECT conversation, user, role, muted FROM member"
        " WHERE conversation = ? AND user = ? AND (role = 'guest' OR muted IS NOT NULL)",
        (n, change.user),
    )
    return batch.sql("DELETE FROM member WHERE conversation = ? AND user = ?", (n, change.user)).rowcount


def _forget_links(batch: Batch, user: str, n: int) -> None:
    batch.sql("DELETE FROM link WHERE conversation = ? AND author = ?", (n, user))


def _update(batch: Batch, event: AnyDurable, seq: int, n: int, change: int) -> None:
    """Replace an earlier message by what the event makes of it."""
    before = message_at(batch.sql, n, seq)
    if before is None:
        raise LookupError(f"event {event.seq} of {event.conversation!r} is about message {seq}, which is not there")
    after = changed(before, event)
    batch.sql(
        "UPDATE message SET state = :state, gone = :gone,"
        " pinned = CASE WHEN :pinned THEN coalesce(pinned, :change) ELSE NULL END"
        " WHERE change = (SELECT change FROM event WHERE conversation = :n AND seq = :seq)",
        {
            "state": encoded(after),
            "gone": after.deleted is not None,
            "pinned": after.pinned is not None,
            "change": change,
            "n": n,
            "seq": seq,
        },
    )


# ---------------------------------------------------------------------------------------- what follows from messages


def _follow_up(batch: Batch, event: AnyDurable, n: int, change: int) -> None:
    """Keep counts: who is mentioned, who follows a thread and from where."""
    match event:
        case Posted():
            for user in _mentions(event) if event.mentions else ():
                sql = "INSERT INTO mention (user, conversation, seq, change, author, shown) VALUES (?, ?, ?, ?, ?, ?)"
                values = (user, n, event.seq, change, event.author, in_conversation(event))
                batch.sql(sql, values)
            if event.thread is not None:
                _tell(batch, event, event.thread, n)
        case Deleted(thread=int(root)):
            batch.sql(
                "UPDATE follow SET unread = unread - 1 WHERE conversation = ? AND root = ? AND user <> ? AND read < ?"
                " AND unread > 0",
                (n, root, event.writer, event.message),
            )
        case _:
            pass


def _tell(batch: Batch, event: Posted, root: int, n: int) -> None:
    """Let the followers of a thread have a reply; who had nothing unread in it has read all before."""
    for user in event.followers:
        mine = user == event.author
        batch.sql(
            "INSERT INTO follow (user, conversation, root, told, read, unread, last) VALUES (?, ?, ?, 1, ?, ?, ?)"
            " ON CONFLICT (user, conversation, root) DO UPDATE SET told = 1, last = excluded.last,"
            " read = CASE WHEN unread = 0 OR excluded.unread = 0 THEN excluded.read ELSE read END,"
            " unread = CASE WHEN excluded.unread = 0 THEN 0 ELSE unread + 1 END",
            (user, n, root, event.seq if mine else event.seq - 1, 0 if mine else 1, event.seq),
        )


def _mentions(event: Posted) -> list[str]:
    """Whom a message counts as mentioning, each once."""
    return list(dict.fromkeys(mention.user for mention in event.mentions))
