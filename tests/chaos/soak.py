"""`make soak MINUTES=60`: two hubs under load that live on all the time; their memory and file handles stay flat.

People talk, connections are cut, stall and come back, but no process ends. A row a minute; at the end the medians of
the second and of the last fifth are compared: the first is warming up. The last line says how it ended, and the row
before which troubles there were since the one before it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
from kit.ending import told_end
from kit.faults import handles, memory

from . import troubles
from .world import World

TROUBLES: tuple[troubles.Trouble, ...] = (
    *(
        troubles.cut,
        troubles.half_open,
        troubles.shuffle,
        troubles.stall,
        troubles.slow,
        troubles.crowd,
        troubles.double,
    ),
    *(troubles.two_tabs, troubles.restart_client),
)
ROOM = "1g"
"""Of the disk: for a day of messages. A full one is a fault of its own."""
GROWTH = 1.15
"""The last fifth may have so many times the memory of the second: what is left is the history in the page cache of
SQLite and pieces that the allocator keeps."""

ROWS, FEWEST = 15, 5
"""Of a short soak, and of any: with fewer there is no second and no last fifth."""


async def soak(seconds: float, every: float, seed: int, folder: Path) -> list[tuple[int, int]]:
    """Load for so long; returns (bytes, handles) of each hub's sum at each look."""
    rows: list[tuple[int, int]] = []
    async with World(seed, folder, room=ROOM) as world:
        await world.begin()
        began, end = time.monotonic(), time.monotonic() + seconds
        due, done = began + every, Counter[str]()
        while time.monotonic() < end:
            trouble = world.dice.choice(TROUBLES)
            done[trouble.__name__] += 1
            await trouble(world)
            world.look()
            await asyncio.sleep(world.dice.uniform(1.0, 5.0))
            if time.monotonic() >= due:
                due += every
                rows.append((sum(map(memory, world.hubs)), sum(map(handles, world.hubs))))
                _print_row(world, (time.monotonic() - began) / 60, rows[-1], done)
                done = Counter()
        world.check()
        print(f"{sum(len(one.settled) for one in world.members)} acknowledged messages are in the store, each once")
    return rows


def _print_row(world: World, minutes: float, row: tuple[int, int], done: Counter[str]) -> None:
    settled, clients = sum(len(one.settled) for one in world.members), psutil.Process().memory_info().rss
    hubs = f"{row[0] / 2**20:8.1f} MiB {row[1]:5} handles {settled:8} messages"
    load, what = os.getloadavg()[0], " ".join(f"{name} {count}" for name, count in sorted(done.items()))
    print(f"{minutes:7.1f} min {hubs}; clients {clients / 2**20:6.1f} MiB, load {load:4.1f}; {what}")


def main() -> None:
    """Run, print, and fail where something grew."""
    parser = argparse.ArgumentParser(prog="python -m chaos.soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--every", type=float, help="seconds between two rows; 60, or less in a short one")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    logging.getLogger("tornado").setLevel(logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix=f"nbchat-soak-{given.seed}-"))
    with told_end(f"soak, seed {given.seed} in {folder}"):
        seconds = given.minutes * 60
        rows = asyncio.run(soak(seconds, given.every or min(60.0, seconds / ROWS), given.seed, folder))
        if len(rows) < FEWEST:
            raise SystemExit(f"too short to say whether anything grows: {len(rows)} rows, {FEWEST} are needed")
        fifth = max(1, len(rows) // 5)
        (was, held), (now, holds) = _median(rows[fifth : 2 * fifth]), _median(rows[-fifth:])
        print(
            f"second fifth: {was / 2**20:.1f} MiB, {held:.0f} handles; last: {now / 2**20:.1f} MiB, {holds:.0f} handles"
        )
        if now > was * GROWTH or holds > held + 4:
            raise SystemExit("memory or handles have grown")


def _median(rows: list[tuple[int, int]]) -> tuple[float, float]:
    return statistics.median(row[0] for row in rows), statistics.median(row[1] for row in rows)


if __name__ == "__main__":
    main()
