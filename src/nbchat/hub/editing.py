"""What happens to messages that are there: edit, delete, react, pin.

Each is an event about one message, which the store completes: it knows whether the message is there, is deleted, or is
so already. Here is only who may. Of two edits at once the later `seq` wins, for everybody.
"""

from __future__ import annotations

from nbchat.protocol.emoji import one_emoji
from nbchat.protocol.messages import (
    AnyDurable,
    Delete,
    Deleted,
    Done,
    Edit,
    Edited,
    Message,
    Pin,
    Pinned,
    React,
    Reacted,
)

from . import policy
from .connections import Connection
from .conversations import Conversation
from .deciding import author_of, decided, signed
from .flows import Refusal, Steps
from .loading import enter
from .lookups import load_messages, the_message
from .posting import check_text, check_unblocked, mentioned_in
from .state import State


def edit(state: State, connection: Connection, command: Edit) -> Steps[Done]:
    """Change the text of an own message; a moderator may not either."""
    check_text(command.text, may_be_empty=True)
    _pace(state, connection)
    yield from check_unblocked(state, connection, command.conversation)
    message = yield from _find(state, connection, command.conversation, command.message)
    check_text(command.text, may_be_empty=message.forwarded is not None)

    def decide(conversation: Conversation) -> AnyDurable:
        policy.check(conversation, connection.user, "edit", state.now.wall)
        if message.author != connection.user:
            raise Refusal("forbidden", why="only who wrote a message edits it")
        if message.deleted is not None:
            raise Refusal("deleted")
        return Edited(
            **signed(state, connection, conversation.id),
            key=command.key,
            message=message.seq,
            text=command.text if command.text.strip() else "",
            mentions=mentioned_in(state, conversation, connection.user, command.text, message.mentions),
            grown=command.grown,
        )

    yield from decided(state, command.conversation, decide)
    return Done(ref=command.ref)


def delete(state: State, connection: Connection, command: Delete) -> Steps[Done]:
    """Delete a message for everybody: an own one, or another's as a moderator."""
    _pace(state, connection)
    message = yield from _find(state, connection, command.conversation, command.message)

    def decide(conversation: Conversation) -> AnyDurable:
        author = author_of(state, connection)
        own = message.author == author.id
        other = None if own else message.author
        policy.check(conversation, author.id, "delete" if own else "delete_other", state.now.wall, other)
        return Deleted(**signed(state, connection, conversation.id), message=message.seq)

    yield from decided(state, command.conversation, decide)
    return Done(ref=command.ref)


def react(state: State, connection: Connection, command: React) -> Steps[Done]:
    """Put an emoji under a message, or take it away."""
    emoji = one_emoji(command.emoji)
    if emoji is None:
        raise Refusal("bad_emoji", emoji=command.emoji)
    _pace(state, connection)
    yield from check_unblocked(state, connection, command.conversation)

    def decide(conversation: Conversation) -> AnyDurable:
        policy.check(conversation, connection.user, "react", state.now.wall)
        return Reacted(
            **signed(state, connection, conversation.id),
            message=command.message,
            emoji=emoji,
            on=command.on,
        )

    yield from decided(state, command.conversation, decide)
    return Done(ref=command.ref)


def pin(state: State, connection: Connection, command: Pin) -> Steps[Done]:
    """Pin a message, or no more."""
    _pace(state, connection)
    yield from check_unblocked(state, connection, command.conversation)

    def decide(conversation: Conversation) -> AnyDurable:
        policy.check(conversation, connection.user, "pin", state.now.wall)
        return Pinned(
            **signed(state, connection, conversation.id),
            message=command.message,
            on=command.on,
        )

    yield from decided(state, command.conversation, decide)
    return Done(ref=command.ref)


def _pace(state: State, connection: Connection) -> None:
    state.pace(connection.user, "touches", state.limits.touches)


def _find(state: State, connection: Connection, id: str, seq: int) -> Steps[Message]:
    """Return a message of a conversation that one may see; its author never changes."""
    conversation = yield from enter(state, id)
    policy.check_see(conversation, connection.user)
    record = yield from load_messages(conversation, connection.user, (seq,))
    return the_message(conversation, record, seq)
