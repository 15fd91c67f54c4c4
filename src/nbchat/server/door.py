"""Who comes in at `nbchat serve`, and with what: the shared token, the owner's address, the cookie, the hub's key.

Whoever has the shared token may come in, and chooses a name once; from then on a signed cookie is the login. The
owner gets an address of their own, whose key does one thing: it makes a browser the owner. Programs use the hub's key
(runtime note), or the token and a name in headers. Rules of who is who are in `identity`, reasons in
docs/security.md. No routes: `standalone` has them.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import unicodedata
from urllib.parse import unquote, urlsplit

from .assemble import Hub
from .doorkeeper import Asks
from .handlers import NAME_HEADER, Action, HubHandler, Problem
from .identity import Browser, TokenName, Who
from .keys import same
from .signed_out import COOKIE_LOGIN, TOKEN_LOGIN, SignedOut

COOKIE_DAYS = 400
"""The most that browsers keep a cookie (RFC 6265bis); an identity that a person chose should not end by itself."""
_TOKEN = re.compile(r"(?:token|bearer)\s+(.+)", re.IGNORECASE)


class Door:
    """What lets people in: the shared token, and the owner's key of this run.

    Attributes:
        token: shared by all who may come in.
        owner_key: in the address that only the owner is shown; another one at each start.
        cookie: name of the login cookie. Cookies belong to a host, not to a port, hence the port in it.
        signed_out: logins that let nobody in any more.
    """

    def __init__(self, hub: Hub, token: str, port: int, signed_out: SignedOut) -> None:
        self.token, self.owner_key = token, secrets.token_urlsafe(24)
        self.cookie = f"nbchat-login-{port}"
        self.signed_out = signed_out
        self._hub = hub

    @property
    def tag(self) -> str:
        """Part of each cookie: with another token the old cookies say who somebody is, but let nobody in."""
        return self._hub.keys.derive("login cookie", self.token)[:16]

    def token_login(self, name: str) -> str:
        """The login that stands for the token together with a name."""
        folded = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
        return TOKEN_LOGIN + self._hub.keys.derive("token and name", f"{self.token}\0{folded}")[:32]


class StandaloneBase(HubHandler):
    """How a request of `nbchat serve` becomes `Who`."""

    @property
    def door(self) -> Door:
        """What lets people in."""
        door: Door = self.settings["nbchat_door"]
        return door

    async def who(self, action: Action) -> Who:  # noqa: ARG002 - there is no Authorizer here
        """The key's holder, else the holder of token and name, else the browser with a login cookie."""
        holder = self.key_holder()
        if holder is not None:
            return holder
        if self.shown_token() is not None:
            return self._still_good(self._named())
        login = self.cookie_login()
        if login is None:
            raise Problem(
                403, "forbidden", "You are not signed in. Open the address that `nbchat serve` printed, with its token."
            )
        return Browser(login=login, trusted=False)

    def asks_again(self) -> tuple[str, Asks | None] | None:
        """The login, of which `SignedOut` says when it is worthless; the hub's key is no login."""
        if self.key_holder() is not None:
            return None
        login = self._named().login if self.shown_token() is not None else self._cookie(any_token=False)
        return None if login is None else (login, None)

    async def check_shown(self) -> None:
        """A wrong key or token is refused even where none is needed."""
        if self.key_holder() is None:
            self.shown_token()

    def shown_token(self) -> str | None:
        """The token in the Authorization header, checked; None if there is no such header.

        Raises:
            Problem: it is wrong.
        """
        given = self.request.headers.get("Authorization")
        if given is None:
            return None
        match = _TOKEN.fullmatch(given.strip())
        if match is None or not same(match.group(1), self.door.token):
            raise Problem(
                403, "forbidden", "This is not the token of this hub. `nbchat serve` printed it when it started."
            )
        return match.group(1)

    def _named(self) -> TokenName:
        # Headers are ASCII, so names come percent-encoded; one that is plain comes through as it is.
        name = unquote(self.request.headers.get(NAME_HEADER, "")).strip()
        if not name:
            raise Problem(
                403,
                "bad_name",
                "A token lets you in, but does not say who you are: give a name, Client(token=…, name='Ada').",
            )
        return TokenName(login=self.door.token_login(name), name=name)

    def _still_good(self, who: TokenName) -> TokenName:
        if who.login in self.door.signed_out.logins():
            raise Problem(
                403, "forbidden", f"“{who.name}” was signed out of this hub. Ask who runs it to let this name in again."
            )
        return who

    def cookie_login(self, *, any_token: bool = False) -> str | None:
        """The login in the signed cookie; none where it was signed out.

        Args:
            any_token: also from a cookie that was given out for another token: it says who, but lets nobody in.
        """
        login = self._cookie(any_token=any_token)
        return None if login in self.door.signed_out.logins() else login

    def was_signed_out(self) -> bool:
        """Whether this browser was somebody whose logins are worthless now."""
        return self._cookie(any_token=True) in self.door.signed_out.logins()

    def _cookie(self, *, any_token: bool) -> str | None:
        signed = self.get_signed_cookie(self.door.cookie, max_age_days=COOKIE_DAYS)
        login, _, tag = (signed or b"").decode().rpartition("|")
        return login if login and (any_token or same(tag, self.door.tag)) else None

    def set_login(self, login: str) -> None:
        """Give the browser this login, for the present token."""
        self.set_signed_cookie(
            self.door.cookie,
            f"{login}|{self.door.tag}",
            expires_days=COOKIE_DAYS,
            httponly=True,
            samesite="Lax",
            secure=self.request.protocol == "https",
        )

    def check_origin(self, origin: str) -> bool:
        """Only pages of this very host and port, behind a proxy with TLS or not; `null` is none of them."""
        host = self.request.host.lower()
        return origin.lower() in {f"http://{host}", f"https://{host}"}

    def prepare(self) -> None:
        """Refuse names that are not this machine's while the hub is for this machine only (DNS rebinding)."""
        if self.settings["nbchat_loopback"] and not is_loopback(host_name(self.request.host)):
            raise Problem(
                403,
                "forbidden",
                f"{self.request.host!r} is not the name of this machine. Start `nbchat serve --ip` for others.",
            )


def new_login() -> str:
    """A login for a browser that has none."""
    return COOKIE_LOGIN + secrets.token_hex(16)


def host_name(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # such as "["
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
