"""Client keys: new each time, and in the order of the time at which they were made."""

from __future__ import annotations

import time

import pytest

from nbchat.client.keys import fresh_key


def test_keys_of_one_moment_differ() -> None:
    keys = {fresh_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert {len(key) for key in keys} == {32}


def test_a_later_key_comes_after_an_earlier_one(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [0, 1, 255, 1_763_800_000_000, 4_102_444_800_000]
    keys = []
    for moment in moments:
        monkeypatch.setattr(time, "time_ns", lambda moment=moment: moment * 1_000_000)
        keys.append(fresh_key())
    assert keys == sorted(keys)
    assert [int(key[:12], 16) for key in keys] == moments
