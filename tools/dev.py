"""JupyterLab on the sources of this tree, with the front end built again on each change.

The installed wheel keeps the extension turned on; PYTHONPATH puts the sources before it. Python changes need
a restart of the server or the kernel; a changed front end shows in the next widget.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run both until the server ends; Ctrl-C ends both."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "ANYWIDGET_HMR": "1"}
    builder = subprocess.Popen(["node", "build.mjs", "--watch"], cwd=ROOT / "js")
    try:
        return subprocess.call([sys.executable, "-m", "jupyterlab", *sys.argv[1:]], cwd=ROOT / "notebooks", env=env)
    except KeyboardInterrupt:
        return 0
    finally:
        builder.terminate()
        builder.wait()


if __name__ == "__main__":
    sys.exit(main())
