"""What stands for the socket over HTTP, asked what the socket is asked: whose it is, for how long, and how much of it.

Who gets in, and from which pages, `test_doors` asks of every route; Jupyter's side is in `server/test_jupyter.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import pytest
from kit.polls import PollLine, asks, until
from server.conftest import Serve, guest

from nbchat.hub.outbound import text_frame
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HubLimits
from nbchat.server import polled
from nbchat.server.polling import BODY_BYTES
from nbchat.server.standalone import Served

from .test_exhaustion import CHUNK, Calm, answered, calm, served
from .test_signed_out import sign_out

__all__ = ["calm", "served"]


async def opened(served: Served, name: str) -> PollLine:
    line = await PollLine.opens(await guest(served, name))
    await line.says(wire.Hello(ref=1))
    await line.sees(wire.Welcome)
    return line


# -------------------------------------------------------------------------------------------------------- whose it is


async def test_the_id_of_another_persons_connection_is_no_id(served: Served) -> None:
    """Who has learned it reads nothing, writes nothing and ends nothing, and is told the same as of a wrong one."""
    bob, eve = await opened(served, "Bob"), await guest(served, "Eve")
    said: list[dict[str, object]] = [
        {"t": "wait", "after": bob.got},
        {"t": "send", "first": bob.sent + 1, "frames": ['{"t":"set_profile","ref":9,"name":"Eve was here"}']},
        {"t": "close"},
    ]
    for one in said:
        answers = [await asks(eve, id=id, **one) for id in (bob.id, "0" * 22, "")]
        assert {answer.status for answer in answers} == {410}
        assert len({answer.body for answer in answers}) == 1
    await bob.says(wire.Ping(ref=2))
    assert (await bob.sees(wire.Pong)).ref == 2


async def test_ids_cannot_be_guessed(served: Served) -> None:
    bob = await guest(served, "Bob")
    ids = {(await PollLine.opens(bob)).id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(id) >= 22 for id in ids), "128 bits in letters of six"
    assert len({id[at] for id in ids for at in (0, 10, 20)}) > 30


async def test_every_request_needs_the_login(served: Served) -> None:
    bob = await opened(served, "Bob")
    login = bob.visitor.cookies.pop(served.door.cookie)
    for said in ({"t": "wait", "after": 0}, {"t": "send", "first": 1, "frames": []}, {"t": "close"}):
        assert (await bob.asks(**said)).status == 403
    bob.visitor.cookies[served.door.cookie] = login
    for said in ({"t": "wait", "after": 0}, {"t": "send", "first": 1, "frames": []}, {"t": "close"}):
        foreign = {"Origin": "http://evil.example"}
        assert (await bob.visitor.post("poll", {"id": bob.id, **said}, foreign)).status == 403
        assert (await bob.visitor.post("poll", {"id": bob.id, **said}, {"X-XSRFToken": "0"})).status == 403
    await bob.says(wire.Ping(ref=2))
    assert (await bob.sees(wire.Pong)).ref == 2


async def no() -> bool:
    return False


@pytest.mark.parametrize("waits", [True, False])
async def test_a_login_that_is_taken_back_ends_it(served: Served, waits: bool) -> None:
    bob = await opened(served, "Bob")
    peer = next(iter(served.hub.polls._peers.values()))
    waiting = asyncio.ensure_future(bob.waits()) if waits else None
    if waits:
        await until(lambda: peer._waiter)
    served._site.doorkeeper.watch("bob", peer.connection, no, served.hub.runner)
    await until(lambda: not served.hub.runner.connections)
    assert (await (waiting or bob.waits())).closed == 4001


async def test_who_is_signed_out_hears_it_by_the_wait_that_is_open(served: Served) -> None:
    """By the command, and without another request, of which the login would be looked at anew."""
    bob, eve = await opened(served, "Bob"), await opened(served, "Eve")
    peer = served.hub.polls._peers[bob.id]
    waiting = asyncio.ensure_future(bob.waits())
    await until(lambda: peer._waiter)
    assert sign_out(served, "Bob").exit_code == 0
    waited = await waiting
    assert (waited.closed, waited.frames) == (4001, [])
    await eve.says(wire.Ping(ref=2))
    assert (await eve.sees(wire.Pong)).ref == 2


# ------------------------------------------------------------------------------------------------------- how much of it


async def test_a_flood_of_waits_is_closed(served: Served, calm: Calm) -> None:
    flo = await opened(served, "Flo")
    peer = served.hub.polls.find(flo.id, flo_id(served, flo))
    assert peer is not None
    for _ in range(700):
        peer.wait(flo.got)
    assert await flo.closed() == 4003


async def test_a_flood_of_repeats_is_closed(served: Served, calm: Calm) -> None:
    flo = await opened(served, "Flo")
    peer = served.hub.polls.find(flo.id, flo_id(served, flo))
    assert peer is not None
    for _ in range(700):
        peer.receive(1, ["{}"])
    assert await flo.closed() == 4003


def flo_id(served: Served, line: PollLine) -> str:
    return served.hub.polls._peers[line.id].person


@pytest.mark.parametrize(
    ("frames", "code"),
    [(["{}"] * 2_000, 4003), ([""] * 60_000, 4003), (["x" * 70_000], 1009)],
    ids=["frames", "empty frames", "a large frame"],
)
async def test_a_flood_of_frames_is_closed(served: Served, calm: Calm, frames: list[str], code: int) -> None:
    flo = await opened(served, "Flo")
    await flo.sends(*frames)
    assert await flo.closed() == code


class TurnedLoop:
    """Stands for the event loop's clock and appointments; `turn` goes on to the next one."""

    def __init__(self) -> None:
        self.now = asyncio.get_running_loop().time()
        self._due: list[tuple[float, asyncio.TimerHandle, Any]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[..., object]) -> asyncio.TimerHandle:
        real = asyncio.get_running_loop()
        handle = asyncio.TimerHandle(self.now + delay, call, (), real)
        self._due.append((self.now + delay, handle, call))
        return handle

    def create_future(self) -> asyncio.Future[bytes | None]:
        return asyncio.get_running_loop().create_future()

    def call_soon(self, call: Callable[..., object]) -> asyncio.Handle:
        return asyncio.get_running_loop().call_soon(call)

    def turn(self, until: float) -> None:
        """Keep what is due until then, in order."""
        while self._due and min(self._due, key=itemgetter(0))[0] <= until:
            first = min(self._due, key=itemgetter(0))
            self._due.remove(first)
            self.now = max(self.now, first[0])
            if not first[1].cancelled():
                first[2]()
        self.now = until


