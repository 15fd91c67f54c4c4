"""MemoryDatabase: all that a store keeps, in plain dicts, and what each item and query means for it.

Deterministic, no thread, no clock but the one that is passed in. `memory.MemoryStore` is a hub's way to it; the
simulation drives it directly. Written for plainness, not for speed: the contract suite holds the other stores to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec.structs import replace as changed

from nbchat.hub import items, ports, queries
from nbchat.hub.conversation import (
    READ,
    AddMember,
    DropMember,
    PutMessage,
    key_of,
    preview,
    project,
    rules_changed,
    stamped,
)
from nbchat.hub.names import plain
from nbchat.protocol.limits import GROUP_MEMBERS, RESUME_EVENTS, UNREAD_CAP
from nbchat.protocol.messages import AnyDurable, ConversationKind, Mark, Message, OwnRow, Person

from .derived import created, fitting, fold, joined_sides, pair_of, sides

_K = TypeVar("_K")


@dataclass
class _Conversation:
    id: str
    epoch: str
    kind: ConversationKind
    title: str
    handle: str | None
    pair: tuple[str, str] | None
    created_at: int
    rules: int = 0
    last_change: int = 0
    moved: dict[str, int] = field(default_factory=dict)
    """When each member's receipts changed last."""
    events: list[AnyDurable] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    members: dict[str, Mark] = field(default_factory=dict)
    keys: dict[tuple[str, str], AnyDurable] = field(default_factory=dict)


