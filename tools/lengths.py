"""Holds modules to a length that one can read: more than 500 lines is an error, more than 400 a warning."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST, MANY = 500, 400
PATTERNS = (
    *("src/**/*.py", "tests/**/*.py", "tools/*.py"),
    *("js/src/**/*.ts", "js/src/**/*.tsx", "js/src/**/*.css", "js/tests/**/*.ts", "js/*.mjs", "js/tools/*.mjs"),
)


def is_ours(path: Path) -> bool:
    """Whether people write this file."""
    return ".gen." not in path.name and not {"static", "node_modules", "output"} & set(path.relative_to(ROOT).parts)


def main() -> int:
    """Print what is long. Returns 1 if anything is too long."""
    found = {path for pattern in PATTERNS for path in ROOT.glob(pattern) if is_ours(path)}
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sorted(found)}
    for path, lines in lengths.items():
        if lines > MANY:
            print(f"          {path.relative_to(ROOT)}: {lines} lines; {MOST} is the most, 300 the aim")
    return int(any(lines > MOST for lines in lengths.values()))


if __name__ == "__main__":
    sys.exit(main())
