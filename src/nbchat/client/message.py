"""A message as Python code sees it: what it says, who wrote it, and how far it has come, live.

Holds no protocol state: what changes with time (`status`, the author's name) is asked of the `Tracker` that made it.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Literal, Protocol

from nbchat.protocol.messages import ConnectionKind, Person

Status = Literal["pending", "sent", "delivered", "read", "failed"]
"""pending: queued or on its way; sent: on the hub's disk; delivered and read: by somebody else; failed: refused."""

ORDER: tuple[Status, ...] = ("pending", "sent", "delivered", "read")


class Tracker(Protocol):
    """What a message asks of the client that made it."""

    def status_of(self, message: Message) -> Status:
        """How far it has come."""

    def wait_status(self, message: Message, status: Status, timeout: float | None) -> None:
        """Block until it has come that far. Raises as `Message.wait`."""

    def person(self, user: str) -> Person:
        """The user with the display name that is known now."""

    def send_again(self, message: Message) -> None:
        """Queue a failed message once more."""


class Message:
    """One message.

    Attributes:
        text: what it says, Markdown.
        conversation: the id of its conversation.
        key: its client key, unique for ever.
        seq: its number in the conversation; None until the hub has stored it.
        at: when the hub stored it (until then: when it was written), with time zone UTC.
        via: what wrote it: "page", "session" or "bot".
        error: why it failed, for people; None otherwise.

    Example:
        message = chat.send("epoch 3: loss 0.12")
        message.status                      # "pending", then "sent", "delivered", "read"
        message.wait("sent", timeout=5)
    """

    __slots__ = (
        "__weakref__",
        "_author",
        "_ms",
        "_tracker",
        "code",
        "conversation",
        "error",
        "key",
        "seq",
        "text",
        "via",
    )

    def __init__(
        self,
        tracker: Tracker,
        *,
        conversation: str,
        key: str,
        author: str,
        text: str,
        ms: int,
        seq: int | None,
        via: ConnectionKind,
    ) -> None:
        self._tracker, self._author, self._ms = tracker, author, ms
        self.conversation, self.key, self.text, self.seq, self.via = conversation, key, text, seq, via
        self.error: str | None = None
        self.code: str | None = None

    @property
    def author(self) -> Person:
        """Who wrote it: `.id` and `.name`."""
        return self._tracker.person(self._author)

    @property
    def at(self) -> datetime:
        """When, in UTC; `.astimezone()` for the local clock."""
        return datetime.fromtimestamp(self._ms / 1000, timezone.utc)

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

    def arrived(self, seq: int, ms: int | None) -> None:
        """The hub has stored it (called by the client only)."""
        self.seq, self.error, self.code = seq, None, None
        if ms is not None:
            self._ms = ms

    def failed(self, code: str, text: str) -> None:
        """The hub refused it (called by the client only)."""
        self.code, self.error = code, text

    def as_dict(self) -> dict[str, Any]:
        """The message as plain data, such as a view's first paint needs."""
        who = self.author
        return {
            "conversation": self.conversation,
            "seq": self.seq,
            "v": self.seq,
            "key": self.key,
            "author": who.id,
            "name": who.name,
            "at": self._ms,
            "text": self.text,
            "via": self.via,
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._same() == other._same()

    def __hash__(self) -> int:
        return hash((self.conversation, self.key))

    def _same(self) -> tuple[str, str, str]:
        return self.conversation, self.key, self.text

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 60 else f"{self.text[:59]}…"
        return f"<{self.author.name}, {self.at.astimezone():%H:%M}: {text!r} ({self.status})>"
