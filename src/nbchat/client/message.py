"""A message as Python code sees it: what it says, who wrote it, what became of it, and what one can do with it.

Holds no protocol state of its own: what changes with time is asked of the `Tracker` that made it, and what is done to
it goes there too.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
from msgspec.structs import replace

from nbchat.protocol.changes import changed

from .outputs import PLAIN, Extra

if TYPE_CHECKING:
    from nbchat.protocol.messages import ConnectionKind, Deleted, Message as Stored, Person

    from .deeds import Deeds, Version

Status = Literal["pending", "sent", "delivered", "read", "failed"]
"""pending: queued or on its way; sent: on the hub's disk; delivered and read: by somebody else; failed: refused."""

ORDER: tuple[Status, ...] = ("pending", "sent", "delivered", "read")


class Tracker(Protocol):
    """What a message asks of the client that made it."""

    @property
    def deeds(self) -> Deeds:
        """What can be done to messages."""

    def status_of(self, message: Message) -> Status:
        """How far it has come."""

    def held_up(self, message: Message) -> str:
        """Why one that is pending does not go on, as the hub said; "" where it only waits for its turn."""

    def wait_status(self, message: Message, status: Status, timeout: float | None) -> None:
        """Block until it has come that far. Raises as `Message.wait`."""

    def person(self, user: str) -> Person:
        """The user with the display name that is known now."""

    def stored(self, conversation: str, seq: int) -> Stored | None:
        """The message as it is now, if it is loaded here."""

    def send_again(self, message: Message) -> None:
        """Queue a failed message once more."""


