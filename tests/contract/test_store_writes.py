"""What each item does, and its outcomes."""

from __future__ import annotations

import pytest
from kit.stores import ADA, BOB, EVE, NOON, Driver, conversation, join, leave, post, read, summary

from nbchat.hub import items, queries
from nbchat.protocol.limits import UNREAD_CAP
from nbchat.protocol.messages import Created, Mark, Person, Posted

# -------------------------------------------------------------------------------------------------- new conversations


def test_a_new_conversation_begins_with_its_created_event(hub: Driver) -> None:
    outcome = hub.put(conversation("c", ADA, BOB, kind="group", title="Plans", key="k" * 8))
    assert outcome == items.Stored(
        Created(
            conversation="c", seq=1, at=NOON, author="ada", name="Ada", kind="group", title="Plans", handle=None,
            people=[ADA, BOB],
        )
    )  # fmt: skip
    record = hub.ask(queries.LoadConversation("c"))
    assert (record.epoch, record.last_seq, record.rules) == ("epoch", 1, 1)
    assert [member.person for member in record.members] == [ADA, BOB]
    assert record.events == (outcome.event,)


def test_the_same_key_by_the_same_person_is_the_same_conversation(hub: Driver) -> None:
    hub.put(conversation("first", ADA, kind="group", key="k" * 8))
    assert hub.put(conversation("again", ADA, kind="group", key="k" * 8)) == items.Exists("first")
    assert isinstance(hub.put(conversation("other", BOB, kind="group", key="k" * 8)), items.Stored)
    assert hub.ask(queries.LoadConversation("again")) is None


def test_a_handle_is_unique_without_regard_to_case(hub: Driver) -> None:
    hub.put(conversation("c", ADA, handle="ML-Team"))
    assert hub.put(conversation("d", BOB, handle="ml-team")) == items.Exists("c")
    hub.put(conversation("u", ADA, handle="Ärger"))
    assert hub.put(conversation("v", ADA, handle="äRGER")) == items.Exists("u")
    assert hub.ask(queries.FindConversation(handle="ML-TEAM")) == "c"
    assert hub.ask(queries.FindConversation(handle="ml")) is None


def test_a_pair_has_one_direct_conversation_and_so_has_one_person(hub: Driver) -> None:
    hub.put(conversation("ab", ADA, BOB, kind="direct"))
    assert hub.put(conversation("ba", BOB, ADA, kind="direct")) == items.Exists("ab")
    hub.put(conversation("aa", ADA, kind="direct"))
    assert hub.put(conversation("a2", ADA, kind="direct")) == items.Exists("aa")
    assert hub.ask(queries.FindConversation(pair=("bob", "ada"))) == "ab"
    assert hub.ask(queries.FindConversation(pair=("ada", "ada"))) == "aa"
    assert hub.ask(queries.FindConversation(pair=("ada", "eve"))) is None
    assert [summary(hub, ADA, "ab").peer, summary(hub, BOB, "ab").peer, summary(hub, ADA, "aa").peer] == [
        "bob", "ada", "ada",
    ]  # fmt: skip


