"""What each query answers."""

from __future__ import annotations

import pytest
from kit.stores import ADA, BOB, EVE, NOON, Driver, conversation, join, leave, post, read

from nbchat.hub import items, ports, queries
from nbchat.protocol.limits import (
    GROUP_MEMBERS,
    PAGE_BYTES,
    PAGE_MESSAGES,
    PREVIEW_CHARS,
    RESUME_EVENTS,
    SNAPSHOT_BYTES,
)
from nbchat.protocol.messages import Mark, Person, Preview, Settings

ENVELOPE = 300
"""More than a message of the tests weighs without its text."""


def fill(hub: Driver, id: str, count: int, author: Person = ADA) -> None:
    """Post so many messages; the conversation begins with seq 1, so they are seq 2 and so on."""
    hub.write(*(post(id, author, f"text {n}", key=f"{id}-key-{n}") for n in range(count)))


def ids(page: queries.ListPage) -> list[str]:
    return [row.id for row in page.rows]


def page(hub: Driver, **where: int) -> tuple[list[int], bool, bool]:
    found = hub.ask(queries.LoadPage(conversation="c", **where))
    return [message.seq for message in found.messages], found.has_before, found.has_after


# --------------------------------------------------------------------------------------------- one conversation


@pytest.mark.parametrize(
    "query",
    [
        queries.LoadConversation("nowhere"),
        queries.LoadSnapshot("ada", "nowhere"),
        queries.LoadPage(conversation="nowhere"),
        queries.LoadEvents(conversation="nowhere", after=0, limit=9),
        queries.FindConversation(handle="nowhere"),
        queries.FindConversation(pair=("ada", "bob")),
        queries.LoadLogin("nobody"),
    ],
    ids=lambda query: type(query).__name__,
)
def test_what_is_not_there_is_none(hub: Driver, query: queries.Query) -> None:
    assert hub.ask(query) is None


