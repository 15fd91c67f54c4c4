"""The reducer's vectors: a name, why it matters, steps, and what must hold of the state after them."""

from __future__ import annotations

from typing import Any

from nbchat.protocol import messages as m
from nbchat.protocol.limits import UNREAD_CAP

from .shapes import ADA, BOB, CY, hello, joined, left, message, page, posted, preview, row, snapshot, welcome

Step = tuple[Any, Any, list[str] | None]
"""An item, the command that it answers, and exactly what it touches (None: not looked at)."""
Play = tuple[str, str, list[Step], dict[str, Any]]


def step(item: Any, touched: list[str] | None = None, asked: Any = None) -> Step:
    return (item, asked, touched)


def seqs(*numbers: int) -> list[dict[str, int]]:
    return [{"seq": number} for number in numbers]


START = [step(welcome(1, row(last_seq=10)), asked=hello())]
OPEN = [*START, step(snapshot(row(last_seq=10, read=10), [message(9), message(10)], has_before=True))]


def before(seq: int) -> m.History:
    return m.History(ref=5, conversation="c1", before=seq)


def after(seq: int) -> m.History:
    return m.History(ref=5, conversation="c1", after=seq)


def newest() -> m.History:
    return m.History(ref=5, conversation="c1")


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
        "posted",
        "a message extends the live range, the row and the unread count",
        [*OPEN, step(posted(11, "bob", "two\n  lines"), ["c1", "list"])],
        {
            "conversations": {
                "c1": {
                    "cursor": 11,
                    "ranges": [{"first": 9, "last": 11, "messages": seqs(9, 10, 11)}],
                    "summary": {"last_seq": 11, "unread": 1, "last": {"seq": 11, "text": "two lines", "name": "Bob"}},
                }
            }
        },
    ),
    (
        "posted-without-snapshot",
        "a row that no view shows counts and previews, but keeps no messages",
        [*START, step(posted(11), ["c1", "list"])],
        {"conversations": {"c1": {"cursor": 11, "ranges": [], "summary": {"unread": 1, "last": {"seq": 11}}}}},
    ),
    (
        "own-posts-are-read",
        "what we wrote ourselves, also elsewhere, is never unread",
        [*START, step(posted(11, "ada"), ["c1", "list"])],
        {"conversations": {"c1": {"summary": {"unread": 0, "last": {"author": "ada"}}}}},
    ),
    (
        "preview-is-cut-by-characters",
        "140 characters, where an emoji is one",
        [*START, step(posted(11, text="\U0001f600" * 150))],
        {"conversations": {"c1": {"summary": {"last": {"text": "\U0001f600" * 140}}}}},
    ),
    (
        "repetition",
        "an event at or below the cursor changes nothing",
        [*OPEN, step(posted(11)), step(posted(11), []), step(posted(10), [])],
        {"conversations": {"c1": {"cursor": 11, "ranges": [{"messages": seqs(9, 10, 11)}], "summary": {"unread": 1}}}},
    ),
    (
        "gap",
        "an event above the next one is not applied: the link resumes",
        [*OPEN, step(posted(12), [])],
        {"conversations": {"c1": {"cursor": 10, "summary": {"last_seq": 10}}}},
    ),
    (
        "unknown-conversation",
        "an event of a conversation that we were not told of changes nothing",
        [*START, step(posted(1, id="c9"), [])],
        {"conversations": {"c1": {"cursor": 10}}},
    ),
    (
        "unknown-kind",
        "a durable event of a later version moves the cursor, so that the next is no gap",
        [
            *OPEN,
            step({"t": "edited", "conversation": "c1", "seq": 11, "at": 5, "text": "?"}, ["c1", "list"]),
            step(posted(12), ["c1", "list"]),
        ],
        {"conversations": {"c1": {"cursor": 12, "ranges": [{"last": 12, "messages": seqs(9, 10, 12)}]}}},
    ),
    (
        "joined-and-left",
        "members, their number, and what is known of them",
        [
            *OPEN,
            step(joined(11, CY), ["c1", "list", "people"]),
            step(m.Typing(conversation="c1", users=["bob"], count=1), ["c1"]),
            step(left(12, "bob"), ["c1", "list"]),
        ],
        {
            "people": {"cy": {"name": "Cy"}},
            "conversations": {
                "c1": {
                    "cursor": 12,
                    "members": ["ada", "cy"],
                    "marks": {},
                    "presence": {},
                    "summary": {"members": 2},
                    "ranges": [{"first": 9, "last": 12, "messages": seqs(9, 10)}],
                }
            },
        },
    ),
    (
        "left-oneself",
        "who leaves is given nothing more, and forgets it",
        [*OPEN, step(left(11, "ada"), ["c1", "list"]), step(posted(12), [])],
        {"conversations": {}},
    ),
    (
        "joined-oneself",
        "what was written before one came is not unread",
        [
            *START,
            step(snapshot(row("c2", 5, kind="channel", joined=False), [message(5)], has_before=True)),
            step(posted(6, id="c2")),
            step(joined(7, ADA, id="c2")),
            step(posted(8, id="c2")),
        ],
        {"conversations": {"c1": {}, "c2": {"summary": {"joined": True, "read": 7, "unread": 1}}}},
    ),
    (
        "joined-where-nobody-was",
        "an empty list of members grows where nobody was, not where there are too many to name",
        [
            *START,
            step(snapshot(row("c2", 5, kind="channel", joined=False, members=0), [message(5)], members=[])),
            step(joined(6, CY, id="c2")),
            step(snapshot(row("c3", 5, kind="channel", joined=False, members=300), [message(5)], members=[])),
            step(joined(6, CY, id="c3")),
        ],
        {
            "conversations": {
                "c1": {},
                "c2": {"members": ["cy"], "summary": {"members": 1}},
                "c3": {"members": [], "summary": {"members": 301}},
            }
        },
    ),
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
            step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 11, 1, 0)]), ["c1", "list"]),
        ],
        {"uv": 1, "conversations": {"c1": {"summary": {"read": 11, "unread": 1}}}},
    ),
    (
        "own-read-marker-ahead",
        "what was read elsewhere before it came here is not unread",
        [
            *START,
            step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 12, 1, 0)]), ["c1", "list"]),
            step(posted(11)),
            step(posted(12)),
            step(posted(13)),
        ],
        {"uv": 1, "conversations": {"c1": {"summary": {"read": 12, "unread": 1, "last": {"seq": 13}}}}},
    ),
    (
        "own-read-marker-uncounted",
        "without loaded messages the hub's count holds",
        [*START, step(posted(11)), step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 5, 1, 3)]), ["c1", "list"])],
        {"conversations": {"c1": {"summary": {"read": 5, "unread": 3}}}},
    ),
    (
        "own-rows-in-any-order",
        "the newest version of a row wins, and a hole in the versions is asked for again on resume",
        [
            *START,
            step(m.Own(uv=3, rows=[m.OwnRow("read:c1", 9, 3, 1)]), ["c1", "list"]),
            step(m.Own(uv=2, rows=[m.OwnRow("read:c1", 4, 2, 6)]), []),
        ],
        {"uv": 0, "conversations": {"c1": {"summary": {"read": 9, "unread": 1}}}},
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
        "rows-by-page",
        "older rows of the list; a row that we have is replaced only by a newer one",
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
        "directory",
        "people and channels that were searched bring names, not rows",
        [
            *START,
            step(m.People(ref=3, people=[CY], more=False), ["people"]),
            step(m.Channels(ref=4, channels=[row("c7", 1, joined=False)], people=[CY], more=False), []),
        ],
        {"people": {"cy": {"name": "Cy"}}, "conversations": {"c1": {}}},
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
]
