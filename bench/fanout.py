"""The rows for handing messages on: one conversation, N members, K messages in flight. Ours and the peers in turn.

A round runs each server once at each N, with all K, and each round begins with another server, so that a busy moment,
and what goes before, is one of all.
Compared is processor time for a delivery, since other programs on the machine change it least; a server that has a core
for itself reaches one second of it in a second. Who loses a delivery in any round of a column has no figure there, only
the number of those that were lost: a server that drops messages is fast at it.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from bench import commit, targets
from bench.figures import Figure
from bench.generator import LoadFailed, Phase, run
from bench.targets import NODE_WS, OURS, TARGETS, Target

Tell = Callable[[str], None]
IN_FLIGHT = (1, 8, 64)
FEW = 100
"""Members; with less, and at slow servers with more, one round is enough."""
RATE = 200
"""Messages a second for latencies; a tenth of it where a thousand members make ten times as many deliveries."""
SECONDS = 1.5
PATIENCE = 6.0
"""The same for servers that need seconds for one message to a thousand (`Target.slow`): else nothing comes in time."""
ADDED = 33
"""Bytes on the wire that node ws puts to what it was sent: number, time, and the frame's head."""
FASTEST = "nbchat serve on uvloop"
"""Which of ours is compared, besides the plain one."""


@dataclass(frozen=True)
class Sample:
    """One phase of one server in one round."""

    target: str
    clients: int
    kind: str
    phase: Phase


def measure(names: Sequence[str], members: Iterable[int], rounds: int, tell: Tell) -> tuple[list[Sample], list[float]]:
    """Run all of them; one that fails is told of and left out.

    Few members decide nothing, and many at slow servers take minutes: both once only.

    Returns:
        The samples, and how long commits took by themselves, in milliseconds, in the same rounds.
    """
    samples, commits = list[Sample](), list[float]()
    for number in range(rounds):
        tell(f"round {number + 1}: commits by themselves")
        commits += commit.alone(targets.CORES[0])
        for count in members:
            for name in (*names[number % len(names) :], *names[: number % len(names)]):
                if number and (count < FEW or (count > FEW and TARGETS[name].slow)):
                    continue
                tell(f"round {number + 1}, {count} members: {name}")
                try:
                    samples += _one(TARGETS[name], count)
                except (LoadFailed, RuntimeError, OSError) as error:
                    tell(f"{name} with {count} members: {error}")
    return samples, commits


def _one(target: Target, count: int) -> list[Sample]:
    rate = RATE if count <= 100 else RATE // 10
    seconds = PATIENCE if target.slow and count > FEW else SECONDS
    phases = [f"closed:{flight}:0.3:{seconds}" for flight in IN_FLIGHT] + [f"rate:{rate}:0.3:{SECONDS}"]
    with target.start() as (_, arguments):
        measured = run([*arguments, "--n", str(count)], phases, targets.CORES[1])
    return [Sample(target.name, count, ":".join(one.phase.split(":")[:2]), one) for one in measured]


def typing(rounds: int, tell: Tell) -> list[Sample]:
    """Ten type in turn, a hundred look: nothing to store, nothing to put together. As many bytes a delivery at both."""
    samples = []
    for number in range(rounds):
        tell(f"round {number + 1}: typing")
        with targets.standalone() as server:
            arguments = [*targets.reach(server), *targets.types(targets.channel(server)), "--n", "100"]
            ours = run(arguments, [f"closed:1:0.3:{SECONDS}"], targets.CORES[1])
        samples += [Sample(OURS, 100, "typing", one) for one in ours]
        size = str(round(_bytes(ours[0])) - ADDED)
        with TARGETS[NODE_WS].start() as (_, node):
            theirs = run([*node, "--size", size, "--n", "100"], [f"closed:1:0.3:{SECONDS}"], targets.CORES[1])
        samples += [Sample(NODE_WS, 100, "typing", one) for one in theirs]
    return samples


def _bytes(phase: Phase) -> float:
    return phase.bytes / max(phase.deliveries, 1)


def middle(samples: Iterable[Sample], target: str, clients: int, kind: str, field: str) -> float | None:
    """The median of a field over the rounds; None where there is no such sample, or one of them lost deliveries."""
    of = _phases(samples, target, clients, kind)
    values = [float(getattr(phase, field)) for phase in of if phase.deliveries]
    return statistics.median(values) if values and not any(phase.missing for phase in of) else None


def lost(samples: Iterable[Sample], target: str, clients: int, kind: str) -> int:
    """Deliveries that never came, or came more than once, in all rounds."""
    return sum(abs(phase.missing) for phase in _phases(samples, target, clients, kind))


def _phases(samples: Iterable[Sample], target: str, clients: int, kind: str) -> list[Phase]:
    return [one.phase for one in samples if (one.target, one.clients, one.kind) == (target, clients, kind)]


ROOM = "jupyter-server-ydoc's room"
WANTED = (
    # members, in flight, compared with, at least so many times as much for the same processor time
    (100, "closed:64", NODE_WS, 9.0), (100, "closed:64", "socket.io", 10.0),
    (100, "closed:64", "python-socketio", 20.0), (100, "closed:64", ROOM, 50.0),
    (1000, "closed:64", NODE_WS, 9.0), (1000, "closed:64", "socket.io", 10.0),
    (1000, "closed:64", "python-socketio", 20.0), (1000, "closed:64", ROOM, 50.0),
    (100, "closed:8", NODE_WS, 2.5), (1000, "closed:8", NODE_WS, 4.0), (100, "typing", NODE_WS, 1.2),
)  # fmt: skip


