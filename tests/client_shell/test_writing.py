"""Messages that are written while others look, over a real hub."""

from __future__ import annotations

import pytest
from kit.processes import wait_until

from nbchat import Client

from .conftest import Join


def growing(client: Client) -> list[str]:
    """What is being written, as this client sees it."""
    with client._engine.reading() as state:
        return [one.text for one in state.conversations[client.conversation_id].growing.values()]


def test_others_see_it_grow_and_the_end_is_stored_once(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    with ada.streaming() as out:
        out.write("The seed")
        wait_until(lambda: [one.text for one in grace.messages] == ["The seed"], what="the first words")
        out.write(" is")
        wait_until(lambda: growing(grace) == ["The seed is"], what="what was written so far")
        late = join(name="Linus")
        wait_until(lambda: growing(late) == ["The seed is"], what="the same for who comes later")
        for word in (" 42", ", as", " always", "."):
            out.write(word)
    message = out.message
    assert message is not None
    assert out.text == "The seed is 42, as always."
    wait_until(lambda: [one.text for one in grace.messages] == [out.text], what="the whole")
    assert growing(grace) == []
    assert grace.messages[0].edited is None
    assert [version.text for version in message.versions()] == [out.text]
    assert [one.text for one in ada.history()] == [out.text]
    with pytest.raises(ValueError, match="finished"):
        out.write("more")


def test_a_short_one_is_a_plain_message_and_nothing_is_nothing(join: Join) -> None:
    ada = join()
    with ada.streaming() as out:
        pass
    assert out.message is None
    with ada.streaming() as out:
        out.write("all at once")
    assert [one.text for one in ada.history()] == ["all at once"]


def test_a_writer_that_dies_leaves_what_it_was_given(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    out = ada.streaming()
    out.write("half of")
    wait_until(lambda: len(grace.messages) == 1, what="the first words")
    out.write(" it")
    wait_until(lambda: growing(grace) == ["half of it"], what="the second piece")
    ada.close()
    wait_until(lambda: [one.text for one in grace.messages] == ["half of it"], what="what was there, stored")


def test_too_much_is_told_before_it_is_sent(join: Join) -> None:
    with join().streaming() as out:
        out.write("x" * 9_999)
        with pytest.raises(ValueError, match="at most 10000"):
            out.write("yz")
        assert out.write("y") == 1
