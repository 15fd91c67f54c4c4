"""The rows of one hub alone: what a connection weighs, long histories, coming back, a reader that does not read."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from kit.filling import fill
from kit.servers import Server
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from bench import targets
from bench.figures import Figure
from bench.generator import Phase, run
from bench.targets import HELLO, channel, extension, posts, reach, standalone
from bench.texts import texts

Tell = Callable[[str], None]
Item = dict[str, object]
IDLE, MOST = 1_000, 5_000
MEMBERS = 1_000
STORM = 2_000
MISSED = 300
TIMES = 9
"""Times that a single thing is done; the median counts."""


def weights(tell: Tell) -> Iterator[Figure]:
    """Memory of a connection that has said hello and joined, with nothing to do."""
    for name, start, limit in (("nbchat serve", standalone, 16), ("nbchat in JupyterLab", extension, 24)):
        tell(f"{IDLE} idle connections: {name}")
        with start() as server:
            phase = _idle(server, IDLE)
            yield Figure(f"{name}: memory of an idle connection, {IDLE:,} of them", _each(phase), "KiB", limit)
    tell(f"{MOST} idle connections")
    with standalone() as server:
        phase = _idle(server, MOST)
        yield Figure(f"nbchat serve: memory of an idle connection, {MOST:,} of them", _each(phase), "KiB", 16)
        yield Figure(f"nbchat serve: {MOST:,} connections, all of them ready", phase.connecting, "s")
        busy = 100 * phase.server_cpu
        yield Figure(f"nbchat serve: processor while {MOST:,} connections are idle", busy, "% of a core")


def _idle(server: Server, count: int) -> Phase:
    hello = ["--step", f"send:{HELLO}", "--step", 'expect:"welcome"']
    return run([*reach(server), *hello, "--n", str(count)], ["idle:0:1:3"], targets.CORES[1])[0]


def _each(phase: Phase) -> float:
    return (phase.end_bytes - phase.idle_bytes) / phase.clients / 1024


def stalled(tell: Tell) -> Iterator[Figure]:
    """One of a thousand does not read: what the others notice, and what the hub keeps for it."""
    late: dict[int, list[float]] = {0: [], 1: []}
    more = 0.0
    for number, count in itertools.product(range(3), (0, 1)):
        tell(f"a stalled reader, round {number + 1}: {count}")
        with standalone() as server:
            arguments = [*reach(server), *posts(channel(server)), "--n", str(MEMBERS), "--stalled", str(count)]
            first, last = run(arguments, ["rate:20:1:3", "closed:64:0:4"], targets.CORES[1])
            late[count].append(first.p99_ms)
            more = max(more, (last.end_bytes - first.end_bytes) / 1e6 if count else 0)
    with_one, without = statistics.median(late[1]), statistics.median(late[0])
    times = with_one / without
    yield Figure(f"a stalled reader among {MEMBERS:,}: p99 of the others, times that without", times, "x", 1.2)
    yield Figure("a stalled reader: memory that the hub takes meanwhile", more, "MB")


def storm(tell: Tell) -> Iterator[Figure]:
    """All clients of a hub that was killed and started again come at once, without the pauses that real ones make."""
    tell(f"{STORM} clients after a restart")
    with standalone() as server:
        room = channel(server)
        arguments = [*reach(server, "@H@"), *posts(room), "--n", str(STORM), "--window", str(STORM // 10)]
        before = run(arguments, ["closed:8:0:1"], targets.CORES[1])[0]
        server.kill()
        server.restart()
        targets.pin(server.pid)
        arguments = [*reach(server, "@H@"), *posts(room), "--n", str(STORM), "--window", str(STORM)]
        after = run(arguments, ["closed:8:0:1"], targets.CORES[1])[0]
    yield Figure(f"{STORM:,} clients come back at once after a kill: all of them ready", after.connecting, "s", 10)
    yield Figure("deliveries that were lost before or after", before.missing + after.missing, "", 0)


# ------------------------------------------------------------------------------------------------------- one by one


class Visitor:
    """One connection, asked from here; counts what comes."""

    def __init__(self, line: WebSocketClientConnection) -> None:
        self._line, self.bytes = line, 0

    @classmethod
    async def connects(cls, server: Server, name: str) -> Visitor:
        """Open the socket as somebody."""
        headers = {"Authorization": f"token {server.token}", "X-Nbchat-Name": name}
        url = f"ws://127.0.0.1:{server.port}/nbchat/ws"
        return cls(await websocket_connect(HTTPRequest(url, headers=headers)))

    async def asks(self, command: Item, answer: str, *, also: int = 0) -> tuple[float, list[Item]]:
        """Send, and read until this kind of item (or an event with this seq) has come; ms, and what came."""
        began, items = time.perf_counter(), list[Item]()
        await self._line.write_message(msgspec.json.encode(command))
        while not any(one["t"] == answer and (not also or one.get("seq") == also) for one in items):
            frame = await asyncio.wait_for(self._line.read_message(), 60)
            if frame is None:
                raise RuntimeError("the hub closed the connection")
            self.bytes += len(frame)
            items += msgspec.json.decode(frame)
        return 1e3 * (time.perf_counter() - began), items

    def leaves(self) -> None:
        """Hang up."""
        self._line.close()


def history(count: int, tell: Tell) -> Iterator[Figure]:
    """A conversation with so many messages, beside an empty one: connecting, paging back, posting."""
    with tempfile.TemporaryDirectory(prefix="nbchat-bench-") as folder:
        data = Path(folder) / "data"
        tell(f"filling {count:,} messages")
        fill(data / "hub.sqlite3", {"long": count, "empty": 0}, texts(count, None))
        with standalone(data=data) as server:
            tell("connecting and paging back")
            yield from asyncio.run(_opened(server, count))
            tell("posting")
            yield from _posting(server, count)


async def _opened(server: Server, count: int) -> list[Figure]:
    first, back, sizes, pages = list[float](), list[float](), list[int](), list[int]()
    for _ in range(TIMES):
        visitor = await Visitor.connects(server, "Reader")
        began = time.perf_counter()
        await visitor.asks({"t": "hello", "ref": 1, "kind": "page"}, "welcome")
        await visitor.asks({"t": "watch", "ref": 2, "conversation": "long"}, "done")
        first.append(1e3 * (time.perf_counter() - began))
        sizes.append(visitor.bytes)
        asked: Item = {"t": "history", "ref": 3, "conversation": "long", "before": count // 2, "limit": 50}
        ms, _ = await visitor.asks(asked, "page")
        back.append(ms)
        pages.append(visitor.bytes - sizes[-1])
        visitor.leaves()
    return [
        Figure(f"{count:,} messages: hello until the first screen", statistics.median(first), "ms", 20),
        Figure(f"{count:,} messages: on the wire for that", max(sizes) / 1e3, "kB", 64),
        Figure(f"{count:,} messages: a page from the middle", statistics.median(back), "ms", 20),
        Figure(f"{count:,} messages: on the wire for that page", max(pages) / 1e3, "kB", 64),
    ]


def _posting(server: Server, count: int) -> Iterator[Figure]:
    """Processor time, since that is what a long history would cost."""
    costs: dict[str, list[float]] = {"empty": [], "long": []}
    for _ in range(5):
        for conversation, taken in costs.items():
            arguments = [*reach(server), *posts(conversation), "--n", "10"]
            taken.append(run(arguments, ["closed:8:0.3:1.5"], targets.CORES[1])[0].cpu_per_million)
    ratio = statistics.median(costs["long"]) / statistics.median(costs["empty"])
    yield Figure(f"{count:,} messages: cost of one more, times that in an empty conversation", ratio, "x", 1.1)


def resume(tell: Tell) -> Iterator[Figure]:
    """Who was away while 300 messages came says hello again."""
    tell("resume")
    with standalone() as server:
        yield from asyncio.run(_resumed(server, channel(server)))


async def _resumed(server: Server, room: str) -> list[Figure]:
    writer = await Visitor.connects(server, "Writer")
    await writer.asks({"t": "hello", "ref": 1, "kind": "session"}, "welcome")
    await writer.asks({"t": "join", "ref": 2, "conversation": room}, "done")
    reader = await Visitor.connects(server, "Reader")
    await reader.asks({"t": "hello", "ref": 1, "kind": "page"}, "welcome")
    await reader.asks({"t": "join", "ref": 2, "conversation": room}, "done")
    _, items = await reader.asks({"t": "watch", "ref": 3, "conversation": room}, "done")
    snapshot = next(one for one in items if one["t"] == "snapshot")
    position = _position(snapshot)
    reader.leaves()
    last = 0
    for number in range(MISSED):
        text = f"message {number} of those that were missed, long enough to be one that somebody wrote".ljust(120, ".")
        post = {"t": "post", "ref": 4, "conversation": room, "key": f"missed-{number:06}", "text": text}
        _, items = await writer.asks(post, "accepted")
        last = next(int(str(one["seq"])) for one in items if one["t"] == "accepted")
    took = list[float]()
    for _ in range(TIMES):
        reader = await Visitor.connects(server, "Reader")
        hello = {"t": "hello", "ref": 1, "kind": "page", "resume": {"watched": {room: position}}}
        ms, items = await reader.asks(hello, "posted", also=last)
        took.append(ms)
        if sum(one["t"] == "posted" for one in items) != MISSED:
            raise RuntimeError("a message was not among those that were resumed")
        reader.leaves()
    middle = statistics.median(took)
    return [Figure(f"resume after {MISSED} missed messages: hello until all are there", middle, "ms", 50)]


def _position(snapshot: Item) -> list[object]:
    summary = snapshot["summary"]
    if not isinstance(summary, dict):
        raise TypeError("a snapshot without a summary")
    return [summary["epoch"], snapshot["as_of"]]
