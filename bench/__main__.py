"""`python -m bench [--chats FILE] [--write]`: measures, shows the table, keeps bench/output/page.json.

With `--write` the table in docs/bench.md is replaced. Nothing here is a test: a machine that is busy with something
else gives other numbers, and the table says on which one they were taken.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from kit.ending import told_end  # noqa: E402

from bench import page  # noqa: E402 - it uses the test kit
from bench.figures import Figure, amount, keep, table  # noqa: E402

DOC = HERE.parent / "docs" / "bench.md"
PLACE = re.compile(r"(<!-- measured:page -->\n).*?(<!-- /measured -->)", re.DOTALL)


def main() -> int:
    """Measure and show. Returns 0 also where a target is missed: this measures, tests judge."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--chats", type=Path, help="JSON lines with a field `text`, to fill conversations with")
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    asked = parser.parse_args()
    begun, load = time.monotonic(), os.getloadavg()[1]

    def tell(line: str) -> None:
        print(f"  {time.monotonic() - begun:5.0f} s  {line}", file=sys.stderr, flush=True)

    figures = list[Figure]()
    with told_end("bench"):
        for figure in page.measure(asked.chats, tell):
            tell(f"{figure.row}: {amount(figure.value)} {figure.unit}")
            figures.append(figure)
    keep(figures, HERE / "output" / "page.json")
    shown = f"{_machine(load)}\n\n{table(figures)}"
    print(shown)
    if asked.write:
        text = DOC.read_text(encoding="utf-8")
        DOC.write_text(PLACE.sub(lambda found: f"{found[1]}\n{shown}\n\n{found[2]}", text), encoding="utf-8")
    return 0


def _machine(before: float) -> str:
    day, cores = datetime.now(timezone.utc).date().isoformat(), os.cpu_count()
    system = f"{cores} cores, {platform.system()}, Python {platform.python_version()}"
    # Programs that wanted a core in the last five minutes; this one, its server and its browsers are about three.
    return f"Measured {day}: {system}; load {before:.1f} before, {os.getloadavg()[1]:.1f} at the end."


if __name__ == "__main__":
    sys.exit(main())
