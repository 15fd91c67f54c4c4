"""The extension in real Jupyter servers:

who gets in and who one is, where kernels find the hub, what a broken store does.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.firewall import firewall
from kit.polls import PollLine, asks
from kit.processes import PATIENCE, wait_until
from kit.servers import Server, jupyter
from kit.web import SECONDS, Answer, Line, Refused, Visitor
from tornado.httpclient import HTTPRequest

from nbchat import Client
from nbchat.protocol.messages import Bye, Error, Hello, Open, Opened, Post, Posted, Welcome

pytestmark = pytest.mark.slow

AUTHORIZER = """
import pathlib

from jupyter_server.auth import AllowAllAuthorizer

class NoChatForEve(AllowAllAuthorizer):
    async def is_authorized(self, handler, user, action, resource):
        if pathlib.Path(__file__).with_name(f"no-{user.username}").exists():
            return False
        return not (resource == "nbchat" and user.username == "eve") and not (
            resource == "nbchat" and user.username == "rita" and action != "read"
        )
"""

TELL = """
import json, os
with open({part!r}, "w") as file:
    json.dump([os.environ.get("NBCHAT_URL"), os.environ.get("NBCHAT_KEY")], file)
os.rename({part!r}, {told!r})
"""


def visitor(server: Server, **headers: str) -> Visitor:
    return Visitor(f"{server.url}nbchat/", headers)


async def signed_in(server: Server, user: str | None = None) -> Visitor:
    """A browser that opened the server's address."""
    made = visitor(server)
    if user is None:
        await made.get(token=server.token)
    else:
        await made.get(token=server.token, user=user)
    await made.get("api/me")
    return made


def note_of(server: Server) -> dict[str, Any]:
    path = server.runtime / f"nbchat-{server.pid}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    note: dict[str, Any] = json.loads(path.read_text())
    return note


async def refused(who: Visitor, headers: dict[str, str] | None = None) -> int:
    with pytest.raises(Refused) as found:
        await who.connects(headers)
    return found.value.status


async def hello(line: Line, kind: str = "page") -> Welcome:
    await line.says(Hello(ref=1, kind=kind))  # type: ignore[arg-type]
    return await line.sees(Welcome)


# ------------------------------------------------------------------------------------- a plain server, anonymous users


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with jupyter(tmp_path_factory.mktemp("plain"), base_url="/base/", env={"JUPYTERHUB_USER": "ada"}) as server:
        yield server


async def test_the_figures_stand_where_jupyter_has_its_own(plain: Server) -> None:
    assert (await Visitor(plain.url).get("metrics")).status == 403
    answer = await Visitor(plain.url, {"Authorization": f"token {plain.token}"}).get("metrics")
    assert b"jupyter_server_info" in answer.body
    assert b'nbchat_connections{kind="page"}' in answer.body
    assert b"nbchat_commit_seconds_count" in answer.body


async def test_alone_on_a_plain_server_one_is_one_person(plain: Server) -> None:
    note = note_of(plain)
    assert note["url"] == f"{plain.url}nbchat/"
    assert note["kind"] == "jupyter"
    kernel = await visitor(plain, **{"X-Nbchat-Key": note["key"]}).connects()
    first = await signed_in(plain)
    ada = {"id": "ada", "name": "ada", "status": "", "emoji": "", "color": "", "hide_seen": False}
    assert (await first.get("api/me")).json == {"state": "known", "person": ada, "owner": True}
    page, script = await first.connects(), await visitor(plain, Authorization=f"token {plain.token}").connects()
    assert {(await hello(line)).me.id for line in (kernel, page, script)} == {"ada"}

    second = await signed_in(plain)
    asked = (await second.get("api/me")).json
    assert (asked["state"], asked["may_be_owner"], asked["owner"]["id"]) == ("ask", True, "ada")
    assert await refused(second) == 403
    assert (await second.post("api/me", {"choice": "owner"}, {"X-XSRFToken": "wrong"})).status == 403
    assert (await second.post("api/me", {"choice": "owner"})).json["owner"] is True
    assert (await hello(await second.connects())).owner

    third = await signed_in(plain)
    assert (await third.post("api/me", {"choice": "new", "name": "Bob"})).json["person"]["name"] == "Bob"
    bob = await third.connects()
    assert not (await hello(bob)).owner
    await bob.says(Open(ref=2, name="room"))
    room = (await bob.sees(Opened)).conversation
    await kernel.says(Open(ref=2, name="room"))
    await kernel.sees(Opened)
    await kernel.says(Post(ref=3, conversation=room, key="key-00001", text="from a cell"))
    posted = await bob.sees(Posted)
    assert (posted.author, posted.text) == ("ada", "from a cell")
    assert (await third.get("api/data")).status == 403
    assert (await first.get("api/data")).json["where"] == str(plain.data / "nbchat" / "hub.sqlite3")


