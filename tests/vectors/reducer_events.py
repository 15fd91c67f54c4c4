"""The reducer's vectors about durable events: what they do to rows, members and loaded messages."""

from __future__ import annotations

from nbchat.protocol import messages as m

from .reducer_verbs import OPEN, START, Play, seqs, step
from .shapes import ADA, CY, hello, joined, left, message, posted, row, snapshot, welcome

DEE = m.Person("dee", "Dee", status="new here", color="red")

PLAYS: list[Play] = [
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
            step({"t": "shelved", "conversation": "c1", "seq": 11, "at": 5, "text": "?"}, ["c1", "list"]),
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
        {"conversations": {}, "removals": {}},
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
        "joined-tells-more",
        "who comes by themself is known with all that they show, and not only by the name of an author",
        [*OPEN, step(m.Joined(conversation="c1", seq=11, at=1_011, author="dee", name="Dee", person=DEE))],
        {"people": {"dee": {"name": "Dee", "status": "new here", "color": "red"}}},
    ),
    (
        "joined-oneself-not-fresh",
        "a fresh row counts from where one came, or from where one has moved the marker since: it stays",
        [
            *START,
            step(snapshot(row("c2", 5, kind="channel", joined=False), [message(5)], has_before=True)),
            step(
                welcome(2, row(), row("c2", 8, kind="channel", read=2, unread=4, mentions=1)),
                asked=hello(2, watched={"c2": 5}, known={"c1": 10}),
            ),
            step(joined(6, ADA, id="c2")),
            step(posted(7, id="c2")),
        ],
        {"conversations": {"c1": {}, "c2": {"cursor": 7, "summary": {"read": 2, "unread": 4, "mentions": 1}}}},
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
        "joined-where-nobody-was-not-fresh",
        "the row may be of a time when more were there again",
        [
            *START,
            step(snapshot(row("c2", 5, kind="channel", members=1), [message(5)], members=["bob"])),
            step(left(6, "bob", id="c2")),
            step(
                welcome(2, row(), row("c2", 8, kind="channel", members=2)),
                asked=hello(2, watched={"c2": 6}, known={"c1": 10}),
            ),
            step(joined(7, CY, id="c2")),
            step(joined(8, ADA, id="c2")),
        ],
        {"conversations": {"c1": {}, "c2": {"members": ["cy", "ada"], "summary": {"members": 2}}}},
    ),
]
