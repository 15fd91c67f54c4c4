"""The small parts by themselves: buckets, alarms, projection."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import given, strategies as some

from nbchat.hub.alarms import Alarms, AskAgain, GraceEnds
from nbchat.hub.conversation import (
    AddMember,
    DropMember,
    PutMessage,
    key_of,
    preview,
    project,
    rules_changed,
    stamped,
)
from nbchat.hub.conversations import REMEMBERED, WROTE, Conversation, Conversations
from nbchat.hub.flows import Flows, Steps, Wait
from nbchat.hub.throttle import Bucket, Buckets
from nbchat.protocol.changes import touched
from nbchat.protocol.limits import PREVIEW_CHARS, RESUME_EVENTS, Rate
from nbchat.protocol.messages import Created, Joined, Left, Message, Person, Posted, Settings

ADA, BOB = Person("ada", "Ada"), Person("bob", "Bob")
BASE: dict[str, Any] = {"conversation": "c", "seq": 3, "at": 9, "author": "ada", "name": "Ada"}
CREATED = Created(**BASE, kind="group", title="T", handle=None, people=[ADA, BOB])
JOINED, LEFT = Joined(**BASE, person=BOB), Left(**BASE, user="bob")
POSTED = Posted(**BASE, key="12345678", text="hi", via="page")


def test_what_events_change() -> None:
    assert project(CREATED) == (AddMember(ADA, 3, "owner"), AddMember(BOB, 3))
    assert project(JOINED) == (AddMember(BOB, 3),)
    assert project(LEFT) == (DropMember("bob"),)
    message = Message(seq=3, v=3, key="12345678", author="ada", at=9, text="hi", via="page")
    assert project(POSTED) == (PutMessage(message),)


def test_what_events_mean_for_others() -> None:
    assert [rules_changed(event) for event in (CREATED, JOINED, LEFT, POSTED)] == [True, True, True, False]
    assert [key_of(event) for event in (CREATED, JOINED, LEFT, POSTED)] == [None, None, None, "12345678"]
    assert [touched(event) for event in (CREATED, JOINED, LEFT, POSTED)] == [()] * 4
    assert (stamped(POSTED, 7, 8).seq, stamped(POSTED, 7, 8).at) == (7, 8)


def test_a_preview_is_one_short_line() -> None:
    message = Message(seq=3, v=3, key="12345678", author="ada", at=9, text="a\n\n b" + "x" * 500, via="page")
    text = preview(message, "Ada").text
    assert text.startswith("a bxxx")
    assert len(text) == PREVIEW_CHARS


@given(some.lists(some.floats(0.0, 3.0), min_size=1, max_size=60))
def test_a_bucket_never_gives_more_than_burst_and_rate(gaps: list[float]) -> None:
    bucket, now, taken = Bucket(Rate(2.0, 5), 5.0, 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        wait = bucket.take(now)
        taken += wait == 0.0
        assert taken <= 5 + 2.0 * now + 1e-6
        assert wait <= 0.5


def test_waiting_as_long_as_a_bucket_says_is_enough() -> None:
    bucket = Bucket(Rate(3.0, 1), 1.0, 0.0)
    assert bucket.take(0.0) == 0.0
    wait = bucket.take(0.1)
    assert bucket.take(0.1 + wait + 1e-9) == 0.0


def test_full_buckets_are_forgotten_and_owing_ones_kept() -> None:
    buckets, rate = Buckets(), Rate(1.0, 1)
    buckets.take(("owing", "page"), rate, 5_000.0)
    for number in range(5_000):
        buckets.take((f"u{number}", "page"), rate, float(number))
    assert len(buckets._buckets) < 2_500
    assert buckets.take(("owing", "page"), rate, 5_000.0) == pytest.approx(1.0)


def held_in_memory(id: str) -> Conversation:
    return Conversation(
        id=id,
        kind="channel",
        title="",
        handle=None,
        epoch="e",
        last_seq=0,
        rules=0,
        settings=Settings(),
        members={},
        standings={},
        banned=frozenset(),
        marks={},
        ring=deque(maxlen=RESUME_EVENTS),
    )


def test_what_is_held_is_not_forgotten_until_it_was_released_as_often() -> None:
    conversations = Conversations(capacity=1)
    conversations.hold("a")
    conversations.hold("a")
    for id in "abc":
        conversations.add(held_in_memory(id))
    assert [one.id for one in conversations] == ["a", "c"]
    conversations.release("a")
    conversations.add(held_in_memory("d"))
    assert [one.id for one in conversations] == ["a", "d"]
    conversations.release("a")
    conversations.add(held_in_memory("e"))
    assert [one.id for one in conversations] == ["e"]


def test_when_people_wrote_is_remembered_of_the_last_ones_only() -> None:
    conversation = held_in_memory("c")
    for n in range(WROTE + 50):
        post = Posted(**{**BASE, "seq": n + 1, "author": f"guest-{n}"}, key="12345678", text="hi", via="page")
        conversation.append(post)
    assert len(conversation.wrote) == WROTE
    assert {f"guest-{WROTE + 49}", "guest-50"} <= conversation.wrote.keys()


def test_where_logs_ended_is_remembered_of_those_forgotten_last_only() -> None:
    conversations = Conversations(capacity=1)
    for n in range(REMEMBERED + 50):
        conversation = held_in_memory(f"{n}")
        conversation.last_seq = n + 1
        conversations.add(conversation)
    forgotten = [n for n in range(REMEMBERED + 50) if conversations.ended(f"{n}") == n + 1]
    assert forgotten == list(range(49, REMEMBERED + 49)), "the last one is still there"


@given(some.lists(some.tuples(some.integers(0, 5), some.one_of(some.none(), some.floats(0, 100))), max_size=40))
def test_alarms_ring_once_at_the_time_that_was_set_last(steps: list[tuple[int, float | None]]) -> None:
    alarms, expected = Alarms(), dict[str, float]()
    for user, when in steps:
        if when is None:
            alarms.drop(GraceEnds(f"{user}"))
            expected.pop(f"{user}", None)
        else:
            alarms.set(GraceEnds(f"{user}"), when)
            expected[f"{user}"] = when
    assert alarms.next() == min(expected.values(), default=None)
    early = alarms.due(50.0)
    assert {alarm.user for alarm in early if isinstance(alarm, GraceEnds)} == {
        user for user, when in expected.items() if when <= 50.0
    }
    assert len(alarms.due(100.0)) == len(expected) - len(early)
    assert alarms.next() is None
    assert AskAgain() not in alarms


def test_nothing_is_kept_of_a_flow_that_was_ended_while_it_waited() -> None:
    ended: list[int | None] = []
    flows = Flows(lambda _: None, lambda flow, _: ended.append(flow.owner))

    def waits() -> Steps[None]:
        yield Wait("open", "c")

    for owner in (1, 2, 3):
        flows.start(waits(), owner)
    flows.cancel(1)
    flows.wake(Wait("open", "c"))
    flows.run()
    assert ended == [2, 3]
    flows.start(waits(), 4)
    flows.cancel(4)
    assert not flows._parked
