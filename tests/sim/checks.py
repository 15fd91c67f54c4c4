"""What must hold once a world is calm. Each check raises AssertionError with what differs."""

from __future__ import annotations

from collections import Counter, defaultdict

from msgspec.structs import replace

from nbchat.client.state import Range
from nbchat.hub import queries
from nbchat.hub.rows import summary as rows_of
from nbchat.protocol import messages as m
from nbchat.protocol.changes import changed, in_conversation, message_of, touched
from nbchat.protocol.limits import SUMMARIES
from nbchat.store.memory_data import MemoryDatabase

from .clients import Client
from .world import World

LOTS = 10**9


def check(world: World) -> None:
    """Everything that needs no fresh client."""
    assert world.is_settled(), f"not settled: {[client.name for client in world.clients if not client.idle]}"
    logs = _logs(world.database)
    for id, log in logs.items():
        assert [event.seq for event in log] == list(range(1, len(log) + 1)), f"{id} has gaps"
    _check_posts(world, logs)
    for client in world.clients:
        _check_list(world.database, client)
        for conversation in client.link.state.conversations.values():
            _check_messages(client, conversation.summary.id, logs)
        _check_people(world.database, client)
        _check_arrived(client)


def check_fresh(world: World) -> None:
    """Old snapshot + events = fresh snapshot: who lived through it knows what a newcomer is told."""
    for client in world.clients:
        fresh = world.twin(client)
        old, new = client.link.state, fresh.link.state
        assert old.me == new.me
        assert old.conversations.keys() == new.conversations.keys(), client.name
        for id, was in old.conversations.items():
            now = new.conversations[id]
            where = f"{client.name} in {id}"
            assert _plain(was.summary) == _plain(now.summary), where
            assert (was.cursor, was.watched) == (now.cursor, now.watched), where
            if was.watched:
                assert was.receipts == now.receipts, where
                assert sorted(was.members) == sorted(now.members), where
                assert was.marks.keys() <= now.marks.keys(), where
                for user, mark in now.marks.items():  # those that a crashed hub told and did not store are lost
                    told = was.marks.get(user, m.Mark(user, 0, 0))  # who came since has had nothing of it yet
                    assert (told.delivered, told.read) >= (mark.delivered, mark.read), where
                assert (was.typing, was.typing_count) == (now.typing, now.typing_count), where
            if was.ranges and now.ranges:
                least = max(was.ranges[-1].first, now.ranges[-1].first)
                assert _from(was.ranges[-1].messages, least) == _from(now.ranges[-1].messages, least), where
        fresh.cut(notice=False)


def _logs(database: MemoryDatabase) -> dict[str, list[m.AnyDurable]]:
    found: dict[str, list[m.AnyDurable]] = {}
    for id, _ in database.changes(0).grown:
        record = database.answer(queries.LoadEvents(conversation=id, after=0, limit=LOTS))
        assert isinstance(record, queries.EventsRecord)
        found[id] = list(record.events)
    return found


# ------------------------------------------------------------------------------------------------- what was written


def _check_posts(world: World, logs: dict[str, list[m.AnyDurable]]) -> None:
    posts = [event for log in logs.values() for event in log if isinstance(event, m.Posted)]
    places = {(event.author, event.key): (event.conversation, event.seq) for event in posts}
    assert Counter((event.author, event.key) for event in posts).most_common(1)[0][1] == 1, "stored twice"
    written = {(client.person.id, key) for client in world.clients for _, key in client.wrote}
    assert places.keys() <= written, "stored although nobody wrote it"
    for client in world.clients:
        for key, place in client.settled.items():
            assert places[client.person.id, key] == place, f"{key} was said to be {place}"
        lines: dict[str, list[int]] = defaultdict(list)
        for conversation, key in client.wrote:
            stored = places.get((client.person.id, key))
            if stored is None:
                assert any(key in one.refused for one in world.clients), f"{key} was written and got lost"
            elif key not in client.shared:
                lines[conversation].append(stored[1])
        for conversation, seqs in lines.items():
            assert seqs == sorted(seqs), f"{client.name} in {conversation}: out of order {seqs}"


