"""`nbchat doctor` where no hub runs: what it says of the data, and with what it ends."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kit.faults import SmallDisk, limited_files, may_mount
from kit.hubs import own_folders
from kit.leases import wait_for_leases
from kit.stores import ADA, Driver, conversation, post

from nbchat.cli import main
from nbchat.processes import name
from nbchat.server.assemble import HubUnusable, look_at, open_hub
from nbchat.server.config import Settings
from nbchat.store import sqlite_file, sqlite_health
from nbchat.store.sqlite import SqliteStore
from nbchat.store.sqlite_file import migrations


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the database of a hub that has ended, in folders of the test's own."""
    own_folders(tmp_path, monkeypatch)
    place = tmp_path / "my class"
    SqliteStore.open(place / "hub.sqlite3", ADA).close()
    return place


def doctor(*options: str) -> tuple[int, str]:
    ended = CliRunner().invoke(main, ["doctor", *options], catch_exceptions=False)
    return ended.exit_code, ended.output


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(3 * 4096))


def write_a_letter(path: Path) -> None:
    path.write_bytes(b"Dear hub, this is no database. " * 300)


def make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
        connection.execute("PRAGMA journal_mode = DELETE")


def make_foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")


@pytest.mark.parametrize(
    ("break_it", "seen", "do"),
    [
        (truncate, "damaged", "nbchat restore BACKUP --force --data '{data}'"),
        (overwrite, "damaged", "nbchat restore BACKUP --force --data '{data}'"),
        (write_a_letter, "it is not an SQLite database", "nbchat restore BACKUP --force --data '{data}'"),
        (make_newer, "it was written by a newer nbchat", "pip install -U nbchat"),
        (make_foreign, "it is the database of another program", "Choose another file"),
    ],
)
def test_what_keeps_a_hub_from_starting_is_named_and_left_as_it_is(
    data: Path, break_it: Callable[[Path], None], seen: str, do: str
) -> None:
    path = data / "hub.sqlite3"
    break_it(path)
    was = path.read_bytes()
    code, said = doctor("--data", str(data))
    failed, advice = (line for line in said.splitlines() if line.startswith(("FAIL", "     ")))
    assert (code, failed.startswith(f"FAIL the database: {path}: "), seen in failed) == (1, True, True)
    assert do.format(data=data) in advice
    assert said.endswith("First mend what is named above.\n")
    with pytest.raises(HubUnusable) as refused:
        open_hub(Settings(folder=data, owner=ADA), logging.getLogger())
    assert do.format(data=data) in str(refused.value)
    assert path.read_bytes() == was


def test_an_empty_file_where_a_chat_may_have_been_is_doubted(data: Path) -> None:
    os.truncate(data / "hub.sqlite3", 0)
    said = doctor("--data", str(data))[1]
    assert f"WARN the database: {data / 'hub.sqlite3'} is empty" in said
    assert f"nbchat restore BACKUP --force --data '{data}'" in said


def test_data_that_is_well_is_called_so_and_how_to_start_is_said(data: Path) -> None:
    code, said = doctor("--data", str(data))
    assert code == 1
    assert [line for line in said.splitlines() if line.startswith(("FAIL", "WARN"))] == []
    assert f"ok   the database: {data / 'hub.sqlite3'}, " in said
    assert f"`nbchat serve --data '{data}'` starts one." in said


def test_a_session_that_would_start_a_hub_on_damaged_data_is_told_before(tmp_path: Path, data: Path) -> None:
    place = tmp_path / "data" / "nbchat"
    data.rename(place)
    assert "It would start one inside its own process" in doctor()[1]
    truncate(place / "hub.sqlite3")
    code, said = doctor()
    assert (code, f"FAIL the database: {place / 'hub.sqlite3'}: it is damaged" in said) == (1, True)
    assert "none can start with the data in" in said


def test_a_database_that_is_missing_is_nothing_wrong_where_one_can_be_made(tmp_path: Path, data: Path) -> None:
    code, said = doctor("--data", str(tmp_path / "none"))
    assert (code, "FAIL" in said) == (1, False)
    assert f"-    the database: there is no {tmp_path / 'none' / 'hub.sqlite3'} yet" in said
    in_a_file = data / "hub.sqlite3" / "below"
    code, said = doctor("--data", str(in_a_file))
    assert (code, f"FAIL its directory: {data / 'hub.sqlite3'} cannot be written by this user" in said) == (1, True)


@pytest.mark.parametrize("way", ["quota", "disk"] if may_mount() else ["quota"])
def test_a_disk_without_room_is_said_and_not_taken_for_damage(tmp_path: Path, data: Path, way: str) -> None:
    if way == "quota":
        with limited_files():
            code, said = doctor("--data", str(data))
    else:
        disk = SmallDisk(tmp_path / "small")
        with disk.mounted():
            SqliteStore.open(disk.folder / "hub.sqlite3", ADA).close()
            with disk.full():
                code, said = doctor("--data", str(disk.folder))
    assert code == 1
    assert "hub.sqlite3: there is no room on its disk\n     Make room, then it can be used again.\n" in said
    assert ("FAIL the disk: 0 MiB free: new messages are refused" in said) == (way == "disk")


