"""Full disks and stuck neighbours: what fails is said, nothing is half stored, and it goes on afterwards."""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path

import pytest
from kit.faults import limited_files
from kit.stores import ADA, BOB, Driver, append, conversation, post, read

from nbchat.hub import items, ports, queries
from nbchat.protocol.messages import Mark, Person, Posted
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


def test_a_quota_that_is_used_up_is_a_full_disk(path: Path) -> None:
    """SQLite calls it an I/O error; so does the limit for one file that stands for it here, and needs no rights."""
    hub = Driver(SqliteStore.open(path, ADA))
    hub.put(conversation("c", ADA))
    with limited_files():
        assert hub.put(post("c", ADA, "x" * 9_000, key="no-room!")) == items.Failed("store_full")
        assert hub.ask(queries.LoadConversation("c")).last_seq == 1
    assert hub.put(post("c", ADA, "x" * 9_000, key="no-room!")).event.seq == 2
    hub.close()


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


def test_an_item_that_fails_half_way_has_written_nothing(path: Path) -> None:
    """The row of the conversation, the marks of the first member, and then half a character."""
    hub = Driver(SqliteStore.open(path, ADA))
    hub.write(conversation("c", ADA, BOB), post("c", ADA, key="some-key"))
    half = Person("eve", "\ud800")
    marks = items.PutMarks(conversation="c", marks=(Mark("bob", 2, 2), Mark("\ud800", 2, 2)))
    made, marked, _ = hub.write(conversation("d", ADA, half, handle="team"), marks, items.PutPerson(person=BOB))
    assert made == marked == items.Failed("store_failed")
    assert hub.ask(queries.LoadConversation("d")) is None
    assert hub.ask(queries.FindConversation(handle="team")) is None
    assert [one.delivered for one in hub.ask(queries.LoadConversation("c")).members] == [0, 0]
    assert isinstance(hub.put(conversation("d", ADA, handle="team")), items.Stored)
    hub.close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed there")
def test_nothing_goes_into_a_file_that_is_not_there_any_more(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Removed, moved or replaced under a running hub: what would be acknowledged would be lost."""
    hub = Driver(SqliteStore.open(path, ADA))
    hub.put(conversation("c", ADA))
    elsewhere = path.with_name("elsewhere.sqlite3")
    path.rename(elsewhere)
    for key in ("key-one!", "key-two!"):
        assert hub.put(post("c", ADA, key=key)) == items.Failed("store_replaced")
    path.write_bytes(b"another file")
    assert hub.put(post("c", ADA, key="key-3!!!")) == items.Failed("store_replaced")
    [told] = [record.message for record in caplog.records if str(path) in record.message]
    assert "removed, moved or replaced" in told
    assert hub.ask(queries.LoadConversation("c")).last_seq == 1
    elsewhere.replace(path)
    assert hub.put(post("c", ADA, key="key-one!")).event.seq == 2
    hub.close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved there")
def test_reads_that_fail_on_and_on_are_told_once_and_why_if_the_file_was_replaced(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = SqliteStore.open(path, ADA)
    for reader in store._connections:
        reader.close()
    hub = Driver(store)
    for moved in (False, True):
        if moved:
            path.rename(path.with_name("elsewhere.sqlite3"))
        for _ in range(3):
            with pytest.raises(ports.StoreFailed):
                hub.ask(queries.LoadPeople())
    unread, replaced = [record for record in caplog.records if record.levelname == "ERROR"]
    assert (unread.message, unread.exc_info is not None) == ("the store could not be read", True)
    assert "not the file any more" in replaced.message
    hub.close()


def test_a_failure_on_a_disk_that_is_gone_is_told_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = SqliteStore.open(folder / "hub.sqlite3", ADA)
    folder.rename(tmp_path / "elsewhere")
    assert store._writer._code(sqlite3.OperationalError("disk I/O error")) == "store_failed"
    store.close()


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


class _JustTooLate(threading.Event):
    """The moment at which closing was lost: it is decided while the wait for it runs out."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting, self.closed = threading.Event(), threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        already = self.is_set()
        if not already:
            self.waiting.set()
            self.closed.wait()
        return already


def test_closing_is_not_lost_while_the_journal_is_looked_at(path: Path) -> None:
    """A checkpoint thread whose wait ran out as `close` began forgot that it was to end, and `close` never returned."""
    store = SqliteStore.open(path, ADA)
    late = store._closing = _JustTooLate()
    hub = Driver(store)
    assert late.waiting.wait(10)
    closing = threading.Thread(target=hub.close, daemon=True)
    set_dirty = store._dirty.set

    def set_and_go_on() -> None:
        set_dirty()
        late.closed.set()

    store._dirty.set = set_and_go_on  # type: ignore[method-assign]
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
