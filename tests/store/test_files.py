"""Which files are opened, which are refused, and that a refused one is left as it was."""

from __future__ import annotations

import io
import os
import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from kit.stores import ADA, BOB, NOON, Driver, conversation, post

from nbchat.hub import queries
from nbchat.hub.items import Duplicate, Stored
from nbchat.store.errors import StoreUnusable
from nbchat.store.sqlite import SqliteStore
from nbchat.store.sqlite_copies import backup
from nbchat.store.sqlite_file import APPLICATION, file_system, migrations, prepare
from nbchat.store.sqlite_own import enter
from nbchat.store.sqlite_write import Writes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nbchat" / "hub.sqlite3"


def filled(path: Path) -> Path:
    """A database with some messages."""
    hub = Driver(SqliteStore.open(path, ADA))
    hub.write(conversation("c", ADA, BOB), *(post("c", ADA, "x" * 500, key=f"key-number-{n}") for n in range(200)))
    hub.close()
    return path


def messages(path: Path) -> int:
    hub = Driver(SqliteStore.open(path, ADA))
    count = len(hub.ask(queries.LoadPage(conversation="c", limit=999)).messages)
    hub.close()
    return count


@contextmanager
def refused(path: Path, *words: str) -> Iterator[None]:
    """Opening fails with these words, says what to do, and changes not one byte."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreUnusable) as failure:
        yield
    text = str(failure.value)
    assert str(path) in text
    for word in (*words, failure.value.do):
        assert word in text
    assert failure.value.do
    assert (path.read_bytes() if path.is_file() else None) == before


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user without rights; root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# ------------------------------------------------------------------------------------------------------------- making


def test_a_new_database_and_its_directory_are_private(path: Path) -> None:
    hub = Driver(SqliteStore.open(path, ADA))
    hub.put(conversation("c", ADA))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"hub.sqlite3": 0o600, "hub.sqlite3-wal": 0o600, "hub.sqlite3-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    hub.close()
    assert [file.name for file in path.parent.iterdir()] == ["hub.sqlite3"], "one file when nobody uses it"


def test_the_file_says_whose_it_is_and_which_version(path: Path) -> None:
    header = filled(path).read_bytes()[:100]
    assert int.from_bytes(header[68:72], "big") == APPLICATION
    assert int.from_bytes(header[60:64], "big") == len(migrations())


def test_the_settings_that_durability_needs(path: Path) -> None:
    connection = prepare(path)
    settings = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert settings == {"journal_mode": "wal", "synchronous": 2}
    connection.close()


def test_an_empty_file_is_a_new_database_and_not_without_a_word(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.touch()
    assert messages(filled(path)) == 200
    assert caplog.text.count(f"{path} was empty: a new chat begins there") == 1


def test_a_killed_beginning_is_begun_again(path: Path) -> None:
    """A process that was killed between making the file and making the tables leaves a database without any."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert path.stat().st_size > 0
    assert messages(filled(path)) == 200


def test_the_owner_of_the_data_stays_and_it_is_said(path: Path) -> None:
    filled(path)
    store = SqliteStore.open(path, BOB)
    assert store.info.owner == ADA
    assert store.info.warning == "This data belongs to 'ada', who stays its owner; 'bob' was asked for."
    store.close()


# ----------------------------------------------------------------------------------------------------------- refusing


def test_what_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    for content in (b"hello", b"SQLite format 3\0 but short", os.urandom(5000)):
        path.write_bytes(content)
        with refused(path, "not an SQLite database"):
            SqliteStore.open(path, ADA)


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with refused(path, "another program"):
        SqliteStore.open(path, ADA)


