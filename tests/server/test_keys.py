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

from nbchat.client.notes import read_notes
from nbchat.processes import name
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
