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
DEPTH = 50
"""What was moderated since, at most; what is further down happened long ago."""


def endings(user: str, gone: Sequence[str], known: Mapping[str, Position]) -> Steps[dict[str, Left]]:
    """Return, by conversation, the end of a membership where somebody else has brought it about.

    Args:
        user: whose membership.
        gone: conversations that they know and are no member of.
        known: up to where they know them; an earlier end is none of this membership.
    """
    found: dict[str, Left] = {}
    for id in gone[:MOST]:
        record = yield from read(LoadLog(conversation=id, before=None, limit=DEPTH), EventsRecord)
        for event in record.events if record is not None else ():
            if isinstance(event, Left) and event.user == user and event.seq > known[id].seq:
                found[id] = event
                break
    return found
