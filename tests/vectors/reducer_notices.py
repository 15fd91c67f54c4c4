"""Plays of the reducer about what happened to a conversation: lines between its messages, that go with them."""

from __future__ import annotations

from typing import Any

import msgspec

from nbchat.protocol import messages as m
from nbchat.protocol.limits import NOTICES

from .reducer_verbs import START, Play, Step, after, around, before, c1, seqs, step, thread
from .shapes import ADA, CY, joined, left, message, page, pinned, posted, replied, row, snapshot, stored


def described(seq: int, topic: str) -> m.Described:
    return m.Described(**stored(seq, "bob"), title="C1", settings=m.Settings(topic=topic), changed=["topic"])


def builtins(item: Any) -> dict[str, Any]:
    """An item as it is on the wire, to be changed to one of another version."""
    found: dict[str, Any] = msgspec.to_builtins(item)
    return found


def without(field: str, item: Any) -> dict[str, Any]:
    return {name: value for name, value in builtins(item).items() if name != field}


def newer(item: m.Snapshot) -> dict[str, Any]:
    """Of a hub that knows a further kind, and a further part of what is described."""
    wire = builtins(item)
    for one in wire["notices"]:
        if one["t"] == "described":
            one["changed"].append("wallpaper")
    wire["notices"].append({"t": "painted", **stored(10, "bob")})
    return wire


def opened(*notices: Any, last_seq: int = 10, messages: Any = (7, 10)) -> list[Step]:
    """A conversation with older messages, and these notices between the two that are loaded."""
    loaded = [message(seq) for seq in messages]
    return [
        *START,
        step(snapshot(row(last_seq=last_seq, read=last_seq), loaded, has_before=True, notices=list(notices))),
    ]


def ranges(*parts: dict[str, Any]) -> dict[str, Any]:
    return c1(ranges=list(parts))


