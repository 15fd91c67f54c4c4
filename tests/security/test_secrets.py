"""Secrets stay where they belong: real flows are run with every log at its most talkative, and then all is searched.

Saved notebooks, exported HTML and the traits of a widget have such a search where they are made:
e2e/test_other_ways.py and widget/test_session.py.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kit.faults import locked
from kit.processes import wait_until
from kit.servers import Server, jupyter
from kit.web import Refused, Visitor
from server.conftest import Serve, guest, owner

from nbchat.protocol import messages as wire
from nbchat.server.standalone import Served
from security.hostile import Hand

WORDS = ("word-of-a-message", "word-of-a-draft", "word-of-a-title", "word-of-a-topic", "word-of-a-report")


async def flows(served: Served, bob: Visitor) -> dict[str, str]:
    """What people do, right and wrong. Returns the secrets that it was done with."""
    ada = await Hand.of(owner(served))
    room = (await ada.asks(wire.Create, kind="group", title=WORDS[2], key="key-00000001")).conversation
    await ada.asks(wire.Describe, conversation=room, topic=WORDS[3])
    code = (await ada.asks(wire.MakeLink, conversation=room)).links[0].code
    page = await Hand.of(bob, "page")
    assert isinstance(await page.asks(wire.Redeem, code=code), wire.Opened)
    message = await page.posts(room, WORDS[0])
    await page.asks(wire.SetOwn, key=f"draft:{room}", value=WORDS[1])
    await page.asks(wire.Report, conversation=room, message=message, reason=WORDS[4])
    await page.line.sends('{"t":"post","ref":1,"text":"' + WORDS[0])
    await page.line.sees(wire.Error)
    await page.line.sends("x" * 70_000 + WORDS[0])
    await page.line.closed()
    return {"invitation": code, **{word: word for word in WORDS}}


async def knocks_wrongly(served: Served) -> dict[str, str]:
    """Who is refused, and what they came with: a wrong secret may be the right one with a letter too few."""
    wrong = {"wrong token": "wrong-token-1234", "wrong key": "wrong-key-1234", "wrong owner": "wrong-owner-1234"}
    visitor = Visitor(served.url)
    await visitor.get(token=wrong["wrong token"])
    await visitor.get(owner=wrong["wrong owner"])
    for headers in ({"X-Nbchat-Key": wrong["wrong key"]}, {"Authorization": f"token {wrong['wrong token']}"}):
        await Visitor(served.url, headers).get("api/me")
        with pytest.raises(Refused):
            await Visitor(served.url, headers).connects()
    return wrong


async def test_no_log_has_a_secret_or_a_text(start: Serve, caplog: pytest.LogCaptureFixture, folders: Path) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.DEBUG)
    served = start()
    bob, reader = await guest(served, "Bob"), Visitor(served.url)
    assert (await reader.get(owner=served.door.owner_key)).status == 302
    secrets = await flows(served, bob) | await knocks_wrongly(served)
    secrets |= {"token": served.door.token, "owner's key": served.door.owner_key, "key": served.hub.keys.client}
    secrets |= {"cookie signature": served.hub.keys.derive("cookie signature")}
    for visitor in (bob, reader):
        secrets |= {f"cookie {name}": value.strip('"') for name, value in visitor.cookies.items()}
    await served.stop()
    assert "GET /nbchat/" in caplog.text, "nothing was logged at all"
    said = caplog.text + repr([record.__dict__ for record in caplog.records])
    assert [name for name, secret in secrets.items() if secret in said] == []
    stored = b"".join(path.read_bytes() for path in folders.joinpath("nbchat").iterdir() if path.name != "secret")
    ours = {name: secret for name, secret in secrets.items() if name not in (*WORDS, "invitation")}
    assert WORDS[0].encode() in stored, "the search finds nothing at all"
    assert [name for name, secret in ours.items() if secret.encode() in stored] == []


async def test_no_log_has_the_address_of_a_request_that_failed(
    start: Serve, caplog: pytest.LogCaptureFixture, folders: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    served = start()
    visitor, token, key = Visitor(served.url), served.door.token, served.door.owner_key
    for path in (
        f"?token={token}%ff",
        f"?token={token}&owner=%ff",
        f"?owner={key}%ff",
        f"favicon.svg?token={token}%ff",
    ):
        await visitor.get(path)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("", "api/me", "poll", "static/page.js", "nothing"):
            await visitor.asks(method, f"{path}?token={token}&owner={key}")
    with locked(folders / "nbchat" / "hub.sqlite3"):
        refused = await visitor.get(owner=key)
    assert refused.status == 503
    assert b"store" in refused.body
    assert (await visitor.get(owner=key)).status == 302, "there is nothing wrong with the address"
    said = caplog.text + repr([record.__dict__ for record in caplog.records])
    assert "/nbchat/nothing" in said
    assert [secret for secret in (token, key) if secret in said] == []


async def test_no_address_that_stays_has_a_secret(start: Serve) -> None:
    served = start()
    for query in ({"token": served.door.token}, {"owner": served.door.owner_key}):
        visitor = Visitor(served.url)
        answer = await visitor.get("", None, **query)
        assert answer.headers["Location"] == "/nbchat/"
        page = await visitor.get()
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["Cache-Control"] == "no-store"
        for secret in (served.door.token, served.door.owner_key, served.hub.keys.client, *visitor.cookies.values()):
            assert secret.encode() not in page.body


# ------------------------------------------------------------------------------------------------- a server of Jupyter


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Jupyter server whose log says all that it can."""
    config: dict[str, Any] = {"ServerApp": {"log_level": "DEBUG"}, "NbchatConfig": {"owner": "ada"}}
    with jupyter(tmp_path_factory.mktemp("talkative"), config=config) as server:
        yield server


@pytest.mark.slow
async def test_neither_log_nor_process_list_of_a_jupyter_server_has_a_secret(talkative: Server) -> None:
    [note] = talkative.runtime.glob("nbchat-*.json")
    key = json.loads(note.read_text())["key"]
    path = talkative.write_notebook("kernel.ipynb", "1")
    api = Visitor(talkative.url, {"Authorization": f"token {talkative.token}"})
    asked = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
    assert (await api.post("api/sessions", asked)).status == 201
    browser = Visitor(f"{talkative.url}nbchat/")
    await browser.get(token=talkative.token)
    await browser.get("api/me")
    hand = await Hand.of(browser, "page")
    room = (await hand.asks(wire.Open, name="room")).conversation
    assert await hand.posts(room, WORDS[0])
    kernel = await Hand.of(Visitor(f"{talkative.url}nbchat/", {"X-Nbchat-Key": key}))
    assert await kernel.posts(room, WORDS[1])
    log = await asyncio.to_thread(talkative.log.read_text)
    for secret in (key, WORDS[0], WORDS[1], *(value.strip('"') for value in browser.cookies.values())):
        assert secret not in log
    # Jupyter prints its own address with its token when it starts, for the person who started it; we never do.
    assert [line for line in log.splitlines() if talkative.token in line and "nbchat" in line] == []
    server = psutil.Process(talkative.pid)
    wait_until(lambda: bool(server.children()), what="a kernel")
    for process in (server, *server.children(recursive=True)):
        said = " ".join([process.name(), *process.cmdline()])
        assert key not in said
        assert talkative.token not in said
