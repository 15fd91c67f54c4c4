"""Which messages of a conversation are loaded: a list of ranges without holes, at most CLIENT_MESSAGES in all.

Pure, part of the reducer. Rules that every function keeps: ranges ascend and never overlap or touch; messages ascend by
`seq` within their range; a message is replaced only by one with a higher `v`.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbchat.protocol.limits import CLIENT_MESSAGES
from nbchat.protocol.messages import Message

from .state import Conversation, Range


def live(conversation: Conversation) -> Range | None:
    """Return the range that the next event extends, or None if the loaded messages do not reach the cursor."""
    newest = conversation.ranges[-1] if conversation.ranges else None
    return newest if newest is not None and newest.last == conversation.cursor else None


def extend(conversation: Conversation, seq: int, message: Message | None) -> None:
    """Move the cursor to the next seq; the live range grows with it and drops its oldest message when it is full."""
    newest = live(conversation)
    conversation.cursor = seq
    if newest is None:
        return
    newest.last = seq
    if message is not None:
        newest.messages.append(message)
        _trim(conversation, keep_old=False)


def merge(conversation: Conversation, new: Range, *, keep_old: bool) -> None:
    """Put a loaded page among the ranges and join those that now touch.

    With `keep_old` (somebody pages up) the newest messages make room, else the oldest do.
    """
    apart = [one for one in conversation.ranges if one.last + 1 < new.first or new.last + 1 < one.first]
    touching = [one for one in conversation.ranges if one not in apart]
    joined = _join([*touching, new])
    conversation.ranges = sorted([*apart, joined], key=lambda one: one.first)
    _trim(conversation, keep_old=keep_old or joined is not conversation.ranges[-1])


def _join(parts: list[Range]) -> Range:
    lowest = min(parts, key=lambda one: one.first)
    return Range(
        first=lowest.first,
        last=max(one.last for one in parts),
        messages=newest_versions(message for one in parts for message in one.messages),
        has_before=all(one.has_before for one in parts if one.first == lowest.first),
    )


def newest_versions(messages: Iterable[Message]) -> list[Message]:
    """Return each message once, in its newest version, ascending by seq."""
    best: dict[int, Message] = {}
    for message in messages:
        known = best.get(message.seq)
        if known is None or message.v > known.v:
            best[message.seq] = message
    return [best[seq] for seq in sorted(best)]


def _trim(conversation: Conversation, *, keep_old: bool) -> None:
    excess = sum(len(one.messages) for one in conversation.ranges) - CLIENT_MESSAGES
    while excess > 0:
        end = conversation.ranges[-1 if keep_old else 0]
        cut = min(excess, len(end.messages))
        excess -= cut
        if cut == len(end.messages) and len(conversation.ranges) > 1:
            conversation.ranges.remove(end)
        elif keep_old:
            end.last = end.messages[-cut].seq - 1
            del end.messages[-cut:]
        else:
            end.first, end.has_before = end.messages[cut - 1].seq + 1, True
            del end.messages[:cut]
