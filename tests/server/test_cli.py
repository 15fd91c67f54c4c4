"""The commands, as programs of their own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kit.processes import ServerFailed
from kit.servers import serve
from kit.web import Visitor

import nbchat
from nbchat.protocol.messages import Hello, Welcome

PROGRAM = str(Path(sys.executable).parent / "nbchat")


def test_the_version() -> None:
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    assert said.strip() == f"nbchat, version {nbchat.__version__}"


async def test_serve_prints_addresses_that_work_and_stops_in_order(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        text = server.log.read_text()
        mine, others = re.search(r"For you: +(\S+)", text), re.search(r"For others: +(\S+)", text)
        assert mine
        assert others
        assert others.group(1) == f"{server.url}nbchat/?token={server.token}"
        browser = Visitor(server.url)
        assert (await browser.get(mine.group(1).removeprefix(server.url))).status == 302
        visitor = Visitor(f"{server.url}nbchat/")
        visitor.cookies = browser.cookies
        line = await visitor.connects()
        await line.says(Hello(ref=1))
        assert (await line.sees(Welcome)).owner
        server._running().send_signal(signal.SIGTERM)
        assert await line.closed() == 1001
        assert server._running().wait(20) == 0
        assert list(server.runtime.glob("nbchat-*.json")) == []
        assert "Traceback" not in server.log.read_text()


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        command = [PROGRAM, "serve", "--port", str(first.port), "--data", str(tmp_path / "data")]
        second = subprocess.Popen(command, env=first.env, stdout=subprocess.PIPE, text=True)
        assert second.stdout
        try:
            said = re.fullmatch(rf"Port {first.port} is taken; using (\d+)\.\n", second.stdout.readline())
            assert said
            assert f"127.0.0.1:{said.group(1)}/nbchat/?owner=" in second.stdout.readline()
        finally:
            second.terminate()
            second.wait(20)
            second.stdout.close()
        assert second.returncode == 0


def test_a_broken_database_ends_serve_with_the_reason(tmp_path: Path) -> None:
    broken = tmp_path / "data" / "hub.sqlite3"
    broken.parent.mkdir()
    broken.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(ServerFailed, match=f"Error: .*{re.escape(str(broken))}"), serve(tmp_path):
        pass


def test_doctor_says_each_step_and_what_it_found(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        command = [PROGRAM, "doctor"]
        found = subprocess.run(command, env=server.env, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout + found.stderr
        assert f"The hub is at {server.url}nbchat/" in found.stdout
        assert "NBCHAT_URL in the environment: not set" in found.stdout
        env = server.env
    nothing = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert nothing.returncode == 1
    assert "nbchat serve" in nothing.stdout
    wrong = subprocess.run(
        [*command, "--hub", "http://127.0.0.1:9/"], env=env, capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 1
    assert "http://127.0.0.1:9/" in wrong.stdout
