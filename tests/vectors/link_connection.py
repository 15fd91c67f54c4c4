"""The link's vectors about the connection: heartbeats, backoff, close codes, resume."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nbchat.protocol import messages as m

from .link_verbs import (
    CONNECT,
    HANGUP,
    ME,
    Play,
    accepted,
    again,
    at,
    hears,
    online,
    play,
    post,
    says,
    settled,
    waiting,
    watching,
    writes,
)
from .shapes import BOB, error, hello, message, posted, preview, row, snapshot, welcome

RENAME = m.SetProfile(ref=0, name="Ada the Great")
DELETE = m.Delete(ref=0, conversation="c1", message=9)


def ended(ref: int) -> dict[str, Any]:
    return {"resolved": [ref, "other_person"]}


PLAYS: list[Play] = [
    play("hello", "the first connection: hello without positions, then everything", online()),
    play(
        "heartbeat",
        "silence for a minute sends ping; an empty frame is enough of an answer",
        [
            *online(),
            hears(26, [], timer=86),
            at(86, "tick", says(m.Ping(ref=2)), timer=91),
            hears(87, [], timer=101),
            hears(88, [m.Pong(ref=2)], timer=148),
        ],
    ),
    play(
        "heartbeat-lost",
        "no answer within five seconds: the connection is given up and tried again",
        [
            *online(),
            at(61, "tick", says(m.Ping(ref=2))),
            at(66, "tick", HANGUP, info={"state": "reconnecting", "attempt": 0, "retry_at": 66.25}),
            at(66.25, "tick", CONNECT, info={"state": "reconnecting", "attempt": 1, "retry_at": None}),
        ],
    ),
    play(
        "sleep",
        "an alarm that comes very late means that the machine slept: ask at once, and give the answer its time",
        [
            *online(),
            at(4_000, "tick", says(m.Ping(ref=2)), timer=4_005),
            hears(4_001, [m.Pong(ref=2)], timer=4_061),
        ],
    ),
    play(
        "wake",
        "the network is back or somebody looks again: try at once, or see whether the connection lives",
        [
            *online(),
            at(30, "wake", says(m.Ping(ref=2))),
            at(31, "wake"),
            at(35, "tick", HANGUP),
            at(35.1, "wake", CONNECT),
        ],
    ),
    play(
        "backoff",
        "full jitter between 0 and a doubling delay, up to the cap that the hub announced",
        [
            at(0, "start", CONNECT),
            at(1, "disconnected", code=None, info={"state": "connecting", "retry_at": 1.25}),
            at(1.25, "tick", CONNECT, info={"state": "reconnecting", "attempt": 2}),
            at(2, "disconnected", code=1006, info={"retry_at": 2.5}),
            at(2.5, "tick", CONNECT),
            at(3, "disconnected", code=None, info={"retry_at": 4.0, "attempt": 3}),
            at(3.5, "retry_now", CONNECT),
            at(4, "connected", says(hello(1))),
            hears(4.5, [welcome(1, reconnect_cap=3.0)], ME),
            # A connection that lived for less than ten seconds does not start the delays anew.
            at(5, "disconnected", code=4006, info={"state": "reconnecting", "attempt": 0, "retry_at": 6.5}),
        ],
    ),
    play(
        "backoff-of-a-long-outage",
        "a hub of few clients announces half a second; one that stays away is asked more seldom after thirty attempts",
        [
            *online(reconnect_cap=0.5),
            *[
                step
                for number in range(30)
                for step in (
                    at(20 + number, "disconnected", code=None, info={"retry_at": 20.25 + number}),
                    at(20.25 + number, "tick", CONNECT),
                )
            ],
            at(50, "disconnected", code=None, info={"retry_at": 52.5, "attempt": 30}),
        ],
    ),
    play(
        "handshake-and-welcome-have-deadlines",
        "ten seconds each, then another try",
        [
            at(0, "start", CONNECT, timer=10),
            at(10, "tick", HANGUP, info={"retry_at": 10.25}),
            at(10.25, "tick", CONNECT),
            at(11, "connected", says(hello(1)), timer=21),
            at(21, "tick", HANGUP),
        ],
    ),
    play(
        "who-comes-too-late-again-and-again-gets-longer",
        "after two in a row whose time was up a handshake gets thirty seconds, and so does its welcome",
        [
            at(0, "start", CONNECT, timer=10),
            at(10, "tick", HANGUP),
            at(10.25, "tick", CONNECT, timer=20.25),
            at(20.25, "tick", HANGUP, info={"retry_at": 20.75}),
            at(20.75, "tick", CONNECT, timer=50.75),
            at(50.75, "tick", HANGUP, info={"retry_at": 51.75}),
            at(51.75, "tick", CONNECT, timer=81.75),
            at(60, "connected", says(hello(1)), timer=90),
            at(90, "tick", HANGUP, info={"retry_at": 92, "detail": ""}),
            at(92, "tick", CONNECT, timer=122),
            at(121, "connected", says(hello(2)), timer=151),
            hears(150, [welcome(2)], ME),
            at(152, "disconnected", code=4006, info={"retry_at": 156}),
            at(156, "tick", CONNECT, timer=166),
            at(166, "tick", HANGUP, info={"retry_at": 174}),
            at(174, "tick", CONNECT, timer=184),
            at(184, "tick", HANGUP, info={"retry_at": 194}),
            at(194, "tick", CONNECT, timer=224),
            at(195, "disconnected", code=None, info={"retry_at": 205}),
            at(205, "tick", CONNECT, timer=215),
        ],
    ),
    play(
        "bye",
        "a hub that restarts says when to come back; the crowd spreads over that time",
        [
            *online(),
            hears(20, [m.Bye(code=4006, retry_after=8.0, text="The hub restarts.")]),
            at(
                20,
                "disconnected",
                code=4006,
                info={"state": "reconnecting", "retry_at": 24.0, "detail": "The hub restarts."},
            ),
        ],
    ),
    play(
        "signed-out",
        "a login that is not valid any more ends the attempts, until somebody asks",
        [
            *online(),
            at(20, "disconnected", code=4001, info={"state": "signed_out", "retry_at": None}, timer=None),
            at(99, "tick"),
            at(99, "wake"),
            at(100, "retry_now", CONNECT),
        ],
    ),
    play(
        "flood",
        "a hub that was flooded is left alone for a minute, whatever wakes us",
        [
            *online(),
            hears(20, [error(None, "flood")]),
            at(20, "disconnected", code=4003, info={"note": "flood", "retry_at": 80, "detail": "text of flood"}),
            at(30, "wake"),
            at(80, "tick", CONNECT),
        ],
    ),
    play(
        "too-many-connections",
        "a user with as many pages as the hub allows waits, or looks at this page again",
        [
            at(0, "start", CONNECT),
            at(0.5, "connected", says(hello(1))),
            hears(1, [error(1, "too_many")]),
            at(1, "disconnected", code=4005, info={"note": "too_many_connections", "retry_at": 61}),
            at(9, "wake", CONNECT),
        ],
    ),
    play(
        "not-let-in-now",
        "a hub that cannot enter somebody is hung up and asked again when it said; why is told until it lets them in",
        [
            at(0, "start", CONNECT),
            at(0.5, "connected", says(hello(1))),
            hears(
                1,
                [error(1, "store_full", retry_after=5)],
                HANGUP,
                info={"note": "cannot_store", "retry_at": 3.5, "detail": "text of store_full"},
            ),
            at(3.5, "tick", CONNECT, info={"note": "cannot_store", "state": "reconnecting"}),
            at(4, "connected", says(hello(2))),
            hears(5, [error(2, "store_replaced", retry_after=2)], HANGUP, info={"note": "cannot_store", "retry_at": 6}),
            at(6, "tick", CONNECT),
            at(6.5, "connected", says(hello(3))),
            hears(7, [welcome(3)], {"identity": ["s1", "ada"]}, info={"note": "", "detail": ""}),
        ],
    ),
    play(
        "resume",
        "a view's conversation is bridged by events, the others are named",
        [
            *online(row("c1", 10), row("c2", 3)),
            *watching(),
            *again(20, 3, watched={"c1": 10}, known={"c1": 10, "c2": 3}),
            hears(21, [welcome(3, row("c1", 12, unread=2, last=preview(12)))], says(m.Ack(ref=4, cursors={"c1": 12}))),
            hears(21, [posted(11), posted(12)]),
            hears(21, [m.Typing(conversation="c1", users=[], count=0)]),
        ],
        state={"conversations": {"c1": {"cursor": 12, "watched": True, "summary": {"unread": 2}}, "c2": {"cursor": 3}}},
    ),
    play(
        "resume-limited",
        "too far behind: a snapshot instead, which replaces what there was",
        [
            *online(),
            *watching(),
            *again(20, 3, watched={"c1": 10}, known={"c1": 10}),
            hears(21, [welcome(3, row("c1", 900))]),
            hears(21, [m.Limited(conversation="c1"), snapshot(row(last_seq=900), [message(900)], has_before=True)]),
            hears(22, [posted(901)], says(m.Ack(ref=4, cursors={"c1": 901}))),
        ],
        state={"conversations": {"c1": {"cursor": 901, "ranges": [{"first": 900, "last": 901}]}}},
    ),
    play(
        "resume-reset",
        "the log is another one: the messages go, the outbox stays",
        [
            *online(),
            *watching(),
            at(20, "disconnected", code=None),
            writes(20.1, 1, "kept"),
            at(20.25, "tick", CONNECT),
            at(20.5, "connected", says(hello(3, watched={"c1": 10}, known={"c1": 10}))),
            hears(21, [welcome(3, row("c1", 2, epoch="e2"))], post(4, 1, "kept")),
            hears(21, [m.Reset(conversation="c1", epoch="e2"), snapshot(row(last_seq=2, epoch="e2"), [message(2)])]),
            hears(22, [posted(3, "ada", "kept", "key-00001"), accepted(4, 1, 3)], *settled(1, 3)),
        ],
        state={"conversations": {"c1": {"cursor": 3, "summary": {"epoch": "e2"}}}},
    ),
    play(
        "gap",
        "a gap must not happen; if it does, the connection is given up, and resuming fills it",
        [
            *online(),
            *watching(),
            hears(20, [posted(12), posted(13)], HANGUP, info={"state": "reconnecting", "retry_at": 20.25}),
            at(20.25, "tick", CONNECT),
            at(20.5, "connected", says(hello(3, watched={"c1": 10}, known={"c1": 10}))),
            hears(21, [welcome(3, row("c1", 13, unread=3, last=preview(13)))], says(m.Ack(ref=4, cursors={"c1": 13}))),
            hears(21, [posted(11), posted(12), posted(13)]),
        ],
        state={"conversations": {"c1": {"cursor": 13, "summary": {"unread": 3}}}},
    ),
    play(
        "another-person-is-asked-nothing-of-the-old-one",
        "what was asked for or written as one person, or before the next one is let in, is not sent as the next one",
        [
            *online(),
            at(2, "request", says(replace(RENAME, ref=2)), command=RENAME),
            at(4, "disconnected", code=4001),
            at(5, "request", command=DELETE),
            at(6, "retry_now", CONNECT),
            at(6.5, "connected", says(hello(4, known={"c1": 10}))),
            hears(7, [welcome(4, row(), me=BOB)], ended(2), ended(3), HANGUP, CONNECT),
            at(7.1, "request", command=DELETE),
            writes(7.2, 1, "by whoever looks at it", pending=waiting(1)),
            at(7.3, "set_own", key="draft:c1", value="typed"),
            at(7.5, "connected", says(hello(6))),
            hears(8, [welcome(6, row(), me=BOB)], ended(5), {"identity": ["s1", "bob"]}, pending=[]),
            writes(9, 2, "by Bob", post(7, 2, "by Bob")),
        ],
    ),
    play(
        "repetition",
        "what comes twice counts once",
        [
            *online(),
            *watching(),
            hears(2, [posted(11)], says(m.Ack(ref=3, cursors={"c1": 11}))),
            hears(3, [posted(11)]),
        ],
        state={"conversations": {"c1": {"cursor": 11, "summary": {"unread": 1}}}},
    ),
    play(
        "frame-that-is-none",
        "what cannot be read is no protocol: give up and begin again",
        [*online(), at(20, "received", HANGUP, text="{not json")],
    ),
    play(
        "unknown-kinds",
        "kinds of a later version are skipped and counted; a durable one moves the cursor",
        [
            *online(),
            hears(
                2,
                [{"t": "confetti"}, {"t": "shelved", "conversation": "c1", "seq": 11}, posted(12)],
                says(m.Ack(ref=2, cursors={"c1": 12})),
            ),
        ],
        state={"skipped": 2, "conversations": {"c1": {"cursor": 12}}},
    ),
]
