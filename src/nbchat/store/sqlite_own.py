"""What the items about people and their own state mean in SQL. Used by the modules `sqlite_*` that write."""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.hub import items
from nbchat.hub.conversation import READ, thread_key
from nbchat.hub.names import plain
from nbchat.protocol.limits import FOLLOWERS
from nbchat.protocol.messages import OwnRow, OwnValue, Person

from .derived import fold, is_kept, many, no_room, own_json, own_size, taken
from .sqlite_batch import Batch
from .sqlite_counts import Totals, own_news, read_marker
from .sqlite_rows import PERSON, Sql, message_at, named, own_value, person

# ----------------------------------------------------------------------------------------------------------- own state


def set_own(batch: Batch, user: str, key: str, value: OwnValue) -> None:
    """Give a row of a person's own state this value, with a new version."""
    batch.sql(
        "INSERT INTO own_state (user, key, value, v, change, kept) VALUES (:user, :key, :value,"
        " 1 + coalesce((SELECT max(v) FROM own_state WHERE user = :user), 0), :change, :kept)"
        " ON CONFLICT (user, key) DO UPDATE SET value = excluded.value, v = excluded.v, change = excluded.change,"
        " kept = excluded.kept",
        {"user": user, "key": key, "value": own_json(value), "change": batch.next(), "kept": is_kept(key, value)},
    )


def own_stored(batch: Batch, user: str, key: str) -> items.OwnStored:
    """Return the outcome for a row of own state that is there, as it is now."""
    row = _own_row(batch, user, key)
    if row is None:
        raise LookupError(f"{user!r} has no row {key!r}, and it was just written")
    news = own_news(batch.sql, batch.totals, user, key, *row)
    return items.OwnStored(user, news.row, news.as_of)


def _own_row(batch: Batch, user: str, key: str) -> tuple[str, int] | None:
    sql = "SELECT value, v FROM own_state WHERE user = ? AND key = ?"
    row: tuple[str, int] | None = batch.sql(sql, (user, key)).fetchone()
    return row


def raise_marker(batch: Batch, user: str, conversation: str, seq: int, *, back: bool = False) -> None:
    """Move a read marker up; down only with `back`."""
    marker = read_marker(batch.sql, user, conversation)
    if marker is None or marker < seq or back:
        set_own(batch, user, READ + conversation, seq)


def forget_marker(batch: Batch, user: str, conversation: str) -> None:
    """Take a read marker away. Its row stays: the newest version that there is counts a person's versions."""
    if read_marker(batch.sql, user, conversation) is not None:
        set_own(batch, user, READ + conversation, None)


