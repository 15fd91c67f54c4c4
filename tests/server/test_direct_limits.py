"""The hub's own socket with somebody at the other end who does not read, does not answer, or does not stop."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from kit.frames import SECONDS, Bare, frame
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_unix_socket
from tornado.tcpserver import TCPServer
from tornado.websocket import WebSocketHandler

from nbchat.hub.effects import Login
from nbchat.hub.runner import Runner
from nbchat.protocol.codec import encode_command
from nbchat.protocol.limits import HubLimits
from nbchat.protocol.messages import Hello, Ping, Pong, Welcome
from nbchat.server.direct import GOODBYE_SECONDS, DirectPeer, _released
from nbchat.server.frames import CLOSE, CONTINUATION, PING, PONG, TEXT
from nbchat.server.peer import StreamPeer
from nbchat.server.standalone import application, bind

from .conftest import OWNER, Serve
from .test_direct import CERTIFICATE, hears, said

SMALL = 4096
"""What the operating system keeps of what is sent, so that most of it waits in the hub's queue."""


def pair(runner: Runner) -> tuple[DirectPeer, socket.socket, set[DirectPeer]]:
    """A peer with a small buffer, the other end of its socket, and who is leaving."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    leaving: set[DirectPeer] = set()
    return (
        DirectPeer(ours, runner, Login(person=OWNER, owner=True, kinds=frozenset({"page"})), leaving),
        theirs,
        leaving,
    )


async def rest(line: socket.socket) -> bytes:
    """All that still comes, until the other side has gone."""
    loop, got = asyncio.get_running_loop(), b""
    while some := await asyncio.wait_for(loop.sock_recv(line, 65536), SECONDS):
        got += some
    line.close()
    return got


async def close_code(line: Bare) -> int:
    """The code that the hub closes with; what it says before does not matter."""
    while (got := await line.gets())[0] != CLOSE:
        pass
    return int.from_bytes(got[1][:2], "big")


async def turned() -> None:
    """The loop has looked at all its sockets."""
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Turn the clock of the running loop."""

    def turn(seconds: float) -> None:
        loop = asyncio.get_running_loop()
        time = loop.time
        monkeypatch.setattr(loop, "time", lambda: time() + seconds)

    return turn


async def test_what_a_slow_reader_gets_is_what_was_written(start: Serve) -> None:
    peer, theirs, _ = pair(start().hub.runner)
    written = [n.to_bytes(2, "big") * (500 + n * 7) for n in range(300)]
    for data in written:
        peer.write(data)
    assert peer.buffered > 100 * SMALL
    peer.when_drained(peer.abort)
    assert await rest(theirs) == b"".join(written)


async def test_over_tls_a_slow_reader_gets_what_was_written_too() -> None:
    """What TLS could not send has to be sent again as it was, which is the stream's business."""
    accepted: asyncio.Future[IOStream] = asyncio.get_running_loop().create_future()

    class Accepting(TCPServer):
        async def handle_stream(self, stream: IOStream, _: object) -> None:
            accepted.set_result(stream)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server, (listening, port) = Accepting(ssl_options=context), bind("127.0.0.1", 0)
    server.add_socket(listening)
    trusted = ssl.create_default_context(cafile=str(CERTIFICATE))
    reader, line = await asyncio.open_connection("127.0.0.1", port, ssl=trusted)
    stream = await asyncio.wait_for(accepted, SECONDS)
    stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    peer = StreamPeer(cast(WebSocketHandler, None), stream)  # it is for the close, and nobody closes here
    written = [n.to_bytes(2, "big") * (500 + n * 100) for n in range(300)]
    for data in written:
        peer.write(data)
    assert peer.buffered > 100 * SMALL
    drained = asyncio.get_running_loop().create_future()
    peer.when_drained(lambda: drained.set_result(None))
    sent = b"".join(written)
    assert await asyncio.wait_for(reader.readexactly(len(sent)), SECONDS) == sent
    await asyncio.wait_for(drained, SECONDS)
    line.close()
    stream.close()
    server.stop()


async def test_who_floods_and_ignores_the_close_is_not_waited_for(start: Serve, turn: Callable[[float], None]) -> None:
    served = start(limits=HubLimits(flood_frames=10))
    line = await Bare.asks(served.url, {"X-Nbchat-Key": served.hub.keys.client}, said(Hello(ref=1, kind="session")))
    await line.answered()
    await hears(line, Welcome)
    line.sends(frame(PING) * 100)
    assert await close_code(line) == 4003
    assert len(served._site.leaving) == 1
    turn(GOODBYE_SECONDS)
    await line.ends()
    assert not served._site.leaving
    line.hangs_up()


