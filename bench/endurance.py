"""The rows of one hub alone: what a connection weighs, long histories, coming back, a reader that does not read."""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

from kit.filling import fill
from kit.servers import Server

from bench import targets
from bench.figures import Figure
from bench.generator import LoadFailed, Phase, run
from bench.targets import HELLO, channel, extension, joins, posts, reach, returns, standalone, writes
from bench.texts import texts
from bench.visitor import Item, Visitor

Tell = Callable[[str], None]
IDLE, MOST = 1_000, 5_000
MEMBERS = 1_000
STALL = ("rate:225:0:2", "rate:20:1:5")
"""Fill what the kernel keeps; measure."""
AFTER = ("idle:0:0:1", "closed:64:0:4")
"""Let the hub be asked; see what it keeps at most."""
STORM, PEOPLE = 2_000, 100
ACKNOWLEDGED = 40
"""Messages, before the hub is killed among the next eight."""
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
    """One of a thousand does not read: what the others notice while the hub keeps bytes for it, and how many these are.

    Its end of the connection takes next to nothing (`load.c`): else the kernel would keep megabytes, and the hub
    nothing. What counts is measured after so many messages that some wait in the hub, if they still wait at the end.
    """
    late: dict[int, list[float]] = {0: [], 1: []}
    waited, more = list[float](), 0.0
    for number, count in itertools.product(range(3), (0, 1)):
        tell(f"a stalled reader, round {number + 1}: {count}")
        with standalone() as server:
            measured, waiting = _beside(server, count)
        late[count].append(measured[1].p99_ms)
        if count:
            waited += waiting[:2]
            more = max(more, (measured[-1].end_bytes - measured[1].end_bytes) / 1e6)
    if min(waited):
        times = statistics.median(late[1]) / statistics.median(late[0])
        yield Figure(f"a stalled reader among {MEMBERS:,}: p99 of the others, times that without", times, "x", 1.2)
    least = min(waited) / 1e3
    yield Figure("a stalled reader: what waits for it in the hub meanwhile, at least", least, "kB", 1, at_least=True)
    yield Figure("a stalled reader: memory that the hub takes with 64 messages on their way", more, "MB")


def _beside(server: Server, stalling: int) -> tuple[list[Phase], list[float]]:
    """The phases, and the bytes that waited for the slowest reader at the end of each."""
    arguments = [*reach(server), *posts(channel(server)), "--n", str(MEMBERS), "--stalled", str(stalling)]
    waiting = list[float]()
    phases = (*STALL, *AFTER) if stalling else STALL
    measured = run(arguments, phases, targets.CORES[1], lambda: waiting.append(_waiting(server)))
    if any(one.missing for one in measured):
        raise LoadFailed("deliveries to those who read were lost")
    return measured, waiting


def _waiting(server: Server) -> float:
    """Bytes that wait for the slowest reader, as the hub itself says."""
    asked = Request(f"http://127.0.0.1:{server.port}/metrics", headers={"Authorization": f"token {server.token}"})
    with urlopen(asked, timeout=10) as answer:  # noqa: S310 - ours, over http
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("nbchat_queue_bytes_max "))


def storm(tell: Tell) -> Iterator[Figure]:
    """A hub is killed while somebody writes; all clients come back at once, without the pauses that real ones make.

    Each says what it had before, and is ready once it has the newest message. Everything that was acknowledged before
    the kill has to be among what each is given.
    """
    tell(f"{STORM} clients after a restart")
    with standalone() as server, tempfile.TemporaryDirectory(prefix="nbchat-bench-") as folder:
        room = channel(server)
        people = reach(server, "@H@")
        run([*people, *joins(room), "--n", str(PEOPLE)], ["idle:0:0:0.1"], targets.CORES[1])
        position, stored = asyncio.run(_cut_off(server, room))
        server.restart()
        targets.pin(server.pid)
        last = asyncio.run(_one_more(server, room))
        wanted = Path(folder) / "wanted"
        wanted.write_text("\n".join([*stored, last]))
        arguments = [*people, *returns(room, position, last), *writes(room), "--wanted", str(wanted)]
        arguments += ["--n", str(STORM), "--window", str(STORM)]
        after = run(arguments, ["closed:8:0:1"], targets.CORES[1])[0]
    yield Figure(f"{STORM:,} clients come back at once after a kill: all have everything", after.connecting, "s", 10)
    told = f"{len(stored)} messages acknowledged before the kill, times {STORM:,} clients: not there after it"
    yield Figure(told, after.lacking, "", 0)
    yield Figure("deliveries that were lost after it", after.missing, "", 0)


async def _cut_off(server: Server, room: str) -> tuple[list[object], list[str]]:
    """Write with eight on their way and kill the hub; returns where readers stood before, and what was acknowledged."""
    writer = await Visitor.connects(server, "Writer")
    position = await writer.joins(room, "session")
    said, stored = dict[str, str](), list[str]()

    async def write() -> None:
        key, text = f"before-{len(said):06}", f"said-{os.urandom(8).hex()}"
        said[key] = text
        # At the end, where no preview of the list has it.
        post = {"t": "post", "ref": 4, "conversation": room, "key": key, "text": text.rjust(targets.SIZE, "x")}
        await writer.says(post)

    for _ in range(8):
        await write()
    # Also what was acknowledged when the kill was on its way counts.
    while (items := await writer.hears()) is not None:
        for one in items:
            if one["t"] == "accepted":
                stored.append(said[str(one["key"])])
                if len(stored) == ACKNOWLEDGED:
                    server.kill()
                elif len(stored) < ACKNOWLEDGED:
                    await write()
    return position, stored


async def _one_more(server: Server, room: str) -> str:
    writer = await Visitor.connects(server, "Writer")
    await writer.asks({"t": "hello", "ref": 1, "kind": "session"}, "welcome")
    text = f"said-{os.urandom(8).hex()}"
    post: Item = {
        "t": "post",
        "ref": 4,
        "conversation": room,
        "key": "after-000000",
        "text": text.rjust(targets.SIZE, "x"),
    }
    await writer.asks(post, "accepted")
    writer.leaves()
    return text


# ------------------------------------------------------------------------------------------------------- one by one


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
    await writer.joins(room, "session")
    reader = await Visitor.connects(server, "Reader")
    position = await reader.joins(room)
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
