"""Real processes on one file: several at once, and one that is killed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kit.leases import set_clock, wait_for_leases
from kit.processes import wait_until
from kit.stores import ADA, BOB, Driver, conversation, post

import nbchat
from nbchat.hub import items, queries
from nbchat.store import sqlite_writer
from nbchat.store.sqlite import SqliteStore

WRITING = Path(__file__).with_name("writing.py")
SOURCES = str(Path(nbchat.__file__).parents[1])
"""The process runs the nbchat that is tested here, not one that happens to be installed."""


@contextmanager
def writing(path: Path, author: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """A process that has the file open and waits for the word to post."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", str(WRITING), str(path), author, str(count)],
        env={**os.environ, "PYTHONPATH": SOURCES},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def go(process: subprocess.Popen[str], total: int) -> None:
    """Tell it to post, and how many events there will be in the end."""
    assert process.stdin is not None
    process.stdin.write(f"{total}\n")
    process.stdin.flush()


def acknowledged(output: str) -> dict[str, int]:
    """Read which key became which seq; a last line that was cut off by a kill counts for nothing."""
    lines = [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {key: int(seq) for key, seq in lines}


def stored(path: Path) -> list[tuple[str, int]]:
    """All posts of the log: key and seq."""
    hub = Driver(SqliteStore.open(path, ADA))
    events = hub.ask(queries.LoadEvents(conversation="c", after=0, limit=1_000_000)).events
    assert [event.seq for event in events] == list(range(1, len(events) + 1)), "gap-free from 1"
    hub.close()
    return [(event.key, event.seq) for event in events[1:]]


def test_processes_post_to_one_conversation_at_once(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    hub = Driver(SqliteStore.open(path, ADA))
    hub.put(conversation("c", ADA, BOB))
    each, total = 300, 1 + 3 * 300
    with writing(path, "p1", each) as first, writing(path, "p2", each) as second, writing(path, "p3", each) as third:
        processes = (first, second, third)
        for process in processes:
            go(process, total)
        outputs = [process.communicate(timeout=60)[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0, 0], "each saw the posts of the others"
    hub.wait(lambda: hub.changed and hub.changed[-1].grown[-1] == ("c", total))
    hub.close()
    told = {key: seq for output in outputs for key, seq in acknowledged(output).items()}
    assert sorted(told.items()) == sorted(stored(path))
    assert len(told) == 3 * each


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    hub = Driver(SqliteStore.open(path, ADA))
    hub.put(conversation("c", ADA))
    hub.close()
    told: dict[str, int] = {}
    for life in range(3):
        with writing(path, f"life-{life}", 0) as process:
            go(process, 0)
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(150)]
            process.kill()  # while twenty are on their way
            # read(), not communicate(): that one passes by what readline() has already taken into its buffer
            told |= acknowledged("".join(lines) + process.stdout.read())
    kept = dict(stored(path))
    assert told.items() <= kept.items()
    assert len(told) >= 450
    again = Driver(SqliteStore.open(path, ADA))
    assert again.put(post("c", ADA, key="after-it")).event.seq == len(kept) + 2
    again.close()


def test_a_second_hub_is_seen_by_its_lease_and_forgotten_when_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    first = SqliteStore.open(path, ADA)
    hub = Driver(first)
    hub.put(conversation("c", ADA))
    with writing(path, "p1", 5) as process:
        hub.wait(lambda: _saw(hub, first))
        go(process, 6)
        process.communicate(timeout=60)
    hub.wait(lambda: hub.changed and hub.changed[-1].grown == (("c", 6),))
    hub.wait(lambda: not _saw(hub, first))
    hub.close()


def _saw(hub: Driver, store: SqliteStore) -> bool:
    """Whether the store watches closely; an item of no consequence makes it look, as the time would."""
    hub.submit(items.PutSeen(user="nobody", at=0))
    return store._writer._together


@pytest.mark.parametrize("jump", [3_600, -3_600])
def test_hubs_still_know_of_each_other_when_the_clock_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    """All leases ended at once, and for 25 s hubs looked for what others wrote only once a second."""
    path = tmp_path / "hub.sqlite3"
    hubs = [Driver(SqliteStore.open(path, ADA)) for _ in range(2)]
    set_clock(monkeypatch, jump)
    wait_for_leases(path, 2)
    for hub in hubs:
        hub.close()


def test_others_are_looked_for_also_where_no_lease_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a full disk; it was said twenty times a second, and kept the hub from looking."""
    monkeypatch.setattr(sqlite_writer, "LEASE_REFRESH", 0.0)  # at each look
    path = tmp_path / "hub.sqlite3"
    here, there = (Driver(SqliteStore.open(path, ADA)) for _ in range(2))
    there.put(conversation("c", ADA))
    here.wait(lambda: here.changed)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON hub BEGIN SELECT RAISE(ABORT, 'no room'); END")
    wait_until(lambda: "no room" in caplog.text, what="a lease that cannot be written")
    for n in range(3):
        seq = there.put(post("c", ADA, key=f"key-{n}")).event.seq
        here.wait(lambda seq=seq: here.changed[-1].grown == (("c", seq),))  # type: ignore[misc]
    for hub in (here, there):
        hub.close()
    assert caplog.text.count("no room") == 2, "each of the two has said it once"
