"""`python -m bench.hub [--quick] [--rows …] [--rounds N] [--write]`: the hub beside its peers, in turn, in one run.

Shows tables, keeps bench/output/hub.json, and with `--write` puts both and a plot into docs/performance.md, and a short
table into README.md. `--quick` is 100 members, one round, and a history of 100,000. Nothing is
a test here: a machine that is busy with something else gives other numbers, so the tables say on which one and under
which load, and compare processor time. Needs Linux, a C compiler, Node, and the network once, for the peers.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import msgspec

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from kit.ending import told_end  # noqa: E402

from bench import endurance, fanout, generator, targets  # noqa: E402 - they use the test kit
from bench.fanout import Sample  # noqa: E402
from bench.figures import Figure, table  # noqa: E402
from bench.generator import LoadFailed  # noqa: E402

DOC, README = HERE.parent / "docs" / "performance.md", HERE.parent / "README.md"
KEPT = HERE / "output" / "hub.json"
ROWS = ("fanout", "typing", "weights", "resume", "stalled", "storm", "history")
HISTORY, QUICK_HISTORY = 1_000_000, 100_000


class Kept(msgspec.Struct):
    """What a run leaves for the next one, which may measure other rows."""

    machine: str = ""
    samples: list[Sample] = []
    figures: dict[str, list[Figure]] = {}
    commits: list[float] = []


def main() -> int:
    """Measure and show. Returns 0 also where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.hub", description=__doc__)
    parser.add_argument("--rows", default=",".join(ROWS), help=f"some of {','.join(ROWS)}; the others are kept")
    parser.add_argument("--servers", default=",".join(targets.TARGETS), help="some of the servers, by name")
    parser.add_argument("--quick", action="store_true", help="100 members, one round, a shorter history")
    parser.add_argument("--members", help="sizes of the conversation, such as 10,100,1000")
    parser.add_argument("--rounds", type=int, help="how often each server is measured; once with few members")
    parser.add_argument("--history", type=int, help="messages of the long conversation")
    parser.add_argument("--write", action="store_true", help="put tables and plot into the documents")
    asked = parser.parse_args()
    asked.members = asked.members or ("100" if asked.quick else "10,100,1000")
    asked.rounds = asked.rounds or (1 if asked.quick else 3)
    asked.history = asked.history or (QUICK_HISTORY if asked.quick else HISTORY)
    begun = time.monotonic()

    def tell(line: str) -> None:
        print(f"  {time.monotonic() - begun:5.0f} s  {line}", file=sys.stderr, flush=True)

    with told_end(f"bench-peers, {asked.rows}"):
        kept = _run(asked, tell)
    shown = report(kept)
    print("\n\n".join(shown.values()))
    if asked.write:
        write(shown)
        plot(kept.samples, DOC.parent / "performance.svg")
    return 0


def _run(asked: argparse.Namespace, tell: fanout.Tell) -> Kept:
    """Measure each row that is asked for, and keep what there is after each."""
    generator.build()
    targets.set_up(tell)
    kept = msgspec.json.decode(KEPT.read_bytes(), type=Kept) if KEPT.exists() else Kept()
    for row in [row for row in ROWS if row in asked.rows.split(",")]:
        try:
            _measure(row, asked, kept, tell)
        except (LoadFailed, RuntimeError, OSError) as error:
            kept.figures.pop(row, None)  # rather none than those of another day
            tell(f"{row}: {error}")
        kept.machine = machine()
        KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(msgspec.to_builtins(kept)), indent=1))
    return kept


def _measure(row: str, asked: argparse.Namespace, kept: Kept, tell: fanout.Tell) -> None:
    """One row of ROWS, in place of what there was of it."""
    if row == "fanout":
        members = [int(count) for count in asked.members.split(",")]
        names = asked.servers.split(",")
        found, kept.commits = fanout.measure(names, members, asked.rounds, tell)
        again = {(one.target, one.clients, one.kind) for one in found}
        kept.samples = [one for one in kept.samples if (one.target, one.clients, one.kind) not in again] + found
    elif row == "typing":
        kept.samples = [one for one in kept.samples if one.kind != "typing"] + fanout.typing(asked.rounds, tell)
    elif row == "history":
        kept.figures[row] = list(endurance.history(asked.history, tell))
    else:
        kept.figures[row] = list(getattr(endurance, row)(tell))


def report(kept: Kept) -> dict[str, str]:
    """Markdown by the name of its place in docs/performance.md."""
    ours = [one for name in (targets.OURS, fanout.FASTEST) for one in fanout.figures(kept.samples, name)]
    ours += fanout.latency(kept.samples, kept.commits)
    alone = [figure for row in ROWS for figure in kept.figures.get(row, [])]
    return {
        "machine": kept.machine,
        "fanout": fanout.table(kept.samples),
        "short": f"{fanout.table(kept.samples, (100,))}\n\n{kept.machine}",
        "targets": table([*ours, *alone]),
        "latencies": fanout.latencies(kept.samples),
        "load": _limit(kept.samples),
    }


def _limit(samples: Sequence[Sample]) -> str:
    """How busy the generator was where it was busiest, against the server beside it."""
    if not samples:
        return ""
    most = max(samples, key=lambda one: one.phase.load_cpu / max(one.phase.server_cpu, 0.01))
    return (
        f"The generator was busiest, compared with its server, with {most.target} at {most.clients} members "
        f"({most.kind}): {most.phase.load_cpu:.2f} of a core beside {most.phase.server_cpu:.2f}."
    )


def machine() -> str:
    """The day, the machine, and how many programs wanted a core in the last five minutes."""
    day, cores = datetime.now(timezone.utc).date().isoformat(), os.cpu_count()
    system = f"{cores} cores, {platform.system()}, Python {platform.python_version()}"
    return f"Measured {day}: {system}; load {os.getloadavg()[1]:.1f}."


def write(shown: dict[str, str]) -> None:
    """Put each into its place in the documents."""
    for document in (DOC, README):
        text = document.read_text(encoding="utf-8")
        for name, content in shown.items():
            begin, end = f"<!-- measured:{name} -->\n", "<!-- /measured -->"
            before, found, rest = text.partition(begin)
            if found:
                text = f"{before}{begin}{content}\n\n{end}{rest.partition(end)[2]}"
        document.write_text(text, encoding="utf-8")


def plot(samples: Sequence[Sample], file: Path) -> None:
    """Deliveries for a second of the server's processor, by server and messages in flight, a hundred members."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "nbchat"
    from matplotlib import pyplot as plt

    names = [name for name in targets.TARGETS if fanout.middle(samples, name, 100, "closed:64", "cpu_per_million")]
    figure, axes = plt.subplots(figsize=(8, 0.45 * len(names) + 1.4))
    for at, flight in enumerate(fanout.IN_FLIGHT):
        costs = [fanout.middle(samples, name, 100, f"closed:{flight}", "cpu_per_million") or 0 for name in names]
        values = [1000 / cost if cost else 0 for cost in costs]
        axes.barh([place + 0.26 * at for place in range(len(names))], values, height=0.24, label=f"{flight} in flight")
    axes.set_yticks([place + 0.26 for place in range(len(names))], names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("thousand deliveries for a second of the server's processor, 100 members")
    axes.legend(loc="lower right", fontsize="small")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main())
