"""The arithmetic of unread counts, held against counting anew."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings, strategies as some
from msgspec.structs import replace

from nbchat.hub.rows import rewound
from nbchat.hub.unread import counted, shifted, thread_counted
from nbchat.protocol import messages as wire
from nbchat.protocol.changes import in_conversation, mentioned
from nbchat.protocol.limits import UNREAD_CAP

ME, ROOT = "me", 1
BASE: dict[str, Any] = {"conversation": "c", "at": 0, "name": ""}


@some.composite
def logs(draw: some.DrawFn) -> list[wire.Posted | wire.Deleted]:
    """Messages of me and another, in the conversation and in one thread that I follow, some deleted again."""
    log: list[wire.Posted | wire.Deleted] = []
    posts: list[wire.Posted] = []
    for number in range(draw(some.integers(0, 9))):
        seq, author = number + 2, draw(some.sampled_from([ME, "you", "you"]))
        alive = [one for one in posts if not any(isinstance(e, wire.Deleted) and e.message == one.seq for e in log)]
        gone = draw(some.sampled_from([*[None] * len(alive), None, *alive]))
        if gone is not None:
            users = [one.user for one in gone.mentions]
            log.append(
                wire.Deleted(
                    **BASE,
                    seq=seq,
                    author=author,
                    message=gone.seq,
                    writer=gone.author,
                    thread=gone.thread,
                    also=gone.also,
                    mentions=users if in_conversation(gone) else [],
                    followers=gone.followers,
                )
            )
            continue
        thread = draw(some.sampled_from([None, None, ROOT]))
        named = draw(some.sampled_from([[], [ME], [wire.EVERYBODY]]))
        post = wire.Posted(
            **BASE,
            seq=seq,
            author=author,
            key=f"key-{seq:05}",
            text="hi",
            via="page",
            thread=thread,
            also=thread is not None and draw(some.booleans()),
            followers=[ME, "you"] if thread is not None else [],
            mentions=[wire.Mention(user, "@") for user in named],
        )
        posts.append(post)
        log.append(post)
    return log


def there(log: list[wire.Posted | wire.Deleted]) -> list[wire.Posted]:
    """The messages by others that are not deleted."""
    gone = {event.message for event in log if isinstance(event, wire.Deleted)}
    return [one for one in log if isinstance(one, wire.Posted) and one.author != ME and one.seq not in gone]


def unread(log: list[wire.Posted | wire.Deleted], read: int) -> tuple[int, int]:
    """Unread messages and mentions of the conversation, counted anew."""
    found = [one for one in there(log) if one.seq > read and in_conversation(one)]
    return len(found), sum(mentioned([mention.user for mention in one.mentions], ME) for one in found)


def replies(log: list[wire.Posted | wire.Deleted], read: int) -> int:
    """Unread replies of the thread; who replies has read it."""
    return sum(one.thread == ROOT and one.seq > marker(log, read) for one in there(log))


def marker(log: list[wire.Posted | wire.Deleted], read: int) -> int:
    """How far I have read the thread."""
    mine = [one.seq for one in log if isinstance(one, wire.Posted) and one.author == ME and one.thread == ROOT]
    return max([read, *mine])


def split(log: list[wire.Posted | wire.Deleted], at: int) -> tuple[list[wire.Posted | wire.Deleted], ...]:
    return [one for one in log if one.seq <= at], [one for one in log if one.seq > at]


@settings(max_examples=200, deadline=None)
@given(logs(), some.integers(0, 16), some.integers(1, 16))
def test_a_count_and_what_came_since_is_the_count_of_now(
    log: list[wire.Posted | wire.Deleted], read: int, at: int
) -> None:
    before, since = split(log, at)
    posts, mentions = unread(before, read)
    row = counted(wire.OwnRow("read:c", read, 1, posts, mentions), since, ME)
    assert (row.unread, row.mentions) == unread(log, read)
    told = wire.OwnRow("thread:c/1", marker(before, read), 1, replies(before, read))
    thread = thread_counted(told, since, ME, ROOT)
    assert (thread.value, thread.unread) == (marker(log, read), replies(log, read))
    assert thread.mentions is None


@settings(max_examples=200, deadline=None)
@given(logs(), some.integers(0, 16), some.integers(1, 16))
def test_a_row_set_back_is_the_row_of_then(log: list[wire.Posted | wire.Deleted], read: int, at: int) -> None:
    before, since = split(log, at)
    posts, mentions = unread(log, read)
    row = summary(len(log) + 1, read, posts, mentions, replies(log, read), marked=marker(log, read))
    back = rewound(row, since, ME)
    assert (back.unread, back.mentions) == unread(before, read)
    assert back.last_seq == (at if since else row.last_seq)
    wrote = any(isinstance(one, wire.Posted) and one.author == ME and one.thread == ROOT for one in since)
    if row.threads and not wrote:
        assert [one.unread for one in back.threads] == [count for count in [replies(before, read)] if count]


def test_members_are_set_back_and_what_events_set_is_not() -> None:
    row = replace(summary(9, 0, 0, 0, 0), members=3, title="New", role="owner")
    person = wire.Person("eve", "Eve")
    events: list[wire.AnyDurable] = [
        wire.Joined(**BASE, seq=6, author="eve", person=person),
        wire.Described(**BASE, seq=7, author="ada", title="New", settings=wire.Settings()),
        wire.Left(**BASE, seq=8, author="bob", user="bob"),
        wire.Ranked(**BASE, seq=9, author="ada", user=ME, role="owner"),
    ]
    back = rewound(row, events, ME)
    assert (back.members, back.title, back.role, back.last_seq) == (3, "New", "owner", 5)
    assert rewound(row, events[:1], ME).members == 2


def test_a_count_at_its_cap_says_only_at_least() -> None:
    assert shifted(UNREAD_CAP, -1, UNREAD_CAP) == UNREAD_CAP
    assert shifted(UNREAD_CAP - 1, 1, UNREAD_CAP) == UNREAD_CAP
    assert shifted(0, -1, UNREAD_CAP) == 0


def summary(last_seq: int, read: int, posts: int, mentions: int, in_thread: int, *, marked: int = 0) -> wire.Summary:
    return wire.Summary(
        id="c",
        kind="group",
        title="T",
        handle=None,
        peer=None,
        epoch="e",
        last_seq=last_seq,
        last=None,
        created_at=0,
        joined=True,
        members=2,
        read=read,
        unread=posts,
        mentions=mentions,
        threads=[wire.ThreadUnread(ROOT, marked, in_thread)] if in_thread else [],
    )
