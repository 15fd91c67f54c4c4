"""What a hub asks a store to read, and the answers. Data only; the rules are in `ports`."""

from __future__ import annotations

from msgspec import Struct

from nbchat.protocol.messages import AnyDurable, ConversationKind, Message, OwnRow, Person, Preview


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
    namesakes: str | None = None
    """Instead: those whose name or id is this one, as `names.plain` compares them."""
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