def test_an_id_in_use_and_a_direct_conversation_of_three_fail(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    assert hub.put(conversation("c", BOB)) == items.Failed("store_failed")
    assert hub.put(conversation("d", ADA, BOB, EVE, kind="direct")) == items.Failed("store_failed")
    assert hub.ask(queries.LoadConversation("d")) is None


# -------------------------------------------------------------------------------------------------------------- events


def test_seq_is_given_by_the_store_from_one_on_in_each_conversation(hub: Driver) -> None:
    hub.write(conversation("c", ADA), conversation("d", ADA))
    outcomes = hub.write(*(post(id, ADA, key=f"{id}-key-{n}") for n in range(20) for id in "cd"))
    for id in "cd":
        events = [outcome.event for outcome in outcomes if outcome.event.conversation == id]
        assert [event.seq for event in events] == list(range(2, 22))
        assert {event.at for event in events} == {NOON}
        assert hub.ask(queries.LoadEvents(conversation=id, after=1, limit=99)).events == tuple(events)


def test_a_known_key_gives_the_first_result_and_stores_nothing(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    first = hub.put(post("c", ADA, "one", key="same-key"))
    in_one_batch = hub.write(post("c", ADA, "two", key="same-key"), post("c", ADA, "x", key="new-key!"))
    assert in_one_batch[0] == items.Duplicate(first.event)
    assert in_one_batch[1].event.seq == 3
    assert isinstance(hub.put(post("c", BOB, "theirs", key="same-key")), items.Stored)
    hub.put(conversation("d", ADA))
    assert isinstance(hub.put(post("d", ADA, "there", key="same-key")), items.Stored)
    assert hub.ask(queries.LoadConversation("c")).last_seq == 4


def test_a_key_twice_in_one_batch_is_stored_once(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    first, second = hub.write(post("c", ADA, key="same-key"), post("c", ADA, key="same-key"))
    assert second == items.Duplicate(first.event)
    assert hub.ask(queries.LoadConversation("c")).last_seq == 2


def test_a_decision_on_rules_that_moved_is_a_conflict(hub: Driver) -> None:
    hub.write(conversation("c", ADA), join("c", BOB, rules=1))
    assert hub.put(post("c", BOB, key="too-late", rules=1)) == items.Conflict(2)
    assert isinstance(hub.put(post("c", BOB, key="too-late", rules=2)), items.Stored)
    assert hub.put(post("c", BOB, key="too-late", rules=1)).event.seq == 3, "a known key needs no decision"
    assert hub.put(leave("c", BOB, rules=1)) == items.Conflict(2)
    hub.put(leave("c", BOB, rules=2))
    assert hub.ask(queries.LoadConversation("c")).rules == 3


def test_rules_move_within_a_batch(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    joined, early, late = hub.write(
        join("c", BOB, rules=1), post("c", ADA, key="decided-before", rules=1), post("c", ADA, key="after-it", rules=2)
    )
    assert (joined.event.seq, early, late.event.seq) == (2, items.Conflict(2), 3)


def test_an_event_for_no_conversation_fails(hub: Driver) -> None:
    assert hub.put(post("nowhere", ADA, key="some-key")) == items.Failed("unknown_conversation")


def test_members_come_and_go(hub: Driver) -> None:
    hub.write(conversation("c", ADA), join("c", BOB, 1), join("c", EVE, 2), leave("c", ADA, 3))
    record = hub.ask(queries.LoadConversation("c"))
    assert [member.person for member in record.members] == [BOB, EVE]
    assert (summary(hub, ADA).joined, summary(hub, BOB).joined, summary(hub, BOB).members) == (False, True, 2)


# ------------------------------------------------------------------------------------------- read markers and receipts


def test_unread_counts_the_posts_of_others_above_the_marker(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    hub.write(
        *(post("c", author, key=f"key-number-{n}") for n, author in enumerate([BOB, BOB, ADA, BOB, ADA, ADA, BOB]))
    )
    assert (summary(hub, ADA).unread, summary(hub, BOB).unread) == (4, 3)
    outcome = hub.put(read("c", ADA, 3))
    assert isinstance(outcome, items.OwnStored)
    assert (outcome.user, outcome.row.key, outcome.row.value, outcome.row.unread) == ("ada", "read:c", 3, 2)
    assert hub.put(read("c", ADA, 8)).row.unread == 0
    assert (summary(hub, ADA).read, summary(hub, ADA).unread, summary(hub, BOB).unread) == (8, 0, 3)


def test_a_marker_only_grows_except_back_and_ends_at_the_log(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    hub.write(*(post("c", BOB, key=f"key-number-{n}") for n in range(4)))
    high = hub.put(read("c", ADA, 4)).row
    assert hub.put(read("c", ADA, 2)).row == high, "nothing changed, so no new version"
    back = hub.put(read("c", ADA, 2, back=True)).row
    assert (back.value, back.unread) == (2, 3)
    assert back.v > high.v
    assert hub.put(read("c", ADA, 999)).row.value == 5
    assert hub.put(read("c", ADA, 3)).row.value == 5


def test_who_comes_later_has_read_what_was_before(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    hub.write(*(post("c", ADA, key=f"key-number-{n}") for n in range(3)))
    hub.put(join("c", BOB))
    assert (summary(hub, BOB).read, summary(hub, BOB).unread) == (5, 0)
    hub.put(post("c", ADA, key="after-bob", rules=2))
    assert summary(hub, BOB).unread == 1


def test_a_marker_survives_leaving_and_no_member_has_anything_unread(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", ADA, key="key-one!"), read("c", BOB, 2))
    hub.write(leave("c", BOB, 1), post("c", ADA, key="key-two!", rules=2))
    assert (summary(hub, BOB).read, summary(hub, BOB).unread) == (2, 0)
    hub.put(join("c", BOB, 2))
    assert (summary(hub, BOB).read, summary(hub, BOB).unread) == (5, 0)


def test_unread_is_capped(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    hub.write(*(post("c", ADA, key=f"key-number-{n}") for n in range(UNREAD_CAP + 5)))
    assert summary(hub, BOB).unread == UNREAD_CAP
    assert hub.put(read("c", BOB, 7)).row.unread == UNREAD_CAP - 1


def test_a_marker_in_no_conversation_fails(hub: Driver) -> None:
    assert hub.put(read("nowhere", ADA, 1)) == items.Failed("unknown_conversation")


def test_receipts_only_grow_end_at_the_log_and_are_for_members(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", ADA, key="key-one!"), post("c", ADA, key="key-two!"))
    assert hub.put(items.PutMarks(conversation="c", marks=(Mark("bob", 2, 1), Mark("eve", 3, 3)))) == items.Put()
    assert hub.put(items.PutMarks(conversation="c", marks=(Mark("bob", 1, 99),))) == items.Put()
    members = hub.ask(queries.LoadConversation("c")).members
    assert [(one.person.id, one.delivered, one.read) for one in members] == [("ada", 0, 0), ("bob", 2, 3)]
    assert hub.put(items.PutMarks(conversation="nowhere", marks=())) == items.Failed("unknown_conversation")


def test_receipts_go_with_the_member(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), items.PutMarks(conversation="c", marks=(Mark("bob", 1, 1),)))
    hub.write(leave("c", BOB, 1), join("c", BOB, 2))
    member = hub.ask(queries.LoadConversation("c")).members[1]
    assert (member.person, member.delivered, member.read) == (BOB, 0, 0)


# -------------------------------------------------------------------------------------------------- people and logins


def test_a_person_keeps_the_name_unless_renamed(hub: Driver) -> None:
    assert hub.put(items.PutPerson(person=BOB)) == items.PersonStored(BOB)
    assert hub.put(items.PutPerson(person=Person("bob", "Robert"))) == items.PersonStored(BOB)
    robert = Person("bob", "Robert")
    renamed = hub.put(items.PutPerson(person=robert, rename=True))
    assert renamed.person == robert
    assert renamed.change > 0
    assert hub.put(items.PutPerson(person=BOB)) == hub.put(items.PutPerson(person=robert, rename=True)) == renamed
    assert hub.put(items.PutPerson(person=EVE, rename=True)) == items.PersonStored(EVE)
    assert hub.ask(queries.LoadPeople()).people == (ADA, EVE, robert)


def test_a_name_that_nobody_chose_gives_way_to_one_that_the_login_says(hub: Driver) -> None:
    """Who is entered by an id alone, as a server's owner is, gets a name when an identity provider says one."""
    plain, full = Person("grace", "grace"), Person("grace", "Grace Hopper")
    assert hub.put(items.PutPerson(person=plain)) == items.PersonStored(plain)
    mark = hub.changes(None).mark
    named = hub.put(items.PutPerson(person=full))
    assert isinstance(named, items.PersonStored)
    assert named == items.PersonStored(full, named.change)
    assert hub.changes(mark).people == ((full, named.change),)
    assert hub.put(items.PutPerson(person=plain)) == named
    assert hub.put(items.PutPerson(person=Person("grace", "Another"))) == named


def test_a_name_that_somebody_chose_stays_even_if_it_is_the_id(hub: Driver) -> None:
    hub.put(items.PutPerson(person=Person("grace", "Grace Hopper")))
    chosen = hub.put(items.PutPerson(person=Person("grace", "grace"), rename=True))
    assert hub.put(items.PutPerson(person=Person("grace", "Grace Hopper"))) == chosen


def test_members_show_the_name_that_holds_and_events_the_name_that_was(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", BOB, key="key-one!"))
    hub.put(items.PutPerson(person=Person("bob", "Robert"), rename=True))
    record = hub.ask(queries.LoadConversation("c"))
    assert [member.person.name for member in record.members] == ["Ada", "Robert"]
    posted = record.events[-1]
    assert isinstance(posted, Posted)
    assert posted.name == "Bob"
    last = summary(hub, ADA).last
    assert last is not None
    assert last.name == "Robert"


def test_last_seen_only_grows(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    for at in (500, 900, 700):
        assert hub.put(items.PutSeen(user="bob", at=at)) == items.Put()
    assert hub.put(items.PutSeen(user="nobody", at=1)) == items.Put()
    assert hub.ask(queries.LoadSnapshot("ada", "c")).seen == {"bob": 900}


def test_a_login_is_bound_once(hub: Driver) -> None:
    assert hub.ask(queries.LoadLogin("cookie-1")) is None
    assert hub.put(items.PutLogin(login="cookie-1", person=None, first=True)) == items.LoginStored(ADA)
    assert hub.put(items.PutLogin(login="cookie-2", person=None, first=True)) == items.LoginStored(None)
    assert hub.ask(queries.LoadLogin("cookie-2")) is None
    assert hub.put(items.PutLogin(login="cookie-2", person=BOB)) == items.LoginStored(BOB)
    assert hub.put(items.PutLogin(login="cookie-2", person=EVE)) == items.LoginStored(BOB)
    assert hub.put(items.PutLogin(login="cookie-3", person=None)) == items.LoginStored(ADA)
    assert hub.put(items.PutLogin(login="cookie-1", person=None, first=True)) == items.LoginStored(ADA)
    assert [hub.ask(queries.LoadLogin(f"cookie-{n}")) for n in (1, 2, 3)] == [ADA, BOB, ADA]


def test_the_owner_is_in_the_directory_and_is_told_by_the_store(hub: Driver) -> None:
    assert hub.store.info.owner == ADA
    assert hub.store.info.warning is None
    assert hub.ask(queries.LoadPeople(ids=("ada",))).people == (ADA,)


@pytest.mark.parametrize("text", ["", "' OR 1=1; --", "\0", "🧡 שלום \u202e", "x" * 10_000])
def test_any_text_comes_back_as_it_was(hub: Driver, text: str) -> None:
    hub.write(conversation("c", ADA, handle=text or "h"), post("c", ADA, text, key="some-key"))
    assert hub.ask(queries.LoadPage(conversation="c")).messages[0].text == text
    assert hub.ask(queries.LoadEvents(conversation="c", after=1, limit=1)).events[0].text == text
    assert hub.ask(queries.FindConversation(handle=text or "h")) == "c"
