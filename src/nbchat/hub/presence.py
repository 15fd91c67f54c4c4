"""Who is online, and who was here when.

Only pages make a person online. In this process the connection is the lease: the last page's end starts a grace,
so that a reload does not blink. What other hubs say holds for LEASE and has to be repeated. `PresenceBook` is data;
the functions below change it, tell watchers, the bus and the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbchat.protocol.limits import GROUP_MEMBERS, LEASE, LEASE_REFRESH
from nbchat.protocol.messages import Person, Presence, Status

from . import offers
from .alarms import GraceEnds, LeaseEnds, RefreshLeases
from .connections import Connection
from .conversations import Conversation
from .effects import Connection as ConnectionId
from .items import PutSeen
from .ports import PresenceNote
from .queries import SummaryRecord

if TYPE_CHECKING:
    from .state import State

SEEN = 10_000
"""People of whom is remembered when they were last online, about 150 bytes each; of more the older half is forgotten,
and read again for the next who opens a conversation with them."""


@dataclass
class PresenceBook:
    """What is known of people's pages.

    Attributes:
        online: who is online, here or elsewhere.
        here: how many pages each person has at this hub.
        leaving: when the last page of who is in their grace closed, ms UTC.
        leases: the other hubs at which a person has a page.
        seen: when people were last online, ms UTC, as far as it was needed; who was heard of last stands at the end.
        forgotten: how often half of that was forgotten.
        lists: the connections in whose list a person is the other one of a direct conversation, and which that is.
    """

    online: set[str] = field(default_factory=set)
    here: dict[str, int] = field(default_factory=dict)
    leaving: dict[str, int] = field(default_factory=dict)
    leases: dict[str, set[str]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    forgotten: int = 0
    lists: dict[str, dict[ConnectionId, str]] = field(default_factory=dict)

    def status(self, person: Person) -> Status:
        """Return how others see this person; when they were here is told unless they hide it."""
        seen = None if person.hide_seen else self.seen.get(person.id)
        return Status(person.id, person.id in self.online, seen)

    def count(self, conversation: Conversation) -> int:
        """How many members are online."""
        return len(conversation.members.keys() & self.online)

    def statuses(self, conversation: Conversation) -> list[Status]:
        """Return all members' states; nothing where there are too many to name."""
        if len(conversation.members) > GROUP_MEMBERS:
            return []
        return [self.status(person) for person in conversation.members.values()]

    def learn(self, seen: dict[str, int]) -> None:
        """Take over what the store knows; the later time holds."""
        for user, at in seen.items():
            self.seen[user] = max(at, self.seen.pop(user, 0))
        if len(self.seen) > SEEN:
            self.seen = dict(list(self.seen.items())[-(SEEN // 2) :])
            self.forgotten += 1


def page_opened(state: State, user: str) -> None:
    """A page of this person is ready."""
    book = state.presence
    book.here[user] = book.here.get(user, 0) + 1
    if book.here[user] > 1:
        return
    if book.leaving.pop(user, None) is None:
        state.publish(PresenceNote(state.hub, user, True))
    state.alarms.drop(GraceEnds(user))
    if RefreshLeases() not in state.alarms:
        state.alarms.set(RefreshLeases(), state.now.mono + LEASE_REFRESH)
    _look(state, user)


def page_closed(state: State, user: str) -> None:
    """A page of this person is gone; with the last one their grace begins."""
    book = state.presence
    left = book.here.get(user, 0) - 1
    if left > 0:
        book.here[user] = left
    elif book.here.pop(user, None) is not None:
        book.leaving[user] = state.now.wall
        state.alarms.set(GraceEnds(user), state.now.mono + state.limits.presence_grace)


def grace_ended(state: State, user: str) -> None:
    """The person did not come back."""
    at = state.presence.leaving.pop(user, None)
    if at is not None:
        _gone_from_here(state, user, at)
        _look(state, user)


def shut_down(state: State) -> None:
    """The hub ends: whoever is here is seen here for the last time, so that the store does not show an older visit."""
    book = state.presence
    for user in [*book.here, *book.leaving]:
        _gone_from_here(state, user, book.leaving.get(user, state.now.wall))
    book.here.clear()
    book.leaving.clear()


def _gone_from_here(state: State, user: str, at: int) -> None:
    state.presence.learn({user: at})
    state.flows.submit(PutSeen(user=user, at=at))
    state.publish(PresenceNote(state.hub, user, False))


def noted(state: State, note: PresenceNote) -> None:
    """Another hub says who is there."""
    alarm = LeaseEnds(note.hub, note.user)
    if note.online:
        state.presence.leases.setdefault(note.user, set()).add(note.hub)
        state.alarms.set(alarm, state.now.mono + LEASE)
        _look(state, note.user)
    else:
        state.alarms.drop(alarm)
        lease_ended(state, note.hub, note.user)


def lease_ended(state: State, hub: str, user: str) -> None:
    """Another hub said that the person is gone, or has not said for too long that they are there."""
    hubs = state.presence.leases.get(user)
    if hubs is None or hub not in hubs:
        return
    hubs.discard(hub)
    if not hubs:
        del state.presence.leases[user]
    state.presence.learn({user: state.now.wall})
    _look(state, user)


def refresh_leases(state: State) -> None:
    """Tell the other hubs again who is here, and what is answered here: they forget it, and may have missed it."""
    book = state.presence
    here = [*book.here, *book.leaving]
    for user in here:
        state.publish(PresenceNote(state.hub, user, True))
    if offers.refresh(state) or here:
        state.alarms.set(RefreshLeases(), state.now.mono + LEASE_REFRESH)


def _look(state: State, user: str) -> None:
    """See whether the person is online now, and tell watchers if that is new."""
    book = state.presence
    online = user in book.here or user in book.leaving or user in book.leases
    if online == (user in book.online):
        return
    (book.online.add if online else book.online.discard)(user)
    for conversation in state.conversations:
        if conversation.watchers and user in conversation.members:
            tell(state, conversation, [user])
    _tell_lists(state, user)


def listed(state: State, connection: Connection, rows: Iterable[SummaryRecord]) -> None:
    """A connection was given these rows: those of direct conversations say who is here, and are kept up to date."""
    for row in rows:
        if row.peer is not None and row.peer != connection.user:
            state.presence.lists.setdefault(row.peer, {})[connection.id] = row.id
            connection.peers.add(row.peer)


def unlisted(state: State, connection: Connection) -> None:
    """A connection is gone, and its list with it."""
    for user in connection.peers:
        found = state.presence.lists.get(user, {})
        found.pop(connection.id, None)
        if not found:
            state.presence.lists.pop(user, None)


def _tell_lists(state: State, user: str) -> None:
    """Tell those who have the person in their list, but not before them; when they were here stays out of it."""
    targets: dict[str, list[ConnectionId]] = {}
    for connection, id in sorted(state.presence.lists.get(user, {}).items()):
        conversation = state.conversations.get(id)
        if conversation is None or connection not in conversation.watchers:
            targets.setdefault(id, []).append(connection)
    status = Status(user, user in state.presence.online, None)
    for id, connections in targets.items():
        owner = state.connections.get(connections[0])
        online = status.online + (owner is not None and owner.user in state.presence.online)
        state.send(connections, Presence(conversation=id, changed=[status], online=online), ephemeral=True)


def tell(state: State, conversation: Conversation, users: Iterable[str]) -> None:
    """Tell watchers how these people are now."""
    if conversation.watchers:
        state.send(sorted(conversation.watchers), news(state, conversation, users), ephemeral=True)


def news(state: State, conversation: Conversation, users: Iterable[str] | None = None) -> Presence:
    """Return how these people, or all members, are now."""
    book = state.presence
    changed = book.statuses(conversation)
    if users is not None:
        wanted = set(users)
        changed = [status for status in changed if status.user in wanted]
    return Presence(conversation=conversation.id, changed=changed, online=book.count(conversation))
