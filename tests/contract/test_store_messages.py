"""What becomes of a message: edits, deletions, reactions, pins, quotes, mentions; and who is told how much."""

from __future__ import annotations

from itertools import count

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
    last,
    leave,
    message,
    names,
    pin,
    post,
    react,
    read,
    reply,
    summary,
    unread_threads,
)
from msgspec.structs import replace

from nbchat.hub import items, queries
from nbchat.protocol.limits import MENTIONS_CAP, PAGE_BYTES, PINS, REACTION_KINDS, REACTIONS
from nbchat.protocol.messages import (
    Deleted,
    Edited,
    Forwarded,
    Mention,
    Person,
    Posted,
    Reaction,
    ThreadUnread,
)

pytestmark = pytest.mark.usefixtures("team")


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
