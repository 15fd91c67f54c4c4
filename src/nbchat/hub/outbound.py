"""What leaves the hub on one connection: WebSocket frames as bytes, and the bounded queue in front of a slow reader.

Pure: it calls a `Peer`, which the host implements over a socket and a test over a list. Never decides what is said to
whom (the core does), nor when (the runner does). The framing is RFC 6455, section 5.2: a server's frames are never
masked, so the bytes of one frame serve every connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from nbchat.protocol.limits import HEARTBEAT


class Peer(Protocol):
    """One open WebSocket, as the runner needs it. No method raises, blocks, or calls back before it returns."""

    @property
    def buffered(self) -> int:
        """Bytes that were written and that the operating system has not taken yet."""
        ...

    def write(self, data: bytes) -> None:
        """Send whole frames; ignored once the socket is gone."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after all that was written, then end within seconds, whatever the other side does."""
        ...

    def abort(self) -> None:
        """End at once: nobody is there."""
        ...

    def when_drained(self, then: Callable[[], None]) -> None:
        """Call `then` once, when `buffered` is 0 again; never, if the socket goes first."""
        ...


def text_frame(payload: bytes) -> bytes:
    """One whole unmasked text frame. The three forms of the length are those of RFC 6455, 5.2."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


HEARTBEAT_FRAME = text_frame(b"[]")
"""The empty array: what a page's script can see, unlike a ping."""
PING_FRAME = b"\x89\x00"
"""What a browser answers by itself, also for a tab that sleeps."""


class Outbound:
    """The way out to one connection.

    Attributes:
        lossy: whether it missed ephemeral news and must be told the current state once its queue is empty.
    """

    __slots__ = ("_asked", "_beat", "_heard", "_limit", "_peer", "_spoke", "lossy")

    def __init__(self, peer: Peer, *, limit: int, now: float, beat: float = HEARTBEAT) -> None:
        """Begin with an empty queue.

        Args:
            peer: the socket.
            limit: bytes that may wait; above it the reader is too slow (`limits.QUEUE_BYTES`).
            now: seconds, monotonic.
            beat: seconds of silence before a heartbeat; hosts spread it by 20 %, so that thousands do not beat
                together.
        """
        self._peer, self._limit, self._beat = peer, limit, beat
        self._spoke = self._heard = now
        self._asked: float | None = None
        self.lossy = False

    @property
    def empty(self) -> bool:
        """Whether all that was written has left."""
        return self._peer.buffered == 0

    @property
    def buffered(self) -> int:
        """Bytes that wait."""
        return self._peer.buffered

    @property
    def skips_ephemeral(self) -> bool:
        """Whether so much waits that only durable news is worth its place."""
        return self._peer.buffered * 2 > self._limit

    def write(self, frames: bytes, now: float) -> bool:
        """Send whole frames; False where more waits than may wait, and nothing was sent.

        Asked before, not after: what one decision causes is never cut in two.
        """
        peer = self._peer
        if peer.buffered > self._limit:
            return False
        self._spoke = now
        peer.write(frames)
        return True

    def missed(self, drained: Callable[[], None]) -> None:
        """Ephemeral news was left out: `drained` is called once the queue is empty."""
        if not self.lossy:
            self.lossy = True
            self._peer.when_drained(drained)

    def when_empty(self, then: Callable[[], None]) -> None:
        """Have `then` called once all that was written has left."""
        self._peer.when_drained(then)

    def heard(self, now: float) -> bool:
        """Something came from the other side, if only the answer to a ping. Returns whether a ping had asked for it."""
        self._heard, was_asked = now, self._asked is not None
        self._asked = None
        return was_asked

    def beat(self, now: float) -> bool:
        """Do what silence asks for: a heartbeat, or a ping to whom nothing came from.

        Returns:
            Whether anybody is there still: False once a ping stayed without an answer for as long as another
            heartbeat. Counted from the ping, not from the last news, so that a machine that slept gives everybody the
            time to answer.
        """
        if self._asked is not None and now - self._asked >= self._beat:
            return False
        if self._asked is None and now - self._heard >= self._beat:
            self._asked = now
            self._peer.write(PING_FRAME)
        if now - self._spoke >= self._beat:
            self.write(HEARTBEAT_FRAME, now)
        return True

    def close(self, code: int, reason: str) -> None:
        """Say goodbye with a row of `codes.CLOSES`."""
        self._peer.close(code, reason)

    def abort(self) -> None:
        """Nobody is there: end at once."""
        self._peer.abort()
