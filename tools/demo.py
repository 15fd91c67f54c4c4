"""`make demo`: JupyterLab with the hub and notebooks/01-hello.ipynb, and an address for a second person.

`--check` plays the same story headless. Everything is written to a folder that goes when the demo ends; no
configuration, data or chat of yours is touched. It is the same server, notebook and page that a person would have,
only in a fresh place, with `share` on so that each browser is asked who it is.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kit.servers import Server, jupyter  # noqa: E402 - the test kit starts servers; it lives in tests/

NOTEBOOK = "01-hello.ipynb"
SENDING_CELL, FROM_A_CELL = 4, "epoch 3: loss 0.12"  # the cell's place in the notebook, and what it sends
CHECK_SECONDS = 120
HINTS = """
  Run the notebook from top to bottom (Run > Run All Cells). The widget asks who you are: choose the
  one whose notebooks run here, and you are the same person as your cells. Open the second address in
  another tab, be somebody new there, and join the channel: New conversation > Channels."""
YOU, SECOND = "127.0.0.1", "localhost"  # cookies belong to a host, so these are two people for one browser


@contextmanager
def demo_server() -> Iterator[Server]:
    """A JupyterLab of its own with a copy of the notebooks."""
    with tempfile.TemporaryDirectory(prefix="nbchat-demo-") as folder:
        notebooks = Path(folder) / "notebooks"
        shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns(".*"))
        with jupyter(Path(folder), root_dir=notebooks, config={"NbchatConfig": {"share": True}}) as server:
            yield server


def play() -> int:
    """Start it for people, and wait for Ctrl-C, a closed terminal, or a polite kill."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    with demo_server() as server:
        mine = f"http://{YOU}:{server.port}/lab/tree/{NOTEBOOK}?token={server.token}"
        theirs = f"http://{SECOND}:{server.port}/nbchat/?token={server.token}"
        print(f"\n  You, in JupyterLab:       {mine}")
        print(f"  A second person's page:   {theirs}")
        print(HINTS)
        print("  Stop with Ctrl-C: the servers end and the demo's data goes.\n", flush=True)
        webbrowser.open(mine)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("\n  Stopping.")
    return 0


def _interrupt(number: int, frame: object) -> None:  # noqa: ARG001 - the signature of a signal handler
    """A closed terminal and a polite kill end the demo as Ctrl-C does: with its servers, and its folder."""
    raise KeyboardInterrupt


class Steps:
    """Prints a line for each step with its milliseconds."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._last = self._begun

    def done(self, what: str) -> None:
        """Say that a step is done."""
        now = time.monotonic()
        print(f"  ok  {(now - self._last) * 1000:7.0f} ms  {what}", flush=True)
        self._last = now

    def total(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begun


def check() -> int:
    """Play the story headless with two browser profiles and a running notebook."""
    from kit.browser import launched

    steps = Steps()
    try:
        with demo_server() as server, launched() as browser:
            steps.done("JupyterLab answers, the extension is on")
            _story(steps, server, browser)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the result of the check
        print(f"  failed after {steps.total():.1f} s: {error}", file=sys.stderr)
        return 1
    in_time = steps.total() <= CHECK_SECONDS
    print(f"  {'all well' if in_time else 'too slow'}: {steps.total():.1f} s, {CHECK_SECONDS} s are allowed")
    return 0 if in_time else 1


def _story(steps: Steps, server: Server, browser: Browser) -> None:
    from kit.browser import new_context, run_cell
    from kit.people import sits_at_page, sits_in_notebook
    from playwright.sync_api import expect

    ada_page = new_context(browser).new_page()
    ada = sits_in_notebook(ada_page, server, NOTEBOOK, host=YOU)
    steps.done("the notebook runs, its widget asks who I am")
    ada.is_new("Ada")
    ada.joins().is_connected()
    steps.done("Ada is there and has joined the channel")
    grace = sits_at_page(new_context(browser).new_page(), server, host=SECOND).is_new("Grace").finds_channel("hello")
    steps.done("Grace came by the other address and found the channel")
    grace.sees(FROM_A_CELL)
    run_cell(ada_page, SENDING_CELL)
    expect(grace.message(FROM_A_CELL)).to_have_count(2)
    expect(ada.message(FROM_A_CELL)).to_have_count(2)
    steps.done("a cell sends, both read")
    ada.writes("Hello Grace")
    grace.sees("Hello Grace")
    steps.done("Ada writes, Grace reads")
    grace.writes("Hello Ada")
    ada.sees("Hello Grace", "Hello Ada")
    steps.done("Grace writes, Ada reads")
    ada.edits("Hello Grace", "Hello, Grace")
    grace.sees("Hello, Grace", "Hello Ada").chooses("Hello, Grace", "👍")
    ada.sees_reaction("Hello, Grace", "👍", 1, "Grace")
    steps.done("Ada changes what she wrote, Grace reacts to it")
    grace.types("and")
    ada.sees_typing("Grace")
    ada.sees_nobody_typing()
    steps.done("typing shows and goes")
    server.kill()
    ada.sees_banner("Reconnecting")
    ada.writes("Are you still there?").sees_tick("Are you still there?", "waiting")
    server.start()
    grace.sees("Hello, Grace", "Hello Ada", "Are you still there?")
    ada.sees_no_banner()
    steps.done("the server was killed and is back; what waited has arrived")


def main() -> int:
    """Run the demo, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="play the story headless and exit 0 or 1")
    return check() if parser.parse_args().check else play()


if __name__ == "__main__":
    sys.exit(main())
