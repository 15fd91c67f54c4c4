"""What every store derives in the same way: from an item to write, or from rows that were read.

Pure functions, no IO, no clock. A store imports them; they know no store. What an event means is in `hub.conversation`;
this is the rest: the first event of a conversation, how names are compared, which messages fit a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import msgspec

from nbchat.hub.items import NewConversation
from nbchat.hub.queries import LoadPage
from nbchat.protocol.limits import PAGE_BYTES, PAGE_MESSAGES, SNAPSHOT_BYTES
from nbchat.protocol.messages import Created, Message


def created(item: NewConversation, at: int) -> Created:
    """Return the first event of a new conversation; `at` is ms UTC."""
    return Created(
        conversation=item.id,
        seq=1,
        at=at,
        author=item.author.id,
        name=item.author.name,
        kind=item.kind,
        title=item.title,
        handle=item.handle,
        people=list(item.members),
    )


def pair_of(item: NewConversation) -> tuple[str, str] | None:
    """Return the sorted user ids of a direct conversation (the same twice with oneself), None for other kinds.

    Raises:
        ValueError: a direct conversation of no or of more than two people.
    """
    if item.kind != "direct":
        return None
    ids = sorted({person.id for person in item.members})
    if not 1 <= len(ids) <= 2:
        raise ValueError(f"a direct conversation has one or two people, not {len(ids)}")
    return ids[0], ids[-1]


def fold(text: str) -> str:
    """Return the form in which names and handles are compared and ordered: without regard to case, in any script."""
    return text.casefold()


def fitting(newest_first: Sequence[Message]) -> list[Message]:
    """Return a snapshot's messages, oldest first: at most PAGE_MESSAGES or SNAPSHOT_BYTES of text, at least one."""
    return _within(newest_first[:PAGE_MESSAGES], SNAPSHOT_BYTES)[::-1]


def sides(query: LoadPage) -> tuple[int | None, int | None]:
    """Return what a page consists of: messages with seq < the first, and with seq >= the second; None: no such side."""
    if query.around is not None:
        return query.around, query.around
    if query.after is not None:
        return None, query.after + 1
    if query.before is not None:
        return query.before, None
    return 2**62, None


def joined_sides(below: Sequence[Message], above: Sequence[Message], limit: int) -> list[Message]:
    """Return one page from its two sides, oldest first: half of each, and more of one where the other has less.

    At most PAGE_BYTES of text, at least one message; the page grows from where the sides meet.

    Args:
        below: newest first, at most `limit`.
        above: oldest first, at most `limit`.
        limit: how many messages in all.
    """
    upper = min(len(above), limit - min(len(below), limit // 2))
    lower = min(len(below), limit - upper)
    pairs = zip_longest(above[:upper], below[:lower])
    outward = [message for pair in pairs for message in pair if message is not None]
    return sorted(_within(outward, PAGE_BYTES), key=lambda message: message.seq)


def _within(messages: Sequence[Message], limit: int) -> list[Message]:
    """Return the first messages, as many as have this many bytes of text as JSON has it, and at least one."""
    taken: list[Message] = []
    size = 0
    for message in messages:
        size += len(msgspec.json.encode(message.text)) - len('""')
        if taken and size > limit:
            break
        taken.append(message)
    return taken
