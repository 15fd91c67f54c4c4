"""The view in a browser without a server of ours: the harness of js/dev, with a scripted chat, one scene at a time."""

from __future__ import annotations

import functools
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from kit.browser import new_context

ROOT = Path(__file__).resolve().parents[2]

Show = Callable[..., Page]
"""`show(scene, width=480, dark=False, **query)` opens a scene of js/dev/scenes*.ts."""

PLACES = """() => {
  const scroller = document.querySelector('.nbc-scroll');
  const { top, bottom } = scroller.getBoundingClientRect();
  const rows = [...scroller.querySelectorAll('article')].map((row) => [row.dataset.key, row.getBoundingClientRect()]);
  const shown = rows.filter(([, at]) => at.bottom > top && at.top < bottom);
  return Object.fromEntries(shown.map(([key, at]) => [key, at.top - top]));
}"""
"""Places of the rows on the screen by their keys, px below the top of the timeline."""
FROM_END = """() => {
  const scroller = document.querySelector('.nbc-scroll');
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}"""
"""How far the timeline is from its end, px."""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
"""Two frames: what was asked for is drawn, and its effects have run."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves the harness without a line for each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The harness, built into a folder and served on a free loopback port: its URL."""
    subprocess.run(["node", "dev/build.mjs", str(folder)], cwd=ROOT / "js", check=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/harness.html"
        server.shutdown()


@pytest.fixture(scope="package")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the served harness."""
    with served(tmp_path_factory.mktemp("harness")) as url:
        yield url


class Tabs:
    """Tabs in profiles of their own that are used again by one test after the other.

    A new one is a new process, which reads and compiles all that it shows: half of what a short test costs.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[Page] = []

    def take(self, *, width: int, dark: bool) -> Page:
        """A tab of that size and colour scheme, in which nothing was ever shown as far as a page can tell."""
        page = self._free.pop() if self._free else new_context(self._browser).new_page()
        page.set_viewport_size({"width": width, "height": 700})
        page.emulate_media(color_scheme="dark" if dark else "light")
        return page

    def give_back(self, page: Page) -> None:
        """Nobody needs it now. Leaving the page comes first: it may keep something as it goes."""
        origin = page.evaluate("location.origin")
        page.goto("about:blank")
        session = page.context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session.detach()
        page.mouse.move(-1, -1)
        self._free.append(page)


@pytest.fixture(scope="package")
def tabs(browser: Browser) -> Tabs:
    """The tabs of a folder, closed with its browser."""
    return Tabs(browser)


@pytest.fixture
def show(tabs: Tabs, harness: str, request: pytest.FixtureRequest) -> Iterator[Show]:
    """Open a scene, and wait until it has done what it does; an error in any page fails the test."""
    errors: list[str] = []
    pages: list[Page] = []

    def failed(error: Error) -> None:
        errors.append(str(error))

    def opened(scene: str, *, width: int = 480, dark: bool = False, **query: Any) -> Page:
        page = tabs.take(width=width, dark=dark)
        pages.append(page)
        page.on("pageerror", failed)
        asked = "&".join(f"{key}={value}" for key, value in {"height": 560, **query}.items())
        page.goto(f"{harness}?scene={scene}&theme={'dark' if dark else 'light'}&{asked}")
        page.wait_for_selector(".nbchat")
        # What is held back comes when the test says so.
        page.evaluate(FRAMES if "hold" in query else "() => settled()")
        return page

    yield opened
    for page in pages:
        page.remove_listener("pageerror", failed)
        # What a failed test has left, a button held down perhaps, is nobody else's.
        if getattr(request.node, "failed", False):
            page.context.close()
        else:
            tabs.give_back(page)
    assert errors == []


def violations(page: Page) -> list[str]:
    """What axe has against the page as it is, once the scene has done what it does and nothing is on its way."""
    page.evaluate("() => settled()")
    page.add_script_tag(path=str(ROOT / "js/node_modules/axe-core/axe.min.js"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]]
