"""Why a store cannot be used. Raised when it is opened, before anything was written; what fails later is an outcome."""

from __future__ import annotations

from pathlib import Path


class StoreUnusable(Exception):
    """The database cannot be opened, and was left as it is.

    Attributes:
        path: the database file.
        what: what is wrong with it.
        do: what the person who starts the hub can do; like `what` without the full stop.
    """

    def __init__(self, path: Path, what: str, do: str) -> None:
        """Make sentences of the three."""
        super().__init__(f"nbchat cannot use {path}: {what}. {do}.")
        self.path, self.what, self.do = path, what, do
