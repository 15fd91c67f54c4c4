"""What an event changes in a row of the list: preview, unread messages, mentions, unread threads.

Pure functions of the row and the event, part of the reducer. They are used only for events above the row's `last_seq`:
what lies below is counted in it already. The hub counts by the same rules in its store; whatever is missed here comes
with the next row or own state.

A count that has reached its cap stays there until the hub tells another: how far above it is, only the hub knows.
"""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol.changes import in_conversation, mentioned
from nbchat.protocol.limits import MENTIONS_CAP, PREVIEW_CHARS, THREADS_UNREAD, UNREAD_CAP
from nbchat.protocol.messages import Deleted, Edited, Message, Posted, Preview, Summary, ThreadUnread


def posted(row: Summary, event: Posted, me: str | None) -> Summary:
    """Return the row after a message was written."""
    if in_conversation(event):
        text = event.text or (event.forwarded.text if event.forwarded is not None else "")
        row = replace(row, last=Preview(event.seq, event.author, event.name, event.at, _short(text)))
        if row.joined and event.author != me and event.seq > row.read:
            named = me is not None and mentioned([one.user for one in event.mentions], me)
            row = replace(
                row,
                unread=min(UNREAD_CAP, row.unread + 1),
                mentions=min(MENTIONS_CAP, row.mentions + named),
            )
    if event.thread is not None and me is not None and me in event.followers:
        row = _replied(row, event, event.thread, me)
    return row


def edited(row: Summary, event: Edited) -> Summary:
    """Return the row after a message was changed: its preview may be of that one."""
    if row.last is None or row.last.seq != event.message:
        return row
    return replace(row, last=replace(row.last, text=_short(event.text)))


def deleted(row: Summary, event: Deleted, me: str | None) -> Summary:
    """Return the row after a message was deleted: it counts no more, and its text is gone."""
    if row.last is not None and row.last.seq == event.message:
        row = replace(row, last=replace(row.last, text="", deleted=True))
    if event.writer == me:
        return row
    if row.joined and in_conversation(event) and event.message > row.read:
        named = me is not None and mentioned(event.mentions, me)
        row = replace(row, unread=_less(row.unread, UNREAD_CAP), mentions=_less(row.mentions, MENTIONS_CAP, named))
    entry = thread(row, event.thread)
    if entry is not None and me in event.followers and event.message > entry.read:
        row = with_thread(row, replace(entry, unread=entry.unread - 1))
    return row


def thread(row: Summary, root: int | None) -> ThreadUnread | None:
    """Return what is unread of a thread, or None if nothing is."""
    return next((one for one in row.threads if one.root == root), None)


def with_thread(row: Summary, entry: ThreadUnread) -> Summary:
    """Return the row with this entry in place of the one of the same thread; none where nothing is unread."""
    if entry.unread <= 0:
        return replace(row, threads=[one for one in row.threads if one.root != entry.root])
    if thread(row, entry.root) is None:
        return replace(row, threads=[*row.threads, entry][-THREADS_UNREAD:])
    return replace(row, threads=[entry if one.root == entry.root else one for one in row.threads])


def _replied(row: Summary, event: Posted, root: int, me: str) -> Summary:
    """A reply in a thread that one takes part in; an own one means that all before it was read."""
    entry = thread(row, root)
    others = replace(row, threads=[one for one in row.threads if one.root != root])
    if event.author == me:
        return others
    if entry is None:
        return with_thread(others, ThreadUnread(root, event.seq - 1, 1))
    if event.seq <= entry.read:
        return row
    return with_thread(others, replace(entry, unread=entry.unread + 1))  # it moves to the end: the newest


def _short(text: str) -> str:
    return " ".join(text.split())[:PREVIEW_CHARS]


def _less(count: int, cap: int, by: int = 1) -> int:
    return count if count >= cap else max(0, count - by)


def counted(messages: list[Message], read: int, cursor: int, me: str | None) -> tuple[int | None, int | None]:
    """Count what is unread among loaded messages that reach down to the marker.

    Returns:
        Messages, and those that mention one. None where that cannot be seen: a page has brought a message as it is
        after events that are still to come and will be counted then; an edit has changed whom a message names, and only
        what it named when it was written counts.
    """
    above = [one for one in messages if one.seq > read]
    if any(one.v > cursor for one in above):
        return None, None
    unread = [one for one in above if one.author != me and one.deleted is None]
    named = [one for one in unread if me is not None and mentioned([each.user for each in one.mentions], me)]
    mentions = None if any(one.edited_at is not None for one in unread) else min(MENTIONS_CAP, len(named))
    return min(UNREAD_CAP, len(unread)), mentions
