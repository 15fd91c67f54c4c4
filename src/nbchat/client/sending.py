"""Which unsent message goes next: in order in each conversation, at the announced rate.

Pure, part of the link. One message is in flight in each conversation until it is acknowledged. A window of several
would be faster, but could not keep the order: the bucket belongs to the user, not to the connection, so another tab may
have emptied it; then the hub refuses the first as `slow` and accepts the second, because a token came back in between.
The same holds for a disk that is full for a moment. With one in flight whatever happens to a message happens before the
next is tried. A hundred sends in a loop still go at once: each waits only for the commit of the one before.

A retryable refusal keeps the message at the head and pauses: `slow` everything, other errors this conversation, and the
message has their code and text meanwhile. Any other refusal marks it failed, and the next goes on. So does UNREADABLE
times "malformed" without a ref, each after another transmission: the hub could not read a frame, and if it is always
this one, it never will.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nbchat.protocol.limits import COMMAND_TIMEOUT
from nbchat.protocol.messages import Error, Limits

from .backoff import Backoff
from .outputs import Pending

UNREADABLE = 3
"""Transmissions of one message, each followed by a frame that the hub could not read, after which it is given up."""

AGAIN_CAP = 5.0
"""Seconds, the longest pause after an error: where a full disk has room again, nobody should wonder for longer."""


@dataclass
class _Line:
    """The messages of one conversation that wait, the head of which may be in flight."""

    backoff: Backoff
    waiting: deque[Pending] = field(default_factory=deque)
    ref: int | None = None
    """Of the head's command, while it is in flight."""
    until: float = 0.0
    """In flight: when to send again. Else: not before."""


