"""What becomes of a message: edits, deletions, reactions, pins, quotes, threads, mentions; and who is told how much."""

from __future__ import annotations

from itertools import count
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
    edit,
    join,
    leave,
    message,
    names,
    pin,
    post,
    react,
    read,
)
from msgspec.structs import replace

from nbchat.hub import items, queries
from nbchat.protocol.limits import FOLLOWERS, MENTIONS_CAP, PAGE_BYTES, PINS, REACTION_KINDS, REACTIONS
from nbchat.protocol.messages import (
    Deleted,
    Edited,
    Forwarded,
    Mention,
    Person,
    Posted,
    Preview,
    Reaction,
    Replies,
    ThreadUnread,
)


@pytest.fixture(autouse=True)
def team(hub: Driver) -> None:
    """Three people, and what ada said (seq 2) and bob (seq 3)."""
    said = post("c", ADA, "one", key="key-one!"), post("c", BOB, "two", key="key-two!")
    hub.write(conversation("c", ADA, BOB, EVE), *said)


def summary(hub: Driver, user: Person, id: str = "c") -> queries.SummaryRecord:
    found = hub.ask(queries.LoadSnapshot(user.id, id))
    assert isinstance(found, queries.SnapshotRecord)
    return found.summary


def last(hub: Driver, user: Person) -> Preview:
    found = summary(hub, user).last
    assert found is not None
    return found


def reply(author: Person, n: int, root: int = 2, **fields: Any) -> items.AppendEvent:
    return post("c", author, f"reply {n}", key=f"reply-{n:04}", thread=root, **fields)


def unread_threads(hub: Driver, user: Person, id: str = "c") -> tuple[ThreadUnread, ...]:
    return summary(hub, user, id).threads


# ------------------------------------------------------------------------------------------------------------- edits


def test_an_edit_changes_the_text_and_says_when(hub: Driver) -> None:
    hub.put(post("c", ADA, "a @bob", key="key-3!!!", mentions=names("bob")))
    edited = hub.put(edit("c", ADA, 4, "b @eve", key="edit-one", mentions=names("eve"))).event
    assert (edited.seq, edited.message) == (5, 4)
    found = message(hub, "c", 4)
    assert (found.text, found.mentions, found.edited_at, found.v, found.key) == (
        "b @eve", names("eve"), NOON, 5, "key-3!!!",
    )  # fmt: skip
    assert last(hub, BOB).text == "b @eve"
    assert [summary(hub, who).mentions for who in (BOB, EVE)] == [1, 0], "an edit does not change who was mentioned"


def test_the_same_key_is_the_same_edit_and_the_same_text_is_none(hub: Driver) -> None:
    first = hub.put(edit("c", ADA, 2, "other", key="edit-one"))
    assert hub.put(edit("c", ADA, 2, "other", key="edit-one")) == items.Duplicate(first.event)
    assert hub.put(edit("c", ADA, 2, "other", key="edit-two")) == items.Nothing()
    assert hub.put(edit("c", ADA, 2, "third", key="edit-one")) == items.Duplicate(first.event)
    assert hub.ask(queries.LoadConversation("c")).last_seq == 4


def test_of_two_edits_at_once_the_later_one_holds_everywhere(hub: Driver) -> None:
    first, second = hub.write(edit("c", ADA, 2, "first", key="edit-one"), edit("c", ADA, 2, "second", key="edit-two"))
    assert (first.event.seq, second.event.seq) == (4, 5)
    assert (message(hub, "c", 2).text, message(hub, "c", 2).v) == ("second", 5)


def test_what_a_hub_keeps_late_takes_nothing_away(hub: Driver) -> None:
    """Of what a lost connection was writing: nothing where somebody has edited since, unless it goes on from there."""

    keys = count()

    def kept(text: str, unedited: int) -> object:
        item = edit("c", ADA, 2, text, key=f"grown-by-{next(keys)}", grown=True)
        return hub.write(replace(item, unedited=unedited))[0]

    hub.put(edit("c", ADA, 3, "of another message", key="edit-one"))
    assert isinstance(kept("one and", 3), items.Stored)
    assert isinstance(kept("one and two", 3), items.Stored), "it goes on from what another hub has kept"
    assert kept("one and", 3) == items.Nothing() == kept("one and two", 3) == kept("other", 5)
    assert isinstance(kept("other", 6), items.Stored)
    assert message(hub, "c", 2).text == "other"