def test_what_another_hub_makes_while_it_is_looked_at_is_ours(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at whose it is and the look at what is in it, the other hub makes the tables."""
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = WAL")  # the file is no longer empty, and not ours yet
    connect, made = sqlite3.connect, list[Path]()

    class Interrupted(sqlite3.Connection):
        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            found = super().execute(sql, *values)  # type: ignore[arg-type]
            if sql == "PRAGMA application_id" and not made:
                made.append(path)
                prepare(path, busy=0.1).close()
            return found

    monkeypatch.setattr(sqlite3, "connect", partial(connect, factory=Interrupted))
    prepare(path).close()
    assert made == [path]
    other.close()


def test_what_another_hub_makes_of_an_empty_file_is_ours(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the first bytes and the look at the size, the other hub makes the tables."""
    opens, made = Path.open, list[Path]()

    class Interrupted(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size) or b""
            if not made:
                made.append(path)
                prepare(path).close()
            return found

    def interrupted(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        return Interrupted(self) if mode == "rb" else opens(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", interrupted)
    prepare(path).close()
    assert made == [path]


def test_a_newer_version_is_refused(path: Path) -> None:
    filled(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    connection.close()
    with refused(path, "newer nbchat", f"version {len(migrations()) + 1}", "pip install -U nbchat"):
        SqliteStore.open(path, ADA)


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.9])
def test_a_damaged_file_is_refused(path: Path, where: float) -> None:
    content = bytearray(filled(path).read_bytes())
    start = max(100, int(len(content) * where))
    content[start : start + 8192] = b"\xa5" * 8192
    path.write_bytes(content)
    with refused(path, "damaged"):
        SqliteStore.open(path, ADA)


def test_damage_in_the_names_of_tables_is_refused_in_words(path: Path) -> None:
    """SQLite's own verdict was no text then, and the hub ended with a traceback: `make chaos`, seed 3005."""
    content = filled(path).read_bytes()
    path.write_bytes(content.replace(b"CREATE INDEX", b"CREATE \x90NDEX"))
    with refused(path, "damaged"):
        SqliteStore.open(path, ADA)


def test_a_file_that_was_cut_off_is_refused(path: Path) -> None:
    content = filled(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with refused(path, "damaged"):
        SqliteStore.open(path, ADA)


@pytest.fixture
def public() -> Iterator[Path]:
    """A database in a directory that another user reaches.

    Not below pytest's own: that is private, and each run that begins makes it so again.
    """
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        place = Path(folder) / "nbchat"
        place.mkdir()
        yield place / "hub.sqlite3"
        place.chmod(0o755)


def test_a_read_only_file_is_refused(public: Path) -> None:
    filled(public).chmod(0o444)
    public.parent.chmod(0o755)
    with as_nobody(), refused(public, "cannot be written", "Permission denied"):
        SqliteStore.open(public, ADA)


def test_a_read_only_directory_is_refused(public: Path) -> None:
    filled(public).chmod(0o666)
    public.parent.chmod(0o555)
    with as_nobody(), refused(public, "directory cannot be written"):
        SqliteStore.open(public, ADA)


def test_a_directory_that_cannot_be_made_is_refused(path: Path) -> None:
    path.parent.write_text("a file where a directory should be")
    with refused(path, "directory cannot be made"):
        SqliteStore.open(path, ADA)


def test_a_directory_in_its_place_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with refused(path, "cannot be written"):
        SqliteStore.open(path, ADA)


# ---------------------------------------------------------------------------------------------------------- migrating


ADDS_A_COLUMN = (
    "-- Version 2.\nALTER TABLE message ADD COLUMN starred INTEGER;\nCREATE INDEX star ON message (starred);\n"
)


def test_an_older_file_is_copied_and_then_migrated(path: Path) -> None:
    filled(path)
    connection = prepare(path, steps=[*migrations(), ADDS_A_COLUMN])
    assert connection.execute("SELECT count(*) FROM message WHERE starred IS NULL").fetchone() == (200,)
    connection.close()
    assert int.from_bytes(path.read_bytes()[60:64], "big") == len(migrations()) + 1
    kept = path.with_name(f"hub.sqlite3.v{len(migrations())}.backup")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert messages(kept) == 200


@pytest.mark.parametrize("version", range(1, len(migrations())))
def test_a_file_of_each_earlier_version_is_migrated_with_all_that_it_has(path: Path, version: int) -> None:
    posts = [post("c", ADA, key=f"key-number-{n}") for n in range(200)]
    old = prepare(path, steps=migrations()[:version])
    enter(old.execute, ADA)
    old.execute("INSERT INTO meta VALUES (1, 'store', 'ada', 0, 0)")
    writes = Writes(old, "ada", lambda: NOON)
    old.execute("BEGIN")
    writes.begin()
    stored = writes.apply_all([conversation("c", ADA), *posts])
    writes.finish()
    old.execute("COMMIT")
    old.close()
    hub = Driver(SqliteStore.open(path, ADA))
    again, new = hub.write(posts[99], post("c", ADA, key="key-new!"))
    hub.close()
    assert isinstance(stored[100], Stored)
    assert again == Duplicate(stored[100].event)
    assert new.event.seq == 202
    assert int.from_bytes(path.read_bytes()[60:64], "big") == len(migrations())
    assert messages(path) == 201
    assert messages(path.with_name(f"hub.sqlite3.v{version}.backup")) == 200


def test_a_copy_of_before_is_never_written_over(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    filled(path)
    kept = path.with_name(f"hub.sqlite3.v{len(migrations())}.backup")
    kept.write_text("a copy of an earlier attempt")
    prepare(path, steps=[*migrations(), ADDS_A_COLUMN]).close()
    assert kept.read_text() == "a copy of an earlier attempt"
    second = path.with_name(f"hub.sqlite3.2.v{len(migrations())}.backup")
    assert messages(second) == 200
    assert f"kept in {second}" in caplog.text


def backups(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir() if "backup" in file.name]


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """No file of this process grows beyond this many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_cannot_be_copied_before_is_not_migrated(path: Path) -> None:
    before = filled(path).read_bytes()
    with small_files(len(before) // 2), pytest.raises(StoreUnusable):
        prepare(path, steps=[*migrations(), ADDS_A_COLUMN])
    assert backups(path) == []
    assert path.read_bytes() == before
    assert messages(path) == 200


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    before = filled(path).read_bytes()
    with pytest.raises(StoreUnusable):
        prepare(path, steps=[*migrations(), ADDS_A_COLUMN, "ALTER TABLE nonsense ADD COLUMN x;"])
    assert path.read_bytes() == before
    assert messages(path) == 200
    assert backups(path) == [], "nor does it leave a copy of the file each time that it is tried"


def test_what_a_killed_process_left_of_a_copy_is_no_backup(path: Path) -> None:
    filled(path)
    for left in (".copying", ".copying-journal"):
        path.with_name(f"{path.name}{left}").write_bytes(b"the first half of a copy")
    prepare(path, steps=[*migrations(), ADDS_A_COLUMN]).close()
    assert backups(path) == [f"{path.name}.v{len(migrations())}.backup"]
    assert messages(path.with_name(backups(path)[0])) == 200
    assert [file.name for file in path.parent.iterdir() if "copying" in file.name] == []


def test_a_migration_that_ends_too_early_is_an_error(path: Path) -> None:
    with pytest.raises(ValueError, match="in the middle of a statement"):
        prepare(path, steps=[*migrations(), "CREATE TABLE half (x"])


# ------------------------------------------------------------------------------------------------------------- copies


def test_a_backup_is_whole_while_the_store_is_in_use(path: Path, tmp_path: Path) -> None:
    hub = Driver(SqliteStore.open(path, ADA))
    hub.write(conversation("c", ADA), post("c", ADA, key="some-key"))
    backup(path, tmp_path / "copy.sqlite3")
    hub.put(post("c", ADA, key="next-key"))
    hub.close()
    assert messages(tmp_path / "copy.sqlite3") == 1
    with refused(tmp_path / "copy.sqlite3", "there already"):
        backup(path, tmp_path / "copy.sqlite3")


# --------------------------------------------------------------------------------------------- network file systems


def test_the_file_system_is_found_by_the_longest_mount_point(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        f"server:/home {tmp_path}/home nfs4 rw 0 0\n"
        f"host: {tmp_path}/home/with\\040space fuse.sshfs rw 0 0\n"
        f"tmpfs {tmp_path}/home/ada/fast tmpfs rw 0 0\n"
    )
    found = [
        file_system(tmp_path / name, mounts)
        for name in ("x", "home/x", "home/with space/x", "home/ada/fast/x", "homely")
    ]
    assert found == ["ext4", "nfs4", "fuse.sshfs", "tmpfs", "ext4"]
    assert file_system(tmp_path, tmp_path / "no-such-list") == ""


def test_alone_on_a_file_a_second_store_is_refused(path: Path) -> None:
    first = Driver(SqliteStore.open(path, ADA, exclusive=True, busy=0.1))
    first.put(conversation("c", ADA))
    with pytest.raises(StoreUnusable, match="another process holds it"):
        SqliteStore.open(path, ADA, exclusive=True, busy=0.1)
    with pytest.raises(StoreUnusable, match="another process holds it"):
        SqliteStore.open(path, ADA, exclusive=False, busy=0.1)
    assert first.put(post("c", ADA, key="some-key")).event.seq == 2
    first.close()
    assert messages(path) == 1
