"""How nbchat's log lines are made: an event's name and its fields, as a sentence for people or as JSON for machines.

A line never has what people write, a secret, or the text of an exception, which may quote either: of an exception
stand its type and where it was raised. Holds for everything that goes through the formatters here; a Jupyter server
has a logging configuration of its own, in which `nbchat.logs.JsonLines` can be named.

Example, in jupyter_server_config.py:
    c.ServerApp.logging_config = {"formatters": {"console": {"class": "nbchat.logs.JsonLines"}}}
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

TOLD_EVERY = 60.0
"""Seconds between two lines about a trouble that lasts."""
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def say(log: logging.Logger, level: int, event: str, text: str, **fields: object) -> None:
    """Write one line.

    Args:
        log: whose line it is.
        level: of `logging`.
        event: a name that stays, such as `request`, to search and count by.
        text: for people; `%(name)s` stands for a field.
        fields: what it is about: numbers, ids, codes, paths without a query. Never what somebody has written.

    Example:
        >>> say(log, logging.DEBUG, "closed", "connection %(connection)d was closed", connection=7)
    """
    if log.isEnabledFor(level):
        log.log(level, text, *([fields] if fields else []), extra={"event": event})


class Trouble:
    """What goes wrong again and again, as with a full disk: told at once, then once a minute, and when it is over.

    Any thread may tell it. Each line costs room on a disk that may have none.

    Example:
        >>> trouble = Trouble(log, "a batch is stored again")
        >>> trouble.again(logging.ERROR, "a batch was not stored: %s", "database or disk is full")
        >>> trouble.over()
    """

    def __init__(self, log: logging.Logger, end: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Tell it here.

        Args:
            log: whose lines they are.
            end: what is said when it is over.
            clock: seconds, for tests.
        """
        self._log, self._end, self._clock = log, end, clock
        self._lock = threading.Lock()
        self._times, self._next = 0, 0.0

    def again(self, level: int, text: str, *values: object, error: BaseException | None = None) -> None:
        """It has gone wrong once more; of `error` stand its type and place."""
        with self._lock:
            self._times += 1
            times, due = self._times, self._times == 1 or self._clock() >= self._next
            if due:
                self._next = self._clock() + TOLD_EVERY
        if due:
            since = f" ({times} times by now)" if times > 1 else ""
            self._log.log(level, text + since, *values, exc_info=error)

    def over(self) -> None:
        """It went well; says so once."""
        if not self._times:
            return
        with self._lock:
            times, self._times = self._times, 0
        if times:
            self._log.warning("%s; before that it failed, %d times", self._end, times)


class Lines(logging.Formatter):
    """Level and sentence; of an exception only what `raised` says."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        """Take what `logging` gives a formatter; the form is fixed."""
        super().__init__("%(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        record.exc_text = None  # another handler may have kept its own form of it
        try:
            return super().format(record)
        finally:
            record.exc_text = None

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - the name that `logging` calls
        """Type and place."""
        return "\n".join(raised(ei))


class JsonLines(Lines):
    """One JSON object a line: `at`, `level`, `logger`, `event`, `text`, the fields, and `raised` with an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """One record. Where no event was named, the function that says it is its name."""
        fields = record.args if isinstance(record.args, dict) else {}
        said: dict[str, object] = {
            **fields,
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", f"{record.module}.{record.funcName}"),
            "text": record.getMessage(),
        }
        if record.exc_info:
            said["raised"] = raised(record.exc_info)
        return json.dumps(said, default=str, ensure_ascii=False)


def raised(info: _Raised) -> list[str]:
    """An exception without its text: its type, then file, line and function of each frame, the innermost last."""
    kind, _, trace = info
    if kind is None:
        return []
    return [
        kind.__name__,
        *(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)),
    ]


def begin(*, debug: bool, as_json: bool) -> None:
    """Send all lines of this process to standard error.

    Args:
        debug: also what only helps to find faults, such as each request.
        as_json: for machines.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else Lines())
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, handlers=[handler])
