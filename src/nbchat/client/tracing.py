"""The debug switch of Python: shows the frames of a client and how its connection is, on standard error.

On by NBCHAT_DEBUG=1 or `Client(debug=True)`. Logins are not in frames, and are not shown; of other strings only those
of our own tables and ids are, unless texts are asked for (NBCHAT_DEBUG=texts, `debug="texts"`), because what is shown
is pasted into reports. Decides nothing, and is not there at all where it is off.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Literal

from .outputs import ConnectionInfo
from .ways import Way

Debug = bool | Literal["texts"]
SHOWN = frozenset({"t", "conversation", "kind", "state", "epoch", "role", "store", "via"})
"""Fields whose strings come from our own tables, or are ids that say nothing to others."""


class Tracer:
    """Shows what goes on one connection after the other of one client.

    Args:
        label: the client's.
        texts: whether to show what people have written, too.
        write: where a line goes; standard error, as it is at that moment, if not given.
    """

    def __init__(self, label: str, *, texts: bool = False, write: Callable[[str], object] | None = None) -> None:
        self._label, self._texts, self._write = label, texts, write or _to_stderr

    def sent(self, frame: str | bytes) -> None:
        """A frame leaves."""
        self._line("->", self._said(frame))

    def received(self, frame: str | bytes) -> None:
        """A frame has come."""
        self._line("<-", self._said(frame))

    def opens(self, way: Way) -> None:
        """A connection begins, on this way."""
        self._line("--", f"opens over {way}")

    def state(self, info: ConnectionInfo) -> None:
        """The connection is another one now, or is tried again."""
        self._line("--", f"{info.state}, attempt {info.attempt}{', ' + info.note if info.note else ''}")

    def closed(self, code: int | None) -> None:
        """The connection has ended."""
        self._line("--", f"closed ({code})")

    def _line(self, mark: str, text: str) -> None:
        self._write(f"{time.strftime('%H:%M:%S')} {self._label} {mark} {text}\n")

    def _said(self, frame: str | bytes) -> str:
        try:
            said = json.loads(frame)
        except ValueError:
            return f"{len(frame)} bytes that are no JSON"
        return json.dumps(said if self._texts else masked(said), ensure_ascii=False)


def masked(said: Any, name: str = "") -> Any:
    """The same with lengths in place of strings that somebody may have written.

    Example:
        >>> masked({"t": "post", "text": "hello", "key": "0123"})
        {'t': 'post', 'text': '<5>', 'key': '<4>'}
    """
    match said:
        case dict():
            # The code of an error is a row of our table; that of an invitation lets people in.
            own = {"code"} if said.get("t") in ("error", "bye") else set()
            return {key: value if key in own else masked(value, key) for key, value in said.items()}
        case list():
            return [masked(one, name) for one in said]
        case str():
            return said if name in SHOWN else f"<{len(said)}>"
    return said


def _to_stderr(line: str) -> None:
    sys.stderr.write(line)


def tracer(label: str, asked: Debug = False) -> Tracer | None:
    """The tracer that was asked for, by the caller or the environment; None where it was not."""
    wanted: str | bool = asked or os.environ.get("NBCHAT_DEBUG", "").strip().lower()
    if wanted in (False, "", "0", "false", "no"):
        return None
    return Tracer(label, texts=wanted == "texts")
