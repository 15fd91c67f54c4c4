"""Conversations that are in memory: facts, members, the newest events, and what is in flight for them.

A conversation is loaded when it is first needed and forgotten when nothing holds it and others were used since.
`Conversation.append` is the only way in which one changes. Never decides, sends or loads: `loading` brings
conversations in and up to date, `delivery` gives their events to connections.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from nbchat.protocol.limits import RESUME_EVENTS
from nbchat.protocol.messages import (
    AnyDurable,
    ConversationKind,
    Deleted,
    Edited,
    Left,
    Mark,
    Person,
    Posted,
    Role,
    Settings,
    Standing,
)

from . import policy
from .connections import Connection
from .conversation import (
    AddMember,
    Change,
    DropBan,
    DropMember,
    PutMessage,
    SetMuted,
    SetRole,
    SetSettings,
    project,
    rules_changed,
    scrubbed,
    scrubs,
)
from .effects import Connection as ConnectionId
from .growth import Growth, after
from .mentions import Names
from .queries import ConversationRecord
from .typists import Typists

LOADED = 256
"""Conversations kept in memory beyond those that somebody watches; each has RESUME_EVENTS events, about 120 KiB."""
REMEMBERED = 4_096
"""Conversations whose last seq is remembered when they are forgotten, so that old news do not load them again."""
WROTE = 1_000
"""People of whom each conversation remembers when they last wrote; for others the store is asked, in slow mode only."""


@dataclass(eq=False)
class Conversation:
    """One conversation in memory.

    Attributes:
        ring: the newest events, without a hole up to `last_seq`.
        standings: members who are not just members: another role, or muted (perhaps no longer).
        banned: who may not come back.
        audience: who is given its events; follows from the members.
        watchers: connections that have it open in a view.
        listeners: ready connections of the audience, and the roster by which they were looked up.
        typing: who is typing where.
        growing: messages that are still being written, by seq.
        given_up: those of which nothing follows any more; watchers are still to be told.
        appending: events in flight to the store.
        rules_in_flight: those of them that change the rules; commands wait until they have landed.
        stale: the store refused an event because the rules had moved; commands wait until they are known again.
        wanted: the highest seq that is known to exist.
        fetching: events are being loaded.
        seen_known: when its members were last seen was loaded after the book of presence had forgotten so often.
        presence_moved: whose presence watchers are still to be told.
        wrote: when people last wrote (ms UTC), as far as the ring reached down when this was loaded, of the last WROTE;
            for slow mode.
        writing: how many messages of each person are in flight to the store, while slow mode is on.
        callable: the names by which members can be mentioned.
        hearsay: whose receipts another hub has told of and is not known to have stored.
    """

    id: str
    kind: ConversationKind
    title: str
    handle: str | None
    epoch: str
    last_seq: int
    rules: int
    settings: Settings
    members: dict[str, Person]
    standings: dict[str, Standing]
    banned: frozenset[str]
    marks: dict[str, Mark]
    ring: deque[AnyDurable]
    audience: frozenset[str] = frozenset()
    watchers: set[ConnectionId] = field(default_factory=set)
    listeners: tuple[int, list[Connection]] | None = None
    typing: Typists = field(default_factory=Typists)
    growing: dict[int, Growth] = field(default_factory=dict)
    given_up: list[int] = field(default_factory=list)
    appending: int = 0
    rules_in_flight: int = 0
    stale: bool = False
    conflicts: int = 0
    wanted: int = 0
    fetching: bool = False
    seen_known: int | None = None
    presence_moved: dict[str, None] = field(default_factory=dict)
    wrote: dict[str, int] = field(default_factory=dict)
    writing: Counter[str] = field(default_factory=Counter)
    callable: Names = field(default_factory=Names)
    hearsay: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, record: ConversationRecord) -> Conversation:
        """Make it from what the store has."""
        members = {one.person.id: one.person for one in record.members}
        conversation = cls(
            id=record.id,
            kind=record.kind,
            title=record.title,
            handle=record.handle,
            epoch=record.epoch,
            last_seq=record.last_seq,
            rules=record.rules,
            settings=record.settings,
            members=members,
            standings={
                one.person.id: Standing(one.person.id, one.role, one.muted)
                for one in record.members
                if _is_special(one.role, one.muted)
            },
            banned=record.banned,
            marks={one.person.id: Mark(one.person.id, one.delivered, one.read) for one in record.members},
            ring=deque(record.events, maxlen=RESUME_EVENTS),
        )
        conversation.wrote = {event.author: event.at for event in record.events if isinstance(event, Posted)}
        conversation.audience = policy.audience(conversation)
        return conversation

    @property
    def shut(self) -> bool:
        """Whether commands have to wait: the rules by which they would be decided are about to change."""
        return self.stale or self.rules_in_flight > 0

    @property
    def idle(self) -> bool:
        """Whether nothing would be lost if it were forgotten."""
        busy = self.watchers or self.appending or self.shut or self.fetching or self.typing or self.growing
        return not busy and self.wanted <= self.last_seq

    def since(self, seq: int) -> list[AnyDurable] | None:
        """Return the events above `seq`, or None if the ring does not reach down to it."""
        missing = self.last_seq - seq
        if missing <= 0:
            return []
        if missing > len(self.ring):
            return None
        return list(islice(self.ring, len(self.ring) - missing, None))

    def returned(self, seq: int) -> frozenset[str]:
        """Return the members who had left in between: their own `left` would make their client forget what follows."""
        left = [event.user for event in self.since(seq) or () if isinstance(event, Left)]
        return self.audience.intersection(left) if left else frozenset()

    def append(self, event: AnyDurable) -> None:
        """Take the next event. Its `seq` must be `last_seq + 1`."""
        if event.seq != self.last_seq + 1:
            raise ValueError(f"event {event.seq} cannot follow {self.last_seq} in {self.id}")
        self._scrub(event)
        self.ring.append(event)
        self.last_seq = event.seq
        if isinstance(event, Edited | Deleted):
            self._stop_growing(event)
        if isinstance(event, Posted):
            self._remember_author(event)
            self.typing.stop(event.author, event.thread)
        if rules_changed(event):
            for change in project(event):
                self._change(change)
            self.rules += 1
            self.audience = policy.audience(self)
            self.listeners = None

    def role(self, user: str) -> Role | None:
        """Return a member's role; None for who is none."""
        standing = self.standings.get(user)
        if standing is not None:
            return standing.role
        return "member" if user in self.members else None

    def _remember_author(self, event: Posted) -> None:
        self.wrote.pop(event.author, None)  # who wrote last stands at the end
        self.wrote[event.author] = event.at
        while len(self.wrote) > WROTE:
            del self.wrote[next(iter(self.wrote))]

    def _stop_growing(self, event: Edited | Deleted) -> None:
        growth = self.growing.get(event.message)
        if growth is not None and after(growth, event) is None:
            del self.growing[event.message]

    def _give_up(self, users: set[str]) -> None:
        """What these people are writing is not gone on with: they may write here no more."""
        gone = [seq for seq, growth in self.growing.items() if growth.author.id in users]
        for seq in gone:
            del self.growing[seq]
        self.given_up += gone

    def _scrub(self, event: AnyDurable) -> None:
        """Take a deleted message's text out of the ring, so that nobody is given it any more."""
        gone = scrubs(event)
        if gone is not None:
            self.ring = deque((scrubbed(one, gone) for one in self.ring), maxlen=RESUME_EVENTS)

    def _change(self, change: Change) -> None:
        match change:
            case AddMember():
                self._add(change)
            case DropMember():
                self._drop(change)
            case DropBan(user):
                self.banned -= {user}
            case SetRole(user, role):
                self._stand(user, role, self._muted(user))
            case SetMuted(user, until):
                self._stand(user, self.role(user) or "member", until)
                if until is not None:
                    self._give_up({user})
            case SetSettings(title, settings):
                self.title, self.settings = title, settings
                if settings.archived:
                    self._give_up({one.author.id for one in self.growing.values()})
            case PutMessage():
                pass

    def _add(self, change: AddMember) -> None:
        user = change.person.id
        if user not in self.members:
            self._stand(user, change.role, change.muted)
        self.members[user] = change.person
        self.marks.setdefault(user, Mark(user, 0, 0))
        self.presence_moved[user] = None

    def _drop(self, change: DropMember) -> None:
        user = change.user
        self.members.pop(user, None)
        self.standings.pop(user, None)
        self.marks.pop(user, None)
        self.presence_moved[user] = None
        self._give_up({user})
        for place in self.typing.places(user):
            self.typing.stop(user, place)
        if change.banned:
            self.banned |= {user}

    def _muted(self, user: str) -> int | None:
        standing = self.standings.get(user)
        return standing.muted if standing is not None else None

    def _stand(self, user: str, role: Role, muted: int | None) -> None:
        if _is_special(role, muted):
            self.standings[user] = Standing(user, role, muted)
        else:
            self.standings.pop(user, None)


