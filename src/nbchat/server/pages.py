"""The page of its own at `{base_url}nbchat/`, its icon, and the built front end; the same for every host.

The HTML is a file beside this module; what the page must know is a JSON script tag, which is data and needs no
exception in the Content-Security-Policy. Nothing is inlined and nothing comes from elsewhere.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

from tornado.web import HTTPError, StaticFileHandler

from .discreet import Discreet
from .handlers import HubHandler, error_said

HERE = Path(__file__).parent
STATIC = HERE.parent / "widget" / "static"
AGAIN = '<p><a class="button" href="">Try again</a></p>'
"""A link to the same address with all that stands in it; a form would lose the owner's key."""
PASSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""What may go well the next time."""
YEAR = 365 * 24 * 3600
PATH_CHARS = 1024
"""Above what any of our files has, and below what file systems refuse with an error of their own."""


@lru_cache
def template(name: str) -> str:
    """A file beside this module."""
    return (HERE / name).read_text(encoding="utf-8")


def page_html(base_url: str) -> str:
    """The page.

    Args:
        base_url: the server's, with slashes at both ends.
    """
    # In a script tag only "<" could end the data early; JSON may write it as an escape.
    config = json.dumps({"baseUrl": base_url}).replace("<", "\\u003c")
    return template("page.html").replace("{{config}}", config)


def page_policy(host: str, around: tuple[str, ...]) -> str:
    """The Content-Security-Policy: everything from this origin, no inline script, no form that leads elsewhere.

    Args:
        host: the request's Host header. Safari before 15.4 does not count ws: as 'self', so the socket is named.
        around: `HubHandler.around`.
    """
    sockets = f" ws://{host} wss://{host}" if re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", host) else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self'{sockets}",
            "base-uri 'none'",
            "form-action 'self'",
            *around,
        )
    )


def secure(handler: HubHandler) -> None:
    """The headers of every HTML page."""
    handler.set_header("Content-Security-Policy", page_policy(handler.request.host, handler.around()))
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Referrer-Policy", "same-origin")
    handler.set_header("Cache-Control", "no-store")
    handler.set_header("Content-Type", "text/html; charset=UTF-8")


class Page(HubHandler):
    """`""`: the page. A host sends whom it does not know to its own login first."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A page that says what happened, where the routes of programs answer with JSON."""
        secure(self)
        self.finish(notice(error_said(status_code, kwargs)[1], AGAIN if status_code in PASSING else ""))

    def show(self, base_url: str) -> None:
        """Finish with the page, or with why it cannot be."""
        secure(self)
        _ = self.xsrf_token  # sets the cookie that an answer to api/me needs
        if self.site.hub is None:
            self.set_status(503)
            self.finish(notice(self.site.why, AGAIN))
        elif not (STATIC / "page.js").is_file():
            self.set_status(503)
            self.finish(notice("This installation of nbchat has no front end. Install the wheel, or run `make setup`."))
        else:
            self.finish(page_html(base_url))


def notice(text: str, more: str = "") -> str:
    """A small HTML page that says one thing.

    Args:
        text: what to say.
        more: HTML behind it.
    """
    from tornado.escape import xhtml_escape

    return template("notice.html").replace("{{text}}", xhtml_escape(text)).replace("{{more}}", more)


class Redirect(Discreet):
    """From an address without its last slash to the one with it."""

    def get(self) -> None:
        """Keep the query: it may carry a token."""
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{self.request.path.rstrip('/')}/{query}")


class Static(Discreet, StaticFileHandler):
    """`static/…`: the built front end. The same for everybody, so it needs no login."""

    def initialize(self) -> None:  # type: ignore[override]  # the folder is ours, not an argument of the route
        """Called by Tornado."""
        super().initialize(str(STATIC))

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Tornado's, which fails on a path that no file system has."""
        if "\0" in absolute_path or len(absolute_path) > PATH_CHARS:
            raise HTTPError(404)
        return super().validate_absolute_path(root, absolute_path)

    def set_extra_headers(self, path: str) -> None:
        """Chunks carry the hash of their content in their name; all else is asked for again by its ETag."""
        cache = f"public, max-age={YEAR}, immutable" if path.startswith("chunks/") else "no-cache"
        self.set_header("Cache-Control", cache)
        self.set_header("X-Content-Type-Options", "nosniff")

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:  # noqa: ARG002 - Tornado's signature
        """`set_extra_headers` says it all."""
        return 0


class Asset(Discreet):
    """`favicon.svg` and the style of notices: files beside this module."""

    TYPES: ClassVar = {"favicon.svg": "image/svg+xml", "notice.css": "text/css"}

    def get(self, name: str) -> None:
        """One of the two."""
        self.set_header("Content-Type", self.TYPES[name])
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(template(name))
