"""The two interfaces a hub is built on: `Store` (the truth) and `Bus` (a doorbell), and what they exchange.

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
8. Lazy items (`PutRead`, `PutMarks`, `PutSeen`) wait for the next batch, at most `limits.OWN_STATE_DELAY` seconds.

Bus
9. `publish` may lose, delay, repeat and reorder; it never blocks. Nothing that matters depends on it: a `Rang` only
   says "look".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from nbchat.protocol.messages import AnyDurable, ConversationKind, Mark, Message, OwnRow, Person, Preview

# -------------------------------------------------------------------------------------------------------------- writes


class NewConversation(Struct, frozen=True, kw_only=True):
    """Make a conversation with its `Created` event (seq 1) and its first members, in one transaction.

    Outcomes: `Stored`; `Exists` where the handle, the direct pair, or the (creator, key) is in use; `Failed`.
    """

    id: str
    epoch: str
    kind: ConversationKind
    title: str
    handle: str | None
    key: str | None
    author: Person
    members: tuple[Person, ...]


class AppendEvent(Struct, frozen=True, kw_only=True):
    """Append a durable event; its `seq` and `at` are 0 here and are filled by the store.

    Outcomes: `Stored`, `Duplicate`, `Conflict`, `Failed`.
    """

    event: AnyDurable
    rules: int


class PutRead(Struct, frozen=True, kw_only=True):
    """Set a person's read marker; only grows unless `back`. Lazy. Outcomes: `OwnStored`, `Failed`."""

    user: str
    conversation: str
    seq: int
    back: bool = False


class PutMarks(Struct, frozen=True, kw_only=True):
    """Raise a member's receipts (each only grows; what is no member is ignored). Lazy. Outcomes: `Put`, `Failed`."""

    conversation: str
    marks: tuple[Mark, ...]


class PutSeen(Struct, frozen=True, kw_only=True):
    """Note when a person was last online, ms UTC. Lazy. Outcomes: `Put`, `Failed`."""

    user: str
    at: int


class PutPerson(Struct, frozen=True, kw_only=True):
    """Enter a person into the directory. `rename` sets the name of one who is there; else an existing name stays.

    Outcomes: `PersonStored` (with the name that holds), `Failed`.
    """

    person: Person
    rename: bool = False


class PutLogin(Struct, frozen=True, kw_only=True):
    """Bind an anonymous login (a cookie's user) to a person, once.

    `person` None binds it to the store's owner. With `first` only if no login is bound to the owner yet. Outcomes:
    `LoginStored` (whom the login is bound to: the earlier binding wins; None where `first` came too late), `Failed`.
    """

    login: str
    person: Person | None
    first: bool = False


Item = NewConversation | AppendEvent | PutRead | PutMarks | PutSeen | PutPerson | PutLogin


class Stored(Struct, frozen=True):
    """The event as it is in the log now."""

    event: AnyDurable


class Duplicate(Struct, frozen=True):
    """The event that the same key gave the first time."""

    event: AnyDurable


class Exists(Struct, frozen=True):
    """The conversation that is there already."""

    id: str


class Conflict(Struct, frozen=True):
    """The rules have moved: load the conversation and decide again."""

    rules: int


class OwnStored(Struct, frozen=True):
    """The row with its version and the unread count that follows from it."""

    user: str
    row: OwnRow
    as_of: int
    """Last seq of the conversation when `row.unread` was counted; 0 where it is none of a conversation's."""


class PersonStored(Struct, frozen=True):
    """The person as the directory has them; `change` is the number of the last renaming, 0 before the first."""

    person: Person
    change: int = 0


class LoginStored(Struct, frozen=True):
    """Whom the login is bound to, if anybody."""

    person: Person | None


class Put(Struct, frozen=True):
    """It is there."""


class Failed(Struct, frozen=True):
    """Nothing of this item was stored.

    `code` is a row of `protocol.codes.ERRORS`: store_full, store_failed, unknown_conversation.
    """

    code: str


Outcome = Stored | Duplicate | Exists | Conflict | OwnStored | PersonStored | LoginStored | Put | Failed


# --------------------------------------------------------------------------------------------------------------- reads


class LoadConversation(Struct, frozen=True):
    """Everything the core keeps of an active conversation. Answer: `ConversationRecord`, or None if there is none."""

    id: str


class FindConversation(Struct, frozen=True, kw_only=True):
    """By handle, or the direct one of a pair of user ids. Answer: its id, or None."""

    handle: str | None = None
    pair: tuple[str, str] | None = None


