"""The common way of what changes a conversation or its members: decide on it as it is now, append, and decide again.

Another hub may change the rules between the decision and the commit; the store then answers `Conflict`, and what was
right a moment ago is looked at anew, at most `TRIES` times. Knows no command and no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from nbchat.protocol.emoji import one_emoji
from nbchat.protocol.messages import AnyDurable, Person

from .connections import Connection
from .conversations import Conversation
from .flows import Refusal, Steps
from .loading import append, enter
from .names import BadName, clean_line
from .state import State

TRIES = 5
"""How often a decision is made again because another hub has changed the rules meanwhile. More is a storm of joins."""


def decided(
    state: State, id: str, decide: Callable[[Conversation], AnyDurable | None], *, unedited: int | None = None
) -> Steps[AnyDurable | None]:
    """Append the event that `decide` returns for a conversation; None where it wants nothing done.

    `unedited` is that of `items.AppendEvent`.

    Raises:
        Refusal: what `decide` raised, there is no such conversation, or the store has failed.
    """
    for _ in range(TRIES):
        conversation = yield from enter(state, id)
        event = decide(conversation)
        if event is None:
            return None
        done = yield from append(state, conversation, event, unedited=unedited)
        if done is not None:
            return done
    raise Refusal("store_failed")


class Signed(TypedDict):
    """What every event has; its number and time are the store's to give."""

    conversation: str
    seq: int
    at: int
    author: str
    name: str


def signed(state: State, connection: Connection, conversation: str) -> Signed:
    """Return what every event has that this connection's person causes in this conversation."""
    author = author_of(state, connection)
    return Signed(conversation=conversation, seq=0, at=0, author=author.id, name=author.name)


def author_of(state: State, connection: Connection) -> Person:
    """Return whom the host authenticated, under the name that they have now."""
    return state.person(connection.user) or connection.login.person


def valid(rule: Callable[[str], str], name: str) -> str:
    """Return a name as a rule of `names` leaves it.

    Raises:
        Refusal: `bad_name`.
    """
    try:
        return rule(name)
    except BadName as bad:
        raise Refusal("bad_name", name=bad.name, why=bad.why) from None


def line(what: str, text: str, limit: int) -> str:
    """Return a line that somebody writes about something, with its spaces tidied; `what` is named in the error.

    Raises:
        Refusal: `bad_own`; it is too long, or has characters that do not show.
    """
    try:
        return clean_line(text, limit)
    except BadName as bad:
        raise Refusal("bad_own", key=what, why=bad.why) from None


def emoji(text: str) -> str:
    """Return an emoji in its usual form; empty stays empty.

    Raises:
        Refusal: `bad_emoji`; it is something else.
    """
    found = one_emoji(text) if text else ""
    if found is None:
        raise Refusal("bad_emoji", emoji=text)
    return found
