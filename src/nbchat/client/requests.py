"""Commands that wait for their reply: refs, timeouts, and what becomes of them when the connection is lost.

Pure, part of the link. Nearly every command may be sent again on the next connection, because doing it twice is doing
it once. Those in ONCE fail instead when their reply is lost: they do more the second time, or are refused although the
first was done.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import COMMAND_TIMEOUT
from nbchat.protocol.messages import AnyCommand, Error, Leave, MakeLink, ReadAll, Redeem, Remove

ONCE = (Leave, Remove, MakeLink, Redeem, ReadAll)
"""`leave`, `remove` and `redeem`: somebody may have come back or gone meanwhile, or the link is used up, by us.
`make_link` makes another link, `read_all` marks what nobody has seen yet.
"""


@dataclass
class Flight:
    """One command: `ours` is asked by the link itself, so that nobody else waits for the reply."""

    command: AnyCommand
    deadline: float
    ours: bool
    sent: bool = False


class Requests:
    """The commands of a link, except posts, which `Sending` keeps."""

    def __init__(self) -> None:
        self._last = 0
        self._flights: dict[int, Flight] = {}
        self._postponed: list[tuple[float, AnyCommand]] = []

    def mint(self) -> int:
        """Return a ref that was never used before."""
        self._last += 1
        return self._last

    def add(self, command: AnyCommand, now: float, *, ours: bool) -> Flight:
        """Give a command its ref and begin to wait for the reply, at most COMMAND_TIMEOUT."""
        flight = Flight(replace(command, ref=self.mint()), now + COMMAND_TIMEOUT, ours)
        self._flights[flight.command.ref] = flight
        return flight

    def unsent(self) -> list[Flight]:
        """Return those that wait for a connection, oldest first."""
        return [flight for flight in self._flights.values() if not flight.sent]

    def answered(self, ref: int) -> Flight | None:
        """Return the flight that this reply ends, or None if nobody waits for it any more."""
        return self._flights.pop(ref, None)

    def lost(self) -> tuple[list[Flight], list[tuple[Flight, Error]]]:
        """The connection is gone. Returns the link's own flights, which end here, and those that fail."""
        ours, failed = [], []
        self._postponed = []
        for ref, flight in list(self._flights.items()):
            if flight.ours:
                ours.append(self._flights.pop(ref))
            elif flight.sent and isinstance(flight.command, ONCE):
                failed.append((self._flights.pop(ref), disconnected(ref)))
            flight.sent = False
        return ours, failed

    def start_over(self) -> list[tuple[Flight, Error]]:
        """Another store or user: nothing that was asked for goes on. Returns what others than the link wait for."""
        ended = [(flight, elsewhere(ref)) for ref, flight in self._flights.items() if not flight.ours]
        self._flights, self._postponed = {}, []
        return ended

    def expired(self, now: float) -> list[tuple[Flight, Error]]:
        """End and return those whose time is up."""
        late = [ref for ref, flight in self._flights.items() if flight.deadline <= now]
        return [(self._flights.pop(ref), timeout(ref)) for ref in late]

    def postpone(self, command: AnyCommand, at: float) -> None:
        """Have a command of the link's own asked once more at this time, on this connection."""
        self._postponed.append((at, command))

    def ripe(self, now: float) -> list[AnyCommand]:
        """Return the postponed commands whose time has come."""
        found = [command for at, command in self._postponed if at <= now]
        self._postponed = [one for one in self._postponed if one[0] > now]
        return found

    def due(self) -> float | None:
        """Return when `expired` or `ripe` may have something next."""
        times = [flight.deadline for flight in self._flights.values()] + [at for at, _ in self._postponed]
        return min(times, default=None)


def timeout(ref: int) -> Error:
    """The link's own error for a reply that did not come in time."""
    text = f"The hub did not answer within {COMMAND_TIMEOUT:.0f} s. Try again."
    return Error(ref=ref, code="timeout", text=text, retry_after=0.0)


def disconnected(ref: int) -> Error:
    """The link's own error for a command whose reply was lost with the connection."""
    text = "The connection was lost before the hub answered. Look whether it was done, then try again."
    return Error(ref=ref, code="disconnected", text=text, retry_after=None)


def elsewhere(ref: int) -> Error:
    """The link's own error for a command that was asked for as another person, or of another hub."""
    text = "Asked for as another person, or of another hub, and not sent as who you are now. Look whether it was done."
    return Error(ref=ref, code="other_person", text=text, retry_after=None)


def may_retry(error: Error) -> bool:
    """Whether trying again may help: the table of errors says, or for a code that it lacks, the error itself."""
    row = ERRORS.get(error.code)
    return row.retry if row is not None else error.retry_after is not None
