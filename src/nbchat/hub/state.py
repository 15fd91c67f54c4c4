"""Everything that a hub holds in memory, and the few verbs that all its parts share.

`State` is handed to every part of the core. It never outlives a restart: the store has all that matters. Only `core`
makes one; the parts change it and add effects by `send`, `close`, `publish` and `flows`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import (
    RECONNECT_CAP_MAX,
    RECONNECT_CAP_MIN,
    RECONNECT_PER_SECOND,
    HubLimits,
    Rate,
)
from nbchat.protocol.messages import AnyFromHub, Error, Mark, Named, Person, Summary

from . import rows
from .alarms import Alarms
from .connections import Connection, Connections
from .conversations import Conversations
from .effects import Close, Connection as ConnectionId, Effect, Instant, Publish, Send
from .figures import Figures
from .flows import Ended, Flows, Refusal
from .offers import OfferBook
from .ports import Note, StoreInfo
from .presence import PresenceBook
from .queries import SummaryRecord
from .throttle import Buckets


class State:
    """What one hub knows right now.

    Attributes:
        store: facts of the store.
        hub: this hub's own id among the hubs of one store.
        now: the time of the input that is being handled.
        out: the effects of the input that is being handled.
        loading: conversations that are being loaded, with the highest seq that they are known to have.
        closing: connections that were closed while this input was handled.
        behind: connections that need more than events: their delivery is paused until `catchup` has given it.
        retry: conversations to look at again on the next `AskAgain`, because the store failed.
        receipts: receipts not yet told and stored, by conversation and user.
        draining: the close code, once the hub shuts down.
        renamed: the number of each person's last renaming that was told.
        names: the people who were renamed last, the last one at the end; complete once `names_known`.
        mark: where the store's changes were last asked for; None until the first answer.
        figures: what is counted for who looks after the hub.
        blocks: whether the first takes no messages from the second, as far as it is known (None: it is being read).
    """

    def __init__(self, store: StoreInfo, limits: HubLimits, mint: Callable[[], str], hub: str, ended: Ended) -> None:
        """Start empty. `ended` is told when a flow has ended."""
        self.store, self.limits, self.mint, self.hub = store, limits, mint, hub
        self.now = Instant(0.0, 0)
        self.out: list[Effect] = []
        self.alarms = Alarms()
        self.buckets = Buckets()
        self.connections = Connections(limits)
        self.conversations = Conversations()
        self.presence = PresenceBook()
        self.offers = OfferBook()
        self.flows = Flows(self._emit, ended)
        self.closing: list[Connection] = []
        self.behind: list[tuple[Connection, str]] = []
        self.loading: dict[str, int] = {}
        self.retry: dict[str, None] = {}
        self.receipts: dict[str, dict[str, Mark]] = {}
        self.renamed: dict[str, int] = {}
        self.names: dict[str, Person] = {}
        self.names_known = False
        self.mark: int | None = None
        self.blocks: dict[tuple[str, str], bool | None] = {}
        self.draining: int | None = None
        self.figures = Figures()

    # ------------------------------------------------------------------------------------------------------ effects

    def _emit(self, effect: Effect) -> None:
        self.out.append(effect)

    def send(self, to: Iterable[ConnectionId], *items: AnyFromHub, ephemeral: bool = False) -> None:
        """Give these items to these connections. What follows at once for the same ones travels in the same frame."""
        targets = tuple(to)
        if not targets or not items:
            return
        last = self.out[-1] if self.out else None
        if isinstance(last, Send) and last.to == targets and last.ephemeral == ephemeral:
            self.out[-1] = Send(targets, last.items + items, ephemeral)
        else:
            self.out.append(Send(targets, items, ephemeral))

    def publish(self, note: Note) -> None:
        """Ring at the other hubs."""
        self.out.append(Publish(note))

    def close(self, connection: Connection, code: int) -> None:
        """Close after what was sent; `core` forgets the connection before it takes the next input."""
        self.out.append(Close(connection.id, code))
        self.closing.append(connection)

    def refuse(self, connection: ConnectionId, ref: int | None, refusal: Refusal) -> None:
        """Answer a command, or a frame that is none, with an error."""
        self.figures.errors[refusal.code] += 1
        values = dict(refusal.values)
        if refusal.retry_after is not None:
            values.setdefault("retry_after", refusal.retry_after)
        text = ERRORS[refusal.code].say(values)
        self.send((connection,), Error(ref=ref, code=refusal.code, text=text, retry_after=refusal.retry_after))

    def pace(self, user: str, what: str, rate: Rate) -> None:
        """Take a token from the user's bucket for this.

        Raises:
            Refusal: `slow`; the bucket is empty.
        """
        wait = self.buckets.take((user, what), rate, self.now.mono)
        if wait > 0:
            raise Refusal("slow", retry_after=wait)

    def pace_change(self, user: str) -> None:
        """The same for what changes more than one conversation's messages: names, members, new conversations."""
        self.pace(user, "changes", self.limits.changes)

    # ------------------------------------------------------------------------------------------------------- look-ups

    @property
    def reconnect_cap(self) -> float:
        """Seconds: upper bound of the delay with which clients come back."""
        wanted = len(self.connections) / RECONNECT_PER_SECOND
        return min(RECONNECT_CAP_MAX, max(RECONNECT_CAP_MIN, wanted))

    def named(self, people: Iterable[Person]) -> list[Person]:
        """Return them under the names that were told last: what was read before a renaming may be sent after it."""
        return [self.names.get(person.id, person) for person in people]

    def summary(self, record: SummaryRecord) -> Summary:
        """Return the list row; of a direct conversation it says whether the other one is here."""
        row = rows.summary(record)
        return row if row.peer is None else replace(row, online=row.peer in self.presence.online)

    def person(self, user: str) -> Person | None:
        """Return a connected user under the name that the directory has."""
        found = self.connections.users.get(user)
        return found.person if found else None

    def tell_all(self, news: Named) -> None:
        """Give a new name to everybody: the directory is open to all who are connected."""
        self.send([one.id for one in self.connections.ready()], news)
        for one in self.connections.greeting():
            if one.greeting is not None:
                one.greeting.news["named:" + news.person.id] = news
