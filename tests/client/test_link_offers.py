"""Slash commands that a session or bot answers: told once, and again on each connection. Pages offer none."""

from __future__ import annotations

import json
from typing import Any

from vectors.shapes import error, row, welcome

from nbchat.client import outputs as out
from nbchat.client.link import Link
from nbchat.protocol import codec, messages as m

DEPLOY = m.Slash("deploy", "Deploys a branch")


class Bot:
    """A bot's link, and what it said."""

    def __init__(self) -> None:
        self.link = Link("bot", "test", lambda: "key-00001", lambda: 0.5)
        self.now = 0.0
        self.link.start(0)

    def said(self) -> list[dict[str, Any]]:
        return [json.loads(one.data) for one in self.link.take() if isinstance(one, out.Transmit)]

    def hears(self, *items: m.AnyFromHub) -> None:
        self.link.received(codec.encode_frame(items), self.now)

    def connects(self) -> list[dict[str, Any]]:
        """Connect, or connect again; what it says once the hub has said welcome."""
        while self.link.timer() is not None and self.link.info.retry_at is not None:
            self.now = self.link.info.retry_at
            self.link.tick(self.now)
        self.link.connected(self.now)
        hello = self.said()[-1]
        self.hears(welcome(hello["ref"], row()))
        return self.said()

    def offers(self, *commands: m.Slash) -> int:
        return self.link.offer("c1", list(commands), self.now)


def offered(said: list[dict[str, Any]]) -> list[list[str]]:
    return [[command["name"] for command in one["commands"]] for one in said if one["t"] == "offer"]


def test_offers_are_told_and_answered_to_whoever_asked() -> None:
    bot = Bot()
    bot.connects()
    ref = bot.offers(DEPLOY)
    assert offered(bot.said()) == [["deploy"]]
    bot.hears(m.Done(ref=ref))
    assert [one.ref for one in bot.link.take() if isinstance(one, out.Resolved)] == [ref]


def test_offers_are_told_again_on_the_next_connection() -> None:
    bot = Bot()
    bot.connects()
    bot.hears(m.Done(ref=bot.offers(DEPLOY)))
    bot.link.disconnected(None, bot.now)
    assert offered(bot.connects()) == [["deploy"]]


def test_an_offer_that_waits_for_a_connection_is_told_once() -> None:
    bot = Bot()
    bot.offers(DEPLOY)
    assert offered(bot.connects()) == [["deploy"]]


def test_what_is_offered_no_more_is_not_told_again() -> None:
    bot = Bot()
    bot.connects()
    bot.hears(m.Done(ref=bot.offers(DEPLOY)))
    bot.hears(m.Done(ref=bot.offers()))
    assert offered(bot.said()) == [["deploy"], []]
    bot.link.disconnected(None, bot.now)
    assert offered(bot.connects()) == []


def test_a_hub_that_could_not_take_an_offer_again_is_asked_once_more() -> None:
    bot = Bot()
    bot.connects()
    bot.hears(m.Done(ref=bot.offers(DEPLOY)))
    bot.link.disconnected(None, bot.now)
    again = next(one for one in bot.connects() if one["t"] == "offer")
    bot.hears(error(again["ref"], "store_failed"))
    due = bot.link.timer()
    assert due is not None
    bot.link.tick(due)
    assert offered(bot.said()) == [["deploy"]]
