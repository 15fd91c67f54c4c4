"""A hub that refuses, forgets and hangs up at will gets every message once, in the order in which it was written."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest
from vectors.shapes import error, row, welcome

from nbchat.client import outputs as out
from nbchat.client.link import Link
from nbchat.protocol import codec, messages as m

CONVERSATIONS = ("c1", "c2", "c3")


class Moody:
    """A hub that stores posts by key, and answers as its dice fall; with a clock that turns only here."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.stored: dict[str, list[str]] = {id: [] for id in CONVERSATIONS}
        self.now = 0.0
        numbers = itertools.count(1)
        self.link = Link("session", "test", lambda: f"key-{next(numbers):05}", self.dice.random)
        self.frames: list[list[m.AnyFromHub]] = []
        self.refused: list[str] = []
        self.kept: set[str] = set()

    def run(self, most: int = 5_000) -> None:
        """Until nothing is pending, or a step count that says it never ends."""
        self.link.start(self.now)
        for _ in range(most):
            self.perform()
            if not self.link.pending() and not self.frames:
                return
            self.advance()
        raise AssertionError(f"{len(self.link.pending())} messages still pending after {most} steps")

    def advance(self) -> None:
        if self.frames:
            self.now += 0.01
            self.link.received(codec.encode_frame(self.frames.pop(0)), self.now)
        else:
            due = self.link.timer()
            assert due is not None
            self.now = max(self.now, due)
            self.link.tick(self.now)
        if self.dice.random() < 0.03:
            self.frames.clear()  # what was under way is lost in both directions
            self.link.disconnected(None, self.now)

    def perform(self) -> None:
        for output in self.link.take():
            match output:
                case out.Connect():
                    self.link.connected(self.now)
                    self.perform()
                case out.Transmit(data=data):
                    self.hear(json.loads(data))
                case out.Hangup():
                    self.frames.clear()
                case out.Keep(pending=pending):
                    self.kept.add(pending.key)
                case out.Refused(pending=pending):
                    self.refused.append(pending.text)
                    self.link.discard(pending.key)
                case _:
                    pass

    def hear(self, command: dict[str, Any]) -> None:
        ref = command["ref"]
        match command["t"]:
            case "hello":
                limits = m.Limits(text=10, frame=65_536, send_rate=20.0, send_burst=5)
                self.frames.append([welcome(ref, *(row(id) for id in CONVERSATIONS), limits=limits)])
            case "ping":
                self.frames.append([m.Pong(ref=ref)])
            case "post":
                assert command["key"] in self.kept, "transmitted before it was kept"
                self.judge(ref, command["conversation"], command["key"], command["text"])

    def judge(self, ref: int, conversation: str, key: str, text: str) -> None:
        luck = self.dice.random()
        if text.endswith("!"):
            self.frames.append([error(ref, "text_too_long")])
        elif luck < 0.2:
            self.frames.append([error(ref, "slow", retry_after=self.dice.random())])
        elif luck < 0.3:
            self.frames.append([error(ref, "store_full")])
        else:
            log = self.stored[conversation]
            if text not in log:
                log.append(text)
            if luck > 0.4:  # else the reply is lost
                seq = 11 + log.index(text)
                self.frames.append([m.Accepted(ref=ref, conversation=conversation, key=key, seq=seq, at=1)])


@pytest.mark.parametrize("seed", range(60))
def test_order_survives_everything(seed: int) -> None:
    hub = Moody(seed)
    wanted: dict[str, list[str]] = {id: [] for id in CONVERSATIONS}
    refused: list[str] = []
    for number in range(40):
        conversation = hub.dice.choice(CONVERSATIONS)
        text = f"{number}!" if hub.dice.random() < 0.1 else str(number)
        (refused if text.endswith("!") else wanted[conversation]).append(text)
        hub.link.post(conversation, text, hub.now)
    hub.run()
    assert hub.stored == wanted
    assert sorted(hub.refused) == sorted(refused)


def test_a_hundred_sends_in_a_loop_need_no_waiting() -> None:
    numbers = itertools.count(1)
    link = Link("session", "test", lambda: f"key-{next(numbers):05}", lambda: 0.5)
    link.start(0)
    link.connected(0)
    limits = m.Limits(text=10, frame=65_536, send_rate=20.0, send_burst=200)
    link.received(codec.encode_frame([welcome(1, row(), limits=limits)]), 0)
    for number in range(100):
        link.post("c1", str(number), 0)
    for seq in range(11, 111):
        posts = [json.loads(one.data) for one in link.take() if isinstance(one, out.Transmit) and b'"post"' in one.data]
        assert [one["text"] for one in posts] == [str(seq - 11)]
        reply = m.Accepted(ref=posts[0]["ref"], conversation="c1", key=posts[0]["key"], seq=seq, at=1)
        link.received(codec.encode_frame([reply]), 0)
    assert link.pending() == []


def test_what_was_written_after_the_clock_was_set_back_is_sent_after_it() -> None:
    """Found by reading for `make chaos`: what a process leaves is sent in the order of its times."""
    numbers = itertools.count(1)
    link = Link("session", "test", lambda: f"key-{next(numbers):05}", lambda: 0.5)
    for wall, text in ((3_600_000, "one"), (0, "two"), (0, "three"), (3_600_010, "four")):
        link.post("c1", text, 0, at=link.moment(wall))
    later = Link("session", "test", lambda: f"key-{next(numbers):05}", lambda: 0.5, reversed(link.pending()))
    later.post("c1", "five", 0, at=later.moment(1_000))
    last = Link("session", "test", lambda: f"key-{next(numbers):05}", lambda: 0.5, reversed(later.pending()))
    assert [one.text for one in last.pending()] == ["one", "two", "three", "four", "five"]
    assert link.pending()[-1].at == 3_600_010, "once the clock has come so far, its time is the clock's"
