"""The shell of the hub with sockets that are lists and a clock that is turned:

queues, heartbeats, deadlines, failures.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from nbchat.bus.local import LocalBus
from nbchat.hub.effects import Instant, Login
from nbchat.hub.items import LoginStored, PutLogin
from nbchat.hub.mailbox import Mailbox
from nbchat.hub.outbound import HEARTBEAT_FRAME, PING_FRAME, text_frame
from nbchat.hub.runner import Runner
from nbchat.protocol.codec import decode_frame, encode_command
from nbchat.protocol.limits import FRAME_BYTES, HubLimits
from nbchat.protocol.messages import (
    Accepted,
    Command,
    Error,
    Hello,
    Open,
    Opened,
    Person,
    Ping,
    Pong,
    Post,
    Posted,
    Type,
    Typing,
    Watch,
    Welcome,
)
from nbchat.store.memory import MemoryStore
from nbchat.store.sqlite import SqliteStore

ADA = Person("ada", "Ada")


class TurnedClock:
    """Time stands until a test turns it."""

    def __init__(self) -> None:
        self.mono = 1000.0
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._cancelled: set[int] = set()
        self._count = 0

    def now(self) -> Instant:
        return Instant(self.mono, int(self.mono * 1000))

    def call_at(self, mono: float, then: Callable[[], None]) -> Callable[[], None]:
        self._count += 1
        number = self._count
        heapq.heappush(self._calls, (mono, number, then))
        return lambda: self._cancelled.add(number)

    def turn(self, seconds: float) -> None:
        """Let time pass, calling what is due at its own moment."""
        until = self.mono + seconds
        while self._calls and self._calls[0][0] <= until:
            due, number, then = heapq.heappop(self._calls)
            self.mono = max(self.mono, due)
            if number not in self._cancelled:
                then()
        self.mono = until


class ListPeer:
    """A socket that keeps what it was given; `stalled` ones take nothing."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self.aborts = 0
        self.stalled = False
        self.buffered = 0
        self._drained: list[Callable[[], None]] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)
        if self.stalled:
            self.buffered += len(data)

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def abort(self) -> None:
        self.aborts += 1

    def when_drained(self, then: Callable[[], None]) -> None:
        self._drained.append(then)

    def drains(self) -> None:
        self.stalled, self.buffered = False, 0
        told, self._drained = self._drained, []
        for then in told:
            then()

    @property
    def items(self) -> list[Any]:
        return [item for data in self.written for payload in payloads(data) for item in decode_frame(payload)[0]]

    def last(self, kind: type[Any]) -> Any:
        return next(item for item in reversed(self.items) if isinstance(item, kind))


def payloads(data: bytes) -> list[bytes]:
    """The text payloads of whole server frames; an independent reading of RFC 6455, section 5.2."""
    found = []
    while data:
        kind, size, at = data[0] & 0x0F, data[1], 2
        assert not size & 0x80, "a server must not mask"
        if size == 126:
            size, at = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, at = int.from_bytes(data[2:10], "big"), 10
        if kind == 1:
            found.append(data[at : at + size])
        data = data[at + size :]
    return found


class Hub:
    """A runner over a store, with verbs."""

    def __init__(self, store: Any, limits: HubLimits) -> None:
        self.clock = TurnedClock()
        ids = iter(range(10_000))
        self.runner = Runner(
            store,
            LocalBus(),
            limits,
            mint=lambda: f"id{next(ids):010d}",
            hub="h1",
            clock=self.clock,
            log=logging.getLogger("test"),
        )
        self.runner.start()
        self._ref = 0

    def connect(self, person: Person = ADA) -> tuple[int, ListPeer]:
        peer = ListPeer()
        login = Login(person=person, owner=person == ADA, kinds=frozenset({"page", "session", "bot"}))
        return self.runner.open(login, peer), peer

    async def says(self, connection: int, command: Command) -> None:
        self.runner.receive(connection, encode_command(command))
        await self.settle()

    async def settle(self) -> None:
        """Let all that was put into the mailbox be delivered; the memory store answers in the call."""
        for _ in range(12):
            await asyncio.sleep(0)

    async def enters(self, person: Person, name: str, *, watch: bool = True) -> tuple[int, ListPeer, str]:
        """Say hello, open the channel, watch it."""
        connection, peer = self.connect(person)
        await self.says(connection, Hello(ref=1))
        await self.says(connection, Open(ref=2, name=name))
        conversation = str(peer.last(Opened).conversation)
        if watch:
            await self.says(connection, Watch(ref=3, conversation=conversation))
        return connection, peer, conversation


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub(MemoryStore(owner=ADA, inline=True), HubLimits(queue_bytes=65536))
    yield made
    await made.runner.stop()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 200_000])
