"""How far a message has come at others: a program sends, a page of another person acknowledges and reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from kit.hosted import Hosted
from kit.web import Line, Visitor, hang_up_all

from nbchat.protocol.messages import Ack, Hello, Person, Posted, Read, Welcome

from .conftest import Join

Page = tuple[Line, Person]


@pytest.fixture
async def page(hub: Hosted) -> AsyncIterator[Page]:
    """Grace's browser, on the page of the hub."""
    grace = Visitor(f"{hub.url}nbchat/")
    await grace.get(token=hub.token)
    await grace.get("api/me")
    assert (await grace.post("api/me", {"choice": "new", "name": "Grace"})).status == 200
    line = await grace.connects()
    await line.says(Hello(ref=1))
    yield line, (await line.sees(Welcome)).me
    await hang_up_all()


async def test_status_follows_what_a_page_of_somebody_else_has_and_reads(page: Page, join: Join) -> None:
    line, grace = page
    ada = await asyncio.to_thread(join, f"@{grace.id}")
    first, second = ada.send("one"), ada.send("two")
    await asyncio.to_thread(second.wait, "sent", 5)
    one, two = await line.sees(Posted), await line.sees(Posted)
    assert [(m.status, m.seq) for m in (first, second)] == [("sent", one.seq), ("sent", two.seq)]

    await line.says(Ack(ref=2, cursors={one.conversation: one.seq}))
    await asyncio.to_thread(first.wait, "delivered", 5)
    assert [first.status, second.status] == ["delivered", "sent"]

    await line.says(Ack(ref=3, cursors={one.conversation: two.seq}))
    await line.says(Read(ref=4, conversation=one.conversation, seq=one.seq))
    await asyncio.to_thread(first.wait, "read", 5)
    await asyncio.to_thread(second.wait, "delivered", 5)
    assert [first.status, second.status] == ["read", "delivered"]
    assert [m.status for m in await asyncio.to_thread(ada.history)] == ["read", "delivered"]