def put_read(batch: Batch, item: items.PutRead) -> items.Outcome:
    """Move a read marker."""
    head = batch.head(item.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    seq = max(0, min(item.seq, head.last_seq))
    if item.thread is not None:
        return _read_thread(batch, item, head.totals(), item.thread, seq)
    raise_marker(batch, item.user, item.conversation, seq, back=item.back)
    return own_stored(batch, item.user, READ + item.conversation)


def _read_thread(batch: Batch, item: items.PutRead, of: Totals, root: int, seq: int) -> items.Outcome:
    row = batch.sql(
        "SELECT told, read FROM follow WHERE user = ? AND conversation = ? AND root = ?", (item.user, of.n, root)
    ).fetchone()
    if row is None or not row[0]:
        return items.Put()
    marker, key = row[1], thread_key(item.conversation, root)
    moves = seq > marker or item.back
    if moves:
        marker = seq
        _move(batch, item.user, of, root, seq)
    if moves or _own_row(batch, item.user, key) is None:
        set_own(batch, item.user, key, marker)
    return own_stored(batch, item.user, key)


def _move(batch: Batch, user: str, of: Totals, root: int, seq: int) -> None:
    """Set the marker in a thread, and count what is unread from there."""
    batch.sql(
        "UPDATE follow SET read = :seq, last = CASE unread WHEN 0 THEN :end ELSE last END,"
        " unread = (SELECT count(*) FROM message WHERE conversation = :n"
        " AND thread = :root AND seq > :seq AND author <> :user AND gone = 0 AND thread IS NOT NULL)"
        " WHERE user = :user AND conversation = :n AND root = :root",
        {"seq": seq, "n": of.n, "root": root, "user": user, "end": of.last_seq},
    )


def put_read_all(batch: Batch, item: items.PutReadAll) -> items.Outcome:
    """Move all markers to the ends: those of conversations, then those of threads, by conversation and root."""
    keys = []
    mine = batch.sql(
        "SELECT id FROM member JOIN conversation ON n = conversation WHERE user = ? ORDER BY id", (item.user,)
    ).fetchall()
    for (id,) in mine:
        end = batch.totals(id).last_seq
        if (read_marker(batch.sql, item.user, id) or 0) < end:
            raise_marker(batch, item.user, id, end)
            keys.append(READ + id)
    waiting = batch.sql(
        "SELECT id, root FROM follow INDEXED BY follow_unread JOIN conversation ON n = conversation"
        " WHERE user = ? AND unread > 0 ORDER BY id, root",
        (item.user,),
    ).fetchall()
    for id, root in waiting:
        of = batch.totals(id)
        _move(batch, item.user, of, root, of.last_seq)
        set_own(batch, item.user, thread_key(id, root), of.last_seq)
        keys.append(thread_key(id, root))
    return items.OwnsStored(tuple(own_stored(batch, item.user, key) for key in keys))


def put_follow(batch: Batch, item: items.PutFollow) -> items.Outcome:
    """Let a person be told of a thread's replies, or no more."""
    head = batch.head(item.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    if batch.sql("SELECT 1 FROM member WHERE conversation = ? AND user = ?", (head.n, item.user)).fetchone() is None:
        return items.Failed("not_member")
    root = message_at(batch.sql, head.n, item.root)
    if root is None:
        return items.Failed("unknown_message", {"message": item.root})
    if root.thread is not None:
        return items.Failed("forbidden", {"why": "a reply of a thread cannot begin another thread"})
    others = batch.sql(
        "SELECT count(*) FROM follow WHERE conversation = ? AND root = ? AND told = 1 AND user <> ?",
        (head.n, item.root, item.user),
    ).fetchone()[0]
    if item.on and others >= FOLLOWERS:
        return many(FOLLOWERS, "people in one thread")
    batch.sql(
        "INSERT INTO follow (user, conversation, root, told, read, unread, last) VALUES (?, ?, ?, ?, ?, 0, ?)"
        " ON CONFLICT (user, conversation, root) DO UPDATE SET told = excluded.told, read = excluded.read, unread = 0,"
        " last = excluded.last",
        (item.user, head.n, item.root, item.on, head.last_seq, head.last_seq),
    )
    key = thread_key(item.conversation, item.root)
    set_own(batch, item.user, key, head.last_seq if item.on else -1)
    return own_stored(batch, item.user, key)


def put_own(batch: Batch, item: items.PutOwn) -> items.Outcome:
    """Set a row of own state, if there is room."""
    row = _own_row(batch, item.user, item.key) or (own_json(None), 0)
    if row[0] == own_json(item.value):
        return items.OwnStored(item.user, OwnRow(item.key, own_value(row[0]), row[1], None), 0)
    if own_size("", own_json(item.value)) > own_size("", row[0]) or row[0] == own_json(None):
        full = _no_room(batch, item)
        if full is not None:
            return full
    set_own(batch, item.user, item.key, item.value)
    return own_stored(batch, item.user, item.key)


def _no_room(batch: Batch, item: items.PutOwn) -> items.Failed | None:
    """Return the outcome where the other rows and this one are more than a person may keep."""
    count, size = batch.sql(
        "SELECT count(*), coalesce(sum(length(CAST(key AS BLOB)) + length(CAST(value AS BLOB))), 0)"
        " FROM own_state INDEXED BY own_state_kept WHERE user = ? AND kept = 1 AND key <> ?",
        (item.user, item.key),
    ).fetchone()
    return no_room(count + 1, size + own_size(item.key, own_json(item.value)))


# -------------------------------------------------------------------------------------------------------------- people


def enter(sql: Sql, who: Person) -> None:
    """Put a person into the directory; whoever is there stays as they are."""
    sql(
        "INSERT INTO person (id, folded_id, plain_id, name, folded_name, plain_name, status, emoji, color, hide_seen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (who.id, fold(who.id), plain(who.id), *_shown(who)),
    )


def _shown(who: Person) -> tuple[str | bool, ...]:
    return who.name, fold(who.name), plain(who.name), who.status, who.emoji, who.color, who.hide_seen


def put_person(batch: Batch, item: items.PutPerson) -> items.Outcome:
    """Enter a person, or change what they show."""
    id = item.person.id
    if item.rename and _name(batch.sql, id) != item.person.name and _is_imitation(batch.sql, item.person):
        return taken(item.person.name)
    enter(batch.sql, item.person)
    sql = f"SELECT {PERSON}, coalesce(change, 0) FROM person WHERE id = ?"  # noqa: S608 - ours
    *row, change = batch.sql(sql, (id,)).fetchone()
    found = wanted = person(tuple(row))
    if item.rename:
        wanted = item.person
    elif found.name == id and change == 0:
        wanted = replace(found, name=item.person.name)
    if wanted != found:
        change = batch.next()
        batch.sql(
            "UPDATE person SET name = ?, folded_name = ?, plain_name = ?, status = ?, emoji = ?, color = ?,"
            " hide_seen = ?, change = ? WHERE id = ?",
            (*_shown(wanted), change, id),
        )
    return items.PersonStored(wanted, change)


def _name(sql: Sql, id: str) -> str | None:
    row: tuple[str] | None = sql("SELECT name FROM person WHERE id = ?", (id,)).fetchone()
    return None if row is None else row[0]


def _is_imitation(sql: Sql, who: Person) -> bool:
    """Whether this name is another's name or id, as `names.plain` compares them."""
    statement = "SELECT 1 FROM person WHERE (plain_name = :name OR plain_id = :name) AND id <> :id LIMIT 1"
    return sql(statement, {"name": plain(who.name), "id": who.id}).fetchone() is not None


def put_seen(batch: Batch, item: items.PutSeen) -> items.Outcome:
    """Note when a person was last online."""
    sql = "UPDATE person SET last_seen = max(coalesce(last_seen, 0), ?) WHERE id = ?"
    batch.sql(sql, (item.at, item.user))
    return items.Put()


def put_marks(batch: Batch, item: items.PutMarks) -> items.Outcome:
    """Raise receipts."""
    head = batch.head(item.conversation)
    if head is None:
        return items.Failed("unknown_conversation")
    for mark in item.marks:
        delivered, read = min(mark.delivered, head.last_seq), min(mark.read, head.last_seq)
        batch.sql(
            "UPDATE member SET delivered = max(delivered, :delivered), read = max(read, :read), change = :change"
            " WHERE conversation = :n AND user = :user AND (delivered < :delivered OR read < :read)",
            {"delivered": delivered, "read": read, "change": batch.next(), "n": head.n, "user": mark.user},
        )
    return items.Put()


def put_login(batch: Batch, item: items.PutLogin, owner: str) -> items.Outcome:
    """Bind an anonymous login, once."""
    row = batch.sql("SELECT user FROM login WHERE login = ?", (item.login,)).fetchone()
    if row is None:
        if item.first and batch.sql("SELECT 1 FROM login WHERE user = ?", (owner,)).fetchone():
            return items.LoginStored(None)
        if item.person is not None:
            if _is_imitation(batch.sql, item.person):
                return taken(item.person.name)
            enter(batch.sql, item.person)
        row = (owner if item.person is None else item.person.id,)
        batch.sql("INSERT INTO login (login, user) VALUES (?, ?)", (item.login, row[0]))
    [found] = named(batch.sql, row)
    return items.LoginStored(found)
