"""ChatSession driven from Python with no page open, and what a page would see of it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
import traitlets
from kit.hosted import Hosted
from kit.processes import wait_until
from kit.views import View
from msgspec import to_builtins

from nbchat import ChatSession, Client, SessionClosed, WidgetNotBuilt
from nbchat.protocol.messages import Message
from nbchat.widget import pace
from nbchat.widget.reruns import Run

from .conftest import Open


def test_send_receive_history_observe_stop_with_no_page_open(session: Open, grace: Client) -> None:
    chat = session()
    states: list[str] = []
    chat.observe(lambda change: states.append(change.new.state), names="connection")
    chat.send("from a cell").wait("sent", timeout=60)
    got = grace.wait_for(lambda m: m.text == "from a cell", timeout=60, since=0)
    assert (got.via, got.author) == ("session", chat.me)
    grace.send("from Grace")
    assert chat.wait_for(lambda m: m.author == grace.me, timeout=60, since=0).text == "from Grace"
    assert [m.text for m in chat.history()] == ["from a cell", "from Grace"]
    wait_until(lambda: [m.text for m in chat.messages] == ["from a cell", "from Grace"], what="the trait")
    assert chat.messages[-1].author.name == "Grace"
    wait_until(lambda: len(chat.members) == 2 and chat.unread == 1, what="members and unread")
    chat.mark_read()
    wait_until(lambda: chat.unread == 0, what="nothing unread")
    chat.close()
    with pytest.raises(SessionClosed, match="ml-team"):
        chat.send("too late")
    assert states == []  # it was connected all the time


def test_a_page_gets_traits_at_most_twice_a_second(
    session: Open, grace: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The half second is an hour here: of all that comes in it, the page hears once."""
    assert pace.FLUSH_SECONDS >= 0.5
    monkeypatch.setattr(pace, "FLUSH_SECONDS", 3600.0)
    chat = session()
    view = View(chat)
    sent = [grace.send(str(number)) for number in range(100)]
    sent[-1].wait("sent", timeout=60)
    assert chat.wait_for(lambda m: m.text == "99", timeout=60, since=0).author == grace.me
    assert len([update for update in view.updates if "messages" in update]) <= 1, "the first at once"
    chat._flush()  # as the hour would
    assert [message["text"] for message in view.state["messages"]] == [str(number) for number in range(80, 100)]


def test_the_state_of_a_page_is_plain_and_holds_no_secret(session: Open, hub: Hosted) -> None:
    chat = session(height=600, snapshot=5)
    for number in range(7):
        chat.send(str(number))
    view = View(chat)
    wait_until(lambda: len(view.state["messages"]) == 5, what="five messages")
    state = view.state
    assert state["options"] == {"height": 600, "snapshot": 5}
    last = state["messages"][-1]
    assert last.keys() == {*Message.__struct_fields__, "conversation", "name"}
    assert (last["conversation"], last["name"]) == (chat.conversation_id, chat.me.name)
    assert (last["seq"], last["v"], last["text"], last["via"]) == (8, 8, "6", "session")
    assert state["me"] == to_builtins(chat.me)
    assert state["connection"]["state"] == "connected"
    assert [row["handle"] for row in state["conversations"]] == ["ml-team"]
    assert state["store"]
    [runtime] = hub.runtime.glob("nbchat-*.json")
    assert json.loads(runtime.read_text())["key"] not in json.dumps(state)


def test_private_conversations_leave_nothing_in_the_document(session: Open, grace: Client) -> None:
    chat = session(f"@{grace.me.id}")
    view = View(chat)
    chat.send("between us").wait("sent", timeout=60)
    wait_until(lambda: [m.text for m in chat.messages] == ["between us"], what="the message in Python")
    assert view.state["messages"] == []
    wait_until(lambda: chat.conversations[0].last is not None, what="the preview in Python")
    assert [(row["kind"], row["last"]) for row in view.state["conversations"]] == [("direct", None)]
    chat.conversation = "ml-team"
    wait_until(lambda: len(chat.all_conversations) == 2, what="both in Python")
    wait_until(lambda: [row["kind"] for row in view.state["conversations"]] == ["channel"], what="one row")
    assert "members" not in view.state
    assert "unread" not in view.state
    assert "all_conversations" not in view.state
    assert "between us" not in json.dumps([view.state, view.updates, chat.get_state()])


