"""Writing a message: paced, checked, stored, and acknowledged after everybody who is connected was given it."""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol.limits import MENTIONS, TEXT_CHARS
from nbchat.protocol.messages import EVERYBODY, Accepted, AnyDurable, Forwarded, Mention, Pointer, Post, Posted

from . import blocks, mentions, policy
from .connections import Connection
from .conversations import Conversation
from .deciding import TRIES, signed
from .flows import Refusal, Steps, read
from .loading import append, at_hand, enter, reach
from .lookups import load_messages, the_message
from .policy import Action
from .queries import EventsRecord, LoadSent
from .state import State
from .welcome import send_rate

_NOT_TRIED = frozenset({"store_full", "store_replaced", "store_damaged", "store_failed", "internal"})
"""Refusals by which nothing is said of what was stored before: the client tries again."""


def post(state: State, connection: Connection, command: Post) -> Steps[Accepted]:
    """Write a message; with a key that is known, return the first result."""
    check_text(command.text, may_be_empty=command.forward is not None)
    kind = "page" if connection.kind == "page" else "session"
    state.pace(connection.user, kind, send_rate(state, connection))
    try:
        event = yield from _write(state, connection, command)
    except Refusal as refusal:
        first = None if refusal.code in _NOT_TRIED else (yield from _sent_before(state, connection, command))
        if first is None:
            raise
        event = first
    return Accepted(ref=command.ref, conversation=event.conversation, key=command.key, seq=event.seq, at=event.at)


def _write(state: State, connection: Connection, command: Post) -> Steps[Posted]:
    """Store a message that may be written."""
    forwarded = None
    if command.forward is not None:
        forwarded = yield from _forwarded(state, connection, command.forward, command.conversation)
    # Asking at_hand first, and what concerns few conversations of these only, spares most messages a generator each.
    id = command.conversation
    conversation = at_hand(state, id) or (yield from enter(state, id))
    if conversation.kind == "direct":
        yield from check_unblocked(state, connection, id)
    if conversation.settings.slow:
        yield from _learn_when(state, id, connection.user)
    for _ in range(TRIES):
        conversation = at_hand(state, id) or (yield from enter(state, id))
        _check(state, conversation, connection.user, command)
        posted = _posted(state, connection, conversation, command, forwarded)
        if conversation.settings.slow:
            event = yield from _append_slowly(state, conversation, posted)
        else:
            event = yield from append(state, conversation, posted)
        if isinstance(event, Posted):
            return event
        if event is not None:
            raise Refusal("malformed", why="its key belongs to something else that was sent before")
    raise Refusal("store_failed")


def _sent_before(state: State, connection: Connection, command: Post) -> Steps[Posted | None]:
    """Return the message that this key gave the first time, whatever has happened since then to who may write."""
    query = LoadSent(conversation=command.conversation, author=connection.user, key=command.key)
    try:
        record = yield from read(query, EventsRecord)
        event = record.events[0] if record is not None and record.events else None
        if not isinstance(event, Posted):
            return None
        yield from reach(state, event.conversation, event.seq)
    except Refusal:
        return None
    return event


def check_text(text: str, *, may_be_empty: bool = False) -> None:
    """A message has some text, and not too much.

    Raises:
        Refusal: `empty_text`, `text_too_long`.
    """
    if not text.strip() and not may_be_empty:
        raise Refusal("empty_text")
    if len(text) > TEXT_CHARS:
        raise Refusal("text_too_long", length=len(text), limit=TEXT_CHARS)


def check_unblocked(state: State, connection: Connection, id: str) -> Steps[None]:
    """In a direct conversation the other person takes messages from the writer.

    Raises:
        Refusal: `blocked`, `unknown_conversation`, `not_member`, or the store could not read.
    """
    conversation = yield from enter(state, id)
    policy.check_take_part(conversation, connection.user)
    yield from blocks.check(state, conversation, connection.user)


def _check(state: State, conversation: Conversation, user: str, command: Post) -> None:
    in_thread = command.thread is not None
    actions: list[Action] = ["post_in_thread"] if in_thread else ["post"]
    if in_thread and command.also:
        actions.append("post")
    for action in actions:
        policy.check(conversation, user, action, state.now.wall)
    _check_slow(state, conversation, user)


def _posted(
    state: State, connection: Connection, conversation: Conversation, command: Post, forwarded: Forwarded | None
) -> Posted:
    return Posted(
        **signed(state, connection, conversation.id),
        key=command.key,
        text=command.text if command.text.strip() else "",
        via=connection.kind or "page",
        reply=command.reply,
        thread=command.thread,
        also=command.also and command.thread is not None,
        mentions=mentioned_in(state, conversation, connection.user, command.text),
        forwarded=forwarded,
    )


