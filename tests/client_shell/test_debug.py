"""The debug switch: frames and state are shown, logins never, texts only where they are asked for."""

from __future__ import annotations

import pytest
from kit.firewall import firewall
from kit.hosted import Hosted

from nbchat.client.tracing import masked

from .conftest import Join

WORDS = "a-word-that-somebody-wrote"


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_frames_and_state_are_shown_without_texts(
    join: Join, by: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, hub: Hosted
) -> None:
    if by == "environment":
        monkeypatch.setenv("NBCHAT_DEBUG", "1")
    client = join(name="Grace", **({"debug": True} if by == "argument" else {}))
    client.send(WORDS).wait("sent", timeout=60)
    client.close()
    said = capfd.readouterr().err
    for shown in (
        '-> {"t": "hello"',
        '<- [{"t": "welcome"',
        '"t": "post"',
        '"t": "posted"',
        "-- opens over websocket",
        "-- connected, attempt",
    ):
        assert shown in said
    for hidden in (WORDS, hub.token, "Grace"):
        assert hidden not in said


def test_the_way_is_shown(join: Join, capfd: pytest.CaptureFixture[str], hub: Hosted) -> None:
    with firewall(hub.port) as wall:
        client = join(hub=f"http://127.0.0.1:{wall.port}/", token=hub.token, name="Grace", debug=True)
        client.close()
    said = capfd.readouterr().err
    before, _, after = said.partition("-- opens over http")
    assert "-- opens over websocket" in before
    assert '<- [{"t": "welcome"' not in before
    assert '<- [{"t": "welcome"' in after


def test_texts_are_shown_where_they_are_asked_for(join: Join, capfd: pytest.CaptureFixture[str], hub: Hosted) -> None:
    client = join(name="Grace", debug="texts")
    client.send(WORDS).wait("sent", timeout=60)
    said = capfd.readouterr().err
    assert WORDS in said
    assert hub.token not in said


def test_it_is_off_unless_it_is_asked_for(
    join: Join, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBCHAT_DEBUG", "0")
    join().send(WORDS).wait("sent", timeout=60)
    assert capfd.readouterr().err == ""


def test_codes_of_errors_are_shown_and_those_of_invitations_are_not() -> None:
    assert masked({"t": "error", "code": "slow", "text": "Too much"}) == {"t": "error", "code": "slow", "text": "<8>"}
    assert masked([{"t": "links", "links": [{"code": "abcd", "uses": 3}]}]) == [
        {"t": "links", "links": [{"code": "<4>", "uses": 3}]}
    ]
