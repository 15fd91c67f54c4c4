"""What must hold once a world is calm. Each check raises AssertionError with what differs."""

from __future__ import annotations

from collections import Counter, defaultdict

from msgspec.structs import replace

from nbchat.client.state import Range, State
from nbchat.hub import queries
from nbchat.hub.conversation import THREAD
from nbchat.hub.rows import summary as rows_of
from nbchat.protocol import messages as m
from nbchat.protocol.changes import changed, in_conversation, message_of, noticed, spaced, touched
from nbchat.protocol.limits import SUMMARIES
from nbchat.store.memory_data import MemoryDatabase

from .clients import Client
from .counted import Ledger, check_followers, check_row
from .remains import check_remains, check_streams
from .world import World

LOTS = 10**9


def check(world: World) -> None:
    """Everything that needs no fresh client."""
    assert world.is_settled(), f"not settled: {[client.name for client in world.clients if not client.idle]}"
    logs = _logs(world.database)
    for id, log in logs.items():
        assert [event.seq for event in log] == list(range(1, len(log) + 1)), f"{id} has gaps"
    _check_posts(world, logs)
    messages = {id: _replayed(log) for id, log in logs.items()}
    for log in logs.values():
        check_followers(log, world.heard.left)
    check_streams(world, messages, logs)
    check_remains(world, logs)
    ledgers = {id: Ledger(log) for id, log in logs.items()}
    for client in world.clients:
        _check_list(world.database, client, ledgers)
        _check_messages(client, messages)
        _check_notices(client, logs)
        _check_people(world.database, client)
        _check_own(world.database, client)
        _check_arrived(client)
        _check_growing(client)


def check_fresh(world: World) -> None:
    """Old snapshot + events = fresh snapshot: who lived through it knows what a newcomer is told."""
    logs = _logs(world.database)
    messages = {id: _replayed(log) for id, log in logs.items()}
    for client in world.clients:
        fresh = world.twin(client)
        _check_messages(fresh, messages)
        _check_notices(fresh, logs)
        old, new = client.link.state, fresh.link.state
        assert old.me == new.me
        differ = {key: (_own(old).get(key), _own(new).get(key)) for key, _ in _own(old).items() ^ _own(new).items()}
        assert not differ, f"{client.name}: {differ}"
        assert old.conversations.keys() == new.conversations.keys(), client.name
        for id, was in old.conversations.items():
            now = new.conversations[id]
            where = f"{client.name} in {id}"
            assert _plain(was.summary) == _plain(now.summary), f"{where}: {was.summary}, new {now.summary}"
            assert (was.cursor, was.watched) == (now.cursor, now.watched), where
            if was.watched:
                assert was.receipts == now.receipts, where
                assert sorted(was.members) == sorted(now.members), where
                assert was.standings == now.standings, where
                assert was.marks.keys() <= now.marks.keys(), where
                for user, mark in now.marks.items():  # those that a crashed hub told and did not store are lost
                    told = was.marks.get(user, m.Mark(user, 0, 0))  # who came since has had nothing of it yet
                    assert (told.delivered, told.read) >= (mark.delivered, mark.read), where
                assert (was.typing, was.typing_count) == (now.typing, now.typing_count), where
                assert was.thread_typing == now.thread_typing, where
            _check_same(was.ranges, now.ranges, where)
            for root in was.threads.keys() & now.threads.keys():
                _check_same(was.threads[root], now.threads[root], f"{where}/{root}")
        fresh.cut(notice=False)


def _own(state: State) -> dict[str, tuple[m.OwnValue, int]]:
    """What a client has of its person's own state; rows that are gone, and those of threads, a new one is not given."""
    rows = (row for row in state.own.values() if row.value is not None and not row.key.startswith(THREAD))
    return {row.key: (row.value, row.v) for row in rows}


def _check_same(old: list[Range], new: list[Range], where: str) -> None:
    """The newest messages are the same, as far as both have them."""
    if old and new:
        least = max(old[-1].first, new[-1].first)
        assert _from(old[-1].messages, least) == _from(new[-1].messages, least), where


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
            elif key not in client.shared and key not in client.refused:  # refused first, it comes with a repetition
                lines[conversation].append(stored[1])
        for conversation, seqs in lines.items():
            assert seqs == sorted(seqs), f"{client.name} in {conversation}: out of order {seqs}"


