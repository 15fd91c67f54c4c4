"""Single messages that views asked for beside what is loaded: quoted, pinned, saved ones, and roots of threads.

Pure, part of the reducer. They follow the same events as loaded messages do, so a quote of a message that is deleted
becomes a tombstone where it is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbchat.protocol.changes import changed
from nbchat.protocol.limits import ASIDES
from nbchat.protocol.messages import AnyDurable, Found, Message

from .ranges import fixed, index
from .state import Conversation


def add_found(conversation: Conversation, found: Found, asked: Iterable[int]) -> None:
    """Keep single messages of the same epoch; of those that were asked for and are not there, that they are not.

    Where an event has come that the answer does not know, nobody can say so: that seq is still missing.
    """
    for seq in asked:
        if not found.as_of < seq <= conversation.cursor:
            _put(conversation, seq, conversation.asides.get(seq))
    for message in (fixed(one, found.fixups) for one in found.messages):
        known = conversation.asides.get(message.seq)
        _put(conversation, message.seq, known if known is not None and known.v > message.v else message)


def _put(conversation: Conversation, seq: int, message: Message | None) -> None:
    """Put one at the end; the one that was asked for longest ago goes where there are too many."""
    conversation.asides.pop(seq, None)
    conversation.asides[seq] = message
    if len(conversation.asides) > ASIDES:
        del conversation.asides[next(iter(conversation.asides))]


def touch(conversation: Conversation, seq: int, event: AnyDurable) -> None:
    """Change one as an event leaves it, if it is here."""
    known = conversation.asides.get(seq)
    if known is not None:
        conversation.asides[seq] = changed(known, event)


def begin(conversation: Conversation, message: Message) -> None:
    """A message was written: if somebody has asked for it too early, it is there now."""
    if message.seq in conversation.asides:
        conversation.asides[message.seq] = message


def loaded(conversation: Conversation, seq: int) -> Message | None:
    """Return a message as it is now, wherever it is loaded."""
    timelines = [conversation.ranges, *conversation.threads.values()]
    for one in (one for ranges in timelines for one in ranges):
        place = index(one, seq)
        if place is not None:
            return one.messages[place]
    return conversation.asides.get(seq)


def missing(conversation: Conversation, seqs: Iterable[int]) -> list[int]:
    """Return those of these messages that are nowhere loaded, and have not been looked up."""
    timelines = [conversation.ranges, *conversation.threads.values()]
    loaded = [one for ranges in timelines for one in ranges]
    return [seq for seq in seqs if seq not in conversation.asides and all(index(one, seq) is None for one in loaded)]
