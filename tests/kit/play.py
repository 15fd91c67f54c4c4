"""A hub as a play: people with pages and sessions, on real cores over a store in memory, on a clock that tests turn.

    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.posts(team, "hi")
    bob.sees("hi", in_=team)

The store commits and answers when `World.settle` says so; verbs settle by themselves, except in `with world.held():`.
The people are in `actor`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from kit.actor import Actor
from nbchat.hub import effects, items, ports, queries
from nbchat.hub.core import Core
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HubLimits
from nbchat.store.memory import MemoryStore
from nbchat.store.memory_data import MemoryDatabase

__all__ = ["Actor", "Stage", "World"]

ALL_KINDS = frozenset[wire.ConnectionKind]({"page", "session", "bot"})


class Stage:
    """One hub: a core, its way to the store, and its place on the bus."""

    def __init__(self, world: World, name: str, limits: HubLimits) -> None:
        self.world, self.name = world, name
        self.store = MemoryStore(world.database)
        ids = count(1)
        self.core = Core(self.store.info, limits, lambda: f"{name}-id-{next(ids):04}", name)
        self.inputs: list[effects.Input] = []
        self.queries: list[queries.Query] = []
        self.asked: list[tuple[int, queries.Query]] = []
        self.written: list[items.Item] = []
        self.notes: list[ports.Note] = []
        self.faults: list[Exception] = []
        self.store.start(
            lambda outcomes: self.inputs.append(effects.Committed(outcomes)),
            self._foreign,
        )

    def _foreign(self, changes: ports.Changes) -> None:
        if self.world.bus_works:
            self.inputs.append(effects.Changed(changes, pushed=True))

    def handle(self, given: effects.Input) -> None:
        """One input, and its effects at once."""
        for effect in self.core.handle(given, self.world.now):
            self._perform(effect)

    def _perform(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Send():
                for id in effect.to:
                    self.world.actors[id].takes(effect)
            case effects.Close():
                self.world.actors[effect.connection].is_closed(effect.code)
            case effects.Write(token, item):
                self.written.append(item)
                self.store.submit(token, item)
            case effects.Load(token, query):
                self.queries.append(query)
                self._load(token, query)
            case effects.Publish(note):
                self.notes.append(note)
                self.world.rings(self, note)
            case effects.AskChanges(mark):
                self.store.changes(mark, self._changes)
            case effects.Fault(error):
                raise error

    def _load(self, token: int, query: queries.Query) -> None:
        def done(answer: queries.Answer | ports.StoreFailed) -> None:
            given = self.world.instead.get(type(query), answer)
            failed = ports.StoreFailed("store_failed")
            self.inputs.append(effects.Loaded(token, failed if self.world.reading_fails else given))

        self.store.load(query, done)

    def _changes(self, found: ports.Changes | ports.StoreFailed) -> None:
        if isinstance(found, ports.Changes):
            self.inputs.append(effects.Changed(found))

    def settle(self) -> bool:
        """One step of the store and what follows; False if there was nothing."""
        if not self.inputs and not self.store.waits:
            return False
        if not self.inputs:
            self.store.step()
        while self.inputs:
            self.handle(self.inputs.pop(0))
        return True


class World:
    """Hubs on one store and one bus, a clock, and everybody who is connected."""

    def __init__(self, *, hubs: int = 1, limits: HubLimits | None = None, bus: bool = True) -> None:
        """Start hubs; without a bus they learn of each other's commits only by asking the store on their timer."""
        self.database = MemoryDatabase(wire.Person("owner", "Owner"), clock=lambda: self.now.wall)
        self.now = effects.Instant(mono=1_000.0, wall=1_795_262_400_000)
        self.actors: dict[int, Actor] = {}
        self.bus_works = bus
        self.reading_fails = False
        self.instead: dict[type[queries.Query], queries.Answer] = {}
        self._numbers = count(1)
        self._holding = False
        self.limits = limits or HubLimits()
        self.hubs = [Stage(self, f"h{number + 1}", self.limits) for number in range(hubs)]
        for hub in self.hubs:
            hub.handle(effects.Tick())
        self.settle()

    @property
    def hub(self) -> Stage:
        return self.hubs[0]

    # ----------------------------------------------------------------------------------------------- time and order

    def settle(self) -> None:
        """Let stores answer until nothing is left to do."""
        while sum(hub.settle() for hub in self.hubs):
            pass

    def maybe_settle(self) -> None:
        if not self._holding:
            self.settle()

    @contextmanager
    def held(self) -> Iterator[None]:
        """The stores do nothing inside this block, unless `settle` is called."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        self.settle()

    def turn(self, seconds: float) -> None:
        """Let time pass, with a tick whenever a core wants one."""
        end = self.now.mono + seconds
        while True:
            wishes = [wish for hub in self.hubs if (wish := hub.core.timer()) is not None]
            due = min([end, *wishes])
            if due > self.now.mono:
                self._advance(due - self.now.mono)
            for hub in self.hubs:
                wish = hub.core.timer()
                if wish is not None and wish <= self.now.mono:
                    hub.handle(effects.Tick())
            self.maybe_settle()
            if self.now.mono >= end and all((hub.core.timer() or end + 1) > end for hub in self.hubs):
                return

    def _advance(self, seconds: float) -> None:
        self.now = effects.Instant(self.now.mono + seconds, self.now.wall + round(seconds * 1000))

    def sets_the_clock(self, seconds: float) -> None:
        """Somebody sets the wall clock, forward or back."""
        self.now = effects.Instant(self.now.mono, self.now.wall + round(seconds * 1000))

    def rings(self, ringing: Stage, note: ports.Note) -> None:
        if self.bus_works:
            for hub in self.hubs:
                if hub is not ringing:
                    hub.inputs.append(effects.Published(note))

    # ------------------------------------------------------------------------------------------------------- people

    def opens(
        self, user: str, *, hub: int = 0, kinds: frozenset[wire.ConnectionKind] = ALL_KINDS, name: str | None = None
    ) -> Actor:
        """Somebody's connection, before hello."""
        actor = Actor(self, self.hubs[hub], next(self._numbers), wire.Person(user, name or user.capitalize()))
        self.actors[actor.number] = actor
        login = effects.Login(person=actor.person, owner=user == "owner", kinds=kinds)
        actor.hub.handle(effects.Opened(actor.number, login))
        return actor

    def page(self, user: str, *, hub: int = 0, name: str | None = None, resume: wire.Resume | None = None) -> Actor:
        """Somebody's page, welcomed."""
        return self.connects(user, "page", hub=hub, name=name, resume=resume)

    def session(self, user: str, *, hub: int = 0, resume: wire.Resume | None = None) -> Actor:
        """Somebody's notebook, welcomed."""
        return self.connects(user, "session", hub=hub, resume=resume)

    def connects(
        self,
        user: str,
        kind: wire.ConnectionKind,
        *,
        hub: int = 0,
        name: str | None = None,
        resume: wire.Resume | None = None,
    ) -> Actor:
        actor = self.opens(user, hub=hub, name=name)
        actor.says_hello(kind, resume)
        return actor
