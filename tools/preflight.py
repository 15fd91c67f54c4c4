"""Says what is missing on this machine before anything is made. Runs on Python 3.7 or newer, with nothing installed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator

OLDEST_PYTHON = (3, 10)
OLDEST_NODE = 20


def problems() -> Iterator[str]:
    """What stands in the way, one sentence each with what to do about it."""
    if sys.version_info < OLDEST_PYTHON:
        version = ".".join(map(str, sys.version_info[:2]))
        yield f"This is Python {version}; nbchat needs 3.10. Run make with PYTHON=python3.12, or the one you have."
    if importlib.util.find_spec("ensurepip") is None:
        yield "This Python makes no virtual environments (no ensurepip). Debian, Ubuntu: apt-get install python3-venv"
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        yield "node or npm is not on the PATH. Install Node 20 or newer (nodejs.org, or your distribution)."
        return
    version = subprocess.check_output([node, "--version"]).decode().strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        yield f"{node} is Node {version}; nbchat needs {OLDEST_NODE} or newer."


if __name__ == "__main__":
    found = list(problems())
    for line in found:
        sys.stderr.write("make: " + line + "\n")
    sys.exit(1 if found else 0)
