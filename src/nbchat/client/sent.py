"""The messages that this client sent, and how far each has come: pending, sent, delivered, read, failed.

Part of the engine, under its lock. What is delivered and read follows from the receipts in the state, so it is asked,
not kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from nbchat.errors import MessageFailed, SessionClosed, Timeout
from nbchat.protocol.changes import message_of
from nbchat.protocol.messages import Deleted, Message as Stored, Person, Posted

from .asides import loaded
from .deeds import Deeds
from .message import ORDER, Message, Status
from .outbox import Entry
from .outputs import PLAIN, Extra

if TYPE_CHECKING:
    from .engine import Engine

OWN_KEYS = 20_000
"""Keys that are remembered as one's own; twice the outbox, so that none that waits is forgotten."""


class Sent:
    """Tracks messages; the `Tracker` of those that it makes.

    Args:
        engine: whose messages.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._waiting: dict[str, Message] = {}
        self._watched: WeakValueDictionary[str, Message] = WeakValueDictionary()
        self._alive: WeakValueDictionary[int, Message] = WeakValueDictionary()
        """Every message that somebody has: a deletion reaches also those of what is not loaded any more."""
        self.deeds = Deeds(engine)

    def add(self, key: str, conversation: str, text: str, at: int, extra: Extra = PLAIN) -> Message:
        """A message that is queued from now on; `extra`: what it is besides its text."""
        author, via = self._engine.me.id, self._engine.kind
        written = Stored(
            seq=0, v=0, key=key, author=author, at=at, text=text, via=via, reply=extra.reply, thread=extra.thread
        )
        message = Message(self, conversation, written, extra)
        self._alive[id(message)] = message
        self.adopt([key])
        self._waiting[key] = self._watched[key] = message
        return message

    def view(self, conversation: str, stored: Stored | Posted) -> Message:
        """A stored message, as Python code sees it."""
        now = message_of(stored) if isinstance(stored, Posted) else stored
        message = Message(self, conversation, now, Extra(reply=now.reply, thread=now.thread, also=now.also))
        self._alive[id(message)] = message
        return message

    def deleted(self, event: Deleted) -> None:
        """A message is deleted: who has it does not have its text any more."""
        for message in list(self._alive.values()):
            if (message.conversation, message.seq) == (event.conversation, event.message):
                message.deleted_by(event)

    def stored(self, conversation: str, seq: int) -> Stored | None:
        """A message as it is now, if it is loaded here."""
        with self._engine.lock:
            known = self._engine.link.state.conversations.get(conversation)
            return None if known is None else loaded(known, seq)

    def adopt(self, keys: Iterable[str]) -> None:
        """These are one's own: sent from here, or taken over from a session that is gone."""
        for key in keys:
            self._keys[key] = None
        while len(self._keys) > OWN_KEYS:
            self._keys.popitem(last=False)

    def mine(self, key: str) -> bool:
        """Whether this client sent the message with this key."""
        return key in self._keys

    def unsettled(self, conversation: str) -> list[Message]:
        """Messages of one conversation that are not on the hub's disk yet, oldest first."""
        return [message for message in self._waiting.values() if message.conversation == conversation]

    def waiting(self) -> list[Entry]:
        """What is not settled, for a new outbox, oldest first."""
        return [self.entry(message) for message in self._waiting.values()]

    def entry(self, message: Message) -> Entry:
        """The message as the outbox keeps it."""
        at = round(message.at.timestamp() * 1000)
        return Entry(message.key, message.conversation, message.text, at, message.extra)

    def settled(self, key: str, seq: int) -> None:
        """The hub has it."""
        self._waiting.pop(key, None)
        message = self._watched.get(key)
        if message is not None:
            message.arrived(seq, None)

    def refused(self, key: str, code: str, text: str) -> None:
        """The hub will not take it."""
        self._waiting.pop(key, None)
        message = self._watched.get(key)
        if message is not None:
            message.failed(code, text)

    def abandon(self, code: str, text: str) -> None:
        """Nothing that waits will be sent by this client."""
        for key in list(self._waiting):
            self.refused(key, code, text)

    # ------------------------------------------------------------------------------------------------------- Tracker

    def status_of(self, message: Message) -> Status:
        """How far it has come."""
        with self._engine.lock:
            if message.code is not None:
                return "failed"
            if message.seq is None:
                return "pending"
            state = self._engine.link.state
            conversation, me = state.conversations.get(message.conversation), state.me
            if conversation is None or me is None:
                return "sent"
            marks = [mark for mark in conversation.marks.values() if mark.user != me.id]
            if any(mark.read >= message.seq for mark in marks):
                return "read"
            return "delivered" if any(mark.delivered >= message.seq for mark in marks) else "sent"

    def held_up(self, message: Message) -> str:
        """Why one that is pending does not go on, as the hub said; "" where it only waits for its turn."""
        with self._engine.lock:
            return self._engine.link.held_up(message.conversation)

    def wait_status(self, message: Message, status: Status, timeout: float | None) -> None:
        """Block until it has come that far."""
        goal, engine = ORDER.index(status), self._engine

        def reached() -> bool:
            now = self.status_of(message)
            return now == "failed" or ORDER.index(now) >= goal or engine.closed

        with engine.lock:
            in_time = engine.changed.wait_for(reached, timeout)
            now = self.status_of(message)
        if now == "failed":
            raise MessageFailed(message, message.code or "", message.error or "")
        if ORDER.index(now) >= goal:
            return
        if in_time:
            raise SessionClosed(engine.label)
        note = (now == "pending" and self.held_up(message)) or engine.connection.note
        raise Timeout(f"The message is still {now} after {timeout:g} s, not {status}; it stays queued. {note}".rstrip())

    def person(self, user: str) -> Person:
        """The user with the display name that is known now."""
        with self._engine.lock:
            me = self._engine.me
            if me.id == user:
                return me
            return self._engine.link.state.people.get(user) or Person(user, user)

    def send_again(self, message: Message) -> None:
        """Queue a failed message once more."""
        if message.code is None:
            return
        with self._engine.lock:
            message.code = message.error = None
            self._waiting[message.key] = message
        self._engine.post_again(message)
