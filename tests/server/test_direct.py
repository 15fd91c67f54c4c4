"""The hub's own socket, once Tornado has done the handshake: what it does with frames that no browser would send."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kit.frames import SECONDS, Bare, frame
from tornado.httpclient import HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream
from tornado.websocket import WebSocketClientConnection, websocket_connect

from nbchat.hub.effects import Login
from nbchat.protocol.codec import Unknown, decode_frame, encode_command
from nbchat.protocol.limits import FRAME_BYTES, HubLimits
from nbchat.protocol.messages import AnyFromHub, Bye, Command, Error, Hello, Open, Opened, Ping, Pong, Welcome
from nbchat.server.direct import DirectPeer
from nbchat.server.frames import CLOSE, CONTINUATION, NOT_UTF8, PING, PONG, PROTOCOL_ERROR, TEXT
from nbchat.server.standalone import Served, Socket, application, bind

from .conftest import OWNER, Serve

CERTIFICATE = Path(__file__).with_name("certificate.pem")
"""For 127.0.0.1, made for these tests and signed by itself; the key is in it."""


def said(command: Command) -> bytes:
    return frame(TEXT, encode_command(command))


def told(payload: bytes) -> list[AnyFromHub | Unknown]:
    return decode_frame(payload)[0]


async def hears(line: Bare, kind: type) -> object:
    """The next thing of that kind; what comes before it does not matter here."""
    while True:
        of, payload = await line.gets()
        assert of == TEXT, (of, payload)
        for item in told(payload):
            if isinstance(item, kind):
                return item


async def closed_with(line: Bare) -> int:
    """The code of the close frame, which is the last one; what comes before it does not matter."""
    while True:
        kind, payload = await line.gets()
        if kind == CLOSE:
            await line.ends()
            return int.from_bytes(payload[:2], "big")


async def answer(line: Bare) -> object:
    """The welcome, after the answer to the handshake."""
    assert await line.answered() == "HTTP/1.1 101 Switching Protocols"
    return await hears(line, Welcome)


@pytest.fixture
async def served(start: Serve) -> Served:
    return start()


@pytest.fixture
async def line(served: Served) -> AsyncIterator[Bare]:
    """Connected, with the hub's key, and welcomed."""
    line = await Bare.asks(served.url, {"X-Nbchat-Key": served.hub.keys.client}, said(Hello(ref=1, kind="session")))
    # hello came in one packet with the request, and was not lost between Tornado's reader and ours
    assert isinstance(await answer(line), Welcome)
    yield line
    line.hangs_up()


def of_handshakes() -> list[object]:
    """What Python has now of what a handshake makes."""
    return [one for one in gc.get_objects() if isinstance(one, (Socket, HTTPServerRequest, IOStream))]


async def test_a_handshake_leaves_nothing_to_the_collector(served: Served) -> None:
    gc.collect()
    before = of_handshakes()  # of other tests, whose clients keep some
    gc.disable()
    line = await Bare.asks(served.url, {"X-Nbchat-Key": served.hub.keys.client}, said(Hello(ref=1, kind="session")))
    try:
        assert isinstance(await answer(line), Welcome)
        known = {id(one) for one in before}
        assert [one for one in of_handshakes() if id(one) not in known] == []
    finally:
        gc.enable()
        line.hangs_up()


async def test_many_commands_in_one_packet_and_one_in_many(line: Bare) -> None:
    line.sends(b"".join(said(Ping(ref=ref)) for ref in range(2, 12)))
    assert [(await hears(line, Pong)) for _ in range(10)] == [Pong(ref=ref) for ref in range(2, 12)]
    for byte in said(Open(ref=12, name="room")):
        line.sends(bytes((byte,)))
        await asyncio.sleep(0)
    opened = await hears(line, Opened)
    assert isinstance(opened, Opened)
    assert opened.ref == 12


async def test_pieces_of_a_command_with_a_ping_between(line: Bare) -> None:
    whole = encode_command(Ping(ref=7))
    line.sends(frame(TEXT, whole[:3], final=False) + frame(PING, b"?") + frame(CONTINUATION, whole[3:]))
    assert await line.gets() == (PONG, b"?")
    assert await hears(line, Pong) == Pong(ref=7)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(TEXT, b"x", reserved=4), PROTOCOL_ERROR),
        (frame(TEXT, b"x", mask=None), PROTOCOL_ERROR),
        (frame(TEXT, b"\xff"), NOT_UTF8),
        (frame(CLOSE, b"\x00\x00"), PROTOCOL_ERROR),
    ],
)
async def test_who_does_not_keep_to_the_protocol_is_told_and_forgotten(
    served: Served, line: Bare, sent: bytes, code: int
) -> None:
    line.sends(said(Ping(ref=2)) + sent + said(Ping(ref=3)))
    assert await hears(line, Pong) == Pong(ref=2)  # what came before is answered, what comes after is not
    assert await closed_with(line) == code
    assert served.hub.runner.connections == 0


