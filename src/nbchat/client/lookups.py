"""Single messages that views want on the screen, asked for many at once: at most BATCH, one command a conversation.

Pure, part of the link. What is loaded or was looked up already is not asked for; what a snapshot forgets is wanted anew
by the views that draw it.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbchat.protocol import messages as m
from nbchat.protocol.limits import ASIDES

from .asides import missing
from .wire import Wire

BATCH = 50
"""Messages that one `lookup` may name (protocol)."""


class Lookups:
    """What is wanted and was not asked for, or not answered yet.

    Args:
        wire: what the parts of the link share.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._wanted: dict[str, dict[int, None]] = {}
        self._flying: dict[str, list[int]] = {}

    def want(self, id: str, seqs: Iterable[int], now: float) -> None:
        """A view wants these; where more are wanted than are kept, the newest wishes count."""
        flying = self._flying.get(id, [])
        wanted = {**self._wanted.get(id, {}), **dict.fromkeys(seq for seq in seqs if seq not in flying)}
        self._wanted[id] = dict.fromkeys(list(wanted)[-ASIDES:])
        self.pump(now)

    def pump(self, now: float) -> None:
        """Ask for what is wanted of conversations that are known, where nothing is asked already."""
        if not self._wire.live:
            return
        for id in [id for id in self._wanted if id not in self._flying]:
            known = self._wire.state.conversations.get(id)
            if known is None:
                continue
            wanted = missing(known, self._wanted.pop(id))
            if wanted:
                self._flying[id] = wanted[:BATCH]
                self._wanted |= {id: dict.fromkeys(wanted[BATCH:])} if wanted[BATCH:] else {}
                self._wire.ask(m.Lookup(ref=0, conversation=id, seqs=wanted[:BATCH]), now)

    def answered(self, id: str) -> None:
        """The hub has said what there is, or that it will not say."""
        self._flying.pop(id, None)

    def lost(self) -> None:
        """The connection is gone: what was asked for is wanted again."""
        for id, seqs in self._flying.items():
            self._wanted[id] = dict.fromkeys([*seqs, *self._wanted.get(id, {})])
        self._flying = {}

    def forget(self, id: str) -> None:
        """The conversation is not ours any more."""
        self._wanted.pop(id, None)
