"""Which messages have arrived, each once and in order, also over a gap: what handlers and waits are given.

Events come one after the other while the hub can give them. After a long absence it gives a snapshot or a fresh row
instead; then the messages in between are paged, and nothing newer is told before them. Part of the engine, under its
lock, in the network thread.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from nbchat.protocol.messages import AnyDurable, AnyReply, Deleted, Error, History, Message as Stored, Page, Posted

from .outbox import now

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .engine import Engine

log = logging.getLogger("nbchat")

PAGE = 200
"""Messages a page while catching up: the most that the protocol allows."""


class Arrivals:
    """What was told so far, by conversation.

    Attributes:
        only: the conversation that counts; None for all of the user's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._told: dict[str, int] = {}
        self._asking: set[str] = set()
        self._started: int | None = None
        self.only: str | None = None

    def events(self, events: Sequence[AnyDurable]) -> None:
        """These were applied, in order."""
        for event in events:
            if isinstance(event, Deleted):
                self._engine.sent.deleted(event)
            conversation = event.conversation
            told = self._told.setdefault(conversation, self._first(conversation, event.seq - 1))
            if conversation in self._asking or event.seq <= told:
                continue
            if event.seq == told + 1:
                self._told[conversation] = event.seq
                if isinstance(event, Posted):
                    self._deliver(conversation, event)

    def look(self, touched: set[str]) -> None:
        """After the state has changed: begin with new conversations, and page what was not given as events."""
        state = self._engine.link.state
        if state.me is None:
            return
        if self._started is None:
            self._started = now() + state.offset
        news = state.conversations.keys() if "list" in touched else touched & state.conversations.keys()
        for conversation in news:
            row = state.conversations[conversation]
            latest = max(row.cursor, row.summary.last_seq)
            told = self._told.setdefault(conversation, self._first(conversation, latest))
            if latest > told and self._counts(conversation):
                self._page(conversation)
            elif latest > told:
                self._told[conversation] = latest

    def _first(self, conversation: str, latest: int) -> int:
        """Where to begin: at the end of what was there, at the beginning of what came to be since."""
        known = self._engine.link.state.conversations.get(conversation)
        fresh = known is not None and self._started is not None and known.summary.created_at > self._started
        return 0 if fresh else latest

    def _counts(self, conversation: str) -> bool:
        return self.only is None or self.only == conversation

    def _page(self, conversation: str) -> None:
        if conversation in self._asking or self._engine.closed:
            return
        self._asking.add(conversation)
        command = History(ref=0, conversation=conversation, after=self._told[conversation], limit=PAGE)
        self._engine.begin(command).add_done_callback(partial(self._paged, conversation))

    def _paged(self, conversation: str, future: Future[AnyReply]) -> None:
        """A page came (in the network thread, under the lock), or it could not be had: the next change tries again."""
        self._asking.discard(conversation)
        if future.exception() is not None:
            return
        reply = future.result()
        if isinstance(reply, Error):
            log.warning("nbchat: messages missed in %s could not be had yet: %s", conversation, reply.text)
            return
        if not isinstance(reply, Page):
            return
        for message in reply.messages:
            if message.seq > self._told[conversation]:
                self._told[conversation] = message.seq
                self._deliver(conversation, message)
        if not reply.has_after:
            self._told[conversation] = max(self._told[conversation], reply.as_of)
        self.look({conversation})

    def _deliver(self, conversation: str, message: Stored | Posted) -> None:
        engine = self._engine
        if self._counts(conversation):
            view = engine.sent.view(conversation, message)
            if not engine.sent.mine(view.key):
                engine.inbox.deliver(view)
