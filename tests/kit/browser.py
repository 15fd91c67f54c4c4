"""A real Chromium, driven by synchronous Playwright, and the few moves in JupyterLab and Notebook 7 that are stable."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from kit.servers import Server

FLAGS = [
    "--no-sandbox",  # CI and containers run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT = 30_000
"""Milliseconds that any wait in the page, and each `expect`, may take; a cold Lab needs eight seconds."""

CHROMIUM_TOOL = Path(__file__).resolve().parents[2] / "tools" / "chromium.py"

RUN_ALL = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
}"""

START_ALL = RUN_ALL.replace("  await window.jupyterapp.commands", "  void window.jupyterapp.commands")


@lru_cache
def chromium() -> str:
    """The path of a Chromium that runs; tools/chromium.py finds or gets it."""
    chosen = os.environ.get("NBCHAT_CHROMIUM")
    return chosen or subprocess.check_output([sys.executable, str(CHROMIUM_TOOL)], text=True).strip()


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser, closed afterwards.

    While it is open, this thread counts as having a running event loop, so no async test may run in between:
    tests/e2e/conftest.py opens it for that folder only.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        expect.set_options(timeout=TIMEOUT)
        try:
            yield browser
        finally:
            browser.close()


def new_context(
    browser: Browser, *, width: int = 1280, height: int = 900, dark: bool = False, language: str = "en-GB"
) -> BrowserContext:
    """A browser profile of its own: another person, or the same one on another device."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=language
    )
    context.set_default_timeout(TIMEOUT)
    return context


def address(server: Server, path: str, *, user: str | None = None, host: str = "127.0.0.1", **query: str) -> str:
    """A URL on the server, with its token; `user` is for kit.identities, another `host` is another cookie jar."""
    asked = {**({"token": server.token} if server.token else {}), **({"user": user} if user else {}), **query}
    where = server.url.replace("127.0.0.1", host) + path
    return f"{where}?{urlencode(asked)}" if asked else where


def open_notebook(page: Page, server: Server, path: str, *, user: str | None = None, host: str = "127.0.0.1") -> None:
    """Open a notebook in JupyterLab or Notebook 7, and wait until its cells are drawn."""
    if server.app == "notebook":
        page.goto(address(server, f"notebooks/{path}", user=user, host=host))
    else:
        page.goto(address(server, f"doc/tree/{path}", user=user, host=host, reset=""))
    page.wait_for_selector(".jp-Notebook .jp-Cell")


def run_all_cells(page: Page, *, wait: bool = True) -> None:
    """Run the open notebook once its kernel is there; then wait for the widget's own selector, never for "idle".

    Args:
        page: shows a notebook.
        wait: whether to return only when all cells ended; False for cells that go on for long.
    """
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext")
    page.evaluate(RUN_ALL if wait else START_ALL)


RUN_ONE = """async (at) => {
  const panel = window.jupyterapp.shell.currentWidget;
  panel.content.activeCellIndex = at;
  await window.jupyterapp.commands.execute("notebook:run-cell");
}"""


def run_cell(page: Page, at: int, *, wait: bool = True) -> None:
    """Run one cell of the open notebook by its place, from 0.

    Args:
        page: shows a notebook whose kernel is there.
        at: which cell.
        wait: whether to return only when it has ended.
    """
    page.evaluate(
        RUN_ONE if wait else RUN_ONE.replace("await window.jupyterapp.commands", "void window.jupyterapp.commands"), at
    )


def wait_for_kernel(page: Page, status: str) -> None:
    """Wait until the kernel of the open notebook is "busy" or "idle"."""
    page.wait_for_function(
        "(status) => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === status",
        arg=status,
    )


def save(page: Page) -> None:
    """Save the open notebook, so that a reload shows its outputs."""
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")


def shut_kernel_down(page: Page) -> None:
    """End the kernel of the open notebook, as "Shut Down Kernel" does."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def notebook_content(page: Page) -> object:
    """The cells of the open notebook, as they would be saved."""
    return page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells.map((cell) => cell.source)"
    )
