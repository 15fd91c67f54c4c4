"""What `nbchat doctor` says of each link of the chain; the command itself is in test_cli."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kit.firewall import Mood, firewall
from kit.leases import wait_for_leases
from kit.stores import ADA, Driver
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from nbchat.client.find import Hub
from nbchat.doctor import PROXY, examine
from nbchat.doctor_data import Check, found_checks
from nbchat.hub import leases
from nbchat.server.assemble import back_up, look_at, put_back
from nbchat.server.standalone import Served, bind
from nbchat.store.sqlite import SqliteStore
from nbchat.store.sqlite_health import Health
from nbchat.store.sqlite_lessee import gone, name
from server.conftest import Serve

WELL = Health(unusable="", network="", writable=True, free=10**12, size=10**6, hubs=1, whole=True)


async def checks(hub: Hub) -> dict[str, Check]:
    """All checks by title, beside a hub on this loop."""
    return {check.title: check for check in await asyncio.to_thread(lambda: list(examine(hub)))}


def hub_of(served: Served) -> Hub:
    return Hub(served.url, {"X-Nbchat-Key": served.hub.keys.client}, "argument")


async def test_all_is_well(start: Serve) -> None:
    found = await checks(hub_of(start()))
    shown = {
        title: check.verdict for title, check in found.items() if title not in ("the Jupyter extension", "the page")
    }
    wanted = ("versions", "clocks", "the socket", "the database", "the file system", "the disk", "other hubs")
    assert shown == dict.fromkeys(wanted, "ok")
    assert found["other hubs"].seen == "no other hub uses this data"


async def test_looking_leaves_nothing_behind(start: Serve, tmp_path: Path) -> None:
    served = start()
    assert (await checks(hub_of(served)))["the socket"].verdict == "ok"
    assert served.hub.runner.figures.errors == {}
    _, counts = back_up(served.hub.folder, tmp_path / "copy.sqlite3")
    assert counts == {"conversations": 0, "messages": 0, "people": 1}


async def test_a_hub_whose_file_was_replaced_is_not_called_well(start: Serve, tmp_path: Path) -> None:
    served = start()
    back_up(served.hub.folder, tmp_path / "copy.sqlite3")
    assert put_back(served.hub.folder, tmp_path / "copy.sqlite3", force=True).kept is not None
    found = (await checks(hub_of(served)))["the hub's file"]
    assert (found.verdict, found.do) == ("wrong", "Start the hub again.")
    assert "it stores nothing" in found.seen


async def test_all_hubs_that_have_the_file_of_before_are_named(start: Serve, tmp_path: Path) -> None:
    first, second = start(), start()
    back_up(first.hub.folder, tmp_path / "copy.sqlite3")
    assert put_back(first.hub.folder, tmp_path / "copy.sqlite3", force=True).kept is not None
    for one, other in ((first, second), (second, first)):
        said = (await checks(hub_of(one)))["the hub's file"].do
        assert (one.url in said, said.count(other.url)) == (False, 1)
    await first.stop()
    fresh = start()
    found = await checks(hub_of(fresh))
    assert "the hub's file" not in found
    assert second.url in found["the other hubs' file"].do


async def test_two_hubs_on_the_same_data_are_seen(start: Serve) -> None:
    first, _ = start(), start()
    assert (await checks(hub_of(first)))["other hubs"].seen == "1 more use this data: they are one chat"


def test_a_hub_that_was_killed_a_moment_ago_is_not_counted(tmp_path: Path) -> None:
    path, until = tmp_path / "hub.sqlite3", leases.until(time.time_ns() // 10**6)
    running = Driver(SqliteStore.open(path, ADA))
    ended = subprocess.run(
        [sys.executable, "-c", "from nbchat.store.sqlite_lessee import name; print(name())"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    token, pid, boot, space, began = ended.split(" ")
    assert [gone(ended), gone(name())] == [True, False]
    wait_for_leases(path, 1)
    # Counted is who cannot be asked about: another container, another machine, an older nbchat.
    for each in (
        ended,
        f"{token} {pid} {boot} pid:[1] {began}",
        f"{token} {pid} another-boot {space} {began}",
        token,
    ):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("INSERT INTO hub VALUES (?, ?)", (each, until))
    assert look_at(path).hubs == 1 + 3
    running.close()


class Old(RequestHandler):
    """A hub of another version behind a proxy that lets no socket through, with a clock that is wrong."""

    def get(self, path: str) -> None:
        self.set_header("Date", "Mon, 01 Jan 2024 00:00:00 GMT")
        if path == "api/hub":
            self.write({"store": "x", "version": "0.0.1"})
        else:
            self.send_error(502 if path == "ws" else 404)


async def test_each_broken_link_is_named_with_what_to_do() -> None:
    listening, port = bind("127.0.0.1", 0)
    server = HTTPServer(Application([(r"/nbchat/(.*)", Old)]))
    server.add_socket(listening)
    try:
        found = await checks(Hub(f"http://127.0.0.1:{port}/nbchat/", {}, "argument"))
    finally:
        server.stop()
        await server.close_all_connections()
    assert (found["versions"].verdict, "nbchat 0.0.1" in found["versions"].seen) == ("warn", True)
    assert found["clocks"].verdict == "warn"
    assert "behind" in found["clocks"].seen
    assert (found["the socket"].verdict, found["the socket"].do) == ("wrong", PROXY)
    assert found["the data"].verdict == "none"


@pytest.mark.parametrize("mood", ["refuses", "strips"])
async def test_what_lets_no_socket_through_is_said_and_that_the_chat_goes_on(start: Serve, mood: Mood) -> None:
    served = start()
    with firewall(served.port, mood) as wall:
        url = f"http://127.0.0.1:{wall.port}/nbchat/"
        found = (await checks(replace(hub_of(served), url=url)))["the socket"]
    assert (found.verdict, found.do) == ("warn", PROXY)
    assert "over HTTP meanwhile" in found.seen


async def test_a_hub_that_has_gone_is_said() -> None:
    listening, port = bind("127.0.0.1", 0)
    listening.close()
    found = await checks(Hub(f"http://127.0.0.1:{port}/nbchat/", {}, "argument"))
    assert (found["the hub"].verdict, "refused" in found["the hub"].seen) == ("wrong", True)


@pytest.mark.parametrize(
    ("title", "verdict", "change", "word"),
    [
        ("the database", "wrong", {"unusable": "it is damaged", "do": "Mend it"}, "Mend it."),
        ("the database", "wrong", {"writable": False}, "Give the file"),
        ("the file system", "warn", {"network": "nfs4"}, "local disk"),
        ("the disk", "warn", {"free": 10**8}, "Make room"),
        ("the disk", "wrong", {"free": 0}, "goes on by itself"),
    ],
)
def test_what_is_wrong_with_the_data_is_said(title: str, verdict: str, change: dict[str, Any], word: str) -> None:
    found = found_checks(Path("hub.sqlite3"), replace(WELL, **change), own=1)
    by_title = {check.title: check for check in found}
    assert by_title[title].verdict == verdict
    assert word in by_title[title].do
    others = [check.verdict for name, check in by_title.items() if name != title]
    assert set(others) == {"ok"}


def test_a_damaged_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    SqliteStore.open(path, ADA).close()
    assert look_at(path).unusable == ""
    path.write_bytes(b"no database" * 1000)
    assert "it is not an SQLite database" in look_at(path).unusable
    assert path.read_bytes() == b"no database" * 1000
