"""Frames of a view through the kernel's comm to a real hub and back; and the lazy chunks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kit.hosted import Hosted
from kit.processes import wait_until
from kit.views import View

from nbchat import Client
from nbchat.widget import relay

from .conftest import Open


def heard(view: View, kind: str, name: str = "v1") -> list[dict[str, Any]]:
    return [content for content in view.heard if content["t"] == kind and content["view"] == name]


def items(view: View, name: str = "v1") -> list[dict[str, Any]]:
    frames = [frame for content in heard(view, "relay.frame", name) for frame in content["frames"]]
    return [item for frame in frames for item in json.loads(frame)]


def opened(chat: Any, name: str = "v1") -> View:
    """A view that said hello through the relay."""
    view = View(chat)
    view.sends({"t": "relay.open", "view": name})
    wait_until(lambda: heard(view, "relay.opened", name), what="the relay open")
    say(view, {"t": "hello", "ref": 1, "kind": "page"}, name)
    wait_until(lambda: "welcome" in [item["t"] for item in items(view, name)], what="a welcome")
    return view


def say(view: View, command: dict[str, Any], name: str = "v1") -> None:
    view.sends({"t": "relay.frame", "view": name, "data": json.dumps(command)})


def test_a_view_chats_through_the_kernel_as_the_sessions_user(session: Open, grace: Client) -> None:
    chat = session()
    view = opened(chat)
    [welcome] = [item for item in items(view) if item["t"] == "welcome"]
    assert welcome["me"]["id"] == chat.me.id
    say(view, {"t": "post", "ref": 2, "conversation": chat.conversation_id, "key": "k" * 32, "text": "by relay"})
    got = grace.wait_for(lambda m: m.text == "by relay", timeout=60, since=0)
    assert (got.author, got.via) == (chat.me, "page")
    wait_until(lambda: "accepted" in [item["t"] for item in items(view)], what="the reply")


def test_frames_are_gathered_and_keep_their_order(session: Open, grace: Client) -> None:
    view = opened(session())
    sent = [grace.send(str(number)) for number in range(60)]
    sent[-1].wait("sent", timeout=60)
    wait_until(lambda: len(posted(view)) == 60, what="sixty messages")
    assert posted(view) == [str(number) for number in range(60)]


def posted(view: View) -> list[str]:
    return [item["text"] for item in items(view) if item["t"] == "posted"]


def test_two_views_have_a_connection_each(session: Open) -> None:
    chat = session()
    one, two = opened(chat, "v1"), opened(chat, "v2")
    one.sends({"t": "relay.close", "view": "v1"})
    say(two, {"t": "ping", "ref": 9}, "v2")
    wait_until(lambda: "pong" in [item["t"] for item in items(two, "v2")], what="a pong for the second")
    say(one, {"t": "ping", "ref": 9}, "v1")
    wait_until(lambda: heard(one, "relay.closed", "v1"), what="the first told that it is closed")
    assert "pong" not in [item["t"] for item in items(one, "v1")]


def test_the_end_of_the_hub_is_told(session: Open, hub: Hosted) -> None:
    view = opened(session())
    hub.does(hub.served.stop())
    wait_until(lambda: heard(view, "relay.closed"), what="the end")
    assert heard(view, "relay.closed")[0]["code"] in (1001, 4006, None)


def test_the_end_of_the_session_is_told(session: Open) -> None:
    chat = session()
    view = opened(chat)
    chat.close()
    assert heard(view, "relay.closed")[0]["code"] == 1001


def test_only_so_many_views(session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "VIEWS", 1)
    chat = session()
    view = opened(chat, "v1")
    view.sends({"t": "relay.open", "view": "v2"})
    wait_until(lambda: heard(view, "relay.closed", "v2"), what="the second refused")
    assert heard(view, "relay.closed", "v2")[0]["code"] == 4005


def test_a_view_that_vanished_is_closed(session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "PING_SECONDS", 0.01)
    view = View(session())
    view.sends({"t": "relay.open", "view": "v1"})
    wait_until(lambda: heard(view, "relay.closed"), what="the silent view closed")
    assert len(heard(view, "relay.ping")) == relay.UNANSWERED, "it was asked, however late the timers were"


def test_a_much_too_large_frame_ends_the_view(session: Open) -> None:
    view = opened(session())
    view.sends({"t": "relay.frame", "view": "v1", "data": "x" * 300_000})
    wait_until(lambda: heard(view, "relay.closed"), what="the view closed")
    assert heard(view, "relay.closed")[0]["code"] == 1009


@pytest.mark.parametrize("content", [{}, {"t": "relay.open"}, {"t": "relay.open", "view": 3}, {"t": "x", "view": "v"}])
def test_what_is_no_relay_message_is_ignored(session: Open, content: dict[str, Any]) -> None:
    view = View(session())
    view.sends(content)
    assert opened(view_session(view)) is not None
    assert heard(view, "relay.closed") == []


def view_session(view: View) -> Any:
    """Anything with the comm of that view."""

    class Holder:
        comm = view._comm

    return Holder


def test_chunks_are_given_by_name_and_nothing_else(session: Open) -> None:
    view = View(session())
    for name in ("highlight-ABC.js", "../widget.js", "highlight", None):
        view.sends({"t": "chunk", "name": name})
    assert view.heard == [
        {"t": "chunk", "name": "highlight-ABC.js", "text": "// colours"},
        {"t": "chunk", "name": "../widget.js", "text": None},
        {"t": "chunk", "name": "highlight", "text": None},
        {"t": "chunk", "name": None, "text": None},
    ]
