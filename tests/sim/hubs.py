"""Hubs on one store: the real core, with a store that is slow and fails, a bus that loses, and crashes.

A `Node` does what hub/runner.py does, with appointments instead of threads and sockets. The rules of hub/ports.py hold:
one batch in flight, told after it is stored, answers as of one moment; all else is left to chance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from nbchat.hub import effects as fx, items, ports
from nbchat.hub.core import Core
from nbchat.protocol.codec import decode_command, encode_frame
from nbchat.protocol.limits import HubLimits
from nbchat.protocol.messages import ConnectionKind, Person
from nbchat.store.memory_data import MemoryDatabase

from .pipes import Pipe
from .time import Time


@dataclass(frozen=True)
class Faults:
    """How bad the world is: probabilities, each of one event."""

    bus_loses: float = 0.3
    bus_repeats: float = 0.1
    write_fails: float = 0.02
    read_fails: float = 0.01
    read_lags: float = 0.05


class Bus:
    """Loses, delays, repeats and reorders."""

    def __init__(self, time: Time, faults: Faults) -> None:
        self._time, self._faults = time, faults
        self.nodes: list[Node] = []

    def publish(self, sender: Node, note: ports.Note) -> None:
        for node in self.nodes:
            if node is sender:
                continue
            copies = 0 if self._time.chance(self._faults.bus_loses) else 1
            copies += self._time.chance(self._faults.bus_repeats)
            for _ in range(copies):
                self._time.later(0.0005, 0.5 if self._time.chance(0.1) else 0.01, partial(node.hear, note))


class Node:
    """One hub process; it can crash and start again.

    Attributes:
        alive: whether it runs.
        life: another number in each of its lives.
        core: what it decides with; another one in each life.
    """

    def __init__(self, name: str, time: Time, database: MemoryDatabase, bus: Bus, faults: Faults) -> None:
        self.name, self._time, self._database, self._bus, self._faults = name, time, database, bus, faults
        self.alive = False
        self.life = 0
        self._connections = 0
        self._minted = 0
        self._pipes: dict[int, Pipe] = {}
        self.start()

    # ------------------------------------------------------------------------------------------------------ its life

    def start(self) -> None:
        """Begin with nothing but the store."""
        self.life += 1
        self._time.say(f"{self.name} starts")
        info = ports.StoreInfo(id=self._database.id, owner=self._database.owner, where="memory", warning=None)
        self.core = Core(info, HubLimits(), self._mint, f"{self.name}-{self.life}")
        self._waiting: list[tuple[int, items.Item]] = []
        self._committing = False
        self._inputs: deque[fx.Input] = deque()
        self._busy = False
        self._due: float | None = None
        self.alive = True
        self._feed(fx.Tick())

    def crash(self) -> None:
        """kill -9: what waits for the disk is lost, what is there stays; the sockets break."""
        self._time.say(f"{self.name} crashes")
        self.alive = False
        self.life += 1
        for pipe in list(self._pipes.values()):
            pipe.cut(notice=True)
        self._pipes.clear()

    def _mint(self) -> str:
        self._minted += 1
        return f"{self.name}{self.life:03}{self._minted:06}"

    def _mine(self, then: Callable[[], None]) -> Callable[[], None]:
        """Do it only if this life has not ended by then."""
        life = self.life
        return lambda: then() if life == self.life else None

    # --------------------------------------------------------------------------------------------------- connections

    def open(self, person: Person, pipe: Pipe) -> int:
        """A socket was accepted."""
        self._connections += 1
        self._pipes[self._connections] = pipe
        kinds: frozenset[ConnectionKind] = frozenset({"page", "session", "bot"})
        owner = person.id == self._database.owner_id
        self._feed(fx.Opened(self._connections, fx.Login(person=person, owner=owner, kinds=kinds)))
        return self._connections

    def receive(self, connection: int, data: bytes) -> None:
        """A frame arrived."""
        if connection in self._pipes:
            self._feed(fx.Received(connection, decode_command(data)))

    def closed(self, connection: int) -> None:
        """The socket is gone."""
        if self._pipes.pop(connection, None) is not None:
            self._feed(fx.Closed(connection))

    def hear(self, note: ports.Note) -> None:
        """A note came over the bus."""
        if self.alive:
            self._feed(fx.Published(note))

    # -------------------------------------------------------------------------------------------- inputs and effects

    def _feed(self, given: fx.Input) -> None:
        self._inputs.append(given)
        if self._busy:
            return
        self._busy = True
        while self._inputs:
            for effect in self.core.handle(self._inputs.popleft(), self._time.instant):
                self._perform(effect)
        self._busy = False
        self._set_timer()

    def _set_timer(self) -> None:
        due = self.core.timer()
        if due is not None and (self._due is None or due < self._due):
            self._due = due
            self._time.at(due, self._mine(self._tick))

    def _tick(self) -> None:
        if self._due is not None and self._due <= self._time.now:
            self._due = None
            self._feed(fx.Tick())

    def _perform(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Send():
                self._send(effect)
            case fx.Close():
                self._close(effect)
            case fx.Write(token, item):
                self._waiting.append((token, item))
                self._commit()
            case fx.Load(token, query):
                self._ask(lambda: self._database.answer(query), lambda answer: fx.Loaded(token, answer), fails=True)
            case fx.Publish(note):
                self._bus.publish(self, note)
            case fx.AskChanges(mark):
                self._ask(lambda: self._database.changes(mark), fx.Changed)
            case fx.Fault(error):
                raise error

    def _send(self, send: fx.Send) -> None:
        frame = encode_frame(send.items)
        for connection in send.to:
            if connection in self._pipes:
                self._pipes[connection].to_client(frame)

    def _close(self, close: fx.Close) -> None:
        pipe = self._pipes.pop(close.connection, None)
        if pipe is not None:
            pipe.close(close.code)
            self._inputs.append(fx.Closed(close.connection))

    # ----------------------------------------------------------------------------------------------------- the store

    def _commit(self) -> None:
        """Begin a batch where none is on its way; it carries what waits when it begins, and is told once stored."""
        if not self._committing and self._waiting:
            self._committing = True
            self._time.later(0.0001, 0.005, self._mine(self._store))

    def _store(self) -> None:
        batch, self._waiting = self._waiting, []
        if self._time.chance(self._faults.write_fails):
            outcomes: Sequence[items.Outcome] = [items.Failed("store_full") for _ in batch]
        else:
            outcomes = self._database.commit([item for _, item in batch])
        told = [(token, outcome) for (token, _), outcome in zip(batch, outcomes, strict=True)]
        self._time.say(f"{self.name} commits {[_short(outcome) for outcome in outcomes]}")
        self._time.later(0.0, 0.003, self._mine(partial(self._tell, told)))

    def _tell(self, told: list[tuple[int, items.Outcome]]) -> None:
        self._committing = False
        self._feed(fx.Committed(told))
        self._commit()

    def _ask(self, read: Callable[[], object], made: Callable[..., fx.Input], *, fails: bool = False) -> None:
        """Read at one moment, and bring the answer at a later one; answers overtake each other."""

        def look() -> None:
            failed = fails and self._time.chance(self._faults.read_fails)
            answer = ports.StoreFailed("internal") if failed else read()
            slow = self._time.chance(self._faults.read_lags)
            self._time.later(0.0, 0.3 if slow else 0.004, self._mine(lambda: self._feed(made(answer))))

        self._time.later(0.0, 0.003, self._mine(look))


def _short(outcome: items.Outcome) -> str:
    match outcome:
        case items.Stored(event) | items.Duplicate(event):
            return f"{type(outcome).__name__}:{type(event).__name__}:{event.conversation}/{event.seq}"
        case _:
            return type(outcome).__name__
