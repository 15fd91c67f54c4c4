"""Commands: from what a connection sent to the flow that does it, and from the end of that flow to the answer.

What a command means has a module of its own for each family (`commands`); here is what holds for all of them: their
pace, hello before all others, how many may be under way, and how a refusal is told. Pure; a part of `core`.
"""

from __future__ import annotations

from nbchat.protocol.messages import AnyCommand, AnyReply, Hello

from .commands import steps
from .connections import Connection
from .effects import Fault, Malformed, Pinged, Received
from .flows import Flow, Refusal
from .loading import as_if_absent
from .state import State

UNANSWERED = 512
"""Commands of one connection in progress; more is a client that does not wait for answers."""
FLOOD = 4003
"""Row of `codes.CLOSES`."""


def received(state: State, given: Received | Malformed | Pinged) -> None:
    """Begin a command, or refuse what is none; a ping only costs."""
    connection = state.connections.get(given.connection)
    if connection is None or connection in state.closing or not _paced(state, connection):
        return
    if isinstance(given, Pinged):
        return
    if isinstance(given, Malformed):
        state.refuse(connection.id, given.ref, Refusal(given.code, values=given.values))
    elif connection.greeting is not None:
        _keep(state, connection, given.command)
    else:
        _start(state, connection, given.command)


def ended(state: State, flow: Flow, result: AnyReply | Exception | None) -> None:
    """A flow has ended: answer the command, if it came with one."""
    if isinstance(result, Refusal):
        _refused(state, flow, result)
    elif isinstance(result, Exception):
        state.out.append(Fault(result))
        _refused(state, flow, Refusal("internal"))
    elif result is not None and flow.owner is not None:
        state.send((flow.owner,), result)
    connection = None if flow.owner is None else state.connections.get(flow.owner)
    if connection is not None and connection.early and connection.greeting is None:
        early, connection.early = connection.early, []
        for command in early:
            _start(state, connection, command)


def _paced(state: State, connection: Connection) -> bool:
    if connection.frames.take(state.now.mono) == 0:
        return True
    state.refuse(connection.id, None, Refusal("flood", limit=state.limits.flood_frames))
    state.close(connection, FLOOD)
    return False


def _keep(state: State, connection: Connection, command: AnyCommand) -> None:
    """Commands that follow hello before its welcome are answered after it."""
    if isinstance(command, Hello):
        state.refuse(connection.id, command.ref, Refusal("hello_twice"))
    elif len(connection.early) < UNANSWERED:
        connection.early.append(command)
    else:
        state.refuse(connection.id, command.ref, Refusal("slow", retry_after=1.0))


def _start(state: State, connection: Connection, command: AnyCommand) -> None:
    if not connection.ready and not isinstance(command, Hello):
        kind = str(command.__struct_config__.tag)
        state.refuse(connection.id, command.ref, Refusal("hello_first", kind=kind))
    elif state.flows.running(connection.id) >= UNANSWERED:
        state.refuse(connection.id, command.ref, Refusal("slow", retry_after=1.0))
    else:
        state.flows.start(steps(state, connection, command), connection.id, command.ref)


def _refused(state: State, flow: Flow, refusal: Refusal) -> None:
    if flow.owner is None or flow.ref is None:
        return
    if refusal.hides:
        state.flows.start(as_if_absent(refusal), flow.owner, flow.ref)
        return
    state.refuse(flow.owner, flow.ref, refusal)
    connection = state.connections.get(flow.owner)
    if connection is not None and refusal.close is not None:
        state.close(connection, refusal.close)
