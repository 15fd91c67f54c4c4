"""Whether somebody takes no messages from another: asked for each direct message, so it is remembered.

A block is a row of the own state of who blocks. Every row that changes comes by here (`heard`), from this hub or from
another, so what is remembered is as fresh as all own state. Never decides what a block means for groups: nothing.
"""

from __future__ import annotations

from nbchat.protocol.messages import Person

from .conversations import Conversation
from .flows import Refusal, Steps, read
from .ports import OwnNews
from .queries import LoadOwn, OwnRecord
from .state import State

BLOCK = "block:"
"""Prefix of the own-state key; the user id of who is blocked follows."""
REMEMBERED = 10_000
"""Pairs of people; more than write to each other between two restarts of most hubs."""


def check(state: State, conversation: Conversation, user: str) -> Steps[None]:
    """Let somebody write in a direct conversation.

    Raises:
        Refusal: `blocked`, by the other one; or the store could not read.
    """
    other = yield from blocker(state, conversation, user)
    if other is not None:
        raise Refusal("blocked", name=state.named([other])[0].name)


def blocker(state: State, conversation: Conversation, user: str) -> Steps[Person | None]:
    """Return the other person of a direct conversation, if they take no messages from this one."""
    if conversation.kind != "direct":
        return None
    for id, person in list(conversation.members.items()):
        if id != user and (yield from blocks(state, id, user)):
            return person
    return None


def blocks(state: State, user: str, other: str) -> Steps[bool]:
    """Whether `user` takes no messages from `other`."""
    pair = user, other
    known = state.blocks.get(pair)
    if known is None:
        if len(state.blocks) >= REMEMBERED:
            state.blocks.clear()
        state.blocks[pair] = None
        found = (yield from read(LoadOwn(user=user, key=BLOCK + other), OwnRecord)) is not None
        heard_meanwhile = state.blocks.get(pair)
        known = found if heard_meanwhile is None else heard_meanwhile
        if pair in state.blocks:
            state.blocks[pair] = known
    return known


def heard(state: State, news: OwnNews) -> None:
    """A row of somebody's own state has changed."""
    pair = news.user, news.row.key.removeprefix(BLOCK)
    if news.row.key.startswith(BLOCK) and pair in state.blocks:
        state.blocks[pair] = news.row.value is not None
