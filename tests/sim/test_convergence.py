"""Promise 2, shown: whatever breaks, everybody ends with the same events, in the same order, each once; none is lost.

Each seed is a world (`world.py`) with its own half minute of chaos. To look for more, or to repeat one:

    NBCHAT_SIM_SEEDS=5000 pytest tests/sim
    NBCHAT_SIM_FIRST=1234 NBCHAT_SIM_SEEDS=1 pytest tests/sim
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from nbchat.client import counts, events, own as client_own, ranges, reducer
from nbchat.client.sending import Sending
from nbchat.client.state import State
from nbchat.client.writes import Writes
from nbchat.hub import conversation, core, growing, loading, lookups, own, watching
from nbchat.hub.conversations import Conversation
from nbchat.hub.growth import KEPT
from nbchat.protocol import messages
from nbchat.protocol.changes import changed
from nbchat.store import memory_data, memory_events

from .checks import check, check_fresh
from .hubs import Faults
from .world import World

FIRST = int(os.environ.get("NBCHAT_SIM_FIRST", "0"))
SEEDS = int(os.environ.get("NBCHAT_SIM_SEEDS", "60"))
WORLDS = 100
"""So many may play without noticing that a rule is broken; most need one."""
TELLING = (0, 2, 14, 35, 42)
"""Seeds that notice what others do not, tried first; any other order finds the same."""
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


@pytest.mark.parametrize("seed", range(3))
def test_one_hub_alone_and_many_together(seed: int) -> None:
    play(1000 + seed, hubs=1)
    play(2000 + seed, hubs=6, acts=120, breaks=30)


def test_a_seed_is_the_same_world_each_time() -> None:
    assert list(play(3).time.trace) == list(play(3).time.trace)


def test_the_worlds_are_bad_enough() -> None:
    """What the promise is about does happen: or the test would show nothing."""
    worlds = [play(seed) for seed in range(30)]
    trace = "\n".join(line for world in worlds for line in world.time.trace)
    for event in ("crashes", "half open", "Duplicate:Posted", "Conflict", "Failed", "Exists", "Nothing", "OwnsStored"):
        assert event in trace, event
    events = [event for world in worlds for one in world.database.conversations.values() for event in one.events]
    for kind in get_args(messages.AnyDurable):
        assert sum(isinstance(event, kind) for event in events) >= 2, kind
    posts = [event for event in events if isinstance(event, messages.Posted)]
    for field in ("reply", "thread", "also", "mentions", "forwarded", "followers"):
        assert sum(bool(getattr(post, field)) for post in posts) >= 10, field
    assert any(event.banned for event in events if isinstance(event, messages.Left))
    ends = [event.key.startswith(KEPT) for event in events if isinstance(event, messages.Edited) and event.grown]
    assert min(ends.count(True), ends.count(False)) >= 2, "ended by who wrote it, or by the hub"
    rows = {key.partition(":")[0] for world in worlds for own in world.database.own.values() for key in own}
    assert rows >= {"read", "thread", "draft", "prefs", "saved", "block", "reports"}


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


def _kept(message: messages.Message, event: messages.AnyDurable) -> messages.Message:
    """Let a message keep its text when it is deleted."""
    after = changed(message, event)
    return replace(after, text=message.text) if after.deleted is not None else after


def _for_nobody_else(event: messages.Posted, *_: object) -> list[str]:
    """Have a reply told only to who wrote it."""
    return [event.author]


def _whatever_came_before(state: State, item: messages.Own) -> set[str]:
    """Take a version of own state for known although one below it never came."""
    state.uv = max(state.uv, item.uv)
    return client_own.take(state, item.rows, counted=set())


def _same(row: messages.Summary, *_: object) -> messages.Summary:
    """Leave a row as it was."""
    return row


def _unchanged(message: messages.Message, _: messages.AnyDurable) -> messages.Message:
    """Leave a message as it was."""
    return message


MUTATIONS: dict[str, list[tuple[object, str, object]]] = {
    "a gap is not filled from the store": [(loading, "_catch_up", _nothing)],
    "the store is not asked again on a timer": [(core, "ASK_EVERY", 1e9)],
    "a key that is known is stored again": [(memory_data.MemoryDatabase, "_append", _forgetful)],
    "unread is told as counted, wherever a connection stands": [(own, "give", _counted_as_told)],
    "events do not change the messages that are loaded": [(ranges, "changed", _unchanged)],
    "a page comes without what has happened since it was read": [(watching, "fixups", lambda *_: [])],
    "single messages come without it": [(lookups, "fixups", lambda *_: [])],
    "replies in threads are not counted": [(counts, "_replied", _same)],
    "a reply is for nobody but its author": [(conversation, "_followers", _for_nobody_else)],
    "mentions are not counted": [(counts, "mentioned", lambda *_: False)],
    "what is deleted counts on": [(counts, "_less", lambda count, *_: count)],
    "a deleted text stays in the log": [(memory_events, "scrubs", lambda _: None)],
    "a deleted text stays in the memory of hubs": [(Conversation, "_scrub", _nothing)],
    "a deleted text stays with who has it": [(ranges, "changed", _kept)],
    "nobody notices that a row of own state was missed": [(client_own, "apply", _whatever_came_before)],
    "what is refused stays as it was set": [(Writes, "refused", Writes.done)],
    "roles and who is muted are not kept": [(events, "_set_standing", _nothing)],
    "what a lost connection was writing is forgotten": [(growing, "keep_lost", _nothing)],
    "what was written piece by piece has no end for hubs": [(Conversation, "_stop_growing", _nothing)],
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
    for seed in (*TELLING, *range(WORLDS)):
        try:
            play(seed, faults=Faults(read_lags=seed % 3 / 3))
        except AssertionError:
            return
    pytest.fail(f"{WORLDS} worlds did not notice that {rule}")
