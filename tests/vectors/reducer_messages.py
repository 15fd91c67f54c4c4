"""The reducer's vectors about what events do to messages: edits, deletions, reactions, pins; wherever a message is."""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol import messages as m

from .reducer_verbs import OPEN, START, Play, before, c1, loaded, newest, seqs, step
from .shapes import (
    deleted,
    edited,
    mention,
    message,
    page,
    pinned,
    posted,
    reacted,
    row,
    snapshot,
)


def growing(of: int, n: int, text: str, *, whole: bool = False) -> m.Growing:
    return m.Growing(conversation="c1", message=of, n=n, text=text, whole=whole)


PLAYS: list[Play] = [
    (
        "growing",
        "pieces that follow are put together; one that does not is left out, until the whole comes",
        [
            *OPEN,
            step(growing(10, 4, "The", whole=True), ["c1"]),
            step(growing(10, 5, " seed"), ["c1"]),
            step(growing(10, 7, " 42"), ["c1"]),
            step(growing(9, 2, "never begun here"), ["c1"]),
            step(growing(10, 8, "The seed is 42", whole=True), ["c1"]),
            step(growing(10, 9, "."), ["c1"]),
        ],
        c1(growing={"10": {"n": 9, "text": "The seed is 42."}}, ranges=loaded(9, {"seq": 10, "text": "m10"})),
    ),
    (
        "grown",
        "its end is what the hub stored, and no edit",
        [*OPEN, step(growing(10, 1, "The", whole=True)), step(edited(11, 10, "The seed", grown=True))],
        c1(growing={}, ranges=loaded(9, {"seq": 10, "text": "The seed", "edited_at": None})),
    ),
    (
        "growing-deleted",
        "what is deleted grows no more",
        [*OPEN, step(growing(10, 1, "The", whole=True)), step(deleted(11, 10))],
        c1(growing={}),
    ),
    (
        "growing-given-up",
        "of what is given up nothing follows; the message says what it said",
        [*OPEN, step(growing(10, 1, "The", whole=True)), step(growing(10, 0, "", whole=True), ["c1"])],
        c1(growing={}, ranges=loaded(9, {"seq": 10, "text": "m10"})),
    ),
    (
        "posted-with-everything",
        "a message that answers, mentions and passes on keeps all of it",
        [
            *OPEN,
            step(
                posted(
                    11,
                    text="look, @Ada",
                    reply=9,
                    mentions=[mention("ada")],
                    forwarded=m.Forwarded("c2", 4, "cy", "Cy", 500, "news"),
                ),
                ["c1", "list"],
            ),
        ],
        {
            "conversations": {
                "c1": {
                    "ranges": [
                        {
                            "messages": [
                                {"seq": 9},
                                {"seq": 10},
                                {
                                    "seq": 11,
                                    "v": 11,
                                    "reply": 9,
                                    "thread": None,
                                    "mentions": [{"user": "ada", "word": "@Ada"}],
                                    "forwarded": {"conversation": "c2", "seq": 4, "text": "news"},
                                    "reactions": [],
                                    "replies": None,
                                },
                            ]
                        }
                    ]
                }
            }
        },
    ),
    (
        "edited",
        "a message has another text, and says since when; the cursor and the row move on as with any event",
        [*OPEN, step(edited(11, 9, "better", mentions=[mention("cy")]), ["c1", "list"])],
        {
            "conversations": {
                "c1": {
                    "cursor": 11,
                    "summary": {"last_seq": 11, "unread": 0},
                    "ranges": [
                        {
                            "first": 9,
                            "last": 11,
                            "messages": [
                                {
                                    "seq": 9,
                                    "v": 11,
                                    "text": "better",
                                    "edited_at": 1_011,
                                    "mentions": [{"user": "cy", "word": "@Cy"}],
                                },
                                {"seq": 10, "v": 10, "edited_at": None},
                            ],
                        }
                    ],
                }
            }
        },
    ),
    (
        "edited-twice",
        "of two edits the one with the higher seq holds, also where the first comes again",
        [*OPEN, step(edited(11, 9, "one")), step(edited(12, 9, "two")), step(edited(11, 9, "one"), [])],
        {
            "conversations": {
                "c1": {"ranges": [{"messages": [{"text": "two", "v": 12, "edited_at": 1_012}, {"seq": 10}]}]}
            }
        },
    ),
    (
        "edited-where-it-is-not-loaded",
        "the change of a message that is nowhere loaded moves the cursor; its page brings it changed already",
        [
            *OPEN,
            step(edited(11, 5, "better"), ["c1", "list"]),
            step(page(5, [message(5, text="better", v=11)], 11, before=True, after=True), ["c1"], before(9)),
        ],
        {"conversations": {"c1": {"cursor": 11, "ranges": [{"messages": [{"text": "better"}, *seqs(9, 10)]}]}}},
    ),
    (
        "fixups",
        "events that came while a page was under way are in its fixups, and change its messages only",
        [
            *OPEN,
            step(edited(11, 5, "better")),
            step(reacted(12, 6, "👍")),
            step(
                page(
                    5,
                    [message(5), message(6)],
                    10,
                    before=True,
                    after=True,
                    fixups=[edited(11, 5, "better"), reacted(12, 6, "👍")],
                ),
                ["c1"],
                before(9),
            ),
        ],
        {
            "conversations": {
                "c1": {
                    "cursor": 12,
                    "ranges": [
                        {
                            "last": 12,
                            "messages": [
                                {"text": "better", "v": 11},
                                {"v": 12, "reactions": [{"emoji": "👍", "users": ["bob"]}]},
                                *seqs(9, 10),
                            ],
                        }
                    ],
                }
            }
        },
    ),
    (
        "page-that-is-older-than-an-event",
        "a page that was read before an event which it does not know leaves the newer version",
        [
            *OPEN,
            step(edited(11, 9, "better")),
            step(page(5, [message(9), message(10)], 10, before=True, after=False), ["c1"], newest()),
        ],
        {"conversations": {"c1": {"ranges": [{"last": 11, "messages": [{"text": "better", "v": 11}, {"seq": 10}]}]}}},
    ),
    (
        "deleted",
        "a tombstone stays: who deleted it, and nothing of what it said",
        [
            *OPEN,
            step(posted(11, text="secret @Ada", mentions=[mention("ada")])),
            step(reacted(12, 11, "👍", "cy")),
            step(pinned(13, 11)),
            step(deleted(14, 11, "cy", mentions=["ada"]), ["c1", "list"]),
        ],
        {
            "conversations": {
                "c1": {
                    "ranges": [
                        {
                            "messages": [
                                *seqs(9, 10),
                                {
                                    "seq": 11,
                                    "v": 14,
                                    "author": "bob",
                                    "text": "",
                                    "deleted": "cy",
                                    "mentions": [],
                                    "reactions": [],
                                    "pinned": None,
                                },
                            ]
                        }
                    ]
                }
            }
        },
    ),
    (
        "scrubbed-on-resume",
        "who was away gets a deleted message without its text, then its deletion: nothing of it counts or shows",
        [
            *OPEN,
            step(replace(posted(11), text="", mentions=[m.Mention("ada", "")])),
            step(replace(edited(12, 11, "x"), text="")),
            step(deleted(13, 11, mentions=["ada"])),
        ],
        c1(
            summary={"unread": 0, "mentions": 0, "last": {"seq": 11, "text": "", "deleted": True}},
            ranges=loaded(9, 10, {"seq": 11, "text": "", "deleted": "bob", "mentions": []}),
        ),
    ),
    (
        "deleted-twice",
        "the second event of it, at another seq, only names the second person",
        [*OPEN, step(deleted(11, 9)), step(deleted(11, 9), []), step(reacted(12, 10, "👍"))],
        c1(cursor=12, ranges=loaded({"seq": 9, "v": 11, "deleted": "bob"}, {"seq": 10, "v": 12})),
    ),
    (
        "reactions",
        "several people, several emoji, in the order in which they came; the last one to go takes the emoji along",
        [
            *OPEN,
            step(reacted(11, 9, "👍", "bob"), ["c1", "list"]),
            step(reacted(12, 9, "🎉", "cy")),
            step(reacted(13, 9, "👍", "ada")),
            step(reacted(14, 9, "👍", "bob", on=False)),
            step(reacted(15, 9, "🎉", "cy", on=False)),
            step(reacted(16, 9, "🎉", "bob")),
            step(reacted(17, 9, "👍", "bob")),
            step(reacted(18, 10, "👍", "cy", on=False)),
        ],
        c1(
            ranges=loaded(
                {
                    "v": 17,
                    "reactions": [{"emoji": "👍", "users": ["ada", "bob"]}, {"emoji": "🎉", "users": ["bob"]}],
                },
                {"v": 18, "reactions": []},
            )
        ),
    ),
    (
        "reaction-repeated",
        "the same reaction twice, as a page and as an event, counts once",
        [
            *START,
            step(
                snapshot(
                    row(last_seq=10),
                    [message(9, v=10, reactions=[m.Reaction("👍", ["bob"])])],
                    has_before=True,
                )
            ),
            step(reacted(10, 9, "👍"), []),
            step(reacted(11, 9, "👍", "cy")),
        ],
        c1(ranges=loaded({"v": 11, "reactions": [{"emoji": "👍", "users": ["bob", "cy"]}]})),
    ),
    (
        "pinned",
        "pinned by somebody, and no more",
        [
            *OPEN,
            step(pinned(11, 9, "cy"), ["c1", "list", "people"]),
            step(pinned(12, 10)),
            step(pinned(13, 10, on=False)),
        ],
        c1(ranges=loaded({"seq": 9, "pinned": "cy"}, {"seq": 10, "v": 13, "pinned": None})),
    ),
]
