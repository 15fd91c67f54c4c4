"""Somebody else answers where a client's hub was, if only for a moment: another hub, or its own with another person."""

from __future__ import annotations

import pytest
from kit.processes import wait_until
from vectors.shapes import welcome

from nbchat import Client, Message
from nbchat.protocol import codec
from nbchat.protocol.messages import Person

from .conftest import Join


def says(client: Client, **other: object) -> str:
    """A frame of a hub that takes this client for who they are, but for this."""
    state = client._engine.link.state
    return codec.encode_frame([welcome(0, **{"me": state.me, "store": state.store, **other})]).decode()


def writes_while_somebody_else_answers(client: Client, frame: str) -> Message:
    """The connection breaks; a message is written; who answers the next attempt says this, and is then gone."""
    engine, written = client._engine, list[Message]()

    def answered() -> None:
        with engine.lock:
            engine.drive._drop()
            engine.link.disconnected(None, 0.0)
            written.append(client.send("for its own hub"))
            engine.link.retry_now(0.0)
            engine.link.connected(0.0)
        engine.drive._received(frame)

    engine.drive.soon(answered)
    wait_until(lambda: written, what="the message")
    return written[0]


@pytest.mark.parametrize("other", [{"store": "another"}, {"me": Person("eve", "Eve")}], ids=["hub", "person"])
def test_what_waits_goes_out_and_is_offered_again_once_it_is_the_own_hub_again(
    join: Join, other: dict[str, object]
) -> None:
    ada, grace = join(), join(name="Grace")
    ada.command("deploy", help="puts a version on the test server")(lambda call: "done")
    waiting = writes_while_somebody_else_answers(ada, says(ada, **other))
    waiting.wait("sent", timeout=60)
    assert [message.text for message in grace.history()] == ["for its own hub"]

    def offered() -> list[str]:
        with grace._engine.reading() as state:
            return [one.name for one in state.conversations[grace.conversation_id].commands]

    wait_until(lambda: offered() == ["deploy"], what="the command")
