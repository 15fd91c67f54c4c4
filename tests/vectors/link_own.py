"""The link's vectors about own state, and about what is read and typed in threads."""

from __future__ import annotations

from typing import Any

from nbchat.protocol import messages as m

from .link_verbs import Play, Step, again, at, hears, online, play, says, watching
from .link_views import history, opens, replies
from .shapes import deleted, error, replied, row, welcome


def sets(time: float, key: str, value: Any, *then: Any, **given: Any) -> Step:
    return at(time, "set_own", *then, key=key, value=value, **given)


def own(ref: int, key: str, value: Any) -> dict[str, Any]:
    return says(m.SetOwn(ref=ref, key=key, value=value))


def told(v: int, key: str, value: Any) -> m.Own:
    return m.Own(uv=v, rows=[m.OwnRow(key, value, v, None)])


def unread(ref: int) -> m.Read:
    """The marker goes back on purpose."""
    return m.Read(ref=ref, conversation="c1", seq=3, back=True)


PLAYS: list[Play] = [
    play(
        "set-own",
        "shown at once, told at once, and the hub's own row takes its place",
        [
            *online(),
            sets(2, "prefs:c1", m.Prefs(star=True), own(2, "prefs:c1", m.Prefs(star=True))),
            hears(2.1, [told(1, "prefs:c1", m.Prefs(star=True)), m.Done(ref=2)]),
            sets(3, "prefs:c1", m.Prefs(star=True)),
            sets(4, "saved:c1/9", 1_700, own(3, "saved:c1/9", 1_700)),
            sets(5, "saved:c1/9", None),
            hears(5.1, [told(2, "saved:c1/9", 1_700), m.Done(ref=3)], own(4, "saved:c1/9", None)),
            hears(5.2, [told(3, "saved:c1/9", None), m.Done(ref=4)]),
        ],
        state={
            "uv": 3,
            "own": {"prefs:c1": {"value": {"star": True}, "v": 1}, "saved:c1/9": {"value": None, "v": 3}},
        },
    ),
    play(
        "set-own-shows-no-older-value",
        "what the hub says of a row while it is under way is held back; when it is done, the newest word holds",
        [
            *online(),
            sets(2, "prefs:c1", m.Prefs(star=True), own(2, "prefs:c1", m.Prefs(star=True))),
            hears(
                2.1,
                [told(1, "prefs:c1", m.Prefs(level="none"))],
                state={"own": {"prefs:c1": {"value": {"star": True}}}},
            ),
            hears(
                2.2,
                [
                    told(2, "prefs:c1", m.Prefs(star=True)),
                    told(3, "prefs:c1", m.Prefs(level="mentions")),
                    m.Done(ref=2),
                ],
            ),
        ],
        state={"uv": 3, "own": {"prefs:c1": {"value": {"star": False, "level": "mentions"}, "v": 3}}},
    ),
    play(
        "set-own-refused",
        "what was there before is shown again",
        [
            *online(own=[m.OwnRow("saved:c1/9", 1_600, 4, None)], uv=4),
            sets(2, "saved:c1/9", None, own(2, "saved:c1/9", None)),
            hears(2.1, [error(2, "bad_own")]),
            sets(3, "block:cy", 1_700, own(3, "block:cy", 1_700)),
            hears(3.1, [error(3, "bad_own")]),
        ],
        state={"own": {"saved:c1/9": {"value": 1_600, "v": 4}, "block:cy": {"value": None}}},
    ),
    play(
        "set-own-again",
        "what was under way when the connection broke is told again, in its newest value; so is what came too fast",
        [
            *online(),
            sets(2, "block:cy", 1_700, own(2, "block:cy", 1_700)),
            sets(2, "saved:c1/9", 1_700, own(3, "saved:c1/9", 1_700)),
            hears(2.1, [m.Done(ref=3)]),
            at(3, "disconnected", code=None),
            sets(3, "block:cy", None),
            sets(3.1, "saved:c1/8", 1_800),
            at(3.25, "tick", {"connect": True}),
            at(
                3.5,
                "connected",
                says(
                    m.Hello(ref=4, kind="page", client="vectors", resume=m.Resume(known={"c1": m.Position("e1", 10)}))
                ),
            ),
            hears(4, [welcome(4)], own(5, "block:cy", None), own(6, "saved:c1/8", 1_800)),
            hears(4.1, [error(5, "slow", 2.0), m.Done(ref=6)], timer=6.1),
            at(6.1, "tick", own(7, "block:cy", None)),
        ],
        state={"own": {"block:cy": {"value": None}, "saved:c1/8": {"value": 1_800}}},
    ),
    play(
        "drafts",
        "told at most once a second while somebody types, each at its newest; at once where that is asked for",
        [
            *online(),
            sets(2, "draft:c1", "h", own(2, "draft:c1", "h")),
            hears(2.1, [told(1, "draft:c1", "h"), m.Done(ref=2)]),
            sets(2.2, "draft:c1", "he", timer=3),
            sets(2.4, "draft:c1", "hel"),
            sets(2.5, "prefs:c1", m.Prefs(star=True), own(3, "prefs:c1", m.Prefs(star=True))),
            at(3, "tick", own(4, "draft:c1", "hel"), timer=17.5),
            sets(3.1, "draft:c1", "hell"),
            hears(3.2, [told(2, "draft:c1", "hel"), m.Done(ref=4)], timer=4),
            sets(3.3, "draft:c1/9", "in a thread"),
            at(3.4, "flush", own(5, "draft:c1", "hell"), own(6, "draft:c1/9", "in a thread")),
            at(3.4, "flush"),
        ],
        state={"own": {"draft:c1": {"value": "hell"}, "draft:c1/9": {"value": "in a thread"}}},
    ),
    play(
        "draft-that-may-have-arrived",
        "it gives way to a newer row when the connection is there again; where something was typed since, it does not",
        [
            *online(),
            sets(2, "draft:c1", "sent elsewhere", own(2, "draft:c1", "sent elsewhere")),
            sets(3, "draft:c1/9", "un", own(3, "draft:c1/9", "un")),
            at(4, "disconnected", code=None),
            sets(4, "draft:c1/9", "unfinished"),
            at(4.25, "tick", {"connect": True}),
            at(
                4.5,
                "connected",
                says(
                    m.Hello(ref=4, kind="page", client="vectors", resume=m.Resume(known={"c1": m.Position("e1", 10)}))
                ),
            ),
            hears(
                5,
                [welcome(4, own=[m.OwnRow("draft:c1", None, 3, None), m.OwnRow("draft:c1/9", None, 2, None)], uv=3)],
                own(5, "draft:c1/9", "unfinished"),
            ),
        ],
        state={"own": {"draft:c1": {"value": None, "v": 3}, "draft:c1/9": {"value": "unfinished"}}},
    ),
    play(
        "flush",
        "read markers too are told at once",
        [
            *online(row(unread=5)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=5)), conversation="c1", seq=5),
            at(2.1, "read", conversation="c1", seq=6, timer=3),
            at(2.2, "flush", says(m.Read(ref=3, conversation="c1", seq=6))),
            at(3, "disconnected", code=None),
            at(3, "flush"),
        ],
    ),
    play(
        "read-and-left",
        "what was read is told when its view goes, not a second later",
        [
            *online(row(unread=5)),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [replies(3, 9, 10)]),
            at(2.2, "read", says(m.Read(ref=4, conversation="c1", seq=11)), conversation="c1", seq=11),
            at(2.3, "read", conversation="c1", seq=12, timer=3.2),
            at(
                2.4,
                "unthread",
                says(m.Read(ref=5, conversation="c1", seq=12)),
                conversation="c1",
                root=9,
            ),
            at(2.5, "read", conversation="c1", seq=13, timer=3.4),
            at(
                2.6,
                "unwatch",
                says(m.Read(ref=6, conversation="c1", seq=13)),
                says(m.Unwatch(ref=7, conversation="c1")),
                conversation="c1",
            ),
        ],
    ),
    play(
        "read-in-a-thread",
        "a thread has its own marker, shown at once and told like the other",
        [
            *online(row(threads=[m.ThreadUnread(9, 9, 1), m.ThreadUnread(4, 4, 3)])),
            at(2, "read", conversation="c1", seq=10, thread=8),
            at(
                2, "read", says(m.Read(ref=2, conversation="c1", seq=10, thread=9)), conversation="c1", seq=10, thread=9
            ),
            at(2.1, "read", conversation="c1", seq=10, thread=9),
            at(2.2, "read", conversation="c1", seq=8, thread=4, timer=3),
            at(3, "tick", says(m.Read(ref=3, conversation="c1", seq=8, thread=4))),
            *again(4, 4, known={"c1": 10}),
            hears(
                5,
                [welcome(4, row(threads=[m.ThreadUnread(4, 4, 3)]))],
                says(m.Read(ref=5, conversation="c1", seq=10, thread=9)),
                says(m.Read(ref=6, conversation="c1", seq=8, thread=4)),
            ),
        ],
        state={"conversations": {"c1": {"summary": {"threads": [{"root": 4, "read": 8, "unread": 3}]}}}},
    ),
    play(
        "read-in-a-thread-that-is-loaded",
        "what is left is counted among its replies: by others, not deleted",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [replies(3, 9)]),
            hears(
                3,
                [
                    replied(11, 9),
                    replied(12, 9),
                    replied(13, 9),
                    deleted(14, 13, thread=9, followers=["ada"]),
                    replied(15, 9),
                ],
                says(m.Ack(ref=4, cursors={"c1": 15})),
            ),
            at(
                4, "read", says(m.Read(ref=5, conversation="c1", seq=12, thread=9)), conversation="c1", seq=12, thread=9
            ),
        ],
        state={"conversations": {"c1": {"summary": {"threads": [{"root": 9, "read": 12, "unread": 1}]}}}},
    ),
    play(
        "read-before-an-older-marker",
        "the marker of an own message, which comes late, takes back nothing that was read since",
        [
            *online(row(unread=3)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=9)), conversation="c1", seq=9),
            at(2.1, "read", conversation="c1", seq=10, timer=3),
            hears(2.2, [m.Own(uv=1, rows=[m.OwnRow("read:c1", 8, 1, 2, 0)])]),
            hears(2.3, [m.Own(uv=2, rows=[m.OwnRow("read:c1", 9, 2, 1, 0)]), m.Done(ref=2)]),
            at(3, "tick", says(m.Read(ref=3, conversation="c1", seq=10))),
            hears(3.1, [m.Own(uv=3, rows=[m.OwnRow("read:c1", 9, 3, 1, 0)])]),
        ],
        state={"conversations": {"c1": {"summary": {"read": 10, "unread": 0}}}},
    ),
    play(
        "read-and-marked-unread-elsewhere",
        "once the hub has said where the marker stands, another device may put it back",
        [
            *online(row(unread=3)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=9)), conversation="c1", seq=9),
            hears(2.1, [m.Own(uv=1, rows=[m.OwnRow("read:c1", 9, 1, 1, 0)]), m.Done(ref=2)]),
            hears(2.2, [m.Own(uv=2, rows=[m.OwnRow("read:c1", 3, 2, 7, 1)])]),
        ],
        state={"conversations": {"c1": {"summary": {"read": 3, "unread": 7, "mentions": 1}}}},
    ),
    play(
        "read-and-moved-elsewhere-at-once",
        "the hub has stored the marker and says only where another device has moved it to since",
        [
            *online(row(unread=3)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=9)), conversation="c1", seq=9),
            hears(2.1, [m.Done(ref=2)]),
            hears(2.2, [m.Own(uv=2, rows=[m.OwnRow("read:c1", 3, 2, 7, 1)])]),
        ],
        state={"conversations": {"c1": {"summary": {"read": 3, "unread": 7, "mentions": 1}}}},
    ),
    play(
        "read-and-moved-elsewhere-before-the-answer",
        "what another device did since is heard of first, held back until the answer, and then told once more",
        [
            *online(row(unread=3)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=9)), conversation="c1", seq=9),
            hears(
                2.1,
                [m.Own(uv=2, rows=[m.OwnRow("read:c1", 3, 2, 7, 1)])],
                state={"conversations": {"c1": {"summary": {"read": 9}}}},
            ),
            hears(2.2, [m.Done(ref=2), m.Own(uv=2, rows=[m.OwnRow("read:c1", 3, 2, 8, 1)])]),
        ],
        state={"conversations": {"c1": {"summary": {"read": 3, "unread": 8, "mentions": 1}}}},
    ),
    play(
        "mark-unread",
        "what waited to be told is told before a marker goes back, so that it does not raise it again later",
        [
            *online(row(unread=3)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=5)), conversation="c1", seq=5),
            at(2.1, "read", conversation="c1", seq=10, timer=3),
            at(2.2, "request", says(m.Read(ref=3, conversation="c1", seq=10)), says(unread(4)), command=unread(0)),
            hears(2.3, [m.Own(uv=1, rows=[m.OwnRow("read:c1", 10, 1, 0, 0)]), m.Done(ref=3)]),
            hears(2.4, [m.Own(uv=2, rows=[m.OwnRow("read:c1", 3, 2, 7, 1)]), m.Done(ref=4)], {"resolved": [4, "done"]}),
            at(3, "tick"),
        ],
        state={"conversations": {"c1": {"summary": {"read": 3, "unread": 7, "mentions": 1}}}},
    ),
    play(
        "mark-unread-stored-together",
        "of a marker that was told and goes back at once the hub may say only where it stands in the end",
        [
            *online(row(unread=3)),
            at(2.1, "read", says(m.Read(ref=2, conversation="c1", seq=10)), conversation="c1", seq=10),
            at(2.2, "request", says(unread(3)), command=unread(0)),
            hears(2.3, [m.Own(uv=2, rows=[m.OwnRow("read:c1", 3, 2, 7, 1)])]),
            hears(2.4, [m.Done(ref=2), m.Done(ref=3)], {"resolved": [3, "done"]}),
        ],
        state={"conversations": {"c1": {"summary": {"read": 3, "unread": 7, "mentions": 1}}}},
    ),
    play(
        "mark-unread-refused",
        "what is shown as read is told, also where the marker could not go back meanwhile; found by `make chaos`",
        [
            *online(row(unread=3)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=8)), conversation="c1", seq=8),
            at(2.1, "read", conversation="c1", seq=10, timer=3),
            at(2.2, "request", says(m.Read(ref=3, conversation="c1", seq=10)), says(unread(4)), command=unread(0)),
            hears(2.3, [error(2, "store_full")], timer=3.2),
            hears(2.4, [error(3, "store_full"), error(4, "store_full")], {"resolved": [4, "store_full"]}),
            at(3.2, "tick", says(m.Read(ref=5, conversation="c1", seq=10))),
        ],
        state={"conversations": {"c1": {"summary": {"read": 10, "unread": 0}}}},
    ),
    play(
        "mark-unread-while-the-connection-breaks",
        "what was under way before is told again before it, and not after",
        [
            *online(row(unread=3)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=10)), conversation="c1", seq=10),
            at(2.2, "request", says(unread(3)), command=unread(0)),
            *again(3, 4, known={"c1": 10}),
            hears(3.5, [welcome(4, row(unread=3))], says(m.Read(ref=5, conversation="c1", seq=10)), says(unread(3))),
            hears(3.6, [m.Own(uv=1, rows=[m.OwnRow("read:c1", 10, 1, 0, 0)]), m.Done(ref=5)]),
            hears(3.7, [m.Own(uv=2, rows=[m.OwnRow("read:c1", 3, 2, 7, 1)]), m.Done(ref=3)], {"resolved": [3, "done"]}),
            at(5, "tick"),
        ],
        state={"conversations": {"c1": {"summary": {"read": 3, "unread": 7, "mentions": 1}}}},
    ),
    play(
        "typing-in-a-thread",
        "each place has its own pace; a reply ends what was typed in its thread",
        [
            *online(),
            at(2, "typing", says(m.Type(ref=2, conversation="c1", thread=9)), conversation="c1", active=True, thread=9),
            at(2.5, "typing", says(m.Type(ref=3, conversation="c1")), conversation="c1", active=True, timer=4),
            at(4, "tick", says(m.Type(ref=4, conversation="c1", active=False, thread=9)), timer=4.5),
            at(
                4.2,
                "typing",
                says(m.Type(ref=5, conversation="c1", thread=9)),
                conversation="c1",
                active=True,
                thread=9,
            ),
            at(
                4.3,
                "post",
                {"keep": "key-00001"},
                says(m.Post(ref=6, conversation="c1", key="key-00001", text="hi", thread=9)),
                conversation="c1",
                text="hi",
                thread=9,
            ),
            at(4.5, "tick", says(m.Type(ref=7, conversation="c1", active=False))),
            at(6.3, "tick"),
        ],
    ),
]