def test_doctor_looks_at_the_data_with_the_token_of_the_server(plain: Server) -> None:
    command = [str(Path(sys.executable).parent / "nbchat"), "doctor", "--hub", plain.url, "--token", plain.token]
    ended = subprocess.run(command, env=plain.env, capture_output=True, text=True, check=False)
    assert (ended.returncode, f"ok   the database: {plain.data / 'nbchat' / 'hub.sqlite3'}" in ended.stdout) == (
        0,
        True,
    ), ended.stdout


async def test_who_proves_nothing_gets_403(plain: Server) -> None:
    key = note_of(plain)["key"]
    nobody = visitor(plain)
    assert await refused(nobody) == 403
    assert (await nobody.get("api/me")).status == 403
    assert await refused(visitor(plain, Authorization="token wrong")) == 403
    assert await refused(visitor(plain, **{"X-Nbchat-Key": "wrong"})) == 403
    assert await refused(visitor(plain, **{"X-Nbchat-Key": key}), {"Origin": nobody.origin}) == 403
    assert (await nobody.get("api/hub")).json["store"] == note_of(plain)["store"]
    assert (await visitor(plain, **{"X-Nbchat-Key": "wrong"}).get("api/hub")).status == 403
    assert (await visitor(plain, Authorization="token wrong").get("api/hub")).status == 403


async def test_a_cookie_from_a_foreign_page_gets_403(plain: Server) -> None:
    browser = await signed_in(plain)
    for origin in ("http://evil.example", "null"):
        assert await refused(browser, {"Origin": origin}) == 403


async def test_the_page_leads_to_the_login_and_back(plain: Server) -> None:
    answer = await visitor(plain).get()
    assert answer.status == 302
    assert answer.headers["Location"].startswith("/base/login?next=%2Fbase%2Fnbchat%2F")
    browser = await signed_in(plain)
    page = await browser.get()
    assert page.status == 200
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    found = re.search(r'id="nbchat-config" type="application/json">(.*?)<', page.body.decode())
    assert found
    assert json.loads(found.group(1)) == {"baseUrl": "/base/"}
    for path in ("static/page.js", "static/widget.css", "favicon.svg"):
        assert (await visitor(plain).get(path)).status == 200
    without_slash = Visitor(plain.url)
    assert (await without_slash.get("nbchat")).headers["Location"] == "/base/nbchat/"


async def test_kernels_find_the_hub_in_their_environment(plain: Server) -> None:
    """The kernel writes down what it was told. Asking it over its channels would need its heartbeats, and a client that
    misses one of them for a second, as on a busy machine, takes the kernel for dead."""
    told = plain.root / "told.json"
    startup = Path(plain.env["IPYTHONDIR"]) / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "tell.py").write_text(TELL.format(part=str(told) + ".part", told=str(told)))
    name = plain.write_notebook("env.ipynb", "1")
    api = Visitor(plain.url, {"Authorization": f"token {plain.token}"})
    made = await api.post("api/sessions", {"path": name, "type": "notebook", "name": "", "kernel": {"name": "python3"}})
    assert made.status == 201, made.body
    await asyncio.to_thread(wait_until, told.exists, what="a kernel that runs its startup files")
    note = note_of(plain)
    assert json.loads(told.read_text()) == [note["url"], note["key"]]


# ----------------------------------------------------------------------------------------------------- users with names


class Program(Visitor):
    """Keeps no cookies: Jupyter gives one to each token, and together they are a browser."""

    async def _fetch(self, request: HTTPRequest) -> Answer:
        answer = await super()._fetch(request)
        self.cookies.clear()
        return answer


async def test_where_no_socket_gets_through_the_same_people_come_over_http(plain: Server) -> None:
    kernel = Program(f"{plain.url}nbchat/", {"X-Nbchat-Key": note_of(plain)["key"]})
    script = Program(f"{plain.url}nbchat/", {"Authorization": f"token {plain.token}"})
    browser = await signed_in(plain)
    await browser.get("api/me")
    await browser.post("api/me", {"choice": "owner"})
    for who in (kernel, script, browser):
        line = await PollLine.opens(who)
        await line.says(Hello(ref=1))
        assert (await line.sees(Welcome)).me.id == "ada"
    assert (await asks(visitor(plain), t="open")).status == 403
    assert (await browser.post("poll", {"t": "open"}, {"X-XSRFToken": "wrong"})).status == 403
    for origin in ("http://evil.example", "null"):
        assert (await browser.post("poll", {"t": "open"}, {"Origin": origin})).status in (403, 404)
        assert (await script.post("poll", {"t": "open"}, {"Origin": origin})).status in (200, 403)
    assert (await kernel.post("poll", {"t": "open"}, {"Origin": kernel.origin})).status == 403


