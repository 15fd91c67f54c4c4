"""Which flow does what a command says: the table of all commands. A new command is a line here."""

from __future__ import annotations

from nbchat.protocol.messages import (
    Ack,
    AnyCommand,
    AnyReply,
    Create,
    FindChannels,
    FindPeople,
    Hello,
    History,
    Join,
    Leave,
    ListConversations,
    Open,
    Ping,
    Pong,
    Post,
    Read,
    Rename,
    Type,
    Unwatch,
    Watch,
)

from . import membership, people, posting, receipts, typers, watching, welcome
from .connections import Connection
from .flows import Steps
from .state import State


def steps(  # noqa: C901, PLR0912 - one line for each command
    state: State, connection: Connection, command: AnyCommand
) -> Steps[AnyReply | None]:
    """Return the flow that does what the command says."""
    match command:
        case Hello():
            return welcome.hello(state, connection, command)
        case Post():
            return posting.post(state, connection, command)
        case Open():
            return membership.open_(state, connection, command)
        case Create():
            return membership.create(state, connection, command)
        case Join():
            return membership.join(state, connection, command)
        case Leave():
            return membership.leave(state, connection, command)
        case Watch():
            return watching.watch(state, connection, command)
        case Unwatch():
            return watching.unwatch(state, connection, command)
        case History():
            return watching.history(state, connection, command)
        case Read():
            return receipts.read_(state, connection, command)
        case Ack():
            return receipts.ack(state, connection, command)
        case Type():
            return typers.type_(state, connection, command)
        case Rename():
            return people.rename(state, connection, command)
        case ListConversations():
            return people.list_conversations(state, connection, command)
        case FindPeople():
            return people.find_people(state, command)
        case FindChannels():
            return people.find_channels(state, connection, command)
        case Ping():
            return _pong(command)


def _pong(command: Ping) -> Steps[Pong]:
    yield from ()  # a flow like the others, although it waits for nothing
    return Pong(ref=command.ref)
