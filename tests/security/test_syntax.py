"""What means something to SQL, LIKE, GLOB or a full-text search is text like any other, also where it is looked for."""

from __future__ import annotations

import pytest
from kit.web import Visitor
from server.conftest import Serve, owner

from nbchat.protocol import messages as wire
from nbchat.server.standalone import Served
from security.hostile import FAST, Hand, lines


@pytest.fixture
async def served(start: Serve) -> Served:
    return start(limits=FAST)


async def bot(served: Served, name: str) -> Hand:
    headers = {"Authorization": f"token {served.door.token}", "X-Nbchat-Name": name}
    return await Hand.of(Visitor(served.url, headers))


async def test_what_is_written_comes_back_as_it_was(served: Served) -> None:
    hand = await Hand.of(owner(served))
    room = (await hand.asks(wire.Open, name="room")).conversation
    written = [*lines("sql"), "a\0b", "\0", "x\0' OR 1=1 --"]
    for text in written:
        assert await hand.posts(room, text)
    for number, text in enumerate(
        written, 1
    ):  # without waiting: they are stored with the next commit, or after a while
        await hand.line.says(wire.SetOwn(ref=1_000 + number, key=f"draft:{room}/{number}", value=text))
    drafts: dict[str, object] = {}
    while len(drafts) < len(written):
        rows = (await hand.line.sees(wire.Own)).rows
        drafts |= {row.key: row.value for row in rows if row.key.startswith("draft:")}
    assert [drafts[f"draft:{room}/{number}"] for number in range(1, len(written) + 1)] == written
    page = await hand.asks(wire.History, conversation=room, limit=200)
    assert [message.text for message in page.messages] == written
    again = await Hand.of(owner(served))
    assert (await again.asks(wire.History, conversation=room, limit=1)).messages[0].text == written[-1]


async def test_what_is_looked_for_is_found_and_nothing_else(served: Served) -> None:
    hand = await Hand.of(owner(served))
    room = (await hand.asks(wire.Open, name="room")).conversation
    names = ["plain", "100% sure", "under_score", "O'Brien", 'a "b" c', "a*b", "x AND y", "semi;colon", "back\\slash"]
    for number, name in enumerate(names):
        person = await bot(served, f"bot {number}")
        assert isinstance(await person.asks(wire.SetProfile, name=name), wire.Done)
        await person.asks(wire.Join, conversation=room)
        await person.asks(wire.Create, kind="group", title=name, key=f"group-{number:08}")
    people = (await hand.asks(wire.FindPeople, limit=200)).people
    for query in (*lines("sql"), "a\0", "%s", "{}"):
        expected = sorted(one.id for one in people if query.casefold() in f"{one.name}\n{one.id}".casefold())
        found = (await hand.asks(wire.FindPeople, query=query, limit=200)).people
        assert sorted(one.id for one in found) == expected, query
        members = (await hand.asks(wire.FindMembers, conversation=room, query=query, limit=200)).members
        assert sorted(one.person.id for one in members) == expected, query
        channels = await hand.asks(wire.FindChannels, query=query)
        assert [one.title for one in channels.channels] == (["room"] if query in "room" else []), query


async def test_what_names_something_names_only_that(served: Served) -> None:
    hand = await Hand.of(owner(served))
    room = (await hand.asks(wire.Open, name="room")).conversation
    for text in lines("sql"):
        for make, fields in (
            (wire.History, {"conversation": text}),
            (wire.Open, {"name": f"@{text}"}),
            (wire.Redeem, {"code": text}),
            (wire.DropLink, {"conversation": room, "code": text}),
            (wire.FindMembers, {"conversation": room, "after": text}),
            (wire.Invite, {"conversation": room, "users": [text]}),
            (wire.SetOwn, {"key": f"saved:{text}/1", "value": 1}),
            (wire.SetOwn, {"key": text, "value": text}),
        ):
            reply = await hand.asks(make, **fields)
            if isinstance(reply, wire.Error):
                assert reply.code not in {"internal", "store_failed"}, (make, text, reply)
            else:
                assert isinstance(reply, wire.Done | wire.Members), (make, text, reply)
