"""`nbchat serve`'s hub over real sockets: who gets in, who one is, the page and its headers."""

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
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from kit.web import Line, Refused, Visitor

from nbchat.protocol.limits import HubLimits, Rate
from nbchat.protocol.messages import (
    Accepted,
    Error,
    Hello,
    Open,
    Opened,
    Ping,
    Pong,
    Post,
    Posted,
    Presence,
    Snapshot,
    Type,
    Typing,
    Watch,
    Welcome,
)
from nbchat.server.assemble import HubUnusable
from nbchat.server.standalone import PORT_TRIES, PortTaken, Served, bind

from .conftest import OWNER, Serve, guest, owner


async def enters(visitor: Visitor, name: str = "room") -> tuple[Line, str]:
    line = await visitor.connects()
    await line.says(Hello(ref=1))
    await line.sees(Welcome)
    await line.says(Open(ref=2, name=name))
    return line, (await line.sees(Opened)).conversation


# ------------------------------------------------------------------------------------------------------ the handshake


async def refusal(
    visitor: Visitor, headers: dict[str, str] | None = None, *, page: bool | None = None
) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await visitor.connects(headers, page=page)
    return refused.value.status, json.loads(refused.value.body)["code"] if refused.value.body else ""


async def test_who_proves_nothing_is_refused_at_the_handshake(start: Serve) -> None:
    served = start()
    assert await refusal(Visitor(served.url)) == (403, "forbidden")
    assert await refusal(Visitor(served.url, {"X-Nbchat-Key": "wrong"})) == (403, "forbidden")
    assert await refusal(Visitor(served.url, {"X-Nbchat-Key": ""})) == (403, "forbidden")
    assert await refusal(Visitor(served.url, {"Authorization": "token wrong", "X-Nbchat-Name": "Bob"})) == (
        403,
        "forbidden",
    )
    forged = Visitor(served.url)
    forged.cookies[served.door.cookie] = "serve:0000|1"
    assert await refusal(forged) == (403, "forbidden")


async def test_the_key_is_for_programs_only(start: Serve) -> None:
    served = start()
    program = owner(served)
    assert await refusal(program, {"Origin": program.origin}) == (403, "forbidden")
    assert await refusal(program, {"Origin": "null"}) == (403, "forbidden")
    line = await program.connects()
    await line.says(Hello(ref=1, kind="session"))
    welcome = await line.sees(Welcome)
    assert (welcome.me, welcome.owner, welcome.store) == (OWNER, True, served.hub.info.id)


async def test_pages_of_other_origins_are_refused(start: Serve) -> None:
    bob = await guest(start(), "Bob")
    for origin in ("http://evil.example", "null", bob.origin.replace("127.0.0.1", "localhost"), bob.origin + "1"):
        assert await refusal(bob, {"Origin": origin}) == (403, "forbidden")
    assert (await enters(bob))[1]
    await bob.connects(page=False)


async def test_a_foreign_name_for_this_machine_is_refused(start: Serve) -> None:
    served = start()
    answer = await Visitor(served.url).get("api/hub", {"Host": "rebound.example"})
    assert answer.status == 403


async def test_an_unanswered_question_keeps_the_socket_closed(start: Serve) -> None:
    served = start()
    visitor = Visitor(served.url)
    await visitor.get(token=served.door.token)
    assert await refusal(visitor) == (403, "forbidden")


# --------------------------------------------------------------------------------------------------------- who is who


async def test_the_shared_token_becomes_a_cookie_and_leaves_the_address(start: Serve) -> None:
    served = start()
    visitor = Visitor(served.url)
    assert (await visitor.get(token="wrong")).status == 403
    assert (await visitor.get()).status == 200
    way_in = (await visitor.get()).body.decode()
    assert 'name="token"' in way_in
    assert "open the address “For you”" in way_in, "with the token an owner would be somebody new"
    answer = await visitor.get(token=served.door.token)
    assert (answer.status, answer.headers["Location"]) == (302, "/nbchat/")
    cookie = next(line for line in answer.headers.get_list("Set-Cookie") if line.startswith(served.door.cookie))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert (await visitor.get("api/me")).json == {"state": "ask", "may_be_owner": False, "owner": None}
    assert (await visitor.post("api/me", {"choice": "owner"})).status == 403


