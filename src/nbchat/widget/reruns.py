"""Which session a cell made the last time it ran, so that running it again replaces that session instead of adding one.

Every widget is kept alive by ipywidgets, so a session that nobody refers to any more would keep its threads, its
connection and its handlers, and would answer twice. A session is replaced only by one for the same conversation that
a LATER run of the SAME cell makes: then its output is gone from the page too. Two cells, or one cell with two
sessions, are left alone; so is everything outside notebooks.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary


@dataclass(frozen=True)
class Run:
    """One run of one cell."""

    cell: str
    message: str


def current_run() -> Run | None:
    """The run that this code is part of; None outside notebooks, and where the front end does not name its cells."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    kernel = getattr(shell, "kernel", None)
    try:
        parent = kernel.get_parent("shell")  # type: ignore[union-attr]  # None raises what is caught below
        return Run(str(parent["metadata"]["cellId"]), str(parent["header"]["msg_id"]))
    except (AttributeError, KeyError, TypeError):
        return None


class Reruns:
    """Remembers, without keeping alive."""

    def __init__(self) -> None:
        self._made: WeakValueDictionary[tuple[str, str], Any] = WeakValueDictionary()
        self._runs: dict[tuple[str, str], Run] = {}

    def replaced_by(self, run: Run | None, conversation: str) -> Any | None:
        """The session that an earlier run of this cell made for this conversation."""
        if run is None:
            return None
        slot = (run.cell, conversation)
        earlier = self._runs.get(slot)
        return self._made.get(slot) if earlier is not None and earlier != run else None

    def made(self, run: Run | None, conversation: str, session: Any) -> None:
        """This run has made this session."""
        if run is not None:
            self._made[run.cell, conversation] = session
            self._runs[run.cell, conversation] = run
