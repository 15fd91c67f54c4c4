"""Who is typing: told as the whole set, so that a lost one heals.

A person stops by saying so, by posting, by their connection's end, or by saying nothing for TYPING_LOST. Nothing of it
is stored. The set holds the typer too: clients leave themselves out, and one frame serves all.
"""

from __future__ import annotations

from nbchat.protocol.limits import TYPING_LOST
from nbchat.protocol.messages import Done, Type

from . import policy
from .alarms import TypingEnds
from .connections import Connection
from .conversations import Conversation
from .delivery import tell_typing
from .flows import Steps
from .loading import enter
from .ports import TypingNote
from .state import State


def type_(state: State, connection: Connection, command: Type) -> Steps[Done]:
    """The person is typing, or has stopped."""
    conversation = yield from enter(state, command.conversation)
    policy.check_take_part(conversation, connection.user)
    if command.active:
        _start(state, conversation, connection.user, connection.id)
        state.publish(TypingNote(conversation.id, connection.user, True))
    elif conversation.typing.get(connection.user) == connection.id:
        stop(state, conversation, connection.user)
        state.publish(TypingNote(conversation.id, connection.user, False))
    return Done(ref=command.ref)


def noted(state: State, note: TypingNote) -> None:
    """Somebody at another hub is typing, or has stopped."""
    conversation = state.conversations.get(note.conversation)
    if conversation is None or note.user not in conversation.members:
        return
    if note.active:
        _start(state, conversation, note.user, None)
    elif conversation.typing.get(note.user, 0) is None:
        stop(state, conversation, note.user)


def lost(state: State, id: str, user: str) -> None:
    """Nothing was heard of a typer for too long."""
    conversation = state.conversations.get(id)
    if conversation is not None:
        stop(state, conversation, user)


def closed(state: State, connection: Connection) -> None:
    """A connection is gone: who typed there does not any more."""
    for conversation in state.conversations:
        if conversation.typing.get(connection.user) == connection.id:
            stop(state, conversation, connection.user)
            state.publish(TypingNote(conversation.id, connection.user, False))


def stop(state: State, conversation: Conversation, user: str) -> None:
    """The person stopped."""
    conversation.stop_typing(user)
    state.alarms.drop(TypingEnds(conversation.id, user))
    tell_typing(state, conversation)


def _start(state: State, conversation: Conversation, user: str, where: int | None) -> None:
    conversation.typing_moved = conversation.typing_moved or user not in conversation.typing
    conversation.typing[user] = where
    state.alarms.set(TypingEnds(conversation.id, user), state.now.mono + TYPING_LOST)
    tell_typing(state, conversation)
