"""The search for the hub, over real files, real processes and real web servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from kit.hosted import Hosted
from kit.hubs import note, script_env
from kit.processes import free_port
from kit.servers import Server, serve

from nbchat import HubNotFound, HubUnreachable, WrongKey
from nbchat.cli import main
from nbchat.client.addresses import candidates, same_place
from nbchat.client.find import Wanted, explain, find


def outcome(wanted: Wanted | None = None) -> list[tuple[str, bool]]:
    return [(step.place, step.found is not None) for step in explain(wanted)]


def detail(place: str, wanted: Wanted | None = None) -> str:
    [found] = [step.detail for step in explain(wanted) if step.place == place]
    return found


@contextmanager
def web_server(status: int, body: bytes = b"", location: str = "") -> Iterator[str]:
    """A web server that gives the same answer to everything."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if location and self.path != location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def leave_note(runtime: Path, pid: int, url: str, key: str = "k", kind: str = "jupyter") -> Path:
    path = runtime / f"nbchat-{pid}.json"
    path.write_text(json.dumps({"url": url, "key": key, "store": "s", "pid": pid, "kind": kind}))
    return path


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_with_nothing_anywhere_each_place_is_named(folders: Path) -> None:
    assert [place for place, _ in outcome()] == [
        "argument",
        "environment",
        "parent",
        "running",
        "jupyterhub",
        "process",
    ]
    with pytest.raises(HubNotFound) as error:
        find(start=False)
    text = str(error.value)
    for words in ("hub= argument", "NBCHAT_URL", "started this kernel", "nbchat serve", "JupyterHub", str(folders)):
        assert words in text


def test_a_running_hub_of_the_same_user_is_found(hub: Hosted) -> None:
    assert outcome() == [("argument", False), ("environment", False), ("parent", False), ("running", True)]
    found = find(start=False)
    assert (found.url, found.place) == (note(hub)["url"], "running")
    assert found.store == note(hub)["store"]


def test_no_step_shows_the_key(hub: Hosted) -> None:
    key = note(hub)["key"]
    said = [f"{step} {step!r}" for step in explain()]
    assert said
    assert not any(key in line for line in said)


