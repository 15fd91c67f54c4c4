"""Who is who: the rules, over a store in memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nbchat.hub.effects import Login
from nbchat.hub.items import Item, Outcome, PutPerson
from nbchat.hub.ports import StoreFailed
from nbchat.hub.queries import Answer, LoadPeople, Query
from nbchat.protocol.messages import Person
from nbchat.server.identity import ANY, PAGE, Browser, Identities, Owner, Question, Refused, TokenName, User
from nbchat.store.memory import MemoryStore

ADA = Person("ada", "ada")


class Directory:
    """A store of which each question waits for its answer, as the runner gives it to identities."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self.store = MemoryStore(owner=ADA, inline=True)
        self.store.start(self.outcomes.update, lambda changes: None)

    async def ask(self, query: Query) -> Answer:
        found: list[Any] = []
        self.store.load(query, found.append)
        if isinstance(found[0], StoreFailed):
            raise found[0]
        answer: Answer = found[0]
        return answer

    async def put(self, item: Item) -> Outcome:
        self.store.submit(len(self.outcomes), item)
        return self.outcomes[len(self.outcomes) - 1]


def identities(*, share: bool = False) -> Identities:
    return Identities(Directory(), owner=ADA, share=share)


def browser(name: str, *, trusted: bool = True) -> Browser:
    return Browser(login=f"jupyter:{name}", trusted=trusted)


async def test_the_key_is_the_owner_under_the_present_name() -> None:
    directory = Directory()
    await directory.put(PutPerson(person=Person("ada", "Ada Lovelace"), rename=True))
    found = await Identities(directory, owner=ADA, share=False).login(Owner())
    assert found == Login(person=Person("ada", "Ada Lovelace"), owner=True, kinds=ANY)


async def test_users_with_names_are_themselves() -> None:
    who = identities()
    grace = await who.login(User("grace", "Grace Hopper", header=False))
    assert grace == Login(person=Person("grace", "Grace Hopper"), owner=False, kinds=PAGE)
    kernel = await who.login(User("grace", "Grace Hopper", header=True))
    assert isinstance(kernel, Login)
    assert kernel.kinds == ANY
    ada = await who.login(User("ada", "Ada", header=False))
    assert isinstance(ada, Login)
    assert ada.owner


async def test_the_first_browser_is_the_owner_and_stays_so() -> None:
    who = identities()
    for _ in range(2):
        assert await who.login(browser("one")) == Login(person=ADA, owner=True, kinds=PAGE)


async def test_later_browsers_are_asked_once() -> None:
    who = identities()
    await who.login(browser("one"))
    assert await who.login(browser("two")) == Question(may_be_owner=True, owner=ADA)
    assert (await who.be_owner(browser("two"))).person == ADA
    bob = await who.be_new(browser("three"), "  Bob   Builder ")
    assert bob.person.name == "Bob Builder"
    assert not bob.owner
    assert await who.login(browser("three")) == bob
    assert (await who.login(browser("two"))).person == ADA  # type: ignore[union-attr]


async def test_sharing_asks_the_first_browser_too() -> None:
    who = identities(share=True)
    assert await who.login(browser("one")) == Question(may_be_owner=True, owner=ADA)


async def test_a_shared_token_never_becomes_the_owner_by_asking() -> None:
    who = identities()
    guest = browser("guest", trusted=False)
    assert await who.login(guest) == Question(may_be_owner=False, owner=None)
    with pytest.raises(Refused, match="cannot be the owner"):
        await who.be_owner(guest)
    assert (await who.bind_owner(guest.login)).owner


async def test_an_answer_cannot_be_changed() -> None:
    who = identities()
    bob = await who.be_new(browser("bob"), "Bob")
    with pytest.raises(Refused, match="Bob already"):
        await who.be_new(browser("bob"), "Robert")
    with pytest.raises(Refused, match="Bob already"):
        await who.be_owner(browser("bob"))
    assert await who.login(browser("bob")) == bob


@pytest.mark.parametrize("name", ["", "   ", "a\u202eb", "x" * 65, "ADA", "\uff21da"])
async def test_names_that_are_none_or_somebody_elses_are_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        await identities().be_new(browser("bob"), name)
    assert refused.value.code == "bad_name"


async def test_two_people_cannot_have_one_name() -> None:
    who = identities()
    await who.be_new(browser("one"), "Bob")
    with pytest.raises(Refused, match="was here before"):
        await who.be_new(browser("two"), "BOB")


async def test_two_who_choose_one_name_at_once_do_not_both_get_it() -> None:
    directory = Directory()
    first, second = (Identities(directory, owner=ADA, share=True) for _ in range(2))
    ask, asked, all_asked = directory.ask, list[Query](), asyncio.Event()

    async def held(query: Query) -> Answer:
        answer = await ask(query)
        if isinstance(query, LoadPeople):
            asked.append(query)
            if len(asked) == 2:
                all_asked.set()
            await all_asked.wait()
        return answer

    directory.ask = held  # type: ignore[method-assign]
    both = [asyncio.ensure_future(one.be_new(browser(n), "Bob")) for n, one in (("one", first), ("two", second))]
    results = await asyncio.gather(*both, return_exceptions=True)
    refused = [one for one in results if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["bad_name"]


async def test_one_who_comes_to_two_hubs_at_once_is_one_person() -> None:
    """After a restart all clients come back at once: the second hub was refused the name that its own person has."""
    directory, late, bob = Directory(), Directory(), TokenName("login", "Bob")
    late.store, late.outcomes, ask, first = directory.store, directory.outcomes, directory.ask, list[Any]()

    async def overtaken(query: Query) -> Answer:
        answer = await ask(query)
        if not first:
            first.append(await Identities(directory, owner=ADA, share=True).login(bob))
        return answer

    late.ask = overtaken  # type: ignore[method-assign]
    assert await Identities(late, owner=ADA, share=True).login(bob) == first[0]


async def test_many_who_have_nearly_the_same_name_do_not_make_room_for_another() -> None:
    directory = Directory()
    who = Identities(directory, owner=ADA, share=False)
    await who.be_new(browser("one"), "Bob")
    for n in range(300):
        await directory.put(PutPerson(person=Person(f"u-{n}", f"0{n:03}bob")))
    with pytest.raises(Refused, match="was here before"):
        await who.be_new(browser("two"), "bob")


async def test_a_name_with_a_joiner_is_the_same_name() -> None:
    who = identities()
    await who.be_new(browser("one"), "An\u200dna")
    with pytest.raises(Refused, match="was here before"):
        await who.be_new(browser("two"), "Anna")


async def test_a_token_with_a_name_is_the_same_person_again_and_nobody_else() -> None:
    who = identities()
    bot = await who.login(TokenName("token:1", "Robot"))
    assert isinstance(bot, Login)
    assert bot.kinds == ANY
    assert await who.login(TokenName("token:1", "Robot")) == bot
    await who.be_new(browser("bob", trusted=False), "Bob")
    for taken in ("Bob", "ada", "robot"):
        with pytest.raises(Refused, match="was here before"):
            await who.login(TokenName(f"token:{taken}", taken))


async def test_ids_are_readable_and_unlike() -> None:
    who = identities()
    first = await who.be_new(browser("one"), "Zoë Müller")
    second = await who.be_new(browser("two"), "Zoe-Muller")
    third = await who.be_new(browser("three"), "李")
    assert first.person.id.startswith("zoe-muller-")
    assert first.person.id != second.person.id
    assert third.person.id.startswith("guest-")
