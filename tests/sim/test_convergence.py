"""Promise 2, shown: whatever breaks, everybody ends with the same events, in the same order, each once; none is lost.

Each seed is a world (`world.py`) with its own half minute of chaos. To look for more, or to repeat one:

    NBCHAT_SIM_SEEDS=5000 pytest tests/sim
    NBCHAT_SIM_FIRST=1234 NBCHAT_SIM_SEEDS=1 pytest tests/sim
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from nbchat.client import ranges, reducer
from nbchat.client.sending import Sending
from nbchat.hub import core, loading, own
from nbchat.hub.conversations import Conversation
from nbchat.protocol import messages
from nbchat.store import memory_data

from .checks import check, check_fresh
from .world import World

FIRST = int(os.environ.get("NBCHAT_SIM_FIRST", "0"))
SEEDS = int(os.environ.get("NBCHAT_SIM_SEEDS", "200"))
TAIL = 60
"""Lines of the trace in the report of a failure."""


def play(seed: int, **world: Any) -> World:
    """Run one world and check it; a failure names the seed and what happened last."""
    made = World(seed, **world)
    try:
        made.run()
        check(made)
        check_fresh(made)
    except Exception as error:
        tail = "\n".join(list(made.time.trace)[-TAIL:])
        raise AssertionError(f"seed {seed}: {error!r}\n{tail}") from error
    return made


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_everybody_ends_with_the_same(seed: int) -> None:
    play(seed)


@pytest.mark.parametrize("seed", range(5))
def test_one_hub_alone_and_many_together(seed: int) -> None:
    play(1000 + seed, hubs=1)
    play(2000 + seed, hubs=6, acts=120, breaks=30)


def test_a_seed_is_the_same_world_each_time() -> None:
    assert list(play(3).time.trace) == list(play(3).time.trace)


def test_the_worlds_are_bad_enough() -> None:
    """What the promise is about does happen: or the test would show nothing."""
    trace = "\n".join(line for seed in range(20) for line in play(seed).time.trace)
    for event in ("crashes", "half open", "Duplicate:Posted", "Conflict", "Failed", "Stored:Left", "Exists"):
        assert event in trace, event
    for event in ("Edited", "Deleted", "Reacted", "Pinned"):
        assert trace.count(f"Stored:{event}") >= 5, event
    for event in ("Stored:Ranked", "Stored:Muted", "Stored:Described", "Nothing", "OwnsStored"):
        assert event in trace, event


# Each rule that the promise rests on, left out: some seed shows it.


def _nothing(*_: object, **__: object) -> None:
    """Do nothing, in place of a rule."""


def _forgetful(self: memory_data.MemoryDatabase, item: Any) -> Any:
    """Append without looking whether the key is known."""
    conversation = self.conversations.get(item.event.conversation)
    if conversation is not None:
        conversation.keys.clear()
    return _APPEND(self, item)


_APPEND = memory_data.MemoryDatabase._append


def _counted_as_told(state: Any, connection: Any, key: str) -> None:
    """Give a row of own state at once, whatever the connection was given."""
    news = connection.own.pop(key, None)
    if news is not None and connection.ready:
        state.send((connection.id,), messages.Own(uv=news.row.v, rows=[news.row]))


def _hasty(self: Sending, now: float, mint_ref: Callable[[], int]) -> Any:
    """Send everything at once instead of one at a time."""
    for line in self._lines.values():
        line.waiting.rotate(-1)
    return _TAKE(self, now, mint_ref)


_TAKE = Sending.take


def _from_one_earlier(self: Conversation, seq: int) -> Any:
    """Give the last event again."""
    return _SINCE(self, max(0, seq - 1))


_SINCE = Conversation.since


def _unchanged(message: messages.Message, _: messages.AnyDurable) -> messages.Message:
    """Leave a message as it was."""
    return message


MUTATIONS: dict[str, list[tuple[object, str, object]]] = {
    "a gap is not filled from the store": [(loading, "_catch_up", _nothing)],
    "the store is not asked again on a timer": [(core, "ASK_EVERY", 1e9)],
    "a key that is known is stored again": [(memory_data.MemoryDatabase, "_append", _forgetful)],
    "unread is told as counted, wherever a connection stands": [(own, "give", _counted_as_told)],
    "events do not change the messages that are loaded": [(ranges, "changed", _unchanged)],
    "neither hub nor client looks at the cursor": [
        (Conversation, "since", _from_one_earlier),
        (reducer, "follows", lambda state, event: "next"),
    ],
    "the order of unsent messages is not kept": [(Sending, "take", _hasty)],
}


@pytest.mark.parametrize("rule", MUTATIONS)
def test_a_broken_rule_is_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name, instead in MUTATIONS[rule]:
        monkeypatch.setattr(owner, name, instead)
    for seed in range(60):
        try:
            play(seed)
        except AssertionError:
            return
    pytest.fail(f"60 worlds did not notice that {rule}")
