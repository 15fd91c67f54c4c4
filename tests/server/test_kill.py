"""Promise 1 over the whole hub: SIGKILL while twenty clients send; what was acknowledged is there afterwards, once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from kit.servers import Server, serve
from kit.web import Line, Visitor

from nbchat.protocol.messages import Accepted, Error, Hello, History, Open, Opened, Page, Post, Welcome

pytestmark = pytest.mark.slow

CLIENTS, ACKNOWLEDGED = 20, 600


def program(server: Server) -> Visitor:
    note = json.loads((server.runtime / f"nbchat-{server.pid}.json").read_text())
    return Visitor(note["url"], {"X-Nbchat-Key": note["key"]})


async def enters(server: Server, number: int) -> tuple[Line, str]:
    token = {"Authorization": f"token {server.token}", "X-Nbchat-Name": f"Sender {number}"}
    line = await Visitor(f"{server.url}nbchat/", token).connects()
    await line.says(Hello(ref=1, kind="bot"))
    await line.sees(Welcome)
    await line.says(Open(ref=2, name="room"))
    return line, (await line.sees(Opened)).conversation


async def sends(line: Line, room: str, number: int, acknowledged: dict[str, int], enough: asyncio.Event) -> None:
    """Send with several messages on their way at once, until the hub is gone."""
    sent = 0
    for _ in range(4):
        sent += 1
        await line.says(
            Post(ref=10 + sent, conversation=room, key=f"sender-{number}-{sent:06d}", text=f"{number}/{sent}")
        )
    try:
        while True:
            answer: Any = await line.sees((Accepted, Error))  # type: ignore[arg-type]
            if isinstance(answer, Accepted):
                acknowledged[answer.key] = answer.seq
                if len(acknowledged) >= ACKNOWLEDGED:
                    enough.set()
            sent += 1
            await line.says(
                Post(ref=10 + sent, conversation=room, key=f"sender-{number}-{sent:06d}", text=f"{number}/{sent}")
            )
    except Exception:  # noqa: BLE001 - the socket broke, in one of many ways: that is what this test is about
        return


async def everything(line: Line, room: str) -> list[tuple[int, str]]:
    """(seq, key) of every message, by pages from the newest."""
    found: list[tuple[int, str]] = []
    before, ref = None, 1000
    while True:
        ref += 1
        await line.says(History(ref=ref, conversation=room, before=before, limit=200))
        page = await line.sees(Page)
        found = [(message.seq, message.key) for message in page.messages] + found
        if not page.has_before:
            return found
        before = page.messages[0].seq


async def test_what_was_acknowledged_survives_a_kill_once(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        lines = [await enters(server, number) for number in range(CLIENTS)]
        room = lines[0][1]
        acknowledged: dict[str, int] = {}
        enough = asyncio.Event()
        senders = [
            asyncio.ensure_future(sends(line, room, number, acknowledged, enough))
            for number, (line, _) in enumerate(lines)
        ]
        await asyncio.wait_for(enough.wait(), 60)
        server.kill()
        await asyncio.gather(*senders)
        server.start()

        line = await program(server).connects()
        await line.says(Hello(ref=1, kind="session"))
        await line.sees(Welcome)
        found = await everything(line, room)
        stored = {key: seq for seq, key in found}
        assert {key: stored.get(key) for key in acknowledged} == acknowledged
        assert [key for key, count in Counter(key for _, key in found).items() if count > 1] == []

        # Sending everything again, as the clients' outboxes do, adds nothing.
        again, _ = await enters(server, 0)
        mine = [key for key in acknowledged if key.startswith("sender-0-")][:20]
        for ref, key in enumerate(mine):
            await again.says(Post(ref=100 + ref, conversation=room, key=key, text="again"))
            assert (await again.sees(Accepted)).seq == acknowledged[key]
        assert await everything(line, room) == found