@pytest.mark.parametrize("by", ["token", "owner"])
async def test_what_else_is_asked_of_the_page_stays_in_the_address(start: Serve, by: str) -> None:
    served = start()
    secret = {"token": served.door.token, "owner": served.door.owner_key}[by]
    answer = await Visitor(served.url).get(f"?{urlencode({'debug': 'texts', by: secret, 'x': 'a&b%0A☃'})}")
    assert answer.headers["Location"] == "/nbchat/?debug=texts&x=a%26b%250A%E2%98%83"
    answer = await Visitor(served.url).get(f"?{by}={secret}&debug")
    assert answer.headers["Location"] == "/nbchat/?debug="


async def test_a_guest_chooses_a_name_and_keeps_it(start: Serve) -> None:
    served = start()
    bob = await guest(served, "Bob")
    me = (await bob.get("api/me")).json
    assert (me["state"], me["person"]["name"], me["owner"]) == ("known", "Bob", False)
    again = await bob.get(token=served.door.token)
    assert again.status == 302
    assert (await bob.get("api/me")).json == me
    other = Visitor(served.url)
    await other.get(token=served.door.token)
    await other.get("api/me")
    taken = await other.post("api/me", {"choice": "new", "name": "bob"})
    assert (taken.status, taken.json["code"]) == (400, "bad_name")
    assert "here already" in taken.json["text"]
    assert (await other.post("api/me", {"choice": "maybe"})).status == 400
    for path in ("api/me", "poll"):
        unproved = await other.post(path, {"choice": "new", "name": "Eve"}, {"X-XSRFToken": ""})
        assert (unproved.status, unproved.json["code"]) == (403, "forbidden")
        assert "in the header X-XSRFToken" in unproved.json["text"]


async def test_the_owners_address_makes_a_browser_the_owner(start: Serve) -> None:
    served = start()
    ada = Visitor(served.url)
    assert (await ada.get(owner="wrong")).status == 403
    assert (await ada.get(owner=served.door.owner_key)).status == 302
    me = (await ada.get("api/me")).json
    assert (me["state"], me["owner"], me["person"]["id"], me["person"]["name"]) == ("known", True, "ada", "ada")
    bob = await guest(served, "Bob")
    await bob.get(owner=served.door.owner_key)
    assert (await bob.get("api/me")).json["owner"] is True
    line, room = await enters(ada)
    await line.says(Post(ref=3, conversation=room, key="key-00001", text="hi"))
    assert (await line.sees(Accepted)).seq > 0


async def test_another_token_signs_everybody_out_and_forgets_nobody(start: Serve) -> None:
    first = start(token="a" * 24)
    bob = await guest(first, "Bob")
    person = (await bob.get("api/me")).json["person"]
    port = first.port
    await first.stop()
    second = start(token="b" * 24, port=port)
    assert second.port == port
    assert (await bob.get("api/me")).status == 403
    await bob.get(token="b" * 24)
    assert (await bob.get("api/me")).json["person"] == person


async def test_a_program_with_the_token_needs_a_name_that_is_free(start: Serve) -> None:
    served = start()
    await guest(served, "Bob")
    token = {"Authorization": f"token {served.door.token}"}
    assert await refusal(Visitor(served.url, token)) == (403, "bad_name")
    for taken in ("Bob", "ADA"):
        assert await refusal(Visitor(served.url, {**token, "X-Nbchat-Name": taken})) == (403, "bad_name")
    seen = set()
    for _ in range(2):
        line = await Visitor(served.url, {**token, "X-Nbchat-Name": quote("Röbot 李")}).connects()
        await line.says(Hello(ref=1, kind="bot"))
        welcome = await line.sees(Welcome)
        seen.add((welcome.me.id, welcome.me.name, welcome.owner))
    assert len(seen) == 1
    assert next(iter(seen))[1:] == ("Röbot 李", False)


