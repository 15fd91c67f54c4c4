"""A hub whose disk is full: each sender is told so, reading goes on, and so does writing when there is room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from html import escape
from pathlib import Path
from typing import Any

import pytest
from kit.faults import SmallDisk, full, may_mount
from kit.servers import Server, serve
from kit.web import Line, Visitor

from nbchat.protocol.codes import ERRORS
from nbchat.protocol.messages import Accepted, Error, Hello, History, Open, Opened, Page, Post, Welcome

pytestmark = pytest.mark.slow

Full = Callable[[], AbstractContextManager[None]]
WAYS = ("quota", "disk") if may_mount() else ("quota",)
"""A real disk where this process may make one; a quota, which looks the same to the hub, everywhere."""


@pytest.fixture(params=WAYS)
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Full]]:
    """A hub, and what fills its disk."""
    with ExitStack() as stack:
        disk = SmallDisk(tmp_path / "data")
        if request.param == "disk":
            stack.enter_context(disk.mounted())
        server = stack.enter_context(serve(tmp_path, data_dir=disk.folder))
        yield server, disk.full if request.param == "disk" else lambda: full(server)


async def comes(server: Server, name: str) -> tuple[Line, str]:
    headers = {"Authorization": f"token {server.token}", "X-Nbchat-Name": name}
    line = await Visitor(f"{server.url}nbchat/", headers).connects()
    await line.says(Hello(ref=1, kind="bot"))
    await line.sees(Welcome)
    await line.says(Open(ref=2, name="room"))
    return line, (await line.sees(Opened)).conversation


def _owner_key(server: Server) -> str:
    """What the address "For you" has, which it printed."""
    found = re.search(r"For you: +\S+owner=(\S+)", server.log.read_text())
    assert found
    return found.group(1)


async def answer(line: Line, room: str, key: str) -> Any:
    await line.says(Post(ref=3, conversation=room, key=f"a-key-of-{key}", text="x" * 9_000))
    return await line.sees((Accepted, Error))  # type: ignore[arg-type]


async def test_a_full_disk_is_told_to_each_sender_and_forgotten_when_there_is_room(hub: tuple[Server, Full]) -> None:
    server, filled = hub
    owner, owner_key = Visitor(f"{server.url}nbchat/"), _owner_key(server)
    people = {name: await comes(server, name) for name in ("Ada", "Bob", "Eve")}
    stored = {name: await answer(*people[name], f"{name}-1") for name in people}
    with filled():
        told = {name: [await answer(*people[name], f"{name}-{n}") for n in range(2, 5)] for name in people}
        for errors in told.values():
            assert errors[-1].code == "store_full", "what room was left is used up by now"
            assert errors[-1].text == ERRORS["store_full"].text
        guest = Visitor(f"{server.url}nbchat/")
        assert (await guest.get(token=server.token)).status == 302, "it asks nothing of the disk"
        await guest.get("api/me")
        refused = await guest.post("api/me", {"choice": "new", "name": "Nan"})
        assert (refused.status, refused.json) == (503, {"code": "store_full", "text": ERRORS["store_full"].text})
        page = await owner.get(owner=owner_key)
        assert (page.status, page.headers["Content-Type"]) == (503, "text/html; charset=UTF-8")
        assert escape(ERRORS["store_full"].text) in page.body.decode()
        assert '<a class="button" href="">Try again</a>' in page.body.decode(), "to the same address, key and all"
        line, room = people["Eve"]
        await line.says(History(ref=4, conversation=room))
        shown = {message.seq: message.key for message in (await line.sees(Page)).messages}
        assert {one.seq for one in stored.values()} <= shown.keys(), "reading goes on"
    assert (await owner.get(owner=owner_key)).status == 302
    assert (await guest.post("api/me", {"choice": "new", "name": "Nan"})).status == 200
    again = {name: [await answer(*people[name], f"{name}-{n}") for n in range(2, 5)] for name in people}
    assert all(isinstance(one, Accepted) for answers in again.values() for one in answers)
    for name, answers in told.items():
        for before, after in zip(answers, again[name], strict=True):
            assert isinstance(before, Error) or before.seq == after.seq, "what was stored is stored once"
