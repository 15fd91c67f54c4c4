"""Two people's programs in one conversation, over a real hub."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from kit.hosted import Hosted
from kit.hubs import guest
from kit.processes import wait_until

from nbchat import Client, HubError, Message, MessageFailed, NbchatError, SessionClosed, Timeout, WrongKey
from nbchat.client import engine, pacing
from nbchat.hub import typers
from nbchat.protocol.limits import HubLimits

from .conftest import Join


def text(wanted: str) -> Any:
    return lambda message: message.text == wanted


def test_a_message_is_sent_received_and_in_the_history(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = ada.send("hello")
    assert sent.text == "hello"
    got = grace.wait_for(text("hello"), timeout=60, since=0)
    assert (got.author, got.via, got.conversation) == (ada.me, "bot", ada.conversation_id)
    sent.wait("sent", timeout=60)
    assert sent.seq == got.seq
    assert [m.text for m in grace.history()] == ["hello"]
    assert grace.messages == [sent]


def test_send_returns_at_once_and_its_status_follows(join: Join) -> None:
    ada = join()
    message = ada.send("hello")
    assert message.status in ("pending", "sent")
    assert message.wait("sent", timeout=60) is message
    assert message.status == "sent"
    assert "'hello' (sent)" in repr(message)


def test_more_sends_in_a_loop_than_a_burst_arrive_in_order(join: Join) -> None:
    """Above the burst of 200 the link waits by itself; nothing is refused and nothing overtakes."""
    many = HubLimits().session_send.burst + 30
    ada, grace = join(), join(name="Grace")
    got: list[str] = []
    grace.on_message(lambda message: got.append(message.text))
    sent = [ada.send(f"line {number}") for number in range(many)]
    sent[-1].wait("sent", timeout=60)
    wait_until(lambda: len(got) >= many, what="all messages at Grace's")
    assert got == [f"line {number}" for number in range(many)]
    assert {message.status for message in sent} == {"sent"}


def test_threads_may_send_at_the_same_time(join: Join) -> None:
    ada = join()
    threads = [threading.Thread(target=lambda who=who: [ada.send(f"{who}:{n}") for n in range(20)]) for who in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: len(ada.history(200)) == 80, what="80 messages")
    for who in "abcd":
        assert [m.text for m in ada.history(200) if m.text[0] == who] == [f"{who}:{n}" for n in range(20)]


def test_history_is_paged_behind_the_scenes(join: Join) -> None:
    ada = join()
    sent = [ada.send(str(number)) for number in range(205)]
    sent[-1].wait("sent", timeout=60)
    assert [m.text for m in ada.history(limit=1_000)] == [str(number) for number in range(205)]
    newest = ada.history(limit=3)
    assert [m.text for m in newest] == ["202", "203", "204"]
    assert [m.text for m in ada.history(limit=2, before=newest[0])] == ["200", "201"]


def test_a_history_of_the_heaviest_messages_fits_the_frames(join: Join) -> None:
    """A control character takes six bytes as JSON: without a limit a page of 160 such messages has 9.6 MB."""
    ada = join()
    sent = [ada.send("\x01" * 10_000) for _ in range(160)]
    sent[-1].wait("sent", timeout=60)
    assert [m.seq for m in join(name="Grace").history(200)] == [m.seq for m in sent]


def test_half_a_character_is_told(join: Join) -> None:
    with pytest.raises(ValueError, match="half of a character at 3"):
        join().send("hi \ud83d")


@pytest.mark.parametrize("thing", [3, None, b"bytes", ["a"], {"a": 1}])
def test_anything_but_text_is_told_what_works(join: Join, thing: Any) -> None:
    with pytest.raises(TypeError, match=rf"takes text.*not {type(thing).__name__}.*str\(x\)"):
        join().send(thing)


def test_empty_and_too_long_text_is_refused_and_nothing_is_stored(join: Join) -> None:
    ada = join()
    with pytest.raises(ValueError, match="needs some text"):
        ada.send("  \n")
    with pytest.raises(ValueError, match="10001 characters; 10000 is the most"):
        ada.send("x" * 10_001)
    ada.send("x" * 10_000).wait("sent", timeout=60)
    assert [len(m.text) for m in ada.history()] == [10_000]


def test_handlers_hear_others_and_the_same_person_elsewhere_but_not_this_session(join: Join) -> None:
    here, elsewhere, grace = join(), join(), join(name="Grace")
    heard: list[str] = []

    @here.on_message
    def listen(message: Message) -> None:
        heard.append(message.text)

    here.send("from here").wait("sent", timeout=60)
    elsewhere.send("from elsewhere").wait("sent", timeout=60)
    grace.send("from Grace").wait("sent", timeout=60)
    wait_until(lambda: len(heard) == 2, what="two messages")
    assert heard == ["from elsewhere", "from Grace"]


def test_a_handler_may_answer_and_ask_for_history(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    grace.on_message(lambda message: grace.send(f"{len(grace.history())} so far"))
    ada.send("how many?")
    assert ada.wait_for(lambda m: "so far" in m.text, timeout=60).text == "1 so far"


def test_a_coroutine_handler_is_awaited_before_the_next_message(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    steps: list[str] = []
    done = threading.Event()

    async def slow(message: Message) -> None:
        steps.append(f"begin {message.text}")
        await asyncio.sleep(0)
        steps.append(f"end {message.text}")
        if message.text == "two":
            done.set()

    grace.on_message(slow)
    ada.send("one")
    ada.send("two")
    assert done.wait(5)
    assert steps == ["begin one", "end one", "begin two", "end two"]


def test_a_failing_handler_is_shown_once_and_the_client_lives(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    ada, grace = join(), join(name="Grace")
    heard: list[str] = []

    @grace.on_message
    def fragile(message: Message) -> None:
        heard.append(message.text)
        raise RuntimeError("broken handler")

    for word in ("one", "two", "three"):
        ada.send(word)
    wait_until(lambda: len(heard) == 3, what="three messages")
    grace.send("still alive").wait("sent", timeout=60)
    shown = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(shown) == 1
    assert "fragile" in shown[0].getMessage()


def test_since_gives_the_backlog_first_and_nothing_twice(join: Join) -> None:
    ada = join()
    first = ada.send("one").wait("sent", timeout=60)
    ada.send("two").wait("sent", timeout=60)
    grace = join(name="Grace")
    heard: list[str] = []
    grace.on_message(since=first)(lambda message: heard.append(message.text))
    ada.send("three")
    wait_until(lambda: "three" in heard, what="the newest message")
    assert heard == ["two", "three"]


def test_without_since_there_is_no_backlog(join: Join) -> None:
    ada = join()
    ada.send("before").wait("sent", timeout=60)
    grace = join(name="Grace")
    heard: list[str] = []
    grace.on_message(lambda message: heard.append(message.text))
    ada.send("after")
    wait_until(lambda: heard, what="a message")
    assert heard == ["after"]


def test_waiting_in_vain_is_a_timeout(join: Join) -> None:
    with pytest.raises(TimeoutError, match="No message that fits"):
        join().wait_for(lambda m: True, timeout=0.05)
    with pytest.raises(Timeout):
        join().wait_for(lambda m: True, timeout=0)


def test_closing_ends_every_wait(join: Join) -> None:
    ada = join()
    seen: list[BaseException] = []
    waiting = threading.Event()

    def wait() -> None:
        waiting.set()
        try:
            ada.wait_for(lambda m: True)
        except SessionClosed as error:
            seen.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    waiting.wait(60)
    ada.close()
    thread.join(60)
    assert len(seen) == 1
    with pytest.raises(SessionClosed, match="was closed"):
        ada.send("too late")


async def test_a_stream_in_the_callers_loop(join: Join) -> None:
    ada = await asyncio.to_thread(join)
    grace = await asyncio.to_thread(join, name="Grace")
    stream = grace.stream()
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)  # the stream listens from its first step on
    ada.send("one")
    ada.send("two")
    assert [(await first).text, (await anext(stream)).text] == ["one", "two"]
    await asyncio.to_thread(grace.close)
    assert [message async for message in stream] == []


def test_typing_shows_for_as_long_as_the_block_runs(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than the hub remembers a typer that says nothing more, who says it again and again."""
    monkeypatch.setattr(typers, "TYPING_LOST", 1.0)
    monkeypatch.setattr(pacing, "TYPING_EVERY", 0.2)
    monkeypatch.setattr(engine, "TYPING_SECONDS", 0.1)
    ada, grace = join(), join(name="Grace")
    link, struck = ada._engine.link, [0]
    strike = link.typing

    def counted(conversation: str, active: bool, now: float) -> None:
        struck[0] += 1
        strike(conversation, active, now)

    monkeypatch.setattr(link, "typing", counted)
    with ada.typing_indicator():
        wait_until(lambda: grace.typing == [ada.me], what="Ada typing")
        wait_until(lambda: struck[0] > 12 or not grace.typing, what="more strikes than the hub waits for")
        assert grace.typing == [ada.me]
    wait_until(lambda: not grace.typing, what="Ada not typing")