def _is_special(role: Role, muted: int | None) -> bool:
    return role != "member" or muted is not None


class Conversations:
    """The conversations in memory, least recently used first."""

    def __init__(self, capacity: int = LOADED) -> None:
        """Keep about this many; more while all of them are in use."""
        self._capacity = capacity
        self._loaded: OrderedDict[str, Conversation] = OrderedDict()
        self._ends: OrderedDict[str, int] = OrderedDict()
        self._held: dict[str, int] = {}

    def __iter__(self) -> Iterator[Conversation]:
        return iter(list(self._loaded.values()))

    def __len__(self) -> int:
        return len(self._loaded)

    def get(self, id: str) -> Conversation | None:
        """Return it if it is in memory."""
        conversation = self._loaded.get(id)
        if conversation is not None:
            self._loaded.move_to_end(id)
        return conversation

    def add(self, conversation: Conversation) -> None:
        """Take one in, and forget idle ones that were not used for longest if there are too many."""
        self._loaded[conversation.id] = conversation
        self._ends.pop(conversation.id, None)
        excess = len(self._loaded) - self._capacity
        if excess > 0:
            others = islice(self._loaded.values(), len(self._loaded) - 1)
            for old in [one for one in others if one.idle and one.id not in self._held][:excess]:
                self.drop(old)

    def drop(self, conversation: Conversation) -> None:
        """Forget it, except where its log ended."""
        del self._loaded[conversation.id]
        self._ends[conversation.id] = conversation.last_seq
        if len(self._ends) > REMEMBERED:
            self._ends.popitem(last=False)

    def hold(self, id: str) -> None:
        """Do not forget it, once it is loaded, until `release` was called as often."""
        self._held[id] = self._held.get(id, 0) + 1

    def release(self, id: str) -> None:
        """Take back one `hold`."""
        self._held[id] -= 1
        if not self._held[id]:
            del self._held[id]

    def ended(self, id: str) -> int:
        """Return up to which seq everything was handed on when it was last forgotten, or 0."""
        return self._ends.get(id, 0)
