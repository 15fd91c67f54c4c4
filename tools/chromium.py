"""Finds a Chromium that runs, or gets one, and prints its path.

Tried in this order: `NBCHAT_CHROMIUM`, the system's chromium or Chrome, the one that Playwright downloaded before,
`apt-get install chromium` (as root), `playwright install chromium`. Never skips: without one it ends with an error
that says what was tried.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def runs(path: str | None) -> bool:
    """Whether this is a browser that starts; Ubuntu's chromium-browser may be a stub that only asks for a snap."""
    if not path:
        return False
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def on_this_system() -> str | None:
    """The first of the usual names that runs."""
    return next((path for path in map(shutil.which, NAMES) if runs(path)), None)


def downloaded_by_playwright() -> str | None:
    """Playwright's own Chromium, if it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and runs(path) else None


def by_apt() -> str | None:
    """Debian's chromium; only for root, who may install packages."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _try(["apt-get", "update", "-qq"], env=quiet)
    _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], env=quiet)
    return on_this_system()


def by_playwright() -> str | None:
    """Playwright's download, with the system's libraries where one may install them."""
    libraries = ["--with-deps"] if os.geteuid() == 0 else []
    _try([sys.executable, "-m", "playwright", "install", *libraries, "chromium"])
    return downloaded_by_playwright()


def _try(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(f"`{' '.join(command)}` failed:\n{done.stdout}", file=sys.stderr)


def ways() -> Iterator[Callable[[], str | None]]:
    """All ways to a browser, cheapest first."""
    yield on_this_system
    yield downloaded_by_playwright
    yield by_apt
    yield by_playwright


def find() -> str:
    """The path of a Chromium that runs. Raises SystemExit with a hint where there is none and none can be had."""
    chosen = os.environ.get("NBCHAT_CHROMIUM")
    if chosen:
        if runs(chosen):
            return chosen
        sys.exit(f"NBCHAT_CHROMIUM is {chosen!r}, and that does not start. Correct it, or unset it.")
    for way in ways():
        path = way()
        if path:
            return path
    sys.exit(
        f"No Chromium: none of {', '.join(NAMES)} runs here, and neither apt-get (only as root) nor Playwright's "
        "download gave one. Install it by hand, or set NBCHAT_CHROMIUM to the program."
    )


if __name__ == "__main__":
    print(find())
