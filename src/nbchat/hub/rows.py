"""Records of the store as the wire has them. Pure functions; they look at nothing but what they are given."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import asdict, replace

from nbchat.protocol.limits import MENTIONS_CAP, UNREAD_CAP
from nbchat.protocol.messages import AnyDurable, Deleted, Joined, Left, Person, Posted, Summary, ThreadUnread

from . import unread
from .queries import SummaryRecord


def summary(record: SummaryRecord) -> Summary:
    """Return the list row."""
    return Summary(**asdict(record) | {"threads": list(record.threads)})


def rewound(row: Summary, events: Iterable[AnyDurable], user: str) -> Summary:
    """Return the row as it was before its newest events, which are given after it and are counted then.

    What events set (preview, title, settings, roles) stays: they bring the same. A count that has reached its cap stays
    too.
    """
    for event in reversed(list(events)):
        row = replace(row, last_seq=event.seq - 1)
        match event:
            case Joined():
                row = replace(row, members=row.members - 1)
            case Left():
                row = replace(row, members=row.members + 1)
            case Posted() | Deleted():
                row = _uncounted(row, event, user)
            case _:
                pass
    return replace(row, threads=[thread for thread in row.threads if thread.unread > 0])


def _uncounted(row: Summary, event: Posted | Deleted, user: str) -> Summary:
    return replace(
        row,
        unread=unread.shifted(row.unread, -unread.posts(event, user, row.read), UNREAD_CAP),
        mentions=unread.shifted(row.mentions, -unread.mentions(event, user, row.read), MENTIONS_CAP),
        threads=[_thread(entry, event, user) for entry in row.threads],
    )


def _thread(entry: ThreadUnread, event: Posted | Deleted, user: str) -> ThreadUnread:
    by = -unread.replies(event, user, entry.root, entry.read)
    return replace(entry, unread=unread.shifted(entry.unread, by, UNREAD_CAP)) if by else entry


def people(*groups: Iterable[Person]) -> list[Person]:
    """Return everybody once; who comes later under the same id wins."""
    found = {person.id: person for group in groups for person in group}
    return list(found.values())
