"""The hub inside a Jupyter server: the extension, its handlers, and how Jupyter's users become `Who`.

The user is the one that the server's IdentityProvider gives, authorised by its Authorizer on the resource `nbchat`.
Kernels get NBCHAT_URL and NBCHAT_KEY through the environment that they inherit. A store that cannot be opened never
keeps Jupyter from starting: the log says why, and so do the routes.
"""

from __future__ import annotations

import os
import re
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.authorizer import AllowAllAuthorizer
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider, User as JupyterUser
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from . import api, metrics, pages, polling, sockets
from .assemble import HubUnusable, open_hub
from .config import NbchatConfig
from .doorkeeper import Asks
from .handlers import RESOURCE, Action, HubHandler, Problem, Site
from .identity import Browser, Owner, User, Who
from .runtime import RuntimeNote

ANONYMOUS = re.compile(r"[0-9a-f]{32}")
"""User names that `IdentityProvider.generate_anonymous_user` makes up: `uuid4().hex`."""


def is_anonymous(provider: IdentityProvider, user: JupyterUser) -> bool:
    """Whether the server made this user up for a cookie, instead of knowing who it is.

    Jupyter's own providers know nobody (a name that was set through `PATCH /api/me` proves nothing either); a
    provider of one's own may still fall back on the generated ones, which are called "Anonymous <a moon of Jupiter>".
    """
    if not ANONYMOUS.fullmatch(user.username):
        return False
    return type(provider) in (IdentityProvider, PasswordIdentityProvider) or user.name.startswith("Anonymous ")


class JupyterBase(HubHandler, JupyterHandler):
    """How a request of Jupyter becomes `Who`.

    The methods themselves are open, because the hub's key is no login of Jupyter.
    """

    async def who(self, action: Action) -> Who:
        """The key's holder, else Jupyter's user if the Authorizer agrees."""
        holder = self.key_holder()
        if isinstance(holder, Owner):
            return holder
        user = self.current_user
        if user is None:
            raise Problem(
                403, "forbidden", "You are not signed in to this server. Open it in the browser, or send its token."
            )
        if not await ensure_async(self.authorizer.is_authorized(self, user, action, RESOURCE)):
            raise Problem(403, "forbidden", f"{user.name or user.username} may not {action} the chat of this server.")
        return await self._jupyter_user(user)

    def asks_again(self) -> tuple[str, Asks] | None:
        """The user and the Authorizer, unless that lets everybody do everything; the hub's key asks nobody."""
        user = self.current_user
        if user is None or self.key_holder() is not None or type(self.authorizer) is AllowAllAuthorizer:
            return None

        async def may() -> bool:
            return bool(await ensure_async(self.authorizer.is_authorized(self, user, "execute", RESOURCE)))

        return user.username, may

    async def _jupyter_user(self, user: JupyterUser) -> Who:
        provider = self.identity_provider
        by_token = provider.is_token_authenticated(self)
        if not is_anonymous(provider, user):
            return User(id=user.username, name=user.display_name or user.name or user.username, header=by_token)
        if by_token and await ensure_async(provider.get_user_cookie(self)) is None:
            return Owner()
        return Browser(login=f"jupyter:{user.username}", trusted=True)

    def around(self) -> tuple[str, ...]:
        """As for Jupyter's own pages, which whoever runs the server may have configured."""
        given = [part.strip() for part in self.content_security_policy.split(";")]
        kept = [part for part in given if part.startswith(("frame-ancestors ", "report-uri ", "report-to "))]
        own = () if any(part.startswith("frame-ancestors ") for part in kept) else super().around()
        return (*own, *kept)

    async def check_shown(self) -> None:
        """A wrong key or token is refused even where none is needed."""
        if self.key_holder() is not None:
            return
        if "Authorization" in self.request.headers and self.current_user is None:
            raise Problem(403, "forbidden", "This is not a token of this server.")


class HubInfo(api.HubInfo, JupyterBase):
    """`api/hub`."""

    get = allow_unauthenticated(api.HubInfo.get)


class Me(api.Me, JupyterBase):
    """`api/me`."""

    get = allow_unauthenticated(api.Me.get)
    post = allow_unauthenticated(api.Me.post)


class Data(api.Data, JupyterBase):
    """`api/data`."""

    get = allow_unauthenticated(api.Data.get)


