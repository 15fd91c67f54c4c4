"""How far people are: their own read markers, and what others see of it as ticks.

Own markers go to the store at once and to all devices of the person when stored. Receipts are news for others: raised
in memory, told to watchers, stored and told to other hubs together, at most once in RECEIPTS_EVERY for a conversation.
Only pages count, and only where receipts are tracked (`policy.tracks_receipts`).
"""

from __future__ import annotations

from collections.abc import Iterable

from nbchat.protocol.limits import RECEIPTS_EVERY
from nbchat.protocol.messages import Ack, Done, Mark, Read, ReadAll, Receipts

from . import blocks, own, policy
from .alarms import ReceiptsDue
from .connections import Connection
from .conversation import READ, thread_key
from .conversations import Conversation
from .flows import Steps, stored
from .items import Failed, Outcome, OwnsStored, OwnStored, Put, PutMarks, PutRead, PutReadAll
from .loading import enter, grew
from .ports import LookNote, MarksNote, OwnNews, OwnNote
from .state import State


def read_(state: State, connection: Connection, command: Read) -> Steps[None]:
    """Move the own read marker, of the conversation or of a thread; in one that is not followed nothing is unread.

    The answer goes out from here, because something may have to follow it.
    """
    conversation = yield from enter(state, command.conversation)
    policy.check_take_part(conversation, connection.user)
    seq, thread = min(command.seq, conversation.last_seq), command.thread
    if connection.kind == "page" and not command.back and thread is None:
        _raise(state, conversation.id, Mark(connection.user, seq, seq))
    key = READ + conversation.id if thread is None else thread_key(conversation.id, thread)
    with own.moving(state, connection, key):
        outcome = yield PutRead(
            user=connection.user, conversation=conversation.id, seq=seq, back=command.back, thread=thread
        )
        is_followed = thread is None or not isinstance(outcome, Put)
        moved = stored(outcome, OwnStored, conversation=conversation.id) if is_followed else None
        state.send((connection.id,), Done(ref=command.ref))
        if moved is not None:
            own.answered(state, connection, key, moved.row.v)


def read_all(state: State, connection: Connection, command: ReadAll) -> Steps[Done]:
    """Move all own read markers to the ends."""
    state.pace(connection.user, "touches", state.limits.touches)
    outcome = yield PutReadAll(user=connection.user)
    for one in stored(outcome, OwnsStored).rows:
        if connection.kind == "page" and one.row.key.startswith(READ) and isinstance(one.row.value, int):
            _raise(state, one.row.key.removeprefix(READ), Mark(connection.user, one.row.value, one.row.value))
    return Done(ref=command.ref)


def own_moved(state: State, outcome: OwnStored) -> None:
    """Own state was stored here: tell all devices of the person, also those at other hubs."""
    news = OwnNews(outcome.user, outcome.row, outcome.as_of)
    noted_own(state, news)
    state.publish(LookNote() if isinstance(news.row.value, str) else OwnNote(news))


def noted_own(state: State, news: OwnNews) -> None:
    """Own state was stored, here or elsewhere; it may have been counted with events that have not come here yet."""
    blocks.heard(state, news)
    own.moved(state, news)
    id = own.about(news.row.key)[0]
    if id and news.user in state.connections.users:
        grew(state, id, news.as_of)


def ack(state: State, connection: Connection, command: Ack) -> Steps[Done]:
    """Cursors that have arrived at a page. What the connection was not given cannot have arrived."""
    if connection.kind == "page":
        for id, seq in command.cursors.items():
            given = connection.cursors.get(id, 0)
            if min(seq, given) > 0:
                _raise(state, id, Mark(connection.user, min(seq, given), 0))
    yield from ()  # a flow like the others, although it waits for nothing
    return Done(ref=command.ref)


def noted_marks(state: State, note: MarksNote, *, stored: bool = False) -> None:
    """Receipts moved at another hub, which stores them. It may be killed before: until then they are hearsay."""
    conversation = state.conversations.get(note.conversation)
    if conversation is None or not policy.tracks_receipts(conversation):
        return
    told = [mark for mark in note.marks if _raised(conversation, mark) is not None]
    if stored:
        conversation.hearsay -= {mark.user for mark in note.marks if conversation.marks.get(mark.user) == mark}
    else:
        conversation.hearsay |= {mark.user for mark in told}
    _tell(state, conversation, told)


def due(state: State, id: str) -> None:
    """Some time has passed since receipts of this conversation were told."""
    if id in state.receipts:
        _flush(state, id)


def saved(state: State, item: PutMarks, outcome: Outcome) -> None:
    """Receipts were stored; those that were not are stored with the next ones."""
    if isinstance(outcome, Failed) and outcome.code != "unknown_conversation":
        for mark in item.marks:
            _note(state, item.conversation, mark)
        if ReceiptsDue(item.conversation) not in state.alarms:
            state.alarms.set(ReceiptsDue(item.conversation), state.now.mono + RECEIPTS_EVERY)


def _raise(state: State, id: str, mark: Mark) -> None:
    """Raise one person's receipts; told at once if nothing was told lately, else when the time has come."""
    conversation = state.conversations.get(id)
    if conversation is not None:
        raised = _raised(conversation, mark) if policy.tracks_receipts(conversation) else None
        if raised is None and mark.user not in conversation.hearsay:
            return
        conversation.hearsay.discard(mark.user)  # from here on it is this hub that stores it
        mark = raised or mark
    _note(state, id, mark)
    if ReceiptsDue(id) not in state.alarms:
        _flush(state, id)


def _raised(conversation: Conversation, mark: Mark) -> Mark | None:
    """Raise a member's receipts in memory; None if that changes nothing."""
    had = conversation.marks.get(mark.user)
    if had is None:
        return None
    raised = _higher(had, mark)
    conversation.marks[mark.user] = raised
    return None if raised == had else raised


def _note(state: State, id: str, mark: Mark) -> None:
    waiting = state.receipts.setdefault(id, {})
    waiting[mark.user] = _higher(waiting.get(mark.user, mark), mark)


def _higher(one: Mark, other: Mark) -> Mark:
    return Mark(one.user, max(one.delivered, other.delivered), max(one.read, other.read))


def _flush(state: State, id: str) -> None:
    marks = tuple(state.receipts.pop(id).values())
    state.alarms.set(ReceiptsDue(id), state.now.mono + RECEIPTS_EVERY)
    state.flows.submit(PutMarks(conversation=id, marks=marks))
    state.publish(MarksNote(id, marks))
    conversation = state.conversations.get(id)
    if conversation is not None:
        _tell(state, conversation, marks)


def _tell(state: State, conversation: Conversation, marks: Iterable[Mark]) -> None:
    """Tell watchers. What was noted before the conversation was in memory may be of one where nothing is tracked."""
    if not policy.tracks_receipts(conversation):
        return
    known = [conversation.marks[mark.user] for mark in marks if mark.user in conversation.marks]
    if known:
        state.send(sorted(conversation.watchers), Receipts(conversation=conversation.id, marks=known), ephemeral=True)
