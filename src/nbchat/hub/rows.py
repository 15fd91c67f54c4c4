"""Records of the store as the wire has them. Pure functions; they look at nothing but what they are given."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import asdict

from nbchat.protocol.messages import Person, Summary

from .ports import SummaryRecord


def summary(record: SummaryRecord) -> Summary:
    """Return the list row."""
    return Summary(**asdict(record))


def people(*groups: Iterable[Person]) -> list[Person]:
    """Return everybody once; who comes later under the same id wins."""
    found = {person.id: person for group in groups for person in group}
    return list(found.values())
