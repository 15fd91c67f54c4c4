"""Event to state: the one place that changes what a client knows. Same names and rules in js/src/client/reducer.ts.

Pure: no IO, no clock. Passes the vectors in tests/vectors/reducer, as its twin does. The parts: `events` (durable
ones), `counts` (what they do to a row), `ranges` and `asides` (messages), `rows` (what replaces what was known), `own`.
Rules:

1. A durable event is applied only if its seq follows the cursor; at or below it is a repetition, above the next it is
   a gap (`follows` tells; the link then resumes). An event of an unknown kind moves the cursor and changes nothing
   else.
2. A summary counts up to its `last_seq`: an event changes the row only above it, so a fresh summary and the events that
   it already counts may come in either order.
3. `welcome` keeps the messages of conversations that the hub was asked to bridge (`resume.watched`), because their
   events follow; it forgets those of others that have moved on, because an older message may have changed meanwhile.
4. What an event does to a message is `protocol.changes.changed`, wherever the message is: in a range, in a thread,
   among the single ones, in a page that was under way (its fixups). Fixups never move the cursor.

A new kind of durable event costs one case in `protocol.changes` where it changes messages, and one in `events._change`.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from nbchat.protocol.codec import Unknown
from nbchat.protocol.messages import (
    Added,
    AnyCommand,
    AnyDurable,
    AnyFromHub,
    Channels,
    Commands,
    Conversations,
    Durable,
    Found,
    Growing,
    Hello,
    History,
    Hits,
    Log,
    Lookup,
    Mark,
    Members,
    Named,
    Own,
    Page,
    People,
    Presence,
    Receipts,
    Removed,
    Reports,
    Reset,
    Snapshot,
    Typing,
    Welcome,
)

from . import events, own, rows
from .asides import add_found
from .ranges import add_page
from .state import Conversation, State

Follows = Literal["next", "repetition", "gap", "unknown"]


def apply(state: State, item: AnyFromHub | Unknown, asked: AnyCommand | None = None) -> set[str]:
    """Change the state by one item from the hub.

    Args:
        state: is changed in place.
        item: a reply, a durable event or an ephemeral one.
        asked: the command that a reply answers. A page's timeline and bounds follow from its `History`, which single
            messages are not there from its `Lookup`, what a welcome bridges from its `Hello`.

    Returns:
        What has changed: "list" (rows), "people" (names and profiles), "me", "own" (own state), and ids of
        conversations.
    """
    match item:
        case Durable() | Unknown():
            return events.apply(state, item) if follows(state, item) == "next" else set()
        case Welcome():
            return rows.welcome(state, item, asked if isinstance(asked, Hello) else None)
        case Page():
            return _page(state, item, asked if isinstance(asked, History) else None)
        case Found():
            return _found(state, item, asked.seqs if isinstance(asked, Lookup) else [])
        case Snapshot():
            return rows.snapshot(state, item)
        case Added():
            return rows.people(state, item.people) | rows.place(state, item.summary, bridged=False)
        case Removed():
            return rows.remove(state, item.conversation, item.left)
        case Own():
            return own.apply(state, item)
        case _:
            return _people(state, item) | _news(state, item)


def last_at(conversation: Conversation) -> int:
    """Return when something last happened in it, for the order of the list: ms UTC."""
    last = conversation.summary.last
    return last.at if last is not None else conversation.summary.created_at


def follows(state: State, event: AnyDurable | Unknown) -> Follows:
    """Say where a durable event stands against the cursor of its conversation."""
    conversation = state.conversations.get(event.conversation)
    if conversation is None:
        return "unknown"
    if event.seq <= conversation.cursor:
        return "repetition"
    return "next" if event.seq == conversation.cursor + 1 else "gap"


# ----------------------------------------------------------------------------------------------------------------- news


def _people(state: State, item: AnyFromHub) -> set[str]:
    """Learn of the people whom a reply or a piece of news brings along."""
    match item:
        case Conversations() | People() | Channels():
            return rows.directory(state, item)
        case Hits() | Log() | Reports():
            return rows.people(state, item.people)
        case Members():
            return rows.people(state, [member.person for member in item.members])
        case Named():
            return rows.people(state, [item.person])
        case _:
            return set()


def _news(state: State, item: AnyFromHub) -> set[str]:
    """Apply what belongs to one conversation and is no durable event; other items change nothing here."""
    if not isinstance(item, Reset | Typing | Presence | Receipts | Commands | Growing):
        return set()
    conversation = state.conversations.get(item.conversation)
    if conversation is None:
        return set()
    touched = {item.conversation}
    match item:
        case Reset():
            rows.reset(conversation, item)
            touched.add("list")
        case Typing():
            _typing(conversation, item)
        case Presence():
            touched |= _presence(conversation, item)
        case Receipts():
            for mark in item.marks:
                conversation.marks[mark.user] = _raised(conversation.marks.get(mark.user), mark)
        case Commands():
            conversation.commands = item.commands
        case Growing():
            _grow(conversation, item)
    return touched


def _typing(conversation: Conversation, item: Typing) -> None:
    if item.thread is None:
        conversation.typing, conversation.typing_count = item.users, item.count
    elif item.users:
        conversation.thread_typing[item.thread] = item.users
    else:
        conversation.thread_typing.pop(item.thread, None)


def _grow(conversation: Conversation, item: Growing) -> None:
    """Take a piece that follows the one before; what was lost comes with the whole, or with the end.

    With n = 0 nothing follows: what the message says holds.
    """
    known = conversation.growing.get(item.message)
    if item.n == 0:
        conversation.growing.pop(item.message, None)
    elif item.whole:
        conversation.growing[item.message] = item
    elif known is not None and item.n == known.n + 1:
        conversation.growing[item.message] = replace(item, text=known.text + item.text, whole=True)


def _presence(conversation: Conversation, item: Presence) -> set[str]:
    """Who is there; a direct conversation's row shows it of the other person, too."""
    conversation.presence |= {status.user: status for status in item.changed}
    conversation.online = item.online
    row = conversation.summary
    peer = next((status for status in item.changed if status.user == row.peer), None)
    if peer is None or row.online == peer.online:
        return set()
    conversation.summary = replace(row, online=peer.online)
    return {"list"}


