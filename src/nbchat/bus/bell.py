"""Bell: what wakes a hub's bus the moment another hub has written a note, so that nobody waits for the next look.

A datagram socket on the loopback; its port stands in the file of notes. Who rings says nothing: whoever hears it looks
into the file, so a ring that is lost costs what it cost without bells (the next look), and one by a stranger a look.
Hubs that do not share a loopback, as in two containers, do not hear each other, and look as before.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress

HERE = "127.0.0.1"
_RING = b"!"
_AT_ONCE = 64
"""Rings that are heard as one."""


class Bell:
    """One hub's bell.

    Attributes:
        port: what others ring.

    Example:
        >>> bell = Bell()
        >>> bell.ring([bell.port])
        >>> bell.wait(60.0)     # returns at once
        >>> bell.close()
    """

    def __init__(self) -> None:
        """Hang it up. Raises OSError where there is no loopback."""
        self._ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._hand = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._hand.setblocking(False)
        try:
            self._ear.bind((HERE, 0))
        except BaseException:
            self.close()
            raise
        self.port: int = self._ear.getsockname()[1]

    def ring(self, ports: Iterable[int]) -> None:
        """Ring these. Thread-safe; never waits, never raises."""
        for port in ports:
            with suppress(OSError):
                self._hand.sendto(_RING, (HERE, port))

    def wait(self, seconds: float) -> None:
        """Wait until it rings, at most so long; for one thread."""
        with suppress(OSError):  # nobody has rung; or Windows says that somebody whom this one rang is gone
            self._ear.settimeout(seconds)
            self._ear.recv(1)
            self._ear.settimeout(0.0)
            for _ in range(_AT_ONCE):
                self._ear.recv(1)

    def close(self) -> None:
        """Take it down."""
        self._ear.close()
        self._hand.close()
