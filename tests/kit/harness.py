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
from playwright.sync_api import Browser, Page

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


@pytest.fixture
def show(browser: Browser, harness: str) -> Iterator[Show]:
    """Open a scene; an error in any page fails the test."""
    errors: list[str] = []
    contexts = []

    def opened(scene: str, *, width: int = 480, dark: bool = False, **query: Any) -> Page:
        context = new_context(browser, width=width, height=700, dark=dark)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        asked = "&".join(f"{key}={value}" for key, value in {"height": 560, **query}.items())
        page.goto(f"{harness}?scene={scene}&theme={'dark' if dark else 'light'}&{asked}")
        page.wait_for_selector(".nbchat")
        page.evaluate(FRAMES)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def violations(page: Page) -> list[str]:
    """What axe has against the page as it is, once nothing is on its way."""
    page.wait_for_load_state("networkidle")
    page.add_script_tag(path=str(ROOT / "js/node_modules/axe-core/axe.min.js"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]]
