"""What a connection gets when events alone do not do: a row, a snapshot, or a bridge from where it stood.

While it is read, the connection's delivery of that conversation is paused; afterwards its cursor stands at what was
read, and `advance` gives the rest. So a record may be older or newer than what is in memory: nothing is given twice or
left out. Every function here is a flow, or a part of one, on a conversation that the connection may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nbchat.protocol.limits import GROUP_MEMBERS, RESUME_EVENTS
from nbchat.protocol.messages import (
    Added,
    AnyDurable,
    AnyFromHub,
    Commands,
    Limited,
    Position,
    Receipts,
    Reset,
    Snapshot,
    Typing,
)

from . import policy, presence
from .connections import Connection
from .conversation import leavers, newcomers
from .conversations import Conversation
from .delivery import advance_one, fold as fold_event, pause, resume, settle, typing_news, weight
from .flows import Refusal, Steps, Wait, must_read, read
from .growth import being_written
from .loading import reach
from .queries import EventsRecord, ListPage, LoadEvents, LoadList, LoadSnapshot, SnapshotRecord
from .rows import people, rewound
from .state import State


def catch_up(state: State, connection: Connection, id: str) -> Steps[None]:
    """Bring a paused connection on that is too far behind, or was never told of the conversation."""
    conversation = state.conversations.get(id)
    try:
        if conversation is None:
            return
        if id in connection.cursors and id in connection.watched:
            yield from give_snapshot(state, connection, conversation, limited=True)
        else:
            yield from _introduce(state, connection, conversation)
    except Refusal:
        state.retry[id] = None  # the store failed; the timer looks again
        return
    finally:
        resume(state, connection, id)
    if id in connection.cursors:
        advance_one(state, conversation, connection)


def ensure_told(state: State, connection: Connection, conversation: Conversation) -> Steps[None]:
    """Wait until the connection was told of a conversation that its user is a member of.

    Raises:
        Refusal: the user is no member any more, or the store could not read.
    """
    id = conversation.id
    while id not in connection.cursors:
        yield from hold(state, connection, id)
        with held(state, connection, id):
            if id not in connection.cursors and not (yield from _introduce(state, connection, conversation)):
                raise policy.unknown(id)
    advance_one(state, conversation, connection)


def _introduce(state: State, connection: Connection, conversation: Conversation) -> Steps[bool]:
    """Give a row; False if there is none for this user.

    To who was never told of the conversation the row is as of when they connected or became a member: what has come
    since follows as events, because a notebook's handler wants each message as one.
    """
    id, user = conversation.id, connection.user
    page = yield from must_read(LoadList(user=user, limit=1, known=(id,)), ListPage)
    row = next((one for one in page.rows if one.id == id), None)
    if row is None:
        return False
    yield from reach(state, id, row.last_seq)
    if not policy.is_member(conversation, user):
        return False
    told = id in connection.cursors
    start = row.last_seq if told else min(row.last_seq, _news_start(state, connection, conversation))
    counted = [event for event in conversation.since(start) or () if event.seq <= row.last_seq]
    presence.listed(state, connection, [row])
    given = rewound(state.summary(row), counted, user)
    state.send((connection.id,), Added(summary=given, people=state.named(page.people)))
    connection.cursors[id] = start
    return True


def _news_start(state: State, connection: Connection, conversation: Conversation) -> int:
    """Return the last seq that is no news to this connection: its user's own coming, or what is older than its hello.

    Times only say here how much history is given as events; with a clock that is set it is more, never less.
    """
    since = connection.since(state.now)
    for event in reversed(conversation.ring):
        if event.at < since or connection.user in newcomers(event):
            return event.seq
    return conversation.last_seq if len(conversation.ring) < conversation.last_seq else 0


def hold(state: State, connection: Connection, id: str) -> Steps[None]:
    """Pause a connection's delivery of one conversation; waits while another flow has it paused."""
    while id in connection.paused:
        yield Wait("paused", id, connection.id)
    pause(state, connection, id)


@contextmanager
def held(state: State, connection: Connection, id: str) -> Iterator[None]:
    """End the pause at the end of the block, however it ends."""
    try:
        yield
    finally:
        resume(state, connection, id)


