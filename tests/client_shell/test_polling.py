"""Clients behind a proxy that lets no WebSocket through: they change over to HTTP by themselves, and back."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import pytest
from kit.firewall import Firewall, Mood, firewall
from kit.hubs import running_hub
from kit.processes import PATIENCE, wait_until
from kit.servers import Server

from nbchat import Client, Message
from nbchat.client import lifeline, polling, spare, ways
from nbchat.protocol.codec import encode_command
from nbchat.protocol.messages import Post
from nbchat.server.polling import BODY_BYTES

from .conftest import Join

MOODS: list[Mood] = ["refuses", "strips", "swallows"]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that swallows frames is found out by the time that a welcome takes, and a hub may be slow here."""
    for module in (lifeline, spare):
        monkeypatch.setattr(module, "HELLO_DEADLINE", 2.0)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all, each in a room of its own: what is asked here is what lies before it."""
    with pytest.MonkeyPatch.context() as patch, running_hub(tmp_path_factory.mktemp("polling"), patch) as server:
        yield server


@pytest.fixture
def room(request: pytest.FixtureRequest) -> str:
    """The test's own."""
    return f"room-{crc32(request.node.name.encode())}"


@pytest.fixture
def wall(hub: Server) -> Iterator[Firewall]:
    with firewall(hub.port) as running:
        yield running


@pytest.fixture
def behind(hub: Server, wall: Firewall, room: str, join: Join) -> Client:
    """Grace, behind the wall."""
    return join(room, hub=f"http://127.0.0.1:{wall.port}/", token=hub.token, name="Grace")


def texts(client: Client) -> list[str]:
    return [message.text for message in client.history(10_000)]


def way(client: Client) -> str:
    return client.connection.via


def test_who_is_behind_a_proxy_comes_over_http(hub: Server, wall: Firewall, room: str, join: Join) -> None:
    """Behind three kinds of them, in one room with somebody who is not."""
    ada = join(room)
    behind = []
    for mood in MOODS:
        wall.mood = mood
        behind.append(join(room, hub=f"http://127.0.0.1:{wall.port}/", token=hub.token, name=mood))
        assert [way(one) for one in (ada, behind[-1])] == ["websocket", "http"]
        assert (behind[-1].connection.state, behind[-1].connection.note) == ("connected", "")
    heard: list[str] = []
    behind[0].on_message(lambda message: heard.append(message.text))
    for number in range(10):
        for one, name in zip((ada, *behind), ("ada", *MOODS), strict=True):
            one.send(f"{name} {number}")
    for one in behind[1:]:
        one.close()  # what is left to say is said first
    wait_until(lambda: len(texts(ada)) == 40, what="all that was sent")
    assert texts(behind[0]) == texts(ada)
    for name in ("ada", *MOODS):
        assert [text for text in texts(ada) if text.startswith(name)] == [f"{name} {number}" for number in range(10)]
    wait_until(lambda: len(heard) == 30, what="all that the others said")
    assert heard == [text for text in texts(ada) if not text.startswith(MOODS[0])]


def test_answers_that_are_cut_lose_nothing_and_double_nothing(
    wall: Firewall, behind: Client, room: str, join: Join
) -> None:
    ada = join(room)
    heard: list[str] = []
    behind.on_message(lambda message: heard.append(message.text))
    wall.breaks = 0.2
    for number in range(30):
        ada.send(f"ada {number}")
        behind.send(f"grace {number}")
    wait_until(lambda: len(texts(ada)) == 60, what="all that was sent")
    wall.breaks = 0.0
    wait_until(lambda: len(heard) >= 30, what="all that Ada said")
    assert heard == [f"ada {number}" for number in range(30)]
    assert [text for text in texts(ada) if text.startswith("grace")] == [f"grace {number}" for number in range(30)]


def test_a_hub_that_dies_is_come_back_to(hub: Server, wall: Firewall, behind: Client, room: str, join: Join) -> None:
    behind.send("before").wait("sent", timeout=PATIENCE)
    hub.kill()
    wait_until(lambda: behind.connection.state == "reconnecting", what="the loss noticed")
    assert way(behind) == ""
    queued = [behind.send(f"queued {number}") for number in range(3)]
    hub.start()
    queued[-1].wait("sent", timeout=PATIENCE)
    assert way(behind) == "http"
    assert texts(join(room)) == ["before", "queued 0", "queued 1", "queued 2"]


def test_a_network_that_changes_is_followed(
    wall: Firewall, hub: Server, room: str, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "TRY_SECONDS", 0.1)
    monkeypatch.setattr(ways, "TRY_SECONDS_MAX", 0.1)
    wall.mood = "lets through"
    grace = join(room, hub=f"http://127.0.0.1:{wall.port}/", token=hub.token, name="Grace")
    grace.send("before").wait("sent", timeout=PATIENCE)
    assert way(grace) == "websocket"
    wall.mood = "strips"
    wall.hang_up()
    grace.send("refused").wait("sent", timeout=PATIENCE)
    wait_until(lambda: way(grace) == "http", what="the other way")
    asked = wall.asked
    wait_until(lambda: wall.asked > asked + 1, what="a WebSocket was tried twice")
    assert way(grace) == "http"
    wall.mood = "lets through"
    sent: list[Message] = []
    while way(grace) != "websocket":
        sent.append(grace.send(f"meanwhile {len(sent)}"))
        sent[-1].wait("sent", timeout=PATIENCE)
    grace.send("after").wait("sent", timeout=PATIENCE)
    assert texts(join(room)) == ["before", "refused", *(message.text for message in sent), "after"]


def test_a_proxy_that_swallows_frames_is_not_gone_back_to(
    wall: Firewall, hub: Server, room: str, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "TRY_SECONDS", 0.1)
    monkeypatch.setattr(ways, "TRY_SECONDS_MAX", 0.1)
    monkeypatch.setattr(spare, "HELLO_DEADLINE", 0.3)
    grace = join(room, hub=f"http://127.0.0.1:{wall.port}/", token=hub.token, name="Grace")
    states: set[str] = set()
    wall.mood = "swallows"
    asked = wall.asked

    def tried() -> bool:
        states.add(grace.connection.state)
        return wall.asked > asked + 3

    wait_until(tried, what="it was tried three times")
    assert states == {"connected"}
    assert way(grace) == "http"


@pytest.mark.parametrize("text", ["x" * 1_000, "\u05e9" * 10_000, "\U0001f642" * 10_000, '"\\\n' * 3_000])
def test_many_frames_go_in_requests_that_the_hub_takes(text: str) -> None:
    frame = encode_command(Post(ref=1, conversation="c" * 12, key="key-00000001", text=text)).decode()
    frames = [frame] * 100
    count = polling.fitting(frames)
    assert 1 <= count < 100
    assert len(polling.body({"t": "send", "id": "i" * 22, "first": 10**6, "frames": frames[:count]})) <= BODY_BYTES


def test_a_frame_that_is_too_large_goes_alone() -> None:
    assert polling.fitting(["x" * 100_000, "x"]) == 1
    assert polling.fitting(["x", "y"]) == 2


def test_what_was_written_in_other_letters_goes_through(behind: Client, room: str, join: Join) -> None:
    ada = join(room)
    text = "\u05e9" * 10_000
    for _ in range(6):
        behind.send(text)
    wait_until(lambda: texts(ada) == [text] * 6, what="all that was sent")
