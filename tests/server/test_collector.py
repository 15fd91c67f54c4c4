"""Cycles are looked for when there may be many, and not in between."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from nbchat.server.collector import MORE_BLOCKS, Collector


class Ended:
    """Something that refers to itself, as a request and its connection do to each other."""

    def __init__(self) -> None:
        self.itself = self


def many() -> int:
    """Clearly more than there has to be before anybody looks."""
    return MORE_BLOCKS + sys.getallocatedblocks() // 5


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One of this process, which is afterwards as it was; Python itself looks for nothing meanwhile."""
    before = gc.get_threshold()
    made = Collector()
    gc.disable()
    yield made
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_has_ended_is_given_back_once_there_is_much_of_it(collector: Collector) -> None:
    assert not collector.look()
    ended = weakref.ref(Ended())
    assert ended() is not None
    assert not collector.look(), "for one nobody looks"
    for _ in range(many()):
        Ended()
    assert collector.look()
    assert ended() is None
    assert not collector.look()


def test_what_lives_is_looked_through_once(collector: Collector) -> None:
    much = [Ended() for _ in range(many())]
    first = collector.look()
    assert (first, collector.look()) == (True, False)
    assert all(one.itself is one for one in much)