async def test_who_waits_as_fast_as_answers_come_is_no_flood(served: Served, calm: Calm) -> None:
    """In a room where somebody writes every millisecond answers are spaced, and carry all that has come meanwhile."""
    bob = await opened(served, "Bob")
    peer = served.hub.polls._peers[bob.id]
    turned = TurnedLoop()
    peer._loop = turned  # type: ignore[assignment]
    after, answers, waiter = bob.got, 0, peer.wait(bob.got)
    for number in range(1_000):
        peer.write(text_frame(b'[{"n":%d}]' % number))
        turned.turn(turned.now + 0.001)
        if waiter.done():
            answers += 1
            after = json.loads((waiter.result() or b"").split(b"\n")[0])["next"]
            waiter = peer.wait(after)
    assert after - bob.got > 900
    assert 10 < answers <= 1 / polled.PACE_SECONDS + 1
    assert answers <= HubLimits().flood_frames / 2 + 1, "the other half is for the client's own frames"


async def test_a_person_has_a_number_of_them(start: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled, "GOODBYES", 5)
    served = start(limits=HubLimits(pages=2, sessions=3))
    calm, bob = await Calm.comes(served), await guest(served, "Bob")
    lines = [await PollLine.opens(bob) for _ in range(30)]
    assert served.hub.runner.connections == 6  # five silent ones of Bob's, and the other's
    assert len(served.hub.polls._peers) <= 5 + 5 + 1
    assert await lines[-1].closed() == 4005
    await lines[0].says(wire.Hello(ref=1))
    await lines[0].sees(wire.Welcome)
    await calm.goes_on()


@pytest.mark.parametrize(
    "framed", [b"Content-Length: 99999999\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 5]
)
async def test_a_huge_body_is_not_read(served: Served, calm: Calm, framed: bytes) -> None:
    head = f"POST /nbchat/poll HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Nbchat-Key: {served.hub.keys.client}\r\n".encode()
    assert b"200 OK" not in await answered(served, head + framed)


async def test_the_largest_frame_that_the_hub_takes_fits(served: Served) -> None:
    """Each quotation mark and backslash of it takes two bytes more inside the request."""
    text = '"\\' * 5_000
    frame = wire.Post(ref=3, conversation="c" * 12, key="key-00000001", text=text)
    assert len(json.dumps(["x" * 65_536])) < BODY_BYTES
    bob = await opened(served, "Bob")
    await bob.says(frame)
    assert (await bob.sees(wire.Error)).code == "unknown_conversation"


async def test_a_body_that_is_too_large_is_refused_in_words(served: Served, calm: Calm) -> None:
    body = b" " * (BODY_BYTES + 1)
    head = f"POST /nbchat/poll HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Nbchat-Key: {served.hub.keys.client}\r\n"
    answer = await answered(served, f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"frame_too_large"' in answer


HOSTILE = [
    b"",
    b"{",
    b"[]",
    b'{"t":"wait"}',
    b'{"t":"steal","id":"x"}',
    b'{"t":"wait","id":"x","after":-1}',
    b'{"t":"wait","id":"x","after":1e999}',
    b'{"t":"send","id":"x","first":0,"frames":[]}',
    b'{"t":"send","id":"x","first":1,"frames":[1]}',
    b'{"t":"send","id":"x","first":1,"frames":["\\ud800"]}',
    b'{"t":"wait","id":' + b"[" * 100_000,
    b'{"t":"open","x":' + b"[" * 100_000,
    b"\xff\xfe",
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_a_hostile_body_gets_a_typed_error(served: Served, calm: Calm, number: int) -> None:
    body = HOSTILE[number]
    head = f"POST /nbchat/poll HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Nbchat-Key: {served.hub.keys.client}\r\n"
    sent = f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    answer = await answered(served, sent)
    assert b"400 Bad Request" in answer
    assert b'"code":"malformed"' in answer
