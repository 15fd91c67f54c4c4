"""FileBus beyond the contract: who comes later, who is alone, and a file that cannot be used."""

from __future__ import annotations

import queue
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from kit.leases import set_clock, wait_for_leases
from kit.stores import WAIT

from nbchat.bus import file
from nbchat.bus.bell import Bell
from nbchat.bus.file import FileBus
from nbchat.hub import ports
from nbchat.protocol.messages import Offered

HERE = ports.PresenceNote("h1", "ada", True)
GONE = ports.PresenceNote("h1", "ada", False)
TYPING = ports.TypingNote("c", "ada", True)


def opened(path: Path, hub: str) -> tuple[FileBus, queue.SimpleQueue[ports.Note]]:
    heard: queue.SimpleQueue[ports.Note] = queue.SimpleQueue()
    bus = FileBus(path, hub)
    bus.start(heard.put)
    return bus, heard


def notes(path: Path) -> int:
    connection = sqlite3.connect(path)
    count: int = connection.execute("SELECT count(*) FROM note").fetchone()[0]
    connection.close()
    return count


def test_who_comes_later_hears_who_is_present_and_nothing_that_is_over(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    first, _ = opened(path, "h1")
    second, heard = opened(path, "h2")
    first.publish(HERE)
    first.publish(TYPING)
    assert [heard.get(timeout=WAIT), heard.get(timeout=WAIT)] == [HERE, TYPING]
    third, late = opened(path, "h3")
    assert late.get(timeout=WAIT) == HERE
    first.publish(GONE)
    first.close()
    assert heard.get(timeout=WAIT) == late.get(timeout=WAIT) == GONE, "the last words are heard too"
    fourth, nothing = opened(path, "h4")
    assert nothing.empty(), "of who is gone nothing is said"
    for bus in (second, third, fourth):
        bus.close()


def test_who_comes_later_hears_which_commands_are_answered(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    first, _ = opened(path, "h1")
    offer = ports.OffersNote("h1", "c", (Offered("deploy", "to production", "ada"),))
    first.publish(offer)
    second, heard = opened(path, "h2")
    assert heard.get(timeout=WAIT) == offer
    first.close()
    second.close()


def test_nobody_waits_for_the_next_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes, and who has said something, rings: the first look after that would be in an hour."""
    monkeypatch.setattr(file, "POLL_ALONE", 3_600.0)
    monkeypatch.setattr(file, "POLL_TOGETHER", 3_600.0)
    first, one = opened(tmp_path / "notes.sqlite3", "h1")
    second, other = opened(tmp_path / "notes.sqlite3", "h2")
    second.publish(TYPING)
    assert one.get(timeout=WAIT) == TYPING
    first.publish(TYPING)
    assert other.get(timeout=WAIT) == TYPING
    second.publish(GONE)
    second.close()
    assert one.get(timeout=WAIT) == GONE
    first.close()


def test_where_no_bell_is_heard_the_file_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bell, "ring", lambda self, ports: None)
    first, heard = opened(tmp_path / "notes.sqlite3", "h1")
    second, _ = opened(tmp_path / "notes.sqlite3", "h2")
    second.publish(HERE)
    assert heard.get(timeout=WAIT) == HERE
    for bus in (first, second):
        bus.close()


def test_alone_only_presence_is_written(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    bus, _ = opened(path, "h1")
    for note in (TYPING, HERE, ports.Rang("c", 7)):
        bus.publish(note)
    bus.close()
    assert notes(path) == 1


def test_the_journal_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    bus = FileBus(path, "h1")
    with closing(file._open(path)) as connection:
        for _ in range(3 * file.JOURNAL_PAGES):
            bus._write(connection, [HERE])
        assert 100_000 < Path(f"{path}-wal").stat().st_size < 1_200_000


def test_a_file_that_cannot_be_used_makes_the_bus_silent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "notes.sqlite3"
    path.write_bytes(b"this is a letter, not a database" * 100)
    bus, heard = opened(path, "h1")
    bus.publish(HERE)
    bus.close()
    assert heard.empty()
    assert str(path) in caplog.text


def test_a_note_of_another_version_costs_the_others_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "notes.sqlite3"
    sender, _ = opened(path, "h1")
    bus, heard = opened(path, "h2")
    other = sqlite3.connect(path)
    other.execute("INSERT INTO note (hub, at, payload) VALUES ('h1', 0, ?)", (b'{"type":"Unheard"}',))
    other.commit()
    other.close()
    sender.publish(TYPING)
    assert heard.get(timeout=WAIT) == TYPING
    sender.close()
    bus.close()
    assert "could not take a note of 18 bytes" in caplog.text


@pytest.mark.parametrize("jump", [3_600, -3_600])
def test_notes_travel_also_when_the_clock_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    path = tmp_path / "notes.sqlite3"
    first, _ = opened(path, "h1")
    second, heard = opened(path, "h2")
    set_clock(monkeypatch, jump)
    wait_for_leases(path, 2)
    first.publish(TYPING)
    assert heard.get(timeout=WAIT) == TYPING
    first.close()
    second.close()
