"""The hub's core: what happened goes in, what is to be done comes out, both as data.

`Core.handle` takes one input with the time and returns the effects, in order. It waits for nothing: what needs an
answer of the store goes on when that answer is an input (`flows`). Here is only the dispatch; commands begin and are
answered in `answering`, and each kind has a module of its own. Never imports asyncio, a socket, a database, a clock or
chance: `runner` is the shell.

The rules that keep every member's order right, each in one place:

1. A cursor for each connection and conversation; `delivery.advance` is the only way to be given an event.
2. Sends are decided in the same call as what causes them: a whole batch of the store is taken first, then each touched
   conversation is handed on once, then the commands are answered.
3. The store is asked again on a gap and on a timer (`loading.grew`); news from other hubs are only a reason to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from nbchat.protocol.codes import CLOSES, SIGNED_OUT
from nbchat.protocol.limits import HubLimits
from nbchat.protocol.messages import AnyReply, Bye

from . import answering, delivery, growing, offers, presence, profiles, receipts, typers, watching, welcome
from .alarms import AskAgain, GraceEnds, HelloLate, LeaseEnds, OffersEnd, ReceiptsDue, RefreshLeases, TypingEnds
from .catchup import catch_up
from .connections import Connection
from .conversations import Conversation
from .effects import (
    AskChanges,
    Changed,
    Closed,
    Committed,
    Connection as ConnectionId,
    Drain,
    Drained,
    Effect,
    Input,
    Instant,
    Loaded,
    Malformed,
    Opened,
    Pinged,
    Published,
    Received,
    SignedOut,
    Tick,
    Token,
)
from .figures import Figures
from .flows import Flow, Wait
from .items import (
    AppendEvent,
    Item,
    NewConversation,
    Outcome,
    OwnsStored,
    OwnStored,
    PersonStored,
    PutMarks,
    PutPerson,
    Stored,
)
from .loading import grew, landed, landed_all, look_again
from .ports import (
    Changes,
    LookNote,
    MarksNote,
    NamedNote,
    Note,
    OffersNote,
    OwnNote,
    PresenceNote,
    Rang,
    StoreInfo,
    TypingNote,
)
from .state import State

ASK_EVERY = 1.0
"""Seconds between two questions to the store what has grown: how late news are that the bus has lost."""
NO_HELLO = 4004
"""A row of `codes.CLOSES`."""


class Core:
    """Decides for one hub.

    Example:
        >>> core = Core(store.info, HubLimits(), mint, hub="h1")
        >>> core.handle(Opened(1, login), now)
        []
        >>> core.handle(Received(1, Hello(ref=1)), now)
        [Write(token=1, item=PutPerson(...))]
    """

    def __init__(self, store: StoreInfo, limits: HubLimits, mint: Callable[[], str], hub: str) -> None:
        """Start with nobody connected.

        Args:
            store: facts of the open store.
            limits: what the host's configuration says.
            mint: gives a new random id of 12 characters at each call.
            hub: this hub's own id among the hubs of one store.
        """
        self._state = State(store, limits, mint, hub, self._ended)
        self._state.alarms.set(AskAgain(), 0.0)

    def timer(self) -> float | None:
        """Monotonic time, in seconds, by which the next `Tick` is wanted."""
        return self._state.alarms.next()

    @property
    def figures(self) -> Figures:
        """What is counted here; the runner adds what it sends."""
        return self._state.figures

    def kinds(self) -> Counter[str]:
        """How many connections there are of each kind; "" for those that have not said hello."""
        return Counter(each.kind or "" for each in self._state.connections)

    def users(self, connections: frozenset[ConnectionId]) -> list[str]:
        """Whose connections these are, by id."""
        return sorted({each.user for each in self._state.connections if each.id in connections})

    def handle(self, given: Input, now: Instant) -> list[Effect]:
        """Take one input and return what is to be done, in order."""
        state = self._state
        state.now, state.out = now, []
        self._take(given)
        while state.behind or state.closing or state.flows.woken:
            behind, state.behind = state.behind, []
            for connection, id in behind:
                state.flows.start(catch_up(state, connection, id), connection.id)
            state.flows.run()
            closing, state.closing = state.closing, []
            for connection in closing:
                self._forget(connection)
        return state.out

    def _take(self, given: Input) -> None:  # noqa: C901, PLR0912 - one line for each input
        match given:
            case Opened():
                self._opened(given)
            case Received() | Malformed() | Pinged():
                answering.received(self._state, given)
            case SignedOut(connections):
                for each in self._state.connections:
                    if each.id in connections:
                        self._state.close(each, SIGNED_OUT)
            case Closed(connection):
                self._closed(connection)
            case Drained(connection):
                self._drained(connection)
            case Committed(outcomes):
                self._committed(outcomes)
            case Loaded(token, answer):
                self._state.flows.answered(token, answer)
            case Published(note):
                self._published(note)
            case Changed(changes, pushed):
                self._changed(changes, pushed=pushed)
            case Tick():
                self._tick()
            case Drain(code):
                self._drain(code)

    # -------------------------------------------------------------------------------------------------- connections

    def _opened(self, given: Opened) -> None:
        state = self._state
        connection = state.connections.open(given.connection, given.login, state.now.mono)
        if state.draining is not None:
            state.close(connection, state.draining)
        elif state.connections.silent(connection.user) > state.limits.pages + state.limits.sessions:
            state.close(connection, welcome.TOO_MANY)
        else:
            welcome.await_hello(state, connection)

    def _ended(self, flow: Flow, result: AnyReply | Exception | None) -> None:
        answering.ended(self._state, flow, result)

    def _closed(self, id: ConnectionId) -> None:
        connection = self._state.connections.get(id)
        if connection is not None:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        """Drop everything of a connection; what it has in flight at the store happens, and nobody is told."""
        state = self._state
        if state.connections.get(connection.id) is None:
            return
        was_ready, kind = connection.ready, connection.kind
        state.connections.close(connection)
        state.alarms.drop(HelloLate(connection.id))
        state.flows.cancel(connection.id)
        watching.closed(state, connection)
        typers.closed(state, connection)
        offers.closed(state, connection)
        growing.closed(state, connection)
        presence.unlisted(state, connection)
        if was_ready and kind == "page":
            presence.page_closed(state, connection.user)

    def _drained(self, id: ConnectionId) -> None:
        connection = self._state.connections.get(id)
        if connection is not None:
            watching.drained(self._state, connection)

    def _drain(self, code: int) -> None:
        state = self._state
        state.draining = code
        wait, text = state.reconnect_cap, CLOSES[code].text
        presence.shut_down(state)
        for connection in state.connections:
            state.send((connection.id,), Bye(code=code, retry_after=wait, text=text))
            state.close(connection, code)

    # ---------------------------------------------------------------------------------------------------- the store

    def _committed(self, outcomes: Sequence[tuple[Token, Outcome]]) -> None:
        """Take the whole batch, hand on each touched conversation once, then answer."""
        state = self._state
        touched: dict[str, Conversation] = {}
        ends: dict[str, int] = {}
        for token, outcome in outcomes:
            item = state.flows.written.pop(token, None)
            conversation = self._landed(item, outcome)
            if conversation is not None:
                touched[conversation.id] = conversation
            if isinstance(outcome, Stored):
                ends[outcome.event.conversation] = outcome.event.seq
                state.figures.events[type(outcome.event)] += 1
        for conversation in touched.values():
            landed_all(state, conversation)
        for id, seq in ends.items():
            state.publish(Rang(id, seq))
        for token, outcome in outcomes:
            state.flows.answered(token, outcome)

    def _landed(self, item: Item | None, outcome: Outcome) -> Conversation | None:
        state = self._state
        match item:
            case AppendEvent():
                return landed(state, item, outcome)
            case NewConversation() if isinstance(outcome, Stored):
                grew(state, outcome.event.conversation, outcome.event.seq)
            case PutMarks():
                receipts.saved(state, item, outcome)
            case PutPerson(rename=True) if isinstance(outcome, PersonStored):
                profiles.renamed(state, outcome)
            case _ if isinstance(outcome, OwnStored):
                receipts.own_moved(state, outcome)
            case _ if isinstance(outcome, OwnsStored):
                for row in outcome.rows:
                    receipts.own_moved(state, row)
        return None

    def _changed(self, changes: Changes, *, pushed: bool) -> None:
        """Take what was written by anybody; where this hub did it, or has heard of it, nothing is told twice."""
        state = self._state
        if not pushed:
            if state.mark is not None and changes.mark < state.mark:
                return  # asked earlier and answered later than another question: all of it is known
            state.mark = changes.mark
            state.flows.wake(Wait("mark"))
        for id, seq in changes.grown:
            grew(state, id, seq)
        for news in changes.own:
            receipts.noted_own(state, news)
        for person, change in changes.people:
            profiles.named(state, person, change)
        for id, mark in changes.marks:
            receipts.noted_marks(state, MarksNote(id, (mark,)), stored=True)

    # ------------------------------------------------------------------------------------------------ other hubs, time

    def _published(self, note: Note) -> None:
        state = self._state
        match note:
            case Rang():
                grew(state, note.conversation, note.seq)
            case TypingNote():
                typers.noted(state, note)
            case PresenceNote():
                presence.noted(state, note)
            case OffersNote():
                offers.noted(state, note)
            case LookNote():
                state.out.append(AskChanges(state.mark))
            case OwnNote():
                receipts.noted_own(state, note.news)
            case NamedNote():
                state.out.append(AskChanges(state.mark))
            case MarksNote():
                receipts.noted_marks(state, note)

    def _tick(self) -> None:  # noqa: C901 - one case for each alarm
        state = self._state
        for alarm in state.alarms.due(state.now.mono):
            match alarm:
                case AskAgain():
                    self._ask_again()
                case HelloLate():
                    connection = state.connections.get(alarm.connection)
                    if connection is not None:
                        state.close(connection, NO_HELLO)
                case TypingEnds():
                    typers.lost(state, alarm)
                case GraceEnds():
                    presence.grace_ended(state, alarm.user)
                case LeaseEnds():
                    presence.lease_ended(state, alarm.hub, alarm.user)
                case OffersEnd():
                    offers.lease_ended(state, alarm.hub, alarm.conversation)
                case RefreshLeases():
                    presence.refresh_leases(state)
                case ReceiptsDue():
                    receipts.due(state, alarm.conversation)

    def _ask_again(self) -> None:
        """Ask the store what has grown, and look again at what could not be read."""
        state = self._state
        state.alarms.set(AskAgain(), state.now.mono + ASK_EVERY)
        state.out.append(AskChanges(state.mark))
        growing.keep_lost(state)
        delivery.forget_lists(state)
        again, state.retry = state.retry, {}
        for id in again:
            look_again(state, id)