def test_what_a_message_said_before(hub: Driver) -> None:
    hub.write(*(edit("c", ADA, 2, text, key=f"edit-{text}") for text in ("b", "c")))
    found = hub.ask(queries.LoadVersions(conversation="c", message=2))
    assert [(type(event), event.text, event.seq) for event in found.events] == [
        (Posted, "one", 2), (Edited, "b", 4), (Edited, "c", 5),
    ]  # fmt: skip
    assert (found.last_seq, found.epoch) == (5, "epoch")
    assert [event.text for event in hub.ask(queries.LoadVersions(conversation="c", message=3)).events] == ["two"]
    assert hub.ask(queries.LoadVersions(conversation="c", message=1)).events == ()
    assert hub.ask(queries.LoadVersions(conversation="c", message=99)).events == ()
    assert hub.ask(queries.LoadVersions(conversation="nowhere", message=2)) is None


def test_of_very_many_versions_the_newest_are_told(hub: Driver) -> None:
    """What streams into a message edits it often: what is told of it stays a page."""
    large = PAGE_BYTES // 4
    hub.write(*(edit("c", ADA, 2, "x" * (large + n), key=f"edit-{n:04}") for n in range(6)))
    found = hub.ask(queries.LoadVersions(conversation="c", message=2)).events
    assert [len(event.text) - large for event in found] == [3, 4, 5]


# ------------------------------------------------------------------------------------------------------------ deleting


def test_deleting_leaves_a_tombstone_and_takes_the_text_out_of_the_log(hub: Driver) -> None:
    copied = Forwarded("d", 9, "eve", "Eve", 5, "the secret")
    hub.put(post("c", ADA, "a secret for @bob", key="key-3!!!", mentions=names("bob"), forwarded=copied))
    hub.put(edit("c", ADA, 4, "another secret", key="edit-one", mentions=names("eve")))
    hub.write(react("c", BOB, 4), pin("c", BOB, 4))
    gone = hub.put(delete("c", EVE, 4)).event
    assert (gone.writer, gone.mentions, gone.thread, gone.followers) == ("ada", ["bob"], None, [])
    found = message(hub, "c", 4)
    assert (found.text, found.deleted, found.mentions, found.forwarded, found.reactions, found.pinned, found.v) == (
        "", "eve", [], None, [], None, gone.seq,
    )  # fmt: skip
    log = hub.ask(queries.LoadEvents(conversation="c", after=0, limit=99)).events
    assert "secret" not in repr(log)
    posted, edited = log[3], log[4]
    assert isinstance(posted, Posted)
    assert isinstance(edited, Edited)
    assert (posted.mentions, posted.key, edited.mentions) == ([Mention("bob", "")], "key-3!!!", [])
    assert hub.ask(queries.LoadVersions(conversation="c", message=4)).events == ()
    assert hub.ask(queries.LoadMessages(conversation="c", pinned=True)).messages == ()
    assert hub.put(post("c", ADA, "a secret", key="key-3!!!")) == items.Duplicate(posted)


def test_deleting_twice_is_nothing_and_nothing_can_be_done_with_what_is_deleted(hub: Driver) -> None:
    hub.put(delete("c", ADA, 2))
    assert hub.put(delete("c", BOB, 2)) == items.Nothing()
    late = [
        edit("c", ADA, 2, "x", key="edit-one"), react("c", ADA, 2), pin("c", ADA, 2), reply(BOB, 1),
        post("c", BOB, key="key-3!!!", reply=2),
    ]  # fmt: skip
    assert hub.write(*late) == [items.Failed("deleted")] * len(late)
    assert hub.ask(queries.LoadConversation("c")).last_seq == 4