async def test_after_a_close_nothing_more_is_read(start: Serve) -> None:
    """Each further close was kept, as long as something waited to be sent."""
    peer, theirs, leaving = pair(start().hub.runner)
    peer.write(b"x" * 100 * SMALL)
    theirs.send(frame(CLOSE, b"\x03\xe8") * 100)
    await turned()
    assert leaving == {peer}
    theirs.send(frame(CLOSE, b"\x03\xe8") * 100)
    await turned()
    assert peer._drained is not None
    assert len(peer._drained) == 1
    assert (await rest(theirs)).count(b"\x88\x02\x03\xe8") == 1
    assert not leaving


@pytest.mark.parametrize(
    "sent",
    [frame(PONG), frame(TEXT, b"", final=False) + frame(CONTINUATION, b"", final=False) * 500 + frame(CONTINUATION)],
    ids=["pongs", "pieces"],
)
async def test_what_is_no_message_is_counted(start: Serve, sent: bytes) -> None:
    """Whoever sends it costs the hub as much time as with messages."""
    served = start(limits=HubLimits(flood_frames=4))
    line = await Bare.asks(served.url, {"X-Nbchat-Key": served.hub.keys.client}, said(Hello(ref=1, kind="session")))
    await line.answered()
    await hears(line, Welcome)
    line.sends(sent * 100 if len(sent) < 100 else sent)
    assert await close_code(line) == 4003
    line.hangs_up()


async def test_the_answer_to_our_own_ping_costs_nothing(start: Serve) -> None:
    runner = start(limits=HubLimits(flood_frames=0.2)).hub.runner  # one frame at once
    peer, theirs, _ = pair(runner)
    out = runner._connections[peer.connection]
    for now in (1e9, 2e9, 3e9):
        assert out.beat(now)
        peer.take(frame(PONG))
    assert runner.has(peer.connection)
    peer.take(frame(PONG) * 2)
    assert not runner.has(peer.connection)
    peer.abort()
    theirs.close()


async def test_a_failure_of_the_hub_ends_the_connection_and_is_logged(
    start: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came behind it is lost, so going on would leave the client waiting for ever."""
    served = start()
    peer, theirs, _ = pair(served.hub.runner)

    def fails(*_: object) -> None:
        raise ArithmeticError("a fault")

    monkeypatch.setattr("nbchat.hub.runner.decode_command", fails)
    theirs.send(said(Ping(ref=1)) + said(Ping(ref=2)))
    await turned()
    assert not served.hub.runner.has(peer.connection)
    theirs.shutdown(socket.SHUT_WR)
    got = await rest(theirs)
    assert got[0] & 15 == CLOSE
    assert int.from_bytes(got[2:4], "big") == 4007
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ArithmeticError]


async def test_nobody_is_told_that_all_has_left_while_something_waits(start: Serve) -> None:
    peer, theirs, _ = pair(start().hub.runner)
    told: list[int] = []

    def writes_and_notes() -> None:
        told.append(peer.buffered)
        peer.write(b"y" * 100 * SMALL)

    peer.when_drained(lambda: told.append(peer.buffered))
    peer.write(b"x" * 100 * SMALL)  # before the loop came to tell
    peer.when_drained(writes_and_notes)
    peer.when_drained(lambda: told.append(peer.buffered))
    peer.when_drained(peer.abort)
    assert await rest(theirs) == b"x" * 100 * SMALL + b"y" * 100 * SMALL
    assert told == [0, 0, 0]


async def test_behind_a_unix_socket_it_is_the_same(start: Serve, tmp_path: Path) -> None:
    served = start()
    server = HTTPServer(application(served._site, served.door, served.hub, loopback=True))
    path = str(tmp_path / "hub")
    server.add_socket(bind_unix_socket(path))
    greeting = said(Hello(ref=1, kind="session"))
    line = await Bare.asks(served.url, {"X-Nbchat-Key": served.hub.keys.client}, greeting, path=path)
    assert await line.answered() == "HTTP/1.1 101 Switching Protocols"
    await hears(line, Welcome)
    line.sends(frame(TEXT, encode_command(Ping(ref=2))))
    assert await hears(line, Pong) == Pong(ref=2)
    line.hangs_up()
    server.stop()


async def test_where_no_more_files_may_be_open_the_stream_is_closed() -> None:
    ours, theirs = socket.socketpair()
    stream = IOStream(ours)
    free = os.dup(ours.fileno())  # the lowest number that is free
    os.close(free)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            _released(stream)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert stream.closed()
    theirs.close()
