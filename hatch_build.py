"""The build hook: makes the front end before hatchling packs the wheel.

It runs `npm ci` where the modules are missing or older than the lock file, then `npm run build`, which writes
`src/nbchat/widget/static/`. `NBCHAT_SKIP_JS=1` skips both. A source distribution carries the built files, so
a wheel made from one needs no Node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = ("widget.js", "widget.css", "page.js", "licenses.txt", "manifest.json")
OLDEST_NODE = 20


class FrontEndBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the parameter is private to hatchling
    """Builds js/ into the package, or says clearly why it cannot."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Called by hatchling before it collects the files of a target."""
        root = Path(self.root)
        static = root / "src" / "nbchat" / "widget" / "static"
        missing = [name for name in BUILT if not (static / name).is_file()]
        if os.environ.get("NBCHAT_SKIP_JS", "0") not in ("", "0"):
            if missing:
                _warn(f"NBCHAT_SKIP_JS is set and {', '.join(missing)} not built: this wheel has no widget to show.")
            return
        if (root / "PKG-INFO").is_file() and not missing:
            return
        build_front_end(root / "js")


def build_front_end(js: Path) -> None:
    """Run npm in `js`. Raises SystemExit with a hint where Node is missing, too old, or the build fails."""
    npm = _npm()
    installed, lock = js / "node_modules" / ".package-lock.json", js / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], js)
        installed.touch()
    _run([npm, "run", "--silent", "build"], js)


def _npm() -> str:
    """The path of npm, once Node is known to be new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    hint = f"Install Node {OLDEST_NODE} or newer, or set NBCHAT_SKIP_JS=1 to build a wheel without the widget."
    if node is None or npm is None:
        sys.exit(
            f"nbchat: building the widget needs node and npm, and {'node' if node is None else 'npm'} "
            f"is not on the PATH. {hint}"
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        sys.exit(f"nbchat: building the widget needs Node {OLDEST_NODE}, and {node} is {version}. {hint}")
    return npm


def _run(command: list[str], folder: Path) -> None:
    """Run quietly; on failure show all that the command said, then stop the build."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        _warn(done.stdout)
        said = " ".join(["npm", *command[1:]])
        sys.exit(f"nbchat: `{said}` failed in {folder} with exit code {done.returncode}; its output is above.")


def _warn(text: str) -> None:
    print(text, file=sys.stderr)
