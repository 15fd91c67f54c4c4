"""How long one commit takes by itself: `python -m bench.commit FOLDER [COUNT [A_SECOND]]` writes milliseconds as JSON.

One row as large as a message, in SQLite with a journal and `synchronous=FULL`, as the hub has it: what no server can be
faster than that stores before it delivers. Knows nothing of the hub.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

COUNT, A_SECOND = 200, 200.0


def alone(core: int | None) -> list[float]:
    """Milliseconds of each of some commits, in a process of its own on this core, at the pace of a quiet hub."""
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    with tempfile.TemporaryDirectory(prefix="nbchat-bench-") as folder:
        command = [*pinned, sys.executable, str(Path(__file__).resolve()), folder]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
    times: list[float] = json.loads(ended.stdout)
    return times


def commits(folder: Path, count: int, pace: float) -> list[float]:
    """Commit so many rows, so many a second; how long each took, in milliseconds."""
    took = []
    with closing(sqlite3.connect(folder / "commit.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE message (n INTEGER PRIMARY KEY, text TEXT)")
        begun = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, begun + number / pace - time.monotonic()))  # the pace is what is asked for
            before = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO message (text) VALUES (?)", (os.urandom(100).hex(),))
            connection.execute("COMMIT")
            took.append(1e3 * (time.perf_counter() - before))
    return took


if __name__ == "__main__":
    where, *how = sys.argv[1:]
    print(json.dumps(commits(Path(where), int(how[0]) if how else COUNT, float(how[1]) if how[1:] else A_SECOND)))
