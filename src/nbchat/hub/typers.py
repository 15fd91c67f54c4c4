"""Who is typing: told as the whole set, so that a lost one heals. In the conversation, and in each thread apart.

A person stops by saying so, by posting there, by their connection's end, by typing elsewhere on the same connection, or
by saying nothing for TYPING_LOST. Nothing of it is stored. The set holds the typer too: clients leave themselves out,
and one frame serves all.
"""

from __future__ import annotations

from nbchat.protocol.limits import TYPING_LOST
from nbchat.protocol.messages import Done, Type

from . import blocks, policy
from .alarms import TypingEnds
from .connections import Connection
from .conversations import Conversation
from .delivery import tell_typing
from .flows import Steps
from .loading import enter
from .ports import TypingNote
from .state import State


def type_(state: State, connection: Connection, command: Type) -> Steps[Done]:
    """The person is typing, or has stopped. Who takes no messages from them is not told, and neither are they."""
    conversation = yield from enter(state, command.conversation)
    policy.check_take_part(conversation, connection.user)
    if (yield from blocks.blocker(state, conversation, connection.user)) is not None:
        return Done(ref=command.ref)
    conversation = yield from enter(state, command.conversation)
    user, thread = connection.user, command.thread
    policy.check(conversation, user, "post" if thread is None else "post_in_thread", state.now.wall)
    if command.active:
        for place in conversation.typing.places(user):
            if place != thread:
                _stop_here(state, conversation, connection, place)
        _start(state, conversation, user, thread, connection.id)
        state.publish(TypingNote(conversation.id, user, True, thread))
    else:
        _stop_here(state, conversation, connection, thread)
    return Done(ref=command.ref)


def noted(state: State, note: TypingNote) -> None:
    """Somebody at another hub is typing, or has stopped."""
    conversation = state.conversations.get(note.conversation)
    if conversation is None or note.user not in conversation.members:
        return
    if note.active:
        _start(state, conversation, note.user, note.thread, None)
    elif conversation.typing.types(note.user, note.thread, None):
        _stop(state, conversation, note.user, note.thread)


def lost(state: State, alarm: TypingEnds) -> None:
    """Nothing was heard of a typer for too long."""
    conversation = state.conversations.get(alarm.conversation)
    if conversation is not None:
        _stop(state, conversation, alarm.user, alarm.thread)


def closed(state: State, connection: Connection) -> None:
    """A connection is gone: who typed there does not any more."""
    for conversation in state.conversations:
        if conversation.typing:
            for place in conversation.typing.places(connection.user):
                _stop_here(state, conversation, connection, place)


def _start(state: State, conversation: Conversation, user: str, thread: int | None, where: int | None) -> None:
    conversation.typing.start(user, thread, where)
    state.alarms.set(TypingEnds(conversation.id, user, thread), state.now.mono + TYPING_LOST)
    tell_typing(state, conversation)


def _stop_here(state: State, conversation: Conversation, connection: Connection, thread: int | None) -> None:
    """The person stopped, if it was on this connection that they typed; the other hubs are told."""
    if conversation.typing.types(connection.user, thread, connection.id):
        _stop(state, conversation, connection.user, thread)
        state.publish(TypingNote(conversation.id, connection.user, False, thread))


def _stop(state: State, conversation: Conversation, user: str, thread: int | None) -> None:
    conversation.typing.stop(user, thread)
    state.alarms.drop(TypingEnds(conversation.id, user, thread))
    tell_typing(state, conversation)
