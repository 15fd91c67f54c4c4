"""The hub of `nbchat serve` over real sockets: what it tells, its page and files, starting beside others, stopping."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sqlite3
import stat
import sys
from pathlib import Path

import pytest
from kit.web import Visitor

from nbchat.protocol.messages import (
    Accepted,
    Post,
    Posted,
    Presence,
    Snapshot,
    Type,
    Typing,
    Watch,
)
from nbchat.server.assemble import HubUnusable
from nbchat.server.standalone import PORT_TRIES, PortTaken, bind

from .conftest import Serve, enters, guest, owner

# ------------------------------------------------------------------------------------------------------------ the api


async def test_the_hub_says_which_it_is_but_not_to_a_wrong_key(start: Serve) -> None:
    served = start()
    assert (await Visitor(served.url).get("api/hub")).json["store"] == served.hub.info.id
    assert (await owner(served).get("api/hub")).status == 200
    for wrong in ({"X-Nbchat-Key": "wrong"}, {"Authorization": "token wrong"}, {"Authorization": "Basic YTpi"}):
        assert (await Visitor(served.url, wrong).get("api/hub")).status == 403


async def test_only_the_owner_learns_where_the_data_is(start: Serve, folders: Path) -> None:
    served = start()
    said = (await owner(served).get("api/data")).json
    assert said["where"] == str(folders / "nbchat" / "hub.sqlite3")
    assert said["backup"] == f"nbchat backup --data {folders / 'nbchat'}"
    assert said["remove"] == str(served.hub.folder)
    refused = await (await guest(served, "Bob")).get("api/data")
    assert refused.status == 403
    assert str(served.hub.folder) not in refused.body.decode()
    assert (await Visitor(served.url).get("api/data")).status == 403


async def test_the_backup_command_backs_up(start: Serve, tmp_path: Path) -> None:
    served = start(folder=tmp_path / "Ada's chat")
    line, room = await enters(owner(served))
    await line.says(Post(ref=3, conversation=room, key="key-00001", text="keep me"))
    await line.sees(Accepted)
    command = (await owner(served).get("api/data")).json["backup"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = await asyncio.create_subprocess_shell(command, cwd=tmp_path, env={**os.environ, "PATH": path})
    assert await process.wait() == 0
    with sqlite3.connect(tmp_path / "nbchat-backup.sqlite3") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()


# ------------------------------------------------------------------------------------------------- the page and files


async def test_the_page_has_its_configuration_and_a_strict_policy(start: Serve, built: Path) -> None:
    served = start()
    bob = await guest(served, "Bob")
    page = await bob.get()
    text = page.body.decode()
    found = re.search(r'<script id="nbchat-config" type="application/json">(.*?)</script>', text)
    assert found
    assert json.loads(found.group(1)) == {"baseUrl": "/"}
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert f"ws://127.0.0.1:{served.port}" in policy["connect-src"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\son\w+=|javascript:", text)
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cache-Control"] == "no-store"
    # What page.js imports is asked for together with it, and not after it.
    assert '<link rel="modulepreload" href="static/widget.js">' in text
    for path in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert (await bob.get(path)).status == 200, path


async def test_files_are_cached_as_long_as_their_names_say(start: Serve, built: Path) -> None:
    visitor = Visitor(start().url)
    script = await visitor.get("static/page.js")
    assert script.headers["Cache-Control"] == "no-cache"
    assert (await visitor.get("static/page.js", {"If-None-Match": script.headers["Etag"]})).status == 304
    chunk = await visitor.get("static/chunks/highlight-ABC.js")
    assert "immutable" in chunk.headers["Cache-Control"]
    for outside in ("static/../../__init__.py", "static/%2e%2e/%2e%2e/__init__.py", "static/nothing.js"):
        assert (await visitor.get(outside)).status in (403, 404)


async def test_short_addresses_lead_to_the_page(start: Serve) -> None:
    served = start()
    root = Visitor(served.url.removesuffix("nbchat/"))
    assert (await root.get()).headers["Location"] == "/nbchat/"
    assert (await root.get("nbchat", token="x")).headers["Location"] == "/nbchat/?token=x"


# --------------------------------------------------------------------------------------------------- trouble at start


async def test_a_taken_port_gives_the_next_one(start: Serve) -> None:
    first = start()
    second = start(port=first.port, folder=first.hub.folder)
    assert first.port < second.port < first.port + PORT_TRIES  # the next may be somebody else's
    assert (await Visitor(second.url).get("api/hub")).json["store"] == first.hub.info.id


async def test_two_hubs_on_one_database_are_one_chat(start: Serve) -> None:
    first = start()
    second = start(folder=first.hub.folder)
    here, room = await enters(await guest(first, "Bob"))
    there, _ = await enters(owner(second))
    await there.says(Post(ref=3, conversation=room, key="key-00001", text="over there"))
    assert (await here.sees(Posted)).text == "over there"


async def test_presence_and_typing_cross_from_hub_to_hub(start: Serve) -> None:
    first = start()
    here, room = await enters(await guest(first, "Bob"))
    second = start(folder=first.hub.folder)
    there, _ = await enters(owner(second))
    await there.says(Watch(ref=3, conversation=room))
    online = (await there.sees(Snapshot)).online
    while online < 2:
        online = (await there.sees(Presence)).online
    await here.says(Type(ref=4, conversation=room))
    while not (await there.sees(Typing)).users:
        pass
    await second.stop()
    await there.closed()
    await here.says(Watch(ref=5, conversation=room))
    online = (await here.sees(Snapshot)).online
    while online > 1:
        online = (await here.sees(Presence)).online


async def test_files_are_private(start: Serve) -> None:
    folder = start().hub.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


async def test_a_broken_database_is_told_and_left_alone(start: Serve, folders: Path) -> None:
    path = folders / "nbchat" / "hub.sqlite3"
    path.parent.mkdir()
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(HubUnusable, match=re.escape(str(path))):
        start()
    assert path.read_bytes() == b"this is a letter, not a database" * 100


async def test_a_port_is_free_again_where_the_store_failed(start: Serve, folders: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folders / "file").write_text("")
    with pytest.raises(HubUnusable, match="data directory"):
        start(port=port, folder=folders / "file" / "nbchat")
    assert start(port=port).port == port


async def test_stopping_says_when_to_come_back(start: Serve) -> None:
    served = start()
    line, _ = await enters(await guest(served, "Bob"))
    await served.stop()
    assert await line.closed() == 1001


def test_an_address_of_another_machine_is_named_and_not_its_ports() -> None:
    with pytest.raises(PortTaken, match=r"This machine has no address 192\.0\.2\.1\. "):
        bind("192.0.2.1", 0)
