"""What the measurements of bench/ say of servers that lose deliveries, and of how large these are. Measures nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.fanout import FASTEST, Sample, figures, latencies, middle, table
from bench.generator import Phase
from bench.targets import NODE_WS, OURS


def sample(target: str, kind: str = "closed:64", *, missing: int = 0, cost: float = 1.0, size: float = 200) -> Sample:
    """A phase of this server with a hundred members."""
    phase = Phase(
        phase=f"{kind}:0:1", clients=100, seconds=1, messages=10, deliveries=1_000, frames=1_000, bytes=size * 1_000,
        p50_ms=1, p90_ms=2, p99_ms=3, server_cpu=1, load_cpu=0.5, cpu_per_million=cost, missing=missing,
        connecting=1, idle_bytes=0, end_bytes=0,
    )  # fmt: skip
    return Sample(target, 100, kind, phase)


def rows(samples: list[Sample]) -> dict[str, float]:
    return {one.row: one.value for one in figures(samples)}


def test_who_loses_deliveries_in_one_round_has_no_figure_but_their_number() -> None:
    samples = [sample(NODE_WS), sample(NODE_WS, missing=1_234), sample(OURS, cost=0.1)]
    assert middle(samples, NODE_WS, 100, "closed:64", "cpu_per_million") is None
    assert f"| {NODE_WS} | no | – (1,234 lost) |" in table(samples)
    assert f"| {OURS} | yes | 10,000 (1) |" in table(samples)


def test_who_loses_deliveries_is_compared_with_nobody() -> None:
    row = f"{OURS}, 100 members, stored, K=64: times {NODE_WS}"
    assert rows([sample(OURS), sample(NODE_WS, cost=10)])[row] == 10
    assert row not in rows([sample(OURS), sample(NODE_WS, cost=10, missing=1)])
    assert row not in rows([sample(OURS, missing=1), sample(NODE_WS, cost=10)])


def test_what_ours_loses_is_a_target_that_is_missed() -> None:
    [lost] = [one for one in figures([sample(OURS, missing=2), sample(OURS)]) if "lost" in one.row]
    assert (lost.value, lost.reached) == (2, False)
    [lost] = [one for one in figures([sample(OURS)]) if "lost" in one.row]
    assert lost.reached


def test_deliveries_that_come_twice_make_up_for_none_that_is_lost() -> None:
    samples = [sample(FASTEST, missing=3), sample(FASTEST, missing=-3)]
    assert "– (6 lost or twice)" in table(samples)


def test_latencies_of_who_loses_deliveries_are_not_shown() -> None:
    shown = latencies([sample(NODE_WS, "rate:200", missing=57), sample(OURS, "rate:200")])
    assert f"| {NODE_WS} | 100 | 200 | – (57 lost) | – |" in shown
    assert f"| {OURS} | 100 | 200 | 1.00 ms | 3.00 ms |" in shown


@pytest.mark.parametrize("size", [155.0, 273.0])
def test_the_row_of_typing_says_how_large_its_deliveries_were(size: float) -> None:
    found = rows([sample(OURS, "typing", size=155), sample(NODE_WS, "typing", size=size, cost=2)])
    row = f"{OURS}, 100 members, typing, K=1, 155 bytes a delivery (there {size:.0f}): times {NODE_WS}"
    assert found[row] == 2
