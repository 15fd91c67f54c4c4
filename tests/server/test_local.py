"""The hub inside a kernel: on a thread of its own, one for all kernels of a user, joined and replaced."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from kit.web import Refused, Visitor

from nbchat.client.notes import read_notes
from nbchat.protocol.messages import Hello, Welcome
from nbchat.server.local import LocalHubFailed, start

HOST = """
import json, sys
from pathlib import Path
from nbchat.server.local import start
url, key, stop = start(Path(sys.argv[1]))
print(json.dumps([url, key]), flush=True)
sys.stdin.read()
"""


async def welcome(url: str, key: str) -> Welcome:
    line = await Visitor(url, {"X-Nbchat-Key": key}).connects()
    await line.says(Hello(ref=1, kind="session"))
    found = await line.sees(Welcome)
    await line.hangs_up()
    return found


async def test_it_runs_on_a_thread_lets_in_its_key_only_and_stops(folders: Path) -> None:
    url, key, stop = start()
    try:
        assert (await welcome(url, key)).owner
        with pytest.raises(Refused):
            await Visitor(url, {"X-Nbchat-Key": "wrong"}).connects()
        assert [(note.url, note.kind) for note in read_notes()] == [(url, "local")]
        assert any(thread.name == "nbchat-hub" and thread.daemon for thread in threading.enumerate())
    finally:
        stop()
    stop()
    assert read_notes() == []
    assert not any(thread.name == "nbchat-hub" for thread in threading.enumerate())
    assert (folders / "data" / "nbchat" / "hub.sqlite3").is_file()


async def test_one_hosts_others_join_and_the_next_takes_over_when_it_dies(folders: Path) -> None:
    place = folders / "nbchat"
    host = subprocess.Popen(  # noqa: ASYNC220 - a moment's wait is fine here: nothing else runs
        [sys.executable, "-c", HOST, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert host.stdin
    assert host.stdout
    try:
        url, key = json.loads(host.stdout.readline())
        joined, joined_key, leave = start(place)
        assert (joined, joined_key) == (url, key)
        leave()
        store = (await welcome(joined, joined_key)).store
    finally:
        host.kill()
        host.wait()
        host.stdin.close()
        host.stdout.close()
    own, own_key, stop = start(place)
    try:
        assert own_key == key
        assert (await welcome(own, own_key)).store == store
    finally:
        stop()


async def test_what_cannot_be_used_is_told(folders: Path) -> None:
    broken = folders / "nbchat" / "hub.sqlite3"
    broken.parent.mkdir()
    broken.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(LocalHubFailed, match=str(broken)):
        start(folders / "nbchat")
    broken.unlink()
    _, _, stop = start(folders / "nbchat")
    stop()


def test_it_is_reached_by_its_entry_point_only() -> None:
    found = entry_points(group="nbchat.local_hub")
    assert [entry.value for entry in found] == ["nbchat.server.local:start"]
    assert next(iter(found)).load() is start