def test_unread_rises_and_is_cleared_on_all_devices(join: Join) -> None:
    ada, grace, also_grace = join(), join(name="Grace"), join(name="Grace")
    ada.send("one")
    ada.send("two")
    wait_until(lambda: grace.unread == also_grace.unread == 2, what="two unread")
    grace.mark_read()
    wait_until(lambda: grace.unread == also_grace.unread == 0, what="none unread")


def test_what_was_read_just_before_the_end_is_told(join: Join) -> None:
    ada, grace, also_grace = join(), join(name="Grace"), join(name="Grace")
    for text in ("one", "two"):
        ada.send(text)
        wait_until(lambda: grace.unread == 1, what="one unread")
        grace.mark_read()
    grace.close()  # the second marker would have waited for its second
    wait_until(lambda: also_grace.unread == 0, what="none unread on the other device")


def test_a_direct_conversation_has_its_two_people(join: Join) -> None:
    join(name="Grace")
    ada = join(None)
    [grace] = ada.people("Grace")
    ada.open(f"@{grace.id}")
    assert ada.members == sorted([ada.me, grace], key=lambda person: person.name.casefold())


def test_a_group_is_made_opened_and_left(join: Join) -> None:
    grace, ada = join(None, name="Grace"), join(None)
    group = ada.create_group("Compilers", [grace.me])
    assert (group.kind, group.title, group.members) == ("group", "Compilers", 2)
    ada.open(id=group.id)
    ada.send("welcome").wait("sent", timeout=60)
    wait_until(lambda: group.id in [row.id for row in grace.conversations], what="the group at Grace's")
    with pytest.raises(HubError) as refused:
        ada.leave()
    assert refused.value.code == "last_owner"
    ada.set_role(grace.me, "owner")
    ada.leave()
    wait_until(lambda: group.id not in [row.id for row in ada.conversations], what="the group gone")


