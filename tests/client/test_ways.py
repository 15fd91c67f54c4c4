"""When a client changes over to HTTP, and back: what happened, in a row, and the way that is taken next."""

from __future__ import annotations

import pytest

from nbchat.client.ways import TRY_SECONDS, TRY_SECONDS_MAX, Way, Ways

CASES: list[tuple[str, Way]] = [
    ("", "websocket"),
    ("frame", "websocket"),
    # Once may have been a restart.
    ("nothing there", "websocket"),
    ("nothing there, nothing there", "http"),
    ("frame, nothing there, nothing there", "http"),
    ("nothing there, frame, nothing there", "websocket"),
    # A hub that is down is no reason, and what failed while it was down does not count.
    ("nothing away, nothing away, nothing away", "websocket"),
    ("nothing there, nothing away, nothing there", "websocket"),
    ("nothing away, nothing there, nothing there", "http"),
    # Over HTTP it is the same: the hub may have been away.
    ("nothing there, nothing there, frame", "http"),
    ("nothing there, nothing there, frame, nothing away, nothing away", "http"),
    ("nothing there, nothing there, nothing there", "http"),
    # A hub that is too old for it, or a proxy that lets that through no better.
    ("nothing there, nothing there, nothing there, nothing there", "websocket"),
    # A WebSocket that was tried beside it.
    ("nothing there, nothing there, frame, proof", "websocket"),
    ("nothing there, nothing there, frame, proof, nothing there", "websocket"),
    ("nothing there, nothing there, frame, proof, nothing there, nothing there", "http"),
]


@pytest.mark.parametrize(("story", "way"), CASES, ids=[story or "at first" for story, _ in CASES])
def test_the_way_after(story: str, way: Way) -> None:
    ways = Ways()
    for event in filter(None, story.split(", ")):
        match event.split():
            case ["frame"]:
                ways.worked(0.0)
            case ["proof"]:
                ways.opened()
            case ["nothing", hub]:
                ways.failed()
                assert ways.doubtful
                ways.decide(answers=hub == "there")
                assert ways.alone == (hub == "away")
    assert ways.way == way


def over_http() -> Ways:
    ways = Ways()
    for _ in range(2):
        ways.failed()
        ways.decide(answers=True)
    ways.worked(100.0)
    return ways


def test_a_websocket_is_tried_beside_it_less_and_less_often() -> None:
    ways, now, pauses = over_http(), 100.0, []
    for _ in range(6):
        due = ways.due()
        assert due is not None
        pauses.append(due - now)
        now = due
        ways.tried(now)
    assert pauses == [60.0, 120.0, 240.0, 480.0, 600.0, 600.0]
    assert (TRY_SECONDS, TRY_SECONDS_MAX) == (60.0, 600.0)


def test_frames_do_not_put_the_next_try_off() -> None:
    ways = over_http()
    ways.worked(130.0)
    assert ways.due() == 160.0


def test_over_a_websocket_none_is_tried() -> None:
    ways = Ways()
    ways.worked(0.0)
    assert ways.due() is None
    ways = over_http()
    ways.opened()
    assert ways.due() is None
