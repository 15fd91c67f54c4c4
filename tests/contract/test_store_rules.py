"""Rules 1, 3, 4, 7 and 8 of hub/ports.py, and several hubs on one store. (2, 5 and 6 are in test_store_writes.)"""

from __future__ import annotations

import pytest
from kit.stores import ADA, BOB, SHARED, Driver, Place, conversation, join, post, read

from nbchat.hub import items, queries
from nbchat.protocol.limits import OWN_STATE_DELAY
from nbchat.protocol.messages import Mark, Person

shared = pytest.mark.parametrize("place", SHARED, indirect=True)
"""The places where several stores can be open at once."""


def test_outcomes_come_in_the_order_of_submission(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    tokens = hub.submit(*(post("c", ADA, key=f"key-number-{n}") for n in range(300)))
    outcomes = hub.outcomes(tokens)
    told = [token for batch in hub.batches[1:] for token, _ in batch]
    assert told == tokens
    assert [outcome.event.seq for outcome in outcomes] == list(range(2, 302))


def test_a_batch_carries_all_that_waited(hub: Driver) -> None:
    """While the store tells of one batch, no other is on its way; what is submitted meanwhile travels together."""
    waiting: list[int] = []

    def while_it_tells() -> None:
        if not waiting:
            waiting.extend(hub.submit(*(post("c", ADA, key=f"key-number-{n}") for n in range(50))))

    hub.on_commit = while_it_tells
    hub.put(conversation("c", ADA))
    hub.outcomes(waiting)
    assert [token for token, _ in hub.batches[1]] == waiting
    assert len(hub.batches) == 2


def test_a_key_that_is_sent_twice_spoils_nothing_of_its_batch(hub: Driver) -> None:
    waiting: list[int] = []

    def while_it_tells() -> None:
        if not waiting:
            keys = ("known-key", "new-key-1", "new-key-2", "new-key-1", "new-key-3")
            waiting.extend(hub.submit(*(post("c", ADA, key=key) for key in keys)))

    hub.on_commit = while_it_tells
    hub.write(conversation("c", ADA), post("c", ADA, key="known-key"))
    outcomes = hub.outcomes(waiting)
    stored, again = items.Stored, items.Duplicate
    assert [type(outcome) for outcome in outcomes] == [again, stored, stored, again, stored]
    assert [outcome.event.seq for outcome in outcomes] == [2, 3, 4, 3, 5]


def test_what_was_told_can_be_read(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    for n in range(30):
        seq = hub.put(post("c", ADA, key=f"key-number-{n}")).event.seq
        assert hub.ask(queries.LoadEvents(conversation="c", after=0, limit=0)).last_seq == seq


def test_what_was_told_is_there_when_it_is_opened_again(place: Place) -> None:
    first = Driver(place.open())
    first.write(conversation("c", ADA, BOB), post("c", ADA, "hello", key="some-key"), read("c", BOB, 2))
    first.write(items.PutLogin(login="cookie", person=None), items.PutSeen(user="bob", at=5))
    id = first.store.info.id
    first.close()
    second = Driver(place.open())
    assert second.store.info.id == id
    assert second.ask(queries.LoadPage(conversation="c")).messages[0].text == "hello"
    assert second.ask(queries.LoadSnapshot("ada", "c")).seen == {"bob": 5}
    assert second.ask(queries.LoadList(user="bob", limit=9, uv=0)).own[0].value == 2
    assert second.ask(queries.LoadLogin("cookie")) == ADA
    assert isinstance(second.put(post("c", ADA, key="some-key")), items.Duplicate)
    assert second.put(post("c", ADA, key="next-key")).event.seq == 3
    second.close()


def test_what_waits_is_committed_by_close(place: Place) -> None:
    first = Driver(place.open())
    tokens = first.submit(conversation("c", ADA), post("c", ADA, key="some-key"), read("c", ADA, 2))
    first.close()
    first.close()
    assert first.told.keys() == set(tokens)
    second = Driver(place.open())
    assert second.ask(queries.LoadSnapshot("ada", "c")).summary.read == 2
    second.close()


def test_a_bad_item_fails_alone(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    good, bad, none, after = hub.write(
        post("c", ADA, key="key-one!"),
        post("nowhere", ADA, key="some-key"),
        read("nowhere", ADA, 1),
        post("c", ADA, key="key-two!"),
    )
    assert (good.event.seq, after.event.seq) == (2, 3)
    assert bad == none == items.Failed("unknown_conversation")


def test_a_failed_conversation_leaves_nothing_behind(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    before = hub.changes(0)
    failed, later = hub.write(conversation("c", BOB, handle="handle"), conversation("d", BOB, handle="handle"))
    assert (failed, later.event.conversation) == (items.Failed("store_failed"), "d")
    assert hub.ask(queries.FindConversation(handle="handle")) == "d"
    assert hub.ask(queries.LoadConversation("c")).members[0].person == ADA
    assert [id for id, _ in hub.changes(before.mark).grown] == ["d"]


def test_an_answer_is_as_of_one_moment(hub: Driver) -> None:
    """Read again and again while the log grows: what is in one answer always fits together."""
    hub.put(conversation("c", ADA, BOB))
    tokens: list[int] = []
    for n in range(60):
        tokens += hub.submit(*(post("c", ADA, key=f"key-{n}-{m}") for m in range(5)))
        record = hub.ask(queries.LoadConversation("c"))
        assert [event.seq for event in record.events][-1] == record.last_seq
        snapshot = hub.ask(queries.LoadSnapshot("bob", "c"))
        summary = snapshot.summary
        assert (snapshot.page.as_of, summary.unread) == (summary.last_seq, summary.last_seq - 1)
        assert summary.last is None or summary.last.seq == summary.last_seq
    hub.outcomes(tokens)


def test_lazy_items_ride_on_the_next_batch_in_order(hub: Driver) -> None:
    hub.write(conversation("c", ADA), post("c", ADA, key="some-key"))
    before = len(hub.batches)
    outcomes = hub.write(
        read("c", ADA, 2),
        items.PutMarks(conversation="c", marks=(Mark("ada", 2, 2),)),
        items.PutSeen(user="ada", at=1),
        post("c", ADA, key="next-key"),
    )
    assert [type(outcome) for outcome in outcomes] == [items.OwnStored, items.Put, items.Put, items.Stored]
    assert len(hub.batches) == before + 1


def test_lazy_items_go_alone_when_nothing_else_comes(hub: Driver) -> None:
    hub.put(conversation("c", ADA))
    first, second = hub.write(items.PutSeen(user="ada", at=1), read("c", ADA, 1))
    assert (first, type(second)) == (items.Put(), items.OwnStored)
    assert OWN_STATE_DELAY < 1


# --------------------------------------------------------------------------------------------------- several hubs


@shared
def test_another_hub_sees_what_was_written_and_is_told_of_it(hub: Driver, second: Driver) -> None:
    hub.write(conversation("c", ADA), post("c", ADA, key="some-key"))
    second.wait(lambda: any(("c", 2) in changes.grown for changes in second.changed))
    assert second.ask(queries.LoadConversation("c")).last_seq == 2
    assert second.put(post("c", ADA, key="next-key")).event.seq == 3
    hub.wait(lambda: any(("c", 3) in changes.grown for changes in hub.changed))
    assert isinstance(hub.put(post("c", ADA, key="next-key")), items.Duplicate)


@shared
def test_another_hub_is_told_of_own_state_and_names(hub: Driver, second: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", ADA, key="some-key"))
    second.wait(lambda: any(("c", 2) in changes.grown for changes in second.changed))
    row = hub.put(read("c", BOB, 2)).row
    second.wait(lambda: any(news.row == row for changes in second.changed for news in changes.own))
    robert = Person("bob", "Robert")
    hub.put(items.PutPerson(person=robert, rename=True))
    second.wait(lambda: any(person == robert for changes in second.changed for person, _ in changes.people))


@shared
def test_rules_that_moved_at_another_hub_are_a_conflict(hub: Driver, second: Driver) -> None:
    hub.put(conversation("c", ADA))
    second.put(join("c", BOB))
    assert hub.put(post("c", ADA, key="some-key")) == items.Conflict(2)


@shared
def test_two_hubs_have_one_identity(hub: Driver, second: Driver) -> None:
    assert hub.store.info.id == second.store.info.id
    assert hub.store.info.owner == second.store.info.owner
