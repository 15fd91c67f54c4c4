"""`python -m chaos` plays as many chapters as it is asked for, one after the other or beside each other."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter

import pytest

from .__main__ import chapters


def five_faults(seed: int, faults: int, only: set[str], *, hubs: int, busy: float) -> Counter[str]:
    """In place of a chapter."""
    return Counter(faults=faults, seeds=seed, only=len(only), hubs=hubs, busy=round(busy))


@pytest.mark.parametrize(("beside", "most", "played"), [(1, 100, 4), (2, 3, 3)])
def test_chapters_follow_each_other_until_there_were_enough(beside: int, most: int, played: int) -> None:
    asked = {"total": 20, "faults": 5, "chapters": most, "only": "kill,cut", "hubs": 3, "busy": 2.0, "minutes": 1.0}
    total, last = chapters(Namespace(seed=7, beside=beside, **asked), five_faults)
    assert total == {
        "faults": 5 * played,
        "seeds": sum(range(7, 7 + played)),
        "only": 2 * played,
        "hubs": 3 * played,
        "busy": 2 * played,
    }
    assert last == 6 + played
