"""What counts must be, from what is written in the log alone: unread messages, mentions, threads, followers."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbchat.hub.conversation import READ, leavers, newcomers, thread_key
from nbchat.hub.queries import SummaryRecord
from nbchat.protocol import messages as m
from nbchat.protocol.changes import in_conversation, mentioned
from nbchat.store.memory_data import MemoryDatabase


@dataclass
class Ledger:
    """One conversation's log, as far as counts go.

    Attributes:
        posts: all messages that are not deleted.
        since: the seq at which each member came the last time.
    """

    log: list[m.AnyDurable]
    posts: list[m.Posted] = field(default_factory=list)
    since: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        gone = {event.message for event in self.log if isinstance(event, m.Deleted)}
        self.posts = [event for event in self.log if isinstance(event, m.Posted) and event.seq not in gone]
        for event in self.log:
            _come_and_go(self.since, event)


def check_row(database: MemoryDatabase, ledger: Ledger, row: SummaryRecord, me: str) -> None:
    """A row of the list counts what the log says."""
    marker = database.own.get(me, {}).get(READ + row.id)
    read = marker.value if marker is not None and isinstance(marker.value, int) else 0
    assert row.read == read, f"{me} in {row.id}: marker {row.read}, own row {read}"
    unread = [one for one in ledger.posts if in_conversation(one) and one.author != me and one.seq > read]
    named = [one for one in unread if mentioned([each.user for each in one.mentions], me)]
    assert (row.unread, row.mentions) == (len(unread), len(named)), f"{me} in {row.id}: {row}"
    told = {one.root: one for one in row.threads}
    roots = {one.thread for one in ledger.posts if one.thread is not None}
    assert told.keys() <= roots, f"{me} in {row.id}: {row.threads}"
    for root in sorted(roots):
        replies = [one for one in ledger.posts if one.thread == root and one.author != me]
        entry = told.get(root)
        if entry is not None:  # with a marker that was moved back, also what came before one took part
            left = [one.seq for one in replies if one.seq > entry.read]
        else:
            low = max(ledger.since[me], _read_up_to(database, ledger, row.id, root, me))
            left = [one.seq for one in replies if one.seq > low and me in one.followers]
        assert len(left) == (entry.unread if entry is not None else 0), f"{me} in {row.id}/{root}: {entry}, {left}"


def _read_up_to(database: MemoryDatabase, ledger: Ledger, id: str, root: int, me: str) -> int:
    """Up to where a thread that is told to have nothing unread was read at least; all of it where it was left."""
    row = database.own.get(me, {}).get(thread_key(id, root))
    value = row.value if row is not None and isinstance(row.value, int) else 0
    mine = [event.seq for event in ledger.log if isinstance(event, m.Posted) and _replies(event, root, me)]
    return len(ledger.log) if value < 0 else max([value, *mine])


def _replies(event: m.Posted, root: int, author: str) -> bool:
    return event.thread == root and event.author == author


def check_followers(log: list[m.AnyDurable], left: set[tuple[str, str, int]]) -> None:
    """Whom each reply was for: who takes part and is still there; nobody who is no member.

    Args:
        log: of one conversation.
        left: who has ever wished to hear no more of which thread.
    """
    since: dict[str, int] = {}
    posts: dict[int, m.Posted] = {}
    for event in log:
        _come_and_go(since, event)
        if not isinstance(event, m.Posted):
            continue
        posts[event.seq] = event
        if event.thread is None:
            assert event.followers == [], event
            continue
        replies = (one for one in posts.values() if one.thread == event.thread)
        wanted = {one.author for one in replies if one.seq > since.get(one.author, event.seq)}
        wanted |= {posts[event.thread].author} | {one.user for one in event.mentions}
        wanted = {user for user in wanted & since.keys() if (user, event.conversation, event.thread) not in left}
        assert wanted | {event.author} <= set(event.followers) <= since.keys(), f"{event} is for {wanted}"


def _come_and_go(since: dict[str, int], event: m.AnyDurable) -> None:
    since |= {user: event.seq for user in newcomers(event) if user not in since}
    for user in leavers(event):
        since.pop(user, None)
