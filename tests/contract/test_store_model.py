"""Every store against the plainest one: after the same random items the same outcomes, and the same answers.

And the test that pays for all kinds of events: what a store says a message is, is what the log makes of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kit.stores import ADA, NOON, PLACES, Driver
from msgspec.structs import replace

from contract.random_items import IDS, PEOPLE, Author
from nbchat.hub import items, queries
from nbchat.protocol.changes import changed, message_of, touched
from nbchat.protocol.messages import AnyDurable, Message, Posted
from nbchat.store.memory import MemoryStore
from nbchat.store.memory_data import MemoryDatabase


def model_of() -> Driver:
    return Driver(MemoryStore(MemoryDatabase(ADA, clock=lambda: NOON)))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", sorted(PLACES.keys() - {"memory"}))
def test_it_behaves_as_the_plainest_store(kind: str, seed: int, tmp_path: Path) -> None:
    model, hub = model_of(), Driver(PLACES[kind](tmp_path).open())
    author = Author(seed, model)
    for _ in range(50):
        batch = [author.item() for _ in range(8)]
        theirs = meant(hub, batch)
        expected = model.write(*meant(model, batch))
        # Something that is not lazy ends the batch, so that nothing has to wait.
        outcomes = hub.write(*theirs, items.PutPerson(person=ADA))[:-1]
        for item, outcome, wanted in zip(batch, outcomes, expected, strict=True):
            assert unnumbered(outcome) == unnumbered(wanted), item
    for query in author.questions():
        assert hub.ask(query) == model.ask(query), query
    assert [mentions(hub, person.id) for person in PEOPLE] == [mentions(model, person.id) for person in PEOPLE]
    assert [reports(hub, id) for id in IDS] == [reports(model, id) for id in IDS]
    mine, theirs_now = hub.changes(0), model.changes(0)
    assert (mine.grown, mine.own, mine.marks) == (theirs_now.grown, theirs_now.own, theirs_now.marks)
    assert [person for person, _ in mine.people] == [person for person, _ in theirs_now.people]
    hub.close()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", sorted(PLACES.keys() - {"sqlite-exclusive"}))
def test_what_is_stored_is_what_the_log_makes_of_it(kind: str, seed: int, tmp_path: Path) -> None:
    """Old state and events give new state, with the functions that clients apply too; for deleted messages as well."""
    model, hub = model_of(), Driver(PLACES[kind](tmp_path).open())
    author = Author(100 + seed, model)
    for _ in range(50):
        batch = [author.item() for _ in range(8)]
        theirs = meant(hub, batch)
        model.write(*meant(model, batch))
        hub.write(*theirs, items.PutPerson(person=ADA))
    for id in IDS:
        log = hub.ask(queries.LoadEvents(conversation=id, after=0, limit=10_000))
        rebuilt = replay(() if log is None else log.events)
        stored = hub.ask(queries.LoadMessages(conversation=id, seqs=tuple(range(1, 400))))
        assert tuple(rebuilt.values()) == (() if stored is None else stored.messages)
    hub.close()


def replay(events: tuple[AnyDurable, ...]) -> dict[int, Message]:
    """What a client that has seen every event holds."""
    messages: dict[int, Message] = {}
    for event in events:
        if isinstance(event, Posted):
            messages[event.seq] = message_of(event)
        for seq in touched(event):
            messages[seq] = changed(messages[seq], event)
    return messages


def test_the_model_is_tried_with_every_kind_of_item_outcome_and_event() -> None:
    model = model_of()
    tried, outcomes, events, failures = set(), set(), set(), set()
    for seed in range(12):
        author = Author(seed, model)
        for _ in range(200):
            item = author.item()
            [outcome] = model.write(*meant(model, [item]))
            tried.add(type(item))
            outcomes.add(type(outcome))
            if isinstance(outcome, items.Stored):
                events.add(type(outcome.event))
            if isinstance(outcome, items.Failed):
                failures.add(outcome.code)
    assert tried == set(items.Item.__args__)
    assert outcomes == set(items.Outcome.__args__)
    assert events == set(AnyDurable.__args__)
    assert failures >= {"unknown_conversation", "unknown_message", "deleted", "forbidden", "bad_link", "not_member"}


def meant(hub: Driver, batch: list[items.Item]) -> list[items.Item]:
    """The items for this store: which report is closed is said by its place, as every store numbers its own."""
    return [_meant(hub, item) for item in batch]


def _meant(hub: Driver, item: items.Item) -> items.Item:
    if not isinstance(item, items.CloseReport):
        return item
    found = hub.ask(queries.LoadReports(conversation=item.conversation))
    ids = [] if found is None else [report.id for report in found.reports]
    return replace(item, report=ids[item.report] if item.report < len(ids) else 0)


def mentions(hub: Driver, user: str) -> list[Any]:
    """All pages of what mentions a person; where a page goes on is a store's own number."""
    pages, before = [], None
    while True:
        page = hub.ask(queries.LoadMentions(user=user, before=before, limit=3))
        pages.append((page.hits, page.people, page.next is None))
        before = page.next
        if before is None:
            return pages


def reports(hub: Driver, id: str) -> Any:
    """Open reports, without the numbers that a store gives them."""
    found = hub.ask(queries.LoadReports(conversation=id))
    return found and ([replace(report, id=0) for report in found.reports], found.people)


def unnumbered(outcome: items.Outcome) -> items.Outcome:
    """Leave out the number of a change: stores may skip some, only their order counts."""
    return items.PersonStored(outcome.person) if isinstance(outcome, items.PersonStored) else outcome