def test_without_a_conversation_handlers_hear_all_of_ones_own(join: Join) -> None:
    grace, ada = join(None, name="Grace"), join(None)
    heard: list[str] = []
    grace.on_message(lambda message: heard.append(message.text))
    ada.open(f"@{grace.me.id}")
    ada.send("psst")
    wait_until(lambda: heard, what="the direct message")
    group = ada.create_group("Compilers", [grace.me])
    ada.open(id=group.id)
    ada.send("hello group")
    wait_until(lambda: len(heard) == 2, what="the group's message")
    assert heard == ["psst", "hello group"]


def test_channels_are_found_and_joined(join: Join) -> None:
    join("help-desk")
    grace = join(None, name="Grace")
    assert [channel.handle for channel in grace.channels("help")] == ["help-desk"]
    assert grace.join("help-desk").joined
    with pytest.raises(HubError, match="unknown_conversation"):
        grace.join("no-such-channel")


def test_a_new_name_holds_everywhere(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    message = ada.send("who am I?").wait("sent", timeout=60)
    ada.rename("Countess Lovelace")
    wait_until(lambda: "Countess Lovelace" in [who.name for who in grace.members], what="the new name")
    assert (ada.me.name, message.author.name) == ("Countess Lovelace", "Countess Lovelace")


def test_a_refused_message_fails_says_why_and_may_be_tried_again(join: Join) -> None:
    join()
    grace = join(name="Grace")
    grace.leave()
    message = grace.send("from outside")
    with pytest.raises(MessageFailed, match=r"not a member of “ml-team”\. Join it first\. \(not_member\)") as error:
        message.wait("sent", timeout=60)
    assert error.value.message is message
    assert (message.status, message.error) == ("failed", error.value.text)
    grace.send("refused as well")
    grace.join("ml-team")
    message.retry()
    message.wait("sent", timeout=60)
    assert message.status == "sent"


def test_what_can_be_waited_for_is_told(join: Join) -> None:
    message = join().send("hello")
    with pytest.raises(ValueError, match="'failed'; choose one of sent, delivered, read"):
        message.wait("failed")


def test_a_handler_that_a_cell_defines_again_takes_the_place_of_the_old(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    heard: list[str] = []

    def in_a_cell(version: str) -> Any:
        def answer(message: Message) -> None:
            heard.append(f"{version}: {message.text}")

        answer.__module__, answer.__qualname__ = "__main__", "answer"
        return answer

    grace.on_message(in_a_cell("old"))
    grace.on_message(in_a_cell("new"))
    last = threading.Event()
    grace.on_message(lambda message: last.set())
    ada.send("hello")
    assert last.wait(5)
    assert heard == ["new: hello"]


def test_sending_without_a_conversation_says_how_to_open_one(join: Join) -> None:
    with pytest.raises(NbchatError, match=r"\.open\('ml-team'\)"):
        join(None).send("to whom?")


def test_an_unknown_id_is_an_error(join: Join) -> None:
    with pytest.raises(HubError, match="There is no conversation “no-such-id-”"):
        join(None, id="no-such-id-")


def test_it_says_what_it_is(join: Join) -> None:
    client = join(name="Grace")
    assert repr(client) == "<nbchat.Client 'ml-team' as Grace, connected>"
    client.close()
    assert repr(client).endswith("closed>")


def test_a_guest_hears_from_the_hub_why_it_is_not_let_in(hub: Hosted) -> None:
    with pytest.raises(WrongKey, match="does not say who you are: give a name"):
        Client(hub=hub.url, token=hub.token)
    owner = Client(hub=hub.url)
    name = owner.me.name
    owner.close()
    with pytest.raises(WrongKey, match=f"“{name}” cannot be used as a name: it belongs to {name}"):
        Client(**guest(hub, name))
