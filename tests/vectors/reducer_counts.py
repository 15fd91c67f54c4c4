"""The reducer's vectors about what events do to the row: preview, unread messages, mentions, unread threads."""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol import messages as m
from nbchat.protocol.limits import MENTIONS_CAP, THREADS_UNREAD, UNREAD_CAP

from .reducer_verbs import OPEN, START, Play, c1, loaded, newest, step
from .shapes import (
    ADA,
    deleted,
    edited,
    hello,
    mention,
    message,
    page,
    posted,
    preview,
    replied,
    row,
    snapshot,
    welcome,
)


def unread(root: int, read: int, count: int) -> m.ThreadUnread:
    return m.ThreadUnread(root, read, count)


def entry(root: int, read: int, count: int) -> dict[str, int]:
    return {"root": root, "read": read, "unread": count}


PLAYS: list[Play] = [
    (
        "mentions",
        "unread messages that mention us or everybody count apart; others' mentions and own messages do not",
        [
            *START,
            step(posted(11, mentions=[mention("ada")])),
            step(posted(12, mentions=[mention("cy")])),
            step(posted(13, mentions=[mention("cy"), mention("@all")])),
            step(posted(14, "ada", mentions=[mention("ada")])),
        ],
        c1(summary={"unread": 3, "mentions": 2}),
    ),
    (
        "mentions-do-not-change-by-edits",
        "whom a message names after an edit is not counted anew, nor taken away",
        [
            *START,
            step(posted(11, mentions=[mention("ada")])),
            step(edited(12, 11, "nobody")),
            step(posted(13)),
            step(edited(14, 13, "@Ada", mentions=[mention("ada")])),
        ],
        c1(summary={"unread": 2, "mentions": 1}),
    ),
    (
        "mentions-are-capped",
        "counting stops at a hundred",
        [
            step(welcome(1, row(last_seq=10, unread=500, mentions=MENTIONS_CAP)), asked=hello()),
            step(posted(11, mentions=[mention("ada")])),
        ],
        c1(summary={"mentions": MENTIONS_CAP, "unread": 501}),
    ),
    (
        "unread-after-a-deletion",
        "a deleted message counts no more, if it counted: by others, above the marker",
        [
            step(welcome(1, row(last_seq=10, unread=2, mentions=1, read=8)), asked=hello()),
            step(deleted(11, 9, mentions=["ada"])),
            step(deleted(12, 7, mentions=["ada"])),
            step(deleted(13, 10, "ada", writer="ada")),
        ],
        c1(summary={"unread": 1, "mentions": 0}),
    ),
    (
        "unread-at-its-cap-stays",
        "how far above the cap a count is, only the hub knows",
        [
            step(welcome(1, row(last_seq=10, unread=UNREAD_CAP, mentions=MENTIONS_CAP)), asked=hello()),
            step(deleted(11, 9, mentions=["@all"])),
        ],
        c1(summary={"unread": UNREAD_CAP, "mentions": MENTIONS_CAP}),
    ),
    (
        "unread-never-below-nothing",
        "a deletion that does not fit lowers nothing below zero",
        [*START, step(deleted(11, 9, mentions=["ada"]))],
        c1(summary={"unread": 0, "mentions": 0}),
    ),
    (
        "not-fresh",
        "a fresh row has counted the events already that follow it as a bridge: they change messages only",
        [
            *OPEN,
            step(
                welcome(
                    2,
                    row(
                        last_seq=15,
                        unread=1,
                        mentions=1,
                        read=10,
                        threads=[unread(9, 10, 1)],
                        last=preview(11, "bob", "new"),
                    ),
                ),
                asked=hello(2, watched={"c1": 10}, known={"c1": 10}),
            ),
            step(posted(11, text="old", mentions=[mention("ada")]), ["c1"]),
            step(replied(12, 9), ["c1"]),
            step(edited(13, 11, "new"), ["c1"]),
            step(posted(14, "bob"), ["c1"]),
            step(deleted(15, 14), ["c1"]),
            step(posted(16), ["c1", "list"]),
        ],
        c1(
            cursor=16,
            summary={"unread": 2, "mentions": 1, "threads": [entry(9, 10, 1)], "last": {"seq": 16}},
            ranges=loaded(9, 10, {"text": "new"}, {"deleted": "bob"}, 16),
        ),
    ),
    (
        "preview-of-an-edit",
        "the row shows what its last message says now; other messages' edits do not show there",
        [
            *START,
            step(posted(11, text="one")),
            step(edited(12, 11, "two\n lines")),
            step(edited(13, 9, "other")),
        ],
        c1(summary={"last": {"seq": 11, "text": "two lines", "deleted": False}}),
    ),
    (
        "preview-of-a-deletion",
        "the row says that its last message is deleted, until the next one",
        [*START, step(posted(11, text="secret")), step(deleted(12, 11))],
        c1(summary={"unread": 0, "last": {"seq": 11, "text": "", "deleted": True, "author": "bob", "at": 1_011}}),
    ),
    (
        "preview-of-an-earlier-deletion",
        "deleting another message than the last leaves the preview",
        [*START, step(posted(11)), step(posted(12)), step(deleted(13, 11))],
        c1(summary={"unread": 1, "last": {"seq": 12, "deleted": False}}),
    ),
    (
        "preview-of-a-forwarded-message",
        "what is passed on without words of one's own is previewed by its text",
        [*START, step(replace(posted(11, forwarded=m.Forwarded("c2", 4, "cy", "Cy", 500, "the news")), text=""))],
        c1(summary={"last": {"text": "the news"}}),
    ),
    (
        "thread-unread",
        "replies of a thread that we take part in count for the thread, not for the conversation",
        [
            *START,
            step(replied(11, 5), ["c1", "list"]),
            step(replied(12, 5, "cy", "ada", "bob", "cy")),
            step(replied(13, 6, "cy", "cy", "bob")),
        ],
        c1(summary={"unread": 0, "mentions": 0, "last": None, "threads": [entry(5, 10, 2)]}),
    ),
    (
        "thread-unread-newest-last",
        "the thread with the newest reply stands at the end",
        [*START, step(replied(11, 5)), step(replied(12, 6)), step(replied(13, 5))],
        c1(summary={"threads": [entry(6, 11, 1), entry(5, 10, 2)]}),
    ),
    (
        "thread-unread-own-reply",
        "who replies has read what was there; what comes then counts again",
        [*START, step(replied(11, 5)), step(replied(12, 5, "ada")), step(replied(13, 5))],
        c1(summary={"threads": [entry(5, 12, 1)]}),
    ),
    (
        "thread-unread-own-reply-elsewhere",
        "a reply of ours in another thread reads nothing here",
        [*START, step(replied(11, 5)), step(replied(12, 6, "ada"))],
        c1(summary={"threads": [entry(5, 10, 1)]}),
    ),
    (
        "thread-unread-in-both",
        "a reply that stands in the conversation too counts in both places, and its mention",
        [*START, step(replied(11, 5, also=True, mentions=[mention("ada")]))],
        c1(summary={"unread": 1, "mentions": 1, "last": {"seq": 11}, "threads": [entry(5, 10, 1)]}),
    ),
    (
        "thread-unread-deleted",
        "a deleted reply counts no more; the last one takes the thread along; what was read does not count",
        [
            step(welcome(1, row(last_seq=10, threads=[unread(5, 7, 2), unread(6, 9, 1)])), asked=hello()),
            step(deleted(11, 7, thread=5, followers=["ada", "bob"])),
            step(deleted(12, 8, thread=5, followers=["ada", "bob"])),
            step(deleted(13, 10, thread=6, followers=["ada"])),
        ],
        c1(summary={"threads": [entry(5, 7, 1)], "unread": 0}),
    ),
    (
        "thread-unread-deleted-by-others",
        "an own reply, or one of a thread that we do not follow, takes nothing away",
        [
            step(welcome(1, row(last_seq=10, threads=[unread(5, 7, 1)])), asked=hello()),
            step(deleted(11, 9, writer="ada", thread=5, followers=["ada", "bob"])),
            step(deleted(12, 10, thread=5, followers=["bob"])),
        ],
        c1(summary={"threads": [entry(5, 7, 1)]}),
    ),
    (
        "thread-unread-too-many",
        "the fifty newest are named",
        [*START, *(step(replied(11 + n, n + 1)) for n in range(THREADS_UNREAD + 1))],
        c1(summary={"threads": [entry(n + 1, 10 + n, 1) for n in range(1, THREADS_UNREAD + 1)]}),
    ),
    (
        "thread-read-elsewhere",
        "own state tells how far a thread is read, and what is left; nothing left takes it away",
        [
            *START,
            step(replied(11, 5)),
            step(replied(12, 5)),
            step(replied(13, 6)),
            step(m.Own(uv=1, rows=[m.OwnRow("thread:c1/5", 11, 1, 1)]), ["c1", "list", "own"]),
            step(m.Own(uv=2, rows=[m.OwnRow("thread:c1/6", 13, 2, 0)]), ["c1", "list", "own"]),
        ],
        {"own": {"thread:c1/5": {"value": 11}}, **c1(summary={"threads": [entry(5, 11, 1)]})},
    ),
    (
        "thread-left",
        "a thread that one has left is not unread, whatever comes in it",
        [
            *START,
            step(replied(11, 5)),
            step(m.Own(uv=1, rows=[m.OwnRow("thread:c1/5", -1, 1, 0)]), ["c1", "list", "own"]),
            step(replied(12, 5, "bob", "bob")),
        ],
        c1(summary={"threads": []}),
    ),
    (
        "thread-unread-again",
        "a thread that was marked unread on another device is unread here",
        [*START, step(m.Own(uv=1, rows=[m.OwnRow("thread:c1/5", 6, 1, 3)]), ["c1", "list", "own"])],
        c1(summary={"threads": [entry(5, 6, 3)]}),
    ),
    (
        "threads-of-a-welcome",
        "a fresh row has counted the markers of threads that come with it",
        [
            step(
                welcome(
                    1,
                    row(last_seq=10, threads=[unread(5, 7, 2)]),
                    uv=4,
                    own=[m.OwnRow("thread:c1/5", 7, 4, 9), m.OwnRow("read:c1", 10, 3, 9, 9)],
                ),
                asked=hello(),
            )
        ],
        {"uv": 4, **c1(summary={"threads": [entry(5, 7, 2)], "unread": 0, "mentions": 0})},
    ),
    (
        "joined-oneself-again",
        "who comes back has nothing unread from before, in threads neither",
        [
            *START,
            step(
                snapshot(
                    row("c1", 10, kind="channel", joined=False, role=None),
                    [message(10)],
                    has_before=True,
                    members=["bob"],
                )
            ),
            step(posted(11, mentions=[mention("ada")])),
            step(m.Joined(conversation="c1", seq=12, at=1_012, author="ada", name="Ada", person=ADA, role="guest")),
            step(posted(13)),
        ],
        c1(summary={"joined": True, "read": 12, "unread": 1, "mentions": 0, "role": "guest", "threads": []}),
    ),
    (
        "own-read-marker-and-mentions",
        "the hub's counts hold where messages are not loaded; without its count mentions are at most the unread ones",
        [
            step(welcome(1, row(last_seq=10, unread=5, mentions=3)), asked=hello()),
            step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 6, 1, 4, 2)]), ["c1", "list", "own"]),
            step(m.Own(uv=2, rows=[m.OwnRow("read:c1", 9, 2, 1)]), ["c1", "list", "own"]),
        ],
        c1(summary={"read": 9, "unread": 1, "mentions": 1}),
    ),
    (
        "own-read-marker-counts-what-is-loaded",
        "deleted messages and own ones are not unread; mentions of edited ones are as the hub says",
        [
            *OPEN,
            step(posted(11, mentions=[mention("ada")])),
            step(posted(12, mentions=[mention("@all")])),
            step(deleted(13, 12, mentions=["@all"])),
            step(posted(14, "ada")),
            step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 9, 1, 7, 7)])),
            step(edited(15, 11, "nobody")),
            step(m.Own(uv=2, rows=[m.OwnRow("read:c1", 10, 2, 7, 1)])),
        ],
        c1(summary={"read": 10, "unread": 1, "mentions": 1}),
    ),
    (
        "own-read-marker-and-a-newer-page",
        "a page that knows of a deletion before its event came is not counted by: the event will lower the count",
        [
            *OPEN,
            step(posted(11)),
            step(posted(12)),
            step(
                page(5, [message(11, v=13, deleted="bob"), message(12)], 13, before=True, after=False), None, newest()
            ),
            step(m.Own(uv=1, rows=[m.OwnRow("read:c1", 10, 1, 2, 0)])),
            step(deleted(13, 11)),
        ],
        c1(summary={"read": 10, "unread": 1}, ranges=loaded(9, 10, {"deleted": "bob"}, 12)),
    ),
]
