"""What a hub asks a store to write, item by item, and what may come of each. Data only; the rules are in `ports`."""

from __future__ import annotations

from msgspec import Struct

from nbchat.protocol.messages import AnyDurable, ConversationKind, Mark, OwnRow, Person


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

    A name that is only the id, and that nobody set, gives way to a better one without `rename` too. Outcomes:
    `PersonStored` (with the name that holds), `Failed`.
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
