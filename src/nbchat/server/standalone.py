"""`nbchat serve`: the same hub and routes on plain Tornado, without Jupyter.

Its routes, its page with the way in, and its server; who comes in, and with what, is in `door`.
"""

from __future__ import annotations

import errno
import logging
import socket
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from nbchat import __version__
from nbchat.hub.ports import StoreFailed
from nbchat.logs import say

from . import api, metrics, pages, polling, sign_in, sockets
from .assemble import Hub, HubUnusable, open_hub
from .config import Settings
from .discreet import Discreet
from .door import Door, StandaloneBase, is_loopback, new_login
from .handlers import HubHandler, Problem, Site, refusal
from .identity import Refused
from .keys import same
from .runtime import HostKind, RuntimeNote
from .signed_out import SignedOut

PORT_TRIES = 50
BACKLOG = 1024
"""Handshakes that wait for the loop: after a restart everybody comes back at once."""
HEADER_BYTES = 64 * 1024
BODY_BYTES = 64 * 1024
REQUEST_SECONDS = 30.0
"""For a request to be sent, and for the next one on its connection; sockets have their own times once they are open."""


class PortTaken(OSError):
    """No port was free; the text says which were tried."""


class HubInfo(api.HubInfo, StandaloneBase):
    """`api/hub`."""


class Me(api.Me, StandaloneBase):
    """`api/me`."""


class Data(api.Data, StandaloneBase):
    """`api/data`."""


class Socket(StandaloneBase, sockets.Socket):
    """`ws`; the origin rule of this host goes before Tornado's."""


class Poll(polling.Poll, StandaloneBase):
    """`poll`."""

    def shows_header(self) -> bool:
        """The hub's key, or the token."""
        return super().shows_header() or self.shown_token() is not None


class Metrics(metrics.Metrics, StandaloneBase):
    """`/metrics`."""

    def check_may_read(self) -> None:
        """Whoever shows the token (`Authorization: Bearer …`) or the hub's key, unless all may."""
        shown = self.key_holder() is not None or self.shown_token() is not None
        if not shown and not self.settings["nbchat_open_metrics"]:
            raise Problem(403, "forbidden", "Send the token of this hub (Authorization: Bearer …) to read its metrics.")


class Page(pages.Page, StandaloneBase):
    """The page, and the door: a token or the owner's key in the address becomes a cookie, and leaves the address."""

    async def get(self) -> None:
        """The page, the way in, or why neither."""
        token, owner_key = self.get_query_argument("token", None), self.get_query_argument("owner", None)
        if owner_key is not None and same(owner_key, self.door.owner_key):
            await self._let_owner_in()
        elif token is not None and same(token.strip(), self.door.token):
            self._let_in()
        elif token is not None or owner_key is not None:
            self._answer(sign_in.unknown(sign_in.PAST), HTTPStatus.FORBIDDEN)
        elif self.cookie_login() is None:
            self._answer(sign_in.taken_back() if self.was_signed_out() else sign_in.unknown(sign_in.NOT_IN))
        else:
            self.show("/")

    def _let_in(self) -> None:
        """By the token: as who they were, or as somebody new, which who was signed out has to choose."""
        if self.was_signed_out() and sign_in.NEW not in self.request.query_arguments:
            self._answer(sign_in.taken_back_at(parse_qsl(self.request.query, keep_blank_values=True)))
        else:
            self.set_login(self.cookie_login(any_token=True) or new_login())
            self._go_on()

    async def _let_owner_in(self) -> None:
        login = self.cookie_login(any_token=True) or new_login()
        try:
            try:
                await self.identities.bind_owner(login)
            except Refused as refused:
                if refused.code != "forbidden":
                    raise
                login = new_login()  # this browser is somebody else; from now on it is the owner
                await self.identities.bind_owner(login)
        except (Refused, StoreFailed) as error:
            raise refusal(error) from None
        self.set_login(login)
        self._go_on()

    def _go_on(self) -> None:
        """To the same address without what let one in; `debug` and the like stay."""
        asked = parse_qsl(self.request.query, keep_blank_values=True)
        rest = urlencode([(name, value) for name, value in asked if name not in ("token", "owner", sign_in.NEW)])
        self.redirect(f"{self.request.path}?{rest}" if rest else self.request.path)

    def _answer(self, html: str, status: int = HTTPStatus.OK) -> None:
        pages.secure(self)
        self.set_status(status)
        self.finish(html)


class Nothing(HubHandler):
    """Every other address."""

    def check_xsrf_cookie(self) -> None:
        """There is nothing to protect."""

    def prepare(self) -> None:
        """There is nothing, whatever is asked."""
        raise HTTPError(HTTPStatus.NOT_FOUND)


class Home(Discreet):
    """`/`: there is only the chat."""

    def get(self) -> None:
        """Go there."""
        self.redirect("/nbchat/")


def application(site: Site, door: Door, hub: Hub, *, loopback: bool, open_metrics: bool = False) -> Application:
    """The routes of `nbchat serve`."""
    given = {"site": site}
    return Application(
        [
            (r"/nbchat/ws", Socket, given),
            (r"/nbchat/poll", Poll, given),
            (r"/nbchat/api/hub", HubInfo, given),
            (r"/nbchat/api/me", Me, given),
            (r"/nbchat/api/data", Data, given),
            (r"/nbchat/static/(.*)", pages.Static),
            (r"/nbchat/(favicon\.svg|notice\.css)", pages.Asset),
            (r"/nbchat/", Page, given),
            (r"/nbchat", pages.Redirect),
            (r"/metrics", Metrics, given),
            (r"/", Home),
            (r".*", Nothing, given),
        ],
        cookie_secret=hub.keys.derive("cookie signature"),
        xsrf_cookies=True,
        # Readable by the page's script, which sends it back in a header; so not httponly.
        xsrf_cookie_kwargs={"samesite": "Lax"},
        nbchat_door=door,
        nbchat_loopback=loopback,
        nbchat_open_metrics=open_metrics,
        log_function=log_request,
    )