@pytest.mark.usefixtures("folders")
def test_a_program_behind_a_proxy_talks_to_one_that_is_not(plain: Server) -> None:
    with (
        firewall(plain.port) as wall,
        Client("behind-walls", hub=f"http://127.0.0.1:{wall.port}/base/", token=plain.token) as behind,
        Client("behind-walls", hub=plain.url, key=note_of(plain)["key"]) as before,
    ):
        assert (behind.connection.via, before.connection.via) == ("http", "websocket")
        behind.send("one").wait("sent", timeout=SECONDS)
        before.send("two").wait("sent", timeout=SECONDS)
        behind.send("three").wait("sent", timeout=SECONDS)
        assert [message.text for message in before.history()] == ["one", "two", "three"]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("named")
    (folder / "authorizers.py").write_text(AUTHORIZER)
    path = os.pathsep.join((str(folder), str(Path(__file__).parent.parent)))
    config = {"ServerApp": {"authorizer_class": "authorizers.NoChatForEve"}, "NbchatConfig": {"owner": "ada"}}
    more = {"PYTHONPATH": path}
    with jupyter(folder, identity="kit.identities.NamedPeople", config=config, env=more) as server:
        yield server


async def test_users_with_names_are_who_the_server_says(named: Server) -> None:
    ada, grace = await signed_in(named, "ada"), await signed_in(named, "grace")
    assert (await ada.get("api/me")).json == {
        "state": "known",
        "person": {
            "id": "ada",
            "name": "Ada Lovelace",
            "status": "",
            "emoji": "",
            "color": "",
            "hide_seen": False,
        },
        "owner": True,
    }
    welcome = await hello(await grace.connects())
    assert (welcome.me.id, welcome.me.name, welcome.owner) == ("grace", "Grace Hopper", False)
    assert (await grace.post("api/me", {"choice": "owner"})).status == 400


async def test_an_asynchronous_authorizer_is_obeyed(named: Server) -> None:
    eve, rita = await signed_in(named, "eve"), await signed_in(named, "rita")
    assert await refused(eve) == 403
    assert [(await eve.get(path)).status for path in ("", "api/me", "api/data")] == [403, 403, 403]
    assert (await rita.get("api/me")).status == 200
    assert await refused(rita) == 403


async def test_who_is_not_authorized_any_more_is_signed_out(named: Server) -> None:
    gus, grace = await signed_in(named, "gus"), await signed_in(named, "grace")
    lines, other = [await gus.connects() for _ in range(2)], await grace.connects()
    for line in (*lines, other):
        await hello(line)
    for who in (gus, grace):
        await who.get("api/me")  # sets the XSRF cookie
    polled = await PollLine.opens(gus)
    stolen = PollLine(grace, polled.id)
    assert (await stolen.asks(t="wait", after=0)).status == 410
    (named.root.parent / "no-gus").touch()
    assert [await line.closed() for line in lines] == [4001, 4001]
    assert await refused(gus) == 403
    assert (await polled.asks(t="wait", after=0)).status == 403
    await other.says(Open(ref=2, name="room"))
    await other.sees(Opened)


async def test_a_page_cannot_pretend_to_be_a_notebook(named: Server) -> None:
    line = await (await signed_in(named, "grace")).connects()
    await line.says(Hello(ref=1, kind="session"))
    assert (await line.sees(Error)).code == "forbidden"


# -------------------------------------------------------------------------------------- a password, and a broken store


async def test_with_a_password_programs_of_the_same_user_get_in_and_at_the_end_it_says_goodbye(tmp_path: Path) -> None:
    with jupyter(tmp_path, password="tea") as server:
        line = await visitor(server, **{"X-Nbchat-Key": note_of(server)["key"]}).connects()
        assert (await hello(line, "session")).owner
        assert await refused(visitor(server)) == 403
        runtime, process = server.runtime, server._running()
        process.send_signal(signal.SIGTERM)
        assert (await line.sees(Bye)).retry_after == 0.5
        assert await line.closed() == 1001
        assert await asyncio.to_thread(process.wait, PATIENCE) == 0
        assert list(runtime.glob("nbchat-*.json")) == []
        log = server.log.read_text()
    assert "Traceback" not in log, log


async def test_a_broken_store_leaves_jupyter_running_and_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "data" / "nbchat" / "hub.sqlite3"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"this is a letter, not a database" * 100)
    with jupyter(tmp_path) as server:
        browser = await signed_in(server)
        answer = await browser.get("api/hub")
        assert answer.status == 503
        assert str(broken) in answer.json["text"]
        assert await refused(browser) == 503
        assert (await browser.get()).status == 503
        assert (await Visitor(server.url, {"Authorization": f"token {server.token}"}).get("api/status")).status == 200
        assert str(broken) in server.tail(400)
        assert list(server.runtime.glob("nbchat-*.json")) == []
    assert broken.read_bytes() == b"this is a letter, not a database" * 100
