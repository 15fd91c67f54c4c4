"""Several servers of one person on one data directory are one chat: two in Jupyter, two standalone, one in a kernel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kit.servers import Server, jupyter, serve
from kit.web import Line, Visitor

from nbchat.protocol.messages import (
    Accepted,
    Hello,
    Open,
    Opened,
    Post,
    Posted,
    Presence,
    Snapshot,
    Type,
    Typing,
    Watch,
    Welcome,
)
from nbchat.server.local import start

pytestmark = pytest.mark.slow

TOKEN = "t" * 24


@dataclass
class Seat:
    """Somebody's page at one of the hubs, with the room open.

    Attributes:
        me: the user's id.
        room: the conversation.
        seen: texts by seq, as they came.
    """

    line: Line
    me: str
    room: str
    seen: list[tuple[int, str]]

    async def says(self, text: str) -> int:
        await self.line.says(Post(ref=9, conversation=self.room, key=f"{self.me}-{text}-key", text=text))
        while True:
            item: Any = await self.line.sees((Posted, Accepted))  # type: ignore[arg-type]
            if isinstance(item, Accepted):
                return item.seq
            self.seen.append((item.seq, item.text))

    async def reads(self, count: int) -> list[tuple[int, str]]:
        while len(self.seen) < count:
            event = await self.line.sees(Posted)
            self.seen.append((event.seq, event.text))
        return self.seen


async def sits(url: str, **headers: str) -> Seat:
    line = await Visitor(url, {name.replace("_", "-"): value for name, value in headers.items()}).connects()
    await line.says(Hello(ref=1, kind="page"))
    me = (await line.sees(Welcome)).me.id
    await line.says(Open(ref=2, name="room"))
    room = (await line.sees(Opened)).conversation
    await line.says(Watch(ref=3, conversation=room))
    await line.sees(Snapshot)
    return Seat(line, me, room, [])


def guest(server: Server, name: str) -> dict[str, str]:
    return {"Authorization": f"token {server.token}", "X_Nbchat_Name": name}


@pytest.fixture
async def hubs(tmp_path: Path) -> AsyncIterator[list[Server]]:
    """Two Jupyter servers, then two standalone hubs, all on the folder `shared`."""
    config = {"NbchatConfig": {"data_dir": str(tmp_path / "shared"), "owner": "olga"}}
    made = [jupyter(tmp_path / f"lab-{n}", config=config) for n in range(2)]
    made += [
        serve(tmp_path / f"serve-{n}", data_dir=tmp_path / "shared", token=TOKEN, more=("--owner", "olga"))
        for n in range(2)
    ]
    with ExitStack() as stack:
        yield list(await asyncio.gather(*(asyncio.to_thread(stack.enter_context, one) for one in made)))
        await asyncio.to_thread(stack.close)


async def test_five_hubs_are_one_chat_and_four_when_one_is_killed(hubs: list[Server], tmp_path: Path) -> None:
    lab, other_lab, cleos, doras = hubs
    url, key, stop = await asyncio.to_thread(start, tmp_path / "shared")
    try:
        kernel = await sits(url, X_Nbchat_Key=key)
        olga = await sits(f"{lab.url}nbchat/", Authorization=f"token {lab.token}")
        there = await sits(f"{other_lab.url}nbchat/", Authorization=f"token {other_lab.token}")
        cleo = await sits(f"{cleos.url}nbchat/", **guest(cleos, "Cleo"))
        dora = await sits(f"{doras.url}nbchat/", **guest(doras, "Dora"))
        seats = [kernel, olga, there, cleo, dora]
        assert len({seat.room for seat in seats}) == 1
        assert kernel.me == olga.me == there.me == "olga"

        seqs = await asyncio.gather(*(seat.says(f"from {n}") for n, seat in enumerate(seats)))
        assert len(set(seqs)) == len(seats), "nothing is numbered twice"
        orders = [await seat.reads(len(seats)) for seat in seats]
        assert all(order == sorted(orders[0]) for order in orders), "all see all, in one order"

        await dora.line.says(Type(ref=4, conversation=dora.room, active=True))
        for seat in (kernel, olga, there, cleo):
            assert dora.me in (await seat.line.sees(Typing)).users, "who types at one hub is seen at all"

        eve = await sits(f"{doras.url}nbchat/", **guest(doras, "Eve"))
        for seat in (kernel, olga, there, cleo):
            while not any(one.user == eve.me and one.online for one in (await seat.line.sees(Presence)).changed):
                pass

        cleos.kill()
        left = [kernel, olga, there, dora]
        told = [await seat.says(f"without her, {n}") for n, seat in enumerate(left)]
        for seat in left:
            assert [seq for seq, _ in await seat.reads(len(seats) + len(left))][-len(left) :] == told
        await asyncio.to_thread(cleos.start)
        back = await sits(f"{cleos.url}nbchat/", **guest(cleos, "Cleo"))
        assert back.me == cleo.me
        assert await back.says("back") == told[-1] + 1
        for seat in left:
            assert (await seat.reads(len(seats) + len(left) + 1))[-1] == (told[-1] + 1, "back")
    finally:
        stop()
