"""The routes `api/…`, asked once by who comes: which hub this is, who one is there, where the data is kept.

Mixins, as all of `handlers`, which lists the routes; each host combines them with its own base class.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from nbchat.hub.effects import Login
from nbchat.hub.ports import StoreFailed
from nbchat.protocol.codec import UNREADABLE
from nbchat.protocol.messages import Person
from nbchat.typed import data_option

from .handlers import REFUSED, HubHandler, Problem, refusal
from .identity import Browser, Question, Refused


class Known(msgspec.Struct, tag_field="state", tag="known"):
    """Answer of api/me."""

    person: Person
    owner: bool


class Asked(msgspec.Struct, tag_field="state", tag="ask"):
    """Answer of api/me: nobody knows yet."""

    may_be_owner: bool
    owner: Person | None


class Choice(msgspec.Struct):
    """Body of a POST to api/me."""

    choice: Literal["owner", "new"]
    name: str = ""


class HubInfo(HubHandler):
    """`api/hub`: which hub this is. Pages compare the store's id with what their widget was given."""

    async def get(self) -> None:
        """{store, version}."""
        from nbchat import __version__

        hub = self.hub
        await self.check_shown()
        self.answer({"store": hub.info.id, "version": __version__})


class Me(HubHandler):
    """`api/me`: who this browser is, and the answer to the question where nobody knows."""

    async def get(self) -> None:
        """`Known` or `Asked`. Also sets the XSRF cookie that the answer needs."""
        _ = self.xsrf_token
        match await self.identify("read"):
            case Login(person=person, owner=owner):
                self.answer(Known(person, owner))
            case Question(may_be_owner, owner):
                self.answer(Asked(may_be_owner, owner))

    async def post(self) -> None:
        """Answer the question: `Choice`."""
        who = await self.who("write")
        if not isinstance(who, Browser):
            raise Problem(400, "forbidden", "Only a browser is asked who it is; this login has a name already.")
        try:
            choice = msgspec.json.decode(self.request.body, type=Choice)
        except UNREADABLE:
            raise Problem(400, "malformed", 'Send {"choice": "owner"} or {"choice": "new", "name": "…"}.') from None
        login = await self._choose(who, choice)
        self.answer(Known(login.person, login.owner))

    async def _choose(self, who: Browser, choice: Choice) -> Login:
        try:
            if choice.choice == "owner":
                return await self.identities.be_owner(who)
            return await self.identities.be_new(who, choice.name)
        except (Refused, StoreFailed) as error:
            raise refusal(error, {**REFUSED, "bad_name": 400}) from None


class Data(HubHandler):
    """`api/data`: where the data is, how to back it up, what to delete; for the owner, in whose account it is."""

    async def get(self) -> None:
        """{where, backup, remove, replaced}: the file, the command that copies it, the folder that is all of it.

        `replaced`: another file has come to its place, and this hub stores nothing until it is started again.
        """
        login = await self.require_login("read")
        if not login.owner:
            raise Problem(403, "forbidden", f"Only {self.hub.info.owner.name} may know where the data is kept.")
        self.answer(
            {
                "where": self.hub.info.where,
                "backup": f"nbchat backup {data_option(self.hub.folder)}",
                "remove": str(self.hub.folder),
                "replaced": self.hub.replaced(),
            }
        )
