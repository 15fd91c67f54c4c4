"""What must hold after faults, asked of the database and of every client. Each check raises with what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any

from sim import checks, remains
from sim.counted import Ledger

from nbchat.hub import ports, queries
from nbchat.protocol import messages as m
from nbchat.store.sqlite_file import connect
from nbchat.store.sqlite_read import Reads

from .members import Member

LOTS = 10**9
Logs = dict[str, list[m.AnyDurable]]


class Stored(AbstractContextManager["Stored"]):
    """The database as another process sees it now, with the questions that the checks ask."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path, read_only=True)
        self._reads = Reads(self._connection, lambda: 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def answer(self, query: queries.Query) -> queries.Answer:
        """Answer one query."""
        return self._reads.answer(query)

    def changes(self, mark: int) -> ports.Changes:
        """Say what has grown."""
        return self._reads.changes(mark)

    @cached_property
    def own(self) -> dict[str, dict[str, m.OwnRow]]:
        """Everybody's own state, as of the first look."""
        found: dict[str, dict[str, m.OwnRow]] = {}
        for news in self.changes(0).own:
            found.setdefault(news.user, {})[news.row.key] = news.row
        return found

    def logs(self) -> Logs:
        """All events of all conversations."""
        asked = {id: queries.LoadEvents(conversation=id, after=0, limit=LOTS) for id, _ in self.changes(0).grown}
        records = {id: self.answer(query) for id, query in asked.items()}
        return {id: list(record.events) for id, record in records.items() if isinstance(record, queries.EventsRecord)}


Told = dict[tuple[str, str], tuple[str, int]]
"""Where a hub said that a message is, by author and key."""


def told(members: Iterable[Member]) -> Told:
    """What was acknowledged so far."""
    return {(one.person.id, key): place for one in members for key, place in one.settled.items()}


def check_told(stored: Stored, said: Told) -> None:
    """Every message that somebody was told is stored is there, once, under its number. Holds at any moment after."""
    logs = stored.logs()
    for id, log in logs.items():
        assert [event.seq for event in log] == list(range(1, len(log) + 1)), f"{id} has gaps"
    posts = [event for log in logs.values() for event in log if isinstance(event, m.Posted)]
    places = {(event.author, event.key): (event.conversation, event.seq) for event in posts}
    assert len(places) == len(posts), "a message is stored twice"
    lost = {key: place for key, place in said.items() if places.get(key) != place}
    assert not lost, f"acknowledged, but not so in the store: {lost}"


def check_calm(stored: Stored, members: Sequence[Member]) -> None:
    """Once all are connected and nothing waits: one order for all, and everybody knows what the log says."""
    database: Any = stored
    logs = stored.logs()
    world: Any = SimpleNamespace(clients=members)
    checks._check_posts(world, logs)
    messages = {id: checks._replayed(log) for id, log in logs.items()}
    ledgers = {id: Ledger(log) for id, log in logs.items()}
    for stream in members[0].heard.streams:
        _check_stream(stream, messages, logs)
    for member in members:
        checks._check_list(database, member, ledgers)
        checks._check_messages(member, messages)
        checks._check_people(database, member)
        checks._check_own(database, member)
        checks._check_arrived(member)
        growing = {id: one.growing for id, one in member.link.state.conversations.items() if one.growing}
        assert not growing, f"{member.name} still shows what is written: {growing}"


def _check_stream(stream: Any, messages: dict[str, dict[int, m.Message]], logs: Logs) -> None:
    seq = stream.client.settled.get(stream.key, ("", 0))[1]
    message = messages.get(stream.conversation, {}).get(seq)
    if message is not None and message.deleted is None and not remains._disturbed(logs[stream.conversation], message):
        remains._check_stream(stream, message)


def check_twin(old: Member, fresh: Member) -> None:
    """Snapshot and events = fresh snapshot: who lived through it knows what a newcomer is told."""
    was, now = old.link.state, fresh.link.state
    assert was.me == now.me
    assert was.conversations.keys() == now.conversations.keys(), old.name
    for id, one in was.conversations.items():
        new, where = now.conversations[id], f"{old.name} in {id}"
        assert checks._plain(one.summary) == checks._plain(new.summary), f"{where}: {one.summary}, new {new.summary}"
        assert one.cursor == new.cursor, where
        assert sorted(one.members) == sorted(new.members), f"{where}: members {one.members}, new {new.members}"
        assert one.standings == new.standings, where
        assert (one.typing, one.thread_typing) == (new.typing, new.thread_typing), where
        for user, mark in new.marks.items():
            told = one.marks.get(user, m.Mark(user, 0, 0))
            assert (told.delivered, told.read) >= (mark.delivered, mark.read), f"{where}: {told}, new {mark}"
        checks._check_same(one.ranges, new.ranges, where)
