"""The hub is away, comes back, dies with what was queued, or is another one: nothing is lost, nothing arrives twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from kit.faults import full
from kit.hubs import note, script_env
from kit.processes import wait_until
from kit.servers import Server

from nbchat import Client, HubError, HubUnreachable, MessageFailed, SessionClosed, Timeout, WrongKey
from nbchat.server.assemble import sign_out

from .conftest import Join


@pytest.fixture
def hub(of_process: Server) -> Server:
    """One that can be killed."""
    return of_process


def texts(client: Client) -> list[str]:
    return [message.text for message in client.history()]


def test_what_is_sent_while_the_hub_is_away_arrives_once_and_in_order(hub: Server, join: Join) -> None:
    ada, grace = join(hub=hub.url, key=note(hub)["key"]), join(name="Grace")
    ada.send("before").wait("sent", timeout=60)
    hub.kill()
    wait_until(lambda: ada.connection.state == "reconnecting", what="the loss noticed")
    queued = [ada.send(f"queued {number}") for number in range(3)]
    assert {message.status for message in queued} == {"pending"}
    assert [message.text for message in ada.messages] == ["before", "queued 0", "queued 1", "queued 2"]
    hub.start()
    queued[-1].wait("sent", timeout=60)
    wait_until(lambda: grace.connection.state == "connected", what="Grace is back")
    assert texts(grace) == ["before", "queued 0", "queued 1", "queued 2"]


def test_handlers_hear_what_was_said_meanwhile_each_once(hub: Server, join: Join) -> None:
    """Grace's client stands still while more is said than a hub resumes inline, so the rest is paged."""
    ada, linus, grace = join(), join(name="Linus"), join(name="Grace")
    heard: list[str] = []
    grace.on_message(lambda message: heard.append(message.text))
    ada.send("first").wait("sent", timeout=60)
    wait_until(lambda: heard, what="the first message")
    grace._engine.drive.soon(grace._engine.drive._drop)
    with grace._engine.lock:  # holds Grace's network thread while Ada writes
        # Two write, because one has to wait after a burst of 200.
        for who, numbers in ((ada, range(160)), (linus, range(160, 320))):
            sent = [who.send(str(number)) for number in numbers]
            sent[-1].wait("sent", timeout=60)
        grace._engine.link.disconnected(None, 0.0)
    grace._engine.drive.ring()
    wait_until(lambda: len(heard) >= 321, what="all that was said")
    assert heard == ["first", *map(str, range(320))]