def log_request(handler: RequestHandler) -> None:
    """One line per request at debug level, without the query: it may hold a token."""
    request = handler.request
    say(
        _log,
        logging.DEBUG,
        "request",
        "%(status)d %(method)s %(path)s %(ms).0f ms",
        status=handler.get_status(),
        method=request.method,
        path=request.path,
        ms=1000 * request.request_time(),
    )


_log = logging.getLogger("nbchat.serve")


@dataclass
class Served:
    """A running standalone hub.

    Attributes:
        hub: the hub.
        url: where it is; ends in `/nbchat/`.
        port: where it listens; not always the one that was asked for.
        door: what lets people in.
    """

    hub: Hub
    url: str
    port: int
    door: Door
    _server: HTTPServer
    _note: RuntimeNote
    _site: Site
    _ip: str

    @property
    def guest_url(self) -> str:
        """The address for everybody who may come in, from where they are, as far as this machine can know it."""
        return f"http://{outside(self._ip)}:{self.port}/nbchat/?token={self.door.token}"

    @property
    def owner_url(self) -> str:
        """The address that makes a browser the owner, while this process runs."""
        return f"{self.url}?owner={self.door.owner_key}"

    async def stop(self) -> None:
        """Take no more connections, say goodbye to everybody, commit what waits. Safe to call twice."""
        self._server.stop()
        self._site.hub = None
        self._note.remove()
        await self.hub.stop()
        self._site.end()
        await self._server.close_all_connections()


def serve(
    settings: Settings,
    *,
    ip: str = "127.0.0.1",
    port: int = 8765,
    token: str | None = None,
    kind: HostKind = "serve",
    log: logging.Logger | None = None,
) -> Served:
    """Start a hub and its server, on the running event loop.

    Args:
        settings: what the hub runs with.
        ip: address to listen on.
        port: first port to try; 0 for any.
        token: the shared token; by default one that goes with the data directory, so that addresses stay good over
            restarts.
        kind: what the runtime note says.
        log: where trouble is told.

    Raises:
        HubUnusable: data directory or database cannot be used.
        PortTaken: no port was free.
    """
    log = log or _log
    listening, bound = bind(ip, port)
    try:
        signed_out = _signed_out(settings)
        hub = open_hub(settings, log)
    except BaseException:
        listening.close()
        raise
    site = Site(log, signed_out.logins)
    site.hub = hub
    door = Door(hub, token or hub.keys.derive("shared token")[:48], bound, signed_out)
    app = application(site, door, hub, loopback=is_loopback(ip), open_metrics=settings.open_metrics)
    server = HTTPServer(
        app,
        max_header_size=HEADER_BYTES,
        max_body_size=BODY_BYTES,
        idle_connection_timeout=REQUEST_SECONDS,
        body_timeout=REQUEST_SECONDS,
    )
    server.add_socket(listening)
    url, note = f"http://{_host(ip)}:{bound}/nbchat/", RuntimeNote()
    try:
        note.leave(url=url, key=hub.keys.client, store=hub.info.id, kind=kind)
    except OSError as error:
        log.warning("Clients on this machine will not find this hub by themselves: %s", error)
    text = "nbchat %(version)s: the hub is at %(url)s, its data at %(data)s"
    say(log, logging.INFO, "started", text, version=__version__, url=url, data=hub.info.where)
    return Served(hub, url, bound, door, server, note, site, ip)


def _signed_out(settings: Settings) -> SignedOut:
    try:
        return SignedOut(settings.folder)
    except OSError as error:
        raise HubUnusable(f"nbchat cannot read who was signed out: {error}. Make that file readable.") from error


def bind(ip: str, port: int) -> tuple[socket.socket, int]:
    """Listen on the port or one of the next ones.

    Returns:
        The socket, and the port that it became.

    Raises:
        PortTaken: all of them are in use, or this machine has no such address.
    """
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    last: OSError | None = None
    for candidate in range(port, min(port + PORT_TRIES, 65536)) if port else (0,):
        try:
            listening = socket.create_server((ip, candidate), family=family, backlog=BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise PortTaken(f"This machine has no address {ip}. Choose another one with --ip.") from None
            last = error
            continue
        listening.setblocking(False)
        return listening, int(listening.getsockname()[1])
    raise PortTaken(
        f"nbchat cannot listen on {ip}, ports {port} to {port + PORT_TRIES - 1}: {last}. "
        "Choose others with --port and --ip."
    )


_ELSEWHERE = {"": "192.0.2.1", "0.0.0.0": "192.0.2.1", "::": "2001:db8::1"}  # noqa: S104 - compared, not bound
"""Who listens everywhere, and an address of nobody (RFC 5737, RFC 3849) of the same family."""


def outside(ip: str) -> str:
    """How other machines call it: where it listens, or if that is everywhere, this machine's address on its network.

    Nothing is sent for it: the system is asked which address it would use. Where it has none, as `_host`.
    """
    if ip not in _ELSEWHERE:
        return _host(ip)
    nobody = _ELSEWHERE[ip]
    try:
        with socket.socket(socket.AF_INET6 if ":" in nobody else socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.connect((nobody, 9))
            return _host(str(asked.getsockname()[0]))
    except OSError:
        return _host(ip)


def _host(ip: str) -> str:
    """How programs of this machine call it."""
    if ip in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{ip}]" if ":" in ip else ip
