"""What one can do with a conversation from Python: the methods that `Client` and `ChatSession` have in common.

A mixin over an `Engine`: no state of its own but the engine and which conversation is open. What concerns conversations
and people is in `rooms`, what one does to a message in `message`. All methods may be called
from any thread, while a cell runs, and from handlers; those that wait for the hub say so. From asyncio call them by
`asyncio.to_thread`, or use `stream`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, overload

from nbchat.errors import NbchatError
from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import TEXT_CHARS
from nbchat.protocol.messages import FindMentions, FindPins, Found, History, Hits, Lookup, Page

from .engine import Engine
from .message import Message
from .outputs import Extra
from .rooms import Rooms
from .slash import Handler as SlashHandler, clean
from .writing import Writer

H = TypeVar("H", bound="Callable[[Message], Awaitable[object] | object]")
S = TypeVar("S", bound=SlashHandler)
HISTORY_PAGE = 200
"""Messages asked for at once: the most that the protocol allows."""


class Verbs(Rooms):
    """Methods over the open conversation of an engine."""

    _engine: Engine

    @property
    def _opened(self) -> str:
        """Id of the open conversation, "" for none."""
        raise NotImplementedError  # Client and ChatSession each know it in their own way

    def _here(self) -> str:
        self._engine.check()
        if not self._opened:
            raise NbchatError(
                "No conversation is open. Open one by its name: .open('ml-team') for a channel, .open('@ada') for a "
                "direct conversation."
            )
        return self._opened

    # ------------------------------------------------------------------------------------------------------ messages

    def send(
        self,
        text: str,
        *,
        reply_to: Message | int | None = None,
        thread: Message | int | None = None,
        also: bool = False,
    ) -> Message:
        """Send a message to the open conversation. Never waits for the network: offline it queues, in order, on disk.

        Args:
            text: Markdown, up to 10,000 characters. `@ada` mentions Ada, `@all` everybody.
            reply_to: the message (or its seq) that it answers, with a quote.
            thread: the message (or its seq) in whose thread it stands.
            also: a reply in a thread that is to stand in the conversation, too.

        Returns:
            The message; its `status` tells how far it has come, `wait("sent")` waits until it is on the hub's disk.

        Raises:
            TypeError: it is no text.
            ValueError: it is empty or too long; or the message that is answered is not on the hub yet.
            OutboxFull: too much is waiting already.
            SessionClosed: the session was closed.

        Example:
            chat.send("epoch 3: loss 0.12").wait("sent", timeout=5)
        """
        conversation = self._here()
        extra = Extra(reply=_seq(reply_to), thread=_seq(thread), also=also)
        return self._engine.post(conversation, _sendable(text, self._engine), extra)

    def streaming(self, *, reply_to: Message | int | None = None, thread: Message | int | None = None) -> Writer:
        """Write a message piece by piece, as a program computes it; others see it grow.

        The first words post it, the end of the block stores the whole. If the program dies in between, the hub stores
        what it was given last.

        Args:
            reply_to: the message (or its seq) that it answers, with a quote.
            thread: the message (or its seq) in whose thread it stands.

        Example:
            with chat.streaming() as out:
                for token in model:
                    out.write(token)
        """
        return Writer(self._engine, self._here(), Extra(reply=_seq(reply_to), thread=_seq(thread)))

    def history(
        self, limit: int = 50, before: Message | int | None = None, *, thread: Message | int | None = None
    ) -> list[Message]:
        """Messages of the open conversation, oldest first. Waits for the hub.

        Args:
            limit: how many at most; more than 200 are fetched page by page.
            before: only those before this message (or its seq); None for the newest.
            thread: the root of a thread: that one and its replies, instead of the conversation's own messages.

        Raises:
            HubError, Timeout, SessionClosed.
        """
        conversation, found = self._here(), list[Message]()
        edge, root = _seq(before), _seq(thread)
        while len(found) < limit:
            size = min(limit - len(found), HISTORY_PAGE)
            command = History(ref=0, conversation=conversation, before=edge, limit=size, thread=root)
            page = self._engine.ask(command, Page)
            found[:0] = [self._engine.sent.view(conversation, message) for message in page.messages]
            if not page.has_before or not page.messages:
                break
            edge = page.messages[0].seq
        return found

    def message(self, seq: int) -> Message | None:
        """The message of the open conversation with this seq, as a permalink has it; None where there is none."""
        return next(iter(self._found(Lookup(ref=0, conversation=self._here(), seqs=[seq]))), None)

    def pins(self) -> list[Message]:
        """The pinned messages of the open conversation, the one that was pinned last at the end."""
        return self._found(FindPins(ref=0, conversation=self._here()))

    def mentions(self, limit: int = 30) -> list[Message]:
        """Messages of all own conversations that mention oneself or everybody, newest first."""
        found, edge = list[Message](), None
        while len(found) < limit:
            reply = self._engine.ask(FindMentions(ref=0, before=edge, limit=min(100, limit - len(found))), Hits)
            found += [self._engine.sent.view(hit.conversation, hit.message) for hit in reply.hits]
            edge = reply.next
            if edge is None:
                break
        return found

    def _found(self, command: Lookup | FindPins) -> list[Message]:
        reply = self._engine.ask(command, Found)
        return [self._engine.sent.view(reply.conversation, message) for message in reply.messages]

    def command(self, name: str, *, help: str = "") -> Callable[[S], S]:
        """Answer a slash command of the open conversation; views complete it and show its help.

        The function gets a `Call` (`.args`, `.words`, `.author`, `.message`) for each message that begins with the
        command; what it returns is posted as a reply. A coroutine function is awaited. It runs like the handlers of
        `on_message`, not for what this session sends.

        Args:
            name: "deploy" for `/deploy`.
            help: what it does, in a few words.

        Raises:
            ValueError: it cannot be called so.

        Example:
            @chat.command("deploy", help="puts a version on the test server")
            def deploy(call):
                return f"deploying {call.args or 'main'}"
        """
        conversation, bare = self._here(), clean(name)

        def register(handler: S) -> S:
            self._engine.slash.add(conversation, bare, help, handler)
            return handler

        return register

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

    # ------------------------------------------------------------------------------------------------------- helpers

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
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = f"half of a character at {error.start}, {text[error.start]!r}"
        raise ValueError(f"This text cannot be sent: it has {half}. Repair it, or replace it by '?'.") from None
    limits = engine.link.limits
    limit = limits.text if limits else TEXT_CHARS
    if not text.strip():
        raise ValueError(ERRORS["empty_text"].text)
    if len(text) > limit:
        raise ValueError(ERRORS["text_too_long"].text.format(length=len(text), limit=limit))
    return text
