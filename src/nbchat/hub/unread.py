"""How events change counts of unread messages: one arithmetic for rows of own state and for rows of the list.

Pure, and the same as in the clients (`client/reducer`, js/src/client). The store counts by itself; here is only what
lies between the seq that it counted at and the one that a connection stands at. A count that has reached its cap says
only "at least so many" and stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from nbchat.protocol.changes import in_conversation, mentioned
from nbchat.protocol.limits import MENTIONS_CAP, UNREAD_CAP
from nbchat.protocol.messages import AnyDurable, Deleted, OwnRow, Posted


def posts(event: AnyDurable, user: str, read: int) -> int:
    """Return by how much an event raises the unread count of a conversation for somebody who has read up to `read`."""
    match event:
        case Posted():
            return int(event.author != user and event.seq > read and in_conversation(event))
        case Deleted():
            return -int(event.writer != user and event.message > read and in_conversation(event))
        case _:
            return 0


def mentions(event: AnyDurable, user: str, read: int) -> int:
    """Return the same for the messages that mention them."""
    match event:
        case Posted():
            return posts(event, user, read) if mentioned([one.user for one in event.mentions], user) else 0
        case Deleted():
            return posts(event, user, read) if mentioned(event.mentions, user) else 0
        case _:
            return 0


def replies(event: AnyDurable, user: str, root: int, read: int) -> int:
    """Return the same for the replies of a thread, of which they are told only if they follow it."""
    match event:
        case Posted(thread=thread) if thread == root:
            return int(event.author != user and user in event.followers and event.seq > read)
        case Deleted(thread=thread) if thread == root:
            return -int(event.writer != user and user in event.followers and event.message > read)
        case _:
            return 0


def shifted(count: int, by: int, cap: int) -> int:
    """Return a count that has changed; one at its cap is not known exactly, and stays there."""
    return count if count >= cap else min(cap, max(0, count + by))


def counted(row: OwnRow, events: Iterable[AnyDurable], user: str) -> OwnRow:
    """Return a `read:` row with what these events, which came after it was counted, add to it."""
    read = row.value if isinstance(row.value, int) else 0
    unread, named = row.unread or 0, row.mentions or 0
    for event in events:
        unread = shifted(unread, posts(event, user, read), UNREAD_CAP)
        named = shifted(named, mentions(event, user, read), MENTIONS_CAP)
    return replace(row, unread=unread, mentions=named if row.mentions is not None else None)


def thread_counted(row: OwnRow, events: Iterable[AnyDurable], user: str, root: int) -> OwnRow:
    """Return a `thread:` row likewise; who replies has read what stands before it."""
    read = row.value if isinstance(row.value, int) else 0
    unread = row.unread or 0
    for event in events:
        if isinstance(event, Posted) and event.thread == root and event.author == user:
            read, unread = max(read, event.seq), 0
        else:
            unread = shifted(unread, replies(event, user, root, read), UNREAD_CAP)
    return replace(row, value=read, unread=unread)
