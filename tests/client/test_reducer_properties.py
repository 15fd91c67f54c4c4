"""Whatever a hub sends, in whatever order, the state keeps its rules."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, strategies as st
from vectors.shapes import CY, hello, joined, left, message, page, posted, row, snapshot, welcome

from nbchat.client import reducer
from nbchat.client.state import Conversation, State
from nbchat.protocol import messages as m
from nbchat.protocol.codec import Unknown
from nbchat.protocol.limits import CLIENT_MESSAGES

Step = tuple[Any, Any]
seqs = st.integers(1, 60)


def pages() -> st.SearchStrategy[Step]:
    def build(first: int, count: int, way: str, bound: int) -> Step:
        found = [message(seq) for seq in range(first, first + count)]
        asked = m.History(ref=5, conversation="c1", **({way: bound} if way else {}))
        if way == "before":
            found = [one for one in found if one.seq < bound]
        if way == "after":
            found = [one for one in found if one.seq > bound]
        as_of = max(60, first + count)
        return page(5, found, as_of, before=bool(found) and found[0].seq > 1, after=True), asked

    return st.builds(build, seqs, st.integers(0, 20), st.sampled_from(["", "before", "after", "around"]), seqs)


def snapshots() -> st.SearchStrategy[Step]:
    def build(last: int, count: int, epoch: str) -> Step:
        first = max(1, last - count + 1)
        found = [message(seq) for seq in range(first, last + 1)]
        return snapshot(row(last_seq=last, epoch=epoch), found, has_before=first > 1), None

    return st.builds(build, seqs, st.integers(1, 30), st.sampled_from(["e1", "e1", "e1", "e2"]))


def plain(item: Any) -> Step:
    return item, None


events = st.one_of(
    st.builds(posted, seqs, st.sampled_from(["ada", "bob"])),
    st.builds(lambda seq: joined(seq, CY), seqs),
    st.builds(lambda seq: left(seq, "bob"), seqs),
    st.builds(lambda seq: Unknown("c1", seq), seqs),
).map(plain)
others = st.sampled_from(
    [
        plain(m.Reset(conversation="c1", epoch="e2")),
        plain(m.Own(uv=3, rows=[m.OwnRow("read:c1", 20, 3, 5)])),
        (welcome(2, row(last_seq=40)), hello(2, known={"c1": 40})),
        (welcome(2, row(last_seq=40)), hello(2, watched={"c1": 40})),
    ]
)
steps = st.lists(st.one_of(events, events, events, pages(), snapshots(), others), max_size=40)


@given(steps)
def test_ranges_ascend_apart_within_the_cursor(steps: list[Step]) -> None:
    state = State()
    reducer.apply(state, welcome(1, row(last_seq=10)), hello())
    for item, asked in steps:
        reducer.apply(state, item, asked)
        for conversation in state.conversations.values():
            check(conversation)


def check(conversation: Conversation) -> None:
    ranges = conversation.ranges
    for one in ranges:
        numbers = [message.seq for message in one.messages]
        assert numbers == sorted(set(numbers))
        assert one.first <= one.last
        assert all(one.first <= number <= one.last for number in numbers)
    for lower, higher in itertools.pairwise(ranges):
        assert lower.last + 1 < higher.first
        assert higher.has_before or higher.first == 1
    assert all(one.last <= conversation.cursor for one in ranges)
    assert sum(len(one.messages) for one in ranges) <= CLIENT_MESSAGES
    assert conversation.summary.unread >= 0


@given(st.lists(events, max_size=60))
def test_events_move_the_cursor_by_one_or_not_at_all(steps: list[Step]) -> None:
    state = State()
    reducer.apply(state, welcome(1, row(last_seq=10)), hello())
    for item, _ in steps:
        before = state.conversations["c1"].cursor
        place = reducer.follows(state, item)
        touched = reducer.apply(state, item)
        after = state.conversations["c1"].cursor
        assert after == before + (place == "next")
        assert bool(touched) == (place == "next")


@given(st.permutations(range(11, 26)), st.integers(0, 10))
def test_old_snapshot_and_events_are_the_fresh_snapshot(order: list[int], repeats: int) -> None:
    log = {seq: posted(seq, "ada" if seq % 3 else "bob") for seq in range(1, 26)}
    old = State()
    reducer.apply(old, welcome(1, row(last_seq=10)), hello())
    shown = [reducer_message(log[seq]) for seq in range(1, 11)]
    reducer.apply(old, snapshot(row(last_seq=10), shown))
    for seq in [*order[:repeats], *range(11, 26), *order]:  # some too early, then all, then all again
        reducer.apply(old, log[seq])
    one = old.conversations["c1"]
    assert [message.seq for message in one.ranges[0].messages] == list(range(1, 26))
    assert one.summary.unread == sum(1 for seq in range(11, 26) if seq % 3 == 0)


def reducer_message(event: m.Posted) -> m.Message:
    return message(event.seq, event.author)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_a_client_never_keeps_more_than_its_share(sizes: list[int], upwards: list[bool]) -> None:
    state = State()
    reducer.apply(state, welcome(1, row(last_seq=5_000)), hello())
    reducer.apply(state, snapshot(row(last_seq=5_000), [message(5_000)], has_before=True))
    for size, up in zip(sizes, upwards, strict=False):
        ranges = state.conversations["c1"].ranges
        if up:
            bound = ranges[0].first
            found = [message(seq) for seq in range(max(1, bound - size), bound)]
            asked = m.History(ref=5, conversation="c1", before=bound)
            item = page(5, found, 5_000, before=bool(found) and found[0].seq > 1, after=True)
        else:
            bound = ranges[-1].last
            found = [message(seq) for seq in range(bound + 1, min(5_000, bound + size) + 1)]
            asked = m.History(ref=5, conversation="c1", after=bound)
            item = page(5, found, 5_000, before=True, after=bound + size < 5_000)
        reducer.apply(state, item, asked)
        check(state.conversations["c1"])
    assert len(state.conversations["c1"].ranges) == 1
