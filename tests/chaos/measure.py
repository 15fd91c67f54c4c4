"""Two figures of docs/reliability.md, with what makes them: `python -m chaos.measure crossing` and `… storm`.

crossing: how long a message, and the news that somebody types, takes from one hub to the readers of another.
storm: 2,000 clients on one hub that is killed and started again, until every one of them has everything.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from kit.faults import aside, killed
from sim.clients import Client

from nbchat.protocol import messages as m

from .members import Door
from .world import World

MESSAGES = 200
PERSONS = 100
"""Of whom each has as many clients as it takes: a hub lets a person have 100 sessions."""
MISSED = 100
"""Messages that are written while the hub comes back."""


async def crossing(folder: Path) -> None:
    """Post and type at one hub, and look when it is seen at the other."""
    async with World(1, folder, hubs=2) as world:
        writer = world.member("writer", "Ada", "session", world.doors[:1])
        reader = world.member("reader", "Bob", "page", world.doors[1:])
        [room] = await _open(world, [writer, reader])
        for one in (writer, reader):
            one.watch(room)
        await world.until(lambda: reader.link.state.conversations[room].watched, "the reader sees the room")
        said, typed = list[float](), list[float]()
        for n in range(MESSAGES):
            cursor, began = reader.link.state.conversations[room].cursor, time.perf_counter()
            writer.post(room, f"message {n}")
            await _soon(lambda c=cursor: reader.link.state.conversations[room].cursor > c)
            said.append(time.perf_counter() - began)
            active, began = n % 2 == 0, time.perf_counter()
            writer.ask(m.Type(ref=0, conversation=room, active=active))
            await _soon(lambda on=active: bool(reader.link.state.conversations[room].typing) == on)
            typed.append(time.perf_counter() - began)
        for what, times in (("message", said), ("typing", typed)):
            print(f"{what:8} p50 {_ms(times, 50)} p95 {_ms(times, 95)} most {max(times) * 1000:6.1f} ms")


async def storm(folder: Path, clients: int) -> None:
    """Many clients, SIGKILL, restart; all of them must come back and have what was written meanwhile."""
    async with World(1, folder, hubs=1, patience=180.0) as world:
        doors: list[Door] = [_Straight(world.hubs[0].port)]
        many = [world.member(f"c{n}", f"Person {n % PERSONS}", "session", doors) for n in range(clients)]
        [room] = await _open(world, many)
        print(f"{clients} clients are there after {world.time.now:.1f} s", flush=True)
        async with aside(killed(world.hubs[0])):
            for n in range(MISSED):
                many[n % len(many)].post(room, f"written in the storm, {n}")
        began = world.time.now
        await world.until(lambda: all(one.idle for one in many), "all are back and have sent what they had")
        last = max(one.link.state.conversations[room].cursor for one in many)
        await world.until(lambda: _cursors(many, room) == {last}, "all have everything")
        print(f"all have everything {world.time.now - began:.1f} s after the restart", flush=True)
        world.check()


class _Straight:
    """A door that is the hub itself: a proxy would be what is measured."""

    def __init__(self, port: int) -> None:
        self.port = port


async def _open(world: World, clients: Sequence[Client]) -> list[str]:
    world.members += clients  # type: ignore[arg-type]
    await world.until(lambda: all(one.live for one in clients), "everybody is there")
    for one in clients:
        one.ask(m.Open(ref=0, name="storm"))
    await world.until(lambda: all(one.link.state.conversations for one in clients), "everybody is in the room")
    return list(clients[0].link.state.conversations)


def _cursors(clients: Sequence[Client], room: str) -> set[int]:
    return {one.link.state.conversations[room].cursor for one in clients}


async def _soon(condition: object) -> None:
    deadline = time.perf_counter() + 20
    while not condition():  # type: ignore[operator]
        assert time.perf_counter() < deadline, "it never came"
        await asyncio.sleep(0.0005)


def _ms(times: list[float], percent: int) -> str:
    return f"{statistics.quantiles(times, n=100)[percent - 1] * 1000:6.1f} ms"


def main() -> None:
    """Measure one of the two."""
    parser = argparse.ArgumentParser(prog="python -m chaos.measure")
    parser.add_argument("what", choices=("crossing", "storm"))
    parser.add_argument("--clients", type=int, default=2000)
    given = parser.parse_args()
    logging.getLogger("tornado").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="nbchat-measure-") as place:
        folder = Path(place)
        asyncio.run(crossing(folder) if given.what == "crossing" else storm(folder, given.clients))


if __name__ == "__main__":
    main()
