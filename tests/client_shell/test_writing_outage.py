"""Messages that are written while the hub goes away and comes back."""

from __future__ import annotations

import pytest
from kit.processes import wait_until
from kit.servers import Server

from .conftest import Join
from .test_writing import growing


@pytest.fixture
def hub(of_process: Server) -> Server:
    """One that can be killed."""
    return of_process


def test_a_hub_that_comes_back_gets_the_whole(hub: Server, join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    with ada.streaming() as out:
        out.write("before")
        wait_until(lambda: len(grace.messages) == 1, what="the first words")
        hub.kill()
        out.write(", meanwhile")
        hub.restart()
        out.write(", after")
        wait_until(lambda: growing(grace) == [out.text], what="the whole on the new connection")
    wait_until(lambda: [one.text for one in grace.messages] == [out.text], what="the whole, stored")


def test_what_the_hub_never_heard_of_waits_as_a_whole(hub: Server, join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbchat.client.writing.END_SECONDS", 0.2)
    ada = join()
    hub.kill()
    wait_until(lambda: ada.connection.state == "reconnecting", what="the loss of the hub")
    with ada.streaming() as out:
        out.write("all")
        out.write(" of it")
    assert out.message is not None
    assert (out.message.text, out.message.status) == ("all of it", "pending")
    hub.restart()
    out.message.wait("sent", timeout=60)
    assert [one.text for one in ada.history()] == ["all of it"]
