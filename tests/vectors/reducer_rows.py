"""The reducer's vectors about what replaces what was known: rows, snapshots, people."""

from __future__ import annotations

from nbchat.protocol import messages as m

from .reducer_verbs import OPEN, START, Play, c1, seqs, step
from .shapes import BOB, CY, hello, joined, message, posted, preview, row, snapshot, welcome

PLAYS: list[Play] = [
    (
        "welcome",
        "who we are, the rows of the list, and where the next page of it starts",
        [step(welcome(1, row("c1", 10), row("c2", 3), more=True, uv=4), ["c1", "c2", "list", "me", "people"], hello())],
        {
            "me": {"id": "ada"},
            "store": "s1",
            "uv": 4,
            "more": True,
            "tail": "c2",
            "people": {"bob": {"name": "Bob"}},
            "conversations": {"c1": {"cursor": 10, "ranges": [], "watched": False}, "c2": {"cursor": 3}},
        },
    ),
    (
        "snapshot",
        "everything that a view needs, as of one seq",
        OPEN,
        {
            "conversations": {
                "c1": {
                    "cursor": 10,
                    "watched": True,
                    "ranges": [{"first": 9, "last": 10, "has_before": True, "messages": seqs(9, 10)}],
                    "members": ["ada", "bob"],
                    "presence": {"bob": {"online": True}},
                    "marks": {"bob": {"delivered": 0}},
                    "receipts": True,
                }
            }
        },
    ),
    (
        "snapshot-of-everything",
        "without older messages the range reaches down to the first seq, whatever kind of event that was",
        [*START, step(snapshot(row(last_seq=4), [message(3), message(4)]))],
        {"conversations": {"c1": {"ranges": [{"first": 1, "last": 4}]}}},
    ),
    (
        "welcome-again-known",
        "a row that moved on while we were away: its messages may have changed, so they are forgotten",
        [*OPEN, step(welcome(2, row(last_seq=12, unread=2)), asked=hello(2, known={"c1": 10}))],
        {"conversations": {"c1": {"cursor": 12, "ranges": [], "watched": False, "summary": {"unread": 2}}}},
    ),
    (
        "welcome-again-unchanged",
        "a row that did not move on keeps its messages, and stays live",
        [*OPEN, step(welcome(2), asked=hello(2, known={"c1": 10})), step(posted(11))],
        {"conversations": {"c1": {"cursor": 11, "ranges": [{"messages": seqs(9, 10, 11)}]}}},
    ),
    (
        "welcome-again-bridged",
        "what a view shows is bridged: its events follow, and the fresh row has counted them already",
        [
            *OPEN,
            step(
                welcome(2, row(last_seq=12, unread=2, read=10, last=preview(12))),
                asked=hello(2, watched={"c1": 10}, known={"c1": 10}),
            ),
            step(posted(11), ["c1"]),
            step(posted(12), ["c1"]),
            step(posted(13), ["c1", "list"]),
        ],
        {
            "conversations": {
                "c1": {
                    "cursor": 13,
                    "watched": True,
                    "ranges": [{"first": 9, "messages": seqs(9, 10, 11, 12, 13)}],
                    "summary": {"unread": 3, "last_seq": 13, "last": {"seq": 13}},
                }
            }
        },
    ),
    (
        "welcome-again-forgotten",
        "rows beyond what a hello may name are forgotten, and paged again",
        [*OPEN, step(welcome(2, row("c2", 1)), asked=hello(2))],
        {"conversations": {"c2": {"cursor": 1}}, "tail": "c2"},
    ),
    (
        "welcome-own-rows",
        "a marker that moved on another device while the row did not move",
        [
            step(welcome(1, row(last_seq=10, unread=4)), asked=hello()),
            step(welcome(2, uv=7, own=[m.OwnRow("read:c1", 10, 7, 0)]), asked=hello(2, known={"c1": 10})),
        ],
        {"uv": 7, "conversations": {"c1": {"summary": {"read": 10, "unread": 0}}}},
    ),
    (
        "reset",
        "another epoch: the messages are forgotten, and the snapshot that follows holds",
        [
            *OPEN,
            step(m.Reset(conversation="c1", epoch="e2"), ["c1", "list"]),
            step(snapshot(row(epoch="e2", last_seq=3), [message(3)], has_before=True)),
        ],
        {"conversations": {"c1": {"cursor": 3, "summary": {"epoch": "e2"}, "ranges": [{"first": 3, "last": 3}]}}},
    ),
    (
        "limited",
        "too far behind: the snapshot replaces what there was, older ones are paged",
        [
            *OPEN,
            step(m.Limited(conversation="c1"), []),
            step(snapshot(row(last_seq=900), [message(899), message(900)], has_before=True)),
        ],
        {"conversations": {"c1": {"cursor": 900, "ranges": [{"first": 899, "last": 900, "has_before": True}]}}},
    ),
    (
        "added-and-removed",
        "a conversation that we were not told of, with its people; and one that is ours no more",
        [
            *START,
            step(m.Added(summary=row("c2", 2), people=[CY]), ["c2", "list", "people"]),
            step(posted(3, "cy", id="c2"), ["c2", "list"]),
            step(m.Removed(conversation="c1"), ["c1", "list"]),
            step(m.Removed(conversation="c1"), []),
        ],
        {"people": {"cy": {"name": "Cy"}}, "conversations": {"c2": {"cursor": 3, "summary": {"unread": 1}}}},
    ),
    (
        "typing-presence-receipts",
        "whole sets heal a lost one; marks only grow; a message ends its author's typing",
        [
            *OPEN,
            step(m.Typing(conversation="c1", users=["bob", "cy"], count=7), ["c1"]),
            step(posted(11, "bob")),
            step(m.Presence(conversation="c1", changed=[m.Status("bob", False, 77)], online=0), ["c1"]),
            step(m.Receipts(conversation="c1", marks=[m.Mark("bob", 9, 4)]), ["c1"]),
            step(m.Receipts(conversation="c1", marks=[m.Mark("bob", 5, 5)]), ["c1"]),
        ],
        {
            "conversations": {
                "c1": {
                    "typing": ["cy"],
                    "typing_count": 6,
                    "presence": {"bob": {"online": False, "last_seen": 77}},
                    "online": 0,
                    "marks": {"bob": {"delivered": 9, "read": 5}},
                }
            }
        },
    ),
    (
        "named",
        "a new name holds everywhere, and an event's name of then does not undo it",
        [
            *OPEN,
            step(m.Named(person=m.Person("bob", "Robert")), ["people"]),
            step(m.Named(person=m.Person("ada", "Countess")), ["me", "people"]),
            step(posted(11, "bob"), ["c1", "list"]),
            step(posted(12, "cy"), ["c1", "list", "people"]),
            step(joined(13, BOB), ["c1", "list"]),
        ],
        {"me": {"name": "Countess"}, "people": {"bob": {"name": "Robert"}, "cy": {"name": "Cy"}}},
    ),
    (
        "rows-by-page",
        "older rows of the list; a row that we have stays",
        [
            *START,
            step(posted(11)),
            step(
                m.Conversations(ref=3, conversations=[row("c1", 10), row("c0", 4)], people=[CY], more=False),
                ["c0", "list", "people"],
            ),
        ],
        {"more": False, "tail": "c0", "conversations": {"c1": {"summary": {"last_seq": 11}}, "c0": {"cursor": 4}}},
    ),
    (
        "older-rows-overtaken",
        "a row that is here already stays: what is its own may have come since the other one was read",
        [
            *START,
            step(m.Own(uv=4, rows=[m.OwnRow("read:c1", 8, 4, 2, 1)])),
            step(
                m.Conversations(ref=3, conversations=[row("c1", 10, read=3, unread=7)], people=[], more=False), ["list"]
            ),
        ],
        c1(summary={"read": 8, "unread": 2, "mentions": 1}),
    ),
    (
        "directory",
        "people and channels that were searched bring names, not rows",
        [
            *START,
            step(m.People(ref=3, people=[CY], more=False), ["people"]),
            step(m.Channels(ref=4, channels=[row("c7", 1, joined=False)], people=[CY], more=False), []),
        ],
        {"people": {"cy": {"name": "Cy"}}, "conversations": {"c1": {}}},
    ),
]
