"""Writing a message: paced, checked, stored, and acknowledged after everybody who is connected was given it."""

from __future__ import annotations

from nbchat.protocol.limits import TEXT_CHARS
from nbchat.protocol.messages import Accepted, Person, Post, Posted

from . import policy
from .connections import Connection
from .conversations import Conversation
from .flows import Refusal, Steps
from .loading import append, enter
from .state import State
from .welcome import send_rate

TRIES = 5
"""How often a decision is made again because another hub has changed the rules meanwhile. More is a storm of joins."""


def post(state: State, connection: Connection, command: Post) -> Steps[Accepted]:
    """Write a message; with a key that is known, return the first result."""
    _check_text(command.text)
    kind = "page" if connection.kind == "page" else "session"
    state.pace(connection.user, kind, send_rate(state, connection))
    for _ in range(TRIES):
        conversation = yield from enter(state, command.conversation)
        policy.check_take_part(conversation, connection.user)
        event = yield from append(state, conversation, _posted(state, connection, conversation, command))
        if event is not None:
            return Accepted(
                ref=command.ref, conversation=event.conversation, key=command.key, seq=event.seq, at=event.at
            )
    raise Refusal("store_failed")


def _check_text(text: str) -> None:
    if not text.strip():
        raise Refusal("empty_text")
    if len(text) > TEXT_CHARS:
        raise Refusal("text_too_long", length=len(text), limit=TEXT_CHARS)


def _posted(state: State, connection: Connection, conversation: Conversation, command: Post) -> Posted:
    author = author_of(state, connection)
    return Posted(
        conversation=conversation.id,
        seq=0,
        at=0,
        author=author.id,
        name=author.name,
        key=command.key,
        text=command.text,
        via=connection.kind or "page",
    )


def author_of(state: State, connection: Connection) -> Person:
    """Return whom the host authenticated, under the name that they have now."""
    return state.person(connection.user) or connection.login.person
