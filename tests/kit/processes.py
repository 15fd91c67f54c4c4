"""A server as a process of its own: started, watched until it answers, stopped, killed, started again.

It knows nothing of Jupyter or nbchat (servers.py does), and ends only what it started: its own process group, and the
kernels that it saw below it, which live in groups of their own.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

PATIENCE = 60.0
"""Seconds that anything may take on a machine that is busy with much else; a test that passes needs far less."""
STOP_SECONDS = 30.0
POLL_SECONDS = 0.05
PORTS = range(20_000, 32_000)


class ServerFailed(AssertionError):
    """The server ended or did not answer in time; the message has the end of its log."""


def free_port() -> int:
    """A loopback port that nobody has now.

    None of those from which the system gives connections theirs (32768 and above on Linux, 49152 elsewhere): until the
    server is there, a browser's connection would take it. At random, because another test run looks for one, too.
    """
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerFailed(f"no port is free between {PORTS.start} and {PORTS.stop}")


def wait_until(condition: Callable[[], object], *, seconds: float = PATIENCE, what: str) -> None:
    """Ask until it is true. Raises TimeoutError that names what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not after {seconds:.0f} s")
        time.sleep(POLL_SECONDS)


def answers(url: str) -> bool:
    """Whether a web server answers there with anything but a failure of its own."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status < 500)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False


class ServerProcess:
    """One server on one port; `restart` keeps port, data and log.

    Attributes:
        port: the loopback port.
        url: where it answers, with a slash at the end.
        token: the secret that lets one in, or "" where there is none.
        log: the file with all that it printed, over all restarts.
    """

    def __init__(
        self, command: list[str], env: dict[str, str], *, folder: Path, port: int, base_url: str = "/", token: str = ""
    ) -> None:
        self.port, self.token = port, token
        self.url = f"http://127.0.0.1:{port}{base_url}"
        self.log = folder / "server.log"
        self.ready_path = ""
        self._command, self._env, self._folder = command, env, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._below: dict[int, psutil.Process] = {}

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._running().pid

    @property
    def ended(self) -> int | None:
        """The exit code of a server that ended by itself; None while it runs, or when it was ended on purpose."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            ServerFailed: it ended, or did not answer within a minute.
        """
        self.launch()
        try:
            wait_until(self._answers_or_ended, what=f"an answer from {self.url}")
        except TimeoutError as error:
            self.close()
            raise ServerFailed(f"{error}\n{self.tail()}") from None
        if self.ended is not None:
            raise ServerFailed(f"{self._command[1:4]} ended with {self.ended}\n{self.tail()}")

    def launch(self) -> None:
        """Start it, and wait for nothing."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._env, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL, as a power cut would: nothing is flushed. Its kernels are left to notice by themselves."""
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM, and wait until it has shut down in order."""
        self._end(signal.SIGTERM)

    def is_gone(self) -> bool:
        """Whether all that it had started when it was ended has ended, too."""
        return not any(_lives(child) for child in self._below.values())

    def restart(self) -> None:
        """Start again on the same port with the same data, after ending it if it still runs."""
        if self._process is not None:
            self.terminate()
        self.start()

    def close(self) -> None:
        """End it and every kernel that it started."""
        self._end(signal.SIGTERM)
        for child in self._below.values():
            with suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(list(self._below.values()), timeout=STOP_SECONDS)
        self._below.clear()

    def tail(self, lines: int = 40) -> str:
        """The end of its log."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _answers_or_ended(self) -> bool:
        return self._running().poll() is not None or answers(self.url + self.ready_path)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ServerFailed("this server is not running")
        return self._process

    def _end(self, sign: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(psutil.NoSuchProcess):
            self._below.update({child.pid: child for child in psutil.Process(process.pid).children(recursive=True)})
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _lives(process: psutil.Process) -> bool:
    """Whether it still runs; who has ended may wait for ever to be asked how."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
