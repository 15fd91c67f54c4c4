"""Threads: replies and their counts, who is told of them, markers of their own."""

from __future__ import annotations

from typing import Any

import pytest
from kit.stores import (
    ADA,
    BOB,
    EVE,
    NOON,
    Driver,
    conversation,
    delete,
    join,
    last,
    leave,
    message,
    names,
    post,
    read,
    reply,
    summary,
    unread_threads,
)

from nbchat.hub import items, queries
from nbchat.protocol.limits import FOLLOWERS
from nbchat.protocol.messages import (
    Person,
    Replies,
    ThreadUnread,
)

pytestmark = pytest.mark.usefixtures("team")


def test_a_thread_is_its_root_and_its_replies(hub: Driver) -> None:
    hub.write(reply(BOB, 0), reply(EVE, 1, also=True), reply(BOB, 2), post("c", ADA, "on", key="key-3!!!"))  # 4 to 7
    assert message(hub, "c", 2).replies == Replies(count=3, last_seq=6, last_at=NOON, users=["bob", "eve"])
    pages = {
        (): ([2, 4, 5, 6], False, False),
        (("limit", 2),): ([5, 6], True, False),
        (("before", 5), ("limit", 1)): ([4], True, True),
        (("before", 4), ("limit", 3)): ([2], False, True),
        (("before", 2), ("limit", 3)): ([], False, True),
        (("after", 2), ("limit", 2)): ([4, 5], True, True),
        (("after", 0), ("limit", 2)): ([2, 4], False, True),
        (("after", 6), ("limit", 2)): ([], True, False),
        (("around", 4), ("limit", 2)): ([2, 4], False, True),
    }
    for where, wanted in pages.items():
        found = hub.ask(queries.LoadPage(conversation="c", thread=2, **dict(where)))
        assert ([one.seq for one in found.messages], found.has_before, found.has_after) == wanted, where
    own = hub.ask(queries.LoadPage(conversation="c"))
    assert [one.seq for one in own.messages] == [2, 3, 5, 7], "and its own timeline has only what stands there too"
    newest = hub.ask(queries.LoadPage(conversation="c", limit=1))
    assert ([one.seq for one in newest.messages], newest.has_before) == ([7], True)
    assert hub.ask(queries.LoadPage(conversation="c", thread=99)).messages == ()


def test_a_reply_cannot_begin_a_thread(hub: Driver) -> None:
    hub.put(reply(BOB, 0, also=True))
    assert hub.put(reply(ADA, 1, root=4)).code == "forbidden"


def test_deleting_a_reply_lowers_the_count(hub: Driver) -> None:
    hub.write(reply(BOB, 0), reply(EVE, 1), delete("c", EVE, 5))
    replies = message(hub, "c", 2).replies
    assert replies is not None
    assert (replies.count, replies.last_seq, replies.users) == (1, 5, ["bob", "eve"])


def test_what_stands_only_in_a_thread_is_not_unread_in_the_conversation(hub: Driver) -> None:
    hub.write(reply(BOB, 0), reply(BOB, 1, also=True))
    assert (summary(hub, ADA).unread, summary(hub, EVE).unread) == (2, 3)
    assert last(hub, EVE).seq == 5
    hub.put(reply(BOB, 2))
    assert (summary(hub, EVE).unread, last(hub, EVE).seq, summary(hub, EVE).last_seq) == (3, 5, 6)


