"""What a program does with messages that are there, as two people's programs see it, over a real hub."""

from __future__ import annotations

import pytest
from kit.processes import wait_until

from nbchat import Client, HubError, Message

from .conftest import Join


def sees(client: Client, message: Message) -> Message:
    """The same message as this client has it."""
    found: list[Message] = []

    def there() -> bool:
        found[:] = [one for one in client.messages if one.key == message.key]
        return bool(found)

    wait_until(there, what=f"{message!r} at {client!r}")
    return found[0]


def test_an_edit_reaches_everybody_and_leaves_its_versions(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = ada.send("loss 0.12")
    theirs = sees(grace, sent)
    assert sent.edit("loss 0.11") is sent
    wait_until(lambda: theirs.text == "loss 0.11", what="the new text")
    assert theirs.edited is not None
    assert [version.text for version in theirs.versions()] == ["loss 0.12", "loss 0.11"]
    wait_until(lambda: sent.text == "loss 0.11", what="the new text in the object that was sent")


def test_only_the_author_edits_and_nothing_deleted(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = ada.send("mine").wait("sent", timeout=60)
    with pytest.raises(HubError) as refused:
        sees(grace, sent).edit("yours")
    assert refused.value.code == "forbidden"
    sent.delete()
    with pytest.raises(HubError) as refused:
        sent.edit("back")
    assert refused.value.code == "deleted"


def test_a_deleted_message_is_a_tombstone_everywhere(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = ada.send("secret").wait("sent", timeout=60)
    theirs = sees(grace, sent)
    sent.delete()
    wait_until(lambda: theirs.deleted, what="the tombstone")
    assert theirs.text == ""
    assert "deleted" in repr(theirs)
    assert [message.text for message in grace.history()] == [""]
    sent.delete()  # so already


def test_replies_quote_and_threads_stand_apart(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    question = ada.send("which seed?").wait("sent", timeout=60)
    quoting = sees(grace, question).reply("42").wait("sent", timeout=60)
    assert quoting.reply_to == question.seq
    begun = sees(grace, question).reply("why not 7", thread=True).wait("sent", timeout=60)
    assert begun.thread == question.seq
    answer = begun.reply("because").wait("sent", timeout=60)
    assert (answer.thread, answer.reply_to) == (question.seq, begun.seq)
    ada.send("both", thread=question, also=True).wait("sent", timeout=60)

    assert [message.text for message in ada.history()] == ["which seed?", "42", "both"]
    assert [message.text for message in ada.history(thread=question)] == ["which seed?", "why not 7", "because", "both"]
    wait_until(lambda: question.replies == 3, what="three replies at the root")


def test_reactions_count_each_person_once(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = ada.send("done").wait("sent", timeout=60)
    theirs = sees(grace, sent)
    theirs.react("🎉")
    theirs.react("🎉")
    sent.react("🎉")
    wait_until(lambda: len(sent.reactions.get("🎉", [])) == 2, what="two reactions")
    assert [person.name for person in sent.reactions["🎉"]] == ["Grace", ada.me.name]
    theirs.unreact("🎉")
    wait_until(lambda: [one.id for one in sent.reactions["🎉"]] == [ada.me.id], what="one reaction")
    with pytest.raises(HubError) as refused:
        sent.react("no emoji")
    assert refused.value.code == "bad_emoji"


def test_pins_mentions_and_permalinks(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = ada.send("@Grace see this, and @all too").wait("sent", timeout=60)
    assert set(sees(grace, sent).mentions) == {grace.me.id, "@all"}
    assert [message.text for message in grace.mentions()] == [sent.text]
    assert ada.mentions() == []
    sent.pin()
    assert [message.key for message in grace.pins()] == [sent.key]
    sent.unpin()
    assert grace.pins() == []
    assert sent.link == f"{ada.conversation_id}/{sent.seq}"
    assert sent.seq is not None
    assert grace.message(sent.seq) == sees(grace, sent)
    assert grace.message(10_000) is None


def test_a_forward_is_a_copy(join: Join) -> None:
    ada = join()
    sent = ada.send("worth reading").wait("sent", timeout=60)
    other = ada.create_channel("reading list")
    copy = sent.forward(other.id, "see").wait("sent", timeout=60)
    sent.delete()
    ada.open(id=other.id)
    found = ada.message(copy.seq or 0)
    assert found is not None
    assert (found.text, found.deleted) == ("see", False)
    forwarded = found.as_dict()["forwarded"]
    assert (forwarded["text"], forwarded["conversation"]) == ("worth reading", sent.conversation)


def test_unread_from_here_and_all_read(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = [ada.send(f"line {number}") for number in range(3)]
    sent[-1].wait("sent", timeout=60)
    wait_until(lambda: grace.unread == 3, what="three unread")
    grace.mark_read()
    wait_until(lambda: grace.unread == 0, what="nothing unread")
    sees(grace, sent[1]).mark_unread()
    wait_until(lambda: grace.unread == 2, what="two unread again")
    sent[2].delete()
    wait_until(lambda: grace.unread == 1, what="a deleted one does not count")
    grace.mark_all_read()
    wait_until(lambda: grace.unread == 0, what="all read")


def test_nothing_here_knows_what_a_deleted_message_said(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    sent = ada.send("the secret").wait("sent", timeout=60)
    theirs = sees(grace, sent)
    other = grace.create_channel("elsewhere")
    grace.open(id=other.id)
    sent.delete()
    wait_until(lambda: theirs.deleted, what="the tombstone")
    for message in (sent, theirs):
        assert "secret" not in repr([getattr(message, name, None) for name in Message.__slots__ if name[:2] != "__"])
