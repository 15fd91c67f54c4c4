"""Finding, making, joining and leaving conversations."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from nbchat.protocol.messages import (
    ConversationKind,
    Create,
    Done,
    Join,
    Joined,
    Leave,
    Left,
    Open,
    Opened,
    Person,
    Role,
)

from . import policy
from .catchup import ensure_told
from .connections import Connection
from .conversations import Conversation
from .deciding import TRIES, author_of, decided, signed, valid
from .flows import Refusal, Steps, read, stored
from .invitations import check_not_blocked, invited
from .items import Exists, NewConversation, Stored
from .loading import append, enter
from .moderation import check_owned_without
from .names import BadName, clean_handle, clean_title, handle_of
from .people import find_person
from .policy import is_member
from .queries import FindConversation, LoadConversation
from .reports import recount
from .state import State


def join(state: State, connection: Connection, command: Join) -> Steps[Done]:
    """Become a member of an open channel."""
    yield from _become_member(state, connection, command.conversation)
    return Done(ref=command.ref)


def leave(state: State, connection: Connection, command: Leave) -> Steps[Done]:
    """Stop being a member; the own `left` is the last event that one is given.

    The last owner stays while others are there, because nobody could ever make another one.
    """
    state.pace_change(connection.user)

    def decide(conversation: Conversation) -> Left:
        policy.check(conversation, connection.user, "leave", state.now.wall)
        check_owned_without(conversation, connection.user)
        return Left(**signed(state, connection, conversation.id), user=connection.user)

    yield from decided(state, command.conversation, decide)
    yield from recount(state, command.conversation, connection.user)
    return Done(ref=command.ref)


def open_(state: State, connection: Connection, command: Open) -> Steps[Opened]:
    """Find a conversation by name: `ml-team` or `#ml-team` a channel, `@ada` a person, or an id that one may see."""
    name = command.name.strip()
    if name.startswith("@"):
        id = yield from _open_direct(state, connection, name[1:].strip())
    else:
        id = yield from _open_channel(state, connection, name, create=command.create)
    yield from _become_member(state, connection, id)
    return Opened(ref=command.ref, conversation=id)


def create(state: State, connection: Connection, command: Create) -> Steps[Opened]:
    """Make a group of people of the directory, or a channel whose handle follows from its title."""
    title = valid(clean_title, command.title)
    if command.kind == "channel":
        if command.members:
            raise Refusal("forbidden", why="people join a channel by themselves; make a group to invite them")
        handle = valid(handle_of, command.title)
        id = yield from _make(state, connection, "channel", title, handle=handle, key=command.key)
        if id != _id_of(connection.user, command.key):
            raise Refusal("taken", name=handle)
    else:
        others = yield from invited(state, connection, command.members)
        id = yield from _make(state, connection, "group", title, key=command.key, others=others)
    yield from _become_member(state, connection, id)
    return Opened(ref=command.ref, conversation=id)


def _become_member(state: State, connection: Connection, id: str) -> Steps[None]:
    """Join unless one is a member; afterwards the connection was told of the conversation.

    Who comes to a channel that everybody has left owns it.
    """
    for attempt in range(TRIES):
        conversation = yield from enter(state, id)
        if is_member(conversation, connection.user):
            yield from ensure_told(state, connection, conversation)
            return
        policy.check(conversation, connection.user, "join", state.now.wall)
        if attempt == 0:
            state.pace_change(connection.user)
        me = author_of(state, connection)
        role: Role = "member" if conversation.members else "owner"
        joined = Joined(**signed(state, connection, id), person=me, role=role)
        yield from append(state, conversation, joined)
    raise Refusal("store_failed")


def _open_channel(state: State, connection: Connection, name: str, *, create: bool) -> Steps[str]:
    try:
        handle: str | None = clean_handle(name)
    except BadName:
        handle = None
    if handle is not None:
        found = yield from read(FindConversation(handle=handle), str)
        if found is not None:
            return found
    if (yield from _is_id(state, connection, name)):
        return name
    if not create:
        raise policy.unknown(name)
    handle = valid(clean_handle, name)
    id = yield from _make(state, connection, "channel", name.removeprefix("#").strip(), handle=handle)
    return id


def _is_id(state: State, connection: Connection, name: str) -> Steps[bool]:
    """Whether this is the id of a conversation that the person may see."""
    try:
        conversation = yield from enter(state, name)
    except Refusal as refusal:
        if refusal.code == "unknown_conversation":
            return False
        raise
    if policy.may_see(conversation, connection.user):
        return True
    yield LoadConversation("")  # as long as for an id that was never given out
    return False


def _open_direct(state: State, connection: Connection, name: str) -> Steps[str]:
    peer = yield from find_person(name)
    found = yield from read(FindConversation(pair=(connection.user, peer.id)), str)
    if found is not None:
        return found
    yield from check_not_blocked(state, connection, peer)
    others = () if peer.id == connection.user else (peer,)
    id = yield from _make(state, connection, "direct", "", others=others)
    return id


def _make(
    state: State,
    connection: Connection,
    kind: ConversationKind,
    title: str,
    *,
    handle: str | None = None,
    key: str | None = None,
    others: tuple[Person, ...] = (),
) -> Steps[str]:
    """Make a conversation; returns its id, or that of the one which is there."""
    state.pace_change(connection.user)
    me = author_of(state, connection)
    outcome = yield NewConversation(
        id=state.mint() if key is None else _id_of(connection.user, key),
        epoch=state.mint(),
        kind=kind,
        title=title,
        handle=handle,
        key=key,
        author=me,
        members=(me, *others),
    )
    if isinstance(outcome, Exists):
        return outcome.id
    return stored(outcome, Stored).event.conversation


def _id_of(user: str, key: str) -> str:
    """Return the id of what this person makes with this key: so `Exists` tells whether the same command made it."""
    return urlsafe_b64encode(sha256(f"{user}\n{key}".encode()).digest())[:12].decode()
