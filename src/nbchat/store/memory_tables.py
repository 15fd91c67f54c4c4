"""What a `MemoryDatabase` keeps, in plain dicts, and what is counted from it. Used by the modules `memory_*` only.

Nothing that can be counted is kept: unread messages, mentions and replies are counted from the messages each time. So
the other stores, which keep counters, are held to what the counters mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace as changed

from nbchat.hub import ports
from nbchat.hub.conversation import READ, THREAD
from nbchat.protocol.changes import in_conversation, mentioned
from nbchat.protocol.limits import MENTIONS_CAP, THREADS_UNREAD, UNREAD_CAP
from nbchat.protocol.messages import (
    AnyDurable,
    ConversationKind,
    Invitation,
    Message,
    OwnRow,
    OwnValue,
    Person,
    Role,
    Settings,
    ThreadUnread,
)

from .derived import thread_of


@dataclass
class Member:
    """How somebody stands in a conversation, and their receipts; `change` is when these changed last."""

    role: Role
    muted: int | None = None
    delivered: int = 0
    read: int = 0
    change: int = 0


@dataclass
class Following:
    """Somebody's place in a thread.

    `last` is the seq at which it became unread, or of the newest unread reply. `on`: they are told of it; else they
    have left it.
    """

    read: int
    last: int
    on: bool = True


@dataclass
class Report:
    """A message that somebody has reported."""

    id: int
    conversation: str
    message: int
    user: str
    at: int
    reason: str


@dataclass
class Conversation:
    """A conversation's log, and what follows from it."""

    id: str
    epoch: str
    kind: ConversationKind
    title: str
    handle: str | None
    pair: tuple[str, str] | None
    created_at: int
    settings: Settings = field(default_factory=Settings)
    rules: int = 0
    last_change: int = 0
    events: list[AnyDurable] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    """The number of the change that each event was."""
    messages: dict[int, Message] = field(default_factory=dict)
    named: dict[int, list[str]] = field(default_factory=dict)
    """Whom each message counts as mentioning; edits do not change it."""
    pins: dict[int, int] = field(default_factory=dict)
    """The pinned messages, and the seq at which they were pinned."""
    members: dict[str, Member] = field(default_factory=dict)
    banned: set[str] = field(default_factory=set)
    stood: dict[str, tuple[Role, int | None]] = field(default_factory=dict)
    """How those stood who left as guests or muted."""
    follows: dict[tuple[int, str], Following] = field(default_factory=dict)
    """By root and user."""
    keys: dict[tuple[str, str], int] = field(default_factory=dict)
    """Client keys, by author, and the seq of the event."""

    def timeline(self, thread: int | None = None) -> list[Message]:
        """Return the messages of the conversation's own timeline, or of a thread with its root, oldest first."""
        found = sorted(self.messages.values(), key=lambda message: message.seq)
        if thread is None:
            return [message for message in found if in_conversation(message)]
        return [message for message in found if thread in (message.seq, message.thread)]

    def followers(self, root: int) -> dict[str, bool]:
        """Return who follows a thread, and who has left it."""
        return {user: one.on for (of, user), one in sorted(self.follows.items()) if of == root}

    def unread_replies(self, user: str, root: int) -> list[int]:
        """Return the unread replies of a thread; none for who is not told of it."""
        following = self.follows.get((root, user))
        if following is None or not following.on:
            return []
        replies = (one for one in self.messages.values() if one.thread == root and one.deleted is None)
        return [one.seq for one in replies if one.seq > following.read and one.author != user]


