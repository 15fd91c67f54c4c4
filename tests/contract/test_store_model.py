"""Every store against the plainest one: after the same random items the same outcomes, and the same answers."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from kit.stores import ADA, BOB, EVE, NOON, PLACES, Driver, conversation, join, leave, post, read

from nbchat.hub import items, queries
from nbchat.protocol.messages import ConversationKind, Mark, Person
from nbchat.store.memory import MemoryStore
from nbchat.store.memory_data import MemoryDatabase

PEOPLE = (ADA, BOB, EVE)
IDS = ("c1", "c2", "c3", "c4")


class Author:
    """Makes items; most are possible, some are late, doubled or for nowhere."""

    def __init__(self, seed: int, model: Driver) -> None:
        self._dice = random.Random(seed)
        self._model = model

    def item(self) -> items.Item:
        roll, dice = self._dice.random(), self._dice
        person, id = dice.choice(PEOPLE), dice.choice((*IDS, "nowhere") if roll > 0.97 else IDS)
        key = f"key-{dice.randrange(400)}"
        if roll < 0.08:
            return self._conversation(id, key)
        if roll < 0.55:
            return post(id, person, f"text {roll}", key=key, rules=self._rules(id))
        if roll < 0.65:
            return (join if dice.random() < 0.6 else leave)(id, person, self._rules(id))
        if roll < 0.80:
            return read(id, person, dice.randrange(40), back=dice.random() < 0.2)
        if roll < 0.88:
            return items.PutMarks(conversation=id, marks=(Mark(person.id, dice.randrange(40), dice.randrange(40)),))
        if roll < 0.91:
            return items.PutSeen(user=person.id, at=dice.randrange(1000))
        if roll < 0.95:
            name = dice.choice(("Ada", "ada", "Bob", "Zoë", "zoë"))
            return items.PutPerson(person=Person(person.id, name), rename=dice.random() < 0.5)
        login, owner = f"cookie-{dice.randrange(6)}", dice.random() < 0.5
        return items.PutLogin(login=login, person=None if owner else person, first=owner and dice.random() < 0.5)

    def _conversation(self, id: str, key: str) -> items.NewConversation:
        kinds: tuple[ConversationKind, ...] = ("channel", "group", "direct")
        kind = self._dice.choice(kinds)
        members = self._dice.sample(PEOPLE, self._dice.randint(1, 2 if kind == "direct" else 3))
        handle = self._dice.choice(("Team", "team", "random")) if kind == "channel" else None
        return conversation(id, *members, kind=kind, handle=handle, title=f"About {id}", key=key)

    def _rules(self, id: str) -> int:
        record = self._model.ask(queries.LoadConversation(id))
        return 1 if record is None else record.rules - (self._dice.random() < 0.05)

    def queries(self) -> list[queries.Query]:
        found: list[queries.Query] = [
            queries.LoadPeople(),
            queries.LoadPeople(query="Z", limit=1),
            queries.FindConversation(handle="TEAM"),
            queries.FindConversation(pair=("bob", "ada")),
            *(queries.LoadLogin(f"cookie-{n}") for n in range(6)),
        ]
        for id in IDS:
            found += [queries.LoadConversation(id), queries.LoadEvents(conversation=id, after=3, limit=7)]
            found += [queries.LoadPage(conversation=id, limit=5)]
            at, limit = self._dice.randrange(30), self._dice.randint(1, 9)
            for where in ("before", "after", "around"):
                found.append(queries.LoadPage(conversation=id, limit=limit, **{where: at}))
        for person in PEOPLE:
            found += [queries.LoadSnapshot(person.id, id) for id in IDS]
            found += [queries.LoadChannels(user=person.id, query="e", limit=2)]
            before = self._dice.choice((None, *IDS))
            found += [queries.LoadList(user=person.id, limit=2, before=before, known=("c1", "c2", "x"), uv=3)]
        return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", sorted(PLACES.keys() - {"memory"}))
def test_it_behaves_as_the_plainest_store(kind: str, seed: int, tmp_path: Path) -> None:
    model = Driver(MemoryStore(MemoryDatabase(ADA, clock=lambda: NOON)))
    hub = Driver(PLACES[kind](tmp_path).open())
    author = Author(seed, model)
    for _ in range(25):
        batch = [author.item() for _ in range(8)]
        expected = model.write(*batch)
        # Something that is not lazy ends the batch, so that nothing has to wait.
        outcomes = hub.write(*batch, items.PutPerson(person=ADA))[:-1]
        assert [_unnumbered(one) for one in outcomes] == [_unnumbered(one) for one in expected]
    for query in author.queries():
        assert hub.ask(query) == model.ask(query), query
    mine, theirs = hub.changes(0), model.changes(0)
    assert (mine.grown, mine.own, mine.marks) == (theirs.grown, theirs.own, theirs.marks)
    assert [person for person, _ in mine.people] == [person for person, _ in theirs.people]
    hub.close()


def test_the_model_is_tried_with_every_kind_of_item_and_outcome() -> None:
    model = Driver(MemoryStore(MemoryDatabase(ADA, clock=lambda: NOON)))
    tried, outcomes = set(), set()
    for seed in range(12):
        author = Author(seed, model)
        for _ in range(100):
            item = author.item()
            tried.add(type(item))
            outcomes.add(type(model.put(item)))
    assert tried == set(items.Item.__args__)
    assert outcomes == set(items.Outcome.__args__)


def _unnumbered(outcome: items.Outcome) -> items.Outcome:
    """Leave out the number of a change: stores may skip some, only their order counts."""
    return items.PersonStored(outcome.person) if isinstance(outcome, items.PersonStored) else outcome
