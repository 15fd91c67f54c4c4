"""What all routes of a hub share, as a mixin that every host combines with its own Tornado base class.

They decode, hand over and encode; who somebody is, `identity` decides, and what they may do, the core. A host says
two things in `HubHandler`: `who` (what the request proves) and how Tornado's XSRF check goes. Routes, below
`{base_url}nbchat/`:

    ws          the socket: `sockets`                         a login is needed; 403 at the handshake without one
    poll        POST the same where sockets do not get through: `polling`
    api/hub     GET  {store, version}                         open; but a wrong key or token that is shown gets its 403
    api/me      GET  who this browser is, or the question     a login is needed
                POST {"choice": "owner"} or {"choice": "new", "name": "…"}
    api/data    GET  {where, backup, remove}                  the owner only

`api/…` is in `api`; the pages and files are in `pages`.
"""

from __future__ import annotations

import logging
from asyncio import Future
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from tornado.web import HTTPError

from nbchat.hub.effects import Connection, Login
from nbchat.hub.ports import StoreFailed
from nbchat.hub.runner import Runner
from nbchat.protocol.codes import ERRORS

from .direct import DirectPeer, end_all
from .discreet import Discreet
from .doorkeeper import Asks, Doorkeeper, TakenBack
from .identity import Identities, Owner as OwnerWho, Question, Refused, Who
from .keys import same

if TYPE_CHECKING:
    from .assemble import Hub

KEY_HEADER, NAME_HEADER = "X-Nbchat-Key", "X-Nbchat-Name"
Action = Literal["read", "write", "execute"]
"""What an Authorizer is asked for, on the resource `nbchat`:

read (the page, api/me, api/data), write (an answer), execute (the socket, and what stands for it over HTTP).
"""
RESOURCE = "nbchat"
REFUSED = {"bad_name": 403, "forbidden": 403, "slow": 429}
"""Status of a login that was refused, by its code."""


class Site:
    """What all handlers of one host share: its hub, or why there is none.

    Attributes:
        hub: set while the hub runs.
        why: what to tell people while it does not.
        doorkeeper: asks again whether who was let in may still be here.
        leaving: connections that were closed and wait for the other side to agree.
    """

    def __init__(self, log: logging.Logger, taken_back: TakenBack = frozenset) -> None:
        self.hub: Hub | None = None
        self.leaving: set[DirectPeer] = set()
        self.doorkeeper = Doorkeeper(log, taken_back)
        self.why = "The chat hub is starting. Try again in a moment."
        self.log = log

    def end(self) -> None:
        """The hub has stopped: wait for nobody any more."""
        self.doorkeeper.end()
        end_all(self.leaving)


class Problem(HTTPError):
    """A request that is answered with `{"code", "text"}`; both are for the person, as in the protocol's error table."""

    def __init__(self, status: int, code: str, text: str, retry_after: float | None = None) -> None:
        super().__init__(status)
        self.code, self.text, self.retry_after = code, text, retry_after


def refusal(error: Refused | StoreFailed, statuses: dict[str, int] = REFUSED) -> Problem:
    """What to answer where the store or its rules have refused somebody: 503, unless the code stands in `statuses`."""
    if isinstance(error, StoreFailed):
        text = "The hub could not read its store. Try again; its log says why."
        return Problem(503, error.code, text if error.code == "internal" else ERRORS[error.code].text)
    return Problem(statuses.get(error.code, 503), error.code, error.text, error.retry_after)


