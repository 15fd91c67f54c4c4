"""The link's vectors about what a shell asks for: commands, views, typing, reading."""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol import messages as m

from .link_verbs import (
    CONNECT,
    ME,
    Play,
    again,
    at,
    hears,
    online,
    play,
    post,
    says,
    settled,
    watching,
    writes,
)
from .shapes import CY, error, hello, joined, left, message, page, posted, preview, row, snapshot, welcome

ONCE = (
    m.Leave(ref=0, conversation="c1"),
    m.Remove(ref=0, conversation="c1", user="bob"),
    m.MakeLink(ref=0, conversation="c1"),
    m.Redeem(ref=0, code="abc"),
    m.ReadAll(ref=0),
)
"""Commands that are not sent again when their reply is lost."""

TWICE = (
    m.Edit(ref=0, conversation="c1", message=9, text="better", key="edit-0001"),
    m.Delete(ref=0, conversation="c1", message=9),
    m.React(ref=0, conversation="c1", message=9, emoji="👍"),
    m.Pin(ref=0, conversation="c1", message=9, on=False),
    m.Follow(ref=0, conversation="c1", thread=9),
    m.Rank(ref=0, conversation="c1", user="bob", role="guest"),
    m.Describe(ref=0, conversation="c1", topic="Plans"),
    m.SetProfile(ref=0, status="busy"),
)

