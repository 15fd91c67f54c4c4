"""Programs without a server: the first hosts the hub, others join it, and one of them takes over when it dies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.hubs import script_env

PROGRAM = """
import sys
from nbchat import Client
client = Client("ml-team")
for line in sys.stdin:
    match line.split():
        case ["send", word]: client.send(word).wait("sent", timeout=30)
        case ["history"]: pass
    print(client._engine.hub.place, *[m.text for m in client.history()], flush=True)
"""


class Program:
    """A process with a client that does what it is told, line by line."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], env=script_env(), stdin=pipe, stdout=pipe, text=True, bufsize=1
        )

    def does(self, line: str) -> list[str]:
        """Tell it something; returns where its hub is and all messages."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        return self.process.stdout.readline().split()

    def dies(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def programs(folders: Path) -> Iterator[tuple[Program, Program]]:
    """Two of them, the first started first."""
    one = Program()
    assert one.does("history") == ["process"]
    two = Program()
    yield one, two
    for program in (one, two):
        program.dies()


def test_a_hub_in_a_process_is_joined_and_taken_over(programs: tuple[Program, Program]) -> None:
    one, two = programs
    assert one.does("send hello") == ["process", "hello"]
    assert two.does("send hi") == ["process", "hello", "hi"]
    one.dies()
    assert two.does("send alone") == ["process", "hello", "hi", "alone"]
