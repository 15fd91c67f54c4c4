"""MemoryStore: a store that forgets, for tests and simulation. Implements `hub.ports.Store` without a thread.

It is one hub's way to a `MemoryDatabase`; several may share one, as several processes share a file. What waits is
committed when `step` is called, or at once with `inline=True`.

Example:
    >>> store = MemoryStore()
    >>> store.start(on_commit=print, on_changes=print)
    >>> store.submit(1, items.PutPerson(person=Person("ada", "Ada")))
    >>> store.step()
    [(1, PersonStored(person=Person(id='ada', name='Ada')))]
"""

from __future__ import annotations

from collections.abc import Callable

from nbchat.hub import items, ports, queries
from nbchat.protocol.messages import Person

from .memory_data import MemoryDatabase


class MemoryStore:
    """One hub's way to a `MemoryDatabase`.

    Example:
        >>> database = MemoryDatabase(owner=Person("ada", "Ada"))
        >>> first, second = MemoryStore(database), MemoryStore(database)
    """

    def __init__(
        self, database: MemoryDatabase | None = None, *, owner: Person | None = None, inline: bool = False
    ) -> None:
        """Use this database, or an own one.

        Args:
            database: shared with other hubs.
            owner: whose store it is, where there is no database yet.
            inline: commit and answer in the call itself, instead of in `step`.
        """
        self.database = database or MemoryDatabase(owner)
        self._inline = inline
        self._on_commit: ports.OnCommit | None = None
        self._on_changes: ports.OnChanges | None = None
        self._writes: list[tuple[int, items.Item]] = []
        self._asked: list[Callable[[], None]] = []
        self._mark = 0
        self._busy = False
        self._closed = False

    @property
    def info(self) -> ports.StoreInfo:
        """Id, owner, and that it is kept nowhere."""
        return ports.StoreInfo(id=self.database.id, owner=self.database.owner, where="memory", warning=None)

    def start(self, on_commit: ports.OnCommit, on_changes: ports.OnChanges) -> None:
        """Begin to work. `on_changes` is called by `step` where another store of the same database has written."""
        self._on_commit, self._on_changes = on_commit, on_changes
        self._mark = self.database.changes(None).mark

    def submit(self, token: int, item: items.Item) -> None:
        """Queue one write."""
        if self._on_commit is None:
            raise RuntimeError("this store is not started: call start() before submit()")
        self._writes.append((token, item))
        self._maybe_step()

    def load(self, query: queries.Query, done: Callable[[queries.Answer | ports.StoreFailed], None]) -> None:
        """Queue one query."""
        self._asked.append(lambda: done(self.database.answer(query)))
        self._maybe_step()

    def changes(self, mark: int | None, done: Callable[[ports.Changes | ports.StoreFailed], None]) -> None:
        """Queue the question what has grown."""
        self._asked.append(lambda: done(self.database.changes(mark)))
        self._maybe_step()

    def close(self) -> None:
        """Commit what waits, then forget whom to tell."""
        if not self._closed:
            self._closed = True
            self.step()

    @property
    def waits(self) -> bool:
        """Whether `step` has something to do."""
        return bool(self._writes or self._asked or self._foreign())

    def step(self) -> None:
        """Say what others have written, commit all that waits as one batch, then answer all that was asked by now."""
        changes = self._foreign()
        if changes is not None and self._on_changes is not None:
            self._mark = changes.mark
            self._on_changes(changes)
        batch, self._writes = self._writes, []
        if batch and self._on_commit is not None:
            outcomes = self.database.commit([item for _, item in batch])
            self._mark = self.database.changes(None).mark
            self._on_commit([(token, outcome) for (token, _), outcome in zip(batch, outcomes, strict=True)])
        asked, self._asked = self._asked, []
        for answer in asked:
            answer()

    def _foreign(self) -> ports.Changes | None:
        changes = self.database.changes(self._mark)
        return changes if changes.mark != self._mark else None

    def _maybe_step(self) -> None:
        """Step, if inline; what is submitted by those who are told is the next batch."""
        if not self._inline or self._busy:
            return
        self._busy = True
        try:
            while self._writes or self._asked:
                self.step()
        finally:
            self._busy = False
