"""What each item means in SQL. Used by `sqlite` only, inside the transactions of `sqlite_writer`.

The parts: `sqlite_batch` the counters of a transaction, `sqlite_append` events, `sqlite_posts` many plain messages,
`sqlite_own` what people have, `sqlite_moderation` links and reports. Never decides who may do what, and never commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from nbchat.hub import items
from nbchat.protocol.messages import Posted, Settings

from . import sqlite_posts
from .derived import created, fold, pair_of
from .sqlite_append import append, enter_event
from .sqlite_batch import Batch, Head
from .sqlite_moderation import close_report, drop_link, put_link, put_report
from .sqlite_own import put_follow, put_login, put_marks, put_own, put_person, put_read, put_read_all, put_seen
from .sqlite_rows import encoded

_Rest = (
    items.PutMarks
    | items.PutSeen
    | items.PutPerson
    | items.PutLogin
    | items.PutLink
    | items.DropLink
    | items.PutReport
    | items.CloseReport
)


class Writes:
    """The items of one store, on one connection."""

    def __init__(self, connection: sqlite3.Connection, owner: str, clock: Callable[[], int]) -> None:
        """Write on this connection.

        Args:
            connection: the only one that writes in this process.
            owner: user id of the store's owner.
            clock: now in ms UTC.
        """
        self._batch = Batch(connection, clock)
        self._owner = owner

    @property
    def scrubbed(self) -> bool:
        """Whether the transaction took text out of the database, which the journal still has."""
        return self._batch.scrubbed

    def begin(self) -> None:
        """Begin to work, inside a transaction that is IMMEDIATE."""
        self._batch.begin()

    def finish(self) -> None:
        """Write the counters back; after this the transaction can be committed."""
        self._batch.finish()

    def committed(self) -> None:
        """The transaction was committed; without this, nothing that was read in it is used again."""
        self._batch.committed()

    def apply_all(self, batch: Sequence[items.Item]) -> list[items.Outcome]:
        """Perform all items in their order, plain messages that follow each other together.

        Where this raises, an item has failed, or the key of a plain message is known: the caller rolls the transaction
        back, and performs each item by itself.
        """
        outcomes: list[items.Outcome] = []
        posts: list[Posted] = []
        for item in batch:
            post = sqlite_posts.plain(self._batch, item)
            if post is not None:
                posts.append(post)
                continue
            if posts:
                outcomes += sqlite_posts.enter(self._batch, posts)
                posts = []
            outcomes.append(self.apply(item))
        if posts:
            outcomes += sqlite_posts.enter(self._batch, posts)
        return outcomes

    def apply(self, item: items.Item) -> items.Outcome:
        """Perform one item. Where this raises, the caller rolls back to the savepoint before it."""
        match item:
            case items.AppendEvent():
                return append(self._batch, item)
            case items.NewConversation():
                return self._new(item)
            case items.PutRead():
                return put_read(self._batch, item)
            case items.PutReadAll():
                return put_read_all(self._batch, item)
            case items.PutFollow():
                return put_follow(self._batch, item)
            case items.PutOwn():
                return put_own(self._batch, item)
            case _:
                return self._rest(item)

    def _rest(self, item: _Rest) -> items.Outcome:
        match item:
            case items.PutMarks():
                return put_marks(self._batch, item)
            case items.PutSeen():
                return put_seen(self._batch, item)
            case items.PutPerson():
                return put_person(self._batch, item)
            case items.PutLogin():
                return put_login(self._batch, item, self._owner)
            case items.PutLink():
                return put_link(self._batch, item.link)
            case items.DropLink():
                return drop_link(self._batch, item)
            case items.PutReport():
                return put_report(self._batch, item)
            case items.CloseReport():
                return close_report(self._batch, item)

    # --------------------------------------------------------------------------------------------- new conversations

    def _new(self, item: items.NewConversation) -> items.Outcome:
        pair = pair_of(item)
        there = self._there(item, pair)
        if there is not None:
            return items.Exists(there)
        if self._batch.head(item.id) is not None:
            return items.Failed("store_failed")
        low, high = pair or (None, None)
        folded = None if item.handle is None else fold(item.handle)
        cursor = self._batch.sql(
            "INSERT INTO conversation (id, epoch, kind, title, folded_title, handle, folded_handle, low, high, author,"
            " key, created_at, last_seq, last_change, rules, settings, posts, members)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, 0, 0)",
            (item.id, item.epoch, item.kind, item.title, fold(item.title), item.handle, folded, low, high,
             item.author.id, item.key, self._batch.at, encoded(Settings())),
        )  # fmt: skip
        head = Head(n=cursor.lastrowid or 0, last_seq=0, last_change=0, rules=0, posts=0, members=0)
        return enter_event(self._batch, created(item, self._batch.at), head) or items.Failed("store_failed")

    def _there(self, item: items.NewConversation, pair: tuple[str, str] | None) -> str | None:
        """Return the conversation that this one would be a second of."""
        looks = (
            ("SELECT id FROM conversation WHERE author = ? AND key = ?", item.key and (item.author.id, item.key)),
            ("SELECT id FROM conversation WHERE folded_handle = ?", item.handle and (fold(item.handle),)),
            ("SELECT id FROM conversation WHERE low = ? AND high = ?", pair),
        )
        for sql, values in looks:
            row = values and self._batch.sql(sql, values).fetchone()
            if row:
                return str(row[0])
        return None
