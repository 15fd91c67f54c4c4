"""Old snapshot + events = fresh snapshot, for every kind of event, however they come: in pieces, twice, with pages,
lookups, fresh rows and own state in between."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import given, settings, strategies as st
from msgspec.structs import replace
from vectors.shapes import found, hello, snapshot, welcome

from nbchat.client import own, reducer
from nbchat.client.state import Conversation, Range, State
from nbchat.protocol import messages as m

from .history import History

LENGTH = 45
SHOWN = 6
"""Messages of a snapshot here, so that there is something to page."""


class Reader:
    """A client of a `History`, to which the dice do what a hub and a person may do."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.history = History(self.dice, LENGTH)
        self.state = State()
        self.v = 0
        self.give(welcome(1, self.history.row(5)), hello())
        self.snapshot(5)

    @property
    def c1(self) -> Conversation:
        return self.state.conversations["c1"]

    @property
    def cursor(self) -> int:
        return self.c1.cursor

    def give(self, item: m.AnyFromHub, asked: m.AnyCommand | None = None) -> None:
        reducer.apply(self.state, item, asked)

    # --------------------------------------------------------------------------------------------- what may happen

    def snapshot(self, as_of: int) -> None:
        shown = self.history.timeline(as_of, None)
        self.give(snapshot(self.history.row(as_of), shown[-SHOWN:], has_before=len(shown) > SHOWN))

    def events(self) -> None:
        """A few of the next events, and some old ones again."""
        for event in self.history.log[self.cursor :][: self.dice.randint(1, 6)]:
            self.give(event)
            self.give(self.dice.choice(self.history.log[: self.cursor]))

    def pages(self) -> None:
        """A page of one of the timelines, older or newer than what has come as events."""
        roots = [None, *(one.thread for one in self.history.posts(self.cursor) if one.thread is not None)]
        bound = self.dice.randint(1, self.cursor)
        bounds = self.dice.choice([{}, {"before": bound}, {"after": bound}, {"around": bound}])
        asked = m.History(ref=5, conversation="c1", limit=4, thread=self.dice.choice(roots), **bounds)
        as_of = max(bound, self.cursor + self.dice.randint(-4, 3), asked.thread or 0)
        self.give(self.history.page(asked, min(as_of, LENGTH), self.cursor), asked)

    def lookups(self) -> None:
        """Single messages, some of which there are not, or not yet."""
        wanted = [self.dice.randint(1, self.cursor + 2) for _ in range(3)]
        as_of = min(LENGTH, max(1, self.cursor + self.dice.randint(-4, 3)))
        there = self.history.messages(as_of)
        seqs = sorted(seq for seq in set(wanted) if seq in there)
        item = found(5, [there[seq] for seq in seqs], as_of, self.history.fixups(seqs, as_of, self.cursor))
        missed = [seq for seq in wanted if seq in seqs or seq not in self.history.messages(self.cursor)]
        self.give(item, m.Lookup(ref=5, conversation="c1", seqs=missed))

    def rows(self) -> None:
        """The connection was lost: a fresh row, and what it has counted already comes as a bridge."""
        latest = min(LENGTH, self.cursor + self.dice.randint(0, 8))
        self.give(welcome(2, self.history.row(latest)), hello(2, watched={"c1": self.cursor}))
        while self.cursor < latest:
            self.give(self.history.log[self.cursor])

    def jumps(self) -> None:
        """Too far behind: a snapshot."""
        self.snapshot(min(LENGTH, self.cursor + self.dice.randint(0, 3)))

    def reads(self) -> None:
        """We read: at once here, and then the hub says what follows from it."""
        upto = self.cursor
        self.history.read = max(self.history.read, self.dice.randint(0, upto))
        own.mark_read(self.state, "c1", self.history.read)
        unread, mentions = len(self.history.counted(upto)), self.history.mentions(upto)
        self.tell(m.OwnRow("read:c1", self.history.read, 0, unread, mentions))
        for entry in self.history.threads(upto)[:1]:
            seq = self.history.thread_read[entry.root] = max(entry.read, self.dice.randint(0, upto))
            own.mark_thread_read(self.state, "c1", entry.root, seq)
            self.tell(m.OwnRow(f"thread:c1/{entry.root}", seq, 0, self.history.thread_unread(entry.root, upto).unread))

    def tell(self, row: m.OwnRow) -> None:
        self.v += 1
        self.give(m.Own(uv=self.v, rows=[replace(row, v=self.v)]))

    # ------------------------------------------------------------------------------------------------ what must hold

    def check(self) -> None:
        """All that is here is as it is after the events that came."""
        upto, row, truth = self.cursor, self.c1.summary, self.history.row(self.cursor)
        assert (row.last_seq, row.last) == (truth.last_seq, truth.last)
        assert (row.read, row.unread, row.mentions) == (truth.read, truth.unread, truth.mentions)
        assert [(one.root, one.unread) for one in row.threads] == [(one.root, one.unread) for one in truth.threads]
        self.check_timeline(self.c1.ranges, None)
        for root, ranges in self.c1.threads.items():
            self.check_timeline(ranges, root)
        there = self.history.messages(upto)
        for seq, message in self.c1.asides.items():
            if message is None or message.v <= upto:
                assert message == there.get(seq), f"single message {seq}"

    def check_timeline(self, ranges: list[Range], root: int | None) -> None:
        truth = self.history.timeline(self.cursor, root)
        above = -1
        for one in ranges:
            assert above < one.first <= one.last + 1 <= self.cursor + 1, f"{root}: {one.first} to {one.last}"
            above = one.last + 1
            newer = [known for known in one.messages if known.v > self.cursor]  # a page may know more than the events
            here = [known for known in truth if one.first <= known.seq <= one.last]
            assert [known.seq for known in one.messages] == [known.seq for known in here], f"timeline {root}"
            assert all(known in here for known in one.messages if known not in newer), f"timeline {root}"
            assert one.has_before == any(known.seq < one.first for known in truth), f"timeline {root}"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_comes_in_between_the_state_is_what_a_newcomer_is_given(seed: int) -> None:
    reader = Reader(seed)
    acts: list[Callable[[], None]] = [
        reader.pages,
        reader.pages,
        reader.lookups,
        reader.rows,
        reader.jumps,
        reader.reads,
    ]
    while reader.cursor < LENGTH:
        reader.events()
        reader.check()
        for act in reader.dice.sample(acts, 2):
            act()
            reader.check()


def test_the_histories_have_every_kind_of_event() -> None:
    kinds = {type(event) for seed in range(20) for event in History(random.Random(seed), LENGTH).log}
    assert {m.Posted, m.Edited, m.Deleted, m.Reacted, m.Pinned, m.Joined, m.Left} <= kinds
