"""Whoever sends too much gets a typed error or a close; memory stays bounded, and the others notice nothing.

`Calm` is one of the others: after each flood it posts, and gets what it posts.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import psutil
import pytest
from kit.frames import SECONDS, Bare, frame
from kit.web import Line, Refused, Visitor
from server.conftest import Serve, guest, owner
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from nbchat.protocol import messages as wire
from nbchat.protocol.codec import encode_command
from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import HubLimits, Rate
from nbchat.server import standalone
from nbchat.server.frames import BINARY, CLOSE, CONTINUATION, PIECES, PING, POLICY, TEXT
from nbchat.server.standalone import Served

MIB = 1024 * 1024
BOUND = 48 * MIB
"""What one flood may leave in this process, in which hub and flooder live both; the largest send more than that."""


class Calm:
    """Somebody who only chats."""

    def __init__(self, line: Line, room: str) -> None:
        self.line, self.room, self.count = line, room, 0

    @classmethod
    async def comes(cls, served: Served) -> Calm:
        line = await owner(served).connects()
        await line.says(wire.Hello(ref=1))
        await line.says(wire.Open(ref=2, name="room"))
        return cls(line, (await line.sees(wire.Opened)).conversation)

    async def goes_on(self) -> None:
        """Post, and see it."""
        self.count += 1
        text = f"calm {self.count}"
        key = f"calm-key-{self.count:04}"
        await self.line.says(wire.Post(ref=self.count + 10, conversation=self.room, key=key, text=text))
        while (await self.line.sees(wire.Posted)).text != text:
            pass


@pytest.fixture
async def served(start: Serve) -> Served:
    return start()


@pytest.fixture
async def calm(served: Served) -> AsyncIterator[Calm]:
    """One of the others; at the end it must have noticed nothing, and the memory be bounded."""
    somebody = await Calm.comes(served)
    await somebody.goes_on()
    before = psutil.Process().memory_info().rss
    yield somebody
    await somebody.goes_on()
    assert psutil.Process().memory_info().rss - before < BOUND


async def bare(served: Served, and_at_once: bytes = b"", **headers: str) -> Bare:
    """A guest's socket on which anything can be sent."""
    visitor = await guest(served, "Flo")
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    line = await Bare.asks(served.url, {"Cookie": cookies, "Origin": visitor.origin, **headers}, and_at_once)
    assert await line.answered() == "HTTP/1.1 101 Switching Protocols"
    return line


async def close_code(line: Bare) -> int:
    """The code that the hub closes with; what it says before does not matter."""
    while True:
        kind, payload = await line.gets()
        if kind == CLOSE:
            return int.from_bytes(payload[:2], "big")


# --------------------------------------------------------------------------------------------------------- the socket


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(PING, b"x" * 125) * 50_000, 4003),
        (frame(TEXT, b"{}") * 50_000, 4003),
        (frame(BINARY, b"\xff" * 20_000) * 2_500, 4003),
        (frame(TEXT, b"x" * 5_000, final=False) + frame(CONTINUATION, b"x" * 5_000, final=False) * 10_000, 1009),
        (frame(TEXT, b"", final=False) + frame(CONTINUATION, b"", final=False) * PIECES, POLICY),
        (b"\x81\xff" + (2**63 - 1).to_bytes(8, "big") + b"\0\0\0\0" + b"x" * MIB, 1009),
        (frame(TEXT, b"x" * 100, reserved=4), 1002),
    ],
    ids=["pings", "frames", "bytes", "pieces", "empty pieces", "a huge frame", "a compressed frame"],
)
async def test_a_flood_on_the_socket_is_closed(served: Served, calm: Calm, sent: bytes, code: int) -> None:
    line = await bare(served)
    line.sends(frame(TEXT, encode_command(wire.Hello(ref=1))) + sent)
    assert await close_code(line) == code
    line.breaks_off()


async def test_frames_are_never_compressed(served: Served, calm: Calm) -> None:
    """So that some bytes cannot become many in the hub's memory."""
    visitor = await guest(served, "Flo")
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    asking = {"Cookie": cookies, "Origin": visitor.origin, "Sec-WebSocket-Extensions": "permessage-deflate"}
    line = await Bare.asks(served.url, asking)
    head = await asyncio.wait_for(line._reader.readuntil(b"\r\n\r\n"), SECONDS)
    assert b" 101 " in head
    assert b"extensions" not in head.lower()
    line.hangs_up()


