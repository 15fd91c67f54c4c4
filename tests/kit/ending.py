"""How a long run ends is told by its output, whatever ends it: its last line says so, with the exit code.

    with told_end("soak, seed 7 in /somewhere"):
        ...

A signal that can be caught ends it in order, so that no hub is left behind. SIGKILL cannot; so each line is written at
once, and the last one then says how far it came. Never decides what is a failure.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_caught: list[int] = []


@contextmanager
def told_end(what: str) -> Iterator[None]:
    """Print how the block ended and after how long; exceptions pass."""
    faulthandler.enable()  # a crash of the interpreter has a traceback, too
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    was = {each: signal.signal(each, _end) for each in SIGNALS}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what is started in the background ignores it
    began = time.monotonic()
    print(what)
    try:
        yield
    except BaseException as error:
        by = [signal.Signals(number).name for number in _caught] or [type(error).__name__, str(error)]
        print(f"ENDED after {_minutes(began)} by {' '.join(by)}\n({what})")
        raise
    else:
        print(f"ended in order after {_minutes(began)} ({what})")
    finally:
        for each, handler in was.items():
            signal.signal(each, handler)


def _end(number: int, _: object) -> None:
    _caught.append(number)
    signal.raise_signal(signal.SIGINT)  # asyncio makes of this, and of no other signal, an end of the main task only


def _minutes(began: float) -> str:
    return f"{(time.monotonic() - began) / 60:.1f} min"