class Socket(sockets.Socket, WebSocketMixin, JupyterBase):
    """`ws`. The mixin brings Jupyter's rules for origins."""

    get = allow_unauthenticated(sockets.Socket.get)


class Poll(polling.Poll, JupyterBase):
    """`poll`."""

    post = allow_unauthenticated(polling.Poll.post)


class Page(pages.Page, JupyterBase):
    """The page.

    Who is not signed in goes to Jupyter's login and comes back.
    """

    @authenticated
    async def get(self) -> None:
        """The page, if the Authorizer agrees."""
        await self.who("read")
        self.show(self.base_url)


class Static(pages.Static):
    """`static/…`."""

    get = allow_unauthenticated(pages.Static.get)
    head = allow_unauthenticated(pages.Static.head)


class Asset(pages.Asset):
    """The icon and the style of notices."""

    get = allow_unauthenticated(pages.Asset.get)


class Redirect(pages.Redirect):
    """`/nbchat` to `/nbchat/`."""

    get = allow_unauthenticated(pages.Redirect.get)


class NbchatExtension(ExtensionApp):
    """The extension `nbchat` of a Jupyter server."""

    name = "nbchat"
    extension_url = "/nbchat/"
    load_other_extensions = True
    classes = [NbchatConfig]  # noqa: RUF012 - the name and form that traitlets asks for

    def initialize_settings(self) -> None:
        """Called by Jupyter before there are handlers."""
        self._site = Site(self.log)
        self._note = RuntimeNote()
        self._unpublish = metrics.nothing

    def initialize_handlers(self) -> None:
        """Called by Jupyter; it puts base_url before each route."""
        site = {"site": self._site}
        self.handlers.extend(
            [
                (r"/nbchat/ws", Socket, site),
                (r"/nbchat/poll", Poll, site),
                (r"/nbchat/api/hub", HubInfo, site),
                (r"/nbchat/api/me", Me, site),
                (r"/nbchat/api/data", Data, site),
                (r"/nbchat/static/(.*)", Static),
                (r"/nbchat/(favicon\.svg|notice\.css)", Asset),
                (r"/nbchat/", Page, site),
                (r"/nbchat", Redirect),
            ]
        )

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """Called on the running loop, once the port is final and before any kernel starts."""
        settings = NbchatConfig(config=self.config).settings()
        try:
            self._site.hub = hub = open_hub(settings, self.log)
        except HubUnusable as error:
            self._site.why = str(error)
            self.log.error("%s The server goes on without chat.", error)
            return
        self._unpublish = metrics.publish(hub, self.log)
        url = hub_url(serverapp)
        if url is None:
            self.log.info("nbchat: the server listens on a UNIX socket, where kernels cannot reach the hub.")
            return
        os.environ["NBCHAT_URL"], os.environ["NBCHAT_KEY"] = url, hub.keys.client
        try:
            self._note.leave(url=url, key=hub.keys.client, store=hub.info.id, kind="jupyter")
        except OSError as error:
            self.log.warning("nbchat: kernels of other programs will not find this hub: %s", error)
        self.log.info("nbchat: the chat of %s is at %s, its data at %s", hub.info.owner.name, url, hub.info.where)

    async def stop_extension(self) -> None:
        """Called by Jupyter before it stops its kernels."""
        hub, self._site.hub = self._site.hub, None
        self._site.why = "The server is shutting down."
        self._note.remove()
        self._unpublish()
        if hub is not None:
            await hub.stop()
        self._site.end()


def hub_url(serverapp: Any) -> str | None:
    """Where this machine's programs reach the hub; None behind a UNIX socket.

    A name such as localhost may mean ::1 for a client and 127.0.0.1 for the server, so loopback is written as a number.
    """
    if serverapp.sock:
        return None
    everywhere = serverapp.ip in ("", "*", "0.0.0.0", "::", "localhost")  # noqa: S104 - compared, not bound
    host = "127.0.0.1" if everywhere else serverapp.ip
    if ":" in host:
        host = f"[{host}]"
    scheme = "https" if serverapp.certfile else "http"
    return str(url_path_join(f"{scheme}://{host}:{serverapp.port}", serverapp.base_url, "nbchat/"))


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Asked by Jupyter of the package `nbchat`, which hands the question on to here."""
    return [{"module": "nbchat", "app": NbchatExtension}]
