"""Runs commands beside each other and waits for all of them.

    tools/beside.py "COMMAND" "COMMAND"…

What the first says is shown as it comes, what the others say when they have ended: nothing is mixed. A command that
failed is shown last, again if it was shown before, so that the end of the output says what is wrong. Exits with the
code of the first of them that failed. Ctrl-C, and SIGTERM, ask each command once to stop, as Ctrl-C would, and wait
for it: a test run closes its servers then. What has not stopped GRACE seconds later is killed.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from typing import IO

GRACE = 60.0
"""Seconds."""
LAST_WORDS = 5.0
"""Seconds for what was said before the end; something left running may hold the pipe for ever."""
SHOWN_AGAIN = 200
"""Lines of the end of a failed command that was shown already."""


class Command:
    """One running command, in a session of its own: a Ctrl-C of the terminal reaches this program alone."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the command
        self._said, theirs = os.pipe()
        self._process = subprocess.Popen(
            shlex.split(line), stdout=theirs, stderr=subprocess.STDOUT, start_new_session=True
        )
        os.close(theirs)

    def read(self, *, show: bool) -> None:
        """Keep what it says until it ends, and show it meanwhile if asked to."""
        while text := os.read(self._said, 65536):
            self.output.write(text)
            if show:
                _write(text)

    def wait(self) -> int:
        """Its exit code, once it has ended; a signal's as a shell says it."""
        code = self._process.wait()
        return code if code >= 0 else 128 - code

    def interrupt(self) -> None:
        """As Ctrl-C; it alone, so that what it has started is still there while it cleans up."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """With all that it has started and not given a session of its own."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def kept(self) -> bytes:
        """All that it said."""
        self.output.seek(0)
        return self.output.read()


def main(lines: list[str]) -> int:
    """Run them. Returns the exit code."""
    commands: list[Command] = []
    # Before they begin: what was started in the background ignores Ctrl-C, and would hand that on to its commands.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda _, __: _stop(commands))
    commands.extend(Command(line) for line in lines)
    readers = [
        threading.Thread(target=command.read, kwargs={"show": at == 0}, daemon=True)
        for at, command in enumerate(commands)
    ]
    for reader in readers:
        reader.start()
    codes = [command.wait() for command in commands]
    for reader in readers:
        reader.join(LAST_WORDS)
    _report(commands, codes)
    return next((code for code in codes if code), 0)


def _stop(commands: list[Command]) -> None:
    """Ask each once; whoever asks again does not want to wait."""
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda _, __: _kill(commands))
    for command in commands:
        command.interrupt()
    timer = threading.Timer(GRACE, _kill, (commands,))
    timer.daemon = True
    timer.start()


def _kill(commands: list[Command]) -> None:
    for command in commands:
        command.kill()


def _report(commands: list[Command], codes: list[int]) -> None:
    """Those that worked before those that failed; the first was shown already."""
    for at in sorted(range(len(commands)), key=lambda at: (codes[at] != 0, at)):
        if at == 0 and codes[0] == 0:
            continue
        lines = commands[at].kept().splitlines(keepends=True)
        _write(f"\n---- {commands[at].line}\n".encode() + b"".join(lines[-SHOWN_AGAIN:] if at == 0 else lines))


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