def test_a_document_that_is_saved_during_a_switch_holds_nothing_private(session: Open, grace: Client) -> None:
    """A slow observer of the first trait that changes, while the messages are still those of the other conversation."""
    chat = session(f"@{grace.me.id}")
    chat.send("between us").wait("sent", timeout=60)
    wait_until(lambda: [m.text for m in chat.messages] == ["between us"], what="the message in Python")
    saved: list[str] = []
    chat.observe(lambda _: saved.append(json.dumps(chat.get_state())), names=["conversation_id", "conversations"])
    chat.conversation = "ml-team"
    assert saved
    assert "between us" not in "".join(saved)


def test_without_a_snapshot_no_text_of_a_channel_enters_the_document(session: Open, grace: Client) -> None:
    chat = session(snapshot=0)
    grace.send("not for the document").wait("sent", timeout=60)
    wait_until(lambda: chat.messages and chat.conversations[0].last is not None, what="the message in Python")
    assert (chat.get_state()["messages"], chat.get_state()["conversations"][0]["last"]) == ([], None)
    assert "not for the document" not in json.dumps(View(chat).state)


def test_setting_the_conversation_opens_it_in_every_view(session: Open, grace: Client) -> None:
    chat = session()
    view = View(chat)
    first = chat.conversation_id
    chat.conversation = "help-desk"
    assert chat.conversation_id not in ("", first)
    assert (view.state["conversation"], view.state["conversation_id"]) == ("help-desk", chat.conversation_id)
    chat.send("here?").wait("sent", timeout=60)
    assert [m.text for m in chat.history()] == ["here?"]
    chat.open("ml-team")
    assert chat.conversation_id == first


def test_a_conversation_that_cannot_be_opened_leaves_the_old_one(session: Open) -> None:
    chat = session()
    before = chat.conversation_id
    with pytest.raises(traitlets.TraitError, match="nobody-of-that-name"):
        chat.conversation = "@nobody-of-that-name"
    assert (chat.conversation, chat.conversation_id) == ("ml-team", before)


def test_a_choice_in_a_view_reaches_python(session: Open) -> None:
    chat = session()
    other = session("help-desk").conversation_id
    heard: list[str] = []
    chat.observe(lambda change: heard.append(change.new), names="conversation")
    view = View(chat)
    view.sets(conversation=other)
    assert (chat.conversation_id, heard) == (other, ["help-desk"])
    assert repr(chat).startswith("<ChatSession 'help-desk' as ")


def test_what_is_chosen_in_a_view_has_a_name_that_opens_it_again(session: Open, grace: Client) -> None:
    """A view knows only ids. A group has no name, so its id stays."""
    chat = session()
    alone, pair = chat.create_group("Compilers", []), session(f"@{grace.me.id}").conversation_id
    view = View(chat)
    names = []
    for id in (pair, alone.id):
        view.sets(conversation=id)
        names.append(chat.conversation)
        chat.conversation = chat.conversation
        assert chat.conversation_id == id
    assert names == [f"@{grace.me.id}", alone.id]


