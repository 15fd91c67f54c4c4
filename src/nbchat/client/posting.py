"""A link's own messages, from being written to being on the hub's disk: `sending` in what order, this what is done.

Pure, part of the link. A message is kept (`Keep`) before it is transmitted, and forgotten only when the hub has it or
somebody gives it up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nbchat.protocol import messages as m
from nbchat.protocol.codes import CLOSES

from . import outputs as out
from .outputs import Pending
from .requests import may_retry
from .sending import Sending
from .wire import Wire

TOO_LARGE = 1009
"""Close code for a frame that the hub does not take (codes.CLOSES)."""


class Posting:
    """The unacknowledged messages of a link.

    Args:
        wire: what the parts of the link share.
        jitter: a random number in [0, 1) each time.
        pending: unsent messages of an earlier run.
    """

    def __init__(self, wire: Wire, jitter: Callable[[], float], pending: Iterable[Pending]) -> None:
        self._wire, self._jitter = wire, jitter
        self.queue = Sending(jitter)
        self.queue.adopt(pending)

    def post(self, pending: Pending) -> None:
        """Queue a message."""
        self.queue.add(pending)
        self._kept(pending)

    def adopt(self, pending: Iterable[Pending]) -> None:
        """Take over messages of an earlier run, before those that wait here."""
        self._wire.touch(one.conversation for one in self.queue.adopt(pending))

    def retry(self, key: str) -> None:
        """Queue a failed message again."""
        pending = self.queue.retry(key)
        if pending is not None:
            self._kept(pending)

    def discard(self, key: str) -> bool:
        """Give a message up. Returns False if it is not here, or on its way and cannot be called back."""
        pending = self.queue.discard(key)
        if pending is not None:
            self._wire.put(out.Forget(key))
            self._wire.touch([pending.conversation])
        return pending is not None

    def pump(self, now: float) -> None:
        """Transmit what may be sent now."""
        for ref, one in self.queue.take(now, self._wire.requests.mint):
            self._wire.transmit(_command(ref, one))
            self._wire.touch([one.conversation])

    def settle(self, key: str, seq: int) -> None:
        """The hub has it as this seq."""
        pending = self.queue.settle(key)
        if pending is not None:
            self._wire.put(out.Settled(pending, seq), out.Forget(key))
            self._wire.touch([pending.conversation])

    def seen(self, messages: Iterable[m.Message | m.Posted]) -> None:
        """These are on the hub's disk: our own among them need not be sent again."""
        for one in messages:
            if self._wire.is_me(one.author):
                self.settle(one.key, one.seq)

    def refused(self, error: m.Error, now: float) -> bool:
        """Take the error if it answers a message of ours. Returns whether it did."""
        pending = None if error.ref is None else self.queue.in_flight(error.ref)
        if pending is None or error.ref is None:
            return False
        if may_retry(error):
            self._wire.touch([pending.conversation])
            self.queue.pause(error.ref, error, now)
        else:
            self._fail(pending, error)
        return True

    def unreadable(self, error: m.Error) -> None:
        """The hub could not read some frame: what this befell too often is given up."""
        for one in self.queue.unread():
            self._fail(one, error)

    def closed(self, code: int | None) -> None:
        """The connection is gone; what was in flight waits again."""
        flown = self.queue.close()
        self._wire.touch(pending.conversation for pending in flown)
        if code == TOO_LARGE:  # sending the same again would end the same
            row = CLOSES[code]
            for pending in flown:
                self._fail(pending, m.Error(ref=None, code=row.name, text=row.text, retry_after=None))

    def start_over(self) -> None:
        """Another store or user: what waits here was not written for it."""
        self._wire.touch(one.conversation for one in self.queue.all())
        self.queue = Sending(self._jitter)

    def _kept(self, pending: Pending) -> None:
        self._wire.put(out.Keep(pending))
        self._wire.touch([pending.conversation])

    def _fail(self, pending: Pending, error: m.Error) -> None:
        self._wire.touch([pending.conversation])
        self.queue.fail(pending, error.code, error.text)
        self._wire.put(out.Keep(pending), out.Refused(pending, error))


def _command(ref: int, one: Pending) -> m.Post:
    return m.Post(
        ref=ref,
        conversation=one.conversation,
        key=one.key,
        text=one.text,
        reply=one.reply,
        thread=one.thread,
        also=one.also,
        forward=one.forward,
    )
