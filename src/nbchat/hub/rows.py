"""Records of the store as the wire has them. Pure functions; they look at nothing but what they are given."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import asdict, replace

from nbchat.protocol.limits import UNREAD_CAP
from nbchat.protocol.messages import AnyDurable, Created, Joined, Left, Person, Posted, Summary

from .queries import SummaryRecord


def summary(record: SummaryRecord) -> Summary:
    """Return the list row."""
    return Summary(**asdict(record))


def rewound(row: Summary, events: Iterable[AnyDurable], user: str) -> Summary:
    """Return the row as it was before its newest events, which are given after it and are counted then.

    The preview stays: the events bring the same. A count that has reached its cap stays too.
    """
    for event in reversed(list(events)):
        row = replace(row, last_seq=event.seq - 1)
        match event:
            case Joined():
                row = replace(row, members=row.members - 1)
            case Left():
                row = replace(row, members=row.members + 1)
            case Posted():
                if event.author != user and event.seq > row.read and 0 < row.unread < UNREAD_CAP:
                    row = replace(row, unread=row.unread - 1)
            case Created():
                pass
    return row


def people(*groups: Iterable[Person]) -> list[Person]:
    """Return everybody once; who comes later under the same id wins."""
    found = {person.id: person for group in groups for person in group}
    return list(found.values())
