"""Every state of the view on one page: `make gallery`, then open gallery/index.html. `ARGS="thread picker"` for some.

Takes a picture of each scene of js/dev (a scripted chat, no server) in each of the ways below, lets axe look at each,
and writes one page that shows a state's pictures in a row. Exits 1 where axe finds something or the page says an error.
docs/looks.md is the list, state by state, of what was compared and what is worse here.
"""

from __future__ import annotations

import html
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pictures import CHROMIUM, FLAGS, ROOT, judge, serve
from playwright.sync_api import Browser, Page, sync_playwright

HEIGHT = 620
BASE = "busy"
"""The scene that the harness is opened with to ask which there are."""


@dataclass(frozen=True)
class Way:
    """One way to look at a scene.

    Attributes:
        name: on the page, and in the file's name.
        width: of the widget, CSS px.
        dark: the host's theme.
        forced: forced colours, as Windows' high contrast has them.
        query: more for the harness: `rtl` turns the page and the words.
        zoom: device pixels for a CSS pixel; 2 at half the width is what 200 % zoom does.
    """

    name: str
    width: int
    dark: bool = False
    forced: Literal["active", "none"] = "none"
    query: str = ""
    zoom: float = 1.0


WAYS = (
    Way("light 1000", 1000),
    Way("light 480", 480),
    Way("light 320", 320),
    Way("dark 1000", 1000, dark=True),
    Way("dark 480", 480, dark=True),
    Way("dark 320", 320, dark=True),
    Way("contrast 480", 480, forced="active"),
    Way("right-to-left 480", 480, query="&rtl=1&lang=he"),
    Way("zoom 500", 500, zoom=2.0),
)


class Gallery:
    """Pictures of scenes, kept in a folder.

    Args:
        browser: a Chromium.
        url: where the harness is served.
        folder: takes the pictures and the page.
    """

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self._browser, self._url, self._folder = browser, url, folder
        self.problems: list[str] = []

    def scenes(self) -> list[str]:
        """The names of all scenes."""
        page = self._browser.new_page()
        page.goto(f"{self._url}?scene={BASE}")
        page.wait_for_selector(".nbchat")
        names: list[str] = page.evaluate("() => globalThis.sceneNames")
        page.close()
        return names

    def take(self, scene: str, way: Way) -> str:
        """Take one picture; returns the file's name."""
        page = self._page(way)
        page.on("pageerror", lambda error: self.problems.append(f"{scene}, {way.name}: {error}"))
        theme = "dark" if way.dark else "light"
        page.goto(f"{self._url}?scene={scene}&theme={theme}&height={HEIGHT}{way.query}")
        page.wait_for_selector(".nbchat")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.wait_for_load_state("networkidle")
        name = f"{scene}-{way.name.replace(' ', '-')}.png"
        page.screenshot(path=self._folder / name)
        self.problems += [f"{scene}, {way.name}: {line}" for line in judge(page)]
        page.context.close()
        return name

    def _page(self, way: Way) -> Page:
        context = self._browser.new_context(
            viewport={"width": way.width, "height": HEIGHT},
            device_scale_factor=way.zoom,
            forced_colors=way.forced,
            color_scheme="dark" if way.dark else "light",
            locale="he-IL" if "lang=he" in way.query else "en-GB",
            reduced_motion="reduce",
        )
        return context.new_page()


def page_of(taken: dict[str, list[tuple[Way, str]]]) -> str:
    """One page with all pictures, a row for each scene."""
    return "\n".join(
        [
            "<!doctype html><html lang='en'><meta charset='utf-8'><title>nbchat: every state</title>",
            "<style>body{font:14px system-ui;margin:16px}h2{position:sticky;inset-block-start:0;background:#fff;",
            "margin:0;padding:8px 0}div{display:flex;gap:12px;overflow-x:auto;align-items:start;padding-bottom:16px}",
            "figure{margin:0}figcaption{color:#555;padding:4px 0}img{border:1px solid #ccc;max-height:640px}</style>",
            f"<h1>{len(taken)} states</h1><p>{' · '.join(f'<a href=#{name}>{name}</a>' for name in taken)}</p>",
            *_rows(taken),
            "</html>",
        ]
    )


def _rows(taken: dict[str, list[tuple[Way, str]]]) -> Iterator[str]:
    for scene, pictures in taken.items():
        figures = "".join(
            f"<figure><figcaption>{html.escape(way.name)}</figcaption>"
            f"<img loading='lazy' src='{html.escape(name)}' alt='{html.escape(f'{scene}, {way.name}')}'></figure>"
            for way, name in pictures
        )
        yield f"<h2 id='{html.escape(scene)}'>{html.escape(scene)}</h2><div>{figures}</div>"


def main() -> int:
    """Build, serve, take the pictures, write the page, say what is wrong."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as built, sync_playwright() as playwright:
        subprocess.run(["node", "dev/build.mjs", built], cwd=ROOT / "js", check=True)
        server = serve(Path(built))
        url = f"http://127.0.0.1:{server.server_port}/harness.html"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        gallery = Gallery(browser, url, folder)
        taken = {scene: [(way, gallery.take(scene, way)) for way in WAYS] for scene in sys.argv[2:] or gallery.scenes()}
        browser.close()
        server.shutdown()
    (folder / "index.html").write_text(page_of(taken), encoding="utf-8")
    for line in dict.fromkeys(gallery.problems):
        print(line)
    print(f"{len(taken)} states, {len(taken) * len(WAYS)} pictures: {folder / 'index.html'}")
    return 1 if gallery.problems else 0


if __name__ == "__main__":
    sys.exit(main())
