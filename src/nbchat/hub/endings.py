"""How conversations ended for somebody who was away: who is removed is told by whom and why, also when they come back.

Part of `welcome`. Tells nobody anything but the end of their own membership, which they would have been given as it
happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbchat.protocol.messages import Left, Position

from .flows import Steps, read
from .queries import EventsRecord, LoadLog

MOST = 10
"""Conversations that are looked at: more are gone for other reasons, as where a store was put back."""
DEPTH = 100
"""Of what happened since, at most; what is further down happened long ago."""


def endings(user: str, gone: Sequence[str], known: Mapping[str, Position]) -> Steps[dict[str, Left]]:
    """Return, by conversation, the end of the last membership where somebody else has brought it about.

    Their own leaving counts as an end too, so that an earlier removal is not told as the reason.

    Args:
        user: whose membership.
        gone: conversations that they know and are no member of.
        known: up to where they know them; an earlier end is none of this membership, and another epoch no position.
    """
    found: dict[str, Left] = {}
    for id in gone[:MOST]:
        record = yield from read(LoadLog(conversation=id, before=None, limit=DEPTH, noticed=True), EventsRecord)
        if record is None or record.epoch != known[id].epoch:
            continue
        ends = (event for event in record.events if isinstance(event, Left) and event.user == user)
        last = next(ends, None)
        if last is not None and last.author != user and last.seq > known[id].seq:
            found[id] = last
    return found
