"""How often a link says what may be said seldom: typing, read markers and acknowledgements.

Pure, part of the link: both classes keep what is to be said and when, and say nothing themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nbchat.protocol.limits import RECEIPTS_EVERY, TYPING_EVERY, TYPING_IDLE
from nbchat.protocol.messages import Ack, AnyCommand, Read

Place = tuple[str, int | None]
"""A conversation, or the thread with this root in it."""


@dataclass
class _Stroke:
    said: float
    idle: float


class Typist:
    """What the hub was told about one's own typing, in each place."""

    def __init__(self) -> None:
        self._strokes: dict[Place, _Stroke] = {}

    def key(self, place: Place, now: float) -> bool:
        """A key was struck. Returns whether "typing" is to be said: at most every TYPING_EVERY."""
        stroke = self._strokes.get(place)
        if stroke is not None and now - stroke.said < TYPING_EVERY:
            stroke.idle = now + TYPING_IDLE
            return False
        self._strokes[place] = _Stroke(now, now + TYPING_IDLE)
        return True

    def stop(self, place: Place) -> bool:
        """Forget it, because it stopped or was posted. Returns whether "typing" had been said."""
        return self._strokes.pop(place, None) is not None

    def idle(self, now: float) -> list[Place]:
        """Forget and return the places in which no key was struck for TYPING_IDLE."""
        quiet = [place for place, stroke in self._strokes.items() if stroke.idle <= now]
        for place in quiet:
            del self._strokes[place]
        return quiet

    def due(self) -> float | None:
        """Return when `idle` may have something next."""
        return min((stroke.idle for stroke in self._strokes.values()), default=None)

    def clear(self) -> None:
        """The connection is gone, and with it what the hub was told."""
        self._strokes.clear()


@dataclass
class Marks:
    """Read markers and acknowledgements for the hub, at most every RECEIPTS_EVERY; they outlive a connection."""

    reads: dict[Place, int] = field(default_factory=dict)
    acks: dict[str, int] = field(default_factory=dict)
    _told: dict[Place, int] = field(default_factory=dict)
    """Markers that the hub was told on this connection, and has not said back yet."""
    _next: float = float("-inf")

    def read(self, place: Place, seq: int) -> None:
        """Have a read marker told; only the highest counts."""
        self.reads[place] = max(seq, self.reads.get(place, 0))

    def ack(self, conversation: str, seq: int) -> None:
        """Have it told that all up to seq has come here."""
        self.acks[conversation] = max(seq, self.acks.get(conversation, 0))

    def again(self, command: AnyCommand) -> None:
        """Have told once more what was in flight when the connection broke, or what the hub could not store."""
        if isinstance(command, Read):
            self.read((command.conversation, command.thread), command.seq)
        elif isinstance(command, Ack):
            for conversation, seq in command.cursors.items():
                self.ack(conversation, seq)

    def take(self, now: float, *, hurry: bool = False) -> tuple[dict[Place, int], dict[str, int]]:
        """Return what is to be told now, reads and acknowledgements; empty when it is too early, unless in a hurry."""
        if (now < self._next and not hurry) or not (self.reads or self.acks):
            return {}, {}
        reads, acks, self.reads, self.acks = self.reads, self.acks, {}, {}
        self._told.update(reads)
        self._next = now + RECEIPTS_EVERY
        return reads, acks

    def due(self) -> float | None:
        """Return when `take` may have something next."""
        return self._next if self.reads or self.acks else None

    def ahead(self) -> list[tuple[Place, int]]:
        """Return the markers of which the hub may not know yet."""
        return [*self._told.items(), *self.reads.items()]

    def heard(self, place: Place, seq: int) -> None:
        """The hub has said where a marker stands."""
        for known in (self._told, self.reads):
            if place in known and known[place] <= seq:
                del known[place]

    def taken(self, place: Place, seq: int) -> None:
        """The hub has stored this marker: what it says of it from now on is newer, also where it is lower."""
        if self._told.get(place) == seq:
            del self._told[place]

    def back(self, place: Place) -> None:
        """The hub was told after these that the marker goes back: what it says from now on holds, whichever it took."""
        self._told.pop(place, None)

    def lost(self) -> None:
        """The connection is gone: what was told on it counts for nothing, and what was in flight is told `again`."""
        self._told.clear()

    def forget(self, conversation: str) -> None:
        """Nothing is to be told of this conversation any more."""
        for place, _ in self.ahead():
            if place[0] == conversation:
                self._told.pop(place, None)
                self.reads.pop(place, None)
        self.acks.pop(conversation, None)