class LoadList(Struct, frozen=True, kw_only=True):
    """Rows of a person's list, by last event, newest first, strictly below `before`.

    `known` ids are added whatever their place.

    Answer: `ListPage`. With `uv` not None the own rows above it come along.
    """

    user: str
    limit: int
    before: str | None = None
    known: tuple[str, ...] = ()
    uv: int | None = None


class LoadSnapshot(Struct, frozen=True):
    """The summary for this user and the newest messages (limits of `Snapshot`). Answer: `SnapshotRecord`, or None."""

    user: str
    conversation: str


class LoadPage(Struct, frozen=True, kw_only=True):
    """Messages before, after, around a seq, or the newest. Answer: `PageRecord`, or None."""

    conversation: str
    before: int | None = None
    after: int | None = None
    around: int | None = None
    limit: int = 50


class LoadEvents(Struct, frozen=True, kw_only=True):
    """Events above `after`, in order, at most `limit`.

    Answer: `EventsRecord`, or None if there is no such conversation.
    """

    conversation: str
    after: int
    limit: int


class LoadPeople(Struct, frozen=True, kw_only=True):
    """The directory, by name.

    whose name or id contains the query (case-insensitive), or exactly these ids. Answer: `PeopleRecord`.
    """

    query: str = ""
    ids: tuple[str, ...] | None = None
    renamed: bool = False
    """Instead: those who have changed their name, the last one to do so first."""
    limit: int = 50


class LoadChannels(Struct, frozen=True, kw_only=True):
    """Open channels as this user sees them, by last event. Answer: `ListPage`."""

    user: str
    query: str
    limit: int


class LoadLogin(Struct, frozen=True):
    """Whom an anonymous login is bound to. Answer: `Person`, or None."""

    login: str


Query = (
    LoadConversation
    | FindConversation
    | LoadList
    | LoadSnapshot
    | LoadPage
    | LoadEvents
    | LoadPeople
    | LoadChannels
    | LoadLogin
)


class SummaryRecord(Struct, frozen=True, kw_only=True):
    """A `Summary` as the store knows it; same fields."""

    id: str
    kind: ConversationKind
    title: str
    handle: str | None
    peer: str | None
    epoch: str
    last_seq: int
    last: Preview | None
    created_at: int
    joined: bool
    members: int
    read: int
    unread: int


class MemberRecord(Struct, frozen=True):
    """One member: the person, and their receipts."""

    person: Person
    delivered: int
    read: int


class ConversationRecord(Struct, frozen=True, kw_only=True):
    """A conversation's facts, its members, and the newest events.

    At most `limits.RESUME_EVENTS` of them, contiguous, up to last_seq.
    """

    id: str
    kind: ConversationKind
    title: str
    handle: str | None
    epoch: str
    last_seq: int
    rules: int
    members: tuple[MemberRecord, ...]
    events: tuple[AnyDurable, ...]


class ListPage(Struct, frozen=True, kw_only=True):
    """Rows in order; `gone`.

    those of `known` of which the user is no member; `people`: peers and authors of previews.
    """

    rows: tuple[SummaryRecord, ...]
    gone: tuple[str, ...]
    people: tuple[Person, ...]
    more: bool
    uv: int
    own: tuple[OwnRow, ...]


class PageRecord(Struct, frozen=True, kw_only=True):
    """Messages, oldest first, as of `as_of`, their authors, and what lies beyond."""

    epoch: str
    messages: tuple[Message, ...]
    as_of: int
    has_before: bool
    has_after: bool
    people: tuple[Person, ...]


class SnapshotRecord(Struct, frozen=True, kw_only=True):
    """One user's summary and the newest page, with when each member was last seen (user id -> ms UTC)."""

    summary: SummaryRecord
    page: PageRecord
    seen: dict[str, int]


class EventsRecord(Struct, frozen=True, kw_only=True):
    """Events above the asked seq, in order; `last_seq` is where the log ends."""

    epoch: str
    last_seq: int
    events: tuple[AnyDurable, ...]


class PeopleRecord(Struct, frozen=True):
    """People by name, and whether there are more."""

    people: tuple[Person, ...]
    more: bool


Answer = ConversationRecord | str | ListPage | SnapshotRecord | PageRecord | EventsRecord | PeopleRecord | Person | None


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
    """Somebody at another hub is typing, or has stopped."""

    conversation: str
    user: str
    active: bool


class PresenceNote(Struct, frozen=True, tag=True):
    """A person has pages at `hub`, or has none any more; to be repeated every LEASE_REFRESH while there are some."""

    hub: str
    user: str
    online: bool


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


Note = Rang | TypingNote | PresenceNote | OwnNote | NamedNote | MarksNote


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
