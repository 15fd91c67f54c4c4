"""What can be done to a message from Python, over an engine: each is one command, or an own row, and waits for the hub.

Part of the client's shell. A message that is still on its way is waited for first, because a command names it by its
number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from nbchat.errors import NbchatError
from nbchat.protocol.limits import COMMAND_TIMEOUT
from nbchat.protocol.messages import (
    AnyCommand,
    Delete,
    Done,
    Edit,
    Edited,
    FindVersions,
    Follow,
    Pin,
    Pointer,
    Posted,
    React,
    Read,
    Report,
    SetOwn,
    Versions,
)

from .keys import fresh_key
from .outputs import Extra

if TYPE_CHECKING:
    from .engine import Engine
    from .message import Message


@dataclass(frozen=True)
class Version:
    """What a message said once.

    Attributes:
        text: Markdown.
        at: since when, UTC.
    """

    text: str
    at: datetime


class Deeds:
    """The deeds of one engine.

    Args:
        engine: which sends them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def edit(self, message: Message, text: str) -> None:
        """Change its text."""
        where, seq = message.conversation, self._seq(message)
        self._do(Edit(ref=0, conversation=where, message=seq, text=text, key=fresh_key()))

    def delete(self, message: Message) -> None:
        """Delete it for everybody."""
        self._do(Delete(ref=0, conversation=message.conversation, message=self._seq(message)))

    def reply(self, message: Message, text: str, *, thread: bool, also: bool) -> Message:
        """Queue an answer."""
        seq = self._seq(message)
        if thread:
            extra = Extra(thread=message.thread or seq, also=also)
        else:
            extra = Extra(reply=seq, thread=message.thread, also=also)
        return self._engine.post(message.conversation, text, extra)

    def react(self, message: Message, emoji: str, *, on: bool) -> None:
        """Put an emoji under it, or take it away."""
        self._do(React(ref=0, conversation=message.conversation, message=self._seq(message), emoji=emoji, on=on))

    def pin(self, message: Message, *, on: bool) -> None:
        """Pin it, or no more."""
        self._do(Pin(ref=0, conversation=message.conversation, message=self._seq(message), on=on))

    def forward(self, message: Message, name: str, comment: str) -> Message:
        """Queue a copy of it for another conversation."""
        source = Pointer(message.conversation, self._seq(message))
        return self._engine.post(self._engine.names.resolve(name, create=False), comment, Extra(forward=source))

    def versions(self, message: Message) -> list[Version]:
        """What it said, oldest first."""
        command = FindVersions(ref=0, conversation=message.conversation, message=self._seq(message))
        events = self._engine.ask(command, Versions).events
        said = [event for event in events if isinstance(event, Posted | Edited)]
        ends = [place for place, event in enumerate(said) if isinstance(event, Edited) and event.grown]
        said = said[ends[-1] :] if ends else said  # before, it was still being written
        return [Version(event.text, datetime.fromtimestamp(event.at / 1000, timezone.utc)) for event in said]

    def follow(self, message: Message, *, on: bool) -> None:
        """Be told of its thread's replies, or no more."""
        root = message.thread or self._seq(message)
        self._do(Follow(ref=0, conversation=message.conversation, thread=root, on=on))

    def save(self, message: Message, *, on: bool) -> None:
        """Keep it among the saved ones, or no more."""
        key = f"saved:{message.conversation}/{self._seq(message)}"
        self._do(SetOwn(ref=0, key=key, value=round(message.at.timestamp() * 1000) if on else None))

    def mark_unread(self, message: Message) -> None:
        """Put the own read marker before it."""
        seq = max(0, self._seq(message) - 1)
        self._do(Read(ref=0, conversation=message.conversation, seq=seq, back=True, thread=message.thread))

    def report(self, message: Message, reason: str) -> None:
        """Report it to the moderators."""
        self._do(Report(ref=0, conversation=message.conversation, message=self._seq(message), reason=reason))

    def _do(self, command: AnyCommand) -> None:
        self._engine.ask(command, Done)

    def _seq(self, message: Message) -> int:
        """Its number; waits for a message that is on its way. Raises as `Message.wait`."""
        if message.seq is None:
            message.wait("sent", timeout=COMMAND_TIMEOUT)
        if message.seq is None:
            raise NbchatError(f"{message!r} is not on the hub, so nothing can be done with it.")
        return message.seq