def test_what_died_with_its_process_arrives_once_from_the_next_session(hub: Server, join: Join) -> None:
    ada = join(hub=hub.url)
    assert ada.conversation_id
    hub.kill()
    program = (
        "import os, signal, sys\n"
        "from nbchat import Client\n"
        "client = Client('ml-team', hub=sys.argv[1])\n"
        "for number in range(3): client.send(f'last words {number}')\n"
        "print(client.connection.state, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", program, hub.url]
    died = subprocess.run(command, env=script_env(), capture_output=True, text=True, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert died.stdout.strip() in ("connecting", "reconnecting")
    hub.start()
    nextone = join(hub=hub.url)
    wait_until(lambda: len(texts(nextone)) >= 3, what="the last words")
    assert texts(join(name="Grace")) == ["last words 0", "last words 1", "last words 2"]


def test_what_waits_for_a_hub_that_was_replaced_is_told_and_goes_out_when_it_is_back(
    hub: Server, join: Join, tmp_path: Path
) -> None:
    """Another database at the same address is another hub; each gets what was written for it, and only that."""
    ada = join(hub=hub.url)
    ada.send("to the first").wait("sent", timeout=60)
    hub.kill()
    wait_until(lambda: ada.connection.state == "reconnecting", what="the loss noticed")
    waiting = ada.send("for the first")
    move(hub.data, tmp_path / "first")
    hub.start()
    with pytest.raises(MessageFailed, match=r"another one now; this waits for the old one"):
        waiting.wait("sent", timeout=60)
    waiting.retry()
    with pytest.raises(MessageFailed, match="There is no conversation"):
        waiting.wait("sent", timeout=60)
    ada.open("ml-team")
    ada.send("to the second").wait("sent", timeout=60)
    assert texts(ada) == ["to the second"]
    hub.kill()
    wait_until(lambda: ada.connection.state == "reconnecting", what="the second loss noticed")
    ada.send("for the second")
    ada.close()
    for mine, other in (("first", "second"), ("second", "first")):
        move(hub.data, tmp_path / other)
        move(tmp_path / mine, hub.data)
        hub.restart()
        back = join(hub=hub.url)
        wait_until(lambda: len(texts(back)) == 2, what="what waited")  # noqa: B023 - now
        assert texts(back) == [f"to the {mine}", f"for the {mine}"]
        back.close()
        hub.terminate()


def move(source: Path, target: Path) -> None:
    """The database, with its journal."""
    target.mkdir(exist_ok=True)
    for path in source.glob("hub.sqlite3*"):
        path.rename(target / path.name)


def test_closing_flushes_and_what_is_left_waits_on_disk(hub: Server, join: Join) -> None:
    ada = join(hub=hub.url)
    ada.send("flushed")
    ada.close()
    again = join(hub=hub.url)
    assert texts(again) == ["flushed"]
    hub.kill()
    left = again.send("left")
    again.close()
    assert left.status == "pending"
    with pytest.raises(SessionClosed):
        left.wait("sent", timeout=60)
    hub.start()
    wait_until(lambda: texts(join(hub=hub.url)) == ["flushed", "left"], what="what was left")


def test_waiting_for_a_message_that_cannot_go_out_says_why(hub: Server, join: Join) -> None:
    ada = join(hub=hub.url)
    hub.kill()
    wait_until(lambda: ada.connection.state == "reconnecting", what="the loss noticed")
    with pytest.raises(Timeout, match=r"still pending after 0.05 s, not sent; it stays queued\. .*127\.0\.0\.1"):
        ada.send("hello?").wait("sent", timeout=0.05)


def test_a_full_disk_is_told_to_who_writes_until_there_is_room(hub: Server, join: Join) -> None:
    ada = join()
    ada.send("before").wait("sent", timeout=60)
    with full(hub):
        first, second = ada.send("first"), ada.send("second")
        wait_until(lambda: ada.connection.note, what="the refusal")
        for message in (first, second):
            with pytest.raises(Timeout, match=r"still pending after 0.05 s.*disk is full: nothing was stored"):
                message.wait("sent", timeout=0.05)
            assert "(pending: The hub's disk is full" in repr(message)
        assert "connected. The hub's disk is full" in repr(ada)
    second.wait("sent", timeout=60)
    assert ada.connection.note == ""
    assert "(sent)" in repr(first)


def test_who_is_new_on_a_full_disk_is_told_so_at_the_first_answer(hub: Server, join: Join) -> None:
    """One attempt, and the way to the hub is not called in question: it was the hub that spoke."""
    filler = join()
    with full(hub):
        filler.send("x" * 9_000)
        wait_until(lambda: filler.connection.note, what="a disk without room")
        with pytest.raises(HubError, match=r"disk is full: nothing was stored") as refused:
            join(name="Newbot")
        assert refused.value.code == "store_full"
    assert join(name="Newbot").me.name == "Newbot"


def test_who_is_signed_out_is_told_in_words_and_what_to_do(hub: Server, join: Join) -> None:
    grace = join(name="Grace")
    sign_out(hub.data, "Grace")
    wait_until(lambda: grace.connection.state == "signed_out", what="the end of her login")
    said = repr(grace)
    assert ", signed out. You were signed out: http://127.0.0.1" in said
    assert "Ask its owner, or make another session, under another name." in said
    assert "4001" not in said


def test_an_unknown_name_cannot_be_queued_for(hub: Server, join: Join) -> None:
    join(hub=hub.url).close()
    hub.kill()
    with pytest.raises(HubUnreachable, match="'never-opened' was never opened from here"):
        Client("never-opened", hub=hub.url)


def test_a_hub_that_was_never_met_must_answer(hub: Server) -> None:
    hub.kill()
    with pytest.raises(HubUnreachable, match=r"does not answer: the connection was refused.*nbchat doctor"):
        Client("ml-team", hub=hub.url)


def test_a_wrong_key_or_token_is_told(hub: Server) -> None:
    with pytest.raises(WrongKey, match="refused the key that was given"):
        Client("ml-team", hub=hub.url, key="wrong")
    with pytest.raises(WrongKey, match="refused the token that was given"):
        Client("ml-team", hub=hub.url, token="wrong", name="Grace")


def test_nothing_is_left_running_after_the_last_client(hub: Server, join: Join) -> None:
    client = join()
    client.on_message(lambda message: None)
    client.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("nbchat")] == []


def test_closing_from_many_threads_leaves_other_clients_alone(hub: Server, join: Join) -> None:
    """The hub stands still, so that all of them close while the first waits for what is on its way."""
    ada, grace = join(), join(name="Grace")
    os.kill(hub.pid, signal.SIGSTOP)
    try:
        ada.send("on its way")
        threads = [threading.Thread(target=ada.close) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        os.kill(hub.pid, signal.SIGCONT)
    grace.send("still here").wait("sent", timeout=60)
    assert "still here" in texts(grace)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_leaves_the_parents_session_alone(hub: Server, join: Join, tmp_path: Path) -> None:
    program = (
        "import os\n"
        "from nbchat import Client, SessionClosed\n"
        "client = Client('ml-team')\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    try: client.send('from the child')\n"
        "    except SessionClosed: os._exit(7)\n"
        "    os._exit(1)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
        "client.send('from the parent').wait('sent', timeout=60)\n"
        "client.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=script_env(), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert texts(join()) == ["from the parent"]


def test_a_script_that_just_ends_has_sent_all(hub: Server, join: Join) -> None:
    program = "from nbchat import Client\nc = Client('ml-team')\nfor n in range(50): c.send(str(n))\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=script_env(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert texts(join()) == [str(number) for number in range(50)]