def test_frames_are_read_back(size: int) -> None:
    payload = b"x" * size
    assert payloads(text_frame(payload) + PING_FRAME + text_frame(b"[]")) == [payload, b"[]"]


async def test_hello_is_answered(hub: Hub) -> None:
    connection, peer = hub.connect()
    await hub.says(connection, Hello(ref=7))
    assert peer.last(Welcome).ref == 7
    assert peer.last(Welcome).me == ADA


async def test_what_arrives_together_is_stored_and_told_together() -> None:
    store = MemoryStore(owner=ADA)
    hub = Hub(store, HubLimits())

    async def works() -> None:
        await hub.settle()
        while store.waits:
            store.step()
            await hub.settle()

    (ada, peer), (bob, other) = hub.connect(), hub.connect(Person("bob", "Bob"))
    for connection in (ada, bob):
        hub.runner.receive(connection, encode_command(Hello(ref=1)))
        await works()
        hub.runner.receive(connection, encode_command(Open(ref=2, name="room")))
        await works()
    room, before, own = peer.last(Opened).conversation, len(other.written), len(peer.written)
    for ref in (3, 4, 5):
        hub.runner.receive(ada, encode_command(Post(ref=ref, conversation=room, key=f"key-{ref:06d}", text="hi")))
    assert not store.waits  # the writer is woken once, at the end of the tick
    await hub.settle()
    store.step()
    await hub.settle()
    assert len(other.written) == before + 1
    assert len(peer.written) == own + 1  # the answers travel with it
    told = decode_frame(payloads(other.written[-1])[0])[0]
    assert [item.seq for item in told if isinstance(item, Posted)] == [3, 4, 5]
    assert [item.ref for item in peer.items if isinstance(item, Accepted)] == [3, 4, 5]
    await hub.runner.stop()


async def test_no_hello_in_time_closes(hub: Hub) -> None:
    _, silent = hub.connect()
    greeted, peer = hub.connect()
    await hub.says(greeted, Hello(ref=1))
    hub.clock.turn(11)
    assert silent.closed == (4004, "no_hello")
    assert peer.closed is None
    assert hub.runner.connections == 1


async def test_bad_frames_get_errors_and_the_connection_lives(hub: Hub) -> None:
    connection, peer = hub.connect()
    await hub.says(connection, Hello(ref=1))
    for frame, code, ref in (
        ("{", "malformed", None),
        ("[]", "malformed", None),
        (b"\xff\xfe", "malformed", None),
        ('{"t":"post","ref":9}', "malformed", 9),
        ('{"t":"dance","ref":10}', "unknown_command", 10),
    ):
        hub.runner.receive(connection, frame)
        assert (peer.last(Error).code, peer.last(Error).ref) == (code, ref)
    await hub.says(connection, Ping(ref=11))
    assert peer.last(Pong).ref == 11
    assert peer.closed is None


