"""When Python looks for cycles in `nbchat serve`: seldom, and when memory has grown by what may be garbage.

A message leaves no cycle, a request or a connection that ends leaves a few. By default the collector would look through
thousands of connections again and again, while everybody waits. Left alone it would come to the oldest ones after hours
only, and keep till then what has ended. So it is asked where there are clearly more blocks of memory than after the
last time: its cost is paid by what has grown, and a hub where nothing grows pays nothing. For a process of our own;
never used inside Jupyter's, which has its own rules.
"""

from __future__ import annotations

import asyncio
import gc
import sys

EVERY = 10.0
"""Seconds between two looks at how much there is: microseconds each."""
MORE_BLOCKS = 20_000
"""So many more are looked through, about 2 MB, and at least a tenth of what there is."""


class Collector:
    """Knows how much there was when cycles were looked for last.

    Example:
        >>> collector = Collector()
        >>> collector.look()
        False
    """

    def __init__(self) -> None:
        """Take all that there is now as not worth looking at: what was imported stays for ever."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)
        self._blocks = sys.getallocatedblocks()

    def look(self) -> bool:
        """Look for cycles if there may be many. Returns whether it did."""
        blocks = sys.getallocatedblocks()
        if blocks < self._blocks + max(MORE_BLOCKS, self._blocks // 10):
            self._blocks = min(self._blocks, blocks)
            return False
        gc.collect()
        self._blocks = sys.getallocatedblocks()
        return True

    async def run(self) -> None:
        """Look now and then, until this is cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.look()
