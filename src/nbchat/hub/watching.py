"""Opening and closing a conversation in a view, and paging back in it: watch, unwatch, history."""

from __future__ import annotations

from nbchat.protocol.changes import in_conversation, message_of, noticed, spaced
from nbchat.protocol.codes import INTERNAL
from nbchat.protocol.limits import RESUME_BYTES, WATCHED_CONVERSATIONS
from nbchat.protocol.messages import (
    AnyDurable,
    Done,
    History,
    Left,
    Message,
    Page,
    Person,
    Position,
    Posted,
    Removed,
    Unwatch,
    Watch,
)

from . import policy
from .catchup import bring, current, ensure_told, held, hold
from .connections import Connection
from .conversations import Conversation
from .delivery import advance_one
from .flows import Refusal, Steps, read
from .loading import enter
from .lookups import fixups
from .queries import LoadPage, PageRecord
from .rows import people
from .state import State


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
    advance_one(state, conversation, connection)
    return Done(ref=command.ref)


def resume_view(
    state: State, connection: Connection, id: str, position: Position, end: Left | None = None
) -> Steps[None]:
    """Go on with a view that was open before the connection broke. `welcome` has paused the connection already.

    `end` is told where the conversation is not theirs to see any more.
    """
    try:
        with held(state, connection, id):
            conversation = yield from enter(state, id)
            policy.check_see(conversation, connection.user)
            _look(connection, conversation)
            yield from bring(state, connection, conversation, position)
        if id not in connection.cursors and policy.is_member(conversation, connection.user):
            yield from ensure_told(state, connection, conversation)  # the view was closed meanwhile
    except Refusal as refusal:
        if refusal.code not in policy.UNSEEN:
            state.close(connection, INTERNAL)  # the client waits for what was promised; it has to resume again
            return
        connection.cursors.pop(id, None)
        connection.watched.discard(id)
    found = state.conversations.get(id)
    if id not in connection.cursors:
        state.send((connection.id,), Removed(conversation=id, left=end))
    elif found is not None:
        advance_one(state, found, connection)


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
        thread=command.thread,
    )
    page = yield from read(query, PageRecord)
    policy.check_see(conversation, connection.user)
    if page is None:
        raise policy.unknown(conversation.id)
    messages, notices, as_of = _up_to_date(connection, conversation, page, command)
    return Page(
        ref=command.ref,
        conversation=conversation.id,
        epoch=page.epoch,
        messages=messages,
        as_of=as_of,
        has_before=page.has_before,
        has_after=page.has_after,
        fixups=fixups(connection, conversation, messages, page.as_of),
        people=state.named(people(page.people, _authors(conversation, messages))),
        notices=notices,
    )


def _up_to_date(
    connection: Connection, conversation: Conversation, page: PageRecord, command: History
) -> tuple[list[Message], list[AnyDurable], int]:
    """Return the messages of a page, what happened between them, and as of when it is complete.

    The newest page was read a moment ago: messages that the connection was given meanwhile are added, so that what
    comes next follows what it shows.
    """
    messages, cursor = list(page.messages), connection.cursors.get(conversation.id, 0)
    since = conversation.since(page.as_of)
    if page.has_after or command.before is not None or since is None or cursor <= page.as_of:
        return messages, list(page.notices), page.as_of
    given = [event for event in since if event.seq <= cursor]
    messages += (message_of(event) for event in given if isinstance(event, Posted) and _belongs(event, command.thread))
    seen = (event for event in given if command.thread is None and noticed(event))
    return messages, spaced([*page.notices, *seen], [message.seq for message in messages]), cursor


def _belongs(event: Posted, thread: int | None) -> bool:
    """Whether a new message stands in this timeline: of a thread, or the conversation's own."""
    return in_conversation(event) if thread is None else thread in (event.seq, event.thread)


def _authors(conversation: Conversation, messages: list[Message]) -> list[Person]:
    """Return those of the authors who are members now."""
    return [conversation.members[one.author] for one in messages if one.author in conversation.members]
