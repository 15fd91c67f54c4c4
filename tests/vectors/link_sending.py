"""The link's vectors about messages that are not acknowledged yet: order, pace, lost replies, refusals."""

from __future__ import annotations

from typing import Any

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
from .shapes import error, hello, message, posted, row, snapshot, welcome

SENDING_1_AND_3 = [["key-00001", "sending"], ["key-00002", "waiting"], ["key-00003", "sending"]]

RICH: dict[str, Any] = {
    "conversation": "c1",
    "key": "key-00001",
    "text": "see",
    "reply": 9,
    "thread": 4,
    "also": True,
    "forward": m.Pointer("c2", 7),
}

PLAYS: list[Play] = [
    play(
        "send",
        "kept, sent, seen as an event, acknowledged: settled once",
        [
            *online(),
            writes(2, 1, "hi", post(2, 1, "hi"), pending=[["key-00001", "sending"]]),
            hears(2.1, [posted(11, "ada", "hi", "key-00001"), accepted(2, 1, 11)], *settled(1, 11), pending=[]),
        ],
    ),
    play(
        "send-in-order",
        "one in flight in each conversation; another conversation does not wait",
        [
            *online(row("c1"), row("c2")),
            writes(2, 1, "one", post(2, 1, "one")),
            writes(2, 2, "two"),
            writes(2, 3, "elsewhere", post(3, 3, "elsewhere", "c2"), id="c2"),
            hears(2.1, [accepted(2, 1, 11)], *settled(1, 11), post(4, 2, "two")),
            hears(2.2, [accepted(4, 2, 12), accepted(3, 3, 11, "c2")], *settled(2, 12), *settled(3, 11), pending=[]),
        ],
    ),
    play(
        "send-before-connected",
        "written before the first welcome: queued, and flushed in order",
        [
            writes(0, 1, "one", pending=waiting(1)),
            writes(0, 2, "two", pending=waiting(1, 2)),
            at(0, "start", CONNECT),
            at(0.5, "connected", says(hello(1))),
            hears(1, [welcome(1, row())], ME, post(2, 1, "one")),
            hears(1.1, [accepted(2, 1, 11)], *settled(1, 11), post(3, 2, "two")),
        ],
    ),
    play(
        "send-lost-reply",
        "the reply is lost with the connection: the own event in the bridge settles it, nothing is sent again",
        [
            *online(),
            *watching(),
            writes(2, 1, "hi", post(3, 1, "hi")),
            at(20, "disconnected", code=None, pending=waiting(1)),
            at(20.25, "tick", CONNECT),
            at(20.5, "connected", says(hello(4, watched={"c1": 10}, known={"c1": 10}))),
            # The hub sends welcome and the bridge in one frame; what it knows already need not go again.
            hears(
                21, [welcome(4, row(last_seq=11)), posted(11, "ada", "hi", "key-00001")], *settled(1, 11), pending=[]
            ),
        ],
    ),
    play(
        "send-lost-reply-snapshot",
        "the same with a snapshot; what was sent again meanwhile is answered with the first result",
        [
            *online(),
            *watching(),
            writes(2, 1, "hi", post(3, 1, "hi")),
            at(20, "disconnected", code=None),
            at(20.25, "tick", CONNECT),
            at(20.5, "connected", says(hello(4, watched={"c1": 10}, known={"c1": 10}))),
            hears(21, [welcome(4, row(last_seq=400))], post(5, 1, "hi")),
            hears(
                21.1,
                [snapshot(row(last_seq=400), [message(400, "ada", "hi", "key-00001")], has_before=True)],
                *settled(1, 400),
            ),
            hears(21.2, [accepted(5, 1, 400)], pending=[]),
        ],
    ),
    play(
        "send-no-reply",
        "no reply for fifteen seconds on a connection that lives: the same once more, with the same key",
        [
            *online(),
            writes(2, 1, "hi", post(2, 1, "hi"), timer=17),
            at(17, "tick", post(3, 1, "hi")),
            hears(17.1, [error(2, "not_member")], pending=[["key-00001", "sending"]]),
            hears(17.2, [accepted(3, 1, 11)], *settled(1, 11)),
        ],
    ),
    play(
        "send-slow",
        "told to slow down: everything pauses, and goes on in order with the one that was refused",
        [
            *online(row("c1"), row("c2")),
            writes(2, 1, "one", post(2, 1, "one")),
            writes(2, 2, "two"),
            hears(2.1, [error(2, "slow", 3.0)], pending=waiting(1, 2), timer=5.1),
            writes(3, 3, "elsewhere", id="c2"),
            # One token is there again: the refused one takes it, the next conversation waits for the next token.
            at(5.1, "tick", post(3, 1, "one"), timer=5.3),
            at(5.3, "tick", post(4, 3, "elsewhere", "c2")),
            hears(5.4, [accepted(3, 1, 11)], *settled(1, 11), timer=5.5),
            at(5.5, "tick", post(5, 2, "two")),
        ],
    ),
    play(
        "send-paced",
        "the link keeps to the announced rate by itself",
        [
            *online(limits=m.Limits(text=10_000, frame=65_536, send_rate=2.0, send_burst=1)),
            writes(2, 1, "one", post(2, 1, "one")),
            writes(2, 2, "two"),
            hears(2.1, [accepted(2, 1, 11)], *settled(1, 11), timer=2.5),
            at(2.5, "tick", post(3, 2, "two")),
        ],
    ),
    play(
        "send-refused",
        "a refusal that trying again does not help: failed, and the next goes on; retry puts it at the end",
        [
            *online(),
            writes(2, 1, "too long", post(2, 1, "too long")),
            writes(2, 2, "two"),
            hears(
                2.1,
                [error(2, "text_too_long")],
                {"keep": "key-00001"},
                {"refused": ["key-00001", "text_too_long"]},
                post(3, 2, "two"),
                pending=[["key-00001", "failed", "text_too_long"], ["key-00002", "sending"]],
            ),
            at(
                3,
                "retry",
                {"keep": "key-00001"},
                key="key-00001",
                pending=[["key-00002", "sending"], ["key-00001", "waiting"]],
            ),
            hears(3.1, [accepted(3, 2, 11)], *settled(2, 11), post(4, 1, "too long")),
            hears(3.2, [error(4, "text_too_long")], {"keep": "key-00001"}, {"refused": ["key-00001", "text_too_long"]}),
            at(4, "discard", {"forget": "key-00001"}, key="key-00001", pending=[]),
        ],
    ),
    play(
        "send-store-full-for-long",
        "the pauses double up to five seconds, so that it soon goes on where there is room again",
        [
            *online(),
            writes(2, 1, "one", post(2, 1, "one")),
            *[
                step
                for ref, (now, pause) in enumerate([(3, 0.25), (4, 0.5), (5, 1), (7, 2), (10, 2.5), (13, 2.5)], start=2)
                for step in (
                    hears(now, [error(ref, "store_full")], timer=now + pause),
                    at(now + pause, "tick", post(ref + 1, 1, "one")),
                )
            ],
        ],
    ),
    play(
        "send-store-full",
        "a hub that cannot store just now: the message stays at the head, and nothing overtakes it",
        [
            *online(),
            writes(2, 1, "one", post(2, 1, "one")),
            writes(2, 2, "two"),
            hears(
                2.1,
                [error(2, "store_full")],
                pending=[["key-00001", "waiting", "store_full"], *waiting(2)],
                timer=2.35,
            ),
            at(2.35, "tick", post(3, 1, "one"), pending=[["key-00001", "sending", "store_full"], *waiting(2)]),
            hears(2.4, [error(3, "store_full")], timer=2.9),
            at(2.9, "tick", post(4, 1, "one")),
            hears(3, [accepted(4, 1, 11)], *settled(1, 11), post(5, 2, "two")),
        ],
    ),
    play(
        "send-frame-too-large",
        "a message that closes the connection would close the next one too: it fails",
        [
            *online(),
            writes(2, 1, "huge", post(2, 1, "huge")),
            at(
                2.1,
                "disconnected",
                {"keep": "key-00001"},
                {"refused": ["key-00001", "frame_too_large"]},
                code=1009,
                pending=[["key-00001", "failed", "frame_too_large"]],
            ),
        ],
    ),
    play(
        "send-unreadable",
        "a hub that cannot read a frame cannot say whose it was: a message that this befalls three times fails",
        [
            *online(row("c1"), row("c2")),
            writes(2, 1, "cut", post(2, 1, "cut")),
            writes(2, 2, "two"),
            writes(2, 3, "elsewhere", post(3, 3, "elsewhere", "c2"), id="c2"),
            # However many frames could not be read meanwhile, it was this one at most once.
            hears(2.1, [error(None, "malformed")] * 3, pending=SENDING_1_AND_3),
            hears(2.2, [accepted(3, 3, 11, "c2")], *settled(3, 11)),
            at(17, "tick", post(4, 1, "cut")),
            hears(17.1, [error(None, "malformed"), error(None, "internal")]),
            *again(20, 5, known={"c1": 10, "c2": 10}),
            hears(21, [welcome(5, row("c1"), row("c2"))], post(6, 1, "cut")),
            hears(
                21.1,
                [error(None, "malformed")],
                {"keep": "key-00001"},
                {"refused": ["key-00001", "malformed"]},
                post(7, 2, "two"),
                pending=[["key-00001", "failed", "malformed"], ["key-00002", "sending"]],
            ),
            # Tried again it has three lives again.
            hears(21.2, [accepted(7, 2, 12)], *settled(2, 12)),
            at(22, "retry", {"keep": "key-00001"}, post(8, 1, "cut"), key="key-00001"),
            hears(22.1, [error(None, "malformed")], pending=[["key-00001", "sending"]]),
        ],
    ),
    play(
        "discard",
        "what is on its way cannot be called back, what waits can",
        [
            *online(),
            writes(2, 1, "one", post(2, 1, "one")),
            writes(2, 2, "two"),
            at(3, "discard", key="key-00001"),
            at(3, "discard", {"forget": "key-00002"}, key="key-00002", pending=[["key-00001", "sending"]]),
        ],
    ),
    play(
        "adopt",
        "messages of an earlier run go before those that wait, in the order of their writing; known ones stay",
        [
            *online(),
            writes(2, 1, "new", post(2, 1, "new")),
            writes(2, 2, "newer"),
            at(
                3,
                "adopt",
                orphans=[
                    ["old-00002", "c1", "old two", 8],
                    ["old-00001", "c1", "old one", 7],
                    ["key-00001", "c1", "new", 9],
                ],
                pending=[
                    ["old-00001", "waiting"],
                    ["old-00002", "waiting"],
                    ["key-00001", "sending"],
                    ["key-00002", "waiting"],
                ],
            ),
            hears(
                4,
                [accepted(2, 1, 11)],
                *settled(1, 11),
                says(m.Post(ref=3, conversation="c1", key="old-00001", text="old one")),
            ),
        ],
    ),
    play(
        "other-identity",
        "another store or person than these messages were written for: forgotten, and hello again without positions",
        [
            *online(),
            at(20, "disconnected", code=None),
            writes(20.1, 1, "for s1"),
            at(20.25, "tick", CONNECT),
            at(20.5, "connected", says(hello(2, known={"c1": 10}))),
            hears(21, [welcome(2, row("x1"), store="s2")], HANGUP, CONNECT, pending=[]),
            at(21.5, "connected", says(hello(3))),
            hears(22, [welcome(3, row("x1"), store="s2")], {"identity": ["s2", "ada"]}),
        ],
        state={"store": "s2", "conversations": {"x1": {}}},
    ),
    play(
        "expected-identity",
        "messages that were written before the hub was reached go only to whom they were written for",
        [
            at(0, "expect", store="s1", user="bob"),
            writes(0, 1, "by bob"),
            at(0, "start", CONNECT),
            at(0.5, "connected", says(hello(1))),
            hears(1, [welcome(1, row())], HANGUP, CONNECT, pending=[]),
            at(1.5, "connected", says(hello(2))),
            hears(2, [welcome(2, row())], ME),
        ],
    ),
    play(
        "send-with-everything",
        "what a message is besides its text travels with it, also after a lost connection",
        [
            *online(),
            at(
                2,
                "post",
                {"keep": "key-00001"},
                says(m.Post(**RICH, ref=2)),
                conversation="c1",
                text="see",
                reply=9,
                thread=4,
                also=True,
                forward=["c2", 7],
            ),
            *again(3, 3, known={"c1": 10}),
            hears(4, [welcome(3)], says(m.Post(**RICH, ref=4))),
        ],
    ),
    play(
        "send-slow-mode",
        "slow mode holds back one conversation, not the others",
        [
            *online(row("c1"), row("c2")),
            writes(2, 1, "one", post(2, 1, "one")),
            writes(2, 2, "two"),
            hears(
                2.1,
                [error(2, "slow_mode", 30.0)],
                pending=[["key-00001", "waiting", "slow_mode"], *waiting(2)],
                timer=32.1,
            ),
            writes(3, 3, "elsewhere", post(3, 3, "elsewhere", "c2"), id="c2"),
            hears(3.1, [accepted(3, 3, 11, "c2")], *settled(3, 11), timer=32.1),
            at(32.1, "tick", post(4, 1, "one")),
        ],
    ),
    play(
        "send-archived",
        "a refusal of the conversation fails the message, and says why",
        [
            *online(),
            writes(2, 1, "one", post(2, 1, "one")),
            hears(
                2.1,
                [error(2, "archived")],
                {"keep": "key-00001"},
                {"refused": ["key-00001", "archived"]},
                pending=[["key-00001", "failed", "archived"]],
            ),
        ],
    ),
]