async def test_an_oversized_frame_is_told_and_closes(hub: Hub) -> None:
    connection, peer = hub.connect()
    await hub.says(connection, Hello(ref=1))
    hub.runner.receive(connection, '"' + "é" * (FRAME_BYTES // 2) + '"')
    assert peer.last(Error).code == "frame_too_large"
    assert str(FRAME_BYTES) in peer.last(Error).text
    assert peer.closed == (1009, "frame_too_large")
    before = len(peer.written)
    await hub.says(connection, Ping(ref=2))
    assert len(peer.written) == before


async def test_a_flood_is_told_and_closes(hub: Hub) -> None:
    connection, peer = hub.connect()
    await hub.says(connection, Hello(ref=1))
    for ref in range(2, 1200):
        hub.runner.receive(connection, encode_command(Ping(ref=ref)))
    assert peer.last(Error).code == "flood"
    assert peer.closed == (4003, "flood")


async def test_silence_brings_heartbeats_and_pings_and_the_dead_are_dropped(hub: Hub) -> None:
    connection, peer = hub.connect()
    await hub.says(connection, Hello(ref=1))
    peer.written.clear()
    hub.clock.turn(19)
    assert peer.written == []
    hub.clock.turn(12)
    assert sorted(peer.written) == sorted([HEARTBEAT_FRAME, PING_FRAME])
    hub.runner.heard(connection)
    hub.clock.turn(31)
    assert peer.aborts == 0
    hub.clock.turn(31)
    assert peer.aborts == 1
    assert hub.runner.connections == 0


async def test_a_machine_that_slept_gives_everybody_time_to_answer(hub: Hub) -> None:
    connection, peer = hub.connect()
    await hub.says(connection, Hello(ref=1))
    hub.clock.mono += 3600
    hub.clock.turn(2)
    assert peer.aborts == 0
    hub.runner.heard(connection)
    hub.clock.turn(10)
    assert peer.aborts == 0


async def test_a_slow_reader_is_closed_and_costs_the_others_nothing(hub: Hub) -> None:
    _, slow, conversation = await hub.enters(Person("slow", "Slow"), "room")
    ada, peer, _ = await hub.enters(ADA, "room")
    slow.stalled = True
    for number in range(30):
        await hub.says(ada, Post(ref=10 + number, conversation=conversation, key=f"key-{number:05d}", text="x" * 9000))
        hub.clock.turn(1)
    assert slow.closed == (4002, "slow_reader")
    assert slow.buffered < 65536 + 20_000
    assert len([item for item in peer.items if isinstance(item, Accepted)]) == 30
    assert len([item for item in peer.items if isinstance(item, Posted)]) == 30
    assert hub.runner.connections == 1


async def test_a_half_full_queue_drops_ephemeral_news_and_heals(hub: Hub) -> None:
    ada, _, conversation = await hub.enters(ADA, "room")
    _, slow, _ = await hub.enters(Person("slow", "Slow"), "room")
    slow.stalled = True
    for number in range(5):
        await hub.says(ada, Post(ref=10 + number, conversation=conversation, key=f"key-{number:05d}", text="x" * 9000))
        hub.clock.turn(1)
    slow.written.clear()
    await hub.says(ada, Type(ref=50, conversation=conversation))
    hub.clock.turn(0.3)
    assert not any(isinstance(item, Typing) for item in slow.items)
    slow.drains()
    await hub.settle()
    assert slow.last(Typing).users == ["ada"]
    assert slow.closed is None


async def test_one_failing_command_does_not_end_the_hub(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connection, peer = hub.connect()
    await hub.says(connection, Hello(ref=1))
    handle = hub.runner._core.handle

    def broken(given: Any, now: Instant) -> Any:
        if getattr(getattr(given, "command", None), "ref", None) == 13:
            raise ZeroDivisionError("in the core")
        return handle(given, now)

    monkeypatch.setattr(hub.runner._core, "handle", broken)
    await hub.says(connection, Ping(ref=13))
    assert (peer.last(Error).ref, peer.last(Error).code) == (13, "internal")
    assert "ZeroDivisionError" in caplog.text
    assert "in the core" not in peer.last(Error).text
    await hub.says(connection, Ping(ref=14))
    assert peer.last(Pong).ref == 14


async def test_the_host_reads_and_writes_beside_the_core(hub: Hub) -> None:
    outcome = hub.runner.put(PutLogin(login="cookie", person=Person("bob", "Bob")))
    assert await outcome == LoginStored(Person("bob", "Bob"))


async def test_stopping_says_bye_closes_and_stores_what_waits(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "hub.sqlite3", ADA)
    hub = Hub(store, HubLimits())
    connection, peer = hub.connect()
    outcome = asyncio.ensure_future(hub.runner.put(PutLogin(login="cookie", person=Person("bob", "Bob"))))
    await asyncio.sleep(0)
    await hub.runner.stop()
    await hub.runner.stop()
    assert peer.closed == (1001, "going_away")
    assert await outcome == LoginStored(Person("bob", "Bob"))
    hub.runner.receive(connection, b"{}")
    hub.runner.closed(connection)


async def test_the_mailbox_wakes_the_loop_once_for_all_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, seen = asyncio.get_running_loop(), list[int]()
    wakes = 0
    original = loop.call_soon_threadsafe

    def counting(*args: Any, **kwargs: Any) -> Any:
        nonlocal wakes
        wakes += 1
        return original(*args, **kwargs)

    box = Mailbox(loop, logging.getLogger("test"))
    done = asyncio.Event()

    def fill() -> None:
        for number in range(100):
            box.put(lambda number=number: seen.append(number))  # type: ignore[misc]
        box.put(lambda: 1 / 0)  # type: ignore[arg-type]
        box.put(done.set)

    monkeypatch.setattr(loop, "call_soon_threadsafe", counting)
    fill()
    await done.wait()
    assert seen == list(range(100))
    assert wakes == 1