def test_a_message_that_is_not_there(hub: Driver) -> None:
    wrong = [
        edit("c", ADA, 1, "x", key="edit-one"), delete("c", ADA, 9), react("c", ADA, 9), pin("c", ADA, 9),
        reply(BOB, 1, root=9), post("c", BOB, key="key-3!!!", reply=9),
    ]  # fmt: skip
    assert [outcome.code for outcome in hub.write(*wrong)] == ["unknown_message"] * len(wrong)
    assert hub.put(delete("c", ADA, 9)).values == {"message": 9}


def test_deleted_messages_are_not_unread_and_the_preview_shows_a_tombstone(hub: Driver) -> None:
    hub.write(*(post("c", ADA, f"text {n}", key=f"key-number-{n}") for n in range(5)))  # seq 4 to 8
    hub.write(read("c", EVE, 4), delete("c", ADA, 3), delete("c", ADA, 6), delete("c", BOB, 8))
    assert (summary(hub, EVE).unread, summary(hub, BOB).unread) == (2, 4)
    shown = last(hub, EVE)
    assert (shown.seq, shown.text, shown.deleted) == (8, "", True)
    assert hub.put(read("c", EVE, 5)).row.unread == 1
    assert hub.put(read("c", EVE, 2, back=True)).row.unread == 3, "without the deleted ones between"
    assert summary(hub, ADA).unread == 0


# ------------------------------------------------------------------------------------------------- reactions and pins


def test_reactions_are_counted_in_the_order_in_which_they_came(hub: Driver) -> None:
    hub.write(react("c", BOB, 2), react("c", ADA, 2, "🎉"), react("c", ADA, 2), react("c", BOB, 2, on=False))
    assert message(hub, "c", 2).reactions == [Reaction("👍", ["ada"]), Reaction("🎉", ["ada"])]
    assert hub.put(react("c", ADA, 2)) == items.Nothing()
    assert hub.put(react("c", BOB, 2, on=False)) == items.Nothing()
    hub.put(react("c", ADA, 2, on=False))
    assert message(hub, "c", 2).reactions == [Reaction("🎉", ["ada"])]


def test_there_is_an_end_to_reactions(hub: Driver) -> None:
    hub.write(*(react("c", ADA, 2, f"e{n}") for n in range(REACTION_KINDS)))
    assert hub.put(react("c", BOB, 2, "another")).values["limit"] == REACTION_KINDS
    assert isinstance(hub.put(react("c", BOB, 2, "e7")), items.Stored)
    more = [react("c", Person(f"p{n}", "P"), 2, "e0") for n in range(REACTIONS - REACTION_KINDS)]
    assert [type(outcome) for outcome in hub.write(*more)][-2:] == [items.Stored, items.Failed]


def test_pins_are_told_in_the_order_in_which_they_were_pinned(hub: Driver) -> None:
    hub.write(post("c", EVE, "three", key="key-3!!!"), pin("c", ADA, 4), pin("c", BOB, 2), react("c", EVE, 4))
    found = hub.ask(queries.LoadMessages(conversation="c", pinned=True))
    assert [(one.seq, one.pinned) for one in found.messages] == [(4, "ada"), (2, "bob")]
    assert (found.people, found.has_before, found.has_after, found.as_of) == ((ADA, BOB, EVE), False, False, 7)
    assert hub.put(pin("c", EVE, 4)) == items.Nothing()
    hub.write(pin("c", EVE, 4, on=False), pin("c", EVE, 4))
    assert [one.seq for one in hub.ask(queries.LoadMessages(conversation="c", pinned=True)).messages] == [2, 4]


def test_there_is_an_end_to_pins(hub: Driver) -> None:
    hub.write(*(post("c", ADA, key=f"key-number-{n}") for n in range(PINS)))
    hub.write(*(pin("c", ADA, 4 + n) for n in range(PINS)))
    assert hub.put(pin("c", ADA, 2)).code == "too_many"
    hub.put(pin("c", ADA, 4, on=False))
    assert isinstance(hub.put(pin("c", ADA, 2)), items.Stored)


def test_single_messages(hub: Driver) -> None:
    found = hub.ask(queries.LoadMessages(conversation="c", seqs=(3, 99, 2, 1, 3)))
    assert ([one.seq for one in found.messages], found.people) == ([2, 3], (ADA, BOB))
    assert hub.ask(queries.LoadMessages(conversation="nowhere", seqs=(2,))) is None
    assert hub.ask(queries.LoadMessages(conversation="c")).messages == ()