def figures(samples: Sequence[Sample], ours: str = OURS) -> list[Figure]:
    """Our rows of the targets."""
    found = []
    for clients, kind, peer, least in WANTED:
        mine, theirs = (middle(samples, name, clients, kind, "cpu_per_million") for name in (ours, peer))
        if mine and theirs:
            what = _typing(samples) if kind == "typing" else f"stored, K={kind.split(':')[1]}"
            row = f"{ours}, {clients} members, {what}: times {peer}"
            found.append(Figure(row, theirs / mine, "x", least, at_least=True))
    missing = [abs(one.phase.missing) for one in samples if one.target == ours]
    if missing:
        found.append(Figure(f"{ours}: deliveries that were lost, in all rounds", sum(missing), "", 0))
    cost = middle(samples, ours, 100, "closed:64", "cpu_per_million")
    wall = middle(samples, ours, 100, "closed:64", "messages")
    late = middle(samples, ours, 100, "closed:64", "p99_ms")
    if cost and wall and late:
        where = "100 members, K=64"
        found += [
            Figure(f"{ours}: stored messages for a second of its processor, {where}", 1e4 / cost, "/s", 10_000, True),
            Figure(f"{ours}: stored messages a second, as busy as the machine was, {where}", wall, "/s", 10_000, True),
            Figure(f"{ours}: p99 of these", late, "ms", 12),
        ]
    return found


def _typing(samples: Sequence[Sample]) -> str:
    """What the row compares: sizes on the wire, so that one sees that they are the same."""
    ours, theirs = (
        statistics.median([_bytes(phase) for phase in _phases(samples, name, 100, "typing")])
        for name in (OURS, NODE_WS)
    )
    return f"typing, K=1, {ours:.0f} bytes a delivery (there {theirs:.0f})"


def latency(samples: Sequence[Sample], commits: Sequence[float]) -> list[Figure]:
    """What storing before delivering adds to a message's way, less the commit, which nobody can do without."""
    kind, found = f"rate:{RATE}", list[Figure]()
    if not commits:
        return found
    half, most = statistics.median(commits), statistics.quantiles(commits, n=100)[98]
    found += [Figure("one commit by itself: p50", half, "ms"), Figure("one commit by itself: p99", most, "ms")]
    for name in (OURS, FASTEST):
        p50, p99 = (middle(samples, name, 100, kind, field) for field in ("p50_ms", "p99_ms"))
        node, late = (middle(samples, NODE_WS, 100, kind, field) for field in ("p50_ms", "p99_ms"))
        if p50 and p99 and node and late:
            what = f"{name}, 100 members, {RATE} messages a second, stored"
            found.append(Figure(f"{what}: p50, more than node ws and a commit", p50 - node - half, "ms", 0.5))
            found.append(Figure(f"{what}: p99, times that of node ws and a commit", p99 / (late + most), "x", 1.5))
    return found


def table(samples: Sequence[Sample], members: Container[int] = range(1_000_000)) -> str:
    """Deliveries for a second of the server's processor, in thousands, and in brackets those a second by the clock."""
    closed = {(one.clients, one.kind) for one in samples if one.kind.startswith("closed") and one.clients in members}
    columns = sorted(closed, key=_order)
    heads = "".join(f" N={clients} K={kind.split(':')[1]} |" for clients, kind in columns)
    lines = [f"| server | stores |{heads}", f"|---|:-:|{'--:|' * len(columns)}"]
    for target in TARGETS.values():
        cells, none = [], partial(_without, samples, target.name)
        for clients, kind in columns:
            cost = middle(samples, target.name, clients, kind, "cpu_per_million")
            wall = middle(samples, target.name, clients, kind, "deliveries")
            cells.append(f"{1000 / cost:,.0f} ({wall / 1000:,.0f})" if cost and wall else none(clients, kind))
        if any(cell != "–" for cell in cells):
            lines.append(f"| {target.name} | {'yes' if target.stores else 'no'} | {' | '.join(cells)} |")
    return "\n".join(lines)


def latencies(samples: Sequence[Sample]) -> str:
    """From when a message was due to its arrival, at a quiet rate."""
    lines = ["| server | members | messages a second | p50 | p99 |", "|---|--:|--:|--:|--:|"]
    for target in TARGETS.values():
        for clients, kind in sorted({(one.clients, one.kind) for one in samples if one.kind.startswith("rate")}):
            p50, p99 = (middle(samples, target.name, clients, kind, field) for field in ("p50_ms", "p99_ms"))
            start = f"| {target.name} | {clients} | {kind.split(':')[1]} |"
            if p50 is not None and p99 is not None:
                lines.append(f"{start} {p50:.2f} ms | {p99:.2f} ms |")
            elif lost(samples, target.name, clients, kind):
                lines.append(f"{start} {_without(samples, target.name, clients, kind)} | – |")
    return "\n".join(lines)


def _without(samples: Sequence[Sample], target: str, clients: int, kind: str) -> str:
    """What stands where there is no figure: why, if deliveries were lost."""
    missing = lost(samples, target, clients, kind)
    twice = any(one.missing < 0 for one in _phases(samples, target, clients, kind))
    return f"– ({missing:,} {'lost or twice' if twice else 'lost'})" if missing else "–"


def _order(column: tuple[int, str]) -> tuple[int, int]:
    return column[0], int(column[1].split(":")[1])
