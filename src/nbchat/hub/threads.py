"""Following threads: who is told of replies. Writing and reading in them is in `posting`, `watching` and `receipts`."""

from __future__ import annotations

from nbchat.protocol.messages import Done, Follow

from . import policy
from .connections import Connection
from .flows import Refusal, Steps, stored
from .items import OwnStored, PutFollow
from .loading import enter
from .lookups import load_messages, the_message
from .state import State


def follow(state: State, connection: Connection, command: Follow) -> Steps[Done]:
    """Be told of a thread's replies, or no more. One may follow a message that nobody has replied to yet."""
    state.pace(connection.user, "touches", state.limits.touches)
    conversation = yield from enter(state, command.conversation)
    policy.check_take_part(conversation, connection.user)
    record = yield from load_messages(conversation, connection.user, (command.thread,))
    root = the_message(conversation, record, command.thread)
    if root.thread is not None:
        raise Refusal("forbidden", why="a reply of a thread has no thread of its own")
    if root.deleted is not None and root.replies is None and command.on:
        raise Refusal("deleted")
    policy.check_take_part(conversation, connection.user)
    outcome = yield PutFollow(user=connection.user, conversation=conversation.id, root=root.seq, on=command.on)
    stored(outcome, OwnStored, conversation=conversation.id)
    return Done(ref=command.ref)
