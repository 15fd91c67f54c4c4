"""Prints the built front end's sizes against the budget: widget.js and widget.css together, gzipped, in kB.

The whole of widget.js travels with every widget instance, so its size is a feature. Chunks load when they are needed;
each is to be there in a moment on a slow line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "src" / "nbchat" / "widget" / "static"
BUDGET = 60_000
CHUNK = 65_000
"""Of each chunk: half a second at 1 Mbit/s. Math is the largest, Temml alone has 59 kB."""


def main() -> int:
    """Returns 1 where the budget is exceeded or nothing is built."""
    manifest = STATIC / "manifest.json"
    if not manifest.is_file():
        print("The front end is not built. Run `npm --prefix js run build`.")
        return 1
    files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    for name, size in files.items():
        print(f"          {name:<36} {size['raw'] / 1000:6.1f} kB, gzip {size['gzip'] / 1000:5.1f} kB")
    total = files["widget.js"]["gzip"] + files["widget.css"]["gzip"]
    print(f"          widget.js + widget.css: gzip {total / 1000:.1f} kB of {BUDGET / 1000:.0f} kB")
    if total > BUDGET:
        print("          Too large: move what is seldom needed to a chunk (js/tools/chunks.mjs).")
    heavy = [name for name, size in files.items() if name.startswith("chunks/") and size["gzip"] > CHUNK]
    for name in heavy:
        print(f"          {name} is more than {CHUNK / 1000:.0f} kB: make two chunks of it.")
    return int(total > BUDGET or bool(heavy))


if __name__ == "__main__":
    sys.exit(main())