async def test_too_large_a_message_is_refused_before_it_has_come(served: Served, line: Bare) -> None:
    line.sends(frame(TEXT, b"x" * (FRAME_BYTES + 1))[:20])
    error = await hears(line, Error)
    assert isinstance(error, Error)
    assert error.code == "frame_too_large"
    assert await closed_with(line) == 1009
    assert served.hub.runner.connections == 0


async def test_the_largest_message_is_read(line: Bare) -> None:
    line.sends(frame(TEXT, encode_command(Ping(ref=2)).ljust(FRAME_BYTES)))
    assert await hears(line, Pong) == Pong(ref=2)


@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x0f\xa0bye"])
async def test_a_close_is_answered_with_its_code(served: Served, line: Bare, payload: bytes) -> None:
    line.sends(frame(CLOSE, payload) + said(Ping(ref=2)))
    assert await line.gets() == (CLOSE, payload[:2])
    await line.ends()
    assert served.hub.runner.connections == 0


async def test_who_hangs_up_without_a_word_is_forgotten(served: Served, line: Bare) -> None:
    line.hangs_up()
    other = await Bare.asks(served.url, {"X-Nbchat-Key": served.hub.keys.client})
    await other.answered()  # asked after the first one hung up, so that was seen before
    assert served.hub.runner.connections == 1
    other.hangs_up()


async def test_who_does_not_answer_a_close_is_not_waited_for(served: Served, line: Bare) -> None:
    stopping = asyncio.ensure_future(served.stop())
    assert isinstance(await hears(line, Bye), Bye)
    assert await closed_with(line) == 1001  # the socket ends although no close was answered
    await stopping


async def test_to_who_does_not_read_only_the_last_ping_is_answered(start: Serve) -> None:
    """Pings cost nothing, so their answers may not fill the hub's memory."""
    served = start(limits=HubLimits(flood_frames=10_000))
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    login = Login(person=OWNER, owner=True, kinds=frozenset({"page"}))
    peer = DirectPeer(ours, served.hub.runner, login, set())
    for n in range(5_000):
        peer.take(frame(PING, n.to_bytes(2, "big") * 60))
    assert peer.buffered < 1_000
    loop, got = asyncio.get_running_loop(), b""
    while not got.endswith((4_999).to_bytes(2, "big") * 60):
        got += await asyncio.wait_for(loop.sock_recv(theirs, 65536), SECONDS)
    assert len(got) < 5_000 * 122
    theirs.close()
    peer.abort()


async def test_without_a_key_of_its_own_there_is_no_handshake(served: Served) -> None:
    line = await Bare.asks(served.url, {"X-Nbchat-Key": served.hub.keys.client, "Sec-WebSocket-Key": ""})
    assert await line.answered() == "HTTP/1.1 400 Bad Request"
    line.hangs_up()


async def test_with_tls_tornado_reads_and_writes(served: Served) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    app = application(served._site, served.door, served.hub, loopback=True)
    secure = HTTPServer(app, ssl_options=context)
    listening, port = bind("127.0.0.1", 0)
    secure.add_socket(listening)
    request = HTTPRequest(
        f"wss://127.0.0.1:{port}/nbchat/ws",
        headers={"X-Nbchat-Key": served.hub.keys.client},
        ssl_options=ssl.create_default_context(cafile=str(CERTIFICATE)),
    )
    line: WebSocketClientConnection = await websocket_connect(request, compression_options={})
    assert "Sec-WebSocket-Extensions" in (request.headers or {})
    assert "Sec-WebSocket-Extensions" not in (line.headers or {}), "never compressed"
    await line.write_message(encode_command(Hello(ref=1, kind="session")))
    first = await line.read_message()
    assert isinstance(first, str)
    assert isinstance(told(first.encode())[0], Welcome)
    await line.write_message(encode_command(Ping(ref=2)))
    assert await line.read_message() == '[{"t":"pong","ref":2}]'
    line.close()
    assert await line.read_message() is None
    secure.stop()
    await secure.close_all_connections()
