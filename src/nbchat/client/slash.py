"""Slash commands that Python answers: `@chat.command("deploy", help="…")`.

A command is a message like any other, which begins with `/deploy`; everybody sees it, and it is answered by a reply.
The hub is told which commands are answered here, so that views can complete and explain them. Part of the client's
shell: handlers run in the inbox's thread, one after the other.
"""

from __future__ import annotations

import inspect
import logging
import re
import shlex
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from nbchat.protocol.limits import VIEW_COMMANDS
from nbchat.protocol.messages import Person, Slash

from .outputs import Extra

if TYPE_CHECKING:
    from .engine import Engine
    from .message import Message

log = logging.getLogger("nbchat")

NAME = re.compile(r"[\w][\w-]{0,31}")
"""What a command may be called: letters, digits, `_` and `-`, at most 32."""
_CALL = re.compile(r"/([\w][\w-]{0,31})(?:\s+(.*))?\s*", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """A slash command that somebody wrote.

    Attributes:
        name: without the slash.
        args: all that follows it, without the spaces around.
        message: the message itself.
    """

    name: str
    args: str
    message: Message
    _answer: Callable[[str], Message]

    @property
    def author(self) -> Person:
        """Who wrote it."""
        return self.message.author

    @property
    def words(self) -> list[str]:
        """The arguments as a shell would split them; at spaces alone where the quotes do not match."""
        try:
            return shlex.split(self.args)
        except ValueError:
            return self.args.split()

    def answer(self, text: str) -> Message:
        """Reply to it, in the thread that it stands in if it does. May be called more than once."""
        return self._answer(text)


Handler = Callable[[Call], "Awaitable[str | None] | str | None"]
H = TypeVar("H", bound=Handler)


def clean(name: str) -> str:
    """Return a command's name without the slash.

    Raises:
        ValueError: it cannot be called so.
    """
    bare = name.removeprefix("/")
    if not NAME.fullmatch(bare):
        raise ValueError(f"{name!r} cannot be a command: use letters, digits, '-' and '_', at most 32, as in 'deploy'.")
    if bare.lower() in VIEW_COMMANDS:
        raise ValueError(f"/{bare} is a command of the chat itself: choose another name, as in '{bare}-here'.")
    return bare


@dataclass
class SlashBook:
    """The commands that one engine answers.

    Args:
        engine: sends offers and answers.
    """

    _engine: Engine
    _handlers: dict[str, dict[str, tuple[Slash, Handler]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listening: bool = False

    def add(self, conversation: str, name: str, help: str, handler: Handler) -> None:
        """Answer `/name` in this conversation from now on; a second handler of that name replaces the first."""
        with self._lock:
            self._handlers.setdefault(conversation, {})[name] = (Slash(name, help[:200]), handler)
            begins, self._listening = not self._listening, True
        if begins:
            self._engine.inbox.add_handler(self._arrived)
        self._offer(conversation)

    def offer_again(self) -> None:
        """The link has forgotten them: offer all that are answered here."""
        with self._lock:
            conversations = list(self._handlers)
        for conversation in conversations:
            self._offer(conversation)

    def _offer(self, conversation: str) -> None:
        engine = self._engine
        with self._lock:
            commands = [slash for slash, _ in self._handlers.get(conversation, {}).values()]
        with engine.lock:
            engine.link.offer(conversation, commands, time.monotonic())
        engine.drive.ring()

    async def _arrived(self, message: Message) -> None:
        found = _CALL.fullmatch(message.text)
        with self._lock:
            known = self._handlers.get(message.conversation, {}).get(found[1]) if found else None
        if found is None or known is None:
            return
        call = Call(found[1], (found[2] or "").strip(), message, lambda text: self._answer(message, text))
        try:
            result = known[1](call)
            text = await result if inspect.isawaitable(result) else result
        except Exception:
            log.exception("nbchat: /%s failed on %r", call.name, message)
            text = f"`/{call.name}` failed; whoever runs it sees the reason under the cell of the widget."
        if text:
            self._answer(message, text)

    def _answer(self, message: Message, text: str) -> Message:
        return self._engine.post(message.conversation, text, Extra(reply=message.seq, thread=message.thread))
