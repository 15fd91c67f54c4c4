"""Brings conversations into memory, keeps them up to date with the store, and appends to them.

`enter` is how every command gets its conversation: loaded, and with nothing in flight that would change who may do
what there. Whoever learns that a conversation has grown (a commit, the bus, the timer) calls `grew`, which loads what
is missing; the store is the truth, and news are only a reason to look.
"""

from __future__ import annotations

from nbchat.protocol.limits import RESUME_EVENTS
from nbchat.protocol.messages import AnyDurable, Mark

from .conversation import rules_changed
from .conversations import Conversation
from .delivery import fold, revoke_strangers, settle
from .flows import Refusal, Steps, Wait, read
from .items import AppendEvent, Conflict, Duplicate, Failed, Nothing, Outcome, PutMarks, Stored
from .queries import ConversationRecord, EventsRecord, LoadConversation, LoadEvents
from .state import State

RESTART = 4006
"""Row of `codes.CLOSES`."""


def at_hand(state: State, id: str) -> Conversation | None:
    """Return the conversation if commands may be decided on it without waiting for anything; else there is `enter`."""
    conversation = state.conversations.get(id)
    return None if conversation is None or conversation.shut else conversation


def enter(state: State, id: str) -> Steps[Conversation]:
    """Return the conversation as commands may be decided on it.

    Raises:
        Refusal: there is none, or the store could not read it.
    """
    while True:
        conversation = state.conversations.get(id)
        if conversation is not None and not conversation.shut:
            return conversation
        if conversation is None:
            load(state, id, 0)
        failure = yield Wait("open", id)
        if isinstance(failure, str):
            raise Refusal(failure, conversation=id)


def as_if_absent(refusal: Refusal) -> Steps[None]:
    """Refuse after one question to the store, which is what a conversation that is not there costs.

    Raises:
        Refusal: this one.
    """
    yield LoadConversation("")
    refusal.hides = False
    raise refusal


def reach(state: State, id: str, seq: int) -> Steps[None]:
    """Wait until all events up to `seq`, which is in the log, were given to who is connected."""
    while True:
        conversation = state.conversations.get(id)
        known = state.conversations.ended(id) if conversation is None else conversation.last_seq
        if known >= seq:
            return
        grew(state, id, seq)
        yield Wait("seq", id)


def grew(state: State, id: str, seq: int) -> None:
    """The log of this conversation reaches up to `seq`: make sure that it does so here, if anybody here may care."""
    conversation = state.conversations.get(id)
    if conversation is not None:
        conversation.wanted = max(conversation.wanted, seq)
        _catch_up(state, conversation)
    elif id in state.loading or (state.connections.users and seq > state.conversations.ended(id)):
        load(state, id, seq)


def look_again(state: State, id: str) -> None:
    """The store has failed on this conversation: see whether it can be read now."""
    conversation = state.conversations.get(id)
    if conversation is None:
        load(state, id, 0)
    else:
        settle(state, conversation)
        _catch_up(state, conversation)
        _open(state, conversation)


def load(state: State, id: str, seq: int) -> None:
    """Load a conversation that is not in memory and is known to reach up to `seq`, unless that is under way."""
    under_way = id in state.loading
    state.loading[id] = max(seq, state.loading.get(id, 0))
    if not under_way:
        state.flows.start(_load(state, id))


def _load(state: State, id: str) -> Steps[None]:
    try:
        record = yield from _read_whole(state, id)
    except Refusal as refusal:
        del state.loading[id]
        state.retry[id] = None
        state.flows.wake(Wait("open", id), refusal.code)
        return
    wanted = state.loading.pop(id)
    if record is None:
        state.flows.wake(Wait("open", id), "unknown_conversation")
        return
    conversation = Conversation.of(record)
    conversation.wanted = wanted
    _overlay(state, conversation)
    state.conversations.add(conversation)
    revoke_strangers(state, conversation)
    settle(state, conversation)
    _catch_up(state, conversation)
    _open(state, conversation)


def _read_whole(state: State, id: str) -> Steps[ConversationRecord | None]:
    """Read a conversation, again where the store has told meanwhile of what this reading may lack.

    Of events it is enough to know how many there are (`state.loading`); receipts would be told only once.
    """
    while True:
        mark = state.mark
        record = yield from read(LoadConversation(id), ConversationRecord)
        if state.mark == mark:
            return record