class MemoryDatabase:
    """Everything that a store keeps, and what each item and query means.

    Attributes:
        failing: while set, every batch fails with this code, as on a full disk.
    """

    def __init__(
        self, owner: Person | None = None, *, id: str = "memory", clock: Callable[[], int] | None = None
    ) -> None:
        """Start empty, with the owner in the directory.

        Args:
            owner: whose store it is.
            id: what `StoreInfo.id` says.
            clock: now in ms UTC; without one, the n-th event happens at n ms.
        """
        self.owner_id = (owner or Person("owner", "Owner")).id
        self.id = id
        self.failing: str | None = None
        self._clock = clock
        self._changes = 0
        self._conversations: dict[str, _Conversation] = {}
        self._made: dict[tuple[str, str], str] = {}
        self._people: dict[str, Person] = {}
        self._seen: dict[str, int] = {}
        self._uv: dict[str, int] = {}
        self._own: dict[str, dict[str, OwnRow]] = {}
        self._own_moved: dict[tuple[str, str], int] = {}
        self._renamed: dict[str, int] = {}
        self._logins: dict[str, str] = {}
        self._enter(owner or Person("owner", "Owner"))

    # -------------------------------------------------------------------------------------------------------- writes

    def commit(self, batch: Iterable[items.Item]) -> list[items.Outcome]:
        """Perform one batch and return its outcomes in order."""
        if self.failing is not None:
            code = self.failing
            return [items.Failed(code) for _ in batch]
        return [self._write(item) for item in batch]

    def _write(self, item: items.Item) -> items.Outcome:
        match item:
            case items.NewConversation():
                return self._new(item)
            case items.AppendEvent():
                return self._append(item)
            case items.PutRead():
                return self._read(item)
            case items.PutMarks():
                return self._marks(item)
            case items.PutSeen():
                return self._see(item)
            case items.PutPerson():
                return self._person(item)
            case items.PutLogin():
                return self._login(item)

    def _new(self, item: items.NewConversation) -> items.Outcome:
        try:
            pair = pair_of(item)
        except ValueError:
            return items.Failed("store_failed")
        there = self._there(item, pair)
        if there is not None:
            return items.Exists(there)
        if item.id in self._conversations:
            return items.Failed("store_failed")
        event = created(item, self._now())
        conversation = _Conversation(item.id, item.epoch, item.kind, item.title, item.handle, pair, event.at)
        self._conversations[item.id] = conversation
        if item.key is not None:
            self._made[item.author.id, item.key] = item.id
        self._add(conversation, event)
        return items.Stored(event)

    def _there(self, item: items.NewConversation, pair: tuple[str, str] | None) -> str | None:
        made = None if item.key is None else self._made.get((item.author.id, item.key))
        return made or self._find(item.handle, pair)

    def _append(self, item: items.AppendEvent) -> items.Outcome:
        conversation = self._conversations.get(item.event.conversation)
        if conversation is None:
            return items.Failed("unknown_conversation")
        key = key_of(item.event)
        first = None if key is None else conversation.keys.get((item.event.author, key))
        if first is not None:
            return items.Duplicate(first)
        if conversation.rules != item.rules:
            return items.Conflict(conversation.rules)
        event: AnyDurable = stamped(item.event, len(conversation.events) + 1, self._now())
        self._add(conversation, event)
        return items.Stored(event)

    def _add(self, conversation: _Conversation, event: AnyDurable) -> None:
        conversation.last_change = self._next()
        conversation.events.append(event)
        conversation.rules += rules_changed(event)
        key = key_of(event)
        if key is not None:
            conversation.keys[event.author, key] = event
        for change in project(event):
            match change:
                case PutMessage():
                    conversation.messages[change.message.seq] = change.message
                case AddMember():
                    self._enter(change.person)
                    conversation.members.setdefault(change.person.id, Mark(change.person.id, 0, 0))
                    self._raise(change.person.id, conversation, change.seq)
                case DropMember():
                    conversation.members.pop(change.user, None)
                    conversation.moved.pop(change.user, None)

    def _read(self, item: items.PutRead) -> items.Outcome:
        conversation = self._conversations.get(item.conversation)
        if conversation is None:
            return items.Failed("unknown_conversation")
        seq = max(0, min(item.seq, len(conversation.events)))
        self._raise(item.user, conversation, seq, back=item.back)
        row = self._own[item.user][READ + item.conversation]
        return items.OwnStored(item.user, self._counted(item.user, row), len(conversation.events))

    def _raise(self, user: str, conversation: _Conversation, seq: int, *, back: bool = False) -> None:
        rows = self._own.setdefault(user, {})
        key = READ + conversation.id
        if key in rows and (self._marker(user, conversation) >= seq and not back):
            return
        self._uv[user] = self._uv.get(user, 0) + 1
        rows[key] = OwnRow(key, seq, self._uv[user], None)
        self._own_moved[user, key] = self._next()

    def _marks(self, item: items.PutMarks) -> items.Outcome:
        conversation = self._conversations.get(item.conversation)
        if conversation is None:
            return items.Failed("unknown_conversation")
        last = len(conversation.events)
        for mark in item.marks:
            had = conversation.members.get(mark.user)
            if had is not None:
                delivered, read = max(had.delivered, min(mark.delivered, last)), max(had.read, min(mark.read, last))
                conversation.members[mark.user] = Mark(mark.user, delivered, read)
                if had != conversation.members[mark.user]:
                    conversation.moved[mark.user] = self._next()
        return items.Put()

    def _see(self, item: items.PutSeen) -> items.Outcome:
        if item.user in self._people:
            self._seen[item.user] = max(self._seen.get(item.user, 0), item.at)
        return items.Put()

    def _person(self, item: items.PutPerson) -> items.Outcome:
        id = item.person.id
        self._enter(item.person)
        nobody_chose = self._people[id].name == id and id not in self._renamed
        if (item.rename or nobody_chose) and self._people[id] != item.person:
            self._people[id] = item.person
            self._renamed[id] = self._next()
        return items.PersonStored(self._people[id], self._renamed.get(id, 0))

    def _login(self, item: items.PutLogin) -> items.Outcome:
        bound = self._logins.get(item.login)
        if bound is None:
            if item.first and self.owner_id in self._logins.values():
                return items.LoginStored(None)
            if item.person is not None:
                self._enter(item.person)
            bound = self._logins[item.login] = self.owner_id if item.person is None else item.person.id
        return items.LoginStored(self._people[bound])

    def _enter(self, person: Person) -> None:
        self._people.setdefault(person.id, person)

    def _next(self) -> int:
        self._changes += 1
        return self._changes

    def _now(self) -> int:
        return self._changes + 1 if self._clock is None else self._clock()

    # --------------------------------------------------------------------------------------------------------- reads

    @property
    def owner(self) -> Person:
        """The owner, under the name that they have now."""
        return self._people[self.owner_id]

    def changes(self, mark: int | None) -> ports.Changes:
        """Return what was written above this mark, each kind in the order in which it was."""
        if mark is None:
            return ports.Changes(self._changes, ())
        own = _above(self._own_moved, mark)
        moved = {(one.id, user): at for one in self._conversations.values() for user, at in one.moved.items()}
        marks = [(id, user) for id, user in _above(moved, mark) if self._is_member(user, id)]
        return ports.Changes(
            self._changes,
            grown=tuple(
                (one.id, len(one.events)) for one in reversed(self._by_change(lambda one: one.last_change > mark))
            ),
            own=tuple(self._own_news(user, self._own[user][key]) for user, key in own),
            people=tuple((self._people[id], self._renamed[id]) for id in _above(self._renamed, mark)),
            marks=tuple((id, self._conversations[id].members[user]) for id, user in marks),
        )

    def answer(self, query: queries.Query) -> queries.Answer:
        """queries.Answer one query as of now."""
        match query:
            case queries.FindConversation():
                pair = query.pair and (min(query.pair), max(query.pair))
                return self._find(query.handle, pair)
            case queries.LoadList():
                return self._list(query)
            case queries.LoadPeople():
                return self._directory(query)
            case queries.LoadChannels():
                return self._channels(query)
            case queries.LoadLogin():
                return self._people.get(self._logins.get(query.login, ""))
            case queries.LoadConversation():
                return self._in(query.id, self._record)
            case queries.LoadSnapshot():
                return self._in(query.conversation, lambda one: self._snapshot(query.user, one))
            case queries.LoadPage():
                return self._in(query.conversation, lambda one: self._page(query, one))
            case queries.LoadEvents():
                return self._in(query.conversation, lambda one: self._events(query, one))

    def _in(self, id: str, answer: Callable[[_Conversation], queries.Answer]) -> queries.Answer:
        conversation = self._conversations.get(id)
        return None if conversation is None else answer(conversation)

    def _find(self, handle: str | None, pair: tuple[str, str] | None) -> str | None:
        for one in self._conversations.values():
            if handle is not None and one.handle is not None and fold(one.handle) == fold(handle):
                return one.id
            if pair is not None and one.pair == pair:
                return one.id
        return None

    def _record(self, one: _Conversation) -> queries.ConversationRecord:
        return queries.ConversationRecord(
            id=one.id,
            kind=one.kind,
            title=one.title,
            handle=one.handle,
            epoch=one.epoch,
            last_seq=len(one.events),
            rules=one.rules,
            members=tuple(
                queries.MemberRecord(self._people[user], mark.delivered, mark.read)
                for user, mark in sorted(one.members.items())
            ),
            events=tuple(one.events[-RESUME_EVENTS:]),
        )

    def _events(self, query: queries.LoadEvents, one: _Conversation) -> queries.EventsRecord:
        after = max(0, query.after)
        events = tuple(one.events[after : after + query.limit])
        return queries.EventsRecord(epoch=one.epoch, last_seq=len(one.events), events=events)

    def _by_change(self, which: Callable[[_Conversation], bool]) -> list[_Conversation]:
        return sorted(filter(which, self._conversations.values()), key=lambda one: -one.last_change)

    def _list(self, query: queries.LoadList) -> queries.ListPage:
        below = None
        if query.before is not None:
            last = self._conversations.get(query.before)
            below = 0 if last is None else last.last_change
        rows = self._by_change(lambda one: query.user in one.members and (below is None or one.last_change < below))
        known = {id for id in query.known if self._is_member(query.user, id)}
        extra = [one for one in rows[query.limit :] if one.id in known]
        if below is not None:
            extra += [one for id in sorted(known) if (one := self._conversations[id]).last_change >= below]
        own = [] if query.uv is None else [row for row in self._own.get(query.user, {}).values() if row.v > query.uv]
        page = self._rows(query.user, rows[: query.limit] + extra)
        return changed(
            page,
            gone=tuple(id for id in dict.fromkeys(query.known) if id not in known),
            more=len(rows) > query.limit,
            own=tuple(self._counted(query.user, row) for row in sorted(own, key=lambda row: row.v)),
        )

    def _channels(self, query: queries.LoadChannels) -> queries.ListPage:
        wanted = fold(query.query)
        rows = self._by_change(
            lambda one: one.kind == "channel" and (wanted in fold(one.handle or "") or wanted in fold(one.title))
        )
        return changed(self._rows(query.user, rows[: query.limit]), more=len(rows) > query.limit)

    def _is_member(self, user: str, id: str) -> bool:
        return id in self._conversations and user in self._conversations[id].members

    def _rows(self, user: str, conversations: list[_Conversation]) -> queries.ListPage:
        conversations.sort(key=lambda one: -one.last_change)
        rows = tuple(self._summary(user, one) for one in conversations)
        ids = {row.peer for row in rows} | {row.last.author for row in rows if row.last is not None}
        people = self._named(id for id in ids if id is not None)
        return queries.ListPage(rows=rows, gone=(), people=people, more=False, uv=self._uv.get(user, 0), own=())

    def _named(self, ids: Iterable[str]) -> tuple[Person, ...]:
        return tuple(sorted((self._people[id] for id in set(ids) if id in self._people), key=lambda one: one.id))

    def _summary(self, user: str, one: _Conversation) -> queries.SummaryRecord:
        last = one.messages[max(one.messages)] if one.messages else None
        author = None if last is None else self._people.get(last.author)
        peer = None if one.pair is None else one.pair[one.pair[0] == user]
        return queries.SummaryRecord(
            id=one.id,
            kind=one.kind,
            title=one.title,
            handle=one.handle,
            peer=peer,
            epoch=one.epoch,
            last_seq=len(one.events),
            last=None if last is None else preview(last, last.author if author is None else author.name),
            created_at=one.created_at,
            joined=user in one.members,
            members=len(one.members),
            read=self._marker(user, one),
            unread=self._unread(user, one),
        )

    def _marker(self, user: str, one: _Conversation) -> int:
        row = self._own.get(user, {}).get(READ + one.id)
        return row.value if row is not None and isinstance(row.value, int) else 0

    def _unread(self, user: str, one: _Conversation) -> int:
        if user not in one.members:
            return 0
        marker = self._marker(user, one)
        return min(UNREAD_CAP, sum(m.seq > marker and m.author != user for m in one.messages.values()))

    def _counted(self, user: str, row: OwnRow) -> OwnRow:
        if not row.key.startswith(READ):
            return row
        return changed(row, unread=self._unread(user, self._conversations[row.key.removeprefix(READ)]))

    def _own_news(self, user: str, row: OwnRow) -> ports.OwnNews:
        one = self._conversations.get(row.key.removeprefix(READ))
        return ports.OwnNews(user, self._counted(user, row), 0 if one is None else len(one.events))

    def _snapshot(self, user: str, one: _Conversation) -> queries.SnapshotRecord:
        newest_first = sorted(one.messages.values(), key=lambda message: -message.seq)
        members = one.members if len(one.members) <= GROUP_MEMBERS else {}
        return queries.SnapshotRecord(
            summary=self._summary(user, one),
            page=self._around(one, fitting(newest_first), len(one.events)),
            seen={user: self._seen[user] for user in members if user in self._seen},
        )

    def _page(self, query: queries.LoadPage, one: _Conversation) -> queries.PageRecord:
        below, start = sides(query)
        ascending = sorted(one.messages.values(), key=lambda message: message.seq)
        lower = [] if below is None else [m for m in ascending if m.seq < below][: -query.limit - 1 : -1]
        upper = [] if start is None else [m for m in ascending if m.seq >= start][: query.limit]
        edge = start if start is not None else below
        return self._around(one, joined_sides(lower, upper, query.limit), (edge or 0) - 1)

    def _around(self, one: _Conversation, messages: list[Message], edge: int) -> queries.PageRecord:
        """Say what lies beyond these; where there are none: seqs up to the edge are before, the rest after."""
        first, last = (messages[0].seq, messages[-1].seq) if messages else (edge + 1, edge)
        return queries.PageRecord(
            epoch=one.epoch,
            messages=tuple(messages),
            as_of=len(one.events),
            has_before=any(seq < first for seq in one.messages),
            has_after=any(seq > last for seq in one.messages),
            people=self._named(message.author for message in messages),
        )

    def _directory(self, query: queries.LoadPeople) -> queries.PeopleRecord:
        if query.renamed:
            last_first = sorted(self._renamed, key=lambda id: -self._renamed[id])
            people = tuple(self._people[id] for id in last_first)
            return queries.PeopleRecord(people[: query.limit], len(people) > query.limit)
        if query.namesakes is not None:
            same = plain(query.namesakes)
            namesakes = [one for _, one in sorted(self._people.items()) if same in (plain(one.name), plain(one.id))]
            return queries.PeopleRecord(tuple(namesakes[: query.limit]), len(namesakes) > query.limit)
        if query.ids is not None:
            found = [self._people[id] for id in dict.fromkeys(query.ids) if id in self._people]
        else:
            wanted = fold(query.query)
            found = [one for one in self._people.values() if wanted in fold(one.name) or wanted in fold(one.id)]
        found.sort(key=lambda one: (fold(one.name), one.id))
        limit = len(found) if query.ids is not None else query.limit
        return queries.PeopleRecord(tuple(found[:limit]), len(found) > limit)


def _above(changed_at: dict[_K, int], mark: int) -> list[_K]:
    """Return what changed above the mark, in the order in which it did."""
    return sorted((key for key, at in changed_at.items() if at > mark), key=lambda key: changed_at[key])
