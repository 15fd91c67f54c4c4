"""Finding messages that are there: single ones, their versions, what is pinned, what mentions me.

Everything is read as it is in the store, with what has happened since as fixups (`fixups`), so that no reply is older
than what its connection was given already.
"""

from __future__ import annotations

from collections.abc import Sequence

from nbchat.protocol.changes import changed, touched
from nbchat.protocol.messages import (
    AnyDurable,
    Deleted,
    FindMentions,
    FindPins,
    FindVersions,
    Found,
    Hit,
    Hits,
    Lookup,
    Message,
    Versions,
)

from . import policy
from .connections import Connection
from .conversations import Conversation
from .flows import Refusal, Steps, must_read, read
from .loading import enter
from .queries import EventsRecord, HitsRecord, LoadMentions, LoadMessages, LoadVersions, PageRecord
from .state import State


def lookup(state: State, connection: Connection, command: Lookup) -> Steps[Found]:
    """Single messages; what is not there is left out."""
    conversation = yield from enter(state, command.conversation)
    policy.check_see(conversation, connection.user)
    record = yield from load_messages(conversation, connection.user, tuple(dict.fromkeys(command.seqs)))
    return _found(state, connection, conversation, record, command.ref)


def find_pins(state: State, connection: Connection, command: FindPins) -> Steps[Found]:
    """The pinned messages."""
    conversation = yield from enter(state, command.conversation)
    policy.check_see(conversation, connection.user)
    record = yield from load_messages(conversation, connection.user, pinned=True)
    return _found(state, connection, conversation, record, command.ref)


def find_versions(state: State, connection: Connection, command: FindVersions) -> Steps[Versions]:
    """What a message said before. Members only: who just looks at an open channel sees what it says now."""
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "versions", state.now.wall)
    query = LoadVersions(conversation=conversation.id, message=command.message)
    record = yield from read(query, EventsRecord)
    policy.check(conversation, connection.user, "versions", state.now.wall)
    events = list(record.events) if record is not None and not _is_gone(conversation, command.message) else []
    return Versions(ref=command.ref, conversation=conversation.id, message=command.message, events=events)


def find_mentions(state: State, connection: Connection, command: FindMentions) -> Steps[Hits]:
    """What mentions me, in all my conversations; the store knows of which I am a member.

    A conversation that one has left since is in memory, because its `left` was told.
    """
    query = LoadMentions(user=connection.user, before=command.before, limit=command.limit)
    record = yield from must_read(query, HitsRecord)
    hits = [_fresh(state, hit) for hit in record.hits if _is_mine(state, connection, hit)]
    return Hits(ref=command.ref, hits=hits, people=state.named(record.people), next=record.next)


def _is_gone(conversation: Conversation, seq: int) -> bool:
    """Whether a message was deleted lately, perhaps after it was read."""
    return any(isinstance(one, Deleted) and one.message == seq for one in conversation.ring)


def _is_mine(state: State, connection: Connection, hit: Hit) -> bool:
    conversation = state.conversations.get(hit.conversation)
    return conversation is None or policy.is_member(conversation, connection.user)


def _fresh(state: State, hit: Hit) -> Hit:
    """Return a message with what has happened to it since it was read, in a conversation that is in memory."""
    conversation, message = state.conversations.get(hit.conversation), hit.message
    for event in conversation.ring if conversation is not None else ():
        message = changed(message, event)
    return Hit(hit.conversation, message)


def load_messages(
    conversation: Conversation, user: str, seqs: tuple[int, ...] = (), *, pinned: bool = False
) -> Steps[PageRecord]:
    """Read messages of a conversation that the user may see, and still may afterwards.

    Raises:
        Refusal: they may not see it, or the store could not read.
    """
    record = yield from read(LoadMessages(conversation=conversation.id, seqs=seqs, pinned=pinned), PageRecord)
    policy.check_see(conversation, user)
    if record is None:
        raise policy.unknown(conversation.id)
    return record


def the_message(conversation: Conversation, record: PageRecord, seq: int) -> Message:
    """Return the one message that was asked for.

    Raises:
        Refusal: there is none.
    """
    for message in record.messages:
        if message.seq == seq:
            return message
    raise Refusal("unknown_message", message=seq, conversation=conversation.id)


def fixups(
    connection: Connection, conversation: Conversation, messages: Sequence[Message], as_of: int
) -> list[AnyDurable]:
    """Return the events above `as_of` that touch these messages and that the connection was given already.

    Those above its cursor come by themselves. The ring reaches down to what was read a moment ago.
    """
    cursor = connection.cursors.get(conversation.id, 0)
    seqs = {message.seq for message in messages}
    events = conversation.since(as_of) or ()
    return [event for event in events if event.seq <= cursor and not seqs.isdisjoint(touched(event))]


def _found(state: State, connection: Connection, conversation: Conversation, record: PageRecord, ref: int) -> Found:
    return Found(
        ref=ref,
        conversation=conversation.id,
        epoch=record.epoch,
        messages=list(record.messages),
        as_of=record.as_of,
        fixups=fixups(connection, conversation, record.messages, record.as_of),
        people=state.named(record.people),
    )
