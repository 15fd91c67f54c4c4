"""What a hub asks a store to read, and the answers. Data only; the rules are in `ports`."""

from __future__ import annotations

from msgspec import Struct

from nbchat.protocol.messages import (
    AnyDurable,
    ConversationKind,
    Hit,
    Invitation,
    Message,
    OwnRow,
    OwnValue,
    Person,
    Preview,
    Reported,
    Role,
    Settings,
    ThreadUnread,
)


class LoadConversation(Struct, frozen=True):
    """Everything the core keeps of an active conversation. Answer: `ConversationRecord`, or None if there is none."""

    id: str


class FindConversation(Struct, frozen=True, kw_only=True):
    """By handle, or the direct one of a pair of user ids. Answer: its id, or None."""

    handle: str | None = None
    pair: tuple[str, str] | None = None


class LoadList(Struct, frozen=True, kw_only=True):
    """Rows of a person's list, by last event, newest first, strictly below `before`.

    Nothing is below one that is not theirs, so that nobody learns of it by asking. `known` ids are added whatever their
    place.

    Answer: `ListPage`. With `uv` not None the own rows above it come along; with 0 only what is there, and of drafts
    the newest limits.WELCOME_DRAFTS; with -1 all, as for who has some and cannot say up to which version.
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
    thread: int | None = None
    """Its root and its replies; None: the conversation's own timeline, without what stands only in threads."""


class LoadMessages(Struct, frozen=True, kw_only=True):
    """Single messages by `seqs`, or the pinned ones, the one that was pinned last at the end, at most limits.PINS.

    Answer: `PageRecord` (what lies beyond is said to be nothing), or None.
    """

    conversation: str
    seqs: tuple[int, ...] = ()
    pinned: bool = False


class LoadVersions(Struct, frozen=True, kw_only=True):
    """The `Posted` and `Edited` events of a message, oldest first; none of a deleted one.

    Of very many the newest: at most limits.RESUME_EVENTS, or limits.PAGE_BYTES of them. Answer: `EventsRecord`.
    """

    conversation: str
    message: int


class LoadSent(Struct, frozen=True, kw_only=True):
    """What a person has sent with this client key; without a key, the last message that they wrote, also in a thread.

    Answer: `EventsRecord` with one event or none, or None if there is no such conversation.
    """

    conversation: str
    author: str
    key: str | None = None


class LoadMentions(Struct, frozen=True, kw_only=True):
    """Messages by others that mention a person or everybody, in conversations that they are a member of, newest first.

    `before` is `next` of the answer before. Answer: `HitsRecord`.
    """

    user: str
    before: int | None
    limit: int


class LoadLog(Struct, frozen=True, kw_only=True):
    """What was moderated (`conversation.moderates`), newest first, below `before`. Answer: `EventsRecord`, or None.

    With `noticed`: what people see between the messages (`changes.noticed`) instead.
    """

    conversation: str
    before: int | None
    limit: int
    noticed: bool = False


class LoadMembers(Struct, frozen=True, kw_only=True):
    """Members whose name or id contains the query, by name, behind the user id `after`. Answer: `MembersRecord`."""

    conversation: str
    query: str
    after: str | None
    limit: int


class LoadLinks(Struct, frozen=True, kw_only=True):
    """Links of a conversation that can still be used, newest first; or the one with this code, if it can.

    Answer: `LinksRecord`.
    """

    conversation: str | None = None
    code: str | None = None


class LoadReports(Struct, frozen=True, kw_only=True):
    """Open reports, oldest first, at most 100, and how many there are. Answer: `ReportsRecord`."""

    conversation: str


class LoadOwn(Struct, frozen=True, kw_only=True):
    """One value of a person's own state. Answer: `OwnRecord`, or None where there is none (or it was taken away)."""

    user: str
    key: str


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
    | LoadMessages
    | LoadVersions
    | LoadSent
    | LoadMentions
    | LoadLog
    | LoadMembers
    | LoadLinks
    | LoadReports
    | LoadOwn
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
    mentions: int
    threads: tuple[ThreadUnread, ...]
    settings: Settings
    role: Role | None
    muted: int | None


class MemberRecord(Struct, frozen=True):
    """One member: the person, their receipts, and how they stand. `seen` (ms UTC) only where members are listed."""

    person: Person
    delivered: int
    read: int
    role: Role
    muted: int | None
    seen: int | None = None


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
    settings: Settings
    members: tuple[MemberRecord, ...]
    banned: frozenset[str]
    events: tuple[AnyDurable, ...]


class ListPage(Struct, frozen=True, kw_only=True):
    """Rows in order, and what belongs to them.

    `gone`: those of `known` of which the user is no member; `people`: peers and authors of previews; `user`: who asked,
    None where they were never entered (`PutPerson`), and in a list of channels.
    """

    rows: tuple[SummaryRecord, ...]
    gone: tuple[str, ...]
    people: tuple[Person, ...]
    more: bool
    uv: int
    own: tuple[OwnRow, ...]
    user: Person | None = None


class PageRecord(Struct, frozen=True, kw_only=True):
    """Messages, oldest first, as of `as_of`, and what lies beyond.

    `people`: their authors, and some of those who reacted, replied, pinned or deleted, and whom `notices` name.
    `notices`: what happened to the conversation from the first to the last seq that the page covers
    (`changes.spaced`); none in a thread, and for single messages.
    """

    epoch: str
    messages: tuple[Message, ...]
    as_of: int
    has_before: bool
    has_after: bool
    people: tuple[Person, ...]
    notices: tuple[AnyDurable, ...] = ()


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


class HitsRecord(Struct, frozen=True):
    """Messages of several conversations, their authors, and where it goes on."""

    hits: tuple[Hit, ...]
    people: tuple[Person, ...]
    next: int | None


class MembersRecord(Struct, frozen=True):
    """Members by name, and whether there are more."""

    members: tuple[MemberRecord, ...]
    more: bool


class LinksRecord(Struct, frozen=True):
    """Links that can be used now."""

    links: tuple[Invitation, ...]


class ReportsRecord(Struct, frozen=True):
    """Open reports, the people in them, and how many are open in all."""

    reports: tuple[Reported, ...]
    people: tuple[Person, ...]
    open: int


class OwnRecord(Struct, frozen=True):
    """A value."""

    value: OwnValue


class PeopleRecord(Struct, frozen=True):
    """People by name, and whether there are more."""

    people: tuple[Person, ...]
    more: bool


Answer = (
    ConversationRecord
    | str
    | ListPage
    | SnapshotRecord
    | PageRecord
    | EventsRecord
    | PeopleRecord
    | Person
    | HitsRecord
    | MembersRecord
    | LinksRecord
    | ReportsRecord
    | OwnRecord
    | None
)
