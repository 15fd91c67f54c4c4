"""What one can do with a conversation from Python: the methods that `Client` and `ChatSession` have in common.

A mixin over an `Engine`: no state of its own but the engine and which conversation is open. All methods may be called
from any thread, while a cell runs, and from handlers; those that wait for the hub say so. From asyncio call them by
`asyncio.to_thread`, or use `stream`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar, overload

from nbchat.errors import NbchatError
from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import TEXT_CHARS
from nbchat.protocol.messages import (
    Channels,
    Create,
    Done,
    FindChannels,
    FindPeople,
    History,
    Join,
    Leave,
    Opened,
    Page,
    People,
    Person,
    SetProfile,
    Summary,
)

from .engine import Engine
from .message import Message

H = TypeVar("H", bound="Callable[[Message], Awaitable[object] | object]")
HISTORY_PAGE = 200
"""Messages asked for at once: the most that the protocol allows."""


class Verbs:
    """Methods over the open conversation of an engine."""

    _engine: Engine

    @property
    def _opened(self) -> str:
        """Id of the open conversation, "" for none."""
        raise NotImplementedError

    def _here(self) -> str:
        self._engine.check()
        if not self._opened:
            raise NbchatError(
                "No conversation is open. Open one by its name: .open('ml-team') for a channel, .open('@ada') for a "
                "direct conversation."
            )
        return self._opened

    # ------------------------------------------------------------------------------------------------------ messages

    def send(self, text: str) -> Message:
        """Send a message to the open conversation. Never waits for the network: offline it queues, in order, on disk.

        Args:
            text: Markdown, up to 10,000 characters.

        Returns:
            The message; its `status` tells how far it has come, `wait("sent")` waits until it is on the hub's disk.

        Raises:
            TypeError: it is no text.
            ValueError: it is empty or too long.
            OutboxFull: too much is waiting already.
            SessionClosed: the session was closed.

        Example:
            chat.send("epoch 3: loss 0.12").wait("sent", timeout=5)
        """
        return self._engine.post(self._here(), _sendable(text, self._engine))

    def history(self, limit: int = 50, before: Message | int | None = None) -> list[Message]:
        """Messages of the open conversation, oldest first. Waits for the hub.

        Args:
            limit: how many at most; more than 200 are fetched page by page.
            before: only those before this message (or its seq); None for the newest.

        Raises:
            HubError, Timeout, SessionClosed.
        """
        conversation, found = self._here(), list[Message]()
        edge = _seq(before)
        while len(found) < limit:
            size = min(limit - len(found), HISTORY_PAGE)
            page = self._engine.ask(History(ref=0, conversation=conversation, before=edge, limit=size), Page)
            found[:0] = [self._engine.sent.view(conversation, message) for message in page.messages]
            if not page.has_before or not page.messages:
                break
            edge = page.messages[0].seq
        return found

    @overload
    def on_message(self, handler: H, *, since: Message | int | None = None) -> H: ...
    @overload
    def on_message(self, handler: None = None, *, since: Message | int | None = None) -> Callable[[H], H]: ...
    def on_message(self, handler: H | None = None, *, since: Message | int | None = None) -> H | Callable[[H], H]:
        """Call a function for each message that arrives in the open conversation (without one: in any of one's own).

        Handlers run one after the other in a thread of the session's own; a coroutine is awaited there, in that
        thread's loop. What the same person writes elsewhere counts, what this session sent does not. An exception is
        shown once and logged, and the session lives.

        Args:
            handler: a function or coroutine function of one `Message`.
            since: begin with the messages after this one (or its seq) instead of with the next.

        Example:
            @chat.on_message
            def answer(message):
                if "loss?" in message.text:
                    chat.send(f"{loss:.3f}")
        """
        if handler is None:
            return lambda given: self.on_message(given, since=since)
        backlog = None if since is None else self._backlog(_seq(since) or 0)
        self._engine.inbox.add_handler(handler, backlog)
        return handler

    def off_message(self, handler: Callable[[Message], object]) -> None:
        """Call this handler no more."""
        self._engine.inbox.remove_handler(handler)

    def wait_for(
        self, predicate: Callable[[Message], bool], timeout: float | None = None, *, since: Message | int | None = None
    ) -> Message:
        """Block until a message fits, of those that arrive from now on.

        Args:
            predicate: says whether it is the one; called in this thread.
            timeout: seconds; None waits for as long as it takes.
            since: also look at messages after this one (or its seq), so that an answer which came before the call is
                not missed.

        Raises:
            Timeout: none came.
            SessionClosed: the session was closed meanwhile.

        Example:
            question = chat.send("ready?").wait("sent")
            chat.wait_for(lambda m: "yes" in m.text, timeout=60, since=question)
        """
        backlog = None if since is None else self._backlog(_seq(since) or 0)
        return self._engine.inbox.wait_for(predicate, timeout, backlog)

    def stream(self) -> AsyncIterator[Message]:
        """Messages from the first `async for` on, in the caller's event loop, until the session is closed.

        Example:
            async for message in chat.stream():
                ...
        """
        return self._engine.inbox.stream()

    @contextmanager
    def typing_indicator(self) -> Iterator[None]:
        """Show that one is typing while the block runs, for as long as it takes.

        Example:
            with chat.typing_indicator():
                answer = slow_computation()
        """
        conversation = self._here()
        self._engine.typing(conversation, active=True)
        try:
            yield
        finally:
            self._engine.typing(conversation, active=False)

    def mark_read(self) -> None:
        """Mark the open conversation as read up to its end, on all devices of this user."""
        conversation = self._here()
        with self._engine.reading() as state:
            known = state.conversations.get(conversation)
            last = known.summary.last_seq if known else 0
        self._engine.read(conversation, last)

    # ---------------------------------------------------------------------------------------- conversations and people

    def create_group(self, title: str, members: Sequence[str | Person]) -> Summary:
        """Make a group, without opening it here. Waits for the hub.

        Args:
            title: what it is called.
            members: user ids, or `Person`s as `people` gives them; oneself comes by itself.

        Raises:
            HubError: a member is not known on this hub, or there are too many.
        """
        from secrets import token_hex

        ids = [member.id if isinstance(member, Person) else member for member in members]
        reply = self._engine.ask(Create(ref=0, kind="group", title=title, key=token_hex(16), members=ids), Opened)
        return self._row(reply.conversation)

    def join(self, name: str) -> Summary:
        """Become a member of the open channel of that name or id, without opening it here. Waits for the hub.

        Raises:
            HubError: there is no such channel.
        """
        conversation = self._engine.resolve(name, create=False)
        self._engine.ask(Join(ref=0, conversation=conversation), Done)
        return self._row(conversation)

    def leave(self, name: str | None = None) -> None:
        """Stop being a member of a conversation, by default of the open one. Waits for the hub."""
        conversation = self._here() if name is None else self._engine.resolve(name, create=False)
        self._engine.ask(Leave(ref=0, conversation=conversation), Done)

    def people(self, query: str = "") -> list[Person]:
        """People of this hub whose name or id contains the query. Waits for the hub."""
        return self._engine.ask(FindPeople(ref=0, query=query, limit=200), People).people

    def channels(self, query: str = "") -> list[Summary]:
        """Open channels whose name contains the query. Waits for the hub."""
        return self._engine.ask(FindChannels(ref=0, query=query, limit=200), Channels).channels

    def rename(self, name: str) -> None:
        """Change the display name under which one writes, everywhere. Waits for the hub.

        Raises:
            HubError: the name cannot be used.
        """
        self._engine.ask(SetProfile(ref=0, name=name), Done)

    # ------------------------------------------------------------------------------------------------------- helpers

    def _row(self, conversation: str) -> Summary:
        with self._engine.reading() as state:
            return state.conversations[conversation].summary

    def _backlog(self, seq: int) -> Callable[[], Iterator[Message]]:
        """Messages of the open conversation after a seq that this session did not send."""
        engine, conversation = self._engine, self._here()

        def pages() -> Iterator[Message]:
            after, more = seq, True
            while more:
                page = engine.ask(History(ref=0, conversation=conversation, after=after, limit=HISTORY_PAGE), Page)
                for message in page.messages:
                    if not engine.sent.mine(message.key):
                        yield engine.sent.view(conversation, message)
                more = page.has_after and bool(page.messages)
                after = page.messages[-1].seq if page.messages else after

        return pages


def _seq(at: Message | int | None) -> int | None:
    """The seq that was meant."""
    if isinstance(at, Message):
        if at.seq is None:
            raise ValueError(f"{at!r} has no place in the conversation yet; wait for it first: message.wait('sent').")
        return at.seq
    return None if at is None else max(0, at)


def _sendable(text: object, engine: Engine) -> str:
    if not isinstance(text, str):
        raise TypeError(
            f"send() takes text (a str, which is shown as Markdown), not {type(text).__name__}. "
            "Send str(x), or an f-string such as f'loss {loss:.3f}'; plots, tables and files cannot be sent yet."
        )
    limits = engine.link.limits
    limit = limits.text if limits else TEXT_CHARS
    if not text.strip():
        raise ValueError(ERRORS["empty_text"].text)
    if len(text) > limit:
        raise ValueError(ERRORS["text_too_long"].text.format(length=len(text), limit=limit))
    return text
