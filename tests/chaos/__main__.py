"""`make chaos MINUTES=10`: chapters of faults under load, each with a seed of its own, until the time is over.

    python -m chaos --minutes 10            # begins with a random seed, which it prints
    python -m chaos --seed 7 --chapters 1   # one plan again
    python -m chaos --only full_disk,kill   # some faults only
    python -m chaos --total 1000 --beside 3 --minutes 120

It ends at the first broken promise, with the seed and the folder in which everything is left to be looked at. Each
chapter is a process of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from kit.ending import told_end

from .chapters import play

Play = Callable[..., "Counter[str]"]
"""As `chapters.play`."""
FAULTS = 16
"""Faults of a chapter, which takes about a minute."""


def main() -> None:
    """Run chapters until the time is over, or enough was broken."""
    parser = argparse.ArgumentParser(prog="python -m chaos")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--total", type=int, default=10**6, help="end when there were so many faults")
    parser.add_argument("--chapters", type=int, default=10**6)
    parser.add_argument("--faults", type=int, default=FAULTS, help="of a chapter")
    parser.add_argument("--beside", type=int, default=1, help="chapters at the same time, each with hubs of its own")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", default="")
    parser.add_argument("--hubs", type=int, default=2, help="on one data directory")
    parser.add_argument("--busy", type=float, default=0.6, help="seconds in which everybody does something, at most")
    given = parser.parse_args()
    with told_end(f"chaos, seeds from {given.seed}"):
        total, last = chapters(given, play)
        print("\n".join(f"{count:8} {what}" for what, count in sorted(total.items())))
        print(f"{total['faults']} faults, seeds {given.seed} to {last}, no promise broken")


def chapters(given: argparse.Namespace, play: Play) -> tuple[Counter[str], int]:
    """Return what was done, and the last seed. The first broken promise ends it, after the chapters that run."""
    end, total, seed = time.monotonic() + given.minutes * 60, Counter[str](), given.seed - 1
    only = {name for name in given.only.split(",") if name}
    running: set[Future[Counter[str]]] = set()
    with ProcessPoolExecutor(given.beside, multiprocessing.get_context("spawn")) as pool:
        while True:
            enough = time.monotonic() > end or total["faults"] + len(running) * given.faults >= given.total
            more = (seed < given.seed or not enough) and seed + 1 < given.seed + given.chapters
            if more and len(running) < given.beside:
                seed += 1
                running.add(pool.submit(play, seed, given.faults, only, hubs=given.hubs, busy=given.busy))
            elif running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for one in done:
                    total += one.result()
                    print(f"{total['faults']} faults by now", flush=True)
            else:
                return total, seed


if __name__ == "__main__":
    main()
