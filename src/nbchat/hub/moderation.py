"""What moderators and owners do with members: roles, muting, removing, and the log of all that.

Each is one event, decided by `policy.check` on the conversation as it is at that moment; what is so already stores
nothing. Reports are in `reports`, links and invitations in `invitations`.
"""

from __future__ import annotations

from nbchat.protocol.messages import (
    AnyDurable,
    Done,
    FindBanned,
    FindLog,
    Left,
    Log,
    Mute,
    Muted,
    People,
    Rank,
    Ranked,
    Remove,
    Role,
    Unban,
    Unbanned,
)

from . import policy
from .connections import Connection
from .conversations import Conversation
from .deciding import decided, line, signed
from .flows import Refusal, Steps, must_read, read
from .loading import enter
from .queries import EventsRecord, LoadLog, LoadPeople, PeopleRecord
from .reports import recount
from .state import State

REASON_CHARS = 200
"""Of a removal; as `Remove.reason` says."""


def rank(state: State, connection: Connection, command: Rank) -> Steps[Done]:
    """Give a member another role: owners any, moderators those below their own to who stands below them."""
    state.pace_change(connection.user)

    def decide(conversation: Conversation) -> Ranked | None:
        had = conversation.role(command.user)
        grand: tuple[Role, ...] = ("moderator", "owner")
        steps_down = command.user == connection.user and command.role != "owner" and had == "moderator"
        appoints = (command.role in grand or had in grand) and not steps_down
        action: policy.Action = "appoint" if appoints else "rank"
        policy.check(conversation, connection.user, action, state.now.wall, other=command.user)
        if _member(conversation, command.user) == command.role:
            return None
        if had == "owner":
            check_owned_without(conversation, command.user)
        return Ranked(**signed(state, connection, conversation.id), user=command.user, role=command.role)

    yield from decided(state, command.conversation, decide)
    yield from recount(state, command.conversation, command.user)
    return Done(ref=command.ref)


def mute(state: State, connection: Connection, command: Mute) -> Steps[Done]:
    """Let a member write nothing for a while, or again."""
    state.pace_change(connection.user)

    def decide(conversation: Conversation) -> Muted | None:
        policy.check(conversation, connection.user, "mute", state.now.wall, other=command.user)
        if command.user == connection.user:
            raise Refusal("forbidden", why="nobody mutes themself")
        _member(conversation, command.user)
        until = state.now.wall + command.seconds * 1_000 if command.seconds else None
        if until is None and not policy.is_muted(conversation, command.user, state.now.wall):
            return None
        return Muted(**signed(state, connection, conversation.id), user=command.user, until=until)

    yield from decided(state, command.conversation, decide)
    return Done(ref=command.ref)


def remove(state: State, connection: Connection, command: Remove) -> Steps[Done]:
    """Make somebody no member any more; their own `left` is the last event that they are given."""
    reason = line("reason", command.reason, REASON_CHARS)
    state.pace_change(connection.user)

    def decide(conversation: Conversation) -> Left | None:
        policy.check(conversation, connection.user, "remove", state.now.wall, other=command.user)
        if command.user == connection.user:
            raise Refusal("forbidden", why="nobody removes themself; leave instead")
        if command.ban and command.user in conversation.banned:
            return None
        _member(conversation, command.user)
        base = signed(state, connection, conversation.id)
        return Left(**base, user=command.user, banned=command.ban, reason=reason)

    yield from decided(state, command.conversation, decide)
    yield from recount(state, command.conversation, command.user)
    return Done(ref=command.ref)


def unban(state: State, connection: Connection, command: Unban) -> Steps[Done]:
    """Let somebody come back; they are no member by this."""
    state.pace_change(connection.user)

    def decide(conversation: Conversation) -> Unbanned | None:
        policy.check(conversation, connection.user, "remove", state.now.wall, other=command.user)
        if command.user not in conversation.banned:
            return None
        return Unbanned(**signed(state, connection, conversation.id), user=command.user)

    yield from decided(state, command.conversation, decide)
    return Done(ref=command.ref)


def find_banned(state: State, connection: Connection, command: FindBanned) -> Steps[People]:
    """Who may not come back."""
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    ids = tuple(sorted(conversation.banned))
    record = yield from must_read(LoadPeople(ids=ids), PeopleRecord)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    return People(ref=command.ref, people=state.named(record.people), more=False)


def find_log(state: State, connection: Connection, command: FindLog) -> Steps[Log]:
    """What was moderated, newest first."""
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    query = LoadLog(conversation=conversation.id, before=command.before, limit=command.limit + 1)
    record = yield from read(query, EventsRecord)
    if record is None:
        raise policy.unknown(conversation.id)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    events = record.events[: command.limit]
    ids = tuple(sorted({user for event in events for user in _concerned(event)}))
    found = yield from must_read(LoadPeople(ids=ids), PeopleRecord)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    return Log(
        ref=command.ref,
        conversation=conversation.id,
        events=list(events),
        people=state.named(found.people),
        more=len(record.events) > command.limit,
    )


def check_owned_without(conversation: Conversation, user: str) -> None:
    """Somebody else is an owner, or nobody else is there.

    Raises:
        Refusal: `last_owner`; `forbidden` in an archived channel, which nobody could join and open again then.
    """
    others = conversation.members.keys() - {user}
    if not others and conversation.kind == "channel" and conversation.settings.archived:
        raise Refusal("forbidden", why="the last one leaves no archived channel; open it again first")
    if others and not any(conversation.role(other) == "owner" for other in others):
        raise Refusal("last_owner", conversation=conversation.title or conversation.id)


def _member(conversation: Conversation, user: str) -> Role:
    role = conversation.role(user)
    if role is None:
        raise Refusal("forbidden", why=f"“{user}” is no member here")
    return role


def _concerned(event: AnyDurable) -> tuple[str, ...]:
    other = getattr(event, "user", None) or getattr(event, "writer", None)
    return (event.author,) if other is None else (event.author, other)
