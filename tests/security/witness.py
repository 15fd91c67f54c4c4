"""Watches a page with hostile texts on it: for code that runs, requests that leave, and elements that should not be.

witness = Witness(page)          # before the page is opened
page.goto(…)
witness.finds_nothing()          # as often as something else is on the screen
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Page

HERE = Path(__file__).parent
FLAG, LOOK = ((HERE / name).read_text(encoding="utf-8") for name in ("flag.js", "look.js"))


class Witness:
    """Watches one page.

    Attributes:
        page: the browser tab.
    """

    def __init__(self, page: Page, root: str = ".nbchat") -> None:
        """Begin, before the page is opened; `root` is where the view is."""
        self.page, self.root = page, root
        self._events: list[str] = []
        page.add_init_script(FLAG)
        page.on("dialog", self._asks)
        page.on("pageerror", lambda error: self._events.append(f"error {error}"))
        page.on("popup", lambda other: self._events.append(f"popup {other.url}"))
        page.on("download", lambda file: self._events.append(f"download {file.url}"))
        page.on("request", lambda request: self._asked(request.url))

    def _asks(self, dialog: Dialog) -> None:
        self._events.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self._events.append(f"request {url}")

    def found(self) -> list[str]:
        """All that should not have been, so far."""
        seen = self.page.evaluate("window.__seen")
        return [*self._events, *seen["ran"], *seen["policy"], *self.page.evaluate(LOOK, self.root)]

    def finds_nothing(self) -> None:
        """Nothing ran, nothing was asked for, nothing is there that could."""
        found = self.found()
        assert not found, "\n".join(found[:10])
