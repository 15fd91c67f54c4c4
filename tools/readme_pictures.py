"""Take the two pictures of the README in a real JupyterLab: `python tools/readme_pictures.py`.

Three people and a cell on one server; the widget is shown to one of them, in JupyterLab's light and dark theme. Writes
docs/pictures/widget-light.png and widget-dark.png.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kit.browser import launched, new_context  # noqa: E402 - the test kit lives in tests/
from kit.people import Seat, shows, sits_at_page, sits_in_notebook  # noqa: E402
from kit.servers import jupyter  # noqa: E402
from playwright.sync_api import Page  # noqa: E402

PEOPLE = "kit.identities.NamedPeople"
PICTURES = ROOT / "docs" / "pictures"
CODE = """Yes. This is what I changed:
```python
def rate(step: int, peak: float = 3e-4, warm: int = 500) -> float:
    return peak * min(step / warm, (warm / step) ** 0.5)
```"""
NICE = "Nice, much smoother. I'll start the other two seeds."
THEME = "(name) => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })"


def talk(ada: Seat, grace: Seat, alan: Seat) -> None:
    """What is on the pictures."""
    alan.writes("Is that with the new warm-up?")
    grace.sees("Is that with the new warm-up?").writes(CODE)
    ada.writes("Nice, **much** smoother. I'll start the other two seeds.")
    alan.sees(NICE).chooses(NICE, "🎉")
    grace.sees(NICE).chooses(NICE, "🎉")
    ada.sees_reaction(NICE, "🎉", 2)
    grace.writes_to("Ada Lovelace").writes("Coffee at four?")
    ada.sees_unread("Grace Hopper", 1)
    alan.types("Please do")
    ada.sees_typing("Alan Turing")


def picture(page: Page, theme: str, name: str) -> None:
    """One picture of the notebook in a theme of JupyterLab."""
    page.evaluate(THEME, theme)
    light = str("Light" in theme).lower()
    page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.screenshot(path=PICTURES / name, clip={"x": 33, "y": 92, "width": 1214, "height": 600})


def main() -> int:
    """Take both."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        jupyter(Path(folder), identity=PEOPLE, config={"NbchatConfig": {"owner": "ada"}}) as server,
        launched() as browser,
    ):
        sits_at_page(new_context(browser).new_page(), server, user="ada").creates_channel("ml-team").page.close()
        path = server.write_notebook("training.ipynb", shows("ml-team"), 'chat.send("epoch 3: loss **0.12**")')
        page = new_context(browser, height=960).new_page()
        ada = sits_in_notebook(page, server, path, user="ada").is_connected()
        grace, alan = (
            sits_at_page(new_context(browser).new_page(), server, user=user).finds_channel("ml-team")
            for user in ("grace", "alan")
        )
        talk(ada, grace, alan)
        picture(page, "JupyterLab Light", "widget-light.png")
        alan.types(" ")
        picture(page, "JupyterLab Dark", "widget-dark.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
