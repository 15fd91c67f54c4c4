"""Following threads: who is told of replies. Writing and reading in them is in `posting`, `watching` and `receipts`."""

from __future__ import annotations

from nbchat.protocol.messages import Done, Follow

from . import policy
from .connections import Connection
from .flows import Steps, stored
from .items import OwnStored, PutFollow
from .loading import enter
from .posting import check_unblocked
from .state import State


def follow(state: State, connection: Connection, command: Follow) -> Steps[Done]:
    """Be told of a thread's replies, or no more; the store knows whether it is one."""
    state.pace(connection.user, "touches", state.limits.touches)
    if command.on:
        yield from check_unblocked(state, connection, command.conversation)
    conversation = yield from enter(state, command.conversation)
    policy.check_take_part(conversation, connection.user)
    item = PutFollow(user=connection.user, conversation=conversation.id, root=command.thread, on=command.on)
    stored((yield item), OwnStored, conversation=conversation.id)
    return Done(ref=command.ref)
