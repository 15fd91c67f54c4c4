"""What a client knows: plain data, changed only by `reducer`. Same names and meaning in js/src/client/state.ts."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbchat.protocol.messages import (
    AnyDurable,
    Growing,
    Left,
    Mark,
    Message,
    Offered,
    OwnRow,
    Person,
    Position,
    Standing,
    Status,
    Summary,
)


@dataclass
class Range:
    """Messages that are loaded without a hole: all of one timeline with first <= seq <= last.

    A timeline is the conversation's own (all but what stands only in threads), or one thread (its root and its
    replies).

    `messages` is ascending by seq; `has_before` says that older ones exist below `first`. A range whose `last` is the
    conversation's cursor is live: it grows with each event. Only the newest can be; it is, after a snapshot, until
    paging far up has dropped the newest messages to make room.
    """

    first: int
    last: int
    messages: list[Message]
    has_before: bool
    notices: list[AnyDurable] = field(default_factory=list)
    """What happened to the conversation from `first` to `last`, as `changes.spaced` has it; none in a thread."""


@dataclass
class Conversation:
    """One conversation as this client has it."""

    summary: Summary
    cursor: int
    """Last seq given; durable events at or below it are repetitions."""
    ranges: list[Range] = field(default_factory=list)
    """Loaded messages, ascending, never touching each other; empty until a snapshot came."""
    watched: bool = False
    """A snapshot came and the view is open: typing, presence and receipts below are current."""
    members: list[str] = field(default_factory=list)
    members_named: bool = False
    """These are all members; False: there are too many to name, or no snapshot came."""
    online: int = 0
    presence: dict[str, Status] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    receipts: bool = False
    typing: list[str] = field(default_factory=list)
    typing_count: int = 0
    threads: dict[int, list[Range]] = field(default_factory=dict)
    """Loaded messages of the threads that views have open, by root; a snapshot forgets them."""
    thread_typing: dict[int, list[str]] = field(default_factory=dict)
    """Who is typing in which thread; nobody: no entry."""
    growing: dict[int, Growing] = field(default_factory=dict)
    """Messages that are still being written, by seq, each with all of its text so far."""
    asides: dict[int, Message | None] = field(default_factory=dict)
    """Single messages that somebody asked for (quoted, pinned, saved, roots), kept up to date like the others, the one
    asked for last at the end, at most ASIDES; None: there is none with this seq. A snapshot forgets them."""
    standings: dict[str, Standing] = field(default_factory=dict)
    """Members with another role than member, or muted."""
    commands: list[Offered] = field(default_factory=list)

    @property
    def position(self) -> Position:
        """Where this client stands in it, for resuming."""
        return Position(self.summary.epoch, self.cursor)


@dataclass
class Removal:
    """Somebody else has taken this person out of a conversation, which is forgotten: its title, and how it ended."""

    title: str
    left: Left


@dataclass
class State:
    """All that one client knows of one hub."""

    me: Person | None = None
    owner: bool = False
    store: str = ""
    uv: int = 0
    offset: int = 0
    """ms to add to the own clock to get the hub's."""
    more: bool = False
    """The conversation list goes on below what is here."""
    tail: str = ""
    """The last row of the list that was given; the next page starts below it."""
    own: dict[str, OwnRow] = field(default_factory=dict)
    """Own state by key, in its newest version; rows that were taken away have the value None."""
    conversations: dict[str, Conversation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    removals: dict[str, Removal] = field(default_factory=dict)
    """By conversation, the last one; it stays when one is a member again."""
    skipped: int = 0
    """Events of unknown kinds."""
