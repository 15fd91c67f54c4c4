"""The reducer's vectors about threads, and single messages beside what is loaded: two more places for events."""

from __future__ import annotations

from nbchat.protocol import messages as m

from .reducer_verbs import OPEN, START, Play, c1, loaded, lookup, step, thread
from .shapes import (
    deleted,
    edited,
    found,
    hello,
    message,
    page,
    pinned,
    posted,
    reacted,
    replied,
    row,
    snapshot,
    welcome,
)

PLAYS: list[Play] = [
    (
        "reply-in-a-thread",
        "it stands in its thread only; its root counts it, wherever that is loaded",
        [
            *OPEN,
            step(replied(11, 9), ["c1", "list"]),
            step(replied(12, 9, "cy", "ada", "bob", "cy"), ["c1", "list", "people"]),
            step(replied(13, 9, "bob")),
        ],
        c1(
            cursor=13,
            ranges=loaded(
                {
                    "seq": 9,
                    "v": 13,
                    "replies": {"count": 3, "last_seq": 13, "last_at": 1_013, "users": ["bob", "cy"]},
                },
                10,
                first=9,
                last=13,
            ),
            threads={},
            summary={"last": None, "unread": 0},
        ),
    ),
    (
        "reply-in-both",
        "a reply that stands in the conversation too is one message in two timelines",
        [
            *OPEN,
            step(page(5, [message(9)], 10, before=False, after=False), ["c1"], thread(9)),
            step(replied(11, 9, also=True), ["c1", "list"]),
            step(edited(12, 11, "better")),
        ],
        c1(
            ranges=loaded(9, 10, {"seq": 11, "text": "better", "thread": 9, "also": True}),
            threads={"9": loaded({"seq": 9, "replies": {"count": 1}}, {"seq": 11, "text": "better"})},
            summary={"last": {"seq": 11, "text": "better"}, "unread": 1},
        ),
    ),
    (
        "reply-deleted",
        "the root counts it no more; who takes part and when the last one came stay",
        [
            *OPEN,
            step(replied(11, 9, "bob")),
            step(replied(12, 9, "cy")),
            step(deleted(13, 11, thread=9, followers=["ada", "bob"])),
        ],
        c1(
            ranges=loaded(
                {"seq": 9, "v": 13, "replies": {"count": 1, "last_seq": 12, "users": ["bob", "cy"]}, "deleted": None},
                10,
            )
        ),
    ),
    (
        "thread",
        "an open thread is a timeline of its own: root and replies, live, changed by the same events",
        [
            *OPEN,
            step(
                page(
                    5,
                    [message(5, replies=m.Replies(1, 8, 1_008, ["bob"])), message(8, thread=5)],
                    10,
                    before=False,
                    after=False,
                ),
                ["c1"],
                thread(5),
            ),
            step(posted(11)),
            step(replied(12, 5)),
            step(replied(13, 9)),
            step(reacted(14, 8, "👍")),
            step(deleted(15, 5)),
        ],
        c1(
            cursor=15,
            ranges=loaded(9, 10, 11, first=9, last=15),
            threads={
                "5": loaded(
                    {"seq": 5, "v": 15, "deleted": "bob", "replies": {"count": 2, "last_seq": 12}},
                    {"seq": 8, "reactions": [{"emoji": "👍"}]},
                    {"seq": 12, "thread": 5},
                    first=1,
                    last=15,
                )
            },
        ),
    ),
    (
        "thread-older-replies",
        "the page before the oldest loaded reply joins them; one of a thread that is closed is of no use",
        [
            *OPEN,
            step(
                page(5, [message(8, thread=2), message(10, thread=2)], 10, before=True, after=False), ["c1"], thread(2)
            ),
            step(
                page(5, [message(2), message(4, thread=2)], 10, before=False, after=True), ["c1"], thread(2, before=8)
            ),
            step(page(5, [message(7, thread=3)], 10, before=True, after=True), [], thread(3, before=8)),
        ],
        c1(threads={"2": loaded(2, 4, 8, 10, first=1, last=10, has_before=False)}),
    ),
    (
        "thread-around-a-reply",
        "a permalink into a long thread loads its surroundings; they are not live until newer replies lead to the end",
        [
            *OPEN,
            step(
                page(5, [message(3, thread=2), message(4, thread=2)], 10, before=True, after=True),
                ["c1"],
                thread(2, around=4),
            ),
            step(replied(11, 2)),
            step(edited(12, 4, "better")),
        ],
        c1(threads={"2": loaded(3, {"seq": 4, "text": "better"}, first=3, last=4, has_before=True)}),
    ),
    (
        "thread-without-snapshot",
        "a thread cannot be loaded where its conversation is not",
        [*START, step(page(5, [message(2)], 10, before=False, after=False), [], thread(2))],
        c1(threads={}),
    ),
    (
        "snapshot-forgets-threads",
        "what was left out may have changed any message: threads and single ones are loaded anew",
        [
            *OPEN,
            step(page(5, [message(9)], 10, before=False, after=False), ["c1"], thread(9)),
            step(found(5, [message(3)]), ["c1", "people"], lookup(3)),
            step(m.Typing(conversation="c1", users=["bob"], count=1, thread=9)),
            step(snapshot(row(last_seq=900), [message(900)], has_before=True)),
        ],
        c1(threads={}, asides={}, thread_typing={}, cursor=900),
    ),
    (
        "moved-on-forgets-threads",
        "so does a row that moved on while we were away",
        [
            *OPEN,
            step(page(5, [message(9)], 10, before=False, after=False), ["c1"], thread(9)),
            step(found(5, [message(3)]), None, lookup(3)),
            step(welcome(2, row(last_seq=12)), asked=hello(2, known={"c1": 10})),
        ],
        c1(threads={}, asides={}, ranges=[], cursor=12),
    ),
    (
        "bridged-keeps-threads",
        "what is bridged by events stays, threads and single messages too",
        [
            *OPEN,
            step(page(5, [message(9)], 10, before=False, after=False), ["c1"], thread(9)),
            step(found(5, [message(3)]), None, lookup(3)),
            step(welcome(2, row(last_seq=12, unread=1)), asked=hello(2, watched={"c1": 10}, known={"c1": 10})),
            step(replied(11, 9), ["c1"]),
            step(edited(12, 3, "better"), ["c1"]),
        ],
        c1(
            threads={"9": loaded({"seq": 9, "replies": {"count": 1}}, 11, last=12)},
            asides={"3": {"text": "better", "v": 12}},
            summary={"unread": 1, "threads": []},
        ),
    ),
    (
        "found",
        "single messages with their fixups; of what was asked for and is not there, that it is not",
        [
            *OPEN,
            step(
                found(5, [message(3), message(4)], fixups=[edited(9, 4, "better")]),
                ["c1", "people"],
                lookup(4, 3, 7),
            ),
        ],
        c1(asides={"3": {"text": "m3"}, "4": {"text": "better", "v": 9}, "7": None}),
    ),
    (
        "found-then-changed",
        "single messages follow the events: a quote of a deleted message becomes a tombstone, pins and replies count",
        [
            *OPEN,
            step(found(5, [message(3), message(4)]), None, lookup(3, 4)),
            step(deleted(11, 3)),
            step(pinned(12, 4)),
            step(replied(13, 4)),
            step(found(5, [message(3, text="secret"), message(4)]), ["c1"], lookup(3, 4)),
        ],
        c1(
            asides={
                "3": {"v": 11, "text": "", "deleted": "bob"},
                "4": {"v": 13, "pinned": "bob", "replies": {"count": 1}},
            }
        ),
    ),
    (
        "found-too-early",
        "a message that is asked for before it is written is there once it is",
        [*OPEN, step(found(5, []), None, lookup(11)), step(posted(11))],
        c1(asides={"11": {"seq": 11, "text": "m11"}}),
    ),
    (
        "found-overtaken",
        "an answer that is older than an event does not know whether that was a message: it is still missing",
        [*OPEN, step(posted(11)), step(found(5, [message(3)]), ["c1", "people"], lookup(3, 7, 11))],
        c1(asides={"3": {"seq": 3}, "7": None}),
    ),
    (
        "found-pins",
        "pinned messages are kept like those that were looked up",
        [
            *OPEN,
            step(found(5, [message(3, pinned="bob")]), ["c1", "people"], m.FindPins(ref=5, conversation="c1")),
            step(pinned(11, 3, on=False)),
        ],
        c1(asides={"3": {"pinned": None}}),
    ),
    (
        "found-of-another-epoch",
        "an answer that was under way when the log was replaced is of no use",
        [*OPEN, step(found(5, [message(3)], epoch="e0"), ["people"], lookup(3))],
        c1(asides={}),
    ),
    (
        "found-too-many",
        "the newest two hundred are kept; one that is asked for again counts as new",
        [
            *OPEN,
            step(found(5, [message(seq) for seq in range(1, 9)]), None, lookup(*range(1, 9))),
            *(step(found(5, []), None, lookup(*range(first, first + 48))) for first in range(100, 292, 48)),
            step(found(5, [message(1)]), None, lookup(1)),
            step(found(5, []), None, lookup(300, 301)),
        ],
        c1(asides={str(seq): {} if seq < 9 else None for seq in (1, *range(4, 9), *range(100, 292), 300, 301)}),
    ),
]
