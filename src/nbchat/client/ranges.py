"""Which messages of a conversation are loaded: a list of ranges without holes, at most CLIENT_MESSAGES in all.

Pure, part of the reducer. Rules that every function keeps: ranges ascend and never overlap or touch; messages ascend by
`seq` within their range; a message is replaced only by one with a higher `v`.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbchat.protocol.limits import CLIENT_MESSAGES
from nbchat.protocol.messages import AnyDurable, Created, History, Joined, Left, Message, Page, Posted

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


# ---------------------------------------------------------------------------------------------------------------- pages


def add_page(conversation: Conversation, page: Page, asked: History | None) -> bool:
    """Put a page of the same epoch among the ranges, with its fixups. Returns whether anything of it is of use here.

    `asked` is the command that it answers, from which its bounds follow.
    """
    # What is above the cursor comes as events too, and then once.
    messages = [_fixed(message, page.fixups) for message in page.messages if message.seq <= conversation.cursor]
    first, last = _bounds(page, messages, asked)
    last = min(last, conversation.cursor)
    if first > last:
        return False
    upwards = asked is not None and asked.before is not None
    merge(conversation, Range(first, last, messages, page.has_before), keep_old=upwards)
    return True


def _bounds(page: Page, messages: list[Message], asked: History | None) -> tuple[int, int]:
    """Return the seqs that a page covers; other events may lie between the asked bound and the nearest message."""
    first = messages[0].seq if messages else page.as_of + 1
    last = messages[-1].seq if messages else 0
    if asked is not None and asked.before is not None:
        first, last = min(first, asked.before), asked.before - 1
    elif not page.has_after:
        last = page.as_of
    if asked is not None and asked.after is not None:
        first = asked.after + 1
    if not page.has_before:
        first = 1
    return first, last


def _fixed(message: Message, fixups: Iterable[AnyDurable]) -> Message:
    for event in fixups:
        if event.seq > message.v:
            message = fix(message, event)
    return message


def fix(message: Message, event: AnyDurable) -> Message:
    """Return an earlier message as an event leaves it."""
    match event:
        case Created() | Joined() | Left() | Posted():  # none of them changes an earlier message
            return message
