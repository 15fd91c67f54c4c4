"""The parts of a link, and which of them is told what. Same methods in js/src/client/parts.ts.

`link` knows how the connection is and what has come; from here on each thing goes to those of the parts that it
concerns. Pure, as they are; none of them knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nbchat.protocol import messages as m

from .lookups import Lookups
from .outputs import Answer, Pending
from .posting import Posting
from .requests import Flight, may_retry
from .telling import Telling
from .watching import AGAIN, Watching
from .wire import Wire
from .writes import Writes


class Parts:
    """What a link is made of.

    Attributes:
        posting: unsent messages.
        watching: what views have open.
        lookups: single messages that are wanted.
        writes: own state on its way.
        telling: typing, markers, acknowledgements.
    """

    def __init__(self, wire: Wire, jitter: Callable[[], float], pending: Iterable[Pending]) -> None:
        self._wire = wire
        self.posting, self.watching = Posting(wire, jitter, pending), Watching(wire)
        self.lookups, self.writes, self.telling = Lookups(wire), Writes(wire), Telling(wire)

    def start_over(self) -> None:
        """Another store or user: only what views have open still holds."""
        self.posting.start_over()
        self.lookups, self.writes, self.telling = Lookups(self._wire), Writes(self._wire), Telling(self._wire)

    # ------------------------------------------------------------------------------------------------------------ time

    def due(self) -> list[float | None]:
        """Return when they want to send next, while the connection lives."""
        return [self.posting.queue.due(), self.telling.due(), self.writes.due()]

    def pump(self, now: float) -> None:
        """Send what may be sent now: messages, read markers, acknowledgements, own state, lookups."""
        self.posting.pump(now)
        self.telling.pump(now)
        self.writes.pump(now)
        self.lookups.pump(now)

    def flush(self, now: float) -> None:
        """Send what is told at most once a second."""
        self.writes.pump(now, hurry=True)
        self.telling.pump(now, hurry=True)

    # -------------------------------------------------------------------------------------------------- what came back

    def posted(self, event: m.Posted) -> None:
        """A message was written, perhaps one of those that wait here."""
        self.posting.seen([event])
        self.telling.acknowledge(event.conversation, event)

    def news(self, item: m.AnyFromHub, now: float) -> None:
        """Something without a number has come."""
        match item:
            case m.Snapshot():
                self.watching.shown(item.summary.id, now)
                self.posting.seen(item.messages)
                if item.summary.last is not None and item.summary.unread:
                    self.telling.acknowledge(item.summary.id, item.summary.last)
            case m.Added():
                self.watching.added(item.summary.id, now)
            case m.Removed():
                self.gone(item.conversation)
            case m.Own():
                self.writes.hold_back()
                self.telling.heard(item.rows)
            case _:
                pass

    def gone(self, conversation: str) -> None:
        """It is not ours any more: nothing is to be told or asked of it."""
        self.telling.forget(conversation)
        self.lookups.forget(conversation)

    def answered(self, flight: Flight, item: Answer, now: float) -> None:
        """A command has its reply."""
        if isinstance(item, m.Page | m.Found):
            self.posting.seen(item.messages)
        self.watching.answered(flight.command, now)
        match flight.command:
            case m.Lookup(conversation=conversation) if flight.ours:
                self.lookups.answered(conversation)
            case m.SetOwn(key=key) if flight.ours:
                self.writes.done(key)
            case m.Read() if flight.ours:
                self.telling.taken(flight.command)
            case _:
                pass

    # ------------------------------------------------------------------------------------------------------ what failed

    def lost(self, code: int | None, flights: Iterable[Flight]) -> None:
        """The connection is gone; these commands of ours had no reply."""
        self.posting.closed(code)
        for flight in flights:
            self.telling.again(flight.command)
        for part in (self.telling, self.watching, self.lookups, self.writes):
            part.lost()

    def failed(self, command: m.AnyCommand, error: m.Error, now: float) -> None:
        """A command of ours was refused, or its time is up."""
        match command:
            case m.Watch() | m.History():
                self.watching.failed(command, error, now)
            case m.Read() | m.Ack() if may_retry(error):
                self.telling.again(command)
            case m.Lookup() | m.SetOwn() | m.Offer() if may_retry(error):
                self._wire.requests.postpone(command, now + max(AGAIN, error.retry_after or 0.0))
            case m.Lookup():
                self.lookups.answered(command.conversation)
            case m.SetOwn():
                self.writes.refused(command.key)
            case _:
                pass
