"""How long to wait before the next attempt: full jitter between 0 and a doubling delay.

Pure: the random number is given. After the AWS Architecture Blog, "Exponential Backoff And Jitter" (2015), which found
full jitter to spread a crowd best.
"""

from __future__ import annotations

from collections.abc import Callable

from nbchat.protocol.limits import RECONNECT_BASE, RECONNECT_CAP_MAX

HASTY = 30
"""Attempts at the cap that the hub announced. It is half a second for a few clients: right for a restart, which takes
seconds, but a server that stays away should not be asked four times a second for hours."""
PATIENT_CAP = 5.0
"""Seconds: the least cap after that. Whoever looks again, or comes back to a network, does not wait for it."""


class Backoff:
    """The delays of one series of attempts.

    Args:
        jitter: a random number in [0, 1) each time.
        cap: seconds, the most that a delay can be; the hub announces one for its connections.

    Example:
        backoff = Backoff(lambda: 0.5)
        [backoff.delay() for _ in range(3)]  # [0.25, 0.5, 1.0]
    """

    def __init__(self, jitter: Callable[[], float], cap: float = RECONNECT_CAP_MAX) -> None:
        self._jitter = jitter
        self._step = RECONNECT_BASE
        self._tries = 0
        self.cap = cap

    def delay(self, floor: float = 0.0) -> float:
        """Return the seconds to wait, and double the next step; `floor` widens this one, as `bye.retry_after` asks."""
        self._tries += 1
        cap = self.cap if self._tries <= HASTY else max(self.cap, PATIENT_CAP)
        span = max(min(self._step, cap), floor)
        self._step = min(self._step * 2, RECONNECT_CAP_MAX)
        return self._jitter() * span

    def reset(self) -> None:
        """Begin a new series: the last one succeeded."""
        self._step, self._tries = RECONNECT_BASE, 0