class HubHandler(Discreet):
    """What all routes share; a host adds `who`."""

    site: Site

    def initialize(self, site: Site) -> None:
        """Called by Tornado."""
        self.site = site

    # ------------------------------------------------------------------------------------- what a host says

    async def who(self, action: Action) -> Who:
        """What this request proves. Raises `Problem` 403 where that is nothing, or the Authorizer denies."""
        raise NotImplementedError  # each host has its own: Jupyter, and `nbchat serve`

    def asks_again(self) -> tuple[str, Asks | None] | None:
        """The host's name of this login, and what says later whether it may still be here.

        No question: the host's `taken_back` says so by itself. None: it may, as long as the socket is open.
        """
        return None

    async def check_shown(self) -> None:
        """Raise `Problem` 403 if the request shows a key or a token that is wrong; none at all is fine."""
        raise NotImplementedError  # each host has its own: Jupyter, and `nbchat serve`

    def around(self) -> tuple[str, ...]:
        """Directives of the page's policy that are the host's: who may frame it, who hears of breaches."""
        return ("frame-ancestors 'self'",)

    # ----------------------------------------------------------------------------------------------- helpers

    def check_xsrf_cookie(self) -> None:
        """As the host does it; whoever is refused is told what was missing."""
        try:
            super().check_xsrf_cookie()
        except Problem:
            raise
        except HTTPError as error:
            text = "A request with a cookie has to send the value of the cookie _xsrf in the header X-XSRFToken, too."
            raise Problem(error.status_code, "forbidden", text) from None

    @property
    def hub(self) -> Hub:
        """The running hub. Raises `Problem` 503 with the reason where there is none."""
        if self.site.hub is None:
            raise Problem(503, "unavailable", self.site.why)
        return self.site.hub

    @property
    def identities(self) -> Identities:
        """The rules of who is who."""
        return self.hub.identities

    def key_holder(self) -> OwnerWho | None:
        """The owner, if the request shows the hub's own key; None if it shows no key.

        Raises:
            Problem: the key is wrong, or a browser sent it: no page has a key, so one that sends it has stolen it.
        """
        given = self.request.headers.get(KEY_HEADER)
        if given is None:
            return None
        if "Origin" in self.request.headers:
            raise Problem(
                403, "forbidden", "The hub's key is for programs; a request with an Origin header may not use it."
            )
        if not same(given, self.hub.keys.client):
            raise Problem(
                403,
                "forbidden",
                "This is not the key of this hub. It is in NBCHAT_KEY of kernels that its server started.",
            )
        return OwnerWho()

    async def identify(self, action: Action) -> Login | Question:
        """Whom the hub knows there. Raises `Problem`."""
        who = await self.who(action)
        return await self._resolve(who)

    async def _resolve(self, who: Who) -> Login | Question:
        try:
            return await self.identities.login(who)
        except (Refused, StoreFailed) as error:
            raise refusal(error) from None

    async def require_login(self, action: Action) -> Login:
        """A login, or 403: an open question is none."""
        found = await self.identify(action)
        if isinstance(found, Question):
            raise Problem(
                403,
                "forbidden",
                "The hub does not know yet who this browser is. Open its page and answer the question.",
            )
        return found

    def check_page(self) -> None:
        """Let in who comes from a page of this origin, or from no page at all; for all that a page could do unseen.

        Raises:
            Problem: it is a page of another place.
        """
        origin = self.request.headers.get("Origin")
        fetched_here = self.request.headers.get("Sec-Fetch-Site") == "same-origin"
        if origin is not None and not fetched_here and not self._lets_in(origin):
            raise Problem(403, "forbidden", f"A page of {origin} may not use this hub with the login of another page.")

    def _lets_in(self, origin: str) -> bool:
        """What the host says, but for a page that came without encryption to a hub that is reached with it.

        Anybody on the way can write such a page, and cookies do not tell the two apart.
        """
        host: Any = self  # `check_origin` is that of the host's own base class
        try:
            allowed = bool(host.check_origin(origin))
        except ValueError:  # no address at all, such as "http://["
            return False
        by = self.request.headers.get("X-Forwarded-Proto", self.request.protocol).split(",")[0].strip().lower()
        return allowed and not (by == "https" and origin.lower() == f"http://{self.request.host.lower()}")

    def watch(self, runner: Runner, connection: Connection) -> None:
        """Have the doorkeeper look after a connection that was opened with this request's login."""
        found = self.asks_again()
        if found is not None:
            login, may = found
            self.site.doorkeeper.watch(login, connection, may, runner)

    def answer(self, body: object) -> None:
        """Finish with JSON that no cache keeps."""
        self.give("application/json", msgspec.json.encode(body))

    def give(self, kind: str, body: bytes) -> Future[None]:
        """Finish with this type of content, which no cache keeps. Returns what is done once it has left."""
        self.set_header("Content-Type", kind)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        return self.finish(body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tell what happened as `{"code", "text"}`; never the text of an exception."""
        code, text = error_said(status_code, kwargs)
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, Problem) and error.retry_after is not None:
            self.set_header("Retry-After", ceil(error.retry_after))
        self.answer({"code": code, "text": text})


def error_said(status: int, given: dict[str, Any]) -> tuple[str, str]:
    """Code and text of a request that failed, from what Tornado gives to `write_error`."""
    error = given.get("exc_info", (None, None, None))[1]
    if isinstance(error, Problem):
        return error.code, error.text
    try:
        return "http", f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return "http", f"{status} Error"
