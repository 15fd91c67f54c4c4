"""The reducer does what the shared vectors say; js/tests/client/reducer.test.ts reads the same files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from vectors import build

from nbchat.client import reducer
from nbchat.client.state import State
from nbchat.protocol import codec
from nbchat.protocol.messages import AnyCommand

VECTORS = sorted((Path(build.__file__).parent / "reducer").glob("*.json"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    play = json.loads(path.read_text(encoding="utf-8"))
    state = State()
    for number, step in enumerate(play["steps"]):
        items, _ = codec.decode_frame(json.dumps([step["item"]]))
        asked = msgspec.convert(step["asked"], AnyCommand | None)
        touched: set[str] = set()
        for item in items:
            touched |= reducer.apply(state, item, asked)
        if step["touched"] is not None:
            assert sorted(touched) == step["touched"], f"step {number}"
    assert_holds(msgspec.to_builtins(asdict(state), str_keys=True), play["state"], "state")


EXACT = (".conversations", ".marks", ".presence", ".asides", ".threads", ".thread_typing", ".standings", ".removals")


def assert_holds(actual: Any, expected: Any, where: str) -> None:
    """Expected keys hold; lists, and the maps in EXACT, have exactly these members."""
    if isinstance(expected, dict):
        if where.endswith(EXACT):
            assert sorted(actual) == sorted(expected), where
        for key, value in expected.items():
            assert_holds(actual[key], value, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), where
        for number, value in enumerate(expected):
            assert_holds(actual[number], value, f"{where}[{number}]")
    else:
        assert actual == expected, where


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 30


def test_the_vectors_are_what_the_plays_say() -> None:
    folder = Path(build.__file__).parent
    written = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.glob("*/*.json")}
    assert written == build.files(), "run: cd tests && python -m vectors.build"