class Message:
    """One message. What others change (its text, reactions) is as it is known now, where it is loaded here.

    Attributes:
        conversation: the id of its conversation.
        seq: its number in the conversation; None until the hub has stored it.
        extra: what it is besides its text, as it was sent.
        error: why it failed, for people; None otherwise.

    Example:
        message = chat.send("epoch 3: loss 0.12")
        message.status                      # "pending", then "sent", "delivered", "read"
        message.wait("sent", timeout=5)
        message.edit("epoch 3: loss 0.121")
        message.react("🎉")
    """

    __slots__ = ("__weakref__", "_first", "_stored", "_tracker", "code", "conversation", "error", "extra", "seq")

    def __init__(self, tracker: Tracker, conversation: str, stored: Stored, extra: Extra = PLAIN) -> None:
        """Show a message as it is; `stored.seq` is 0 for one that the hub does not have yet."""
        self._tracker, self._stored = tracker, stored
        self._first = hash((stored.text, stored.v if stored.v != stored.seq else 0))
        self.conversation, self.extra = conversation, extra
        self.seq: int | None = stored.seq or None
        self.error: str | None = None
        self.code: str | None = None

    # ----------------------------------------------------------------------------------------------------- what it is

    @property
    def key(self) -> str:
        """Its client key, unique for ever."""
        return self._stored.key

    @property
    def via(self) -> ConnectionKind:
        """What wrote it: "page", "session" or "bot"."""
        return self._stored.via

    @property
    def text(self) -> str:
        """What it says, Markdown; empty once it is deleted."""
        return self._now().text

    @property
    def author(self) -> Person:
        """Who wrote it: `.id` and `.name`."""
        return self._tracker.person(self._stored.author)

    @property
    def at(self) -> datetime:
        """When the hub stored it (until then: when it was written), in UTC; `.astimezone()` for the local clock."""
        return _utc(self._stored.at)

    @property
    def edited(self) -> datetime | None:
        """When its text was changed last, in UTC; None where it never was."""
        ms = self._now().edited_at
        return None if ms is None else _utc(ms)

    @property
    def deleted(self) -> bool:
        """Whether it is deleted; a tombstone stays."""
        return self._now().deleted is not None

    @property
    def reply_to(self) -> int | None:
        """Seq of the message that it answers."""
        return self.extra.reply

    @property
    def thread(self) -> int | None:
        """Seq of the root of the thread that it stands in."""
        return self.extra.thread

    @property
    def replies(self) -> int:
        """How many replies its thread has."""
        replies = self._now().replies
        return 0 if replies is None else replies.count

    @property
    def reactions(self) -> dict[str, list[Person]]:
        """Who reacted, by emoji, in the order in which they did."""
        return {one.emoji: [self._tracker.person(user) for user in one.users] for one in self._now().reactions}

    @property
    def mentions(self) -> list[str]:
        """User ids that it names; "@all" for everybody."""
        return [one.user for one in self._now().mentions]

    @property
    def pinned(self) -> bool:
        """Whether it is pinned."""
        return self._now().pinned is not None

    @property
    def link(self) -> str:
        """The permalink, as the page has it behind `#c/`.

        Raises:
            ValueError: the hub does not have it yet.
        """
        return f"{self.conversation}/{self._place()}"

    # --------------------------------------------------------------------------------------------- how far it has come

    @property
    def status(self) -> Status:
        """How far it has come, now."""
        return self._tracker.status_of(self)

    def wait(self, status: Status = "sent", timeout: float | None = None) -> Message:
        """Block until it has come this far.

        Args:
            status: "sent" (on the hub's disk), "delivered" or "read" (by somebody else).
            timeout: seconds; None waits for as long as it takes.

        Returns:
            This message.

        Raises:
            Timeout: it has not come so far in time; it stays queued.
            MessageFailed: the hub refused it.
            SessionClosed: the session was closed meanwhile.
            ValueError: no such status to wait for.
        """
        if status not in ORDER:
            raise ValueError(f"A message cannot be waited for to be {status!r}; choose one of {', '.join(ORDER[1:])}.")
        self._tracker.wait_status(self, status, timeout)
        return self

    def retry(self) -> None:
        """Queue a failed message once more, with its own key."""
        self._tracker.send_again(self)

    # ------------------------------------------------------------------------------------------- what one can do to it
    # All of these wait for the hub, first for a message that is still on its way, and raise HubError where it refuses.

    def edit(self, text: str) -> Message:
        """Change the text of an own message, for everybody. Returns this message.

        Raises:
            HubError: it is somebody else's, or deleted.
        """
        self._tracker.deeds.edit(self, text)
        return self

    def delete(self) -> None:
        """Delete it for everybody: an own one, or as a moderator. Its text is gone for good; a tombstone stays."""
        self._tracker.deeds.delete(self)

    def reply(self, text: str, *, thread: bool = False, also: bool = False) -> Message:
        """Answer it, with a quote; in its thread where it stands in one. Queued at once, like any message.

        Args:
            text: Markdown.
            thread: begin a thread with it, or go on with its thread, instead of quoting it.
            also: a reply in a thread that is to stand in the conversation, too.
        """
        return self._tracker.deeds.reply(self, text, thread=thread, also=also)

    def react(self, emoji: str) -> None:
        """Put an emoji under it.

        Raises:
            HubError: `bad_emoji`.
        """
        self._tracker.deeds.react(self, emoji, on=True)

    def unreact(self, emoji: str) -> None:
        """Take the own emoji away again."""
        self._tracker.deeds.react(self, emoji, on=False)

    def pin(self) -> None:
        """Pin it in its conversation."""
        self._tracker.deeds.pin(self, on=True)

    def unpin(self) -> None:
        """Pin it no more."""
        self._tracker.deeds.pin(self, on=False)

    def forward(self, name: str, comment: str = "") -> Message:
        """Pass it on to another conversation, by its name or id; what is there is a copy."""
        return self._tracker.deeds.forward(self, name, comment)

    def versions(self) -> list[Version]:
        """What it said before, oldest first, the text of now included."""
        return self._tracker.deeds.versions(self)

    def follow(self, on: bool = True) -> None:
        """Be told of the replies in its thread, or no more."""
        self._tracker.deeds.follow(self, on=on)

    def save(self, on: bool = True) -> None:
        """Keep it among one's saved messages, on all devices, or no more."""
        self._tracker.deeds.save(self, on=on)

    def mark_unread(self) -> None:
        """Mark the conversation as unread from this message on."""
        self._tracker.deeds.mark_unread(self)

    def report(self, reason: str = "") -> None:
        """Report it to the moderators of its conversation."""
        self._tracker.deeds.report(self, reason)

    # ------------------------------------------------------------------------------------------------ for the client

    def arrived(self, seq: int, ms: int | None) -> None:
        """The hub has stored it (called by the client only)."""
        self.seq, self.error, self.code = seq, None, None
        if ms is not None:
            self._stored = replace(self._stored, at=ms)

    def deleted_by(self, event: Deleted) -> None:
        """It is deleted: nothing here knows its text any more (called by the client only)."""
        self._stored = changed(self._stored, event)

    def rewritten(self, text: str) -> None:
        """It says this now, and the hub does not have it yet (called by the client only)."""
        self._stored = replace(self._stored, text=text)

    def failed(self, code: str, text: str) -> None:
        """The hub refused it (called by the client only)."""
        self.code, self.error = code, text

    def as_dict(self) -> dict[str, Any]:
        """The message as plain data, such as a view's first paint needs."""
        fields = msgspec.to_builtins(replace(self._now(), seq=self.seq or 0))
        return {**fields, "conversation": self.conversation, "name": self.author.name}

    def _now(self) -> Stored:
        """The newest state of it that is known."""
        found = None if self.seq is None else self._tracker.stored(self.conversation, self.seq)
        if found is not None and found.v > self._stored.v:
            self._stored = found
        return self._stored

    def _place(self) -> int:
        if self.seq is None:
            raise ValueError(f"{self!r} has no place in the conversation yet; wait for it first: message.wait('sent').")
        return self.seq

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._same() == other._same()

    def __hash__(self) -> int:
        return hash((self.conversation, self.key))

    def _same(self) -> tuple[object, ...]:
        """What it was when it was made: two of the same message are another where it has changed in between."""
        return self.conversation, self.key, self._first

    def __repr__(self) -> str:
        text = "deleted" if self.deleted else repr(_short(self.text))
        why = self._tracker.held_up(self) if self.status == "pending" else ""
        status = f"{self.status}: {why}" if why else self.status
        return f"<{self.author.name}, {self.at.astimezone():%H:%M}: {text} ({status})>"


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, timezone.utc)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
