"""The reducer's vectors about loaded messages: pages, ranges, and what does not fit."""

from __future__ import annotations

from nbchat.protocol import messages as m

from .reducer_verbs import OPEN, START, Play, after, around, before, c1, newest, seqs, step
from .shapes import message, page, posted, row, snapshot

PLAYS: list[Play] = [
    (
        "page-without-snapshot",
        "only a snapshot begins what is loaded: a page alone brings no members and no receipts",
        [*START, step(page(5, [message(9)], 10, before=True, after=False), [], newest())],
        {"conversations": {"c1": {"ranges": []}}},
    ),
    (
        "page-before-touches",
        "a page covers all below the seq that was asked for, though other events lie between, and so joins the range",
        [*OPEN, step(page(5, [message(5), message(6)], 10, before=True, after=True), ["c1"], before(9))],
        {
            "conversations": {
                "c1": {"ranges": [{"first": 5, "last": 10, "has_before": True, "messages": seqs(5, 6, 9, 10)}]}
            }
        },
    ),
    (
        "page-before-is-the-last",
        "the first page of all reaches down to the first seq",
        [*OPEN, step(page(5, [message(2)], 10, before=False, after=True), ["c1"], before(9))],
        {"conversations": {"c1": {"ranges": [{"first": 1, "last": 10, "has_before": False}]}}},
    ),
    (
        "page-apart-then-joined",
        "a page around an old message stays apart until pages between close the hole",
        [
            *OPEN,
            step(
                page(5, [message(2), message(3)], 10, before=True, after=True),
                ["c1"],
                m.History(ref=5, conversation="c1", around=2),
            ),
            step(page(5, [message(4), message(6), message(8)], 10, before=True, after=True), ["c1"], after(3)),
        ],
        {
            "conversations": {
                "c1": {"ranges": [{"first": 2, "last": 10, "has_before": True, "messages": seqs(2, 3, 4, 6, 8, 9, 10)}]}
            }
        },
    ),
    (
        "page-newer-than-the-cursor",
        "a page may know more than the events that came: what is above the cursor comes once, as an event",
        [
            *OPEN,
            step(page(5, [message(10), message(11)], 11, before=True, after=False), ["c1"], newest()),
            step(posted(11)),
        ],
        {"conversations": {"c1": {"cursor": 11, "ranges": [{"messages": seqs(9, 10, 11)}]}}},
    ),
    (
        "page-keeps-newer-versions",
        "a message is replaced only by one with a higher v",
        [
            *START,
            step(snapshot(row(last_seq=10), [message(9, text="edited", v=10)], has_before=True)),
            step(page(5, [message(9, text="old")], 9, before=True, after=False), ["c1"], newest()),
        ],
        {"conversations": {"c1": {"ranges": [{"messages": [{"seq": 9, "text": "edited", "v": 10}]}]}}},
    ),
    (
        "page-of-another-epoch",
        "a page that was under way when the log was replaced is of no use",
        [
            *OPEN,
            step(m.Reset(conversation="c1", epoch="e2")),
            step(page(5, [message(5)], 10, before=True, after=True), [], before(9)),
        ],
        {"conversations": {"c1": {"ranges": [], "cursor": 0}}},
    ),
    (
        "full-live-range",
        "a live range that is full drops its oldest message",
        [
            *START,
            step(snapshot(row(last_seq=1_000), [message(seq) for seq in range(1, 1_001)])),
            step(posted(1_001)),
        ],
        {"conversations": {"c1": {"ranges": [{"first": 2, "last": 1_001, "has_before": True}]}}},
    ),
    (
        "full-paging-up",
        "paging up in a full range makes room at its newer end: it is live no more, until newer pages lead back",
        [
            *START,
            step(snapshot(row(last_seq=1_100), [message(seq) for seq in range(101, 1_101)], has_before=True)),
            step(
                page(5, [message(seq) for seq in range(51, 101)], 1_100, before=True, after=True), ["c1"], before(101)
            ),
            step(posted(1_101), ["c1", "list"]),
            step(
                page(5, [message(seq) for seq in range(1_051, 1_102)], 1_101, before=True, after=False),
                ["c1"],
                after(1_050),
            ),
            step(posted(1_102), ["c1", "list"]),
        ],
        {"conversations": {"c1": {"cursor": 1_102, "ranges": [{"first": 103, "last": 1_102, "has_before": True}]}}},
    ),
    (
        "full-around",
        "a jump to an old message takes the oldest ones of the live range, which stays live and goes on giving",
        [
            *START,
            step(snapshot(row(last_seq=1_100), [message(seq) for seq in range(101, 1_101)], has_before=True)),
            step(page(5, [message(19), message(20), message(21)], 1_100, before=True, after=True), ["c1"], around(20)),
            step(posted(1_101)),
        ],
        c1(
            ranges=[
                {"first": 19, "last": 21, "has_before": True, "messages": seqs(19, 20, 21)},
                {"first": 105, "last": 1_101, "has_before": True},
            ]
        ),
    ),
    (
        "full-around-again",
        "the next jump takes the range of the one before",
        [
            *START,
            step(snapshot(row(last_seq=1_100), [message(seq) for seq in range(103, 1_101)], has_before=True)),
            step(page(5, [message(19), message(20)], 1_100, before=True, after=True), ["c1"], around(20)),
            step(page(5, [message(60), message(61), message(62)], 1_100, before=True, after=True), ["c1"], around(61)),
        ],
        c1(
            ranges=[
                {"first": 60, "last": 62, "messages": seqs(60, 61, 62)},
                {"first": 104, "last": 1_100, "has_before": True},
            ]
        ),
    ),
    (
        "full-paging-down-from-a-jump",
        "pages that lead from a jump to the end join the live range",
        [
            *START,
            step(snapshot(row(last_seq=30), [message(seq) for seq in range(20, 31)], has_before=True)),
            step(page(5, [message(2), message(4)], 30, before=True, after=True), ["c1"], around(3)),
            step(posted(31)),
            step(page(5, [message(7), message(12)], 31, before=True, after=True), ["c1"], after(4)),
            step(page(5, [message(15), message(20)], 31, before=True, after=True), ["c1"], after(12)),
        ],
        c1(ranges=[{"first": 2, "last": 31, "messages": seqs(2, 4, 7, 12, 15, *range(20, 32))}]),
    ),
    (
        "around-nothing",
        "a page around a seq that is no message brings what lies beside it; other events leave no hole",
        [
            *OPEN,
            step(page(5, [message(4), message(7)], 10, before=True, after=True), ["c1"], around(5)),
            step(page(5, [message(1), message(3)], 10, before=False, after=True), ["c1"], before(4)),
        ],
        c1(
            ranges=[
                {"first": 1, "last": 7, "has_before": False, "messages": seqs(1, 3, 4, 7)},
                {"first": 9, "last": 10},
            ]
        ),
    ),
]
