"""The bus inside one process: what its log says of a hub that fails."""

from __future__ import annotations

import pytest

from nbchat.bus.local import LocalBus, LocalExchange
from nbchat.hub.ports import Note, OwnNews, OwnNote
from nbchat.protocol.messages import OwnRow

DRAFT = "not said yet"


def test_a_hub_that_fails_is_told_without_what_people_write(caplog: pytest.LogCaptureFixture) -> None:
    exchange, heard = LocalExchange(), list[Note]()
    one, failing, other = (LocalBus(exchange) for _ in range(3))

    def fails(_: Note) -> None:
        raise RuntimeError("it cannot")

    for bus, listener in ((one, heard.append), (failing, fails), (other, heard.append)):
        bus.start(listener)
    note = OwnNote(OwnNews("ada", OwnRow("draft:c1", DRAFT, v=1, unread=None), as_of=1))
    one.publish(note)
    assert heard == [note]
    assert "a hub could not take a note (OwnNote)" in caplog.text
    assert DRAFT not in caplog.text