def test_only_code_opens_a_conversation_in_views_of_other_people(session: Open) -> None:
    """They follow `opened`, which says that code asked for it; a choice in somebody's view leaves it alone."""
    chat = session()
    other = session("help-desk").conversation_id
    view = View(chat)
    view.sets(conversation=other)
    assert (view.state["conversation_id"], view.state["opened"]) == (other, 0)
    before = len(view.updates)
    chat.conversation = "ml-team"
    changed = [name for update in view.updates[before:] for name in update]
    assert changed.index("conversation_id") < changed.index("opened")
    assert (view.state["conversation_id"], view.state["opened"]) == (chat.conversation_id, 1)
    chat.conversation = "ml-team"  # again: another person may be elsewhere by now
    assert view.state["opened"] == 2
    chat.open(id=other)
    assert (view.state["conversation_id"], view.state["opened"]) == (other, 3)
    with pytest.raises(traitlets.TraitError, match="nobody-of-that-name"):
        chat.conversation = "@nobody-of-that-name"
    view.sets(opened=99)
    assert (chat.opened, view.state["opened"]) == (3, 3)


def test_an_observer_that_answers_a_choice_is_code(session: Open) -> None:
    chat = session()
    other = session("help-desk").conversation_id

    def back(change: Any) -> None:
        if change.new == "help-desk":
            chat.conversation = "ml-team"

    chat.observe(back, names="conversation")
    View(chat).sets(conversation=other)
    assert (chat.conversation, chat.opened) == ("ml-team", 1)


def test_a_view_cannot_write_what_python_knows(session: Open) -> None:
    chat = session()
    before = chat.me
    View(chat).sets(me={"id": "mallory", "name": "Mallory"}, messages=[{"text": "forged"}], connection=3, store="x")
    assert chat.me == before
    assert (chat.messages, chat.connection.state) == ((), "connected")
    with pytest.raises(traitlets.TraitError, match="read-only"):
        chat.messages = ()


def test_typing_is_a_trait(session: Open, grace: Client) -> None:
    chat = session()
    with grace.typing_indicator():
        wait_until(lambda: chat.typing == (grace.me,), what="Grace typing")
    wait_until(lambda: chat.typing == (), what="Grace not typing")


def test_an_observer_that_fails_does_not_stop_the_traits(session: Open, grace: Client) -> None:
    chat = session()

    def broken(_: object) -> None:
        raise RuntimeError("broken observer")

    chat.observe(broken, names="messages")
    for word in ("one", "two"):
        grace.send(word).wait("sent", timeout=60)
        wait_until(lambda: [m.text for m in chat.messages[-1:]] == [word], what=word)  # noqa: B023 - now


def test_running_a_cell_again_replaces_its_session(session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbchat.widget import session as module

    def run_cell(cell: str, run: str, name: str = "ml-team") -> ChatSession:
        monkeypatch.setattr(module, "current_run", lambda: Run(cell, run))
        return session(name)

    first, same_run = run_cell("a", "1"), run_cell("a", "1")
    other_cell, other_name = run_cell("b", "2"), run_cell("a", "3", "help-desk")
    again = run_cell("a", "4")
    assert repr(same_run).endswith("closed>")
    alive = [
        repr(one).startswith("<ChatSession") and "connected" in repr(one) for one in (other_cell, other_name, again)
    ]
    assert alive == [True, True, True]
    assert View(again).gone is False
    assert "connected" in repr(first)


def test_closing_removes_the_views_and_every_thread(session: Open) -> None:
    before = own_threads()
    chat = session()
    view = View(chat)
    chat.on_message(lambda message: None)
    threads = [threading.Thread(target=chat.close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chat.close()
    assert view.gone
    assert own_threads() == before


def own_threads() -> list[str]:
    """What runs here; before a session is made it is what the hub has."""
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("nbchat"))


def test_its_text_form_says_what_it_is(session: Open) -> None:
    chat = session()
    assert repr(chat) == f"<ChatSession 'ml-team' as {chat.me.name}, connected, 0 unread>"
    bundle = chat._repr_mimebundle_()
    assert bundle is not None
    assert bundle[0]["text/plain"] == repr(chat)


def test_without_a_front_end_it_says_how_to_get_one(hub: Hosted, front_end: Path) -> None:
    (front_end / "widget.js").unlink()
    with pytest.raises(WidgetNotBuilt, match="npm run build"):
        ChatSession("ml-team")
