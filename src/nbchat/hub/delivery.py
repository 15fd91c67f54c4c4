"""The one path by which durable events reach connections: a cursor for each, and `advance`.

Whatever makes a conversation grow here (an own commit, news from another hub, the timer) ends in `fold` for each event
and one `advance`. It gives every connection in the audience the ring's events above its cursor, in the same tick; those
with the same cursor share one frame. Who needs more than events (was never told of the conversation, or is too far
behind) is paused and handed to `catchup`. Rules:

1. A cursor only grows. No event at or below it is sent; only a fresh row or snapshot skips some above it.
2. Who stops being in the audience is given the event that says so, and nothing after.
3. Nothing here waits or loads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from nbchat.protocol.messages import AnyDurable, Edited, Posted, Removed, Typing

from . import offers, own, presence
from .connections import Connection
from .conversations import Conversation
from .flows import Wait
from .growth import given_up
from .state import State

NAMED_TYPERS = 5
"""So many typers are named, the rest is counted: a view says "several people" anyway."""
NEVER = -1
"""In the place of a cursor: never told of the conversation."""
EVENT_BYTES = 200
"""About what an event takes beside its text."""


def fold(state: State, conversation: Conversation, event: AnyDurable) -> None:
    """Take an event that is in the log; what is known is ignored, and a gap is noted for `loading.fetch`."""
    if event.seq != conversation.last_seq + 1:
        if event.seq > conversation.last_seq:
            conversation.wanted = max(conversation.wanted, event.seq)
        return
    before = conversation.audience
    conversation.append(event)
    if before is conversation.audience:
        return  # nearly always; comparing two large sets costs as much as all else here
    gone = before - conversation.audience
    if gone:
        advance(state, conversation, before)
        for user in sorted(gone):
            _revoke(state, conversation, user)


def settle(state: State, conversation: Conversation) -> None:
    """Hand on all that has been folded: events first, then what follows from them, then let those go on who wait."""
    advance(state, conversation)
    if conversation.given_up:
        gone, conversation.given_up = conversation.given_up, []
        state.send(sorted(conversation.watchers), *(given_up(conversation.id, seq) for seq in gone))
    if conversation.presence_moved:
        presence.tell(state, conversation, conversation.presence_moved)
        conversation.presence_moved = {}
    tell_typing(state, conversation)
    state.flows.wake(Wait("seq", conversation.id))


def advance(state: State, conversation: Conversation, audience: frozenset[str] | None = None) -> None:
    """Give everybody in the audience, and those who watch, the events above their cursor."""
    id, last = conversation.id, conversation.last_seq
    listening = _listening(state, conversation) if audience is None else _look_up(state, audience)
    audience = conversation.audience if audience is None else audience
    groups: defaultdict[int, list[Connection]] = defaultdict(list)
    for connection in (*listening, *_onlookers(state, conversation, audience)):
        cursor = connection.cursors.get(id, NEVER)
        if cursor < last and not (connection.paused and id in connection.paused):
            groups[cursor].append(connection)
    for cursor, connections in sorted(groups.items()):
        _give(state, conversation, cursor, connections)
    for waiting in state.connections.greeting():
        if waiting.greeting is not None and waiting.user in audience:
            waiting.greeting.missed.add(id)


def advance_one(state: State, conversation: Conversation, connection: Connection) -> None:
    """Give one connection the events above its cursor: it was paused, or has just come, and nobody else has.

    Not `advance`: when thousands come back at once, each of them would have all the others looked at.
    """
    cursor = connection.cursors.get(conversation.id, NEVER)
    if cursor >= conversation.last_seq or conversation.id in connection.paused or not connection.ready:
        return
    if connection.user in conversation.audience or connection in _onlookers(state, conversation, conversation.audience):
        _give(state, conversation, cursor, [connection])


def _give(state: State, conversation: Conversation, cursor: int, connections: list[Connection]) -> None:
    """Give these connections, which stand at the same cursor, what is above it; hand on those who need more."""
    id, last = conversation.id, conversation.last_seq
    events = conversation.since(cursor) if cursor != NEVER else None
    returned = conversation.returned(cursor) if events else frozenset[str]()
    given, lacking = ([], connections) if events is None else (connections, [])
    if returned:
        given = [one for one in connections if one.user not in returned]
        lacking = [one for one in connections if one.user in returned]
    state.figures.behind += len(lacking)
    for connection in lacking:
        pause(state, connection, id)
        state.behind.append((connection, id))
    for connection in given:
        connection.cursors[id] = last
    state.send([one.id for one in given], *(events or ()))
    for connection in given:
        if connection.own:
            own.give_all(state, connection, id)


def _listening(state: State, conversation: Conversation) -> list[Connection]:
    """Return the ready connections of the audience, by number; looked up again only when either has changed."""
    roster = state.connections.roster
    if conversation.listeners is None or conversation.listeners[0] != roster:
        conversation.listeners = roster, _look_up(state, conversation.audience)
    return conversation.listeners[1]


def forget_lists(state: State) -> None:
    """Drop the lists of listeners that are of an earlier roster: where nobody writes, they keep who is gone.

    Now and then, and not as each connection ends: thousands end at once, and there are thousands of lists.
    """
    for conversation in state.conversations:
        if conversation.listeners is not None and conversation.listeners[0] != state.connections.roster:
            conversation.listeners = None


def _look_up(state: State, audience: frozenset[str]) -> list[Connection]:
    users = state.connections.users
    found = [one for user in users.keys() & audience for one in users[user].connections.values() if one.ready]
    return sorted(found, key=lambda one: one.id)


def _onlookers(state: State, conversation: Conversation, audience: frozenset[str]) -> list[Connection]:
    """Return those who watch an open channel without being members, and have been given it."""
    if conversation.kind != "channel":
        return []
    watching = [state.connections.get(id) for id in sorted(conversation.watchers)]
    return [one for one in watching if one and conversation.id in one.cursors and one.user not in audience]


def revoke_strangers(state: State, conversation: Conversation) -> None:
    """Take a conversation that was just loaded from those who were told of it and have stopped being members since."""
    for connection in state.connections:
        if connection.greeting is not None:  # its list may be older or newer than what was loaded
            connection.greeting.missed.add(conversation.id)
        elif conversation.id in connection.cursors and connection.user not in conversation.audience:
            _revoke(state, conversation, connection.user)


def _revoke(state: State, conversation: Conversation, user: str) -> None:
    """Take a conversation from who is no member any more; who cannot be given the last event gets `Removed`."""
    for connection in state.connections.of(user):
        cursor = connection.cursors.pop(conversation.id, None)
        if cursor is not None and cursor < conversation.last_seq:
            state.send((connection.id,), Removed(conversation=conversation.id))
        own.give_all(state, connection, conversation.id)  # rows that waited for events, which will not come any more
        connection.watched.discard(conversation.id)
        conversation.watchers.discard(connection.id)
        offers.withdraw(state, connection, conversation.id)


def pause(state: State, connection: Connection, id: str) -> None:
    """Give this connection no events of this conversation until `resume`. It must not be paused already."""
    connection.paused.add(id)
    state.conversations.hold(id)


def resume(state: State, connection: Connection, id: str) -> None:
    """End a pause and let those go on who wait for it."""
    connection.paused.discard(id)
    state.conversations.release(id)
    own.give_all(state, connection, id)
    state.flows.wake(Wait("paused", id, connection.id))


def weight(events: Iterable[AnyDurable]) -> int:
    """Return about how many bytes these events take on the wire."""
    return sum(EVENT_BYTES + len(_text(event).encode()) for event in events)


def _text(event: AnyDurable) -> str:
    match event:
        case Posted():
            return event.text + (event.forwarded.text if event.forwarded is not None else "")
        case Edited():
            return event.text
        case _:
            return ""


def tell_typing(state: State, conversation: Conversation) -> None:
    """Tell watchers who is typing, wherever that has changed."""
    for place in list(conversation.typing.moved):
        state.send(sorted(conversation.watchers), typing_news(conversation, place), ephemeral=True)
    conversation.typing.moved.clear()


def typing_news(conversation: Conversation, thread: int | None = None) -> Typing:
    """Return who is typing now in the conversation, or in a thread, as the whole set."""
    users = conversation.typing.users(thread)
    return Typing(conversation=conversation.id, users=users[:NAMED_TYPERS], count=len(users), thread=thread)