def test_who_takes_part_in_a_thread_is_told_of_it(hub: Driver) -> None:
    first = hub.put(reply(BOB, 0)).event
    assert first.followers == ["ada", "bob"]
    assert unread_threads(hub, ADA) == (ThreadUnread(2, 3, 1),)
    assert unread_threads(hub, BOB) == unread_threads(hub, EVE) == ()
    second = hub.put(reply(BOB, 1, mentions=names("eve"))).event
    assert second.followers == ["ada", "bob", "eve"]
    assert (unread_threads(hub, ADA), unread_threads(hub, EVE)) == ((ThreadUnread(2, 3, 2),), (ThreadUnread(2, 4, 1),))
    hub.put(reply(ADA, 2))
    assert unread_threads(hub, ADA) == (), "who writes has read"
    assert unread_threads(hub, BOB) == (ThreadUnread(2, 5, 1),)
    hub.put(reply(EVE, 3, root=3))
    assert unread_threads(hub, BOB) == (ThreadUnread(2, 5, 1), ThreadUnread(3, 6, 1))
    hub.put(reply(EVE, 4))
    assert unread_threads(hub, BOB) == (ThreadUnread(3, 6, 1), ThreadUnread(2, 5, 2)), "the newest one last"


def test_reading_a_thread(hub: Driver) -> None:
    hub.write(*(reply(BOB, n) for n in range(3)))  # 4 to 6
    row = hub.put(read("c", ADA, 5, thread=2)).row
    assert (row.key, row.value, row.unread, row.mentions) == ("thread:c/2", 5, 1, None)
    assert hub.put(read("c", ADA, 4, thread=2)).row == row, "it only grows"
    assert unread_threads(hub, ADA) == (ThreadUnread(2, 5, 1),)
    back = hub.put(read("c", ADA, 3, thread=2, back=True)).row
    assert (back.value, back.unread, back.v > row.v) == (3, 3, True)
    outcome = hub.put(read("c", ADA, 99, thread=2))
    assert (outcome.row.value, outcome.row.unread, outcome.as_of) == (6, 0, 6)
    assert unread_threads(hub, ADA) == ()
    assert hub.put(read("c", EVE, 5, thread=2)) == items.Put(), "who does not follow it has no marker"
    assert hub.put(read("c", ADA, 5, thread=77)) == items.Put()
    assert hub.put(read("nowhere", ADA, 5, thread=2)) == items.Failed("unknown_conversation")


def test_a_marker_that_was_never_set_gets_its_row(hub: Driver) -> None:
    hub.write(reply(BOB, 0), reply(ADA, 1))
    row = hub.put(read("c", ADA, 2, thread=2)).row
    assert (row.key, row.value, row.unread) == ("thread:c/2", 5, 0)


def test_a_deleted_reply_is_not_unread(hub: Driver) -> None:
    hub.write(*(reply(BOB, n) for n in range(3)))  # 4 to 6
    hub.put(read("c", ADA, 4, thread=2))
    gone = hub.put(delete("c", EVE, 5)).event
    assert (gone.thread, gone.also, gone.writer, gone.followers) == (2, False, "bob", ["ada", "bob"])
    assert unread_threads(hub, ADA) == (ThreadUnread(2, 4, 1),)
    hub.put(delete("c", BOB, 4))
    assert unread_threads(hub, ADA) == (ThreadUnread(2, 4, 1),), "that one was read"
    hub.put(delete("c", BOB, 6))
    assert unread_threads(hub, ADA) == ()


def test_following_and_leaving_a_thread(hub: Driver) -> None:
    hub.write(reply(BOB, 0), reply(BOB, 1))
    row = hub.put(items.PutFollow(user="eve", conversation="c", root=2, on=True)).row
    assert (row.key, row.value, row.unread) == ("thread:c/2", 5, 0)
    left = hub.put(items.PutFollow(user="ada", conversation="c", root=2, on=False)).row
    assert (left.value, left.unread) == (-1, 0)
    assert unread_threads(hub, ADA) == ()
    assert hub.put(reply(BOB, 2)).event.followers == ["bob", "eve"], "not even the root's author"
    assert hub.put(reply(ADA, 3)).event.followers == ["ada", "bob", "eve"], "but who writes again is back"
    assert hub.put(read("c", ADA, 6, thread=2)).row.value == 7