def _forwarded(state: State, connection: Connection, pointer: Pointer, target: str) -> Steps[Forwarded]:
    """Return a copy of a message that the person may see; of one that only passes on another, a copy of that.

    Where it was is said only in the same conversation, and of open channels: others are nobody's business.
    """
    conversation = yield from enter(state, pointer.conversation)
    policy.check_see(conversation, connection.user)
    record = yield from load_messages(conversation, connection.user, (pointer.seq,))
    message = the_message(conversation, record, pointer.seq)
    if message.deleted is not None:
        raise Refusal("deleted")
    if message.forwarded is not None and not message.text:
        passed = message.forwarded
        is_private = conversation.kind != "channel" if passed.conversation == conversation.id else False
        return replace(passed, conversation="", seq=0) if is_private and conversation.id != target else passed
    is_told = conversation.kind == "channel" or conversation.id == target
    names = {person.id: person.name for person in state.named(record.people)}
    return Forwarded(
        conversation=conversation.id if is_told else "",
        seq=message.seq if is_told else 0,
        author=message.author,
        name=names.get(message.author, message.author),
        at=message.at,
        text=message.text,
    )


# ------------------------------------------------------------------------------------------------------------ slow mode


def _learn_when(state: State, id: str, user: str) -> Steps[None]:
    """Where slow mode holds, find out when somebody wrote last, also where the ring does not reach back to it."""
    conversation = yield from enter(state, id)
    reaches_back = user in conversation.wrote or len(conversation.ring) >= conversation.last_seq
    if not reaches_back and _is_slowed(conversation, user):
        record = yield from read(LoadSent(conversation=id, author=user), EventsRecord)
        at = max((event.at for event in record.events), default=0) if record is not None else 0
        conversation.wrote[user] = max(at, conversation.wrote.get(user, 0))


def _check_slow(state: State, conversation: Conversation, user: str) -> None:
    """In slow mode one waits between two messages."""
    if not _is_slowed(conversation, user):
        return
    slow = float(conversation.settings.slow)
    # Written in the future: the clock was set back. One waits from now on, and not until that time has come.
    wrote = conversation.wrote[user] = min(conversation.wrote.get(user, 0), state.now.wall)
    wait = slow - (state.now.wall - wrote) / 1000
    if conversation.writing[user]:
        wait = slow
    if wait > 0:
        raise Refusal("slow_mode", retry_after=min(wait, slow), seconds=conversation.settings.slow)


def _append_slowly(state: State, conversation: Conversation, posted: Posted) -> Steps[AnyDurable | None]:
    """Store a message; until it is stored, slow mode knows by this that somebody has just written."""
    conversation.writing[posted.author] += 1
    try:
        return (yield from append(state, conversation, posted))
    finally:
        _written(conversation, posted.author)


def _is_slowed(conversation: Conversation, user: str) -> bool:
    role = conversation.role(user)
    return conversation.settings.slow > 0 and role is not None and not policy.reaches(role, "moderator")


def _written(conversation: Conversation, user: str) -> None:
    """A message of somebody is not on its way to the store any more."""
    conversation.writing[user] -= 1
    if not conversation.writing[user]:
        del conversation.writing[user]


# ------------------------------------------------------------------------------------------------------------- mentions


def mentioned_in(
    state: State, conversation: Conversation, user: str, text: str, before: list[Mention] | None = None
) -> list[Mention]:
    """Return whom a text names in this conversation.

    Args:
        state: the hub's.
        conversation: whose members can be named.
        user: who writes; not everybody may call everybody.
        text: as it was written.
        before: whom the text named before it was edited; what it called then it may call still.

    Raises:
        Refusal: `forbidden` to call everybody, or `too_many` people.
    """
    if "@" not in text:
        return []
    conversation.callable.update({one.id: one for one in state.named(conversation.members.values())})
    found = mentions.find(text, conversation.callable)
    known = {mention.word for mention in before or ()}
    calls = [word for word in (found.all, found.here) if word is not None]
    if any(word not in known for word in calls):
        policy.check(conversation, user, "mention_everybody", state.now.wall)
    count = len({mention.user for mention in found.people})
    if count > MENTIONS:
        raise Refusal("too_many", limit=MENTIONS, what="people in one message", count=count)
    everybody = [Mention(EVERYBODY, found.all)] if found.all is not None else []
    return [*everybody, *_here(state, conversation, found.here), *found.people]


def _here(state: State, conversation: Conversation, word: str | None) -> list[Mention]:
    """Return who is online now; more than a message may name are everybody."""
    if word is None:
        return []
    online = [id for id in conversation.members if id in state.presence.online]
    return [Mention(id, word) for id in online] if len(online) <= MENTIONS else [Mention(EVERYBODY, word)]