HOSTILE: list[str | bytes] = [
    "[" * 60_000,
    '{"a":' * 10_000,
    '{"t":"ping","ref":1,"x":' + "[" * 20_000 + "]" * 20_000 + "}",
    '{"t":"ping","ref":' + "9" * 60_000 + "}",
    '{"t":"ping","ref":1e999}',
    '{"t":"read","ref":1,"conversation":"c","seq":' + "9" * 5_000 + "}",
    '{"t":"set_own","ref":1,"key":"draft:c","value":' + "9" * 4_000 + "}",
    '{"t":"set_own","ref":1,"key":"prefs:c","value":{"order":1e999}}',
    '{"t":"set_own","ref":1,"key":"prefs:c","value":{"mute_until":' + "9" * 4_000 + "}}",
    '{"t":"post","ref":1,"conversation":"c","key":"01234567","text":"\\ud800"}',
    '{"t":"hello","ref":1,"resume":{"known":{' + ",".join(f'"{n}":["e",1]' for n in range(4_000)) + "}}}",
    '{"t":"ack","ref":1,"cursors":{' + ",".join(f'"{n}":1' for n in range(5_000)) + "}}",
    "{" + ",".join(f'"{n}":0' for n in range(6_000)) + "}",
    '{"t":"' + "x" * 60_000 + '","ref":1}',
    b"\x00" * 60_000,
    b"\xff\xfe\x00",
    '"' + "\\u0000" * 9_000 + '"',
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_a_hostile_frame_gets_a_typed_error(served: Served, calm: Calm, number: int) -> None:
    line = await (await guest(served, "Flo")).connects()
    await line.says(wire.Hello(ref=0))
    await line.sees(wire.Welcome)
    await line.sends(HOSTILE[number])
    answer: wire.Error | wire.Done = await line.sees((wire.Error, wire.Done))  # type: ignore[arg-type]
    assert isinstance(answer, wire.Done) or (answer.code in ERRORS and answer.code != "internal"), answer
    await line.says(wire.Ping(ref=2))
    assert (await line.sees(wire.Pong)).ref == 2


async def test_who_never_says_hello_has_a_number_of_connections(start: Serve) -> None:
    served = start(limits=HubLimits(pages=2, sessions=3))
    calm, bob = await Calm.comes(served), await guest(served, "Bob")
    silent = [await bob.connects() for _ in range(6)]
    assert await silent[-1].closed() == 4005
    await silent[0].says(wire.Hello(ref=1))
    await silent[0].sees(wire.Welcome)
    again = await bob.connects()
    await again.says(wire.Hello(ref=1))
    await again.sees(wire.Welcome)
    await calm.goes_on()


# ------------------------------------------------------------------------------------------------------------- HTTP


CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


async def answered(served: Served, sent: bytes) -> bytes:
    """All that comes until the hub hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), SECONDS)
    except ConnectionResetError:  # it hung up with bytes of ours unread
        return b""
    finally:
        writer.transport.abort()


async def test_a_request_that_never_ends_is_ended(start: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standalone, "REQUEST_SECONDS", 0.3)
    served = start()
    calm = await Calm.comes(served)
    post = b"POST /nbchat/api/me HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n{"
    for begun in (b"", b"GET /nbchat/ws HTTP/1.1\r\nHost: 127.", post):
        assert b"200 OK" not in await answered(served, begun)  # it came to its end, so the hub hung up
    await calm.goes_on()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /nbchat/api/hub HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-Long: " + b"x" * 200_000,
        b"GET /nbchat/api/hub HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 50_000,
        b"GET /nbchat/?token=" + b"x" * 200_000,
        b"POST /nbchat/api/me HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999999\r\n\r\n",
        b"POST /nbchat/api/me HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK * 2,
    ],
    ids=["a header", "many headers", "an address", "a body", "a body in chunks"],
)
async def test_what_is_too_large_is_not_read(served: Served, calm: Calm, sent: bytes) -> None:
    assert b"200 OK" not in await answered(served, sent)


async def test_a_compressed_body_is_not_unpacked(served: Served, calm: Calm) -> None:
    visitor = Visitor(served.url)
    await visitor.get(token=served.door.token)
    await visitor.get("api/me")
    body = gzip.compress(b'{"choice":"new","name":"' + b"x" * 20 * MIB + b'"}')
    headers = visitor._send({"Content-Encoding": "gzip", "X-XSRFToken": visitor.cookies["_xsrf"]})
    request = HTTPRequest(f"{visitor.url}api/me", method="POST", body=body, headers=headers)
    answer = await AsyncHTTPClient().fetch(request, raise_error=False)
    assert answer.code == 400


async def test_a_flood_of_new_people_is_slowed_down(start: Serve) -> None:
    served = start(limits=HubLimits(newcomers=Rate(0.01, 5)))
    calm, bob = await Calm.comes(served), await guest(served, "Bob")
    token = {"Authorization": f"token {served.door.token}"}
    for number in range(4):
        assert (await Visitor(served.url, {**token, "X-Nbchat-Name": f"Bot {number}"}).get("api/me")).status == 200
    late = Visitor(served.url, {**token, "X-Nbchat-Name": "Late"})
    answer = await late.get("api/me")
    assert (answer.status, answer.json["code"]) == (429, "slow")
    assert 0 < int(answer.headers["Retry-After"]) <= 100
    with pytest.raises(Refused) as refused:
        await late.connects()
    assert refused.value.status == 429
    browser = Visitor(served.url)
    await browser.get(token=served.door.token)
    await browser.get("api/me")
    assert (await browser.post("api/me", {"choice": "new", "name": "Later"})).status == 429
    # Who is here already comes in as always.
    await bob.connects()
    assert (await Visitor(served.url, {**token, "X-Nbchat-Name": "Bot 1"}).get("api/me")).status == 200
    await calm.goes_on()


async def test_an_answer_of_many_brackets_is_refused_as_any_other_that_cannot_be_read(served: Served) -> None:
    visitor = Visitor(served.url)
    await visitor.get(token=served.door.token)
    await visitor.get("api/me")
    answer = await visitor.post("api/me", b'{"choice":"new","x":' + b"[" * 30_000)
    assert answer.status == 400
    assert answer.json["code"] == "malformed"
