"""Opening and closing a conversation in a view, and paging back in it: watch, unwatch, history."""

from __future__ import annotations

from nbchat.protocol.limits import RESUME_BYTES, WATCHED_CONVERSATIONS
from nbchat.protocol.messages import AnyDurable, Done, History, Page, Position, Removed, Unwatch, Watch

from . import policy
from .catchup import bring, current, ensure_told, held, hold
from .connections import Connection
from .conversation import touches
from .conversations import Conversation
from .delivery import advance
from .flows import Refusal, Steps, read
from .loading import enter
from .queries import LoadPage, PageRecord
from .state import State

INTERNAL = 4007
"""Row of `codes.CLOSES`."""


def watch(state: State, connection: Connection, command: Watch) -> Steps[Done]:
    """Open a conversation in a view."""
    conversation = yield from enter(state, command.conversation)
    policy.check_see(conversation, connection.user)
    count = len(connection.watched | {conversation.id})
    if count > WATCHED_CONVERSATIONS:
        raise Refusal("too_many", limit=WATCHED_CONVERSATIONS, what="open conversations on one connection", count=count)
    connection.budget = RESUME_BYTES
    was_open = conversation.id in connection.watched
    _look(connection, conversation)
    try:
        yield from hold(state, connection, conversation.id)
        with held(state, connection, conversation.id):
            yield from bring(state, connection, conversation, command.position)
    except Refusal:
        if not was_open:
            _look_away(connection, conversation)
        raise
    advance(state, conversation)
    return Done(ref=command.ref)


def resume_view(state: State, connection: Connection, id: str, position: Position) -> Steps[None]:
    """Go on with a view that was open before the connection broke. `welcome` has paused the connection already."""
    try:
        with held(state, connection, id):
            conversation = yield from enter(state, id)
            policy.check_see(conversation, connection.user)
            _look(connection, conversation)
            yield from bring(state, connection, conversation, position)
        if id not in connection.cursors and policy.is_member(conversation, connection.user):
            yield from ensure_told(state, connection, conversation)  # the view was closed meanwhile
    except Refusal as refusal:
        if refusal.code != "unknown_conversation":
            state.close(connection, INTERNAL)  # the client waits for what was promised; it has to resume again
            return
        connection.cursors.pop(id, None)
        connection.watched.discard(id)
    found = state.conversations.get(id)
    if id not in connection.cursors:
        state.send((connection.id,), Removed(conversation=id))
    elif found is not None:
        advance(state, found)


def unwatch(state: State, connection: Connection, command: Unwatch) -> Steps[Done]:
    """Close it again. What is open nowhere, or was never there, is closed already."""
    conversation = state.conversations.get(command.conversation)
    if conversation is not None:
        _look_away(connection, conversation)
    yield from ()  # a flow like the others, although it waits for nothing
    return Done(ref=command.ref)


def closed(state: State, connection: Connection) -> None:
    """A connection is gone: it watches nothing any more."""
    for id in connection.watched:
        conversation = state.conversations.get(id)
        if conversation is not None:
            conversation.watchers.discard(connection.id)


def drained(state: State, connection: Connection) -> None:
    """A connection has dropped ephemeral news: give it what holds now."""
    for id in sorted(connection.watched):
        conversation = state.conversations.get(id)
        if conversation is not None and id in connection.cursors:
            state.send((connection.id,), *current(state, conversation))


def _look(connection: Connection, conversation: Conversation) -> None:
    connection.watched.add(conversation.id)
    conversation.watchers.add(connection.id)


def _look_away(connection: Connection, conversation: Conversation) -> None:
    connection.watched.discard(conversation.id)
    conversation.watchers.discard(connection.id)
    if not policy.is_member(conversation, connection.user):
        connection.cursors.pop(conversation.id, None)


def history(state: State, connection: Connection, command: History) -> Steps[Page]:
    """A page of messages, with what has happened to them since it was read."""
    bounds = [name for name in ("before", "after", "around") if getattr(command, name) is not None]
    if len(bounds) > 1:
        raise Refusal("malformed", why=f"{' and '.join(bounds)} exclude each other")
    conversation = yield from enter(state, command.conversation)
    policy.check_see(conversation, connection.user)
    query = LoadPage(
        conversation=conversation.id,
        before=command.before,
        after=command.after,
        around=command.around,
        limit=command.limit,
    )
    page = yield from read(query, PageRecord)
    if page is None:
        raise policy.unknown(conversation.id)
    policy.check_see(conversation, connection.user)
    return Page(
        ref=command.ref,
        conversation=conversation.id,
        epoch=page.epoch,
        messages=list(page.messages),
        as_of=page.as_of,
        has_before=page.has_before,
        has_after=page.has_after,
        fixups=_fixups(connection, conversation, page),
        people=state.named(page.people),
    )


def _fixups(connection: Connection, conversation: Conversation, page: PageRecord) -> list[AnyDurable]:
    """Return the events above the page that touch it and that the connection was given already.

    Those above its cursor come by themselves. The ring reaches down to a page that was read a moment ago.
    """
    cursor = connection.cursors.get(conversation.id, 0)
    messages = {message.seq for message in page.messages}
    return [
        event for event in conversation.since(page.as_of) or () if event.seq <= cursor and touches(event) in messages
    ]
