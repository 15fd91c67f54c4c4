"""One chapter of chaos, as `python -m chaos` plays many of them: a seed, its faults, and what must hold after them."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from . import troubles
from .world import World


async def chapter(seed: int, folder: Path, faults: int, only: set[str], **how: Any) -> Counter[str]:
    """One seed: a world begins, things break, and in the end everybody agrees; `how` the world is else."""
    async with World(seed, folder, **how) as world:
        await world.begin()
        kinds = [one for one in troubles.TROUBLES if not only or one.__name__ in only]
        for _ in range(faults):
            trouble = world.dice.choice(kinds)
            print(f"{seed:8} {world.time.now:6.1f} {trouble.__name__}", flush=True)
            await trouble(world)
            world.report[trouble.__name__] += 1
            world.report["faults"] += 1
            world.look()
            world.check()
            await asyncio.sleep(world.dice.uniform(0.1, 0.8))
        await world.calm_down()
        return world.report


def play(seed: int, faults: int, only: set[str], **how: Any) -> Counter[str]:
    """One chapter in a folder of its own, which is left where a promise was broken."""
    logging.getLogger("tornado").setLevel(logging.ERROR)  # that connections break is no news here
    folder = Path(tempfile.mkdtemp(prefix=f"nbchat-chaos-{seed}-"))
    print(f"seed {seed} in {folder}", flush=True)
    try:
        report = asyncio.run(chapter(seed, folder, faults, only, **how))
    except BaseException:
        what = traceback.format_exc()
        print(f"BROKEN: seed {seed}; the logs and the data are in {folder}\n{what}", flush=True)
        raise
    shutil.rmtree(folder)
    return report
