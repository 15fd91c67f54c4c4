"""Whatever somebody sends without a pause, the store is asked to write a bounded number of times; then comes `slow`.

The cases are those of `test_rights`, sent by the owner of a conversation about it, with the limits that hubs have.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HubLimits
from security import test_rights

TIMES = 400
"""Frames in one moment, less than what counts as a flood (100 a second for five seconds)."""
MOST = 205
"""A session's burst of messages is the largest, 200; its hello, and what is written once, come to it."""


@pytest.mark.parametrize(("kind", "number"), test_rights.ALL, ids=lambda value: getattr(value, "__name__", value))
def test_writes_are_bounded(kind: type[wire.AnyCommand], number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_rights, "FAST", HubLimits())
    scene = test_rights.Scene()
    scene.world.turn(60.0)  # the buckets are full again
    ada = scene.world.session("ada")
    room = scene.private["group"]
    before = len(scene.world.hub.written)
    for time in range(TIMES):
        ada.sends(kind, **varied(test_rights.CASES[kind][number](scene, room), time))
    replies = Counter(type(item).__name__ for item in ada.heard if getattr(item, "ref", None) is not None)
    assert sum(replies.values()) >= TIMES, replies
    # Read markers wait for the commits of others, so many of them cost the disk nothing; frames bound them.
    assert len(scene.world.hub.written) - before <= (TIMES if kind is wire.Read else MOST)


def varied(fields: dict[str, Any], time: int) -> dict[str, Any]:
    """The same command with something new in it, so that it is not done already."""
    changed = dict(fields)
    for name, value in fields.items():
        if name in ("text", "title", "topic", "reason") and value:
            changed[name] = f"{value} {time}"
        elif name == "key" and isinstance(value, str) and ":" not in value:
            changed[name] = f"key-{time:08}"
        elif name == "value" and isinstance(value, str):
            changed[name] = f"{value} {time}"
        elif isinstance(value, bool):
            changed[name] = bool(time % 2)
        elif name == "seconds":
            changed[name] = 60 + time
    return changed
