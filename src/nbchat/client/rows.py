"""What replaces what was known: the welcome, rows of the list, snapshots; and the people whom all of them name.

Pure, part of the reducer.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from nbchat.protocol.messages import (
    Channels,
    Conversations,
    Hello,
    Left,
    People,
    Person,
    Reset,
    Snapshot,
    Summary,
    Welcome,
)

from . import own
from .state import Conversation, Range, Removal, State


def welcome(state: State, item: Welcome, hello: Hello | None) -> set[str]:
    """Begin, or begin again: what the hub was not asked to bridge and has moved on is forgotten."""
    bridged = set(hello.resume.watched) if hello else set()
    told = bridged | {row.id for row in item.conversations} | (set(hello.resume.known) if hello else set())
    touched = {"me", "list"}
    state.me, state.owner, state.store, state.more = item.me, item.owner, item.store, item.more
    state.uv = item.uv
    for id in [id for id in state.conversations if id not in told]:  # more than `known` may name: page it again
        touched |= remove(state, id)
    touched |= people(state, [*item.people, item.me])
    for row in item.conversations:
        touched |= place(state, row, bridged=row.id in bridged)
        state.tail = row.id
    for id in bridged:
        touched |= watch(state, id)
    return touched | own.take(state, item.own, counted={row.id for row in item.conversations})


def place(state: State, summary: Summary, *, bridged: bool) -> set[str]:
    """Put a row that says where the connection stands: above its last_seq; if `bridged`, still above the cursor."""
    known = state.conversations.get(summary.id)
    if known is None or known.summary.epoch != summary.epoch:
        state.conversations[summary.id] = Conversation(summary, cursor=summary.last_seq)
    else:
        known.summary = summary
        if not bridged and known.cursor != summary.last_seq:
            _forget(known, summary.last_seq)
    return {"list", summary.id}


def directory(state: State, item: Conversations | People | Channels) -> set[str]:
    """Take older rows of the own list; a search brings only people.

    A row that is here already stays: it is kept up to date by events and own state, which may have overtaken this one.
    """
    touched = people(state, item.people)
    if not isinstance(item, Conversations):
        return touched
    state.more = item.more
    for row in item.conversations:
        state.tail = row.id
        if row.id not in state.conversations:
            touched |= place(state, row, bridged=False)
    return touched | {"list"}


def snapshot(state: State, item: Snapshot) -> set[str]:
    """Take all of one conversation anew; threads and single messages are loaded again where views want them."""
    first = item.messages[0].seq if item.has_before and item.messages else 1
    state.conversations[item.summary.id] = Conversation(
        summary=item.summary,
        cursor=item.as_of,
        ranges=[Range(first, item.as_of, list(item.messages), item.has_before, list(item.notices))],
        watched=True,
        members=item.members,
        members_named=bool(item.members) or item.summary.members == 0,
        online=item.online,
        presence={status.user: status for status in item.presence},
        marks={mark.user: mark for mark in item.marks},
        receipts=item.receipts,
        typing=item.typing,
        typing_count=item.typing_count,
        standings={standing.user: standing for standing in item.standings},
        commands=item.commands,
    )
    return people(state, item.people) | {"list", item.summary.id}


def reset(conversation: Conversation, item: Reset) -> None:
    """The log is another one: nothing that was loaded holds."""
    conversation.summary = replace(conversation.summary, epoch=item.epoch, last_seq=0)
    _forget(conversation, 0)


def _forget(conversation: Conversation, cursor: int) -> None:
    """Drop all messages, because events were left out that may have changed them."""
    conversation.cursor, conversation.watched = cursor, False
    conversation.ranges, conversation.threads, conversation.thread_typing, conversation.asides = [], {}, {}, {}
    conversation.growing = {}


def remove(state: State, id: str, left: Left | None = None) -> set[str]:
    """Forget a conversation; who was taken out of it by somebody else is to be told by whom."""
    known = state.conversations.pop(id, None)
    if known is None:
        return set()
    if left is not None and left.author != left.user:
        state.removals[id] = Removal(known.summary.title, left)
    return {"list", id}


def watch(state: State, id: str) -> set[str]:
    """The hub confirmed a watch: typing, presence and receipts come from now on."""
    conversation = state.conversations.get(id)
    if conversation is None or conversation.watched:
        return set()
    conversation.watched = True
    return {id}


# --------------------------------------------------------------------------------------------------------------- people


def newcomers(state: State, named: Iterable[Person]) -> set[str]:
    """Learn of people whom an event names; it names them as they were then, so a name that is known stays."""
    return people(state, (person for person in named if person.id not in state.people))


def people(state: State, known: Iterable[Person]) -> set[str]:
    """Learn what people show of themselves now."""
    touched: set[str] = set()
    for person in known:
        if state.people.get(person.id) != person:
            state.people[person.id] = person
            touched.add("people")
        if state.me is not None and person.id == state.me.id and person != state.me:
            state.me = person
            touched.add("me")
    return touched