async def test_a_browser_is_a_page_and_nothing_else(start: Serve) -> None:
    line = await (await guest(start(), "Bob")).connects()
    await line.says(Hello(ref=1, kind="session"))
    assert (await line.sees(Error)).code == "forbidden"


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


# ---------------------------------------------------------------------------------------------------- bad input, load


async def test_bad_frames_get_errors_and_the_connection_lives(start: Serve) -> None:
    line, _ = await enters(await guest(start(), "Bob"))
    for frame in ("{", "[]", b"\x00\xff", '{"t":"post","ref":9}', '{"t":"dance","ref":10}'):
        await line.sends(frame)
        assert (await line.sees(Error)).code in ("malformed", "unknown_command")
    await line.says(Ping(ref=11))
    assert (await line.sees(Pong)).ref == 11


@pytest.mark.parametrize("size", [65537, 900_000])
async def test_an_oversized_frame_is_told_then_closed(start: Serve, size: int) -> None:
    line, _ = await enters(await guest(start(), "Bob"))
    await line.sends(json.dumps({"t": "post", "ref": 3, "text": "x" * size}))
    assert (await line.sees(Error)).code == "frame_too_large"
    assert await line.closed() == 1009


async def test_a_frame_beyond_all_measure_is_closed(start: Serve) -> None:
    line, _ = await enters(await guest(start(), "Bob"))
    await line.sends("x" * (1024 * 1024 + 1))
    assert await line.closed() in (1009, None)  # Tornado may end the socket before its close frame was read


async def test_sending_too_fast_is_slow_never_a_close(start: Serve) -> None:
    line, room = await enters(await guest(start(), "Bob"))
    for number in range(30):
        await line.says(Post(ref=100 + number, conversation=room, key=f"key-{number:05d}", text="hi"))
    told: list[Any] = [await line.sees((Accepted, Error)) for _ in range(30)]  # type: ignore[arg-type]
    slow = [one for one in told if isinstance(one, Error)]
    assert slow
    assert all(one.code == "slow" and (one.retry_after or 0) > 0 for one in slow)
    assert len(told) - len(slow) >= 20
    await line.says(Ping(ref=11))
    assert (await line.sees(Pong)).ref == 11


async def test_a_flood_is_told_then_closed_and_the_others_stay(start: Serve) -> None:
    served = start(limits=HubLimits(flood_frames=20))
    calm, _ = await enters(owner(served))
    line, _ = await enters(await guest(served, "Bob"))
    for ref in range(200):
        await line.sends(f'{{"t":"ping","ref":{ref}}}')
    assert (await line.sees(Error)).code == "flood"
    assert await line.closed() == 4003
    await calm.says(Ping(ref=11))
    assert (await calm.sees(Pong)).ref == 11


async def test_a_stalled_reader_is_closed_and_the_others_get_everything(start: Serve) -> None:
    # Sends are not what is tested here, so they are as good as free.
    fast = Rate(100_000, 100_000)
    served: Served = start(limits=HubLimits(queue_bytes=65536, page_send=fast, flood_frames=100_000))
    stalled, room = await enters(await guest(served, "Bob"))
    writer, _ = await enters(owner(served))
    # Nobody reads this socket any more: the buffers of the kernel fill, then the hub's queue.
    text, sent = "x" * 9000, 0
    while served.hub.runner.connections == 2:
        assert sent < 3000, "the stalled reader was never closed"
        sent += 1
        await writer.says(Post(ref=sent + 10, conversation=room, key=f"key-{sent:05d}", text=text))
        await writer.sees(Accepted)
    assert served.hub.runner.connections == 1
    await writer.says(Ping(ref=11))
    assert (await writer.sees(Pong)).ref == 11
    # What is on its way can still be read; the code at its end says "resume".
    assert await stalled.closed() == 4002


async def test_stopping_says_when_to_come_back(start: Serve) -> None:
    served = start()
    line, _ = await enters(await guest(served, "Bob"))
    await served.stop()
    assert await line.closed() == 1001


def test_an_address_of_another_machine_is_named_and_not_its_ports() -> None:
    with pytest.raises(PortTaken, match=r"This machine has no address 192\.0\.2\.1\. "):
        bind("192.0.2.1", 0)
