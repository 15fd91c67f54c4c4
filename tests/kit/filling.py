"""Fills a hub's database with a long conversation, before its server starts."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbchat.hub.items import AppendEvent, Item, NewConversation, Outcome, OwnsStored, PutReadAll, Stored
from nbchat.protocol.messages import Person, Posted
from nbchat.store.sqlite import SqliteStore

BATCH = 2_000
"""Items handed over at once; the store commits them together."""
PEOPLE = (
    Person("ada", "Ada Lovelace"),
    Person("grace", "Grace Hopper"),
    Person("linus", "Linus"),
    Person("dana", "דנה"),
)


def fill(path: Path, lengths: dict[str, int], texts: Iterator[str]) -> None:
    """Make channels with so many messages each, which everybody has read.

    Args:
        path: the database file; made if it is not there.
        lengths: how many messages each channel (by its handle) is to have.
        texts: what they say.

    Raises:
        RuntimeError: the store did not take them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    store = SqliteStore.open(path, PEOPLE[0])
    filler = _Filler(store)
    try:
        for handle, count in lengths.items():
            filler.make(handle)
            for first in range(0, count, BATCH):
                filler.post(handle, list(itertools.islice(texts, min(BATCH, count - first))))
        filler.read()
    finally:
        store.close()


class _Filler:
    def __init__(self, store: SqliteStore) -> None:
        self._store, self._landed = store, threading.Condition()
        self._waiting, self._refused = 0, list[Outcome]()
        self._tokens = itertools.count(1)
        store.start(self._take, lambda _: None)

    def make(self, handle: str) -> None:
        """A channel with everybody in it."""
        new = NewConversation(
            id=handle, epoch="bench", kind="channel", title=handle, handle=handle, key=None,
            author=PEOPLE[0], members=PEOPLE,
        )  # fmt: skip
        self._write([new])

    def post(self, handle: str, texts: Sequence[str]) -> None:
        """These messages, by everybody in turn, five in a row each."""
        posts = []
        for text in texts:
            number = next(self._tokens)
            author = PEOPLE[number // 5 % len(PEOPLE)]
            posted = Posted(
                conversation=handle, seq=0, at=0, author=author.id, name=author.name,
                key=f"filled-{handle}-{number:08}", text=text, via="page",
            )  # fmt: skip
            posts.append(AppendEvent(event=posted, rules=1))
        self._write(posts)

    def read(self) -> None:
        """Everybody has read everything: a view opens at the end."""
        self._write([PutReadAll(user=person.id) for person in PEOPLE])

    def _write(self, items: Sequence[Item]) -> None:
        with self._landed:
            self._waiting = len(items)
            for item in items:
                self._store.submit(next(self._tokens), item)
            self._landed.wait_for(lambda: not self._waiting)
        if self._refused:
            raise RuntimeError(f"The store refused {len(self._refused)} of {len(items)} items: {self._refused[0]}")

    def _take(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        with self._landed:
            self._refused += [outcome for _, outcome in outcomes if not isinstance(outcome, (Stored, OwnsStored))]
            self._waiting -= len(outcomes)
            self._landed.notify_all()
