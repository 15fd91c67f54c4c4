"""A person's own state: rows that the hub keeps for all their devices, and the markers and counts that follow.

Pure, part of the reducer. Rules: of each row the newest version holds; what is set here is shown at once, with the
version that is known, so that the hub's own row replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from nbchat.protocol.messages import Own, OwnRow, OwnValue, ThreadUnread

from . import counts
from .ranges import live
from .state import Conversation, State


def apply(state: State, item: Own) -> set[str]:
    """Take rows that have changed. Returns what has changed, as `reducer.apply`."""
    if item.uv <= state.uv + len(item.rows):  # else one is missing: resuming from the old version brings it
        state.uv = max(state.uv, item.uv)
    return take(state, item.rows, counted=set())


def take(state: State, rows: Iterable[OwnRow], counted: set[str]) -> set[str]:
    """Take rows that are no older; those about conversations that are `counted` stand in fresh summaries already.

    The same version again is told after the answer to `read` (hub/own.py), with counts as of then.
    """
    touched: set[str] = set()
    for row in rows:
        known = state.own.get(row.key)
        if known is None or row.v >= known.v:
            state.own[row.key] = row
            touched |= {"own"} | _marker(state, row, counted)
    return touched


def _marker(state: State, row: OwnRow, counted: set[str]) -> set[str]:
    kind, _, place = row.key.partition(":")
    id, _, root = place.partition("/")
    conversation = state.conversations.get(id)
    if conversation is None or id in counted or not isinstance(row.value, int):
        return set()
    if kind == "read":
        return _mark(state, conversation, row.value, row.unread, row.mentions)
    if kind != "thread" or not root.isdecimal():
        return set()
    return _mark_thread(conversation, int(root), row.value, row.unread or 0)


def set_own(state: State, key: str, value: OwnValue) -> set[str]:
    """Show at once what is set here."""
    known = state.own.get(key)
    if known is not None and known.value == value:
        return set()
    state.own[key] = OwnRow(key, value, known.v if known is not None else 0, None)
    return {"own"}


# -------------------------------------------------------------------------------------------------------------- markers


def mark_read(state: State, id: str, seq: int) -> set[str]:
    """Raise the own read marker before the hub confirms it; nothing for conversations that one only looks at."""
    conversation = state.conversations.get(id)
    if conversation is None or not conversation.summary.joined or seq <= conversation.summary.read:
        return set()
    none = 0 if seq >= conversation.summary.last_seq else None
    return _mark(state, conversation, seq, none, none)


def mark_thread_read(state: State, id: str, root: int, seq: int) -> set[str]:
    """The same for a thread; nothing where nothing of it is unread."""
    conversation = state.conversations.get(id)
    entry = counts.thread(conversation.summary, root) if conversation is not None else None
    if conversation is None or entry is None or seq <= entry.read:
        return set()
    newest = live(conversation.threads.get(root, []), conversation.cursor)
    unread = 0 if seq >= conversation.summary.last_seq else entry.unread
    if newest is not None and newest.first <= seq + 1 and conversation.cursor >= conversation.summary.last_seq:
        replies = [one for one in newest.messages if one.seq != root]
        left, _ = counts.counted(replies, seq, conversation.cursor, state.me.id if state.me else None)
        unread = unread if left is None else left
    return _mark_thread(conversation, root, seq, unread)


def _mark(state: State, conversation: Conversation, read: int, unread: int | None, mentions: int | None) -> set[str]:
    """Set the marker; where the loaded messages reach down to it they are counted: events may have come since."""
    newest, row = live(conversation.ranges, conversation.cursor), conversation.summary
    if newest is not None and newest.first <= read + 1 and conversation.cursor >= row.last_seq and row.joined:
        found, named = counts.counted(newest.messages, read, conversation.cursor, state.me.id if state.me else None)
        unread, mentions = unread if found is None else found, mentions if named is None else named
    unread = row.unread if unread is None else unread
    mentions = min(row.mentions, unread) if mentions is None else mentions
    conversation.summary = replace(row, read=read, unread=unread, mentions=mentions)
    return {"list", row.id}


def _mark_thread(conversation: Conversation, root: int, read: int, unread: int) -> set[str]:
    """Set the marker in a thread; a negative one says that the person has left it."""
    entry = ThreadUnread(root, read, unread if read >= 0 else 0)
    conversation.summary = counts.with_thread(conversation.summary, entry)
    return {"list", conversation.summary.id}
