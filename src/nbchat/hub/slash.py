"""A session or bot says which slash commands it answers in a conversation; `offers` has what follows.

Nothing is routed by it. `/deploy prod` is a message like any other, and who offered `deploy` answers it with a message.
"""

from __future__ import annotations

import re

from nbchat.protocol.limits import VIEW_COMMANDS
from nbchat.protocol.messages import Done, Offer, Offered

from . import offers, policy
from .connections import Connection
from .flows import Refusal, Steps
from .loading import enter
from .state import State

_NAME = re.compile(r"\w[\w-]*")


def offer(state: State, connection: Connection, command: Offer) -> Steps[Done]:
    """Take all that this connection answers there; a name that comes twice is what was said last."""
    if connection.kind == "page":
        raise Refusal("forbidden", why="a page answers no commands; sessions and bots do")
    for one in command.commands:
        if not _NAME.fullmatch(one.name):
            raise Refusal("bad_name", name=one.name, why="use letters, digits, “-” and “_”")
        if one.name.lower() in VIEW_COMMANDS:
            raise Refusal("bad_name", name=one.name, why="every view answers this command itself; choose another name")
    state.pace(connection.user, "touches", state.limits.touches)
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "offer", state.now.wall)
    mine = {one.name: Offered(one.name, " ".join(one.help.split()), connection.user) for one in command.commands}
    offers.say(state, connection, conversation.id, tuple(mine.values()))
    return Done(ref=command.ref)
