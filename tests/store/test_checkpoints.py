"""The journal does not grow for as long as people write."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from kit.stores import ADA, Driver, conversation, post

from nbchat.store import sqlite
from nbchat.store.sqlite import SqliteStore

PAGES = 64
BATCHES = 3_000


def rounds(path: Path) -> int:
    """How often the journal was begun anew: https://sqlite.org/walformat.html, section 1.1, "checkpoint sequence"."""
    return int.from_bytes(Path(f"{path}-wal").read_bytes()[12:16], "big")


def test_a_long_journal_begins_anew_while_the_writer_is_never_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LONG_JOURNAL", PAGES)
    monkeypatch.setattr(sqlite, "CHECKPOINT_SECONDS", 0.01)
    path = tmp_path / "hub.sqlite3"
    hub = Driver(SqliteStore.open(path, ADA))
    hub.put(conversation("c", ADA))
    keys = (f"key-{n:06}" for n in count())
    waiting: list[int] = []
    for _ in range(BATCHES):
        batch = hub.submit(*(post("c", ADA, "x" * 2_000, key=next(keys)) for _ in range(8)))
        hub.outcomes(waiting)  # of the batch before, while this one is queued
        waiting = batch
        if rounds(path) >= 4:
            break
    hub.outcomes(waiting)
    begun = rounds(path)
    hub.close()
    assert begun >= 4
