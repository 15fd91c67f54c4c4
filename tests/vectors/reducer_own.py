"""The reducer's vectors about own state: markers and counts."""

from __future__ import annotations

from nbchat.protocol import messages as m
from nbchat.protocol.limits import UNREAD_CAP

from .reducer_verbs import OPEN, START, Play, step
from .shapes import hello, posted, row, welcome

PLAYS: list[Play] = [
    (
        "unread-is-capped",
        "counting stops at 1,000",
        [step(welcome(1, row(last_seq=10, unread=UNREAD_CAP)), asked=hello()), step(posted(11))],
        {"conversations": {"c1": {"summary": {"unread": UNREAD_CAP}}}},
    ),
    (
        "own-read-marker",
        "reading elsewhere moves the marker; loaded messages above it are counted, because more may have come since",
        [
            *OPEN,
            step(posted(11)),
            step(posted(12)),
            step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 11, 1, 0)]), ["c1", "list", "own"]),
        ],
        {"uv": 1, "conversations": {"c1": {"summary": {"read": 11, "unread": 1}}}},
    ),
    (
        "own-read-marker-ahead",
        "what was read elsewhere before it came here is not unread",
        [
            *START,
            step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 12, 1, 0)]), ["c1", "list", "own"]),
            step(posted(11)),
            step(posted(12)),
            step(posted(13)),
        ],
        {"uv": 1, "conversations": {"c1": {"summary": {"read": 12, "unread": 1, "last": {"seq": 13}}}}},
    ),
    (
        "own-read-marker-uncounted",
        "without loaded messages the hub's count holds",
        [*START, step(posted(11)), step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 5, 1, 3)]), ["c1", "list", "own"])],
        {"conversations": {"c1": {"summary": {"read": 5, "unread": 3}}}},
    ),
    (
        "own-rows-in-any-order",
        "the newest version of a row wins, and a hole in the versions is asked for again on resume",
        [
            *START,
            step(m.Own(uv=3, rows=[m.OwnRow("read:c1", 9, 3, 1)]), ["c1", "list", "own"]),
            step(m.Own(uv=2, rows=[m.OwnRow("read:c1", 4, 2, 6)]), []),
        ],
        {"uv": 0, "conversations": {"c1": {"summary": {"read": 9, "unread": 1}}}},
    ),
]