# ----------------------------------------------------------------------------------------------- what a client knows


def _check_list(database: MemoryDatabase, client: Client) -> None:
    state = client.link.state
    page = database.answer(queries.LoadList(user=client.person.id, limit=SUMMARIES, uv=0))
    assert isinstance(page, queries.ListPage)
    rows = {row.id: row for row in page.rows}
    assert len(rows) < SUMMARIES
    joined = {id: one for id, one in state.conversations.items() if one.summary.joined}
    assert joined.keys() == rows.keys(), f"{client.name} has {sorted(joined)}, is in {sorted(rows)}"
    assert state.uv <= page.uv, f"{client.name}: uv {state.uv}, the store has {page.uv}"
    for id, row in rows.items():
        known, where = joined[id], f"{client.name} in {id}"
        assert known.cursor == row.last_seq, f"{where}: cursor {known.cursor} of {row.last_seq}"
        assert _plain(known.summary) == _plain(rows_of(row)), where


def _check_messages(client: Client, id: str, logs: dict[str, list[m.AnyDurable]]) -> None:
    conversation = client.link.state.conversations[id]
    messages = _replayed(logs[id])
    own = [message for message in messages.values() if in_conversation(message)]
    _check_ranges(client, id, conversation.ranges, own)
    for root, ranges in conversation.threads.items():
        _check_ranges(
            client, f"{id}/{root}", ranges, [one for one in messages.values() if root in (one.seq, one.thread)]
        )
    for seq, message in conversation.asides.items():
        assert message == messages.get(seq), f"{client.name} in {id}: aside {seq}"


def _check_ranges(client: Client, id: str, ranges: list[Range], timeline: list[m.Message]) -> None:
    conversation = client.link.state.conversations[id.partition("/")[0]]
    above = 0
    for one in ranges:
        assert above < one.first <= one.last + 1 <= conversation.cursor + 1, f"{client.name} in {id}: ranges {one}"
        stored = [message for message in timeline if one.first <= message.seq <= one.last]
        assert one.messages == stored, f"{client.name} in {id}"
        earlier = any(message.seq < one.first for message in timeline)
        assert one.has_before == earlier, f"{client.name} in {id}: has_before of {one.first}"
        above = one.last + 1


def _replayed(log: list[m.AnyDurable]) -> dict[int, m.Message]:
    """Every message as the whole log leaves it."""
    found: dict[int, m.Message] = {}
    for event in log:
        for seq in touched(event):
            found[seq] = changed(found[seq], event)
        if isinstance(event, m.Posted):
            found[event.seq] = message_of(event)
    return found


def _check_people(database: MemoryDatabase, client: Client) -> None:
    """Every name that a view shows now is the one that holds."""
    state = client.link.state
    shown = {client.person.id}
    for one in state.conversations.values():
        shown |= {one.summary.peer or client.person.id, *(one.members if one.watched else ())}
        shown |= {one.summary.last.author} if one.summary.last is not None else set()
    found = database.answer(queries.LoadPeople(ids=tuple(shown)))
    assert isinstance(found, queries.PeopleRecord)
    assert state.me == state.people[client.person.id]
    for person in found.people:
        assert state.people[person.id] == person, f"{client.name} knows {state.people[person.id]}, it is {person}"


def _check_arrived(client: Client) -> None:
    """What a session's handlers were given: each once, and never an older one after a newer one."""
    last: dict[str, int] = {}
    for event in client.arrived:
        assert event.seq > last.get(event.conversation, 0), (
            f"{client.name} was given {event.conversation}/{event.seq} late"
        )
        last[event.conversation] = event.seq


def _plain(summary: m.Summary) -> m.Summary:
    """A row without the name beside its preview, which a view takes from the people that it knows.

    Nor whether a peer is here, which heals by itself; markers in threads count only by what is unread above them.
    """
    threads = sorted((replace(one, read=0) for one in summary.threads), key=lambda one: one.root)
    return replace(summary, last=summary.last and replace(summary.last, name=""), online=None, threads=threads)


def _from(messages: list[m.Message], least: int) -> list[m.Message]:
    return [message for message in messages if message.seq >= least]
