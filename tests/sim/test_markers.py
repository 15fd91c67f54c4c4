"""Own state at several hubs at once: of each row the newest version holds everywhere, whichever is heard of first.

All devices of all people move the same read markers within milliseconds, forward and back, while messages come in and
hubs hear of each other late, twice or not at all. After each such moment everybody shows what the store says. To look
for more: NBCHAT_SIM_SEEDS=5000 pytest tests/sim/test_markers.py.
"""

from __future__ import annotations

import os
from functools import partial

import pytest

from nbchat.hub import own
from nbchat.protocol import messages as m

from .checks import check, check_fresh
from .clients import Client
from .hubs import Faults
from .talk import extra
from .world import QUIET, World

FIRST = int(os.environ.get("NBCHAT_SIM_FIRST", "0"))
SEEDS = int(os.environ.get("NBCHAT_SIM_SEEDS", "60"))
ROUNDS = 12
AT_ONCE = 0.012
"""Seconds in which all of it happens: about as long as a commit, and the news of it, take."""


class Markers(World):
    """People who read and take it back, all at once, again and again."""

    def _plan(self, acts: int, breaks: int) -> None:
        for client in self.clients:
            self.time.later(0.0, 0.5, partial(self._open, client, "general"))

    def play(self) -> None:
        """Round after round; each ends with everybody in agreement."""
        self.time.run(QUIET)
        (id,) = self.database.conversations
        for client in self.clients:
            client.do(lambda link, now: link.watch(id, now))
            self._say(client, id)
        for _ in range(ROUNDS):
            for client in self.clients:
                for _ in range(2):
                    self.time.later(0.0, AT_ONCE, partial(self._mark, client, id))
            self.time.run(self.time.now + QUIET)
            check(self)
        check_fresh(self)

    def _mark(self, client: Client, id: str) -> None:
        dice, known = self.time.dice, client.link.state.conversations[id]
        seq, roll = dice.randint(0, known.cursor), dice.random()
        root = dice.choice([None, None, *(thread.root for thread in known.summary.threads)])
        if roll < 0.4:
            client.do(lambda link, now: link.read(id, seq, now, root))
        elif roll < 0.75:
            client.ask(m.Read(ref=0, conversation=id, seq=seq, back=True, thread=root))
        elif roll < 0.8:
            client.ask(m.ReadAll(ref=0))
        else:
            self._say(client, id)

    def _say(self, client: Client, id: str) -> None:
        here = client.link.state.conversations
        client.post(id, self.heard.text("something"), extra(self.time.dice, here[id], list(here.values())))


def play(seed: int) -> None:
    """One world; the bus is good in one of three, bad in another, and answers of the store are late in the third."""
    bad = seed % 3
    Markers(seed, faults=Faults(bus_loses=0.3 * bad, write_fails=0.0, read_fails=0.0, read_lags=0.2 * bad)).play()


def play_all() -> None:
    """One world after the other."""
    for seed in range(SEEDS):
        play(seed)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_the_newest_version_holds_everywhere(seed: int) -> None:
    play(seed)


def test_it_would_be_seen_if_it_did_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "answered", lambda *_: None)
    with pytest.raises(AssertionError, match="read="):
        play_all()
