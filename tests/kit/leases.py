"""The leases of hubs that share a file, seen from outside, and a clock that somebody sets."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from kit.processes import wait_until
from nbchat.hub import leases


def set_clock(monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    """The wall clock of this process jumps by so many seconds."""
    true_time = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: true_time() + jump * 10**9)


def wait_for_leases(path: Path, count: int) -> None:
    """Wait until the file has so many leases, and all hold by the clock of now."""
    wait_until(lambda: _all_hold(path, count), what="leases by the clock of now")


def _all_hold(path: Path, count: int) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        found = [until for (until,) in connection.execute("SELECT until FROM hub")]
    return len(found) == count and all(leases.holds(until, time.time_ns() // 10**6) for until in found)
