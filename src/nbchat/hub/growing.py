"""Messages that are still being written, piece by piece, as an answer is that a program computes.

Ephemeral: who looks is given each piece, encoded once; nothing is stored until the `edit` that ends it, so a streamed
answer costs the store two events, and the wire as many bytes as it has. Who comes in between is given all so far. Where
the writer's connection ends before, or says nothing for long, the hub stores what there is, unless the writer has come
back elsewhere and is further: what is late never takes anything away. Of who may not write any more nothing is stored.
Other hubs learn only of the end.
"""

from __future__ import annotations

from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import GROWTH_BYTES, GROWTH_IDLE, GROWTHS, TEXT_CHARS
from nbchat.protocol.messages import Done, Edited, Grow, Mention

from . import blocks, policy
from .connections import Connection
from .conversations import Conversation
from .deciding import author_of, decided
from .flows import Refusal, Steps
from .growth import KEPT, Growth, ends, given_up, news
from .loading import enter
from .lookups import load_messages, the_message
from .posting import check_unblocked, mentioned_in
from .state import State


def grow(state: State, connection: Connection, command: Grow) -> Steps[Done]:
    """Take a piece, and hand it on at once."""
    state.pace(connection.user, "growth", state.limits.growth)
    yield from check_unblocked(state, connection, command.conversation)
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "edit", state.now.wall)
    if command.whole:
        conversation = yield from _begin(state, connection, command)
    growth = conversation.growing.get(command.message)
    if growth is None or growth.connection != connection.id:
        raise Refusal("malformed", why=f"message {command.message} is not being written; begin with `whole`")
    if not command.whole:
        _add(conversation, growth, command)
    growth.at = state.now.mono
    whole, growth.whole = command.whole or growth.whole, False
    to = sorted(conversation.watchers - {connection.id})
    text = growth.text if whole else command.text
    state.send(to, news(conversation.id, command.message, growth, text, whole=whole), ephemeral=True)
    return Done(ref=command.ref)


def _begin(state: State, connection: Connection, command: Grow) -> Steps[Conversation]:
    _check_length(command.text)
    conversation = yield from enter(state, command.conversation)
    before = conversation.last_seq
    record = yield from load_messages(conversation, connection.user, (command.message,))
    message = the_message(conversation, record, command.message)
    if message.author != connection.user:
        raise Refusal("forbidden", why="only who wrote a message goes on with it")
    if message.deleted is not None:
        raise Refusal("deleted")
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "edit", state.now.wall)
    since = conversation.since(before)
    if since is None or any(ends(event, message.seq) for event in since):
        raise Refusal("malformed", why=f"message {message.seq} has come to its end meanwhile")
    _check_room(state, connection, conversation, message.seq, command.text)
    conversation.growing[message.seq] = Growth(
        author=author_of(state, connection),
        connection=connection.id,
        at=state.now.mono,
        n=command.n,
        text=command.text,
        key=KEPT + state.mint(),
        as_of=record.as_of,
        named=message.mentions,
    )
    return conversation


def _add(conversation: Conversation, growth: Growth, command: Grow) -> None:
    if command.n != growth.n + 1:
        raise Refusal("malformed", why=f"piece {command.n} does not follow piece {growth.n}; send the `whole` text")
    _check_length(growth.text + command.text)
    _check_bytes(conversation, command.message, growth.text + command.text)
    growth.n, growth.text = command.n, growth.text + command.text


def _check_length(text: str) -> None:
    if len(text) > TEXT_CHARS:
        raise Refusal("text_too_long", length=len(text), limit=TEXT_CHARS)


def _check_room(state: State, connection: Connection, conversation: Conversation, seq: int, text: str) -> None:
    """A connection writes a few messages at a time, and a conversation holds so much that nobody has stored yet."""
    mine = sum(
        one.connection == connection.id and (other.id, number) != (conversation.id, seq)
        for other in state.conversations
        for number, one in other.growing.items()
    )
    if mine >= GROWTHS:
        raise Refusal("too_many", limit=GROWTHS, what="messages written piece by piece at once", count=mine + 1)
    _check_bytes(conversation, seq, text)


def _check_bytes(conversation: Conversation, seq: int, text: str) -> None:
    others = (one.text for number, one in conversation.growing.items() if number != seq)
    size = sum(len(one.encode()) for one in (text, *others))
    if size > GROWTH_BYTES:
        raise Refusal("too_many", limit=GROWTH_BYTES, what="bytes of messages being written here", count=size)


def closed(state: State, connection: Connection) -> None:
    """A connection is gone: what it was writing is stored as far as it has come."""
    for conversation in state.conversations:
        if any(growth.connection == connection.id for growth in conversation.growing.values()):
            keep_lost(state)
            return


def keep_lost(state: State) -> None:
    """Store what connections that are gone, or silent, were writing.

    What the store refuses for now is tried again in a while.
    """
    for conversation in state.conversations:
        for seq, growth in list(conversation.growing.items()):
            lost = state.connections.get(growth.connection) is None
            if not growth.keeping and (lost or state.now.mono - growth.at >= GROWTH_IDLE):
                growth.keeping = True
                state.flows.start(_keep(state, conversation.id, seq, growth))


def _keep(state: State, id: str, seq: int, growth: Growth) -> Steps[None]:
    """Store what there is, if its author may still write it; else, and where it is blank, nothing comes of it."""
    stored: Edited | None = None

    def decide(conversation: Conversation) -> Edited | None:
        nonlocal stored
        policy.check(conversation, growth.author.id, "edit", state.now.wall)
        if conversation.growing.get(seq) is not growth or not growth.text.strip():
            return None
        stored = _kept(state, conversation, seq, growth)
        return stored

    try:
        conversation = yield from enter(state, id)
        yield from blocks.check(state, conversation, growth.author.id)
        yield from decided(state, id, decide, unedited=growth.as_of)
    except Refusal as refusal:
        if ERRORS[refusal.code].retry:
            growth.keeping = False
            return
        stored = None
    _kept_or_not(state, id, seq, growth, stored)


def _kept(state: State, conversation: Conversation, seq: int, growth: Growth) -> Edited:
    return Edited(
        conversation=conversation.id,
        seq=0,
        at=0,
        author=growth.author.id,
        name=growth.author.name,
        key=growth.key,
        message=seq,
        text=growth.text,
        mentions=_named(state, conversation, growth),
        grown=True,
    )


def _kept_or_not(state: State, id: str, seq: int, growth: Growth, stored: Edited | None) -> None:
    """Go on where more was written meanwhile; else it is over, and where nothing was stored who looks is told."""
    conversation = state.conversations.get(id)
    if conversation is None or conversation.growing.get(seq) is not growth:
        return
    if stored is not None and stored.text != growth.text:
        growth.keeping, growth.key = False, KEPT + state.mint()
        return
    del conversation.growing[seq]
    state.send(sorted(conversation.watchers), given_up(id, seq))


def _named(state: State, conversation: Conversation, growth: Growth) -> list[Mention]:
    """Whom the text names; where it may not call so many, whom the message named before."""
    try:
        return mentioned_in(state, conversation, growth.author.id, growth.text, growth.named)
    except Refusal:
        return growth.named
