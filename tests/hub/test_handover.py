"""When writes reach the store: when a turn brings no more, and after the deliveries of the events before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kit.stores import ADA, post

from nbchat.hub.effects import Write
from nbchat.hub.figures import Figures
from nbchat.hub.handover import GATHER, Handover
from nbchat.hub.items import Outcome, PutSeen
from nbchat.store.memory import MemoryStore


class Desk:
    """A handover in front of a store that commits when it is told to, in a loop whose turns are counted here."""

    def __init__(self) -> None:
        self.figures = Figures()
        self.commits: list[list[int]] = []
        self._soon: list[Callable[[], None]] = []
        self.clock = 0.0
        self._store = MemoryStore(owner=ADA)
        self._store.start(self._committed, lambda _: None)
        self.handover = Handover(self._store, self.figures, self._soon.append, lambda: self.clock)

    def adds(self, *tokens: int) -> None:
        for token in tokens:
            self.handover.add(Write(token, post("c", ADA, key=f"key-{token:06}")))

    def turns(self, reads: Sequence[int] = ()) -> None:
        """One turn of the loop: what is due, then what sockets bring."""
        due, self._soon[:] = list(self._soon), []
        for then in due:
            then()
        self.adds(*reads)

    def rests(self) -> None:
        """Turns that bring nothing, until nothing is due."""
        while self._soon:
            self.turns()

    def commits_and_tells(self) -> None:
        self._store.step()
        self.handover.came_back(self.commits[-1][-1])

    def _committed(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        self.commits.append([token for token, _ in outcomes])


def test_what_arrives_in_one_turn_is_one_commit() -> None:
    desk = Desk()
    desk.adds(1, 2, 3)
    desk.rests()
    desk.commits_and_tells()
    assert desk.commits == [[1, 2, 3]]


def test_who_comes_in_the_turn_after_shares_the_commit_and_who_comes_after_an_empty_one_does_not() -> None:
    desk = Desk()
    desk.adds(1)
    desk.turns(reads=[2])
    desk.turns(reads=[3])
    desk.turns()
    desk.turns(reads=[4])
    desk.commits_and_tells()
    assert desk.commits == [[1, 2, 3]]


def test_nobody_waits_long_for_others_that_go_on_coming() -> None:
    desk = Desk()
    desk.adds(1)
    for token in range(2, 12):
        desk.clock += GATHER / 4
        desk.turns(reads=[token])
    desk.commits_and_tells()
    assert desk.commits == [[1, 2, 3, 4, 5]]


def test_one_turn_that_takes_longer_is_waited_for_all_the_same() -> None:
    desk = Desk()
    desk.adds(1)
    desk.clock += 10 * GATHER
    desk.turns(reads=[2])
    desk.rests()
    desk.commits_and_tells()
    assert desk.commits == [[1, 2]]


def test_who_stops_hands_over_what_waits_and_looks_no_further() -> None:
    desk = Desk()
    desk.adds(1)
    desk.handover.go()
    desk.rests()
    desk.commits_and_tells()
    assert desk.commits == [[1]]


def test_what_arrives_while_events_are_under_way_waits_for_them_and_for_who_answers_at_once() -> None:
    desk = Desk()
    desk.adds(1)
    desk.rests()
    desk.adds(2)
    desk.turns(reads=[3])
    desk.commits_and_tells()
    assert desk.commits == [[1]]
    desk.turns(reads=[4])  # they have read 1, and answered
    desk.turns(reads=[5])
    desk.rests()
    desk.commits_and_tells()
    assert desk.commits == [[1], [2, 3, 4, 5]]


def test_nothing_waits_for_what_is_not_urgent() -> None:
    desk = Desk()
    desk.handover.add(Write(1, PutSeen(user="ada", at=1)))
    desk.rests()
    desk.adds(2)
    desk.rests()
    desk.commits_and_tells()
    assert desk.commits == [[1, 2]]


def test_no_message_waits_for_what_is_not_urgent_behind_the_message_before() -> None:
    desk = Desk()
    desk.adds(1)
    desk.handover.add(Write(2, PutSeen(user="ada", at=1)))
    desk.rests()
    desk.adds(3)
    desk.handover.came_back(1)  # the store's thread took the message before the other was there, and lets that wait
    desk.rests()
    desk.commits_and_tells()
    assert desk.commits == [[1, 2, 3]]


def test_how_long_delivering_takes_is_counted_from_arrival_also_while_waiting_for_those_before() -> None:
    desk = Desk()
    desk.adds(1)
    desk.rests()
    desk.adds(2)
    desk.clock = 6.0
    desk.commits_and_tells()
    desk.rests()
    desk.commits_and_tells()
    assert desk.figures.delivery.total == 12.0


def test_how_long_delivering_took_is_counted_once_for_each_handing_over() -> None:
    desk = Desk()
    for tokens in ((1, 2), (3, 4)):
        desk.adds(*tokens)
        desk.rests()
        desk.commits_and_tells()
    assert sum(desk.figures.delivery.counts) == 2
    assert not desk.figures.handed
