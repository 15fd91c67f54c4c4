"""The same chat over HTTP requests: numbers, repeats, closes, and what the hub makes of a client that is silent."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest
from hypothesis import given, strategies as st
from kit.polls import PollLine, Waited, until
from kit.web import Visitor

from nbchat.hub.outbound import PING_FRAME, text_frame
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HubLimits
from nbchat.server import polled
from nbchat.server.polled import payloads
from nbchat.server.standalone import Served
from server.conftest import Serve, guest, owner


@pytest.fixture
async def served(start: Serve) -> Served:
    return start()


async def greeted(visitor: Visitor) -> PollLine:
    line = await PollLine.opens(visitor)
    await line.says(wire.Hello(ref=1))
    await line.sees(wire.Welcome)
    return line


async def in_a_room(visitor: Visitor) -> tuple[PollLine, str]:
    line = await greeted(visitor)
    await line.says(wire.Open(ref=2, name="room"))
    return line, (await line.sees(wire.Opened)).conversation


def post(room: str, number: int) -> wire.Post:
    return wire.Post(ref=100 + number, conversation=room, key=f"key-{number:08}", text=f"text {number}")


# ----------------------------------------------------------------------------------------------------------- the frames


@given(st.lists(st.none() | st.sampled_from([0, 1, 125, 126, 127, 65535, 65536]).map(lambda size: b"x" * size)))
def test_whole_frames_are_taken_apart_as_they_were_put_together(sent: list[bytes | None]) -> None:
    written = b"".join(PING_FRAME if one is None else text_frame(one) for one in sent)
    assert list(payloads(written)) == [one for one in sent if one is not None]


async def test_people_with_and_without_a_socket_write_to_each_other(served: Served) -> None:
    ada, room = await in_a_room(owner(served))
    bob = await (await guest(served, "Bob")).connects()
    await bob.says(wire.Hello(ref=1))
    await bob.says(wire.Open(ref=2, name="room"))
    await bob.sees(wire.Opened)
    await ada.says(post(room, 1))
    assert (await bob.sees(wire.Posted)).text == "text 1"
    assert (await ada.sees(wire.Accepted)).ref == 101
    await bob.says(post(room, 2))
    assert (await ada.sees(wire.Posted)).text == "text 2"


async def test_a_browser_comes_with_its_cookies(served: Served) -> None:
    line, room = await in_a_room(await guest(served, "Bob"))
    await line.says(post(room, 1))
    assert (await line.sees(wire.Posted)).author != "ada"


async def test_an_answer_that_was_lost_is_given_again(served: Served) -> None:
    ada = await PollLine.opens(owner(served))
    await ada.says(wire.Hello(ref=1))
    first, again = await ada.waits(), await ada.waits()
    assert first == again
    assert "welcome" in first.frames[0]
    ada.got = first.next
    await ada.says(wire.Ping(ref=2))
    assert (await ada.waits()).frames == ['[{"t":"pong","ref":2}]']


async def test_who_asks_again_and_again_for_the_same_waits_for_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polled, "PACE_SECONDS", 0.0)
    monkeypatch.setattr(polled, "REPEAT_SECONDS", 60.0)
    ada = await PollLine.opens(owner(served))
    await ada.says(wire.Hello(ref=1))
    first = await ada.waits()
    again = asyncio.create_task(ada.waits())
    await ada.says(wire.Ping(ref=2))
    assert (await ada.waits(after=first.next)).frames == ['[{"t":"pong","ref":2}]'], "who goes on does not wait"
    assert await again == Waited(next=0, closed=None, frames=[]), "the other one was answered before that"


async def test_what_was_sent_twice_is_taken_once(served: Served) -> None:
    ada, room = await in_a_room(owner(served))
    before = ada.sent
    await ada.says(post(room, 1))
    for _ in range(2):
        ada.sent = before
        await ada.says(post(room, 1))
    await ada.says(post(room, 2))
    assert [(await ada.sees(wire.Accepted)).ref for _ in range(2)] == [101, 102]


async def test_a_repeat_that_brings_more_brings_only_that(served: Served) -> None:
    ada = await greeted(owner(served))
    await ada.sends('{"t":"ping","ref":2}')
    ada.sent -= 1
    await ada.sends('{"t":"ping","ref":2}', '{"t":"ping","ref":3}')
    assert [(await ada.sees(wire.Pong)).ref for _ in range(2)] == [2, 3]


async def test_a_gap_ends_the_connection(served: Served) -> None:
    ada = await greeted(owner(served))
    ada.sent += 1
    answer = await ada.asks(t="send", first=ada.sent + 1, frames=['{"t":"ping","ref":2}'])
    assert (answer.status, answer.json["code"]) == (400, "malformed")
    assert (await ada.asks(t="wait", after=ada.got)).status == 410
    assert served.hub.runner.connections == 0


@pytest.mark.parametrize("step", [1, -1])
async def test_a_number_that_cannot_be_waited_for_says_so_and_ends_nothing(served: Served, step: int) -> None:
    """It may be an old request that a proxy has repeated."""
    ada = await greeted(owner(served))
    await ada.says(wire.Ping(ref=2))
    await ada.sees(wire.Pong)
    await ada.says(wire.Ping(ref=3))
    await ada.sees(wire.Pong)  # acknowledges the first
    answer = await ada.asks(t="wait", after=ada.got + (1 if step > 0 else -2))
    assert (answer.status, answer.json["code"]) == (410, "gone")
    await ada.says(wire.Ping(ref=4))
    assert (await ada.sees(wire.Pong)).ref == 4


async def test_a_second_wait_takes_the_place_of_the_first(served: Served) -> None:
    ada = await greeted(owner(served))
    first = asyncio.ensure_future(ada.waits())
    second = asyncio.ensure_future(ada.waits())
    empty = await (await asyncio.wait([first, second], return_when="FIRST_COMPLETED"))[0].pop()
    assert (empty.next, empty.closed, empty.frames) == (ada.got, None, [])
    await ada.says(wire.Ping(ref=2))
    waited = await asyncio.gather(first, second)
    assert [one.frames for one in waited if one.frames] == [['[{"t":"pong","ref":2}]']]


async def test_what_comes_together_is_one_answer(served: Served) -> None:
    ada = await greeted(owner(served))
    await ada.sends(*(f'{{"t":"ping","ref":{number}}}' for number in range(2, 30)))
    assert len((await ada.waits()).frames) == 28


async def test_a_long_answer_comes_in_parts(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled, "ANSWER_BYTES", 40)
    ada = await greeted(owner(served))
    await ada.sends(*(f'{{"t":"ping","ref":{number}}}' for number in range(2, 5)))
    part = await ada.waits()
    assert len(part.frames) == 1
    assert [(await ada.sees(wire.Pong)).ref for _ in range(3)] == [2, 3, 4]


async def test_nothing_new_is_an_empty_answer_in_time(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled, "WAIT_SECONDS", 0.05)
    ada = await greeted(owner(served))
    assert (await ada.waits()).frames == []
    await ada.says(wire.Ping(ref=2))
    assert (await ada.sees(wire.Pong)).ref == 2


# ------------------------------------------------------------------------------------------------------------- the end


async def test_who_says_goodbye_is_gone_at_once(served: Served) -> None:
    ada = await greeted(owner(served))
    waiting = asyncio.ensure_future(ada.asks(t="wait", after=ada.got))
    await ada.says(wire.Ping(ref=2))
    await waiting
    waiting = asyncio.ensure_future(ada.asks(t="wait", after=ada.got + 1))
    answer = await ada.asks(t="close", code=1000)
    assert (answer.status, answer.json) == (200, {})
    assert served.hub.runner.connections == len(served.hub.polls) == 0
    assert (await waiting).status == 410
    assert (await ada.asks(t="send", first=ada.sent + 1, frames=[])).status == 410


async def test_who_does_not_come_back_is_gone(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await greeted(owner(served))
    await ada.says(wire.Ping(ref=2))
    monkeypatch.setattr(polled, "GAP_SECONDS", 0.0)
    await ada.waits()
    await until(lambda: not served.hub.runner.connections)
    assert (await ada.asks(t="wait", after=ada.got)).status == 410


async def test_a_wait_that_breaks_off_is_noticed(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled, "BROKEN_SECONDS", 0.05)
    ada = await greeted(owner(served))
    body = f'{{"t":"wait","id":"{ada.id}","after":{ada.got}}}'
    _, writer = await asyncio.open_connection("127.0.0.1", served.port)
    head = f"POST /nbchat/poll HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Nbchat-Key: {served.hub.keys.client}\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    peer = served.hub.polls.find(ada.id, "ada")
    assert peer is not None
    await until(lambda: peer._waiter)
    writer.transport.abort()
    await until(lambda: not served.hub.runner.connections)
    assert len(served.hub.polls) == 0


async def signed_out(served: Served) -> PollLine:
    line = await greeted(owner(served))
    peer = served.hub.polls.find(line.id, "ada")
    assert peer is not None
    served.hub.runner.sign_out([peer.connection])
    return line


async def test_the_code_of_a_close_can_be_asked_for_again(served: Served) -> None:
    ada = await signed_out(served)
    assert await ada.closed() == 4001
    await ada.sends('{"t":"ping","ref":2}')  # nobody hears it, and nothing breaks
    assert await ada.closed() == 4001


async def test_after_some_seconds_nothing_is_known_of_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled, "GOODBYE_SECONDS", 0.0)
    ada = await signed_out(served)
    await until(lambda: not served.hub.polls.find(ada.id, "ada"))
    assert (await ada.asks(t="wait", after=ada.got)).status == 410


async def test_a_hub_that_stops_says_goodbye(start: Serve) -> None:
    served = start()
    ada = await greeted(owner(served))
    waiting = asyncio.ensure_future(ada.waits())
    peer = served.hub.polls.find(ada.id, "ada")
    assert peer is not None
    await until(lambda: peer._waiter)
    await served.stop()
    waited = await waiting
    assert waited.closed == 1001
    assert '"bye"' in waited.frames[-1]


async def test_who_does_not_acknowledge_is_a_slow_reader(start: Serve) -> None:
    served = start(limits=HubLimits(queue_bytes=2_000))
    ada, room = await in_a_room(owner(served))
    bob = await (await guest(served, "Bob")).connects()
    await bob.says(wire.Hello(ref=1))
    await bob.says(wire.Open(ref=2, name="room"))
    await bob.sees(wire.Opened)
    for number in range(20):
        await bob.says(wire.Post(ref=9, conversation=room, key=f"key-{number:08}", text="x" * 500))
        while (await bob.sees(wire.Posted)).key != f"key-{number:08}":
            pass
    assert await ada.closed() == 4002


async def test_silence_is_broken_by_heartbeats_and_no_ping_is_a_frame(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await greeted(owner(served))
    peer = served.hub.polls.find(ada.id, "ada")
    assert peer is not None
    peer.write(PING_FRAME + text_frame(b"[]"))
    assert (await ada.waits()).frames == ["[]"]


async def test_the_hub_that_fails_on_a_frame_closes(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await greeted(owner(served))
    caplog.set_level(logging.CRITICAL)

    def fails(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(served.hub.runner, "receive", fails)
    await ada.sends('{"t":"ping","ref":2}')
    assert await ada.closed() == 4007


async def test_metrics_tell_the_ways_apart(served: Served) -> None:
    await greeted(owner(served))
    await owner(served).connects()
    answer = await Visitor(served.url.removesuffix("nbchat/"), owner(served).headers).get("metrics")
    found = dict(re.findall(r'nbchat_ways\{way="(\w+)"\} (\d)', answer.body.decode()))
    assert found == {"websocket": "1", "http": "1"}
