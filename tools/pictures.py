"""Take pictures of the view in its harness, and let axe look at each: `python tools/pictures.py FOLDER [scene ...]`.

A scene may have a language behind an @: `busy@he`.

Builds js/dev (a scripted chat, no server), serves it on a free loopback port, and opens every scene at three widths,
light and dark, in Chromium. Exits 1 where axe finds a violation, or the page says an error. Not part of `make test`:
tests/e2e/test_view.py holds the same rules there.
"""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SCENES = ("busy", "unread", "offline", "empty", "none", "list", "question", "hard", "code", "look", "frozen")
WRITING = (
    "mention",
    "smile",
    "slash",
    "format",
    "preview",
    "unknown",
    "pasted",
    "help",
    "picker",
    "reply",
    "math",
    "lines",
    "mention@he",
    "format@he",
    "picker@he",
    "busy@he",
)
TALK = (
    *("talk", "marks", "tools", "actions", "react", "editing", "deleting", "versions", "forwarding", "reporting"),
    *("thread", "pinned", "saved", "mentions", "threads", "reactions", "older", "unsent", "thread@he"),
)
SHEETS = ("menu", "members", "data", "people", "channels")
PEOPLE = ("topic", "row", "about", "member", "large", "invite", "moderate", "card", "ban", "profile", "leave")
WIDTHS = (320, 480, 1000)
HEIGHT = 560
CHROMIUM = os.environ.get("NBCHAT_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the harness without a line for each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """Serve a folder on a free loopback port, in a thread."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def judge(page: Page) -> list[str]:
    """What axe has against the page, one line a rule."""
    page.add_script_tag(path=str(ROOT / "js/node_modules/axe-core/axe.min.js"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {rule['help']} [{rule['nodes'][0]['html'][:110]}] ({len(rule['nodes'])})"
        for rule in found["violations"]
    ]


def take(browser: Browser, url: str, folder: Path, scene: str) -> list[str]:
    """Take the six pictures of one scene; returns what is wrong with it."""
    problems: list[str] = []

    def note(error: object) -> None:
        problems.append(f"{scene}: {error}")

    for width in WIDTHS:
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": HEIGHT}, device_scale_factor=2)
            page.on("pageerror", note)
            shown, _, language = scene.partition("@")
            page.goto(f"{url}?scene={shown}&theme={theme}&height={HEIGHT}&lang={language or 'en'}")
            page.wait_for_selector(".nbchat")
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.wait_for_load_state("networkidle")
            name = f"{scene}-{theme}-{width}"
            page.screenshot(path=folder / f"{name}.png")
            problems += [f"{name}: {line}" for line in judge(page)]
            page.close()
    return problems


def main() -> int:
    """Build, serve, take all pictures, say what is wrong."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    scenes = sys.argv[2:] or [*SCENES, *TALK, *SHEETS, *PEOPLE, *WRITING]
    with tempfile.TemporaryDirectory() as built, sync_playwright() as playwright:
        subprocess.run(["node", "dev/build.mjs", built], cwd=ROOT / "js", check=True)
        server = serve(Path(built))
        url = f"http://127.0.0.1:{server.server_port}/harness.html"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        problems = [line for scene in scenes for line in take(browser, url, folder, scene)]
        browser.close()
        server.shutdown()
    for line in dict.fromkeys(problems):
        print(line)
    print(f"{len(scenes) * len(WIDTHS) * 2} pictures in {folder}, {len(set(problems))} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
