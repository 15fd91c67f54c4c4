"""Own state that is set here: shown at once, told to the hub when there is a connection, one command a row at a time.

Pure, part of the link. Rules: while a row waits or is under way, what the hub says of it is kept back, so that an older
value never shows for a moment; when it is done the hub's newest word holds. A refusal brings back what was there.
Drafts, which change with every key, are told at most every DRAFT_EVERY.
"""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol import messages as m
from nbchat.protocol.limits import DRAFT_EVERY

from . import own
from .wire import Wire


class Writes:
    """Rows on their way to the hub; the last value of each counts.

    Args:
        wire: what the parts of the link share.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._waiting: dict[str, m.OwnValue] = {}
        self._flying: dict[str, m.OwnValue] = {}
        self._before: dict[str, m.OwnRow | None] = {}
        """What held before it was set here, for the case of a refusal."""
        self._heard: dict[str, m.OwnRow] = {}
        """What the hub has said meanwhile."""
        self._shown: dict[str, m.OwnRow] = {}
        self._unsure: set[str] = set()
        """Drafts that were under way when the connection broke, and were not set since."""
        self._drafts = float("-inf")
        """Not before this time."""

    def put(self, key: str, value: m.OwnValue, now: float) -> None:
        """Set a row; nothing is told where it has this value already."""
        state = self._wire.state
        before = state.own.get(key)
        touched = own.set_own(state, key, value)
        if not touched:
            return
        if key not in self._shown:
            self._before[key] = before
        self._shown[key] = state.own[key]
        self._unsure.discard(key)
        self._waiting.pop(key, None)
        self._waiting[key] = value
        self._wire.touch(touched)
        self.pump(now)

    def pump(self, now: float, *, hurry: bool = False) -> None:
        """Tell what may be told now; with `hurry` drafts too."""
        if not self._wire.live:
            return
        early = now < self._drafts and not hurry
        for key, value in list(self._waiting.items()):
            is_draft = key.startswith("draft:")
            if key in self._flying or (is_draft and early):
                continue
            self._flying[key] = self._waiting.pop(key)
            self._unsure.discard(key)
            if key in self._heard:
                self._before[key] = self._heard.pop(key)
            if is_draft:
                self._drafts = now + DRAFT_EVERY
            self._wire.ask(m.SetOwn(ref=0, key=key, value=value), now)

    def due(self) -> float | None:
        """Return when `pump` may have something next; other rows than drafts go as soon as they can."""
        waits = any(key.startswith("draft:") and key not in self._flying for key in self._waiting)
        return self._drafts if waits else None

    def hold_back(self) -> None:
        """The hub has told rows: those that are set here stay as they are shown.

        A draft that may have arrived before the connection broke gives way to a newer row: another device may have
        sent it since, and it must not come back.
        """
        state = self._wire.state
        for key, shown in list(self._shown.items()):
            row = state.own[key]
            if row is shown:
                continue
            if key in self._unsure:
                self._unsure.discard(key)
                for kept in (self._waiting, self._heard, self._before, self._shown):
                    kept.pop(key, None)
                continue
            self._heard[key] = row
            state.own[key] = self._shown[key] = replace(row, value=shown.value)

    def done(self, key: str) -> None:
        """The hub has it: from here on its newest word holds."""
        self._landed(key, self._heard.get(key))

    def refused(self, key: str) -> None:
        """The hub will not have it: what was there before is shown again."""
        self._landed(key, self._heard.get(key) or self._before.get(key) or m.OwnRow(key, None, 0, None))

    def lost(self) -> None:
        """The connection is gone: what was under way waits again, unless it was set anew."""
        self._unsure |= {key for key in self._flying if key.startswith("draft:") and key not in self._waiting}
        self._waiting = self._flying | self._waiting
        self._flying = {}

    def _landed(self, key: str, row: m.OwnRow | None) -> None:
        if key not in self._flying:
            return
        del self._flying[key]
        if key in self._waiting:
            return
        self._heard.pop(key, None)
        self._before.pop(key, None)
        shown = self._shown.pop(key)
        if row is not None and row is not shown:
            self._wire.state.own[key] = row
            self._wire.touch(["own"])
