"""Stores under test: places that open one, a driver that submits and waits, and short words for items.

`Place` is where the data is; it opens stores on the same data as often as asked. A new kind of store joins the contract
suite by one line in `PLACES`.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from nbchat.bus.file import FileBus
from nbchat.bus.local import LocalBus, LocalExchange
from nbchat.hub import items, ports, queries
from nbchat.protocol.messages import (
    AnyDurable,
    ConversationKind,
    Deleted,
    Durable,
    Edited,
    Joined,
    Left,
    Mention,
    Message,
    Person,
    Pinned,
    Posted,
    Preview,
    Reacted,
    ThreadUnread,
)
from nbchat.store.memory import MemoryStore
from nbchat.store.memory_data import MemoryDatabase
from nbchat.store.sqlite import SqliteStore

WAIT = 60.0
"""Seconds after which a test fails instead of hanging; nothing takes that long."""
LAZY = 0.02
"""Seconds that lazy items wait for others here: nothing depends on how long it is."""
NOON = 1_795_262_400_000
ADA, BOB, EVE = Person("ada", "Ada"), Person("bob", "Bob"), Person("eve", "Eve")
_Event = TypeVar("_Event", bound=Durable)


class Place(Protocol):
    """Where the data of a store under test is."""

    def open(self) -> ports.Store: ...


class MemoryPlace:
    """One database in memory."""

    def __init__(self, folder: Path) -> None:
        self._database = MemoryDatabase(ADA, clock=lambda: NOON)

    def open(self) -> ports.Store:
        return MemoryStore(self._database)


class SqlitePlace:
    """One file."""

    _exclusive = False

    def __init__(self, folder: Path) -> None:
        self._path = folder / "hub.sqlite3"

    def open(self) -> ports.Store:
        return SqliteStore.open(self._path, ADA, clock=lambda: NOON, exclusive=self._exclusive, lazy=LAZY)


class ExclusiveSqlitePlace(SqlitePlace):
    """One file, as on a network file system."""

    _exclusive = True


PLACES: dict[str, Callable[[Path], Place]] = {
    "memory": MemoryPlace,
    "sqlite": SqlitePlace,
    "sqlite-exclusive": ExclusiveSqlitePlace,
}

SHARED = ["memory", "sqlite"]
"""Those of which several stores can be open on the same data."""


def local_buses(folder: Path) -> Callable[[], ports.Bus]:
    """One exchange, and buses that meet there."""
    exchange = LocalExchange()
    return lambda: LocalBus(exchange)


def file_buses(folder: Path) -> Callable[[], ports.Bus]:
    """One file, as for hubs of several processes."""
    ids = itertools.count(1)
    return lambda: FileBus(folder / "notes.sqlite3", f"bus-{next(ids)}")


BUSES: dict[str, Callable[[Path], Callable[[], ports.Bus]]] = {"local": local_buses, "file": file_buses}


class Driver:
    """One hub's use of a store, made synchronous."""

    def __init__(self, store: ports.Store) -> None:
        self.store = store
        self.batches: list[list[tuple[int, items.Outcome]]] = []
        self.changed: list[ports.Changes] = []
        self.on_commit: Callable[[], None] = lambda: None
        self._news = threading.Condition()
        self._tokens = 0
        self._submitted: list[int] = []
        store.start(self._take_outcomes, self._take_changes)

    def submit(self, *writes: items.Item) -> list[int]:
        """Queue writes and return their tokens."""
        tokens = list(range(self._tokens, self._tokens + len(writes)))
        self._tokens += len(writes)
        for token, item in zip(tokens, writes, strict=True):
            self.store.submit(token, item)
        return tokens

    def write(self, *writes: items.Item) -> list[Any]:
        """Queue writes and return their outcomes."""
        return self.outcomes(self.submit(*writes))

    def put(self, item: items.Item) -> Any:
        """Queue one write and return its outcome."""
        return self.write(item)[0]

    def outcomes(self, tokens: list[int]) -> list[Any]:
        """Wait for these tokens."""
        self.wait(lambda: set(tokens) <= self.told.keys())
        return [self.told[token] for token in tokens]

    @property
    def told(self) -> dict[int, items.Outcome]:
        """All outcomes so far."""
        return {token: outcome for batch in self.batches for token, outcome in batch}

    def ask(self, query: queries.Query) -> Any:
        """Read one answer; a failure is raised."""
        return self._asked(lambda done: self.store.load(query, done))

    def changes(self, mark: int | None) -> ports.Changes:
        """Read what has grown."""
        return self._asked(lambda done: self.store.changes(mark, done))

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until this holds; it is looked at whenever the store calls."""
        if isinstance(self.store, MemoryStore):
            while not condition():
                assert self.store.waits, "nothing more will happen"
                self.store.step()
        else:
            with self._news:
                assert self._news.wait_for(condition, WAIT), "it did not happen"

    def _asked(self, ask: Callable[[Callable[[Any], None]], None]) -> Any:
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        ask(answers.put)
        if isinstance(self.store, MemoryStore):
            self.store.step()
        answer = answers.get(timeout=WAIT)
        if isinstance(answer, ports.StoreFailed):
            raise answer
        return answer

    def _take_outcomes(self, outcomes: Any) -> None:
        with self._news:
            self.batches.append(list(outcomes))
        try:
            self.on_commit()
        finally:
            with self._news:
                self._news.notify_all()

    def _take_changes(self, changes: ports.Changes) -> None:
        with self._news:
            self.changed.append(changes)
            self._news.notify_all()

    def close(self) -> None:
        """Close the store."""
        with suppress(AttributeError):
            self.store.close()


# ------------------------------------------------------------------------------------------------------- items, shortly


def conversation(
    id: str,
    *members: Person,
    kind: ConversationKind = "channel",
    handle: str | None = None,
    key: str | None = None,
    epoch: str = "epoch",
    title: str = "",
) -> items.NewConversation:
    """A new conversation made by the first of its members."""
    return items.NewConversation(
        id=id, epoch=epoch, kind=kind, title=title, handle=handle, key=key, author=members[0], members=members
    )


def event(kind: type[_Event], id: str, author: Person, **fields: Any) -> _Event:
    """An event before it is stored."""
    return kind(conversation=id, seq=0, at=0, author=author.id, name=author.name, **fields)


def append(event: AnyDurable, rules: int = 1, link: str | None = None) -> items.AppendEvent:
    """An event, decided on under these rules."""
    return items.AppendEvent(event=event, rules=rules, link=link)


def post(id: str, author: Person, text: str = "hi", *, key: str, rules: int = 1, **fields: Any) -> items.AppendEvent:
    """A message; `fields` are others of `Posted`: thread, also, reply, mentions."""
    return append(event(Posted, id, author, key=key, text=text, via="page", **fields), rules)


def names(*users: str) -> list[Mention]:
    """What a text that names these people has as mentions."""
    return [Mention(user, f"@{user}") for user in users]


def edit(id: str, author: Person, seq: int, text: str, *, key: str, rules: int = 1, **fields: Any) -> items.AppendEvent:
    """Another text for a message."""
    return append(event(Edited, id, author, message=seq, text=text, key=key, **fields), rules)


def delete(id: str, author: Person, seq: int, rules: int = 1) -> items.AppendEvent:
    """A message goes."""
    return append(event(Deleted, id, author, message=seq), rules)


def react(
    id: str, author: Person, seq: int, emoji: str = "👍", *, on: bool = True, rules: int = 1
) -> items.AppendEvent:
    """An emoji under a message."""
    return append(event(Reacted, id, author, message=seq, emoji=emoji, on=on), rules)


def pin(id: str, author: Person, seq: int, *, on: bool = True, rules: int = 1) -> items.AppendEvent:
    """A message is pinned."""
    return append(event(Pinned, id, author, message=seq, on=on), rules)


def join(id: str, person: Person, rules: int = 1, *, link: str | None = None, **fields: Any) -> items.AppendEvent:
    """A person comes."""
    return append(event(Joined, id, person, person=person, **fields), rules, link)


def leave(id: str, person: Person, rules: int = 1, **fields: Any) -> items.AppendEvent:
    """A person goes."""
    return append(event(Left, id, person, user=person.id, **fields), rules)


def message(hub: Driver, id: str, seq: int) -> Message:
    """One message as it is now."""
    [found] = hub.ask(queries.LoadMessages(conversation=id, seqs=(seq,))).messages
    assert isinstance(found, Message)
    return found


def read(id: str, person: Person, seq: int, *, back: bool = False, thread: int | None = None) -> items.PutRead:
    """A person has read up to here."""
    return items.PutRead(user=person.id, conversation=id, seq=seq, back=back, thread=thread)


def reply(author: Person, n: int, root: int = 2, **fields: Any) -> items.AppendEvent:
    """The n-th reply in a thread of the conversation "c"."""
    return post("c", author, f"reply {n}", key=f"reply-{n:04}", thread=root, **fields)


def unread_threads(hub: Driver, user: Person, id: str = "c") -> tuple[ThreadUnread, ...]:
    """What is unread of the threads that somebody follows."""
    return summary(hub, user, id).threads


def summary(hub: Driver, user: Person, id: str = "c") -> queries.SummaryRecord:
    """A conversation as one person's list has it."""
    found = hub.ask(queries.LoadSnapshot(user.id, id))
    assert isinstance(found, queries.SnapshotRecord)
    return found.summary


def last(hub: Driver, user: Person) -> Preview:
    """The last message of the conversation `c`, as one person's list shows it."""
    found = summary(hub, user).last
    assert found is not None
    return found
