"""MemoryDatabase: all that a store keeps, in plain dicts, and what each item and query means for it.

Deterministic, no thread, no clock but the one that is passed in. `memory.MemoryStore` is a hub's way to it; the
simulation drives it directly. Written for plainness, not for speed: the contract suite holds the other stores to it.
The parts: `memory_tables` what is kept, `memory_events` how an event is appended, `memory_own` the other items,
`memory_reads` the queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from nbchat.hub import items, ports, queries
from nbchat.protocol.messages import Mark, Person

from . import memory_events, memory_own, memory_reads
from .derived import created, pair_of
from .memory_tables import Conversation, Tables

_K = TypeVar("_K")
_Rest = (
    items.PutMarks
    | items.PutSeen
    | items.PutPerson
    | items.PutLogin
    | items.PutLink
    | items.DropLink
    | items.PutReport
    | items.CloseReport
)


class MemoryDatabase(Tables):
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
        super().__init__(clock)
        self.owner_id = (owner or Person("owner", "Owner")).id
        self.id = id
        self.failing: str | None = None
        self.enter(owner or Person("owner", "Owner"))

    @property
    def owner(self) -> Person:
        """The owner, under the name that they have now."""
        return self.people[self.owner_id]

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
                return memory_own.put_read(self, item)
            case items.PutReadAll():
                return memory_own.put_read_all(self, item)
            case items.PutFollow():
                return memory_own.put_follow(self, item)
            case items.PutOwn():
                return memory_own.put_own(self, item)
            case _:
                return self._write_rest(item)

    def _write_rest(self, item: _Rest) -> items.Outcome:
        match item:
            case items.PutMarks():
                return memory_own.put_marks(self, item)
            case items.PutSeen():
                return memory_own.put_seen(self, item)
            case items.PutPerson():
                return memory_own.put_person(self, item)
            case items.PutLogin():
                return memory_own.put_login(self, item, self.owner_id)
            case items.PutLink():
                return memory_own.put_link(self, item.link)
            case items.DropLink():
                return memory_own.drop_link(self, item)
            case items.PutReport():
                return memory_own.put_report(self, item)
            case items.CloseReport():
                return memory_own.close_report(self, item)

    def _append(self, item: items.AppendEvent) -> items.Outcome:
        return memory_events.append(self, item)

    def _new(self, item: items.NewConversation) -> items.Outcome:
        try:
            pair = pair_of(item)
        except ValueError:
            return items.Failed("store_failed")
        made = None if item.key is None else self.made.get((item.author.id, item.key))
        there = made or memory_reads.find(self, item.handle, pair)
        if there is not None:
            return items.Exists(there)
        if item.id in self.conversations:
            return items.Failed("store_failed")
        event = created(item, self.now())
        one = Conversation(item.id, item.epoch, item.kind, item.title, item.handle, pair, event.at)
        self.conversations[item.id] = one
        if item.key is not None:
            self.made[item.author.id, item.key] = item.id
        memory_events.add(self, one, event)
        return items.Stored(event)

    # --------------------------------------------------------------------------------------------------------- reads

    def answer(self, query: queries.Query) -> queries.Answer:
        """Answer one query as of now."""
        return memory_reads.answer(self, query)

    def changes(self, mark: int | None) -> ports.Changes:
        """Return what was written above this mark, each kind in the order in which it was."""
        if mark is None:
            return ports.Changes(self.change, ())
        grown = reversed(memory_reads.by_change(self, lambda one: one.last_change > mark))
        moved = {
            (one.id, user): member.change for one in self.conversations.values() for user, member in one.members.items()
        }
        return ports.Changes(
            self.change,
            grown=tuple((one.id, len(one.events)) for one in grown),
            own=tuple(self.news(user, key) for user, key in _above(self.own_moved, mark)),
            people=tuple((self.people[id], self.renamed[id]) for id in _above(self.renamed, mark)),
            marks=tuple((id, self._mark(id, user)) for id, user in _above(moved, mark)),
        )

    def _mark(self, id: str, user: str) -> Mark:
        member = self.conversations[id].members[user]
        return Mark(user, member.delivered, member.read)


def _above(changed_at: dict[_K, int], mark: int) -> list[_K]:
    """Return what changed above the mark, in the order in which it did."""
    return sorted((key for key, at in changed_at.items() if at > mark), key=lambda key: changed_at[key])
