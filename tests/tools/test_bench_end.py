"""A measurement that is ended from outside ends the servers that it started, and leaves no folder of theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
MEASURES = """
import signal
from bench.targets import standalone
from kit.ending import told_end

with told_end("a measurement"), standalone() as server:
    print(server.pid, flush=True)
    signal.pause()
"""


def test_a_measurement_that_is_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    env = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", MEASURES], env=env, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "a measurement\n"
        server = psutil.Process(int(running.stdout.readline()))
        running.terminate()
        assert "by SIGTERM" in running.stdout.read()
        assert running.wait(timeout=60) != 0
    assert not server.is_running()
    assert list(tmp_path.iterdir()) == []
