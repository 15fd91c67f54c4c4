"""Token buckets: how often somebody may send, and how many frames a connection may hand in.

Pure: the time is an argument. Never decides what happens when a bucket is empty; the core answers `slow` or closes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nbchat.protocol.limits import Rate

Owner = tuple[str, str]
"""A user id and what the bucket is for: a kind of connection that sends, or `changes`."""


@dataclass
class Bucket:
    """A token bucket: it fills with `rate.rate` tokens a second up to `rate.burst`; each use takes one.

    Example:
        >>> bucket = Bucket(Rate(5.0, 1), tokens=1.0, at=0.0)
        >>> bucket.take(now=0.0), bucket.take(now=0.0)
        (0.0, 0.2)
    """

    rate: Rate
    tokens: float
    at: float

    def take(self, now: float) -> float:
        """Take one token and return 0.0, or return the seconds until there is one and take nothing."""
        self._fill(now)
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) / self.rate.rate

    def full(self, now: float) -> bool:
        """Whether nothing is owed any more, so that a new bucket would be the same."""
        self._fill(now)
        return self.tokens >= self.rate.burst

    def _fill(self, now: float) -> None:
        if now > self.at:
            self.tokens = min(float(self.rate.burst), self.tokens + (now - self.at) * self.rate.rate)
            self.at = now


@dataclass
class Buckets:
    """One bucket for each owner; they outlive connections, so reconnecting refills nothing."""

    _buckets: dict[Owner, Bucket] = field(default_factory=dict)
    _sweep_at: int = 1_000

    def take(self, owner: Owner, rate: Rate, now: float) -> float:
        """Take a token from the owner's bucket; see `Bucket.take`."""
        bucket = self._buckets.get(owner)
        if bucket is None:
            bucket = self._buckets[owner] = Bucket(rate, float(rate.burst), now)
            self._sweep(now)
        return bucket.take(now)

    def _sweep(self, now: float) -> None:
        """Forget full buckets once the number has doubled: bounded memory at a constant cost for each new one."""
        if len(self._buckets) <= self._sweep_at:
            return
        newest = next(reversed(self._buckets))
        self._buckets = {owner: one for owner, one in self._buckets.items() if owner == newest or not one.full(now)}
        self._sweep_at = max(1_000, 2 * len(self._buckets))