def test_a_page_names_those_who_did_something_with_its_messages(hub: Driver) -> None:
    hub.write(react("c", EVE, 2), delete("c", BOB, 3))
    assert hub.ask(queries.LoadPage(conversation="c")).people == (ADA, BOB, EVE)


# ------------------------------------------------------------------------------------------------------------- threads


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


# ------------------------------------------------------------------------------------------------------------ mentions


def test_mentions_are_counted_apart(hub: Driver) -> None:
    hub.write(
        post("c", ADA, key="key-3!!!", mentions=names("bob")),
        post("c", ADA, key="key-4!!!", mentions=names("@all", "bob", "bob")),
        post("c", BOB, key="key-5!!!", mentions=names("bob", "@all")),
        post("c", ADA, key="key-6!!!", mentions=names("eve")),
    )  # fmt: skip
    assert [summary(hub, who).mentions for who in (ADA, BOB, EVE)] == [1, 2, 3]
    row = hub.put(read("c", BOB, 4)).row
    assert (row.unread, row.mentions) == (2, 1)
    hub.put(delete("c", ADA, 5))
    assert [summary(hub, who).mentions for who in (ADA, BOB, EVE)] == [1, 0, 2]
    hub.put(leave("c", EVE))
    assert (summary(hub, EVE).mentions, summary(hub, EVE).unread) == (0, 0)


def test_a_mention_in_a_thread_alone_is_counted_there(hub: Driver) -> None:
    hub.write(reply(ADA, 0, mentions=names("bob")), reply(ADA, 1, mentions=names("bob"), also=True))
    assert (summary(hub, BOB).mentions, unread_threads(hub, BOB)) == (1, (ThreadUnread(2, 3, 2),))
    assert hub.put(delete("c", ADA, 4)).event.mentions == []
    gone = hub.put(delete("c", ADA, 5)).event
    assert isinstance(gone, Deleted)
    assert (gone.mentions, gone.also) == (["bob"], True)
    assert (summary(hub, BOB).mentions, unread_threads(hub, BOB)) == (0, ())


def test_mentions_are_capped(hub: Driver) -> None:
    each = MENTIONS_CAP - 10
    hub.write(*(post("c", ADA, key=f"key-{n}-me!!", mentions=names("bob")) for n in range(each)))
    assert summary(hub, BOB).mentions == each
    hub.write(*(post("c", ADA, key=f"key-{n}-all!", mentions=names("@all")) for n in range(each)))
    assert summary(hub, BOB).mentions == MENTIONS_CAP


def test_what_mentions_me_is_told_from_all_my_conversations_newest_first(hub: Driver) -> None:
    hub.write(conversation("d", ADA, BOB), conversation("other", ADA, EVE))
    said = [
        post("c", ADA, "a", key="key-a!!!", mentions=names("bob")),
        post("d", ADA, "b", key="key-b!!!", mentions=names("@all", "bob")),
        post("other", ADA, "c", key="key-c!!!", mentions=names("bob", "@all")),
        post("d", BOB, "d", key="key-d!!!", mentions=names("bob")),
        reply(EVE, 0, mentions=names("bob")),
        post("d", ADA, "f", key="key-f!!!", mentions=names("@all")),
        post("c", ADA, "g", key="key-g!!!", mentions=names("bob")),
    ]
    hub.write(*said, delete("c", ADA, 6))

    def page(before: int | None) -> tuple[list[str], int | None]:
        found = hub.ask(queries.LoadMentions(user="bob", before=before, limit=2))
        return [f"{hit.conversation}: {hit.message.text}" for hit in found.hits], found.next

    first, after = page(None)
    second, end = page(after)
    assert (first, second, end) == (["d: f", "c: reply 0"], ["d: b", "c: a"], None)
    assert hub.ask(queries.LoadMentions(user="bob", before=None, limit=2)).people == (ADA, EVE)
    hub.put(leave("d", BOB))
    assert page(None)[0] == ["c: reply 0", "c: a"]
