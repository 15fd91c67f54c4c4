"""Damage that the check at the start does not see: what is read there fails in words, and all else goes on."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from kit.stores import ADA, BOB, Driver, conversation, edit, post

from nbchat.cli import main
from nbchat.hub import items, ports, queries
from nbchat.store import sqlite_file
from nbchat.store.sqlite import SqliteStore
from nbchat.store.sqlite_damage import is_damage

NEEDLE = "what somebody has written"
NOISE = bytes([0xFF, 0xFE, 0x80]) * 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two conversations; in the second one the first message is the needle."""
    path = tmp_path / "my class" / "hub.sqlite3"
    hub = Driver(SqliteStore.open(path, ADA))
    hub.write(conversation("well", ADA, BOB), conversation("ill", ADA, BOB))
    hub.write(post("well", ADA, key="key-well"), post("ill", ADA, NEEDLE, key="key-ill!"))
    hub.close()
    return path


def spoil(path: Path, noise: bytes) -> None:
    """Write noise into the needle, as a disk may."""
    data = path.read_bytes()
    assert NEEDLE.encode() in data
    path.write_bytes(data.replace(NEEDLE.encode(), noise.ljust(len(NEEDLE), b"-")))


def refused(hub: Driver, query: queries.Query) -> str:
    with pytest.raises(ports.StoreFailed) as failed:
        hub.ask(query)
    return failed.value.code


@pytest.mark.parametrize("noise", [NOISE, b'" no JSON "'])
def test_noise_in_a_text_is_called_damage_where_it_is_read(
    path: Path, caplog: pytest.LogCaptureFixture, noise: bytes
) -> None:
    spoil(path, noise)
    hub = Driver(SqliteStore.open(path, ADA))
    for _ in range(3):
        assert refused(hub, queries.LoadPage(conversation="ill", limit=9)) == "store_damaged"
        assert hub.ask(queries.LoadPage(conversation="well", limit=9)).messages[0].text == "hi"
    hub.close()
    [told] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert f"{path} is damaged" in told.message
    assert f"`nbchat doctor --data '{path.parent}'`" in told.message
    assert f"`nbchat restore BACKUP --force --data '{path.parent}'`" in told.message
    assert (told.exc_info, NEEDLE[12:] in caplog.text) == (None, False)


def test_one_text_that_is_noise_keeps_nobody_from_the_list(path: Path) -> None:
    """What a member comes in with; it is the newest message of its conversation, of which the list has a line."""
    spoil(path, NOISE)
    hub = Driver(SqliteStore.open(path, ADA))
    rows = hub.ask(queries.LoadList(user="ada", limit=9)).rows
    assert {row.id: row.last is None for row in rows} == {"well": False, "ill": True}
    hub.close()


def test_who_writes_where_a_text_is_noise_is_refused_and_nobody_else(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(path, NOISE)
    hub = Driver(SqliteStore.open(path, ADA))
    edited, posted = hub.write(edit("ill", ADA, 2, "mended", key="key-edit"), post("well", BOB, key="key-two!"))
    assert edited == items.Failed("store_damaged")
    assert posted.event.seq == 3
    hub.close()
    assert "is damaged" in caplog.text
    assert "payload" not in caplog.text, "SQLite's words quote what stands there"


def test_a_page_that_is_noise_is_called_damage(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a file that is too large to be read whole at the start."""
    monkeypatch.setattr(sqlite_file, "CHECKED_BYTES", 0)
    with sqlite3.connect(path) as looking:
        [page] = looking.execute("SELECT rootpage FROM sqlite_master WHERE name = 'message'").fetchone()
    looking.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(os.urandom(4096))
    hub = Driver(SqliteStore.open(path, ADA))
    assert refused(hub, queries.LoadPage(conversation="ill", limit=9)) == "store_damaged"
    assert hub.put(post("ill", ADA, key="key-two!")) == items.Failed("store_damaged")
    assert isinstance(hub.put(conversation("new", ADA)), items.Stored)
    hub.close()
    assert [record.message for record in caplog.records if "is damaged" not in record.message] == []


def test_doctor_reads_the_texts(path: Path) -> None:
    spoil(path, NOISE)
    said = CliRunner().invoke(main, ["doctor", "--data", str(path.parent)], catch_exceptions=False).output
    assert f"FAIL the database: {path}: it is damaged (it has text that is none)" in said
    assert f"nbchat restore BACKUP --force --data '{path.parent}'" in said
    assert NEEDLE[12:] not in said


@pytest.mark.parametrize(
    ("error", "damage"),
    [
        (sqlite3.DatabaseError("database disk image is malformed"), True),
        (sqlite3.DatabaseError("file is not a database"), True),
        (sqlite3.OperationalError("Could not decode to UTF-8 column 'payload' with text '...'"), True),
        (msgspec.DecodeError("JSON is malformed"), True),
        (sqlite3.OperationalError("database is locked"), False),
        (sqlite3.OperationalError("malformed MATCH expression: [malformed]"), False),
        (ValueError("malformed"), False),
    ],
)
def test_what_is_damage(error: Exception, damage: bool) -> None:
    assert is_damage(error) is damage
