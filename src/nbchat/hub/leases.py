"""When the lease of a hub among several holds, by a wall clock that people and programs set. Pure; times are ms UTC.

A lease is a row that says until when its hub is there. A clock that was set forward ends all of them at once, one that
was set back leaves those of hubs that are gone standing for hours. So a hub looks at its own at each occasion and says
it anew where the clock has left it behind, and takes for standing only what the clock of now could have given.
"""

from __future__ import annotations

from nbchat.protocol.limits import LEASE

LEASE_MS = int(LEASE * 1000)


def until(now: int) -> int:
    """Return until when a lease holds that is given now."""
    return now + LEASE_MS


def holds(until: int, now: int) -> bool:
    """Whether a lease holds.

    Example:
        >>> holds(until(0), 1), holds(until(0), LEASE_MS + 1), holds(until(3_600_000), 0)
        (True, False, False)
    """
    return now < until <= now + LEASE_MS
