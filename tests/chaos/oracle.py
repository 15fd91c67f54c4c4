"""What must hold after faults, asked of the database and of every client. Each check raises with what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any

from sim import checks, remains
from sim.counted import Ledger

from nbchat.hub import ports, queries
from nbchat.protocol import messages as m
from nbchat.protocol.emoji import one_emoji
from nbchat.store.sqlite_file import connect
from nbchat.store.sqlite_read import Reads

from .members import Member, Touch, Touched

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


@dataclass(frozen=True)
class Told:
    """What hubs have acknowledged.

    Attributes:
        posts: where a message is, by author and key.
        touches: what was done to messages.
    """

    posts: dict[tuple[str, str], tuple[str, int]]
    touches: list[Touched]


def told(members: Sequence[Member]) -> Told:
    """What was acknowledged so far."""
    posts = {(one.person.id, key): place for one in members for key, place in one.settled.items()}
    return Told(posts, [each for one in members for each in one.touched])


def check_told(stored: Stored, said: Told) -> None:
    """Every message that somebody was told is stored is there, once, under its number, and so is what was done to them.

    Holds at any moment after.
    """
    logs = stored.logs()
    for id, log in logs.items():
        assert [event.seq for event in log] == list(range(1, len(log) + 1)), f"{id} has gaps"
    posts = [event for log in logs.values() for event in log if isinstance(event, m.Posted)]
    places = {(event.author, event.key): (event.conversation, event.seq) for event in posts}
    assert len(places) == len(posts), "a message is stored twice"
    lost = {key: place for key, place in said.posts.items() if places.get(key) != place}
    assert not lost, f"acknowledged, but not so in the store: {lost}"
    done = {id: Done(log) for id, log in logs.items()}
    undone = [one for one in said.touches if not done[one.command.conversation].has(one)]
    assert not undone, f"acknowledged, but not done in the store: {undone}"


class Done:
    """What the log of a conversation says was done to its messages."""

    def __init__(self, log: Iterable[m.AnyDurable]) -> None:
        self._edits: dict[tuple[str, str], int] = {}
        self._deleted: dict[int, int] = {}
        self._turns: dict[tuple[object, ...], list[tuple[int, bool]]] = defaultdict(list)
        for event in log:
            match event:
                case m.Edited(author=author, key=key, message=message):
                    self._edits[author, key] = message
                case m.Deleted(message=message, seq=seq):
                    self._deleted.setdefault(message, seq)
                case m.Reacted(author=author, message=message, emoji=emoji, on=on, seq=seq):
                    self._turns[author, message, emoji].append((seq, on))
                case m.Pinned(message=message, on=on, seq=seq):
                    self._turns[(message,)].append((seq, on))

    def has(self, one: Touched) -> bool:
        """Whether it was done after it was asked for; what can be turned on and off may have been so already."""
        command: Touch = one.command
        match command:
            case m.Edit(key=key, message=message):
                return self._edits.get((one.person, key)) == message
            case m.Delete(message=message):
                return message in self._deleted
            case m.React(message=message, emoji=emoji, on=on):
                return self._was(on, one.since, message, (one.person, message, one_emoji(emoji)))
            case m.Pin(message=message, on=on):
                return self._was(on, one.since, message, (message,))

    def _was(self, on: bool, since: int, message: int, key: tuple[object, ...]) -> bool:
        turns = [(0, False), *self._turns.get(key, [])]
        if message in self._deleted:  # and with it what was on it
            turns = sorted([*turns, (self._deleted[message], False)])
        before = [turn for seq, turn in turns if seq <= since]
        return before[-1] == on or any(turn == on for seq, turn in turns if seq > since)


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
        _check_whole(member)
        growing = {id: one.growing for id, one in member.link.state.conversations.items() if one.growing}
        assert not growing, f"{member.name} still shows what is written: {growing}"


def _check_whole(member: Member) -> None:
    """A session was given every event, but for those before the point from which a hub said that it goes on."""
    last: dict[str, int] = {}
    for event in member.arrived:
        id, before = event.conversation, event.seq - 1
        assert before == last.get(id, 0) or before in member.stands[id], f"{member.name} lacks {id}/{before}"
        last[id] = event.seq


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