def test_the_argument_comes_first_and_is_final(hub: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBCHAT_URL", "http://127.0.0.1:9/nbchat/")
    assert find(Wanted(hub=hub.url), start=False).place == "argument"
    with pytest.raises(HubUnreachable, match="connection was refused"):
        find(Wanted(hub=f"http://127.0.0.1:{free_port()}/"), start=False)


def test_the_environment_is_final_too(hub: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBCHAT_URL", f"http://127.0.0.1:{free_port()}/nbchat/")
    monkeypatch.setenv("NBCHAT_KEY", "k")
    with pytest.raises(HubUnreachable):
        find(start=False)
    monkeypatch.setenv("NBCHAT_URL", note(hub)["url"])
    with pytest.raises(WrongKey, match="the key that was given"):
        find(start=False)
    monkeypatch.setenv("NBCHAT_KEY", note(hub)["key"])
    assert find(start=False).place == "environment"


def test_the_server_that_started_this_kernel_comes_before_others(hub: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_PARENT_PID", str(note(hub)["pid"]))
    assert find(start=False).place == "parent"


def test_a_parent_without_the_extension_says_how_to_turn_it_on(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    (folders / "runtime" / f"jpserver-{os.getpid()}.json").write_text("{}")
    assert "jupyter server extension enable nbchat" in detail("parent")


def test_notes_of_the_dead_and_broken_ones_are_passed_over(hub: Hosted) -> None:
    leave_note(hub.runtime, dead_pid(), "http://127.0.0.1:9/nbchat/")
    (hub.runtime / "nbchat-1.json").write_text("{torn")
    (hub.runtime / "nbchat-2.json").write_text("[]")
    assert find(start=False).url.startswith("http://127.0.0.1")


def test_a_hub_that_hangs_or_is_none_does_not_hide_the_next(of_process: Server) -> None:
    newest = leave_note(of_process.runtime, os.getpid(), f"http://127.0.0.1:{free_port()}/nbchat/")
    os.utime(newest, (4e9, 4e9))
    assert find(start=False).store == note_of_serve(of_process)


def note_of_serve(hub: Server) -> str:
    notes = [json.loads(path.read_text()) for path in hub.runtime.glob("nbchat-*.json")]
    [store] = [said["store"] for said in notes if said["kind"] == "serve"]
    return str(store)


def test_the_server_whose_root_holds_this_folder_is_preferred(
    of_process: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server(200, b'{"store": "here", "version": "1"}') as url:
        leave_note(of_process.runtime, os.getpid(), f"{url}nbchat/")
        os.utime(of_process.runtime / f"nbchat-{os.getpid()}.json", (1, 1))
        assert find(start=False).store == note_of_serve(of_process)
        root = json.dumps({"root_dir": str(Path.cwd().parent)})
        (of_process.runtime / f"jpserver-{os.getpid()}.json").write_text(root)
        assert find(start=False).store == "here"


def test_on_a_jupyterhub_it_says_what_to_configure(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "t")
    assert "NBCHAT_URL by c.Spawner.environment" in detail("jupyterhub")


def test_a_web_server_without_a_hub_is_told_apart(folders: Path) -> None:
    with web_server(404) as url, pytest.raises(HubNotFound, match="no nbchat hub in it"):
        find(Wanted(hub=url), start=False)
    with web_server(200, b"<html>hello</html>") as url, pytest.raises(HubNotFound, match="no nbchat hub in it"):
        find(Wanted(hub=url), start=False)


def test_a_login_page_means_that_the_login_was_not_taken(folders: Path) -> None:
    with web_server(302, b"", location="/login") as url, pytest.raises(WrongKey, match="without key or token"):
        find(Wanted(hub=url), start=False)


@pytest.mark.parametrize("given", ["", "ftp://127.0.0.1/", "http://", "not a url"])
def test_what_is_no_address_is_told(folders: Path, given: str) -> None:
    with pytest.raises((HubNotFound, HubUnreachable)):
        find(Wanted(hub=given), start=False)


@pytest.mark.parametrize(
    ("given", "first"),
    [
        ("http://h:1/nbchat/", "http://h:1/nbchat/"),
        ("http://h:1/nbchat", "http://h:1/nbchat/"),
        ("http://h:1/user/ada/nbchat/#c/x", "http://h:1/user/ada/nbchat/"),
        ("http://h:1", "http://h:1/nbchat/"),
        ("h:1", "http://h:1/nbchat/"),
        ("wss://h/base/", "https://h/base/nbchat/"),
    ],
)
def test_addresses_as_people_paste_them(given: str, first: str) -> None:
    assert candidates(given)[0][0] == first


def test_the_address_line_of_jupyterlab_has_base_and_token() -> None:
    urls, token = candidates("http://h:1/user/ada/lab/tree/x.ipynb?token=abc")
    assert "http://h:1/user/ada/nbchat/" in urls
    assert token == "abc"


def test_names_of_the_own_machine_are_one_place() -> None:
    assert same_place("http://localhost:1/nbchat/", "http://127.0.0.1:1/nbchat/")
    assert not same_place("http://localhost:1/nbchat/", "http://127.0.0.1:2/nbchat/")
    assert not same_place("http://localhost:1/nbchat/", "http://example.org:1/nbchat/")


def test_doctor_names_the_other_hubs_that_run_here_and_where_their_data_is(of_process: Server, tmp_path: Path) -> None:
    own = note(of_process)
    leave_note(of_process.runtime, os.getpid(), "http://127.0.0.1:9/nbchat/", kind="serve")
    with serve(tmp_path / "second", env=script_env()) as second:
        there = json.loads((of_process.runtime / f"nbchat-{second.pid}.json").read_text())
        said = CliRunner().invoke(main, ["doctor", "--hub", of_process.url, "--key", own["key"]]).output
        searched = CliRunner().invoke(main, ["doctor"]).output
        by_data = CliRunner().invoke(main, ["doctor", "--data", str(second.data)])
    assert f"The hub is at {own['url']}" in said
    listed = said.partition("Also running here; name one with --hub to look at it:\n")[2].splitlines()
    assert sorted(listed) == sorted(
        [
            f"  {there['url']} (nbchat serve, process {there['pid']}): data in {second.data / 'hub.sqlite3'}",
            f"  http://127.0.0.1:9/nbchat/ (nbchat serve, process {os.getpid()}): lives, but does not answer",
        ]
    )
    assert "; of 3 it is taken because it started last of those that answer" in searched
    assert (by_data.exit_code, f"The hub is at {there['url']}" in by_data.output) == (0, True)
