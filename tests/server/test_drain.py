"""SIGTERM under load, with real processes and clients: a goodbye, everybody back, nothing lost, no error.

That a hub in Jupyter says goodbye, too, test_jupyter.py has.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest
from kit.processes import PATIENCE
from kit.servers import Server, serve
from kit.web import Visitor, hang_up_all

from nbchat import Client, Message
from nbchat.protocol.messages import Bye, Hello, Welcome

PEOPLE = 5
pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serve(tmp_path, more=("--debug",)) as running:
        yield running


def test_a_hub_that_is_replaced_under_load_loses_nothing(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    over = Event()
    with ExitStack() as stack:
        people = [
            stack.enter_context(Client("room", hub=server.url, token=server.token, name=f"P{n}")) for n in range(PEOPLE)
        ]
        threads = stack.enter_context(ThreadPoolExecutor(PEOPLE))
        stack.callback(over.set)

        def writes(who: Client) -> list[str]:
            sent: list[Message] = []
            while not over.is_set():
                sent.append(who.send(f"{who.me.name} {len(sent)}"))
                sent[-1].wait("sent", timeout=90)
            return [message.text for message in sent]

        first = people[0].send("first")
        writing = [threads.submit(writes, who) for who in people]
        first.wait("sent", timeout=60)
        for _ in range(2):
            server.restart()
        people[0].send("last").wait("sent", timeout=60)
        over.set()
        texts = ["first", "last", *(text for writer in writing for text in writer.result())]
        histories = [[message.text for message in who.history(len(texts) + 10)] for who in people]
    assert Counter(histories[0]) == Counter(texts)
    assert all(history == histories[0] for history in histories)
    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING] == []
    log = server.log.read_text()
    assert log.count("Stopping.") == 2
    assert not any(word in log for word in ("Traceback", "WARNING", "ERROR"))


async def test_the_more_are_there_the_longer_they_are_spread(server: Server) -> None:
    """The announced span grows with the crowd; that clients take a random moment in it is a vector of the link."""
    crowd = []
    for n in range(300):
        name = {"Authorization": f"token {server.token}", "X-Nbchat-Name": f"P{n % 5}"}
        line = await Visitor(f"{server.url}nbchat/", name).connects()
        await line.says(Hello(ref=1, kind="session"))
        await line.sees(Welcome)
        crowd.append(line)
    server._running().send_signal(signal.SIGTERM)
    spans = {(await line.sees(Bye)).retry_after for line in crowd}
    assert spans == {300 / 250}
    assert {await line.closed() for line in crowd} == {1001}
    assert await asyncio.to_thread(server._running().wait, PATIENCE) == 0
    await hang_up_all()
