"""Slash commands that sessions and bots answer: which there are in a conversation, for who writes there.

Ephemeral, as presence: an offer holds as long as its connection, and what other hubs tell for a LEASE. `OfferBook` is
data; the functions below change it and tell watchers and the bus. The command that begins it is in `slash`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbchat.protocol.limits import LEASE, LEASE_REFRESH
from nbchat.protocol.messages import Commands, Offered

from .alarms import OffersEnd, RefreshLeases
from .effects import Connection as ConnectionId
from .ports import OffersNote

if TYPE_CHECKING:
    from .connections import Connection
    from .conversations import Conversation
    from .state import State

SHOWN = 200
"""So many commands of a conversation are told; a longer list helps nobody."""


@dataclass
class OfferBook:
    """What is offered, by conversation.

    Attributes:
        here: what each connection of this hub answers.
        elsewhere: what the connections of each other hub answer.
    """

    here: dict[str, dict[ConnectionId, tuple[Offered, ...]]] = field(default_factory=dict)
    elsewhere: dict[str, dict[str, tuple[Offered, ...]]] = field(default_factory=dict)

    def ours(self, id: str) -> tuple[Offered, ...]:
        """Return what connections of this hub answer there."""
        return tuple(one for group in self.here.get(id, {}).values() for one in group)

    def of(self, conversation: Conversation) -> list[Offered]:
        """Return what members answer there, by name."""
        groups = self.elsewhere.get(conversation.id, {}).values()
        found = {*self.ours(conversation.id), *(one for group in groups for one in group)}
        members = [one for one in found if one.user in conversation.members]
        return sorted(members, key=lambda one: (one.name, one.user, one.help))[:SHOWN]


def say(state: State, connection: Connection, id: str, commands: tuple[Offered, ...]) -> None:
    """Take what a connection answers in a conversation, instead of what it said before."""
    _set(state, connection.id, id, commands)
    if commands and RefreshLeases() not in state.alarms:
        state.alarms.set(RefreshLeases(), state.now.mono + LEASE_REFRESH)


def closed(state: State, connection: Connection) -> None:
    """A connection is gone, and answers nothing any more."""
    for id in [id for id, groups in state.offers.here.items() if connection.id in groups]:
        withdraw(state, connection, id)


def withdraw(state: State, connection: Connection, id: str) -> None:
    """A connection answers nothing in this conversation any more."""
    if connection.id in state.offers.here.get(id, {}):
        _set(state, connection.id, id, ())


def _set(state: State, connection: ConnectionId, id: str, commands: tuple[Offered, ...]) -> None:
    groups = state.offers.here.setdefault(id, {})
    had = groups.pop(connection, ())
    if commands:
        groups[connection] = commands
    if not groups:
        del state.offers.here[id]
    if had != commands:
        state.publish(OffersNote(state.hub, id, state.offers.ours(id)))
        _tell(state, id)


def noted(state: State, note: OffersNote) -> None:
    """Another hub says what its connections answer."""
    hubs = state.offers.elsewhere.setdefault(note.conversation, {})
    had = hubs.pop(note.hub, ())
    alarm = OffersEnd(note.hub, note.conversation)
    if note.commands:
        hubs[note.hub] = note.commands
        state.alarms.set(alarm, state.now.mono + LEASE)
    else:
        state.alarms.drop(alarm)
    if not hubs:
        del state.offers.elsewhere[note.conversation]
    if had != note.commands:
        _tell(state, note.conversation)


def lease_ended(state: State, hub: str, id: str) -> None:
    """Another hub has not said for too long that its connections are there."""
    noted(state, OffersNote(hub, id, ()))


def refresh(state: State) -> bool:
    """Tell the other hubs again what is answered here. Returns whether there was anything to tell."""
    for id in state.offers.here:
        state.publish(OffersNote(state.hub, id, state.offers.ours(id)))
    return bool(state.offers.here)


def _tell(state: State, id: str) -> None:
    conversation = state.conversations.get(id)
    if conversation is not None and conversation.watchers:
        news = Commands(conversation=id, commands=state.offers.of(conversation))
        state.send(sorted(conversation.watchers), news, ephemeral=True)
