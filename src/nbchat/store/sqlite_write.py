"""What each item means in SQL. Used by `sqlite` only, inside the transactions of `sqlite_writer`.

A conversation's counters are read once a transaction, kept here while its events are written, and written back once:
the transaction is IMMEDIATE, so no other process can move them in between. That is what makes `seq` gap-free with
several processes, and a batch of events of one conversation cheap. Never decides who may do what, and never commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from nbchat.hub import items
from nbchat.hub.conversation import READ, AddMember, DropMember, PutMessage, key_of, project, rules_changed, stamped
from nbchat.hub.names import plain
from nbchat.protocol.messages import AnyDurable, Message, OwnRow, Person

from .derived import created, fold, pair_of
from .sqlite_read import decode_event, read_marker, unread

_encoder = msgspec.json.Encoder()


class Head(Struct, frozen=True):
    """A conversation's counters."""

    n: int
    last_seq: int
    last_change: int
    rules: int
    posts: int
    members: int


class Writes:
    """The items of one store, on one connection."""

    def __init__(self, connection: sqlite3.Connection, owner: str, clock: Callable[[], int]) -> None:
        """Write on this connection.

        Args:
            connection: the only one that writes in this process.
            owner: user id of the store's owner.
            clock: now in ms UTC.
        """
        self._sql = connection.execute
        self._owner = owner
        self._clock = clock
        self._at = 0
        self._changes = self._written = 0
        self._heads: dict[str, Head] = {}
        self._moved: dict[str, Head] = {}

    def begin(self) -> None:
        """Forget what was read before: another process may have written. All that follows happens at one time."""
        self._heads.clear()
        self._moved.clear()
        self._at = self._clock()
        self._changes = self._written = self._sql("SELECT changes FROM meta").fetchone()[0]

    def finish(self) -> None:
        """Write the counters back; after this the transaction can be committed."""
        for head in self._moved.values():
            self._sql(
                "UPDATE conversation SET last_seq = ?, last_change = ?, rules = ?, posts = ?, members = ? WHERE n = ?",
                (head.last_seq, head.last_change, head.rules, head.posts, head.members, head.n),
            )
        self._moved.clear()
        if self._changes != self._written:
            self._sql("UPDATE meta SET changes = ?", (self._changes,))

    def _next(self) -> int:
        """Count one change; those of an item that fails are left out, which harms nobody."""
        self._changes += 1
        return self._changes

    def apply(self, item: items.Item) -> items.Outcome:
        """Perform one item. Where this raises, the caller rolls back to the savepoint before it."""
        match item:
            case items.AppendEvent():
                return self._append(item)
            case items.NewConversation():
                return self._new(item)
            case items.PutRead():
                return self._read(item)
            case items.PutMarks():
                return self._marks(item)
            case items.PutSeen():
                return self._seen(item)
            case items.PutPerson():
                return self._person(item)
            case items.PutLogin():
                return self._login(item)

    # -------------------------------------------------------------------------------------------------------- events

    def _append(self, item: items.AppendEvent) -> items.Outcome:
        id = item.event.conversation
        head = self._head(id)
        if head is None:
            return items.Failed("unknown_conversation")
        if head.rules != item.rules:
            return self._first(item.event, head) or items.Conflict(head.rules)
        event: AnyDurable = stamped(item.event, head.last_seq + 1, self._at)
        change = self._log(event, head)
        if change is None:
            first = self._first(event, head)
            return first or items.Failed("store_failed")
        self._keep(id, self._project(event, replace(head, last_change=change)))
        return items.Stored(event)

    def _log(self, event: AnyDurable, head: Head) -> int | None:
        """Append to the log and return the change's number, or None where the key is known."""
        change = self._next()
        cursor = self._sql(
            "INSERT INTO event (change, conversation, seq, author, key, payload) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (author, conversation, key) WHERE key IS NOT NULL DO NOTHING",
            (change, head.n, event.seq, event.author, key_of(event), _encoder.encode(event).decode()),
        )
        return change if cursor.rowcount == 1 else None

    def _first(self, event: AnyDurable, head: Head) -> items.Duplicate | None:
        key = key_of(event)
        row = (
            key
            and self._sql(
                "SELECT payload FROM event WHERE author = ? AND conversation = ? AND key = ?",
                (event.author, head.n, key),
            ).fetchone()
        )
        return items.Duplicate(decode_event(row[0])) if row else None

    def _project(self, event: AnyDurable, head: Head) -> Head:
        """Change the current state as the event says; return the counters after it."""
        posts, members = head.posts, head.members
        for change in project(event):
            match change:
                case PutMessage():
                    posts += change.message.seq == event.seq
                    self._message(change.message, replace(head, posts=posts))
                case AddMember():
                    members += self._add(change, event, head.n)
                case DropMember():
                    sql = "DELETE FROM member WHERE conversation = ? AND user = ?"
                    members -= self._sql(sql, (head.n, change.user)).rowcount
        rules = head.rules + rules_changed(event)
        return replace(head, last_seq=event.seq, rules=rules, posts=posts, members=members)

    def _message(self, message: Message, head: Head) -> None:
        self._sql(
            "INSERT INTO message (change, conversation, seq, v, key, author, at, text, via, nth, own_nth)"
            " VALUES (:change, :n, :seq, :v, :key, :author, :at, :text, :via, :nth,"
            " 1 + coalesce((SELECT own_nth FROM message"
            " WHERE conversation = :n AND author = :author ORDER BY seq DESC LIMIT 1), 0))"
            " ON CONFLICT (conversation, seq) DO UPDATE SET v = :v, text = :text",
            {
                "change": head.last_change,
                "n": head.n,
                "seq": message.seq,
                "v": message.v,
                "key": message.key,
                "author": message.author,
                "at": message.at,
                "text": message.text,
                "via": message.via,
                "nth": head.posts,
            },
        )

    def _add(self, change: AddMember, event: AnyDurable, n: int) -> int:
        self._enter(change.person)
        sql = "INSERT INTO member (conversation, user) VALUES (?, ?) ON CONFLICT DO NOTHING"
        added = self._sql(sql, (n, change.person.id)).rowcount
        self._raise(change.person.id, event.conversation, change.seq)
        return added

    def _new(self, item: items.NewConversation) -> items.Outcome:
        pair = pair_of(item)
        there = self._there(item, pair)
        if there is not None:
            return items.Exists(there)
        if self._head(item.id) is not None:
            return items.Failed("store_failed")
        event = created(item, self._at)
        low, high = pair or (None, None)
        folded = None if item.handle is None else fold(item.handle)
        cursor = self._sql(
            "INSERT INTO conversation (id, epoch, kind, title, folded_title, handle, folded_handle, low, high, author,"
            " key, created_at, last_seq, last_change, rules, posts, members)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)",
            (item.id, item.epoch, item.kind, item.title, fold(item.title), item.handle, folded, low, high,
             item.author.id, item.key, event.at),
        )  # fmt: skip
        head = Head(n=cursor.lastrowid or 0, last_seq=0, last_change=0, rules=0, posts=0, members=0)
        change = self._log(event, head)
        self._keep(item.id, self._project(event, replace(head, last_change=change or 0)))
        return items.Stored(event)

    def _there(self, item: items.NewConversation, pair: tuple[str, str] | None) -> str | None:
        """Return the conversation that this one would be a second of."""
        looks = (
            ("SELECT id FROM conversation WHERE author = ? AND key = ?", item.key and (item.author.id, item.key)),
            ("SELECT id FROM conversation WHERE folded_handle = ?", item.handle and (fold(item.handle),)),
            ("SELECT id FROM conversation WHERE low = ? AND high = ?", pair),
        )
        for sql, values in looks:
            row = values and self._sql(sql, values).fetchone()
            if row:
                return str(row[0])
        return None

    # ------------------------------------------------------------------------------------------------ what people have

    def _read(self, item: items.PutRead) -> items.Outcome:
        head = self._head(item.conversation)
        if head is None:
            return items.Failed("unknown_conversation")
        self._raise(item.user, item.conversation, max(0, min(item.seq, head.last_seq)), back=item.back)
        key = READ + item.conversation
        value, v = self._sql("SELECT value, v FROM own_state WHERE user = ? AND key = ?", (item.user, key)).fetchone()
        marker = int(value)
        count = unread(self._sql, item.user, head.n, marker, head.posts)
        return items.OwnStored(item.user, OwnRow(key, marker, v, count), head.last_seq)

    def _raise(self, user: str, conversation: str, seq: int, *, back: bool = False) -> None:
        marker = read_marker(self._sql, user, conversation)
        if marker is not None and marker >= seq and not back:
            return
        self._sql(
            "INSERT INTO own_state (user, key, value, v, change)"
            " VALUES (:user, :key, :value, 1 + coalesce((SELECT max(v) FROM own_state WHERE user = :user), 0), :change)"
            " ON CONFLICT (user, key) DO UPDATE SET value = excluded.value, v = excluded.v, change = excluded.change",
            {"user": user, "key": READ + conversation, "value": str(seq), "change": self._next()},
        )

    def _marks(self, item: items.PutMarks) -> items.Outcome:
        head = self._head(item.conversation)
        if head is None:
            return items.Failed("unknown_conversation")
        for mark in item.marks:
            delivered, read = min(mark.delivered, head.last_seq), min(mark.read, head.last_seq)
            self._sql(
                "UPDATE member SET delivered = max(delivered, :delivered), read = max(read, :read), change = :change"
                " WHERE conversation = :n AND user = :user AND (delivered < :delivered OR read < :read)",
                {"delivered": delivered, "read": read, "change": self._next(), "n": head.n, "user": mark.user},
            )
        return items.Put()

    def _seen(self, item: items.PutSeen) -> items.Outcome:
        sql = "UPDATE person SET last_seen = max(coalesce(last_seen, 0), ?) WHERE id = ?"
        self._sql(sql, (item.at, item.user))
        return items.Put()

    def _person(self, item: items.PutPerson) -> items.Outcome:
        self._enter(item.person)
        id, name = item.person.id, item.person.name
        found, change = self._sql("SELECT name, coalesce(change, 0) FROM person WHERE id = ?", (id,)).fetchone()
        nobody_chose = found == id and change == 0
        if (item.rename or nobody_chose) and found != name:
            found, change = name, self._next()
            sql = "UPDATE person SET name = ?, folded_name = ?, plain_name = ?, change = ? WHERE id = ?"
            self._sql(sql, (name, fold(name), plain(name), change, id))
        return items.PersonStored(Person(id, found), change)

    def _login(self, item: items.PutLogin) -> items.Outcome:
        row = self._sql("SELECT user FROM login WHERE login = ?", (item.login,)).fetchone()
        if row is None:
            if item.first and self._sql("SELECT 1 FROM login WHERE user = ?", (self._owner,)).fetchone():
                return items.LoginStored(None)
            if item.person is not None:
                self._enter(item.person)
            row = (self._owner if item.person is None else item.person.id,)
            self._sql("INSERT INTO login (login, user) VALUES (?, ?)", (item.login, row[0]))
        return items.LoginStored(self._named(row[0]))

    def _enter(self, person: Person) -> None:
        enter(self._sql, person)

    def _named(self, id: str) -> Person:
        return Person(*self._sql("SELECT id, name FROM person WHERE id = ?", (id,)).fetchone())

    # ------------------------------------------------------------------------------------------------------- counters

    def _head(self, id: str) -> Head | None:
        head = self._heads.get(id)
        if head is None:
            sql = "SELECT n, last_seq, last_change, rules, posts, members FROM conversation WHERE id = ?"
            row = self._sql(sql, (id,)).fetchone()
            if row is None:
                return None
            head = self._heads[id] = Head(*row)
        return head

    def _keep(self, id: str, head: Head) -> None:
        """Remember the counters; the last step of an item, so that one that fails has moved nothing."""
        self._heads[id] = self._moved[id] = head


def enter(sql: Callable[..., sqlite3.Cursor], person: Person) -> None:
    """Put a person into the directory; whoever is there stays as they are."""
    sql(
        "INSERT INTO person (id, name, folded_id, folded_name, plain_id, plain_name) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (person.id, person.name, fold(person.id), fold(person.name), plain(person.id), plain(person.name)),
    )
