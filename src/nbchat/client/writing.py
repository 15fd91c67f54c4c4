"""A message that is written while it is shown: `with chat.streaming() as out: out.write("…")`.

The first words post it; what follows travels in pieces, at most `PIECES` a second, and is stored once at the end. One
piece is on its way at a time, and carries all that was written meanwhile, so a slow network makes fewer and longer
ones. After an error or a lost connection the whole text is told again. Part of the client's shell.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING

from nbchat.errors import HubError, Timeout
from nbchat.protocol.limits import TEXT_CHARS
from nbchat.protocol.messages import AnyReply, Done, Edit, Grow

from .keys import fresh_key
from .outputs import PLAIN, Extra

if TYPE_CHECKING:
    from typing_extensions import Self

    from .engine import Engine
    from .message import Message

PIECES = 50
"""Pieces a second: what a screen shows, and below what the hub takes."""
AGAIN_SECONDS = 0.5
"""After an error, until the whole text is told again."""
WAITING_SECONDS = 0.1
"""While the first words are on their way, until it is looked whether they have arrived."""
END_SECONDS = 60.0
"""How long the end of the block waits for the hub to store it."""


class Writer:
    """Writes one message. May be used from any thread; `write` never waits for the network.

    Args:
        engine: sends it.
        conversation: where.
        extra: what it is besides its text.

    Attributes:
        message: the message; None until something was written.
    """

    def __init__(self, engine: Engine, conversation: str, extra: Extra = PLAIN) -> None:
        self._engine, self._conversation, self._extra = engine, conversation, extra
        self._lock = threading.Lock()
        self._text, self._told, self._n = "", 0, 0
        """All that was written; how much of it the hub has; the number of the last piece."""
        self._whole, self._flying, self._over = True, False, False
        self.message: Message | None = None

    @property
    def text(self) -> str:
        """All that was written."""
        return self._text

    def write(self, text: str) -> int:
        """Add to the message. Returns how many characters were added, as files do.

        Raises:
            ValueError: it would be too long for a message, or the block has ended.
        """
        with self._lock:
            if self._over:
                raise ValueError("This message is finished; write another one.")
            if len(self._text) + len(text) > TEXT_CHARS:
                count = len(self._text) + len(text)
                raise ValueError(f"A message has at most {TEXT_CHARS} characters; this would be {count}.")
            self._text += text
            if self.message is None and self._text.strip():
                self._told = len(self._text)
                self.message = self._engine.post(self._conversation, self._text, self._extra)
            starts = self.message is not None and not self._flying
            self._flying = self._flying or starts
        if starts:
            self._engine.drive.soon(self._tell)
        return len(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> Message | None:
        """End it: the hub stores the whole. Waits for that, at most END_SECONDS. Safe to call twice.

        Where the hub was never given the first words in that time, the whole waits in the outbox like any message.

        Raises:
            Timeout: the hub has the first words and cannot be reached for the rest; `text` has all of it.
            MessageFailed: the hub refused the first words.
        """
        with self._lock:
            if self._over or self.message is None:
                self._over = True
                return self.message
            self._over = True
        self._store(self.message)
        return self.message

    def _store(self, message: Message) -> None:
        deadline = time.monotonic() + END_SECONDS
        try:
            message.wait("sent", timeout=END_SECONDS)
        except Timeout:
            if self._engine.replace(message, self._text):
                return
            raise
        if message.seq is None or (self._n == 0 and self._told == len(self._text)):
            return  # all of it was in the first words
        key = fresh_key()
        command = Edit(
            ref=0, conversation=self._conversation, message=message.seq, text=self._text, key=key, grown=True
        )
        while True:  # with its key it is stored once, however often it is sent
            try:
                self._engine.ask(command, Done)
                return
            except (HubError, Timeout) as error:
                lost = isinstance(error, Timeout) or error.code in ("disconnected", "slow")
                if not lost or time.monotonic() > deadline:
                    raise
                self._engine.wait_connected(deadline - time.monotonic())

    def _tell(self) -> None:
        """Send what was written meanwhile, or stop until there is more (in the network thread)."""
        with self._lock:
            seq = self.message.seq if self.message is not None else None
            done = self._told == len(self._text) and (self._n == 0 or not self._whole)
            failed = self.message is not None and self.message.code is not None
            if self._over or self._engine.closed or done or failed:
                self._flying = False
                return
            if seq is None:
                self._engine.drive.later(WAITING_SECONDS, self._tell)
                return
            whole, self._n = self._whole, self._n + 1
            piece = self._text if whole else self._text[self._told :]
            self._told, self._whole = len(self._text), False
        command = Grow(ref=0, conversation=self._conversation, message=seq, n=self._n, text=piece, whole=whole)
        self._engine.begin(command).add_done_callback(self._answered)

    def _answered(self, future: Future[AnyReply]) -> None:
        lost = future.exception() is not None or not isinstance(future.result(), Done)
        if lost:
            with self._lock:
                self._whole = True
        self._engine.drive.later(AGAIN_SECONDS if lost else 1 / PIECES, self._tell)
