"""The secret, what is derived from it, and the notes in the runtime directory."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from kit.hubs import script_env

from nbchat import processes
from nbchat.client.notes import read_notes
from nbchat.processes import alive, gone, name
from nbchat.server.keys import SECRET_FILE, load_keys, same
from nbchat.server.runtime import RuntimeNote, sweep


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_secret_is_private_and_stays(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "nbchat")
    assert mode(tmp_path / "nbchat") == 0o700
    assert mode(tmp_path / "nbchat" / SECRET_FILE) == 0o600
    assert load_keys(tmp_path / "nbchat").client == first.client
    assert load_keys(tmp_path / "other").client != first.client


@pytest.mark.parametrize(("given", "warned"), [(0o755, False), (0o775, True), (0o777, True)])
def test_a_directory_that_was_there_keeps_its_mode_and_where_others_may_write_it_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, given: int, warned: bool
) -> None:
    place = tmp_path / "my class"
    place.mkdir()
    place.chmod(given)
    load_keys(place)
    assert (mode(place), mode(place / SECRET_FILE)) == (given, 0o600)
    assert (f"chmod go-w '{place}'" in caplog.text) == warned


def test_keys_for_different_purposes_differ(tmp_path: Path) -> None:
    keys = load_keys(tmp_path)
    assert len({keys.client, keys.derive("cookie signature"), keys.derive("login cookie", "a")}) == 3
    assert same(keys.client, keys.client)
    assert not same("", "")
    assert not same(keys.client[:-1], keys.client)


def test_hubs_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(load_keys(tmp_path).client)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]


def test_a_damaged_secret_is_told(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_bytes(b"short")
    with pytest.raises(OSError, match="is damaged"):
        load_keys(tmp_path)


def test_a_note_is_private_found_by_clients_and_removed(folders: Path) -> None:
    note, second = RuntimeNote(), RuntimeNote()
    path = note.leave(url="http://127.0.0.1:1/nbchat/", key="k", store="s", kind="serve")
    other = second.leave(url="http://127.0.0.1:2/nbchat/", key="k2", store="s", kind="local")
    assert path.name == f"nbchat-{os.getpid()}.json"
    assert other != path
    assert mode(path) == 0o600
    assert json.loads(path.read_text())["pid"] == os.getpid()
    assert {(found.url, found.key) for found in read_notes()} == {
        ("http://127.0.0.1:1/nbchat/", "k"),
        ("http://127.0.0.1:2/nbchat/", "k2"),
    }
    note.remove()
    note.remove()
    second.remove()
    assert read_notes() == []
    assert list((folders / "runtime").iterdir()) == []


def test_a_note_of_somebody_else_is_left(folders: Path) -> None:
    note = RuntimeNote()
    path = note.leave(url="http://127.0.0.1:1/nbchat/", key="k", store="s", kind="serve")
    path.write_text("another process took the number")
    note.remove()
    assert path.exists()


def test_notes_of_the_killed_are_swept_away_and_no_others(folders: Path) -> None:
    runtime = folders / "runtime"
    runtime.mkdir()
    killed = subprocess.run(
        [sys.executable, "-c", "from nbchat.processes import name; print(name())"],
        env=script_env(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    pid, boot, space, began = killed.split(" ")
    mine = name()
    reused = f"{os.getpid()} {' '.join(mine.split(' ')[1:3])} 1"  # this number was another process's before
    elsewhere = (f"{pid} another-boot {space} {began}", f"{pid} {boot} pid:[1] {began}", "", mine)
    said = {"url": "http://127.0.0.1:9/nbchat/", "key": "k", "store": "s", "kind": "serve"}
    for number, process in enumerate((killed, reused, *elsewhere), start=1):
        (runtime / f"nbchat-{number}.json").write_text(json.dumps({**said, "pid": number, "process": process}))
    (runtime / "nbchat-old.json").write_text(json.dumps({**said, "pid": int(pid)}))  # by an older version
    (runtime / "nbchat-torn.json").write_text('{"pid":')
    assert sweep() == [1, 2]
    left = {path.name for path in runtime.iterdir()}
    assert left == {f"nbchat-{which}.json" for which in (3, 4, 5, 6, "old", "torn")}
    assert sweep() == []


def test_a_hub_that_starts_takes_the_notes_of_killed_ones_away(folders: Path) -> None:
    ended = f"{os.getpid()} {' '.join(name().split(' ')[1:3])} 1"
    left = folders / "runtime" / "nbchat-1.json"
    left.parent.mkdir()
    left.write_text(json.dumps({"url": "http://127.0.0.1:9/nbchat/", "key": "k", "pid": 1, "process": ended}))
    note = RuntimeNote()
    path = note.leave(url="http://127.0.0.1:1/nbchat/", key="k", store="s", kind="serve")
    assert list((folders / "runtime").iterdir()) == [path]
    note.remove()


@pytest.mark.parametrize("links", [True, False])
def test_a_hub_that_takes_a_number_while_it_is_swept_keeps_its_note(
    folders: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Between the look at the old note and its removal; also where the file system has no hard links."""
    path = folders / "runtime" / "nbchat-1.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"pid": 1, "process": f"{os.getpid()} {' '.join(name().split(' ')[1:3])} 1"}))
    lives, rename = json.dumps({"pid": 1, "process": name()}), os.rename

    def late(source: Path, target: Path) -> None:
        if source == path:
            path.write_text(lives)
        rename(source, target)

    monkeypatch.setattr(os, "rename", late)
    if not links:
        monkeypatch.setattr(os, "link", refuse)
    assert sweep() == []
    assert [(left.name, left.read_text()) for left in path.parent.iterdir()] == [(path.name, lives)]


