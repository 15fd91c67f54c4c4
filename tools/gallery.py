"""Every state of the view on one page: `make gallery`, then open gallery/index.html. `ARGS="thread picker"` for some.

Takes a picture of each scene of js/dev (a scripted chat, no server) in each of the ways below, lets axe look at each,
and writes one page that shows a state's pictures in a row. Exits 1 where axe finds something or the page says an error.
`--docs` takes those of docs/looks.md instead, into docs/pictures/states. Not part of `make test`:
tests/e2e/test_view.py holds the same rules there. docs/looks.md is the list, state by state, of what was compared.
"""

from __future__ import annotations

import html
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from small_png import small_png

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kit.browser import launched  # noqa: E402 - the test kit lives in tests/
from kit.harness import FRAMES, served, violations  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

HEIGHT = 620
BASE = "busy"
"""The scene that the harness is opened with to ask which there are."""
TOO_LONG = ("long", "formulas")
"""Scenes for measuring; they look as others do."""
DOCS = ROOT / "docs/pictures/states"


@dataclass(frozen=True)
class Way:
    """One way to look at a scene.

    Attributes:
        name: on the page, and in the file's name.
        width: of the widget, CSS px.
        height: of the widget, CSS px.
        dark: the host's theme.
        forced: forced colours, as Windows' high contrast has them.
        query: more for the harness: `rtl` turns the page, `lang` the words.
        scale: device pixels for a CSS pixel; 2 at half the size is what 200 % zoom does.
    """

    name: str
    width: int
    height: int = HEIGHT
    dark: bool = False
    forced: Literal["active", "none"] = "none"
    query: str = ""
    scale: float = 1.0


WAYS = (
    Way("light-1000", 1000),
    Way("light-480", 480),
    Way("light-320", 320),
    Way("dark-1000", 1000, dark=True),
    Way("dark-480", 480, dark=True),
    Way("dark-320", 320, dark=True),
    Way("contrast-480", 480, forced="active"),
    Way("hebrew-480", 480, query="&lang=he"),
    Way("hebrew-1000", 1000, query="&lang=he"),
    Way("zoom-500", 500, HEIGHT // 2, scale=2),
)
KEPT = {
    "busy": ("light-1000", "dark-480", "light-320", "hebrew-1000"),
    "talk": ("light-1000", "dark-480", "light-320", "contrast-480"),
    "thread": ("light-1000", "dark-1000", "light-320"),
    "actions": ("light-480", "dark-480"),
    "reactions": ("light-480", "dark-480"),
    "editing": ("light-480", "dark-480"),
    "mention": ("light-480", "dark-480"),
    "picker": ("light-480", "dark-320"),
    "members": ("light-480", "dark-480"),
    "list": ("light-1000", "dark-320"),
    "empty": ("light-480", "dark-480"),
    "offline": ("light-480", "dark-480", "zoom-500"),
    "hard": ("light-480", "dark-320"),
}
"""What docs/looks.md shows: ways by scene."""


class Gallery:
    """Pictures of scenes, kept in a folder.

    Args:
        browser: a Chromium.
        url: where the harness is served.
        folder: takes the pictures.
        small: whether to write at most 256 colours, for git.
    """

    def __init__(self, browser: Browser, url: str, folder: Path, *, small: bool = False) -> None:
        self._url, self._folder, self._small = url, folder, small
        self.problems: list[str] = []
        self._pages = {way: self._page(browser, way) for way in WAYS}

    def scenes(self) -> list[str]:
        """The names of all scenes, but those that are for measuring."""
        page = self._pages[WAYS[0]]
        page.goto(f"{self._url}?scene={BASE}")
        page.wait_for_selector(".nbchat")
        names: list[str] = page.evaluate("() => globalThis.sceneNames")
        return [name for name in names if name not in TOO_LONG]

    def take(self, scene: str, ways: Sequence[Way] = WAYS) -> list[tuple[Way, str]]:
        """Take the pictures of a scene; returns each way with its file's name.

        All pages load at once, because they wait more than they work.
        """
        for way in ways:
            theme = "dark" if way.dark else "light"
            query = f"scene={scene}&theme={theme}&height={way.height}{way.query}"
            self._pages[way].goto(f"{self._url}?{query}", wait_until="commit")
        return [(way, self._taken(scene, way)) for way in ways]

    def _taken(self, scene: str, way: Way) -> str:
        page = self._pages[way]
        page.wait_for_selector(".nbchat")
        page.wait_for_load_state("networkidle")
        page.evaluate(FRAMES)
        name = f"{scene}-{way.name}.png"
        picture = page.screenshot()
        (self._folder / name).write_bytes(small_png(picture) if self._small else picture)
        self.problems += [f"{scene}, {way.name}: {line}" for line in violations(page)]
        return name

    def _page(self, browser: Browser, way: Way) -> Page:
        context = browser.new_context(
            viewport={"width": way.width, "height": way.height},
            device_scale_factor=way.scale,
            forced_colors=way.forced,
            color_scheme="dark" if way.dark else "light",
            locale="he-IL" if "lang=he" in way.query else "en-GB",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        return page


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


def main(arguments: list[str]) -> int:
    """Build, serve, take the pictures, write the page, say what is wrong."""
    docs = "--docs" in arguments
    named = [one for one in arguments if one != "--docs"]
    folder = DOCS if docs else Path(named[0] if named else "gallery")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as built, served(Path(built)) as url, launched() as browser:
        gallery = Gallery(browser, url, folder, small=docs)
        if docs:
            taken = {
                scene: gallery.take(scene, [way for way in WAYS if way.name in names]) for scene, names in KEPT.items()
            }
        else:
            taken = {scene: gallery.take(scene) for scene in named[1:] or gallery.scenes()}
            (folder / "index.html").write_text(page_of(taken), encoding="utf-8")
    for line in dict.fromkeys(gallery.problems):
        print(line)
    print(f"{len(taken)} states, {sum(map(len, taken.values()))} pictures in {folder}")
    return 1 if gallery.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
