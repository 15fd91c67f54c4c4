"""Programs without a server: the first hosts the hub, others join it, and one of them takes over when it dies."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kit.hubs import script_env

PROGRAM = """
import sys
from nbchat import Client
client = Client("ml-team")
for line in sys.stdin:
    match line.split():
        case ["send", word]: client.send(word).wait("sent", timeout=60)
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


NOTICE = (
    "nbchat: no hub was found, so one was started here. The hub runs inside a process of yours; other people cannot "
    "reach it. (`nbchat doctor` says more.)\n"
)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("from nbchat import ChatSession; ChatSession('solo').send('kept'); ChatSession('duo')", (NOTICE, "")),
        ("from nbchat import Client; Client('solo').send('kept').wait('sent')", ("", "")),
        (
            "import sys; from nbchat import Client; chat = Client('solo'); chat.send('kept'); sys.exit('over')",
            ("", "over\n"),
        ),
    ],
)
def test_a_program_that_ends_stores_its_message_and_closes_the_database(
    folders: Path, program: str, said: tuple[str, str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", program], env=script_env(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.stdout, ended.stderr) == said
    data = folders / "data" / "nbchat"
    assert sorted(path.name for path in data.glob("hub.sqlite3*")) == ["hub.sqlite3"], "its journal is left"
    with closing(sqlite3.connect(data / "hub.sqlite3")) as database:
        found = database.execute("SELECT json_extract(payload, '$.text') FROM event WHERE key IS NOT NULL").fetchall()
        assert found == [("kept",)]
