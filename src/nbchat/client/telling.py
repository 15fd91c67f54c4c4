"""What a link tells the hub of its person: that they type, how far they have read, what has arrived here.

Pure, part of the link. `pacing` says how often; what was not told when a connection broke is told on the next one.
"""

from __future__ import annotations

from nbchat.protocol import messages as m
from nbchat.protocol.limits import RECEIPT_MEMBERS

from . import own
from .pacing import Marks, Typist
from .wire import Wire


class Telling:
    """Typing, read markers and acknowledgements of one link.

    Args:
        wire: what the parts of the link share.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._typist, self._marks = Typist(), Marks()

    def typing(self, conversation: str, active: bool, now: float, thread: int | None) -> None:
        """A key was struck, or the text was emptied."""
        place = (conversation, thread)
        if self._wire.live and (self._typist.key(place, now) if active else self._typist.stop(place)):
            self._say_typing(conversation, active, thread, now)

    def posted(self, conversation: str, thread: int | None) -> None:
        """A message was written: the hub takes it as the end of typing."""
        self._typist.stop((conversation, thread))

    def read(self, conversation: str, seq: int, thread: int | None) -> None:
        """All up to seq was read (in a thread): shown at once, told by `pump`."""
        touched = self._mark(conversation, seq, thread)
        if touched:
            self._wire.touch(touched)
            self._marks.read((conversation, thread), seq)

    def asked(self, command: m.AnyCommand, now: float) -> None:
        """A shell sends this. Before a marker goes back on purpose the rest is told, which later would raise it again.

        It is not dropped: the hub may refuse the command, and then what is shown as read has to be so.
        """
        if isinstance(command, m.Read) and command.back and self._wire.live:
            self.pump(now, hurry=True)
            self._marks.back((command.conversation, command.thread))

    def acknowledge(self, conversation: str, of: m.Posted | m.Preview) -> None:
        """Have the hub told that this message of another person has reached a page of ours, where that is tracked."""
        known = self._wire.state.conversations.get(conversation)
        if self._wire.kind != "page" or known is None or self._wire.is_me(of.author):
            return
        row = known.summary
        if row.joined and row.kind != "channel" and row.members <= RECEIPT_MEMBERS:
            self._marks.ack(conversation, of.seq)

    def pump(self, now: float, *, hurry: bool = False) -> None:
        """Tell what is due, or with `hurry` all."""
        for conversation, thread in self._typist.idle(now):
            self._say_typing(conversation, False, thread, now)
        reads, acks = self._marks.take(now, hurry=hurry)
        for (conversation, thread), seq in reads.items():
            self._wire.ask(m.Read(ref=0, conversation=conversation, seq=seq, thread=thread), now)
        if acks:
            self._wire.ask(m.Ack(ref=0, cursors=acks), now)

    def due(self) -> float | None:
        """Return when `pump` may have something next."""
        times = [time for time in (self._typist.due(), self._marks.due()) if time is not None]
        return min(times, default=None)

    def welcomed(self, rows: list[m.Summary]) -> None:
        """Fresh rows came: they do not know yet what was read meanwhile, and name messages that have arrived."""
        self._hold()
        for row in rows:
            if row.unread and row.last is not None:
                self.acknowledge(row.id, row.last)

    def heard(self, rows: list[m.OwnRow]) -> None:
        """Own rows came. An older marker among them, as that of an own message, takes back nothing that was read."""
        for row in rows:
            kind, _, place = row.key.partition(":")
            if kind not in {"read", "thread"} or not isinstance(row.value, int):
                continue
            conversation, _, root = place.partition("/")
            if root and not root.isdecimal():
                continue
            self._marks.heard((conversation, int(root) if root else None), row.value)
        self._hold()

    def taken(self, command: m.Read) -> None:
        """The hub has stored a marker; its row may never come, where another device has moved the marker at once."""
        self._marks.taken((command.conversation, command.thread), command.seq)

    def again(self, command: m.AnyCommand) -> None:
        """Have told once more what was in flight when the connection broke, or what the hub could not store."""
        self._marks.again(command)

    def lost(self) -> None:
        """The connection is gone, and with it what the hub knew of typing."""
        self._typist.clear()
        self._marks.lost()

    def forget(self, conversation: str) -> None:
        """The conversation is not ours any more."""
        self._marks.forget(conversation)

    def _hold(self) -> None:
        """Show what was read here, whatever the hub says that does not know of it yet."""
        for (conversation, thread), seq in self._marks.ahead():
            self._wire.touch(self._mark(conversation, seq, thread))

    def _mark(self, conversation: str, seq: int, thread: int | None) -> set[str]:
        if thread is None:
            return own.mark_read(self._wire.state, conversation, seq)
        return own.mark_thread_read(self._wire.state, conversation, thread, seq)

    def _say_typing(self, conversation: str, active: bool, thread: int | None, now: float) -> None:
        self._wire.ask(m.Type(ref=0, conversation=conversation, active=active, thread=thread), now)