PLAYS: list[Play] = [
    (
        "notices",
        "who came and went, what it is about, what was pinned: these are kept in their order; other events are not",
        [
            *opened(joined(8, CY)),
            step(left(11, "cy")),
            step(described(12, "lunch")),
            step(pinned(13, 7)),
            step(pinned(14, 7, on=False)),
            step(m.Unbanned(**stored(15, "bob"), user="cy")),
            step(m.Ranked(**stored(16, "bob"), user="ada", role="moderator")),
            step(m.Muted(**stored(17, "bob"), user="ada", until=None)),
            step(posted(18)),
        ],
        ranges({"last": 18, "notices": seqs(8, 11, 12, 13, 16, 17), "messages": seqs(7, 10, 18)}),
    ),
    (
        "notices-change-no-counts",
        "they are news, but nothing to read",
        [*opened(), step(joined(11, CY), ["c1", "list", "people"]), step(described(12, "lunch"), ["c1", "list"])],
        c1(summary={"unread": 0, "mentions": 0, "last_seq": 12, "last": None}),
    ),
    (
        "notices-of-pages",
        "pages bring those between their messages, to their bounds; what came twice is there once",
        [
            *opened(joined(8, CY), last_seq=12, messages=(7, 12)),
            step(
                page(
                    5,
                    [message(2), message(4)],
                    12,
                    before=True,
                    after=True,
                    notices=[left(1, "cy"), joined(3, CY), left(6, "cy"), joined(8, CY)],
                ),
                ["c1"],
                before(7),
            ),
            step(
                page(5, [message(4), message(7), message(12)], 12, before=True, after=False, notices=[left(6, "cy")]),
                ["c1"],
                around(7),
            ),
        ],
        ranges({"first": 2, "notices": seqs(3, 6, 8), "messages": seqs(2, 4, 7, 12)}),
    ),
    (
        "notices-of-the-beginning",
        "how a conversation came to be is the first of them, and comes with the page that has nothing before it",
        [
            *opened(joined(8, CY)),
            step(
                page(
                    5,
                    [message(2), message(4)],
                    10,
                    before=False,
                    after=True,
                    notices=[m.Created(**stored(1, "bob"), kind="group", title="C1", handle=None, people=[ADA, CY])],
                ),
                ["c1"],
                before(7),
            ),
        ],
        ranges({"first": 1, "has_before": False, "notices": seqs(1, 8), "messages": seqs(2, 4, 7, 10)}),
    ),
    (
        "notices-above-the-cursor",
        "what a page knows before the connection was given it comes as an event, and then once",
        [
            *opened(),
            step(
                page(5, [message(10)], 12, before=True, after=False, notices=[joined(11, CY), left(12, "cy")]),
                ["c1"],
                after(9),
            ),
            step(joined(11, CY)),
        ],
        ranges({"last": 11, "notices": seqs(11)}),
    ),
    (
        "notices-too-many",
        "between two messages the newest are kept, as a fresh snapshot has them",
        [
            *opened(),
            *[step(described(seq, f"t{seq}")) for seq in range(11, 11 + NOTICES + 5)],
            step(posted(16 + NOTICES)),
            step(joined(17 + NOTICES, CY)),
        ],
        ranges({"notices": seqs(*range(16, 16 + NOTICES), 17 + NOTICES)}),
    ),
    (
        "notices-too-many-in-pieces",
        "so they are where a snapshot brought some of them",
        [
            *opened(*[described(seq, f"t{seq}") for seq in range(16, 36)], last_seq=35, messages=(10,)),
            *[step(joined(seq, CY)) for seq in range(36, 41)],
        ],
        ranges({"first": 10, "notices": seqs(*range(41 - NOTICES, 41))}),
    ),
    (
        "notices-go-with-messages",
        "a full range that drops its oldest message drops what happened before it, too",
        [
            *START,
            step(
                snapshot(
                    row(last_seq=1_003),
                    [message(seq) for seq in (2, *range(5, 1_004))],
                    notices=[joined(1, ADA), joined(3, CY), left(4, "cy")],
                )
            ),
            step(posted(1_004)),
            step(joined(1_005, CY)),
            step(posted(1_006)),
        ],
        ranges({"first": 6, "last": 1_006, "notices": seqs(1_005)}),
    ),
    (
        "notices-go-with-newer-messages",
        "and so it is where paging up makes room at the newer end",
        [
            *START,
            step(
                snapshot(
                    row(last_seq=1_101),
                    [message(seq) for seq in range(101, 1_101)],
                    has_before=True,
                    notices=[joined(1_101, CY)],
                )
            ),
            step(
                page(5, [message(99)], 1_101, before=True, after=True, notices=[left(100, "cy")]), ["c1"], before(101)
            ),
        ],
        ranges({"first": 99, "last": 1_099, "notices": seqs(100)}),
    ),
    (
        "notices-of-an-older-hub",
        "it says nothing of them, nor what is another in a description; what comes then is kept",
        [
            *START,
            step(without("notices", snapshot(row(last_seq=10, read=10), [message(10)], has_before=True))),
            step(left(11, "cy")),
            step(without("changed", described(12, "lunch"))),
            step(
                without("notices", page(5, [message(8), message(9)], 12, before=True, after=True)), ["c1"], before(10)
            ),
        ],
        ranges({"first": 8, "last": 12, "notices": [{"seq": 11}, {"seq": 12, "changed": []}]}),
    ),
    (
        "notices-of-a-newer-hub",
        "kinds and parts that are not known here are left out, and nothing else",
        [
            *START,
            step(
                newer(
                    snapshot(
                        row(last_seq=10, read=10),
                        [message(7), message(10)],
                        has_before=True,
                        notices=[joined(8, CY), described(9, "lunch")],
                    )
                )
            ),
            step(builtins(described(11, "tea")) | {"changed": ["wallpaper", "topic"]}, ["c1", "list"]),
            step(builtins(described(12, "tea")) | {"changed": ["wallpaper"]}, ["c1", "list"]),
        ],
        c1(
            summary={"settings": {"topic": "tea"}},
            ranges=[
                {
                    "last": 12,
                    "notices": [
                        {"seq": 8},
                        {"seq": 9, "changed": ["topic"]},
                        {"seq": 11, "changed": ["topic"]},
                        {"seq": 12, "changed": []},
                    ],
                }
            ],
        ),
    ),
    (
        "notices-in-no-thread",
        "a thread is its root and its replies",
        [
            *opened(),
            step(page(5, [message(10)], 10, before=False, after=False), ["c1"], thread(10)),
            step(joined(11, CY)),
            step(replied(12, 10)),
        ],
        c1(threads={"10": [{"notices": [], "messages": seqs(10, 12)}]}, ranges=[{"notices": seqs(11)}]),
    ),
]