def test_what_cannot_be_followed(hub: Driver) -> None:
    hub.write(reply(BOB, 0))

    def follow(user: str, root: int, id: str = "c") -> Any:
        return hub.put(items.PutFollow(user=user, conversation=id, root=root, on=True))

    assert follow("ada", 2, "nowhere") == items.Failed("unknown_conversation")
    assert follow("stranger", 2) == items.Failed("not_member")
    assert follow("ada", 77) == items.Failed("unknown_message", {"message": 77})
    assert follow("ada", 4).code == "forbidden"


def test_there_is_an_end_to_followers(hub: Driver) -> None:
    people = [Person(f"p{n:03}", f"P {n}") for n in range(FOLLOWERS + 1)]
    hub.put(conversation("d", ADA, *people, kind="group"))
    hub.put(post("d", ADA, "root", key="key-root"))
    follow = [items.PutFollow(user=person.id, conversation="d", root=2, on=True) for person in people]
    outcomes = hub.write(*follow)
    assert [type(outcome) for outcome in outcomes[-2:]] == [items.OwnStored, items.Failed]
    assert outcomes[-1].code == "too_many"
    reply = hub.put(post("d", people[0], "yes", key="key-reply", thread=2)).event
    assert len(reply.followers) == FOLLOWERS


def test_above_the_limit_who_is_told_already_stays_told_and_the_newcomer_looks(hub: Driver) -> None:
    people = [Person(f"p{n:03}", f"P {n}") for n in range(FOLLOWERS + 1)]
    hub.write(conversation("d", ADA, *people, kind="group"), post("d", ADA, "root", key="key-root"))
    hub.write(*(items.PutFollow(user=one.id, conversation="d", root=2, on=True) for one in people[:FOLLOWERS]))
    reply = hub.put(post("d", people[-1], "late", key="key-late", thread=2)).event
    assert sorted(reply.followers) == [one.id for one in people[:FOLLOWERS]]
    assert {unread_threads(hub, one, "d") for one in people[:FOLLOWERS]} == {(ThreadUnread(2, 2, 1),)}
    assert unread_threads(hub, ADA, "d") == unread_threads(hub, people[-1], "d") == ()


def test_what_somebody_sent_is_found_by_its_key_and_the_last_of_all(hub: Driver) -> None:
    def sent(author: str, key: str | None = None, id: str = "c") -> Any:
        return hub.ask(queries.LoadSent(conversation=id, author=author, key=key))

    assert sent("bob").events[0].seq == 3, "bob wrote what stands there already"
    first = hub.put(reply(BOB, 0)).event
    hub.put(post("c", ADA, "after it", key="key-ada!"))
    assert sent("bob").events == (first,), "also what stands in a thread only"
    second = hub.put(post("c", BOB, "last", key="key-last")).event
    assert sent("bob").events == (second,)
    assert sent("bob", first.key).events == (first,)
    assert sent("ada", first.key).events == sent("eve").events == sent("nobody").events == ()
    assert sent("ada", None, "nowhere") is None


def test_who_writes_gets_the_last_place_before_whom_they_mention(hub: Driver) -> None:
    people = [Person(f"p{n:03}", f"P {n}") for n in range(FOLLOWERS)]
    hub.write(conversation("d", ADA, BOB, *people, kind="group"), post("d", ADA, "root", key="key-root"))
    hub.write(*(items.PutFollow(user=one.id, conversation="d", root=2, on=True) for one in people[1:]))
    reply = hub.put(post("d", BOB, "me", key="key-late", thread=2, mentions=names(people[0].id))).event
    assert set(reply.followers) == {"bob", *(one.id for one in people[1:])}


def test_the_threads_of_a_member_go_when_they_leave(hub: Driver) -> None:
    hub.write(reply(BOB, 0), reply(EVE, 1), leave("c", ADA, 1))
    assert hub.put(reply(BOB, 2, rules=2)).event.followers == ["bob", "eve"]
    hub.put(join("c", ADA, 2))
    assert unread_threads(hub, ADA) == ()
    assert hub.put(reply(BOB, 3, rules=3)).event.followers == ["ada", "bob", "eve"]
    assert unread_threads(hub, ADA) == (ThreadUnread(2, 8, 1),)