def test_a_conversation_comes_with_its_newest_events(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    fill(hub, "c", RESUME_EVENTS + 20)
    record = hub.ask(queries.LoadConversation("c"))
    assert record.last_seq == RESUME_EVENTS + 21
    assert [event.seq for event in record.events] == list(range(22, RESUME_EVENTS + 22))


def test_events_above_a_seq(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    fill(hub, "c", 9)
    found = hub.ask(queries.LoadEvents(conversation="c", after=4, limit=3))
    assert (found.epoch, found.last_seq, [event.seq for event in found.events]) == ("epoch", 10, [5, 6, 7])
    assert hub.ask(queries.LoadEvents(conversation="c", after=10, limit=3)).events == ()
    assert [event.seq for event in hub.ask(queries.LoadEvents(conversation="c", after=-5, limit=2)).events] == [1, 2]


def test_pages(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    fill(hub, "c", 10)  # seq 2 to 11
    assert page(hub, limit=4) == ([8, 9, 10, 11], True, False)
    assert page(hub, before=8, limit=4) == ([4, 5, 6, 7], True, True)
    assert page(hub, before=4, limit=4) == ([2, 3], False, True)
    assert page(hub, before=2, limit=4) == ([], False, True)
    assert page(hub, after=3, limit=4) == ([4, 5, 6, 7], True, True)
    assert page(hub, after=9, limit=4) == ([10, 11], True, False)
    assert page(hub, after=11, limit=4) == ([], True, False)
    assert page(hub, around=6, limit=4) == ([4, 5, 6, 7], True, True)
    assert page(hub, around=6, limit=1) == ([6], True, True)
    assert page(hub, around=3, limit=5) == ([2, 3, 4, 5, 6], False, True)
    assert page(hub, around=11, limit=4) == ([8, 9, 10, 11], True, False)
    assert page(hub, around=999, limit=4) == ([8, 9, 10, 11], True, False)
    assert page(hub, limit=99) == (list(range(2, 12)), False, False)


def test_a_page_skips_what_is_no_message_and_names_the_authors_and_who_came(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    hub.write(
        post("c", ADA, key="key-one!"), join("c", BOB, 1), join("c", EVE, 2), post("c", BOB, key="key-2!!!", rules=3)
    )
    found = hub.ask(queries.LoadPage(conversation="c"))
    assert [(one.seq, one.v, one.author, one.at) for one in found.messages] == [
        (2, 2, "ada", NOON),
        (5, 5, "bob", NOON),
    ]
    assert (found.people, found.as_of, found.epoch) == ((ADA, BOB, EVE), 5, "epoch")


def test_a_page_ends_where_its_bytes_are_used_up(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    text = "\x01" * (PAGE_BYTES // 24 - ENVELOPE)  # six bytes each as JSON: a quarter of the bytes
    hub.write(*(post("c", ADA, text, key=f"key-number-{n}") for n in range(9)))  # seq 2 to 10
    assert page(hub, limit=99) == ([7, 8, 9, 10], True, False)
    assert page(hub, before=7, limit=99) == ([3, 4, 5, 6], True, True)
    assert page(hub, after=1, limit=99) == ([2, 3, 4, 5], False, True)
    assert page(hub, around=6, limit=99) == ([4, 5, 6, 7], True, True)
    assert page(hub, around=6, limit=2) == ([5, 6], True, True)


def test_a_page_has_at_least_one_message_and_the_one_that_it_is_around(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    large = "x" * (PAGE_BYTES + 1)
    hub.write(
        post("c", ADA, "a", key="key-one!"), post("c", ADA, large, key="key-two!"), post("c", ADA, "b", key="key-3!!!")
    )
    assert page(hub, around=3) == ([3], True, True)
    assert page(hub, before=4) == ([3], True, True)
    assert page(hub, after=2) == ([3], True, True)
    assert page(hub) == ([4], True, False)


def test_a_page_of_an_empty_conversation(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    assert page(hub) == page(hub, before=1) == page(hub, around=1) == page(hub, after=0) == ([], False, False)


# ------------------------------------------------------------------------------------------------------ snapshots


def test_a_snapshot_is_one_users_summary_and_the_newest_page(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB, handle="team", title="The team"))
    fill(hub, "c", PAGE_MESSAGES + 9)
    hub.put(items.PutSeen(user="bob", at=77))
    snapshot = hub.ask(queries.LoadSnapshot("bob", "c"))
    last = PAGE_MESSAGES + 10
    assert snapshot.summary == queries.SummaryRecord(
        id="c",
        kind="channel",
        title="The team",
        handle="team",
        peer=None,
        epoch="epoch",
        last_seq=last,
        last=Preview(seq=last, author="ada", name="Ada", at=NOON, text=f"text {last - 2}"),
        created_at=NOON,
        joined=True,
        members=2,
        read=1,
        unread=PAGE_MESSAGES + 9,
        mentions=0,
        threads=(),
        settings=Settings(),
        role="member",
        muted=None,
    )
    assert [message.seq for message in snapshot.page.messages] == list(range(11, last + 1))
    assert (snapshot.page.as_of, snapshot.page.has_before, snapshot.page.has_after) == (last, True, False)
    assert (snapshot.page.people, snapshot.seen) == ((ADA,), {"bob": 77})


def test_a_snapshot_ends_where_its_bytes_are_used_up(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    text = "ß" * (SNAPSHOT_BYTES // 8 - ENVELOPE)  # a quarter of the bytes
    hub.write(*(post("c", ADA, text, key=f"key-number-{n}") for n in range(6)))
    found = hub.ask(queries.LoadSnapshot("ada", "c")).page
    assert ([message.seq for message in found.messages], found.has_before) == ([4, 5, 6, 7], True)


def test_a_snapshot_has_at_least_one_message(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    hub.write(post("c", ADA, "a", key="key-one!"), post("c", ADA, "x" * (SNAPSHOT_BYTES + 1), key="key-two!"))
    assert [message.seq for message in hub.ask(queries.LoadSnapshot("ada", "c")).page.messages] == [3]


def test_a_snapshot_of_an_empty_conversation_and_of_one_that_is_not_ones_own(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    snapshot = hub.ask(queries.LoadSnapshot("bob", "c"))
    assert (snapshot.page.messages, snapshot.page.as_of, snapshot.page.has_before) == ((), 1, False)
    assert (snapshot.summary.joined, snapshot.summary.unread, snapshot.summary.last) == (False, 0, None)


def test_a_large_conversation_tells_no_last_seen(hub: Driver) -> None:
    people = [Person(f"p{n:03}", f"P {n}") for n in range(GROUP_MEMBERS + 1)]
    hub.write(conversation("c", *people), items.PutSeen(user="p000", at=5))
    assert hub.ask(queries.LoadSnapshot("p000", "c")).seen == {}
    hub.put(leave("c", people[-1]))
    assert hub.ask(queries.LoadSnapshot("p000", "c")).seen == {"p000": 5}


def test_a_preview_is_one_short_line(hub: Driver) -> None:
    hub.write(conversation("c", ADA), post("c", ADA, " two\n\tlines  " + "x" * 500, key="some-key"))
    last = hub.ask(queries.LoadSnapshot("ada", "c")).summary.last
    assert last.text.startswith("two lines x")
    assert len(last.text) == PREVIEW_CHARS


# ---------------------------------------------------------------------------------------------------------- lists


def test_a_list_is_by_last_event_and_goes_on_below(hub: Driver) -> None:
    hub.write(*(conversation(id, ADA) for id in "abcde"), conversation("x", BOB))
    hub.put(post("b", ADA, key="some-key"))
    first = hub.ask(queries.LoadList(user="ada", limit=2))
    assert (ids(first), first.more, first.people, first.user) == (["b", "e"], True, (ADA,), ADA)
    second = hub.ask(queries.LoadList(user="ada", limit=2, before="e"))
    assert (ids(second), second.more) == (["d", "c"], True)
    third = hub.ask(queries.LoadList(user="ada", limit=2, before="c"))
    assert (ids(third), third.more) == (["a"], False)
    assert ids(hub.ask(queries.LoadList(user="ada", limit=2, before="nowhere"))) == []
    assert ids(hub.ask(queries.LoadList(user="ada", limit=2, before="x"))) == []
    nobody = hub.ask(queries.LoadList(user="eve", limit=2))
    assert (ids(nobody), nobody.user) == ([], None)


def test_a_list_adds_what_is_known_and_says_what_is_gone(hub: Driver) -> None:
    hub.write(*(conversation(id, ADA, BOB) for id in "abcd"))
    hub.put(leave("c", ADA))
    found = hub.ask(queries.LoadList(user="ada", limit=1, known=("a", "d", "c", "nowhere")))
    assert (ids(found), found.gone, found.more) == (["d", "a"], ("c", "nowhere"), True)
    below = hub.ask(queries.LoadList(user="ada", limit=1, before="b", known=("d",)))
    assert ids(below) == ["d", "a"]


def test_a_list_names_peers_and_authors(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB, kind="direct"), conversation("d", ADA, EVE))
    hub.put(post("d", EVE, key="some-key"))
    found = hub.ask(queries.LoadList(user="ada", limit=9))
    assert found.people == (BOB, EVE)
    assert [row.peer for row in found.rows] == [None, "bob"]


def test_own_rows_above_a_version(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), conversation("d", ADA, BOB), post("c", BOB, key="some-key"))
    all_of_it = hub.ask(queries.LoadList(user="ada", limit=9, uv=0))
    assert [(row.key, row.value, row.unread) for row in all_of_it.own] == [("read:c", 1, 1), ("read:d", 1, 0)]
    assert hub.ask(queries.LoadList(user="ada", limit=9, uv=all_of_it.uv)).own == ()
    moved = hub.put(read("c", ADA, 2)).row
    later = hub.ask(queries.LoadList(user="ada", limit=9, uv=all_of_it.uv))
    assert (later.own, later.uv) == ((moved,), moved.v)
    assert moved.v > all_of_it.uv
    without = hub.ask(queries.LoadList(user="ada", limit=9))
    assert (without.own, without.uv) == ((), moved.v)


def test_channels_by_handle_or_title(hub: Driver) -> None:
    hub.write(
        conversation("a", ADA, handle="ml-team", title="Learning"),
        conversation("b", BOB, handle="random", title="Team ÄRGER"),
        conversation("g", ADA, kind="group", title="team of three"),
        conversation("d", ADA, BOB, kind="direct"),
    )
    found = hub.ask(queries.LoadChannels(user="ada", query="TEAM", limit=9))
    assert [(row.id, row.joined) for row in found.rows] == [("b", False), ("a", True)]
    assert ids(hub.ask(queries.LoadChannels(user="ada", query="ärger", limit=9))) == ["b"]
    first = hub.ask(queries.LoadChannels(user="ada", query="", limit=1))
    assert (ids(first), first.more) == (["b"], True)
    assert ids(hub.ask(queries.LoadChannels(user="ada", query="%", limit=9))) == []


# --------------------------------------------------------------------------------------------------------- people


def test_the_directory_by_name_or_id(hub: Driver) -> None:
    people = [Person("u-1", "Zoë"), Person("u-2", "ZOË B"), Person("zo", "Carl"), BOB]
    hub.write(*(items.PutPerson(person=person) for person in people))
    assert hub.ask(queries.LoadPeople()).people == (ADA, BOB, people[2], people[0], people[1])
    assert hub.ask(queries.LoadPeople(query="zOË")).people == (people[0], people[1])
    assert hub.ask(queries.LoadPeople(query="zo")).people == (people[2], people[0], people[1])
    first = hub.ask(queries.LoadPeople(query="u-", limit=1))
    assert (first.people, first.more) == ((people[0],), True)
    assert hub.ask(queries.LoadPeople(ids=("zo", "nobody", "ada", "zo"))).people == (ADA, people[2])
    assert hub.ask(queries.LoadPeople(ids=())).people == ()


def test_namesakes_are_those_whose_name_or_id_is_the_same_for_the_eye(hub: Driver) -> None:
    people = [Person("u-1", "An\u200dna"), Person("ANNA", "Carl"), Person("u-2", "Annabel"), Person("u-3", "ＡＮＮＡ")]
    hub.write(*(items.PutPerson(person=person) for person in people))
    found = hub.ask(queries.LoadPeople(namesakes="anna"))
    assert (found.people, found.more) == ((people[1], people[0], people[3]), False)
    first = hub.ask(queries.LoadPeople(namesakes="anna", limit=2))
    assert (len(first.people), first.more) == (2, True)
    hub.put(items.PutPerson(person=Person("u-1", "Bertha"), rename=True))
    assert hub.ask(queries.LoadPeople(namesakes="Anna")).people == (people[1], people[3])
    assert hub.ask(queries.LoadPeople(namesakes="BERTHA")).people == (Person("u-1", "Bertha"),)


def test_who_was_renamed_last(hub: Driver) -> None:
    hub.write(*(items.PutPerson(person=person) for person in (BOB, EVE)))
    assert hub.ask(queries.LoadPeople(renamed=True)).people == ()
    names = [Person("eve", "Eva"), Person("bob", "Rob"), Person("eve", "Evita")]
    hub.write(*(items.PutPerson(person=person, rename=True) for person in names))
    assert hub.ask(queries.LoadPeople(renamed=True)).people == (names[2], names[1])
    first = hub.ask(queries.LoadPeople(renamed=True, limit=1))
    assert (first.people, first.more) == ((names[2],), True)


# -------------------------------------------------------------------------------------------------------- changes


def test_changes_tell_of_own_state_names_and_receipts(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", ADA, key="some-key"), items.PutPerson(person=EVE))
    mark = hub.changes(None).mark
    row = hub.write(read("c", BOB, 2), read("c", BOB, 1))[0].row
    hub.write(items.PutMarks(conversation="c", marks=(Mark("bob", 2, 2), Mark("eve", 2, 2))))
    robert = Person("bob", "Robert")
    renamed, _ = hub.write(items.PutPerson(person=robert, rename=True), items.PutPerson(person=EVE, rename=True))
    changes = hub.changes(mark)
    assert changes == ports.Changes(
        changes.mark,
        (),
        own=(ports.OwnNews("bob", row, 2),),
        people=((robert, renamed.change),),
        marks=(("c", Mark("bob", 2, 2)),),
    )
    assert hub.changes(changes.mark) == ports.Changes(changes.mark, ())
    hub.put(join("c", EVE))
    joined = hub.changes(changes.mark)
    assert joined.grown == (("c", 3),)
    assert [(news.user, news.row.value) for news in joined.own] == [("eve", 3)]


def test_changes_are_what_grew_above_a_mark(hub: Driver) -> None:
    hub.write(conversation("c", ADA), conversation("d", ADA), conversation("e", ADA))
    start = hub.changes(None)
    assert start.grown == ()
    assert hub.changes(start.mark) == start
    hub.write(post("d", ADA, key="key-one!"), post("c", ADA, key="key-two!"), post("d", ADA, key="key-3!!!"))
    later = hub.changes(start.mark)
    assert sorted(later.grown) == [("c", 2), ("d", 3)]
    assert hub.changes(later.mark).grown == ()
    assert sorted(id for id, _ in hub.changes(0).grown) == ["c", "d", "e"]
