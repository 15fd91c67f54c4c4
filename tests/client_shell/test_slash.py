"""Slash commands that Python answers, over a real hub."""

from __future__ import annotations

import pytest
from kit.processes import wait_until

from nbchat.client.slash import Call

from .conftest import Join


def test_a_command_is_answered_by_a_reply(join: Join) -> None:
    bot, grace = join(), join(name="Grace")

    @bot.command("deploy", help="puts a version on the test server")
    def deploy(call: Call) -> str:
        return f"{call.author.name} deploys {' and '.join(call.words)}"

    asked = grace.send("/deploy main 'release 2'").wait("sent", timeout=60)
    answer = grace.wait_for(lambda message: message.reply_to == asked.seq, timeout=60, since=asked)
    assert answer.text == "Grace deploys main and release 2"


def test_others_are_told_which_commands_there_are(join: Join) -> None:
    bot, grace = join(), join(name="Grace")
    bot.command("deploy", help="puts a version on the test server")(lambda call: None)

    def offered() -> list[tuple[str, str, str]]:
        with grace._engine.reading() as state:
            known = state.conversations[grace.conversation_id].commands
        return [(one.name, one.help, one.user) for one in known]

    wait_until(lambda: offered() == [("deploy", "puts a version on the test server", bot.me.id)], what="it")
    bot.close()
    wait_until(lambda: offered() == [], what="the end of the offer")


async def _slowly(call: Call) -> str:
    return f"slowly: {call.args}"


def test_coroutines_failures_and_other_texts(join: Join) -> None:
    bot, grace = join(), join(name="Grace")
    bot.command("slow")(_slowly)
    bot.command("/broken")(lambda call: str(1 // 0))
    grace.send("/slowest x")
    grace.send("not /slow x")
    grace.send("/slow  x y ")
    grace.wait_for(lambda message: message.text == "slowly: x y", timeout=60, since=0)
    grace.send("/broken").wait("sent", timeout=60)
    told = grace.wait_for(lambda message: "failed" in message.text, timeout=60, since=0)
    assert "ZeroDivision" not in told.text
    assert [message.text for message in grace.history() if message.via == "bot" and message.author == bot.me] == [
        "slowly: x y",
        told.text,
    ]


def test_a_name_that_cannot_be_typed_is_refused(join: Join) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        join().command("two words")


@pytest.mark.parametrize("name", ["msg", "/Topic"])
def test_a_name_of_the_views_is_refused(join: Join, name: str) -> None:
    with pytest.raises(ValueError, match="of the chat itself"):
        join().command(name)