def bring(state: State, connection: Connection, conversation: Conversation, position: Position | None) -> Steps[None]:
    """Give a paused connection what it needs to show a conversation: events from its position, or a snapshot."""
    if position is None:
        yield from give_snapshot(state, connection, conversation)
        return
    if position.seq > conversation.last_seq and position.epoch == conversation.epoch:
        yield from _refresh(state, conversation)  # another hub may have been faster than its news
    if position.epoch != conversation.epoch or position.seq > conversation.last_seq:
        reset = Reset(conversation=conversation.id, epoch=conversation.epoch)
        state.send((connection.id,), reset)
        connection.cursors.pop(conversation.id, None)
        state.figures.resumes["reset"] += 1
        yield from give_snapshot(state, connection, conversation)
        return
    if conversation.seen_known != state.presence.forgotten:
        yield from _learn_seen(state, connection, conversation)
    # Below its cursor a connection was given a row, or events that are on their way: a snapshot is right for both.
    cursor = connection.cursors.get(conversation.id, position.seq)
    events = conversation.since(position.seq) if cursor <= position.seq else None
    if events is not None and any(connection.user in leavers(event) for event in events):
        # With their own end clients forget a conversation: begin anew.
        state.figures.resumes["snapshot"] += 1
        yield from give_snapshot(state, connection, conversation)
        return
    if events is not None and len(events) <= RESUME_EVENTS and weight(events) <= connection.budget:
        state.figures.resumes["events"] += 1
        _bridge(state, connection, conversation, events)
    else:
        state.figures.resumes["snapshot"] += 1
        yield from give_snapshot(state, connection, conversation, limited=True)


def _bridge(state: State, connection: Connection, conversation: Conversation, events: list[AnyDurable]) -> None:
    policy.check_see(conversation, connection.user)
    if conversation.id not in connection.watched:
        return
    connection.budget -= weight(events)
    connection.cursors[conversation.id] = conversation.last_seq
    state.send((connection.id,), *events, *current(state, conversation))


def current(state: State, conversation: Conversation) -> list[AnyFromHub]:
    """Return who types, who is here, who has read and what is answered, for a view that has the messages."""
    items: list[AnyFromHub] = [*_typing(conversation), presence.news(state, conversation)]
    items.append(Commands(conversation=conversation.id, commands=state.offers.of(conversation)))
    if policy.tracks_receipts(conversation):
        items.append(Receipts(conversation=conversation.id, marks=list(conversation.marks.values())))
    items += being_written(conversation.id, conversation.growing)
    return items


def _besides(conversation: Conversation) -> list[AnyFromHub]:
    """Return what a snapshot has no place for: who types in threads, and what is being written."""
    return [*_typing(conversation)[1:], *being_written(conversation.id, conversation.growing)]


def _typing(conversation: Conversation) -> list[Typing]:
    """Return who types in the conversation, then who does in each thread where somebody did lately."""
    return [typing_news(conversation, place) for place in (None, *conversation.typing.threads())]


def give_snapshot(
    state: State, connection: Connection, conversation: Conversation, *, limited: bool = False
) -> Steps[None]:
    """Give a paused connection a snapshot, unless it has closed its view meanwhile.

    Events up to the snapshot come before it where the ring has them: a notebook's handler wants each message as an
    event. With `limited` the connection is told that there are too many.
    """
    id = conversation.id
    record = yield from read(LoadSnapshot(connection.user, id), SnapshotRecord)
    if record is None:
        raise policy.unknown(id)
    yield from reach(state, id, record.page.as_of)
    policy.check_see(conversation, connection.user)
    if id not in connection.watched:
        return
    state.presence.learn(record.seen)
    conversation.seen_known = state.presence.forgotten
    cursor = connection.cursors.get(id)
    before: list[AnyFromHub] = [Limited(conversation=id)] if limited else []
    if cursor is not None and not limited:
        events = [event for event in conversation.since(cursor) or () if event.seq <= record.page.as_of]
        # With their own end clients forget a conversation, and could not place what follows.
        before += [] if any(connection.user in leavers(event) for event in events) else events
    state.send((connection.id,), *before, _snapshot(state, conversation, record), *_besides(conversation))
    connection.cursors[id] = record.page.as_of


def _snapshot(state: State, conversation: Conversation, record: SnapshotRecord) -> Snapshot:
    named = len(conversation.members) <= GROUP_MEMBERS
    receipts = policy.tracks_receipts(conversation)
    typing = typing_news(conversation)
    return Snapshot(
        summary=state.summary(record.summary),
        as_of=record.page.as_of,
        messages=list(record.page.messages),
        has_before=record.page.has_before,
        people=state.named(people(conversation.members.values() if named else (), record.page.people)),
        members=list(conversation.members) if named else [],
        online=state.presence.count(conversation),
        presence=state.presence.statuses(conversation),
        marks=list(conversation.marks.values()) if receipts else [],
        receipts=receipts,
        typing=typing.users,
        typing_count=typing.count,
        standings=list(conversation.standings.values()) if named else [],
        commands=state.offers.of(conversation),
        notices=list(record.page.notices),
    )


def _refresh(state: State, conversation: Conversation) -> Steps[None]:
    query = LoadEvents(conversation=conversation.id, after=conversation.last_seq, limit=RESUME_EVENTS)
    record = yield from must_read(query, EventsRecord)
    if record.epoch == conversation.epoch:
        for event in record.events:
            fold_event(state, conversation, event)
        settle(state, conversation)


def _learn_seen(state: State, connection: Connection, conversation: Conversation) -> Steps[None]:
    record = yield from read(LoadSnapshot(connection.user, conversation.id), SnapshotRecord)
    if record is not None:
        state.presence.learn(record.seen)
        conversation.seen_known = state.presence.forgotten
