"""A measured row, its target, and what the nearest peers reach; and how they are shown. Measures nothing itself.

The peers' figures were measured in November 2026 in the same way on a 2-core machine (Chromium 156 headless, both
browsers and the server on the two cores): jupyterlab-chat 0.25.3 in its WebSocket mode, Panel 1.9.4, Gradio 6.31,
shinychat 0.7.2, each with 1,000 messages of history (Panel with 100), if not said otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        row: what was measured.
        value: the number, in `unit`.
        unit: for people.
        target: the most that it may be (`at_least`: the least), or None where there is no target.
        at_least: whether more is better.
        peers: what others reach, for people.
    """

    row: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    peers: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


def amount(value: float) -> str:
    """The number as people read it: no more digits than mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| what | measured | target | reached | peers |", "|---|--:|--:|:-:|---|"]
    for one in figures:
        sign = "≥" if one.at_least else "≤"
        target = "" if one.target is None else f"{sign} {amount(one.target)}"
        reached = {True: "yes", False: "**no**", None: ""}[one.reached]
        lines.append(f"| {one.row} | {amount(one.value)} {one.unit} | {target} | {reached} | {one.peers} |")
    return "\n".join(lines)


def keep(figures: Iterable[Figure], path: Path) -> None:
    """Write them for programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in figures], indent=1) + "\n", encoding="utf-8")
