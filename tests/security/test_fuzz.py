"""A short form of `make fuzz`: some thousands of inputs, found by hypothesis, which shrinks those that fail."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from nbchat.protocol.codec import decode_command, decode_frame
from security.fuzz import ALL, refusal

LIVES = {"decoder": 600, "hub": 25, "link": 40}
"""How often each is run: about 3,500 inputs in all."""


@pytest.mark.parametrize("name", ALL)
def test_whatever_comes_the_answer_is_typed(name: str) -> None:
    @settings(max_examples=LIVES[name], deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**40))
    def lives(seed: int) -> None:
        assert ALL[name](random.Random(seed)) > 0

    lives()


@settings(max_examples=300, deadline=None)
@given(st.binary() | st.text())
def test_bytes_of_any_kind_are_read_or_refused(data: bytes | str) -> None:
    for decode in (decode_command, decode_frame):
        bad = refusal(decode, data)
        assert bad is None or bad.code in ("malformed", "unknown_command")


@pytest.mark.parametrize(
    "data", ["\ud800", "[" * 60_000, '[{"t":"pong","ref":1,"x":' + "[" * 20_000 + "]" * 20_000 + "}]"]
)
def test_what_the_decoders_once_failed_on(data: str) -> None:
    assert refusal(decode_command, data)
    assert refusal(decode_frame, data) or decode_frame(data) == ([], 1)