# ----------------------------------------------------------------------------------------------- what a client knows


def _check_list(database: MemoryDatabase, client: Client, ledgers: dict[str, Ledger]) -> None:
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
        assert _plain(known.summary) == _plain(rows_of(row)), f"{where}: {known.summary}, stored {row}"
        check_row(database, ledgers[id], row, client.person.id)


def _check_own(database: MemoryDatabase, client: Client) -> None:
    """The person's own state is what the store has; a thread's marker also moves without a new version of its row."""
    stored = database.own.get(client.person.id, {})
    for key, row in client.link.state.own.items():
        held = stored.get(key, m.OwnRow(key, None, 0, None))
        same = row.v == held.v if key.startswith(THREAD) else row.value == held.value
        assert same, f"{client.name} has {row}, the store {held}"


def _check_messages(client: Client, messages: dict[str, dict[int, m.Message]]) -> None:
    for id, conversation in client.link.state.conversations.items():
        stored = messages[id]
        own = [message for message in stored.values() if in_conversation(message)]
        _check_ranges(client, id, conversation.ranges, own)
        for root, ranges in conversation.threads.items():
            thread = [message for message in stored.values() if root in (message.seq, message.thread)]
            _check_ranges(client, f"{id}/{root}", ranges, thread)
        for seq, message in conversation.asides.items():
            assert message == stored.get(seq), f"{client.name} in {id}: aside {seq}"


def _check_notices(client: Client, logs: dict[str, list[m.AnyDurable]]) -> None:
    """What happened to a conversation stands between the messages that are loaded, however they came; in no thread."""
    for id, conversation in client.link.state.conversations.items():
        for one in conversation.ranges:
            seen = [event for event in logs[id][one.first - 1 : one.last] if noticed(event)]
            assert one.notices == spaced(seen, [message.seq for message in one.messages]), f"{client.name} in {id}"
        assert not [one for ranges in conversation.threads.values() for one in ranges if one.notices], client.name


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
    """What a view shows of people now is what holds; of who is only named in a row, the name."""
    state = client.link.state
    shown, named = {client.person.id}, set[str]()
    for one in state.conversations.values():
        shown |= {one.summary.peer or client.person.id, *(one.members if one.watched else ())}
        named |= {one.summary.last.author} if one.summary.last is not None else set()
    found = database.answer(queries.LoadPeople(ids=tuple(shown | named)))
    assert isinstance(found, queries.PeopleRecord)
    assert state.me == state.people[client.person.id]
    for person in found.people:
        known, where = state.people[person.id], f"{client.name} knows {state.people[person.id]}, it is {person}"
        assert known == person or (person.id not in shown and known.name == person.name), where


def _check_arrived(client: Client) -> None:
    """What a session's handlers were given: each once, and never an older one after a newer one."""
    last: dict[str, int] = {}
    for event in client.arrived:
        assert event.seq > last.get(event.conversation, 0), (
            f"{client.name} was given {event.conversation}/{event.seq} late"
        )
        last[event.conversation] = event.seq


def _check_growing(client: Client) -> None:
    """What is shown as being written is being written, on the hub that the client is connected to."""
    assert client.node is not None
    for id, one in client.link.state.conversations.items():
        known = client.node.core._state.conversations.get(id)
        there = {seq: growth.text for seq, growth in known.growing.items()} if known is not None else {}
        shown = {seq: growing.text for seq, growing in one.growing.items()}
        assert shown.items() <= there.items(), f"{client.name} in {id} shows {shown}, there is {there}"


def _plain(summary: m.Summary) -> m.Summary:
    """A row without the name beside its preview, which a view takes from the people that it knows.

    Nor whether a peer is here, which heals by itself; markers in threads count only by what is unread above them.
    """
    threads = sorted((replace(one, read=0) for one in summary.threads), key=lambda one: one.root)
    return replace(summary, last=summary.last and replace(summary.last, name=""), online=None, threads=threads)


def _from(messages: list[m.Message], least: int) -> list[m.Message]:
    return [message for message in messages if message.seq >= least]