class Sending:
    """The unsent messages of a link.

    Args:
        jitter: a random number in [0, 1) each time, for the pauses after errors.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._all: dict[str, Pending] = {}
        self._latest = 0
        """The latest time at which one of them was written, ms UTC."""
        self._lines: dict[str, _Line] = {}
        self._open = False
        self._rate, self._burst, self._tokens = 1.0, 1.0, 0.0
        self._filled = 0.0
        self._paused = 0.0
        self._unread: dict[str, list[int]] = {}
        """For the heads that this befell: refs of the transmissions after which a frame could not be read."""

    def __len__(self) -> int:
        return len(self._all)

    def all(self) -> list[Pending]:
        """Return every message that is not acknowledged, oldest first."""
        return list(self._all.values())

    def of(self, conversation: str) -> list[Pending]:
        """Return those of one conversation, oldest first."""
        return [one for one in self._all.values() if one.conversation == conversation]

    def get(self, key: str) -> Pending | None:
        """Return the message with this key, if it is not acknowledged."""
        return self._all.get(key)

    def moment(self, now: int) -> int:
        """Return a time, ms UTC, for what is written now: later than all that waits, also where the clock was set back.

        What a process leaves behind is sent in the order of these times (`adopt`).
        """
        return max(now, self._latest + 1) if self._all else now

    def add(self, pending: Pending) -> None:
        """Put a message at the end."""
        self._note([pending])
        self._all[pending.key] = pending
        if pending.status != "failed":
            self._line(pending).waiting.append(pending)

    def adopt(self, orphans: Iterable[Pending]) -> list[Pending]:
        """Put messages of an earlier session before those that wait; return the ones that were not known."""
        new = sorted((one for one in orphans if one.key not in self._all), key=lambda one: one.at)
        self._note(new)
        self._all = {one.key: one for one in [*new, *self._all.values()]}
        for one in reversed(new):
            if one.status != "failed":
                one.status = "waiting"
                self._put_first(one)
        return new

    def _note(self, more: Iterable[Pending]) -> None:
        self._latest = max([self._latest if self._all else 0, *(one.at for one in more)])

    def _put_first(self, pending: Pending) -> None:
        line = self._line(pending)
        line.waiting.insert(0 if line.ref is None else 1, pending)

    def _line(self, pending: Pending) -> _Line:
        return self._lines.setdefault(pending.conversation, _Line(Backoff(self._jitter, AGAIN_CAP)))

    # ------------------------------------------------------------------------------------------------- connection

    def open(self, limits: Limits, now: float) -> None:
        """Begin to send at the rate that the hub announced; the bucket is taken to be full."""
        # None at all would be no hub of ours, and no reason to fail.
        self._open, self._rate, self._burst = True, max(limits.send_rate, 0.01), float(limits.send_burst)
        self._tokens, self._filled, self._paused = self._burst, now, now
        for line in self._lines.values():
            line.until = now

    def close(self) -> list[Pending]:
        """The connection is gone: what was in flight waits again, and is returned."""
        self._open = False
        flown = [line for line in self._lines.values() if line.ref is not None]
        for line in flown:
            self._land(line)
        return [line.waiting[0] for line in flown]

    def take(self, now: float, mint_ref: Callable[[], int]) -> list[tuple[int, Pending]]:
        """Return what is to be transmitted now, each with the ref of its command."""
        if not self._open or now < self._paused:
            return []
        self._fill(now)
        taken = []
        for line in self._lines.values():
            if line.waiting and now >= line.until and self._tokens >= 1:
                self._tokens -= 1
                line.ref, line.until = mint_ref(), now + COMMAND_TIMEOUT
                line.waiting[0].status = "sending"
                taken.append((line.ref, line.waiting[0]))
        return taken

    def due(self) -> float | None:
        """Return when `take` may have something next, or None."""
        times = [line.until for line in self._lines.values() if line.waiting]
        if not self._open or not times:
            return None
        return max(min(times), self._paused, self._filled + max(0.0, 1 - self._tokens) / self._rate)

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate + 1e-9)
        self._filled = now

    # ------------------------------------------------------------------------------------------ what became of it

    def in_flight(self, ref: int) -> Pending | None:
        """Return the message whose command has this ref."""
        line = self._by_ref(ref)
        return line.waiting[0] if line else None

    def settle(self, key: str) -> Pending | None:
        """The hub has it: take it out. Returns it, or None if it was not here."""
        pending = self._all.pop(key, None)
        if pending is not None and pending.status != "failed":
            self._remove(pending)
        return pending

    def discard(self, key: str) -> Pending | None:
        """Take out a message that is not on its way."""
        pending = self._all.get(key)
        return None if pending is None or pending.status == "sending" else self.settle(key)

    def fail(self, pending: Pending, code: str, text: str) -> None:
        """Mark it failed; the next of its conversation goes on."""
        self._remove(pending)
        pending.status, pending.code, pending.error = "failed", code, text

    def retry(self, key: str) -> Pending | None:
        """Put a failed message at the end again. Returns it, or None if there is no such."""
        pending = self._all.get(key)
        if pending is None or pending.status != "failed":
            return None
        pending.status, pending.code, pending.error = "waiting", None, None
        del self._all[key]
        self.add(pending)
        return pending

    def pause(self, ref: int, error: Error, now: float) -> None:
        """The hub asks to try this one again; nothing of its conversation overtakes it."""
        line = self._by_ref(ref)
        if line is None:
            return
        self._land(line)
        line.until = now + (error.retry_after if error.retry_after is not None else line.backoff.delay())
        if error.code == "slow":  # soon over, and nothing to be told
            self._tokens, self._paused, self._filled = 1.0, line.until, line.until
        else:
            line.waiting[0].code, line.waiting[0].error = error.code, error.text

    def held_up(self, conversation: str | None = None) -> str:
        """Why messages (of one conversation) do not go on, as the hub said; "" where they do."""
        heads = [line.waiting[0] for id, line in self._lines.items() if conversation in (None, id)]
        return next((one.error for one in heads if one.error), "")

    def unread(self) -> list[Pending]:
        """The hub could not read a frame, nor say which. Returns the messages of which it is enough now."""
        found = []
        for line in self._lines.values():
            if line.ref is not None:
                refs = self._unread.setdefault(line.waiting[0].key, [])
                refs += [] if line.ref in refs else [line.ref]
                found += [line.waiting[0]] if len(refs) >= UNREADABLE else []
        return found

    def _by_ref(self, ref: int) -> _Line | None:
        return next((line for line in self._lines.values() if line.ref == ref), None)

    def _remove(self, pending: Pending) -> None:
        line = self._lines[pending.conversation]
        if line.ref is not None and line.waiting[0] is pending:
            line.ref, line.until = None, 0.0
            line.backoff.reset()
        line.waiting.remove(pending)
        self._unread.pop(pending.key, None)
        if not line.waiting:
            del self._lines[pending.conversation]

    def _land(self, line: _Line) -> None:
        line.ref, line.until = None, 0.0
        line.waiting[0].status = "waiting"
