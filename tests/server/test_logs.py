"""What log lines are made of, and that no text or secret is in them; test_secrets searches the other logs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from kit.processes import wait_until
from kit.servers import serve
from security.test_secrets import WORDS, flows, knocks_wrongly

from nbchat import Client
from nbchat.logs import JsonLines, Lines, Trouble, say
from nbchat.server.assemble import sign_out
from server.conftest import Serve, guest

SECRET = "a-word-that-somebody-wrote"


@pytest.fixture(params=[Lines, JsonLines])
def log(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Handler, io.StringIO]]:
    """All that this process logs, at its most talkative, in one of the two forms."""
    text, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    handler.setFormatter(request.param())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler, text
    root.removeHandler(handler)
    root.setLevel(level)


async def test_real_flows_leave_lines_without_texts_and_secrets(start: Serve, log: Any) -> None:
    handler, text = log
    served = start()
    bob = await guest(served, "Bob")
    secrets = await flows(served, bob) | await knocks_wrongly(served)
    secrets |= {"token": served.door.token, "key": served.hub.keys.client, "owner": served.door.owner_key}
    said = text.getvalue()
    assert [name for name, secret in secrets.items() if secret in said] == []
    assert WORDS[0] in secrets.values()
    assert "/nbchat/api/me" in said
    if isinstance(handler.formatter, JsonLines):
        lines = [json.loads(line) for line in said.splitlines()]
        assert all(line.keys() >= {"at", "level", "logger", "event", "text"} for line in lines)
        [asked] = [line for line in lines if line["event"] == "request" and line.get("method") == "POST"]
        assert (asked["path"], asked["status"]) == ("/nbchat/api/me", 200)
        events = [line["event"] for line in lines]
        assert events.count("opened") == 2
        assert [line["reason"] for line in lines if line["event"] == "dropped"] == ["frame_too_large"]


def test_of_an_exception_stand_type_and_place(log: Any) -> None:
    _, text = log
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("nbchat.test").exception("it failed")
    assert "ValueError" in text.getvalue()
    assert "test_of_an_exception_stand_type_and_place" in text.getvalue()
    assert SECRET not in text.getvalue().replace("raise ValueError(SECRET)", "")


def test_a_line_has_its_event_and_fields(log: Any) -> None:
    handler, text = log
    say(logging.getLogger("nbchat.test"), logging.WARNING, "closed", "%(connection)d is closed", connection=7)
    logging.getLogger("nbchat.test").warning("%s of %s", "one", 2)
    say(logging.getLogger("nbchat.test"), logging.WARNING, "bare", "without fields")
    first, second, third = text.getvalue().splitlines()
    if isinstance(handler.formatter, JsonLines):
        line = json.loads(first)
        assert (line["event"], line["connection"], line["text"]) == ("closed", 7, "7 is closed")
        assert json.loads(second)["event"] == "test_logs.test_a_line_has_its_event_and_fields"
        assert json.loads(second)["text"] == "one of 2"
        assert (json.loads(third)["event"], json.loads(third)["text"]) == ("bare", "without fields")
    else:
        assert (first, second, third) == ("WARNING 7 is closed", "WARNING one of 2", "WARNING without fields")


def test_serve_logs_json_where_it_is_asked_to(tmp_path: Any) -> None:
    with serve(tmp_path, more=("--debug", "--log-json")) as server:
        lines = server.log.read_text
        wait_until(lambda: '"event": "request"' in lines(), what="a line about a request")
        found = [json.loads(line) for line in lines().splitlines() if line.startswith("{")]
    assert {"path", "status", "ms"} <= next(line for line in found if line["event"] == "request").keys()


def test_start_sign_out_and_stop_of_a_hub_are_a_line_each_without_debug(tmp_path: Any) -> None:
    with serve(tmp_path, more=("--log-json",)) as server:
        with Client("room", hub=server.url, token=server.token, name="Grace") as grace:
            visitors = [Client("room", hub=server.url, token=server.token, name="Ada") for _ in range(2)]
            who = visitors[0].me.id
            sign_out(server.data, "Ada")
            wait_until(lambda: '"signed_out"' in server.log.read_text(), what="a line about it")
            assert grace.connection.state == "connected"
            server.terminate()
            for one in visitors:
                one.close()
        found = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    assert [line["event"] for line in found] == ["started", "signed_out", "draining", "stopped"]
    assert {line["level"] for line in found} == {"info"}
    assert (found[0]["url"], found[0]["data"]) == (f"{server.url}nbchat/", str(server.data / "hub.sqlite3"))
    assert (found[1]["users"], found[1]["connections"], found[2]["connections"]) == (who, 2, 1)
    assert found[1]["text"] == f"a login of {who} was taken back: 2 connections are closed"
    assert not [line for line in found if server.token in str(line) or "Ada" in str(line)]


def test_a_trouble_that_lasts_is_told_at_once_then_seldom_and_when_it_is_over(log: Any) -> None:
    handler, text = log
    now = [0.0]
    trouble = Trouble(logging.getLogger("t"), "stored again", clock=lambda: now[0])
    trouble.over()
    for second in range(130):
        now[0] = float(second)
        trouble.again(logging.ERROR, "not stored (%s)", "store_full")
    trouble.over()
    trouble.over()
    lines = [line for line in text.getvalue().splitlines() if "stored" in line]
    said = [json.loads(line)["text"] if isinstance(handler.formatter, JsonLines) else line for line in lines]
    assert [line.removeprefix("ERROR ").removeprefix("WARNING ") for line in said] == [
        "not stored (store_full)",
        "not stored (store_full) (61 times by now)",
        "not stored (store_full) (121 times by now)",
        "stored again; before that it failed, 130 times",
    ]
