"""`make chaos MINUTES=10`: chapters of faults under load, each with a seed of its own, until the time is over.

    python -m chaos --minutes 10            # begins with a random seed, which it prints
    python -m chaos --seed 7 --chapters 1   # one plan again
    python -m chaos --only full_disk,kill   # some faults only

It ends at the first broken promise, with the seed and the folder in which everything is left to be looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from . import troubles
from .ending import told_end
from .world import World

FAULTS = 16
"""Faults of a chapter, which takes about a minute."""


async def chapter(seed: int, folder: Path, faults: int, only: set[str]) -> Counter[str]:
    """One seed: a world begins, things break, and in the end everybody agrees."""
    async with World(seed, folder) as world:
        await world.begin()
        kinds = [one for one in troubles.TROUBLES if not only or one.__name__ in only]
        for _ in range(faults):
            trouble = world.dice.choice(kinds)
            print(f"  {world.time.now:6.1f} {trouble.__name__}", flush=True)
            await trouble(world)
            world.report[trouble.__name__] += 1
            world.report["faults"] += 1
            world.look()
            world.check()
            await asyncio.sleep(world.dice.uniform(0.1, 0.8))
        await world.calm_down()
        return world.report


def main() -> None:
    """Run chapters until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m chaos")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--chapters", type=int, default=10**6)
    parser.add_argument("--faults", type=int, default=FAULTS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    logging.getLogger("tornado").setLevel(logging.ERROR)  # that connections break is no news here
    with told_end(f"chaos, seeds from {given.seed}"):
        total, last = _chapters(given)
        print("\n".join(f"{count:8} {what}" for what, count in sorted(total.items())))
        print(f"{total['faults']} faults, seeds {given.seed} to {last}, no promise broken")


def _chapters(given: argparse.Namespace) -> tuple[Counter[str], int]:
    """Return what was done, and the last seed."""
    end, total, seed = time.monotonic() + given.minutes * 60, Counter[str](), given.seed
    for number in range(given.chapters):
        if number and time.monotonic() > end:
            break
        seed = given.seed + number
        folder = Path(tempfile.mkdtemp(prefix=f"nbchat-chaos-{seed}-"))
        print(f"seed {seed} in {folder}, {total['faults']} faults before")
        try:
            only = {name for name in given.only.split(",") if name}
            total += asyncio.run(chapter(seed, folder, given.faults, only))
        except BaseException:
            print(f"BROKEN: seed {seed}; the logs and the data are in {folder}")
            raise
        shutil.rmtree(folder)
    return total, seed


if __name__ == "__main__":
    main()
