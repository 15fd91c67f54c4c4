"""A process of its own that posts to one conversation, and prints each seq only when it was told that it is stored.

    python writing.py DATABASE AUTHOR COUNT

It prints "ready", waits for a line with a number on its standard input, posts (COUNT 0: for ever), and ends when its
conversation has so many events, those of other processes among them.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from nbchat.hub import items, ports
from nbchat.protocol.messages import Person, Posted
from nbchat.store.sqlite import SqliteStore


class Poster:
    """Keeps 20 posts on their way."""

    def __init__(self, path: Path, author: str, count: int) -> None:
        self._author, self._count = Person(author, author), count
        self._room = threading.Semaphore(20)
        self._done = threading.Semaphore(0)
        self._seen = 0
        self._news = threading.Condition()
        self._store = SqliteStore.open(path, self._author)
        self._store.start(self._told, self._changed)

    def run(self, total: int) -> None:
        """Post, then wait until the conversation has `total` events by the reports of other processes' changes."""
        numbers = range(self._count) if self._count else itertools.count()
        for n in numbers:
            self._room.acquire()
            event = Posted(
                conversation="c", seq=0, at=0, author=self._author.id, name="", key=f"{self._author.id}-{n:06}",
                text=str(n), via="bot",
            )  # fmt: skip
            self._store.submit(n, items.AppendEvent(event=event, rules=1))
        for _ in numbers:
            self._done.acquire()
        with self._news:
            assert self._news.wait_for(lambda: self._seen >= total, 30), f"saw {self._seen} of {total}"
        self._store.close()

    def _told(self, outcomes: Sequence[tuple[int, items.Outcome]]) -> None:
        for n, outcome in outcomes:
            assert isinstance(outcome, items.Stored), outcome
            print(f"{self._author.id}-{n:06}", outcome.event.seq, flush=True)
            self._note(outcome.event.seq)
            self._room.release()
            self._done.release()

    def _changed(self, changes: ports.Changes) -> None:
        for _, seq in changes.grown:
            self._note(seq)

    def _note(self, seq: int) -> None:
        with self._news:
            self._seen = max(self._seen, seq)
            self._news.notify_all()


if __name__ == "__main__":
    poster = Poster(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    print("ready", flush=True)
    poster.run(int(sys.stdin.readline()))
