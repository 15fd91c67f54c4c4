"""The two interfaces a hub is built on: `Store` (the truth) and `Bus` (a doorbell).

What they exchange is data: `items` are writes and their outcomes, `queries` are reads and their answers.

Every implementation passes the contract suites in tests/contract. The rules that they rely on:

Store
1. `submit` queues writes and returns at once; one batch is in flight at a time, first in first out, and carries all
   that waited.
2. The store gives `seq` and `at`, inside the commit: gap-free from 1 in each conversation, also with several processes
   on one database.
3. `on_commit` is called once for each batch, from a thread of the store, after the commit is durable, with an outcome
   for every item of the batch in the order of submission. What it was told is on disk.
4. Each item stands in its own savepoint: a bad one fails alone. When the commit itself fails, every item of the batch
   gets `Failed` and nothing is stored.
5. An event whose client key (author, conversation) is known gives `Duplicate` with the first result and stores nothing.
6. `AppendEvent.rules` is the version of the conversation's rules (membership) that the decision was made on;
   if it has moved: `Conflict`.
7. `load` answers from one read transaction: everything in one answer is as of one moment. It never sees half a batch.
8. Lazy items (`PutRead`, `PutMarks`, `PutSeen`, drafts) wait for the next batch, at most `limits.OWN_STATE_DELAY`
   seconds.

Bus
9. `publish` may lose, delay, repeat and reorder; it never blocks. Nothing that matters depends on it: a `Rang` only
   says "look".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from nbchat.protocol.messages import Mark, Offered, OwnRow, Person

from .items import Item, Outcome
from .queries import Answer, Query


class OwnNews(Struct, frozen=True):
    """A row of a person's own state, counted as of a seq, as in `OwnStored`."""

    user: str
    row: OwnRow
    as_of: int


class Changes(Struct, frozen=True):
    """What was written since a mark, each thing once and as it is now; `mark` is for the next call.

    Attributes:
        grown: (conversation, last seq) of each log that grew.
        own: rows of own state.
        people: who has another name, with the number of that change; of two names the higher number is newer.
        marks: (conversation, receipts) of members.
    """

    mark: int
    grown: tuple[tuple[str, int], ...]
    own: tuple[OwnNews, ...] = ()
    people: tuple[tuple[Person, int], ...] = ()
    marks: tuple[tuple[str, Mark], ...] = ()


class StoreInfo(Struct, frozen=True, kw_only=True):
    """Facts of an open store: its id (minted with the database), its owner, and where it is, for people to read."""

    id: str
    owner: Person
    where: str
    warning: str | None


class StoreFailed(Exception):
    """A read failed: `code` is a row of `protocol.codes.ERRORS`."""

    def __init__(self, code: str) -> None:
        """Keep the code of the error table."""
        super().__init__(code)
        self.code = code


OnCommit = Callable[[Sequence[tuple[int, Outcome]]], None]
"""Called from a store thread, once a batch: (token, outcome) of each item."""
OnChanges = Callable[[Changes], None]
"""Called from a store thread when another process has written to the same database."""


class Store(Protocol):
    """Where conversations are kept. Rules 1 to 8 of this module hold."""

    @property
    def info(self) -> StoreInfo:
        """Id, owner and place; known once open."""
        ...

    def start(self, on_commit: OnCommit, on_changes: OnChanges) -> None:
        """Begin to work; before this, nothing may be submitted."""
        ...

    def submit(self, token: int, item: Item) -> None:
        """Queue one write; the outcome comes by `on_commit` with the same token. Thread-safe, never blocks."""
        ...

    def load(self, query: Query, done: Callable[[Answer | StoreFailed], None]) -> None:
        """Read; `done` is called once from a store thread. Thread-safe, never blocks."""
        ...

    def changes(self, mark: int | None, done: Callable[[Changes | StoreFailed], None]) -> None:
        """What was written since `mark`, by any process; with None only the mark is learnt.

        Asked on a timer, because the bus may lose news.
        """
        ...

    def close(self) -> None:
        """Commit what waits, then stop. Blocks until done; safe to call twice."""
        ...


# ----------------------------------------------------------------------------------------------------------------- bus


class Rang(Struct, frozen=True, tag=True):
    """A conversation has events up to `seq`: look in the store."""

    conversation: str
    seq: int


class TypingNote(Struct, frozen=True, tag=True):
    """Somebody at another hub is typing, or has stopped: in the conversation, or in a thread."""

    conversation: str
    user: str
    active: bool
    thread: int | None = None


class PresenceNote(Struct, frozen=True, tag=True):
    """A person has pages at `hub`, or has none any more; to be repeated every LEASE_REFRESH while there are some."""

    hub: str
    user: str
    online: bool


class OffersNote(Struct, frozen=True, tag=True):
    """The slash commands that connections at `hub` answer in a conversation; to be repeated like presence."""

    hub: str
    conversation: str
    commands: tuple[Offered, ...]


class OwnNote(Struct, frozen=True, tag=True):
    """A person's own state changed at another hub."""

    news: OwnNews


class NamedNote(Struct, frozen=True, tag=True):
    """A person has another name: look in the store, because notes overtake each other."""

    person: Person


class MarksNote(Struct, frozen=True, tag=True):
    """Receipts that moved at another hub."""

    conversation: str
    marks: tuple[Mark, ...]


class LookNote(Struct, frozen=True, tag=True):
    """Own state that holds somebody's words changed at another hub: look in the store. No word travels on the bus."""


Note = Rang | LookNote | TypingNote | PresenceNote | OffersNote | OwnNote | NamedNote | MarksNote


LEASED = (PresenceNote, OffersNote)
"""Notes that are said again and hold for a LEASE: who comes later should hear those of the last LEASE_REFRESH, too."""


class Bus(Protocol):
    """News between hubs. Rule 9 of this module holds. A hub does not get its own notes back."""

    def start(self, on_note: Callable[[Note], None]) -> None:
        """Begin to listen; `on_note` may be called from any thread."""
        ...

    def publish(self, note: Note) -> None:
        """Tell the other hubs. Never blocks, never raises."""
        ...

    def close(self) -> None:
        """Stop; safe to call twice."""
        ...
