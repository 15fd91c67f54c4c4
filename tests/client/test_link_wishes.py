"""Whatever a hub refuses, forgets and cuts off: own state ends as it was set last, and what views want is there."""

from __future__ import annotations

import random
from typing import Any

import pytest
from msgspec.structs import replace
from vectors.shapes import error, found, snapshot, welcome

from nbchat.client import outputs as out
from nbchat.client.link import Link
from nbchat.client.ranges import live
from nbchat.protocol import codec, messages as m

from .history import History

MINE = ("draft:c1", "draft:c1/2", "saved:c1/3", "block:bob")
SHARED = "prefs:c1"
"""Another device sets this one too."""


class Hub:
    """A hub of one conversation whose dice refuse, overtake and cut; with a clock that turns only here."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.history = History(self.dice, 60)
        self.last, self.now, self.luck = 10, 0.0, 0.6
        self.own: dict[str, m.OwnRow] = {}
        self.set: dict[str, m.OwnValue] = {}
        self.frames: list[list[Any]] = []
        self.threads: set[int] = set()
        self.link = Link("page", "test", lambda: "key-00001", self.dice.random)
        self.link.watch("c1", 0)
        self.link.start(0)

    # ---------------------------------------------------------------------------------------------------- the hub

    def perform(self) -> None:
        for output in self.link.take():
            match output:
                case out.Connect():
                    self.frames.clear()
                    self.link.connected(self.now)
                    self.perform()
                case out.Transmit(data=data):
                    self.hear(codec.decode_command(data))
                case out.Hangup():
                    self.frames.clear()
                case _:
                    pass

    def hear(self, command: m.AnyCommand) -> None:
        refusable = isinstance(command, m.SetOwn | m.Lookup | m.History | m.Watch)
        if refusable and self.dice.random() > self.luck:
            self.frames.append([error(command.ref, self.dice.choice(["store_failed", "slow"]), 0.3)])
            return
        match command:
            case m.Hello():
                self.frames.append(self.welcome(command))
            case m.SetOwn(key=key, value=value):
                self.keep(key, value)
                self.frames.append([m.Done(ref=command.ref)])
            case m.Watch():
                self.frames.append([*self.bring(command.position), m.Done(ref=command.ref)])
            case m.History():
                as_of = max(self.last - self.dice.randint(0, 2), command.thread or 0)
                reply = self.history.page(command, as_of, self.last)
                self.frames.append([replace(reply, ref=command.ref)])
            case m.Lookup():
                self.frames.append([self.found(command)])
            case _:
                self.frames.append([m.Done(ref=command.ref)])

    def welcome(self, hello: m.Hello) -> list[Any]:
        rows = [row for row in self.own.values() if row.v > hello.resume.uv]
        first = welcome(hello.ref, self.history.row(self.last), own=rows, uv=self.version)
        return [first, *(self.bring(hello.resume.watched["c1"]) if "c1" in hello.resume.watched else [])]

    def bring(self, position: m.Position | None) -> list[Any]:
        """Events from there, or a snapshot."""
        if position is not None and self.dice.random() < 0.7:
            return [*self.history.log[position.seq : self.last]]
        shown = self.history.timeline(self.last, None)
        return [snapshot(self.history.row(self.last), shown[-6:], has_before=len(shown) > 6)]

    def found(self, command: m.Lookup) -> m.Found:
        as_of = self.last - self.dice.randint(0, 2)
        there = self.history.messages(as_of)
        seqs = [seq for seq in command.seqs if seq in there]
        fixups = self.history.fixups(seqs, as_of, self.last)
        return found(command.ref, [there[seq] for seq in seqs], as_of, fixups)

    @property
    def version(self) -> int:
        return max((row.v for row in self.own.values()), default=0)

    def keep(self, key: str, value: m.OwnValue) -> None:
        self.own[key] = m.OwnRow(key, value, self.version + 1, None)
        self.frames.append([m.Own(uv=self.version, rows=[self.own[key]])])

    # ------------------------------------------------------------------------------------------------ what happens

    def happen(self) -> None:
        """One thing: a frame arrives, an event, something that the person or another device does, or a cut."""
        self.now += self.dice.random() * 0.4
        roll = self.dice.random()
        if roll < 0.45:
            self.deliver()
        elif roll < 0.6 and self.last < len(self.history.log):
            self.last += 1
            self.frames.append([self.history.log[self.last - 1]])
        elif roll < 0.65:
            self.keep(SHARED, m.Prefs(order=self.now))
        elif roll < 0.7:
            self.frames.clear()  # what is under way is lost in both directions
            self.link.disconnected(None, self.now)
        else:
            self.act()
        self.link.tick(self.now)
        self.perform()

    def deliver(self) -> None:
        if self.frames:
            self.link.received(codec.encode_frame(self.frames.pop(0)), self.now)

    def act(self) -> None:
        roll = self.dice.randrange(4)
        if roll < 2:
            key = self.dice.choice((*MINE, SHARED))
            value = m.Prefs(order=-self.now) if key == SHARED else f"at {self.now}"
            self.set[key] = value
            self.link.set_own(key, value, self.now)
        elif roll == 2:
            self.link.want("c1", [self.dice.randint(1, self.last)], self.now)
        else:
            self.open_or_close(self.dice.choice([one.seq for one in self.history.posts(10) if one.thread is None]))

    def open_or_close(self, root: int) -> None:
        if root in self.threads:
            self.threads.remove(root)
            self.link.unthread("c1", root, self.now)
        else:
            self.threads.add(root)
            self.link.thread("c1", root, self.now)

    def calm_down(self) -> None:
        """From here on nothing is refused or cut, until nothing is left to do."""
        self.luck = 1.0
        for _ in range(2_000):
            self.perform()
            if self.frames:
                self.now += 0.01
                self.deliver()
                continue
            due = self.link.timer()
            assert due is not None
            if self.link.info.state == "connected" and due > self.now + 16.0:  # only the heartbeat is left
                return
            self.now = max(self.now, due)
            self.link.tick(self.now)
        raise AssertionError("it never ends")


@pytest.mark.parametrize("seed", range(60))
def test_wishes_survive_everything(seed: int) -> None:
    hub = Hub(seed)
    for _ in range(120):
        hub.happen()
    hub.calm_down()
    wanted = list(range(1, hub.last + 1))
    hub.link.want("c1", wanted, hub.now)  # as a view does that draws what is missing
    hub.calm_down()
    state = hub.link.state
    for key, value in hub.set.items():
        assert state.own[key].value == hub.own[key].value, key
        assert key == SHARED or hub.own[key].value == value, key
    c1, there = state.conversations["c1"], hub.history.messages(hub.last)
    assert c1.cursor == hub.last
    assert c1.threads.keys() == hub.threads
    for root, ranges in c1.threads.items():
        newest = live(ranges, c1.cursor)
        assert newest is not None, f"thread {root} ends at {ranges[-1].last} of {c1.cursor}"
        truth = [one for one in hub.history.timeline(hub.last, root) if one.seq >= newest.first]
        assert newest.messages == truth
    for seq, message in c1.asides.items():
        assert message == there.get(seq)
