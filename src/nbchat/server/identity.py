"""Who is who: from what a host learned about a request (`Who`) to whom the hub knows (`Login`), or to a question.

The rules are those of docs/security.md, "Who somebody is", and hold in every host:

1. The hub's own key, and a Jupyter token without a cookie, are the store's owner.
2. Users who have names (an IdentityProvider of one's own, JupyterHub) are those users; the one with the owner's id is
   the owner.
3. A browser of a server whose users are anonymous is a login. The first ever is the owner, unless the host shares;
   each later one is asked once, and the answer holds for ever.
4. Where a login proves no more than a shared token, it is never the owner by asking.
5. A token with a chosen name is the person who first used that name with that token; it is nobody else, whatever the
   name.

Reads and writes the store through `Directory`; knows no HTTP.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import unicodedata
from math import ceil
from typing import Protocol

from msgspec import Struct

from nbchat.hub.effects import Login
from nbchat.hub.items import Failed, Item, LoginStored, Outcome, PutLogin
from nbchat.hub.names import BadName, clean_name, imitated
from nbchat.hub.queries import Answer, LoadLogin, LoadPeople, PeopleRecord, Query
from nbchat.hub.throttle import Bucket
from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import HubLimits, Rate
from nbchat.protocol.messages import ConnectionKind, Person

PAGE: frozenset[ConnectionKind] = frozenset({"page"})
ANY: frozenset[ConnectionKind] = frozenset({"page", "session", "bot"})
"""A kernel may open pages too: the relay does, for views that have no hub at their own origin."""
NEWCOMERS = HubLimits().newcomers

_IN_USE = "“{name}” cannot be used as a name: it belongs to {other}, who was here before. Choose another one."
"""Said of who is here now and of who was signed out: a name stays with its person."""


class Owner(Struct, frozen=True):
    """Rule 1."""


class User(Struct, frozen=True):
    """Rule 2. `header`: authenticated by a header, so a program; else by a cookie, so a browser."""

    id: str
    name: str
    header: bool


class Browser(Struct, frozen=True):
    """Rules 3 and 4. `trusted`: this login could act as the owner anyway (it may run code on the server)."""

    login: str
    trusted: bool


class TokenName(Struct, frozen=True):
    """Rule 5. `login` stands for the pair of token and name."""

    login: str
    name: str


Who = Owner | User | Browser | TokenName


class Question(Struct, frozen=True):
    """Nobody knows yet who this browser is: "You on another device" (if `may_be_owner`), or somebody new?"""

    may_be_owner: bool
    owner: Person | None


class Refused(Exception):
    """What was asked for cannot be; `text` is for the person who asked.

    Attributes:
        code: `bad_name`, `forbidden`, `slow`, or why the store failed, as in the protocol's error table.
        text: what happened and what to do next.
        retry_after: seconds after which trying again helps.
    """

    def __init__(self, code: str, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.retry_after = code, text, retry_after


class Directory(Protocol):
    """The store, as far as identities need it; the runner is one."""

    async def ask(self, query: Query) -> Answer:
        """Read. Raises StoreFailed."""
        ...

    async def put(self, item: Item) -> Outcome:
        """Write; returns when it is on disk."""
        ...


class Identities:
    """Applies the rules over one store.

    Example:
        >>> identities = Identities(runner, owner=Person("ada", "Ada"), share=False)
        >>> await identities.login(Browser("jupyter:5f0c", trusted=True))   # the first browser ever
        Login(person=Person(id='ada', name='Ada'), owner=True, kinds=frozenset({'page'}))
    """

    def __init__(self, directory: Directory, *, owner: Person, share: bool, newcomers: Rate = NEWCOMERS) -> None:
        """Use this store.

        Args:
            directory: the store.
            owner: its owner.
            share: whether the first browser is asked too (demos, classes).
            newcomers: how fast people may be entered who were never here.
        """
        self._directory, self._owner, self._share = directory, owner, share
        # Choosing a name looks first and writes then; two at once would both find it free.
        self._one_at_a_time = asyncio.Lock()
        self._newcomers = Bucket(newcomers, float(newcomers.burst), time.monotonic())

    async def login(self, who: Who) -> Login | Question:
        """Whom the hub knows there.

        Raises:
            Refused: the name of a token is taken or is none, or too many come at once.
            StoreFailed: the store could not be read.
        """
        match who:
            case Owner():
                return await self._owner_login(ANY)
            case User(id, name, header):
                # One browser tab is a page; what comes with a token is a program, and may be anything.
                return Login(person=Person(id, name), owner=id == self._owner.id, kinds=ANY if header else PAGE)
            case Browser(login, trusted):
                return await self._browser(login, trusted)
            case TokenName(login, name):
                return await self._token_name(login, name)

    async def be_owner(self, who: Browser) -> Login:
        """Answer the question with "me".

        Raises:
            Refused: this login may not be the owner, or is somebody else already.
        """
        if not who.trusted:
            raise Refused(
                "forbidden", "This login cannot be the owner. Open the address that the server printed for you."
            )
        return await self.bind_owner(who.login)

    async def bind_owner(self, login: str) -> Login:
        """Make a login the owner's, because the host says so.

        Raises:
            Refused: it is somebody else already.
        """
        person = await self._bind(PutLogin(login=login, person=None))
        if person is None or person.id != self._owner.id:
            raise Refused("forbidden", f"This browser is {person.name if person else 'somebody else'} already.")
        return Login(person=person, owner=True, kinds=PAGE)

    async def be_new(self, who: Browser, name: str) -> Login:
        """Answer the question with somebody new.

        Raises:
            Refused: the name is taken or is none, this browser is somebody already, or too many come at once.
        """
        async with self._one_at_a_time:
            known = await self._directory.ask(LoadLogin(who.login))
            if isinstance(known, Person):
                raise Refused(
                    "forbidden", f"This browser is {known.name} already. Change the name in the menu instead."
                )
            return self._known(await self._enter(who.login, name), PAGE)

    # ------------------------------------------------------------------------------------------------- rules

    async def _owner_login(self, kinds: frozenset[ConnectionKind]) -> Login:
        return Login(person=await self._current(self._owner), owner=True, kinds=kinds)

    async def _browser(self, login: str, trusted: bool) -> Login | Question:
        known = await self._directory.ask(LoadLogin(login))
        if isinstance(known, Person):
            return self._known(known, PAGE)
        if trusted and not self._share:
            first = await self._bind(PutLogin(login=login, person=None, first=True))
            if first is not None:
                return self._known(first, PAGE)
        return Question(trusted, await self._current(self._owner) if trusted else None)

    async def _token_name(self, login: str, name: str) -> Login:
        known = await self._directory.ask(LoadLogin(login))
        if not isinstance(known, Person):  # only who is new waits for others: after a restart everybody comes at once
            async with self._one_at_a_time:
                known = await self._directory.ask(LoadLogin(login))
                known = known if isinstance(known, Person) else await self._enter(login, name)
        return self._known(known, ANY)

    async def _enter(self, login: str, name: str) -> Person:
        """Enter a new person, who is found by this login from now on.

        Where the login came to another hub of this data at the same moment, its name is taken, and it is who that is.
        """
        try:
            person = await self._bind(PutLogin(login=login, person=await self._new_person(name)))
        except Refused:
            known = await self._directory.ask(LoadLogin(login))
            if not isinstance(known, Person):
                raise
            return known
        if person is None:
            raise Refused("store_failed", ERRORS["store_failed"].text)
        return person

    async def _new_person(self, name: str) -> Person:
        """A person under this name, by the rules that renaming has too."""
        try:
            clean = clean_name(name)
        except BadName as bad:
            raise Refused("bad_name", f"{bad}.") from None
        person = Person(new_id(clean), clean)
        found = await self._directory.ask(LoadPeople(namesakes=clean))
        people = found.people if isinstance(found, PeopleRecord) else ()
        other = imitated(clean, person.id, (*people, self._owner))
        if other is not None:
            raise Refused("bad_name", _IN_USE.format(name=clean, other=other.name))
        wait = self._newcomers.take(time.monotonic())
        if wait > 0:
            raise Refused("slow", f"Too many people come in at once. Try again in {ceil(wait)} s.", wait)
        return person

    async def _bind(self, item: PutLogin) -> Person | None:
        outcome = await self._directory.put(item)
        match outcome:
            case LoginStored(person):
                return person
            case Failed("bad_name", {"name": name}):
                raise Refused("bad_name", _IN_USE.format(name=name, other="somebody"))
            case Failed(code):
                raise Refused(code, ERRORS[code].text)
            case _:
                raise TypeError(f"the store answered {outcome!r} to a PutLogin")

    async def _current(self, person: Person) -> Person:
        """The person under the name that they have now."""
        found = await self._directory.ask(LoadPeople(ids=(person.id,)))
        return found.people[0] if isinstance(found, PeopleRecord) and found.people else person

    def _known(self, person: Person, kinds: frozenset[ConnectionKind]) -> Login:
        return Login(person=person, owner=person.id == self._owner.id, kinds=kinds)


def new_id(name: str) -> str:
    """An id for a new person: readable in logs and addresses, and nobody else's."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24] or "guest"
    return f"{slug}-{secrets.token_hex(4)}"
