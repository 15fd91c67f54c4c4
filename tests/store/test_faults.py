"""Full disks and stuck neighbours: what fails is said, nothing is half stored, and it goes on afterwards."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from kit.stores import ADA, BOB, Driver, append, conversation, post, read

from nbchat.hub import items, ports, queries
from nbchat.protocol.messages import Posted
from nbchat.store.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.sqlite3"


def test_a_full_disk_fails_the_batch_and_stores_nothing_of_it(path: Path) -> None:
    store = SqliteStore.open(path, ADA)
    hub = Driver(store)
    hub.put(conversation("c", ADA, BOB))
    writer = store._writer._connection
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages + 20}")

    stored, size = 1, 30_000
    for n in range(40):
        outcomes = hub.write(*(post("c", ADA, "x" * size, key=f"key-{n}-{m}") for m in range(2)), read("c", BOB, 1))
        if outcomes == [items.Failed("store_full")] * 3:
            break
        assert [outcome.event.seq for outcome in outcomes[:2]] == [stored + 1, stored + 2]
        stored += 2
    else:
        pytest.fail("the disk never became full")
    record = hub.ask(queries.LoadConversation("c"))
    assert (record.last_seq, len(record.events)) == (stored, stored)
    large = "x" * 300_000
    assert hub.put(post("c", ADA, large, key="no-room!")) == items.Failed("store_full")

    writer.execute("PRAGMA max_page_count = 1000000")
    assert hub.put(post("c", ADA, large, key="no-room!")).event.seq == stored + 1
    assert hub.ask(queries.LoadConversation("c")).last_seq == stored + 1
    hub.close()
    reopened = Driver(SqliteStore.open(path, ADA))
    assert reopened.ask(queries.LoadConversation("c")).last_seq == stored + 1
    reopened.close()


def test_a_neighbour_that_holds_the_lock_too_long_fails_the_batch(path: Path) -> None:
    hub = Driver(SqliteStore.open(path, ADA, busy=0.05))
    hub.put(conversation("c", ADA))
    stuck = sqlite3.connect(path, isolation_level=None)
    stuck.execute("BEGIN IMMEDIATE")
    assert hub.put(post("c", ADA, key="some-key")) == items.Failed("store_failed")
    assert hub.ask(queries.LoadConversation("c")).last_seq == 1, "reading goes on meanwhile"
    stuck.execute("ROLLBACK")
    stuck.close()
    assert hub.put(post("c", ADA, key="some-key")).event.seq == 2
    hub.close()


def test_an_item_that_no_database_takes_fails_alone(path: Path) -> None:
    """Half a character, a number beyond 64 bits: the others of the batch are stored."""
    hub = Driver(SqliteStore.open(path, ADA))
    hub.put(conversation("c", ADA))
    late = Posted(conversation="c", seq=0, at=0, author="ada", name="Ada", key="k" * 9, text="\ud800", via="page")
    first, half, huge, last = hub.write(
        post("c", ADA, key="key-one!"),
        append(late),
        items.PutSeen(user="ada", at=2**70),
        post("c", ADA, key="key-two!"),
    )
    assert (first.event.seq, last.event.seq) == (2, 3)
    assert half == huge == items.Failed("store_failed")
    assert [event.seq for event in hub.ask(queries.LoadConversation("c")).events] == [1, 2, 3]
    hub.close()


def test_a_store_takes_nothing_before_start_and_after_close(path: Path) -> None:
    store = SqliteStore.open(path, ADA)
    with pytest.raises(RuntimeError, match="call start"):
        store.submit(1, conversation("c", ADA))
    hub = Driver(store)
    hub.close()
    with pytest.raises(RuntimeError, match="after close"):
        hub.submit(conversation("c", ADA))
    with pytest.raises(ports.StoreFailed):
        hub.ask(queries.LoadPeople())


def test_whoever_fails_on_an_answer_or_an_outcome_does_not_stop_the_store(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub = Driver(SqliteStore.open(path, ADA))

    def fail(_: object = None) -> None:
        raise RuntimeError("not the store's fault")

    for _ in range(4):
        hub.store.load(queries.LoadPeople(), fail)
    failed: list[bool] = []

    def fail_once() -> None:
        if not failed:
            failed.append(True)
            fail()

    hub.on_commit = fail_once
    hub.submit(items.PutPerson(person=BOB))
    hub.wait(lambda: failed)
    assert isinstance(hub.put(conversation("c", ADA)), items.Stored)
    assert hub.ask(queries.LoadPeople()).people == (ADA, BOB)
    hub.close()
    assert "not the store's fault" in caplog.text
