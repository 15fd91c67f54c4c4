"""Take the pictures of docs/guide.md: `python tools/guide_pictures.py [name ...]`, without names all of them.

Each is one scene of js/dev (a scripted chat, no server), 480 px wide, in docs/pictures/guide/. Small on purpose: at
most 256 colours, and cut to the part that the section is about.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from small_png import small_png

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kit.browser import launched  # noqa: E402 - the test kit lives in tests/
from kit.harness import FRAMES, served  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402

FOLDER = ROOT / "docs" / "pictures" / "guide"
WIDTH = 480


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        scene: of js/dev.
        height: of the view, px.
        shows: what must be there first; "" for nothing that comes late.
        tab: which tab to open, by its words.
        query: more for the harness.
    """

    scene: str
    height: int = 420
    shows: str = ""
    tab: str = ""
    query: str = ""


SHOTS = {
    "messages": Shot("busy", 480),
    "talk": Shot("talk", 480),
    "actions": Shot("actions", 480, "[role=menu]"),
    "editing": Shot("editing", 360, "article textarea"),
    "versions": Shot("versions", 360, ".nbc-versions"),
    "deleting": Shot("deleting", 360, ".nbc-dialog"),
    "thread": Shot("thread", 480),
    "forwarding": Shot("forwarding", 420, ".nbc-dialog"),
    "pinned": Shot("pinned", 300),
    "saved": Shot("saved", 420),
    "older": Shot("older", 420, ".nbc-tools"),
    "unsent": Shot("unsent", 360),
    "mention": Shot("mention", 360, "[role=listbox]"),
    "mentions": Shot("mentions", 360),
    "picker": Shot("picker", 480, ".nbc-emoji-grid"),
    "smile": Shot("smile", 360, "[role=listbox]"),
    "slash": Shot("slash", 420, "[role=listbox]"),
    "format": Shot("format", 360),
    "preview": Shot("preview", 420, "math"),
    "math": Shot("math", 480, "math"),
    "streaming": Shot("streaming", 360, ".nbc-growing"),
    "deeds": Shot("deeds", 480, ".nbc-panel"),
    "slow": Shot("slow", 360, ".nbc-slow"),
    "notices": Shot("notices", 420, ".nbc-notice"),
    "removed": Shot("removed", 360, ".nbc-removals"),
    "redeem": Shot("redeem", 340),
    "people": Shot("people", 420),
    "channels": Shot("channels", 420),
    "about": Shot("about", 480),
    "invite": Shot("about", 480, tab="Invite"),
    "members": Shot("about", 480, tab="Members"),
    "moderate": Shot("about", 480, "text=Reported by", "Moderate"),
    "reporting": Shot("reporting", 420, ".nbc-dialog"),
    "profile": Shot("profile", 480),
    "card": Shot("card", 420),
    "row": Shot("row", 480, "[role=menu]"),
    "list": Shot("list", 420),
    "unread": Shot("unread", 420),
    "offline": Shot("offline", 360),
    "hebrew": Shot("busy", 360, query="&rtl=1&lang=he"),
}


def take(browser: Browser, url: str, name: str) -> int:
    """Take one picture. Returns its size in bytes."""
    shot = SHOTS[name]
    page = browser.new_page(viewport={"width": WIDTH, "height": shot.height}, reduced_motion="reduce", locale="en-GB")
    page.goto(f"{url}?scene={shot.scene}&theme=light&height={shot.height}{shot.query}")
    page.wait_for_selector(".nbchat")
    page.wait_for_load_state("networkidle")
    if shot.tab:
        page.get_by_role("tab", name=shot.tab).click()
    if shot.shows:
        page.wait_for_selector(shot.shows)
    page.evaluate(FRAMES)
    picture = small_png(page.screenshot(caret="initial"))
    page.close()
    (FOLDER / f"{name}.png").write_bytes(picture)
    return len(picture)


def main() -> int:
    """Build, serve, take them, say how large they are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = sys.argv[1:] or list(SHOTS)
    with tempfile.TemporaryDirectory() as built, served(Path(built)) as url, launched() as browser:
        sizes = {name: take(browser, url, name) for name in names}
    for name, size in sizes.items():
        print(f"{name:<12} {size / 1000:6.1f} kB")
    print(f"{len(sizes)} pictures, {sum(sizes.values()) / 1000:.0f} kB, in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