PLAYS: list[Play] = [
    play(
        "request",
        "a command waits for a connection, and is sent again if its reply was lost",
        [
            at(0, "request", command=m.FindPeople(ref=0, query="b")),
            at(0, "start", CONNECT),
            at(0.5, "connected", says(hello(2))),
            hears(1, [welcome(2, row())], ME, says(m.FindPeople(ref=1, query="b"))),
            *again(2, 3, known={"c1": 10}),
            hears(3, [welcome(3)], says(m.FindPeople(ref=1, query="b"))),
            hears(4, [m.People(ref=1, people=[CY], more=False)], {"resolved": [1, "people"]}),
            hears(4, [m.People(ref=1, people=[CY], more=False)]),
        ],
        state={"people": {"cy": {"name": "Cy"}}},
    ),
    play(
        "request-errors",
        "refused, unanswered, or lost where doing it twice is not doing it once",
        [
            *online(),
            at(2, "request", says(m.Join(ref=2, conversation="c9")), command=m.Join(ref=0, conversation="c9")),
            hears(3, [error(2, "unknown_conversation")], {"resolved": [2, "unknown_conversation"]}),
            at(4, "request", says(m.SetProfile(ref=3, name="A")), command=m.SetProfile(ref=0, name="A"), timer=19),
            at(19, "tick", {"resolved": [3, "timeout"]}),
            *(at(20, "request", says(replace(one, ref=4 + n)), command=one) for n, one in enumerate(ONCE)),
            at(
                21,
                "disconnected",
                *({"resolved": [4 + n, "disconnected"]} for n in range(len(ONCE))),
                code=None,
            ),
        ],
    ),
    play(
        "request-again",
        "what may be done twice is sent again as it was: edits by their key, reactions, roles, settings",
        [
            *online(),
            *(at(2, "request", says(replace(one, ref=2 + n)), command=one) for n, one in enumerate(TWICE)),
            *again(3, 2 + len(TWICE), known={"c1": 10}),
            hears(4, [welcome(2 + len(TWICE))], *(says(replace(one, ref=2 + n)) for n, one in enumerate(TWICE))),
        ],
    ),
    play(
        "watch-before-known",
        "a view may open before the hub has told of its conversation",
        [
            at(0, "watch", conversation="c1"),
            at(0, "start", CONNECT),
            at(0.5, "connected", says(hello(1))),
            hears(1, [welcome(1, row())], ME, says(m.Watch(ref=2, conversation="c1"))),
            hears(1.1, [snapshot(row(), [message(10)], has_before=True), m.Done(ref=2)]),
            at(2, "unwatch", says(m.Unwatch(ref=3, conversation="c1")), conversation="c1"),
        ],
        state={"conversations": {"c1": {"watched": False, "ranges": [{"messages": [{"seq": 10}]}]}}},
    ),
    play(
        "unwatch-before-welcome",
        "a view that is closed while the connection comes back stays closed, though hello asked for its events",
        [
            *online(),
            *watching(),
            *again(2, 3, uv=0, watched={"c1": 10}, known={"c1": 10}),
            at(2.6, "unwatch", conversation="c1"),
            hears(3, [welcome(3, row(read=10))], says(m.Unwatch(ref=4, conversation="c1"))),
        ],
        state={"conversations": {"c1": {"watched": False}}},
    ),
    play(
        "unwatch-before-snapshot",
        "a snapshot that was on its way when its view was closed does not open it again",
        [
            *online(),
            at(1, "watch", says(m.Watch(ref=2, conversation="c1")), conversation="c1"),
            at(1.1, "unwatch", says(m.Unwatch(ref=3, conversation="c1")), conversation="c1"),
            hears(
                1.2,
                [snapshot(row(), [message(10)], has_before=True), m.Done(ref=2), m.Done(ref=3)],
                says(m.Unwatch(ref=4, conversation="c1")),
            ),
        ],
        state={"conversations": {"c1": {"watched": False}}},
    ),
    play(
        "watch-again",
        "what was shown before and stayed live is bridged, not loaded again",
        [
            *online(),
            *watching(),
            at(2, "unwatch", says(m.Unwatch(ref=3, conversation="c1")), conversation="c1"),
            hears(3, [posted(11)], says(m.Ack(ref=4, cursors={"c1": 11}))),
            at(4, "watch", says(m.Watch(ref=5, conversation="c1", position=m.Position("e1", 11))), conversation="c1"),
            hears(4.1, [m.Typing(conversation="c1", users=["bob"], count=1), m.Done(ref=5)]),
        ],
        state={"conversations": {"c1": {"watched": True, "typing": ["bob"], "cursor": 11}}},
    ),
    play(
        "watch-refused",
        "a hub that cannot just now is asked again; one that refuses for good is not",
        [
            *online(),
            at(2, "watch", says(m.Watch(ref=2, conversation="c1")), conversation="c1"),
            hears(2.1, [error(2, "store_failed")], timer=3.1),
            at(3.1, "tick", says(m.Watch(ref=3, conversation="c1"))),
            hears(3.2, [error(3, "unknown_conversation")], timer=63.2),
            *again(20, 4, known={"c1": 10}),
            hears(21, [welcome(4)]),
        ],
    ),
    play(
        "watch-a-channel-then-join",
        "looking at an open channel, leaving it alone, and coming back as a member",
        [
            *online(),
            at(2, "watch", says(m.Watch(ref=2, conversation="c9")), conversation="c9"),
            hears(2.1, [snapshot(row("c9", 5, kind="channel", joined=False), [message(5)]), m.Done(ref=2)]),
            hears(2.2, [posted(6, id="c9")]),
            at(2.3, "read", conversation="c9", seq=6),  # who only looks has no marker
            at(3, "unwatch", says(m.Unwatch(ref=3, conversation="c9")), conversation="c9"),
        ],
        state={"conversations": {"c1": {}}},
    ),
    play(
        "removed-and-added-while-watched",
        "a view that stays open shows the conversation again when it is ours again",
        [
            *online(),
            *watching(),
            hears(2, [left(11, "ada")]),
            hears(3, [m.Added(summary=row(last_seq=12), people=[])], says(m.Watch(ref=3, conversation="c1"))),
        ],
        state={"conversations": {"c1": {"cursor": 12}}},
    ),
    play(
        "history",
        "a page answers for what was asked, and also settles what it shows to be there",
        [
            *online(),
            *watching(),
            writes(2, 1, "hi", post(3, 1, "hi")),
            at(
                2,
                "request",
                says(m.History(ref=4, conversation="c1", before=9)),
                command=m.History(ref=0, conversation="c1", before=9),
            ),
            hears(
                3,
                [page(4, [message(7, "ada", "hi", "key-00001")], 10, before=True, after=True)],
                *settled(1, 7),
                {"resolved": [4, "page"]},
            ),
        ],
        state={"conversations": {"c1": {"ranges": [{"first": 7, "last": 10}]}}},
    ),
    play(
        "typing",
        "said at most every three seconds, ended after two without a key, or by the message",
        [
            *online(),
            at(2, "typing", says(m.Type(ref=2, conversation="c1")), conversation="c1", active=True, timer=4),
            at(3, "typing", conversation="c1", active=True, timer=5),
            at(5.5, "tick", says(m.Type(ref=3, conversation="c1", active=False))),
            at(6, "typing", says(m.Type(ref=4, conversation="c1")), conversation="c1", active=True),
            at(6.5, "typing", says(m.Type(ref=5, conversation="c1", active=False)), conversation="c1", active=False),
            at(7, "typing", conversation="c1", active=False),
            at(8, "typing", says(m.Type(ref=6, conversation="c1")), conversation="c1", active=True),
            writes(8.5, 1, "hi", post(7, 1, "hi")),
            at(9, "typing", says(m.Type(ref=8, conversation="c1")), conversation="c1", active=True),
        ],
    ),
    play(
        "typing-offline",
        "nobody is known to be typing while there is no connection, and nothing is said",
        [
            *online(),
            *watching(),
            hears(2, [m.Typing(conversation="c1", users=["bob"], count=1)]),
            at(3, "disconnected", code=None),
            at(3, "typing", conversation="c1", active=True),
        ],
        state={"conversations": {"c1": {"typing": [], "typing_count": 0, "watched": False}}},
    ),
    play(
        "read",
        "shown at once, told at most once a second, only upwards, and again where it was lost",
        [
            *online(row(unread=2)),
            at(2, "read", says(m.Read(ref=2, conversation="c1", seq=5)), conversation="c1", seq=5),
            at(2.2, "read", conversation="c1", seq=8, timer=3),
            at(2.3, "read", conversation="c1", seq=7),
            at(3, "tick", says(m.Read(ref=3, conversation="c1", seq=8))),
            hears(3.1, [m.Done(ref=2)]),
            *again(4, 4, known={"c1": 10}),
            hears(
                5,
                [welcome(4, row(unread=5, read=5, last=preview(10, "ada")))],
                says(m.Read(ref=5, conversation="c1", seq=8)),
            ),
            at(6, "read", says(m.Read(ref=6, conversation="c1", seq=10)), conversation="c1", seq=10),
        ],
        state={"conversations": {"c1": {"summary": {"read": 10, "unread": 0}}}},
    ),
    play(
        "acknowledge",
        "what others wrote and came here, at most once a second, only where it is tracked",
        [
            *online()[:2],
            hears(
                1,
                [
                    welcome(
                        1,
                        row("c1", 10, unread=1, last=preview(10)),
                        row("c2", 5, kind="channel", unread=1, last=preview(5)),
                        row("c3", 5, members=51, unread=1, last=preview(5)),
                        row("c4", 5, unread=1, last=preview(5, "ada")),
                    )
                ],
                ME,
                says(m.Ack(ref=2, cursors={"c1": 10})),
            ),
            hears(1.5, [posted(11), posted(12), posted(6, id="c2")], timer=2),
            hears(1.6, [posted(13, "ada")]),
            at(2, "tick", says(m.Ack(ref=3, cursors={"c1": 12}))),
        ],
    ),
    play(
        "sessions-acknowledge-nothing",
        "only pages count for receipts",
        [
            at(0, "start", CONNECT),
            at(0.5, "connected", says(m.Hello(ref=1, kind="session", client="vectors"))),
            hears(1, [welcome(1, row(unread=1, last=preview(10)))], ME),
            hears(2, [posted(11), joined(12, CY)], timer=62),
        ],
        kind="session",
    ),
]
