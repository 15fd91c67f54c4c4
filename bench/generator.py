"""The load generator of `load/`: compiled once, run with arguments, its lines read. load/load.c says what it does."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

HERE = Path(__file__).resolve().parent
SOURCE, PROGRAM = HERE / "load" / "load.c", HERE / "output" / "load"
SECONDS = 300.0


class LoadFailed(RuntimeError):
    """The generator ended with an error: the server refused, closed, or answered nothing."""


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """What one phase measured.

    Attributes:
        phase: as it was asked for.
        clients: connections.
        seconds: that were measured.
        messages: a second, each given to all.
        deliveries: a second.
        frames: a second; fewer than deliveries where several messages share a frame.
        bytes: a second.
        p50_ms: from sending (or from when it was due) to arriving, of a sample of connections.
        p90_ms: the same.
        p99_ms: the same.
        server_cpu: cores that the server used.
        load_cpu: cores that the generator used; near 1 it was the limit.
        cpu_per_million: seconds of the server's processor for a million deliveries; what a busy machine spoils least.
        missing: deliveries that had not come ten seconds after the end; no phase comes after one that lost any.
        lacking: of the texts of `--wanted`, times connections, those that did not come.
        connecting: seconds until all connections were ready.
        idle_bytes: resident memory of the server before them.
        end_bytes: and at the end of the phase.
    """

    phase: str
    clients: int
    seconds: float
    messages: float
    deliveries: float
    frames: float
    bytes: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    server_cpu: float
    load_cpu: float
    cpu_per_million: float
    missing: int
    lacking: int = 0
    connecting: float
    idle_bytes: int
    end_bytes: int


def build() -> None:
    """Compile it where the source is newer.

    Raises:
        LoadFailed: there is no C compiler, or not Linux.
    """
    if PROGRAM.exists() and PROGRAM.stat().st_mtime > SOURCE.stat().st_mtime:
        return
    PROGRAM.parent.mkdir(exist_ok=True)
    try:
        subprocess.run(["cc", "-O3", "-march=native", "-o", PROGRAM, SOURCE], check=True)  # noqa: S607 - the system's
    except (OSError, subprocess.CalledProcessError) as error:
        raise LoadFailed(f"{SOURCE} could not be compiled ({error}); it needs Linux and a C compiler.") from error


def run(
    arguments: Sequence[str],
    phases: Sequence[str],
    core: int | None = None,
    then: Callable[[], None] = lambda: None,
) -> list[Phase]:
    """Run it and return what each phase measured; fewer where one lost deliveries, which is the last one then.

    Args:
        arguments: how to reach the server and what to say to it.
        phases: such as "closed:64:0.3:2".
        core: the processor's core to run on; None for any.
        then: called at the end of each phase, while the next one begins.

    Raises:
        LoadFailed: it ended with an error, or not at all.
    """
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    command = [*pinned, str(PROGRAM), *arguments, *(word for phase in phases for word in ("--phase", phase))]
    measured = list[Phase]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        limit = threading.Timer(SECONDS, running.kill)
        limit.start()
        try:
            for line in running.stdout or ():
                measured.append(msgspec.json.decode(line, type=Phase))
                then()
            said = running.stderr.read() if running.stderr else ""
            code = running.wait()
        finally:
            limit.cancel()
            running.kill()
    if code < 0:
        raise LoadFailed(f"it did not end within {SECONDS:.0f} s, or was killed")
    if code:
        raise LoadFailed(said.strip()[-300:])
    return measured
