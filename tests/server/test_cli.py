"""The commands, as programs of their own."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import psutil
import pytest
from kit.processes import ServerFailed
from kit.servers import Server, serve
from kit.web import Visitor

import nbchat as package
from nbchat import Client
from nbchat.cli import about_others
from nbchat.protocol.messages import Error, Hello, Welcome
from nbchat.server.config import from_file
from nbchat.server.door import is_loopback
from nbchat.server.standalone import outside

PROGRAM = str(Path(sys.executable).parent / "nbchat")


def test_the_version() -> None:
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    assert said.strip() == f"nbchat, version {package.__version__}"


def test_the_list_of_commands_cuts_no_sentence() -> None:
    said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    listed = [line for line in said.partition("Commands:\n")[2].splitlines() if line.strip()]
    assert len(listed) == 5
    assert [line for line in listed if line.endswith("...") or not line.endswith(".")] == []


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


def test_who_lets_other_machines_in_is_told_what_their_address_is() -> None:
    assert about_others("127.0.0.1", "http://127.0.0.1:8765/nbchat/") == []
    open_to_all = about_others("0.0.0.0", "http://127.0.0.1:8765/nbchat/")
    assert "in the place of 127.0.0.1" in open_to_all[1]
    assert about_others("192.0.2.2", "http://192.0.2.2:8765/nbchat/") == open_to_all[:1]


def test_who_listens_everywhere_prints_an_address_that_others_can_use() -> None:
    own = {one.address for each in psutil.net_if_addrs().values() for one in each if one.family == socket.AF_INET}
    routes = Path("/proc/net/route")
    has_network = routes.exists() and any(line.split()[1] == "0" * 8 for line in routes.read_text().splitlines())
    found = outside("0.0.0.0")
    assert found in own
    assert not (has_network and is_loopback(found))
    assert [outside("127.0.0.1"), outside("::1"), outside("192.0.2.7")] == ["127.0.0.1", "[::1]", "192.0.2.7"]


async def test_limits_come_from_a_configuration_file(tmp_path: Path) -> None:
    (tmp_path / "limits.py").write_text("c.NbchatConfig.sessions = 1\n")
    with serve(tmp_path, more=("--config", str(tmp_path / "limits.py"))) as server:
        program = Visitor(f"{server.url}nbchat/", {"Authorization": f"token {server.token}", "X-Nbchat-Name": "Robot"})
        first, second = await program.connects(), await program.connects()
        await first.says(Hello(ref=1, kind="session"))
        await first.sees(Welcome)
        await second.says(Hello(ref=1, kind="session"))
        assert (await second.sees(Error)).code == "too_many"


def test_an_option_that_there_is_not_is_a_line_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "limits.py"
    path.write_text("c.NbchatConfig.sesions = 1\nc.NbchatConfig.pages = 2\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert from_file(path).pages == 2
    [line] = caplog.records
    assert (line.levelname, line.getMessage().startswith(f"{path}: Config option `sesions` not")) == ("WARNING", True)


@pytest.mark.parametrize(("name", "text"), [("none.py", None), ("bad.py", "c.NbchatConfig."), ("bad.json", "{")])
def test_a_bad_configuration_file_is_said(tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    command = [PROGRAM, "serve", "--config", str(tmp_path / name), "--data", str(tmp_path / "data")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert f"{tmp_path / name} cannot be read as a configuration file" in ended.stderr
    assert "Traceback" not in ended.stderr


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


def doctor(env: dict[str, str], *options: str) -> tuple[int, str, str]:
    """Its exit code, its steps, and its last words."""
    ended = subprocess.run([PROGRAM, "doctor", *options], env=env, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    steps, _, end = ended.stdout.partition("\n\n")
    return ended.returncode, steps, end


def test_doctor_says_each_step_what_it_found_and_where_the_data_is(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        code, steps, end = doctor(server.env)
        assert code == 0
        assert "NBCHAT_URL in the environment: not set" in steps
        assert end == f"The hub is at {server.url}nbchat/\nIts data is in {tmp_path / 'data' / 'hub.sqlite3'}\n"
        for link in ("versions", "clocks", "the page", "the socket", "the database", "the file system", "other hubs"):
            assert f"ok   {link}: " in steps
        assert doctor(server.env, "--hub", server.url)[2] == end
        guest = doctor(server.env, "--hub", server.url, "--token", server.token)
        assert (guest[0], guest[2]) == (1, f"The hub is at {server.url}nbchat/\n")
        assert "FAIL the socket: refused (403). A token lets you in, but does not say who you are" in guest[1]
        named = doctor(server.env, "--hub", server.url, "--token", server.token, "--name", "Ada")
        assert (named[0], "ok   the socket: " in named[1], "-    the data: " in named[1]) == (0, True, True)


def test_doctor_says_what_its_exit_code_means(tmp_path: Path) -> None:
    said = " ".join(
        subprocess.run([PROGRAM, "doctor", "--help"], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "Exits with 0 if a hub answers and lets you in, else with 1, also where a session would start one" in said


def test_doctor_says_what_a_session_would_do_where_there_is_none(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        env = {**server.env, "JUPYTER_DATA_DIR": str(tmp_path / "jupyter")}
    code, steps, end = doctor(env)
    assert code == 1
    assert "a session would start one" in steps
    assert "`nbchat serve`" in end
    assert str(tmp_path / "jupyter" / "nbchat" / "hub.sqlite3") in end


def test_doctor_tells_a_refusal_from_silence_and_does_not_advise_itself(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        code, steps, end = doctor(server.env, "--hub", server.url, "--key", "wrong")
        assert code == 1
        assert "FAIL the hub= argument: The hub at" in steps
        assert end.startswith("A hub answers there, but does not let you in.")
        env = server.env
    code, steps, end = doctor(env, "--hub", "http://127.0.0.1:9/")
    assert code == 1
    assert "http://127.0.0.1:9/" in steps
    assert "nbchat doctor" not in steps
    assert end.startswith("No hub answers there.")


def nbchat(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    """A command on the same machine as this server."""
    return subprocess.run([PROGRAM, *words], env=server.env, capture_output=True, text=True, check=False)


def test_a_backup_that_is_put_back_is_what_all_have_from_then_on(tmp_path: Path) -> None:
    copy, data = str(tmp_path / "copy.sqlite3"), ("--data", str(tmp_path / "data"))
    with serve(tmp_path) as server, Client("room", hub=server.url, token=server.token, name="Ada") as ada:
        ada.send("one").wait("sent", timeout=60)
        assert nbchat(server, "backup", copy, *data).returncode == 0
        ada.send("two").wait("sent", timeout=60)
        running = nbchat(server, "restore", copy, *data)
        assert (running.returncode, "a hub uses it" in running.stderr) == (1, True)
        server.terminate()
        newer = nbchat(server, "restore", copy, *data)
        assert (newer.returncode, "newer than the backup" in newer.stderr) == (1, True)
        done = nbchat(server, "restore", copy, *data, "--force")
        assert done.returncode == 0, done.stderr
        assert "1 conversation, 1 message" in done.stdout
        [kept] = (tmp_path / "data").glob("*.before-restore")
        assert f"What was there before is in {kept}" in done.stdout
        server.start()
        ada.send("three").wait("sent", timeout=60)
        assert [message.text for message in ada.history(10)] == ["one", "three"]
        assert [message.text for message in ada.messages] == ["one", "three"]


def test_doctor_finds_a_hub_inside_another_process(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        env = {**server.env, "JUPYTER_DATA_DIR": str(tmp_path / "jupyter")}
    program = "import sys; from nbchat import Client; chat = Client(); print(chat.connection.url); sys.stdin.read()"
    command = [sys.executable, "-W", "ignore", "-c", program]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdin
        assert host.stdout
        url = host.stdout.readline().strip()
        code, steps, end = doctor(env)
        host.stdin.close()
    assert code == 0
    assert f"ok   a hub inside a process of this user: {url} (process {host.pid}) answers" in steps
    assert end == f"The hub is at {url}\nIts data is in {tmp_path / 'jupyter' / 'nbchat' / 'hub.sqlite3'}\n"


def test_backup_copies_what_a_running_hub_has_and_never_writes_over_a_copy(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        command = [PROGRAM, "backup", str(tmp_path / "copy.sqlite3"), "--data", str(server.data)]
        first, second = (
            subprocess.run(command, env=server.env, capture_output=True, text=True, check=False) for _ in range(2)
        )
    assert (first.returncode, first.stdout) == (
        0,
        (
            f"{tmp_path / 'data' / 'hub.sqlite3'} was copied to {tmp_path / 'copy.sqlite3'}\n"
            "The copy was checked: 0 conversations, 0 messages, 1 person.\n"
        ),
    )
    assert second.returncode == 1
    assert "it is there already" in second.stderr
    command = [PROGRAM, "backup", str(tmp_path / "two.sqlite3"), "--data", str(tmp_path / "none")]
    nothing = subprocess.run(command, env=server.env, capture_output=True, text=True, check=False)
    assert nothing.returncode == 1
    assert f"There is no {tmp_path / 'none' / 'hub.sqlite3'}" in nothing.stderr
    assert not (tmp_path / "two.sqlite3").exists()