def _overlay(state: State, conversation: Conversation) -> None:
    """Put receipts that are on their way to the store over what the store knew."""
    marks = list(state.receipts.get(conversation.id, {}).values())
    for item in state.flows.written.values():
        if isinstance(item, PutMarks) and item.conversation == conversation.id:
            marks += item.marks
    for mark in marks:
        had = conversation.marks.get(mark.user)
        if had is not None:
            raised = Mark(mark.user, max(had.delivered, mark.delivered), max(had.read, mark.read))
            conversation.marks[mark.user] = raised


def _catch_up(state: State, conversation: Conversation) -> None:
    if not conversation.fetching and (conversation.wanted > conversation.last_seq or conversation.stale):
        conversation.fetching = True
        state.figures.gaps += 1
        state.flows.start(_fetch(state, conversation))


def _fetch(state: State, conversation: Conversation) -> Steps[None]:
    """Load events until nothing is missing that was known of before the last question was asked."""
    while True:
        asked = conversation.wanted, conversation.conflicts
        query = LoadEvents(conversation=conversation.id, after=conversation.last_seq, limit=RESUME_EVENTS)
        try:
            record = yield from read(query, EventsRecord)
        except Refusal as refusal:
            _fetch_failed(state, conversation, refusal.code)
            return
        if record is None or record.epoch != conversation.epoch:
            _abandon(state, conversation)
            return
        for event in record.events:
            fold(state, conversation, event)
        settle(state, conversation)
        if conversation.last_seq >= record.last_seq and (conversation.wanted, conversation.conflicts) == asked:
            break
        conversation.wanted = max(conversation.wanted, record.last_seq)
    conversation.fetching, conversation.wanted = False, conversation.last_seq
    _open(state, conversation)


def _fetch_failed(state: State, conversation: Conversation, code: str) -> None:
    conversation.fetching = False
    state.retry[conversation.id] = None
    state.flows.wake(Wait("open", conversation.id), code)


def _abandon(state: State, conversation: Conversation) -> None:
    """The log is another one than before (restored, or removed, under a running hub): who knew it has to resume."""
    for connection in state.connections:
        if conversation.id in connection.cursors:
            state.close(connection, RESTART)
    conversation.fetching = conversation.stale = False
    state.conversations.drop(conversation)
    state.flows.wake(Wait("open", conversation.id), "unknown_conversation")


def _open(state: State, conversation: Conversation) -> None:
    """Let commands in again, if they were kept out and nothing is in flight any more that they had to wait for."""
    if conversation.stale and not conversation.fetching and not conversation.appending:
        conversation.stale = False
    if not conversation.shut:
        state.flows.wake(Wait("open", conversation.id))


# ------------------------------------------------------------------------------------------------------------ appending


def append(
    state: State,
    conversation: Conversation,
    event: AnyDurable,
    *,
    link: str | None = None,
    unedited: int | None = None,
) -> Steps[AnyDurable | None]:
    """Store an event that policy has allowed, and wait until everybody was given it.

    With `link`, the code by which somebody joins, in the same transaction one use of it is taken. `unedited` is that of
    the item.

    Returns:
        The event as it is in the log; with a client key that is known, the first one; where all is so already, the one
        that was given, with seq 0. None if the rules have moved since: `enter` again and decide again.

    Raises:
        Refusal: the store has failed, or what the event is about is not there any more; nothing was stored.
    """
    conversation.appending += 1
    conversation.rules_in_flight += rules_changed(event)
    outcome = yield AppendEvent(event=event, rules=conversation.rules, link=link, unedited=unedited)
    match outcome:
        case Stored() | Duplicate():
            if conversation.last_seq < outcome.event.seq:
                yield from reach(state, event.conversation, outcome.event.seq)
            return outcome.event
        case Nothing():
            return event
        case Conflict():
            return None
        case Failed():
            raise Refusal(outcome.code, values={"conversation": event.conversation, **outcome.values})
    raise TypeError(f"the store answered an append with a {type(outcome).__name__}")


def landed(state: State, item: AppendEvent, outcome: Outcome) -> Conversation | None:
    """Take the outcome of an append, whether or not somebody still waits for it. Returns what is to be settled."""
    conversation = state.conversations.get(item.event.conversation)
    if conversation is None:
        return None
    conversation.appending = max(0, conversation.appending - 1)
    conversation.rules_in_flight = max(0, conversation.rules_in_flight - rules_changed(item.event))
    match outcome:
        case Stored():
            fold(state, conversation, outcome.event)
        case Conflict():
            conversation.stale = True
            conversation.conflicts += 1
    return conversation


def landed_all(state: State, conversation: Conversation) -> None:
    """All of a batch has been taken: hand it on, load what is missing, and let waiting commands in."""
    settle(state, conversation)
    _catch_up(state, conversation)
    _open(state, conversation)