@pytest.mark.parametrize("endings", [("",), ("", "-wal"), ("", "-wal", "-shm")])
def test_looking_at_data_that_no_hub_uses_leaves_no_file(data: Path, tmp_path: Path, endings: tuple[str, ...]) -> None:
    """Closed well, moved here without the index, killed. What is in the journal only is seen: the lease."""
    place = tmp_path / "moved"
    place.mkdir()
    running = Driver(SqliteStore.open(data / "hub.sqlite3", ADA))
    wait_for_leases(data / "hub.sqlite3", 1)
    if len(endings) == 1:
        running.close()
    for ending in endings:
        shutil.copy(data / f"hub.sqlite3{ending}", place)
    if len(endings) > 1:
        running.close()
    before = {file.name: file.read_bytes() for file in place.iterdir() if not file.name.endswith("-shm")}
    said = doctor("--data", str(place))[1]
    assert ("FAIL" in said, "1 more use this data" in said) == (False, len(endings) > 1)
    assert {file.name for file in place.iterdir()} == {f"hub.sqlite3{ending}" for ending in endings}
    assert {name: (place / name).read_bytes() for name in before} == before


def test_a_large_database_is_read_whole_only_where_no_hub_uses_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = data / "hub.sqlite3"
    for module in (sqlite_file, sqlite_health):
        monkeypatch.setattr(module, "CHECKED_BYTES", 0)
    assert "MiB, whole; this user" in doctor("--data", str(data))[1]
    assert not look_at(path, used=True).whole, "a hub answers, whatever the leases say"
    running = Driver(SqliteStore.open(path, ADA))
    wait_for_leases(path, 1)
    assert "it was not read whole; this user" in doctor("--data", str(data))[1]
    running.close()
    overwrite_last_pages(path)
    assert "it is damaged" in doctor("--data", str(data))[1]


def test_a_lock_for_writing_that_another_program_keeps_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none where there is none; nothing is written or tidied away meanwhile."""
    path = data / "hub.sqlite3"
    monkeypatch.setattr(sqlite_health, "LOCK_SECONDS", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("SELECT count(*) FROM meta").fetchone()
        assert "writing: " not in doctor("--data", str(data))[1]
        other.execute("BEGIN IMMEDIATE")
        before = {file.name: file.stat().st_size for file in data.iterdir()}
        said = doctor("--data", str(data))[1]
        assert {file.name: file.stat().st_size for file in data.iterdir()} == before
        assert f"ok   the database: {path}, " in said
        assert "FAIL writing: somebody has had the lock for writing" in said
        assert f"`lsof '{path}'`" in said
        other.execute("CREATE TABLE more (one)")
        other.execute("COMMIT")
        assert not look_at(path).locked
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM more").fetchone() == (0,)


def test_a_hub_that_begins_and_ends_meanwhile_is_no_damage(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the file was read before it, and half after it."""
    path, connect, hubs = data / "hub.sqlite3", sqlite3.connect, count(1)

    def connected(database: str | Path, **options: Any) -> sqlite3.Connection:
        connection = connect(database, **options)
        if "immutable" in str(database) and next(hubs) == 1:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            hub = Driver(SqliteStore.open(path, ADA))
            hub.put(conversation("c", ADA))
            hub.write(*(post("c", ADA, "x" * 5_000, key=f"key-{n:05}") for n in range(50)))
            hub.close()
        return connection

    monkeypatch.setattr(sqlite3, "connect", connected)
    assert look_at(path).unusable == ""
    assert next(hubs) > 2, "looked at more than once"


def overwrite_last_pages(path: Path) -> None:
    """Where opening does not look."""
    with path.open("r+b") as file:
        file.seek(-8 * 4096, os.SEEK_END)
        file.write(os.urandom(8 * 4096))


@pytest.mark.parametrize("option", ["--key", "--token", "--name"])
def test_what_says_nothing_beside_data_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    code, said = doctor("--data", str(data), option, "x")
    assert (code, f"{option} is for the hub of --hub." in said) == (2, True)
    monkeypatch.setenv("NBCHAT_KEY", "x")
    assert doctor("--data", str(data))[0] == 1


def test_hub_and_data_are_not_both_named(data: Path) -> None:
    code, said = doctor("--data", str(data), "--hub", "http://127.0.0.1:9/")
    assert (code, "Name the hub with --hub, or its data with --data" in said) == (2, True)


def test_notes_of_the_killed_are_removed_and_said(tmp_path: Path, data: Path) -> None:
    killed = f"4711 {' '.join(name().split(' ')[1:3])} 1"
    left = {"url": "http://127.0.0.1:9/nbchat/", "key": "k", "pid": 4711, "kind": "serve", "process": killed}
    (tmp_path / "runtime" / "nbchat-4711.json").write_text(json.dumps(left))
    assert doctor("--data", str(data))[1].startswith("Removed the notes of hubs that were killed: process 4711.\n")
    assert list((tmp_path / "runtime").iterdir()) == []
