"""What a durable event does to a message, and which are lines of their own: the one place in Python, for all parts.

Pure functions of the event and the message as it was. Twin: js/src/client/changes.ts, held to it by the vectors in
tests/vectors. A new kind of event that changes messages is a case in `touched` and one in `changed`; stores, pages,
fixups, snapshots and both reducers go through these two. One that people are to see as a line between the messages
(somebody joined, there is another topic) is a name in `limits.NOTICED`.

Applying is idempotent: an event at or below a message's `v` changes nothing. Events are complete when they are stored
(hub/conversation.py), so a change never depends on anything but the event and the message.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from .limits import FOLLOWERS, NOTICED, NOTICES
from .messages import AnyDurable, Deleted, Edited, Message, Pinned, Posted, Reacted, Reaction, Replies


def message_of(event: Posted) -> Message:
    """Return the message that an event begins."""
    return Message(
        seq=event.seq,
        v=event.seq,
        key=event.key,
        author=event.author,
        at=event.at,
        text=event.text,
        via=event.via,
        reply=event.reply,
        thread=event.thread,
        also=event.also,
        mentions=event.mentions,
        forwarded=event.forwarded,
    )


def touched(event: AnyDurable) -> tuple[int, ...]:
    """Return the seqs of the earlier messages that the event changes: its object, and the root of the thread."""
    match event:
        case Posted(thread=int(root)):
            return (root,)
        case Deleted(message=seq, thread=int(root)):
            return (seq, root)
        case Edited(message=seq) | Deleted(message=seq) | Reacted(message=seq) | Pinned(message=seq):
            return (seq,)
        case _:
            return ()


def changed(message: Message, event: AnyDurable) -> Message:
    """Return a message as an event leaves it; the same one where the event is none of its business, or is known."""
    if event.seq <= message.v or message.seq not in touched(event):
        return message
    match event:
        case Posted():
            message = replace(message, replies=_replied(message.replies, event))
        case Edited():
            edited = message.edited_at if event.grown else event.at
            message = replace(message, text=event.text, mentions=event.mentions, edited_at=edited)
        case Deleted() if event.message == message.seq:
            message = replace(
                message, text="", mentions=[], forwarded=None, reactions=[], pinned=None, deleted=event.author
            )
        case Deleted():
            if message.replies is not None:
                message = replace(message, replies=replace(message.replies, count=max(0, message.replies.count - 1)))
        case Reacted():
            message = replace(message, reactions=_reacted(message.reactions, event))
        case Pinned():
            message = replace(message, pinned=event.author if event.on else None)
        case _:
            raise TypeError(f"{type(event).__name__} touches a message, and nothing says how")
    return replace(message, v=event.seq)


def _replied(replies: Replies | None, event: Posted) -> Replies:
    known = replies.users if replies is not None else []
    users = known if event.author in known or len(known) >= FOLLOWERS else [*known, event.author]
    count = replies.count if replies is not None else 0
    return Replies(count=count + 1, last_seq=event.seq, last_at=event.at, users=users)


def _reacted(reactions: list[Reaction], event: Reacted) -> list[Reaction]:
    found = next((one for one in reactions if one.emoji == event.emoji), None)
    if found is None:
        return [*reactions, Reaction(event.emoji, [event.author])] if event.on else reactions
    others = [user for user in found.users if user != event.author]
    users = [*others, event.author] if event.on else others
    changed = [Reaction(one.emoji, users) if one is found else one for one in reactions]
    return [one for one in changed if one.users]


def noticed(event: AnyDurable) -> bool:
    """Whether people see the event as a line of its own between the messages of the conversation."""
    return event.__struct_config__.tag in NOTICED and not (isinstance(event, Pinned) and not event.on)


def spaced(notices: Iterable[AnyDurable], seqs: Sequence[int]) -> list[AnyDurable]:
    """Return those that are kept, ascending by seq, each once: between two messages the newest NOTICES.

    So it does not matter in which pieces they came.

    Args:
        notices: in any order, some perhaps twice.
        seqs: of the messages that are loaded, ascending.
    """
    best = {event.seq: event for event in notices}
    kept, count = list[AnyDurable](), Counter[int]()
    for seq in sorted(best, reverse=True):
        gap = bisect(seqs, seq)
        count[gap] += 1
        if count[gap] <= NOTICES:
            kept.append(best[seq])
    return kept[::-1]


def followed(notices: Sequence[AnyDurable], event: AnyDurable, last: int) -> list[AnyDurable]:
    """Return what `spaced` keeps where one more happens behind the last message, without a look at all the others.

    Args:
        notices: what is kept so far, ascending.
        event: what happens.
        last: seq of the last message, 0 if there is none.
    """
    over = len(notices) - NOTICES
    if over >= 0 and notices[over].seq > last:
        return [*notices[:over], *notices[over + 1 :], event]
    return [*notices, event]


def in_conversation(message: Message | Posted | Deleted) -> bool:
    """Whether it stands in the conversation's own timeline, and not only in a thread."""
    return message.thread is None or message.also


def mentioned(users: list[str], me: str) -> bool:
    """Whether these mentions mean this person."""
    return me in users or "@all" in users
