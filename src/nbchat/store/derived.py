"""What every store derives in the same way: from an item to write, or from rows that were read.

Pure functions, no IO, no clock. A store imports them; they know no store. What an event means is in `hub.conversation`;
this is the rest: the first event of a conversation, how names are compared, which messages fit a page and whom they
name, which links can be used, which rows of own state a fresh page is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice, zip_longest
from typing import TypeVar

import msgspec

from nbchat.hub.conversation import READ, REPORTS, THREAD
from nbchat.hub.items import Failed, NewConversation
from nbchat.hub.queries import LoadPage, PageRecord
from nbchat.protocol.limits import (
    GROUP_MEMBERS,
    OWN_BYTES,
    OWN_ROWS,
    PAGE_BYTES,
    PAGE_MESSAGES,
    RESUME_EVENTS,
    SNAPSHOT_BYTES,
    WELCOME_DRAFTS,
)
from nbchat.protocol.messages import AnyDurable, Created, Invitation, Left, Message, Muted, OwnValue, Ranked

_encoder = msgspec.json.Encoder()
_Sized = TypeVar("_Sized", Message, AnyDurable)
_DRAFT, _NONE = "draft:", "null"
OPEN_REPORTS = 100
"""Reports that are listed at once, the oldest: more are not read at a time, and the next ones come when these are."""


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


def thread_of(key: str) -> tuple[str, int]:
    """Return the conversation and the root that the own-state key of a thread names."""
    conversation, _, root = key.removeprefix(THREAD).rpartition("/")
    return conversation, int(root)


def own_json(value: OwnValue) -> str:
    """Return a value of own state as JSON: what is the same text is the same value."""
    return _encoder.encode(value).decode()


def is_kept(key: str, value: OwnValue) -> bool:
    """Whether a row of own state counts against OWN_ROWS: what a person keeps, not what the hub counts for them."""
    return value is not None and not key.startswith((READ, THREAD, REPORTS))


def own_size(key: str, value: str) -> int:
    """Return how much a row counts against OWN_BYTES; `value` is JSON."""
    return len(key.encode()) + len(value.encode())


def given(rows: Sequence[tuple[str, str]], uv: int) -> list[int]:
    """Return which of its own rows a person's page is given, by their places.

    One that has nothing yet needs no rows that are gone, gets its threads with the summaries, and the newest drafts.

    Args:
        rows: keys and values (JSON) of all whose version is above `uv`, the oldest first.
        uv: up to which version the page has own state; 0: it has nothing; -1: nobody knows up to which.
    """
    if uv != 0:
        return list(range(len(rows)))
    places, drafts = list[int](), 0
    for place in range(len(rows) - 1, -1, -1):
        key, value = rows[place]
        is_draft = key.startswith(_DRAFT)
        drafts += own_size(key, value) if is_draft else 0
        if value != _NONE and not key.startswith(THREAD) and not (is_draft and drafts > WELCOME_DRAFTS):
            places.append(place)
    return places[::-1]


def many(limit: int, what: str, count: int | None = None) -> Failed:
    """Return the outcome for one more than there may be, or for so many."""
    return Failed("too_many", {"limit": limit, "what": what, "count": count or limit + 1})


def no_room(rows: int, size: int) -> Failed | None:
    """Return the outcome where a person would keep so many rows of so many bytes, if that is too much."""
    if rows > OWN_ROWS:
        return many(OWN_ROWS, "drafts, saved messages and wishes")
    return many(OWN_BYTES, "bytes of drafts, saved messages and wishes", size) if size > OWN_BYTES else None


def taken(name: str) -> Failed:
    """Return the outcome for a name that could be taken for somebody else's."""
    return Failed("bad_name", {"name": name, "why": "somebody else is known by it"})


def unusable(link: Invitation | None, conversation: str, now: int) -> str | None:
    """Return why nobody can join by this link (the `why` of the error `bad_link`), or None if somebody can.

    Args:
        link: None where the code is unknown.
        conversation: where somebody wants to join.
        now: ms UTC.
    """
    if link is None or link.conversation != conversation:
        return "there is no such link here"
    if link.until is not None and link.until <= now:
        return "its time is over"
    return "it is used up" if link.uses is not None and link.uses <= 0 else None


# ------------------------------------------------------------------------------------------------------------ messages


def people_in(messages: Sequence[Message], notices: Sequence[AnyDurable] = ()) -> set[str]:
    """Return the user ids of whom these messages show: all authors, and some of those who answered or did something.

    At most GROUP_MEMBERS of the latter, those of `notices` with them: a page full of popular messages stays a page.
    """
    others = chain(chain.from_iterable(map(_around, messages)), chain.from_iterable(map(_concerned, notices)))
    return {message.author for message in messages} | set(islice(dict.fromkeys(others), GROUP_MEMBERS))


def _around(message: Message) -> Iterable[str]:
    single = (message.deleted, message.pinned)
    yield from (user for user in single if user is not None)
    yield from message.replies.users if message.replies is not None else ()
    for reaction in message.reactions:
        yield from reaction.users


def _concerned(event: AnyDurable) -> Iterable[str]:
    """Whom an event names; who joined, it brings along itself."""
    yield event.author
    if isinstance(event, Left | Ranked | Muted):
        yield event.user


def covered(query: LoadPage, page: PageRecord) -> tuple[int, int]:
    """Return the first and the last seq that a page speaks for: from one bound to the other, not only its messages."""
    messages = page.messages
    first = query.after + 1 if query.after is not None else messages[0].seq if messages else page.as_of + 1
    last = query.before - 1 if query.before is not None else messages[-1].seq if messages else 0
    return first if page.has_before else 1, last if page.has_after or query.before is not None else page.as_of


def fitting(newest_first: Sequence[Message]) -> list[Message]:
    """Return a snapshot's messages, oldest first: at most PAGE_MESSAGES or SNAPSHOT_BYTES of them, at least one."""
    return _within(newest_first[:PAGE_MESSAGES], SNAPSHOT_BYTES)[::-1]


def versions(newest_first: Sequence[AnyDurable]) -> tuple[AnyDurable, ...]:
    """Return what is told of a message's versions, oldest first: the newest RESUME_EVENTS or PAGE_BYTES of them."""
    return tuple(_within(newest_first[:RESUME_EVENTS], PAGE_BYTES)[::-1])


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

    At most PAGE_BYTES as JSON, at least one message; the page grows from where the sides meet.

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


def _within(things: Sequence[_Sized], limit: int) -> list[_Sized]:
    """Return the first of these, as many as have this many bytes as JSON, and at least one."""
    taken: list[_Sized] = []
    size = 0
    for thing in things:
        size += len(_encoder.encode(thing))
        if taken and size > limit:
            break
        taken.append(thing)
    return taken
