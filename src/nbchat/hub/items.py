"""What a hub asks a store to write, item by item, and what may come of each. Data only; the rules are in `ports`."""

from __future__ import annotations

from msgspec import Struct

from nbchat.protocol.messages import AnyDurable, ConversationKind, Invitation, Mark, OwnRow, OwnValue, Person


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

    What an event needs of the messages it touches is filled by the store too, in the same transaction
    (`conversation.completed`). Outcomes: `Stored`; `Duplicate`; `Conflict`; `Nothing` where all is so already;
    `Failed`, also with what `completed` found wrong.
    """

    event: AnyDurable
    rules: int
    link: str | None = None
    """The code by which somebody joins: is used up by one in the same transaction, or the outcome is
    `Failed("bad_link")`.
    """
    unedited: int | None = None
    """For an edit that keeps what was being written: where somebody has edited the message above this seq, it is only
    stored if it goes on from what stands there; else the outcome is `Nothing`.
    """


class PutRead(Struct, frozen=True, kw_only=True):
    """Set a person's read marker; only grows unless `back`. Lazy. Outcomes: `OwnStored`, `Failed`.

    With `thread` the marker in that thread; one that the person does not follow: `Put`.
    """

    user: str
    conversation: str
    seq: int
    back: bool = False
    thread: int | None = None


class PutReadAll(Struct, frozen=True, kw_only=True):
    """Move all read markers of a person, those of threads too, to the ends.

    Outcomes: `OwnsStored` (the rows that moved: conversations, then threads, by id), `Failed`.
    """

    user: str


class PutFollow(Struct, frozen=True, kw_only=True):
    """Let a person be told of a thread's replies, or no more (own row -1). From now on: nothing in it is unread.

    Outcomes: `OwnStored`, `Failed` (`not_member`, `unknown_message`; `forbidden` where the root is a reply itself;
    `too_many` above limits.FOLLOWERS).
    """

    user: str
    conversation: str
    root: int
    on: bool


class PutOwn(Struct, frozen=True, kw_only=True):
    """Set a row of a person's own state; None takes it away (the row stays, with that value, so that others learn it).

    Lazy for drafts. A value that is there already gets no new version; where there was never a row, None has version 0:
    any other one would say of rows that it counts that they were told. Outcomes: `OwnStored`, `Failed` (`too_many`
    above limits.OWN_ROWS or limits.OWN_BYTES; what becomes no longer may always be set).
    """

    user: str
    key: str
    value: OwnValue


class PutLink(Struct, frozen=True, kw_only=True):
    """Make a link by which people join; those of its conversation that cannot be used any more are forgotten.

    Outcomes: `Put`, `Failed` (`too_many` above limits.LINKS usable ones; `store_failed` where the code is in use).
    """

    link: Invitation


class DropLink(Struct, frozen=True, kw_only=True):
    """Take a link away. Outcomes: `Put`, `Failed`."""

    conversation: str
    code: str


class PutReport(Struct, frozen=True, kw_only=True):
    """Keep a report, one for each (message, person), and tell the moderators by their own rows `reports:`.

    Outcomes: `OwnsStored` (a row for each of `moderators`), `Failed` (`unknown_message`, `deleted`).
    """

    conversation: str
    message: int
    user: str
    reason: str
    moderators: tuple[str, ...]


class CloseReport(Struct, frozen=True, kw_only=True):
    """A report is dealt with, perhaps by somebody else already. Outcomes: `OwnsStored` as for `PutReport`, `Failed`."""

    conversation: str
    report: int
    moderators: tuple[str, ...]


class PutMarks(Struct, frozen=True, kw_only=True):
    """Raise a member's receipts (each only grows; what is no member is ignored). Lazy. Outcomes: `Put`, `Failed`."""

    conversation: str
    marks: tuple[Mark, ...]


class PutSeen(Struct, frozen=True, kw_only=True):
    """Note when a person was last online, ms UTC. Lazy. Outcomes: `Put`, `Failed`."""

    user: str
    at: int


class PutPerson(Struct, frozen=True, kw_only=True):
    """Enter a person into the directory. `rename` sets all that one who is there shows; else what is there stays.

    A name that is only the id, and that nobody set, gives way to a better one without `rename` too. Outcomes:
    `PersonStored` (with the name that holds), `Failed` (`bad_name` where a rename would give a name that could be taken
    for somebody else's, as `names.imitated` has it).
    """

    person: Person
    rename: bool = False


class PutLogin(Struct, frozen=True, kw_only=True):
    """Bind an anonymous login (a cookie's user) to a person, once.

    `person` None binds it to the store's owner. With `first` only if no login is bound to the owner yet. Outcomes:
    `LoginStored` (whom the login is bound to: the earlier binding wins; None where `first` came too late), `Failed`
    (`bad_name` as for `PutPerson`: of two who choose one name at once, one gets it).
    """

    login: str
    person: Person | None
    first: bool = False


Item = (
    NewConversation
    | AppendEvent
    | PutRead
    | PutReadAll
    | PutFollow
    | PutOwn
    | PutMarks
    | PutSeen
    | PutPerson
    | PutLogin
    | PutLink
    | DropLink
    | PutReport
    | CloseReport
)


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


class OwnsStored(Struct, frozen=True):
    """Several rows, of one person or of many."""

    rows: tuple[OwnStored, ...]


class Nothing(Struct, frozen=True):
    """All is so already; nothing was stored, and `seq` is not used up."""


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

    `code` is a row of `protocol.codes.ERRORS`: store_full, store_replaced, store_damaged, store_failed,
    unknown_conversation, or what the item says; `values` are for its text.
    """

    code: str
    values: dict[str, int | str] = {}


Outcome = (
    Stored
    | Duplicate
    | Exists
    | Conflict
    | Nothing
    | OwnStored
    | OwnsStored
    | PersonStored
    | LoginStored
    | Put
    | Failed
)