class Tables:
    """Everything, and the counters of changes and of each person's own state."""

    def __init__(self, clock: Callable[[], int] | None) -> None:
        """Start empty; `clock` is now in ms UTC, and without one the n-th change happens at n ms."""
        self._clock = clock
        self.change = 0
        self.conversations: dict[str, Conversation] = {}
        self.made: dict[tuple[str, str], str] = {}
        """Conversations by their maker and the client key."""
        self.people: dict[str, Person] = {}
        self.seen: dict[str, int] = {}
        self.renamed: dict[str, int] = {}
        self.logins: dict[str, str] = {}
        self.uv: dict[str, int] = {}
        self.own: dict[str, dict[str, OwnRow]] = {}
        self.own_moved: dict[tuple[str, str], int] = {}
        self.links: dict[str, Invitation] = {}
        self.reports: dict[int, Report] = {}

    def next(self) -> int:
        """Count one change."""
        self.change += 1
        return self.change

    def now(self) -> int:
        """Return the time, ms UTC."""
        return self.change + 1 if self._clock is None else self._clock()

    def enter(self, person: Person) -> None:
        """Put a person into the directory; whoever is there stays as they are."""
        self.people.setdefault(person.id, person)

    def named(self, ids: Iterable[str]) -> tuple[Person, ...]:
        """Return those of them that are in the directory, by id."""
        return tuple(self.people[id] for id in sorted(set(ids)) if id in self.people)

    def is_member(self, user: str, id: str) -> bool:
        """Whether somebody is a member there."""
        return id in self.conversations and user in self.conversations[id].members

    # ------------------------------------------------------------------------------------------------------- own state

    def set_own(self, user: str, key: str, value: OwnValue) -> None:
        """Give a row of a person's own state this value, with a new version."""
        self.uv[user] = self.uv.get(user, 0) + 1
        self.own.setdefault(user, {})[key] = OwnRow(key, value, self.uv[user], None)
        self.own_moved[user, key] = self.next()

    def marker(self, user: str, one: Conversation) -> int | None:
        """Return a person's read marker, None where there is none."""
        row = self.own.get(user, {}).get(READ + one.id)
        return row.value if row is not None and isinstance(row.value, int) else None

    def raise_marker(self, user: str, one: Conversation, seq: int, *, back: bool = False) -> None:
        """Move a read marker up; down only with `back`."""
        marker = self.marker(user, one)
        if marker is None or marker < seq or back:
            self.set_own(user, READ + one.id, seq)

    def news(self, user: str, key: str) -> ports.OwnNews:
        """Return a row of own state as it is now, and the seq as of which it was counted."""
        row = self.own[user][key]
        if key.startswith(READ):
            one = self.conversations[key.removeprefix(READ)]
            row = changed(row, unread=self.unread(user, one), mentions=self.mentions(user, one))
            return ports.OwnNews(user, row, len(one.events))
        if key.startswith(THREAD):
            id, root = thread_of(key)
            one = self.conversations[id]
            following = one.follows.get((root, user))
            value = None if following is None else following.read if following.on else -1
            unread = None if following is None else min(UNREAD_CAP, len(one.unread_replies(user, root)))
            row = changed(row, value=value, unread=unread)
            return ports.OwnNews(user, row, len(one.events))
        return ports.OwnNews(user, row, 0)

    # -------------------------------------------------------------------------------------------------------- counting

    def _above(self, user: str, one: Conversation) -> list[Message]:
        """Return what is unread: messages by others above the marker, not deleted; nothing where one is no member."""
        if user not in one.members:
            return []
        marker = self.marker(user, one) or 0
        found = one.timeline()
        return [message for message in found if message.seq > marker and message.author != user and not message.deleted]

    def unread(self, user: str, one: Conversation) -> int:
        """Count the unread messages of a conversation's own timeline."""
        return min(UNREAD_CAP, len(self._above(user, one)))

    def mentions(self, user: str, one: Conversation) -> int:
        """Count those of them that mention the person or everybody."""
        return min(MENTIONS_CAP, sum(mentioned(one.named[message.seq], user) for message in self._above(user, one)))

    def threads(self, user: str, one: Conversation) -> tuple[ThreadUnread, ...]:
        """Return the threads with unread replies that a person follows, the one with the newest reply last."""
        mine = [(following.last, root) for (root, of), following in one.follows.items() if of == user]
        found = [
            ThreadUnread(root, one.follows[root, user].read, min(UNREAD_CAP, len(unread)))
            for _, root in sorted(mine)
            if (unread := one.unread_replies(user, root))
        ]
        return tuple(found[-THREADS_UNREAD:])
