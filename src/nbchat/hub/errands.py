"""What a host asks of the hub's store by itself (who is this login?), beside what the core asks. A part of `runner`.

Waits on the event loop for answers that come from the store's threads; decides nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import TypeVar

from .items import Item, Outcome
from .mailbox import Mailbox
from .ports import Store, StoreFailed
from .queries import Answer, Query

_T = TypeVar("_T")


class Errands:
    """Questions and writes of the host that are under way. Writes have tokens below 0, and so never meet the core's."""

    def __init__(self, store: Store, mail: Mailbox) -> None:
        """Use this store, and this way back to the event loop."""
        self._store, self._mail = store, mail
        self._last = 0
        self._writes: dict[int, asyncio.Future[Outcome]] = {}

    async def ask(self, query: Query) -> Answer:
        """Read.

        Raises:
            StoreFailed: it could not be read.
        """
        answer: asyncio.Future[Answer | StoreFailed] = asyncio.get_running_loop().create_future()
        self._store.load(query, lambda found: self._mail.put(partial(settle, answer, found)))
        found = await answer
        if isinstance(found, StoreFailed):
            raise found
        return found

    async def put(self, item: Item) -> Outcome:
        """Write; returns when it is on disk."""
        self._last -= 1
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._writes[self._last] = done
        self._store.submit(self._last, item)
        return await done

    def committed(self, outcomes: Iterable[tuple[int, Outcome]]) -> None:
        """Hand on those outcomes of a batch that were asked for here."""
        for token, outcome in outcomes:
            if token < 0:
                settle(self._writes.pop(token), outcome)


def settle(future: asyncio.Future[_T], value: _T) -> None:
    """Give a future its value, which needs none where who waited for it has given up."""
    if not future.done():
        future.set_result(value)