@pytest.mark.parametrize("links", [True, False])
def test_what_somebody_put_aside_who_died_then_is_put_back_or_removed(
    folders: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    runtime = folders / "runtime"
    runtime.mkdir()
    ended = f"{os.getpid()} {' '.join(name().split(' ')[1:3])} 1"
    for number, process in ((1, name()), (2, ended), (3, name())):
        (runtime / f".nbchat-{number}.json.4711").write_text(json.dumps({"pid": number, "process": process}))
    (runtime / "nbchat-3.json").write_text("a newer one")
    (runtime / ".nbchat-4.json.new").write_text("being written")
    if not links:
        monkeypatch.setattr(os, "link", refuse)
    assert sweep() == [2]
    assert {left.name for left in runtime.iterdir()} == {"nbchat-1.json", "nbchat-3.json", ".nbchat-4.json.new"}
    assert json.loads((runtime / "nbchat-1.json").read_text())["process"] == name()
    assert (runtime / "nbchat-3.json").read_text() == "a newer one"


def refuse(source: Path, target: Path) -> None:
    """As `link` does on exFAT and many network shares."""
    raise PermissionError(1, "Operation not permitted")


def test_a_process_lives_until_it_has_ended() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert (alive(os.getpid()), alive(ended.pid)) == (True, False)
    assert alive(1), "somebody else's, whom one may not signal"
    assert alive(2**80), "no number of a process: nothing is known"


def test_only_what_proves_it_is_taken_for_the_end_of_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, ns = name(), Path("/proc/self/ns/pid").readlink()
    monkeypatch.setattr(processes, "_PROCESSES", tmp_path)
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").symlink_to(ns)
    assert not gone(mine), "hidden, as by hidepid=2"
    (tmp_path / str(os.getpid()) / "stat").mkdir(parents=True)
    assert not gone(mine), "an error that says nothing"
    numbers = mine.split(" ", 1)[1]
    assert not gone(f"self {numbers}")
    assert gone(f"{2**30} {numbers}"), "above any number that Linux gives"
