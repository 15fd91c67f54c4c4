"""Somebody else answers where a client's hub was, if only for a moment: another hub, or its own with another person."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from kit.processes import wait_until
from vectors.shapes import welcome

from nbchat import Client, Message
from nbchat.client.outputs import Transmit
from nbchat.client.transport import Closed
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


class LetGo:
    """A lock; where it is let go of for the first time, another thread does something before anybody goes on."""

    def __init__(self, lock: Any, then: Callable[[], object]) -> None:
        self._lock, self._then = lock, threading.Thread(target=then)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *ended: object) -> None:
        self._lock.release()
        if self._then.ident is None:
            self._then.start()
            self._then.join()


def test_what_is_written_in_the_moment_of_a_welcome_is_kept_for_who_sends_it(join: Join) -> None:
    ada, eve = join(), Person("eve", "Eve")
    engine, store = ada._engine, ada._engine.link.state.store
    lock, written, found = engine.drive._lock, list[Message](), list[Any]()

    def answers(ref: int) -> None:
        engine.drive._received(codec.encode_frame([welcome(ref, me=eve, store=store)]).decode())

    def changes() -> None:
        engine.drive._drop()
        engine.link.disconnected(None, 0.0)
        engine.link.retry_now(0.0)
        engine.link.connected(0.0)
        answers(0)  # it is somebody else, so the link forgets all, and says hello again
        engine.link.connected(0.0)
        [hello] = [codec.decode_command(one.data) for one in engine.link.take() if isinstance(one, Transmit)]
        engine.drive._lock = LetGo(lock, lambda: written.append(ada.send("by whom?")))  # type: ignore[assignment]
        answers(hello.ref)
        engine.drive._lock = lock
        kept = [entry.key for entry in engine.keeping.entries]
        found.append((engine.keeping.whose, kept, [one.key for one in engine.link.pending()], written[0].status))
        engine.drive._closed(Closed(None, "that was all"))

    engine.drive.soon(changes)
    wait_until(lambda: found, what="the change")
    [message] = written
    assert found == [((store, "eve"), [message.key], [message.key], "pending")], "and nobody is told that it has failed"


@pytest.mark.parametrize(
    ("other", "words"),
    [({"store": "another"}, "is another one now"), ({"me": Person("eve", "Eve")}, "takes this client for Eve now")],
    ids=["hub", "person"],
)
def test_what_waited_fails_in_true_words_where_somebody_else_is_let_in_and_goes_out_as_its_own(
    join: Join, other: dict[str, object], words: str
) -> None:
    ada, grace = join(), join(name="Grace")
    engine, here = ada._engine, {"me": ada.me, "store": ada._engine.link.state.store, **other}
    written, failed = list[Message](), list[str | None]()

    def answers(ref: int) -> None:
        engine.drive._received(codec.encode_frame([welcome(ref, **here)]).decode())

    def changes() -> None:
        engine.drive._drop()
        engine.link.disconnected(None, 0.0)
        written.append(ada.send("by Ada"))
        engine.link.retry_now(0.0)
        engine.link.connected(0.0)
        answers(0)  # so the link forgets all, and says hello again
        engine.link.connected(0.0)
        [hello] = [codec.decode_command(one.data) for one in engine.link.take() if isinstance(one, Transmit)]
        answers(hello.ref)
        failed.append(written[0].error)
        engine.drive._closed(Closed(None, "that was all"))

    engine.drive.soon(changes)
    wait_until(lambda: failed, what="the change")
    assert words in (failed[0] or "")
    grace.wait_for(lambda message: message.text == "by Ada", timeout=60, since=0)
    assert [(message.author.name, message.text) for message in grace.history()] == [("Ada", "by Ada")]
