"""Which messages of a timeline are loaded: a list of ranges without holes, at most CLIENT_MESSAGES in all.

Pure, part of the reducer. A timeline is the conversation's own, or one thread; the same functions serve both. Rules
that every function keeps: ranges ascend and never overlap or touch; messages ascend by `seq` within their range; a
message is replaced only by one with a higher `v`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from nbchat.protocol.changes import changed, followed, spaced
from nbchat.protocol.limits import CLIENT_MESSAGES, PAGE_MESSAGES
from nbchat.protocol.messages import AnyDurable, History, Message, Page

from .state import Range


def live(ranges: list[Range], cursor: int) -> Range | None:
    """Return the range that the next event extends, or None if the loaded messages do not reach the cursor."""
    newest = ranges[-1] if ranges else None
    return newest if newest is not None and newest.last == cursor else None


def extend(ranges: list[Range], cursor: int, message: Message | None, notice: AnyDurable | None = None) -> None:
    """The cursor moves to the next seq: the live range grows with it, and drops its oldest message when all is full.

    Somebody may look at an older range meanwhile: it gives only where the live one is down to a page.

    Args:
        ranges: of one timeline.
        cursor: as it was before.
        message: what the event adds to this timeline, if anything.
        notice: the event, where it is shown by itself.
    """
    newest = live(ranges, cursor)
    if newest is None:
        return
    newest.last = cursor + 1
    if notice is not None:
        last = newest.messages[-1].seq if newest.messages else 0
        newest.notices = followed(newest.notices, notice, last)
    if message is not None:
        newest.messages.append(message)
        if _excess(ranges) > 0:
            _drop_oldest(ranges, newest if len(newest.messages) > PAGE_MESSAGES else ranges[0], 1)


def touch(ranges: list[Range], seq: int, event: AnyDurable) -> None:
    """Change a message as an event leaves it, if it is loaded here."""
    for one in ranges:
        place = index(one, seq)
        if place is not None:
            one.messages[place] = changed(one.messages[place], event)


def index(within: Range, seq: int) -> int | None:
    """Return where a message stands in a range, or None if it is not there."""
    place = bisect_left(within.messages, seq, key=lambda message: message.seq)
    return place if place < len(within.messages) and within.messages[place].seq == seq else None


def merge(ranges: list[Range], new: Range, *, keep_old: bool) -> None:
    """Put a loaded page among the ranges and join those that now touch.

    With `keep_old` (somebody pages up) newer messages make room, else older ones do; see `_trim`.
    """
    apart = [one for one in ranges if one.last + 1 < new.first or new.last + 1 < one.first]
    touching = [one for one in ranges if one not in apart]
    joined = _join([*touching, new])
    ranges[:] = sorted([*apart, joined], key=lambda one: one.first)
    _trim(ranges, joined, keep_old=keep_old)


def _join(parts: list[Range]) -> Range:
    lowest = min(parts, key=lambda one: one.first)
    messages = newest_versions(message for one in parts for message in one.messages)
    return Range(
        first=lowest.first,
        last=max(one.last for one in parts),
        messages=messages,
        has_before=all(one.has_before for one in parts if one.first == lowest.first),
        notices=_spaced((notice for one in parts for notice in one.notices), messages),
    )


def _spaced(notices: Iterable[AnyDurable], messages: list[Message]) -> list[AnyDurable]:
    return spaced(notices, [message.seq for message in messages])


def newest_versions(messages: Iterable[Message]) -> list[Message]:
    """Return each message once, in its newest version, ascending by seq."""
    best: dict[int, Message] = {}
    for message in messages:
        known = best.get(message.seq)
        if known is None or message.v > known.v:
            best[message.seq] = message
    return [best[seq] for seq in sorted(best)]


def _trim(ranges: list[Range], looked_at: Range, *, keep_old: bool) -> None:
    """Drop what is too much, last of all what somebody looks at now.

    First go the ranges of earlier jumps. Then the newest range gives its oldest messages, so that it stays live; only
    where it is looked at itself, or has no more to give, what is looked at is cut, at one of its ends.
    """
    while (excess := _excess(ranges)) > 0:
        spare = next((one for one in ranges if one is not looked_at), None)
        if spare is None and keep_old:
            looked_at.last = looked_at.messages[-excess].seq - 1
            del looked_at.messages[-excess:]
            looked_at.notices = [one for one in looked_at.notices if one.seq <= looked_at.last]
        else:
            _drop_oldest(ranges, spare or looked_at, excess)


def _excess(ranges: list[Range]) -> int:
    return sum(len(one.messages) for one in ranges) - CLIENT_MESSAGES


def _drop_oldest(ranges: list[Range], within: Range, count: int) -> None:
    """Drop so many messages at the beginning of a range, or the whole range where it has no more."""
    if count >= len(within.messages):
        ranges.remove(within)
        return
    within.first, within.has_before = within.messages[count - 1].seq + 1, True
    del within.messages[:count]
    within.notices = [one for one in within.notices if one.seq >= within.first]


# ---------------------------------------------------------------------------------------------------------------- pages


def add_page(ranges: list[Range], cursor: int, page: Page, asked: History | None) -> bool:
    """Put a page of the same epoch among the ranges, with its fixups. Returns whether anything of it is of use here.

    `asked` is the command that it answers, from which its bounds follow.
    """
    # What is above the cursor comes as events too, and then once.
    messages = [fixed(message, page.fixups) for message in page.messages if message.seq <= cursor]
    first, last = _bounds(page, messages, asked)
    last = min(last, cursor)
    if first > last:
        return False
    upwards = asked is not None and asked.before is not None
    notices = [one for one in page.notices if first <= one.seq <= last]
    merge(ranges, Range(first, last, messages, page.has_before, notices), keep_old=upwards)
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


def fixed(message: Message, fixups: Iterable[AnyDurable]) -> Message:
    """Return a message as the events leave it that came after it was read."""
    for event in fixups:
        message = changed(message, event)
    return message
