"""The checks of chaos themselves: what was acknowledged and is not there is seen, and what is there is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from nbchat.protocol import messages as m

from .members import Touch, Touched, _stands
from .oracle import Done, _check_whole

BY: dict[str, Any] = {"conversation": "c", "author": "ada", "name": "Ada", "at": 0}
LOG: list[m.AnyDurable] = [
    m.Posted(seq=1, key="first", text="one", via="page", **BY),
    m.Edited(seq=2, key="edit", message=1, text="two", **BY),
    m.Reacted(seq=3, message=1, emoji="👍", on=True, **BY),
    m.Pinned(seq=4, message=1, on=True, **BY),
    m.Reacted(seq=5, message=1, emoji="👍", on=False, **BY),
    m.Deleted(seq=6, message=1, **BY),
]
ON: dict[str, Any] = {"ref": 1, "conversation": "c", "message": 1}
TOUCHES: list[tuple[Touch, int, int | None]] = [
    (m.Edit(key="edit", text="two", **ON), 1, 2),
    (m.React(emoji="👍", **ON), 1, 3),
    (m.React(emoji="👍", on=False, **ON), 4, 5),
    (m.Pin(**ON), 1, 4),
    (m.Delete(**ON), 1, 6),
    (m.React(emoji="👍", **ON), 3, None),  # it was so already
    (m.React(emoji="🎉", on=False, **ON), 1, None),
    (m.Pin(on=False, **ON), 4, 6),  # with the message its pin was gone
]


@pytest.mark.parametrize(("command", "since", "by"), TOUCHES)
def test_what_was_done_is_found_and_its_loss_is_seen(command: Touch, since: int, by: int | None) -> None:
    touched = Touched("ada", command, since)
    assert Done(LOG).has(touched)
    lost = [event for event in LOG if event.seq != by and not (by == 5 and event.seq == 6)]
    assert Done(lost).has(touched) == (by is None)


def test_what_another_did_is_not_what_was_asked_for() -> None:
    for command, since, _ in TOUCHES[:2]:
        assert not Done(LOG).has(Touched("eve", command, since))
    assert not Done(LOG).has(Touched("ada", m.React(emoji="👍", **ON), 5))


@pytest.mark.parametrize(
    ("seqs", "stands", "whole"),
    [
        ([1, 2, 3], set(), True),
        ([5, 6], {4}, True),
        ([1, 9], {8}, True),
        ([5, 6], set(), False),
        ([1, 3], {1}, False),
    ],
)
def test_a_gap_is_seen_unless_a_hub_said_that_it_goes_on_there(seqs: list[int], stands: set[int], whole: bool) -> None:
    arrived = [m.Pinned(seq=seq, message=1, on=True, **BY) for seq in seqs]
    member: Any = SimpleNamespace(name="ada-1", arrived=arrived, stands={"c": stands})
    if whole:
        _check_whole(member)
    else:
        with pytest.raises(AssertionError, match="ada-1 lacks c/"):
            _check_whole(member)


def test_where_a_conversation_stands_is_read_from_rows_and_snapshots() -> None:
    row = {"id": "c", "last_seq": 7, "last": {"seq": 7}}
    frame = [{"t": "welcome", "rows": [row]}, {"t": "snapshot", "summary": {**row, "id": "d"}, "as_of": 9}]
    assert list(_stands(frame)) == [("c", 7), ("d", 9)]