def _raised(known: Mark | None, mark: Mark) -> Mark:
    if known is None:
        return mark
    return Mark(mark.user, max(known.delivered, mark.delivered), max(known.read, mark.read))


# ------------------------------------------------------------------------------------------------------------- messages


def _page(state: State, item: Page, asked: History | None) -> set[str]:
    conversation = state.conversations.get(item.conversation)
    touched = rows.people(state, item.people)
    if conversation is None or conversation.summary.epoch != item.epoch or not conversation.ranges:
        return touched  # only a snapshot begins: what is loaded says that a view has all else, too, and can be bridged
    thread = asked.thread if asked is not None else None
    loaded = conversation.ranges if thread is None else conversation.threads.get(thread)
    if loaded is None and asked is not None and (asked.before is not None or asked.after is not None):
        return touched  # the thread was closed meanwhile: there is nothing that this page goes on
    loaded = [] if loaded is None else loaded
    if not add_page(loaded, conversation.cursor, item, asked):
        return touched
    if thread is not None:
        conversation.threads[thread] = loaded
    return touched | {item.conversation}


def _found(state: State, item: Found, asked: list[int]) -> set[str]:
    conversation = state.conversations.get(item.conversation)
    touched = rows.people(state, item.people)
    if conversation is None or conversation.summary.epoch != item.epoch:
        return touched
    add_found(conversation, item, asked)
    return touched | {item.conversation}


# --------------------------------------------------------------------------------------------- what only the link knows


def unwatch(state: State, id: str) -> set[str]:
    """No view shows it any more; a channel that one only looked at is forgotten."""
    conversation = state.conversations.get(id)
    if conversation is None:
        return set()
    if not conversation.summary.joined:
        return rows.remove(state, id)
    return _quiet(conversation)


def close_thread(state: State, id: str, root: int) -> set[str]:
    """No view shows this thread any more: its messages are not kept."""
    conversation = state.conversations.get(id)
    return {id} if conversation is not None and conversation.threads.pop(root, None) is not None else set()


def offline(state: State) -> set[str]:
    """The connection is gone: nobody is known to be typing, and what else is watched is old."""
    touched: set[str] = set()
    for conversation in state.conversations.values():
        touched |= _quiet(conversation)
    return touched


def _quiet(conversation: Conversation) -> set[str]:
    if not conversation.watched:
        return set()
    conversation.watched, conversation.typing, conversation.typing_count = False, [], 0
    conversation.thread_typing, conversation.growing = {}, {}
    return {conversation.summary.id}
