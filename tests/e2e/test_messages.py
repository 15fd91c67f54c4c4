"""What people do to messages, two of them over a real server: each sees at once what the other did."""

from __future__ import annotations

import re
from collections.abc import Callable

from kit.people import PATIENCE, Seat, sits_at_page
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]


def two(lab: Server, new_person: NewPerson, channel: str) -> tuple[Seat, Seat]:
    """Ada and Grace, each at a page of her own, in a channel of their own."""
    ada = sits_at_page(new_person(), lab, user="ada").creates_channel(channel)
    grace = sits_at_page(new_person(), lab, user="grace").finds_channel(channel)
    return ada, grace


def test_an_edit_is_seen_with_its_versions(lab: Server, new_person: NewPerson) -> None:
    ada, grace = two(lab, new_person, "edits")
    ada.writes("helo")
    grace.sees("helo")
    ada.composer.press("ArrowUp")
    field = ada.root.get_by_role("textbox", name="Edit your message")
    expect(field).to_have_value("helo", timeout=PATIENCE)
    field.fill("hello")
    field.press("Enter")
    grace.sees("hello")
    grace.message("hello").get_by_role("button", name=re.compile("^Edited ")).click()
    versions = grace.root.get_by_role("dialog", name="Versions of this message")
    expect(versions.locator(".nbc-text")).to_have_text(["hello", "helo"], timeout=PATIENCE)
    versions.get_by_role("button", name="Close").click()
    grace.page.reload()
    grace.sees("hello")


def test_a_deleted_message_leaves_a_tombstone_here_and_in_its_quotes(lab: Server, new_person: NewPerson) -> None:
    ada, grace = two(lab, new_person, "deletions")
    ada.writes("a secret")
    grace.sees("a secret").chooses("a secret", "Reply")
    grace.writes("careful!")
    quote = ada.message("careful!").locator(".nbc-quote")
    expect(quote).to_contain_text("a secret", timeout=PATIENCE)
    ada.chooses("a secret", "Delete")
    ada.root.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for seat in (ada, grace):
        expect(seat.timeline.get_by_text("a secret")).to_have_count(0, timeout=PATIENCE)
        expect(seat.message("careful!").locator(".nbc-quote")).to_contain_text("Deleted", timeout=PATIENCE)
    grace.page.reload()
    grace.sees("careful!")
    expect(grace.timeline.get_by_text("a secret")).to_have_count(0)


def test_reactions_are_counted_for_everybody(lab: Server, new_person: NewPerson) -> None:
    ada, grace = two(lab, new_person, "reactions")
    ada.writes("lunch?")
    grace.sees("lunch?").chooses("lunch?", "👍")
    mine = ada.message("lunch?").get_by_role("button", name=re.compile("^👍"))
    expect(mine).to_have_attribute("aria-pressed", "false", timeout=PATIENCE)
    mine.click()
    for seat in (ada, grace):
        expect(seat.message("lunch?").get_by_role("button", name=re.compile("^👍 2 by You and "))).to_be_visible(
            timeout=PATIENCE
        )
    mine.click()
    expect(grace.message("lunch?").get_by_role("button", name=re.compile("^👍 1 by You"))).to_be_visible(
        timeout=PATIENCE
    )


def test_a_thread_stands_beside_and_counts_for_who_follows_it(lab: Server, new_person: NewPerson) -> None:
    ada, grace = two(lab, new_person, "threads")
    ada.writes("who comes?")
    grace.sees("who comes?").chooses("who comes?", "Reply in thread")
    reply = grace.side.get_by_role("textbox", name=re.compile("."))
    reply.fill("I do")
    reply.press("Enter")
    expect(grace.side.locator(".nbc-text").last).to_have_text("I do", timeout=PATIENCE)
    line = ada.message("who comes?").locator(".nbc-thread")
    expect(line).to_contain_text("1 reply", timeout=PATIENCE)
    expect(line).to_contain_text("1 new", timeout=PATIENCE)
    expect(ada.timeline.get_by_text("I do")).to_have_count(0)
    line.click()
    expect(ada.side.locator(".nbc-text").last).to_have_text("I do", timeout=PATIENCE)
    expect(line).not_to_contain_text("new", timeout=PATIENCE)
    answer = ada.side.get_by_role("textbox", name=re.compile("."))
    ada.side.get_by_role("checkbox").check()
    answer.fill("great")
    answer.press("Enter")
    grace.sees("great")
    expect(grace.message("great").locator(".nbc-quote")).to_contain_text("who comes?")


def test_pins_and_links_lead_to_the_message(lab: Server, new_person: NewPerson) -> None:
    ada, grace = two(lab, new_person, "ways")
    ada.writes("the rules")
    grace.sees("the rules")
    # The row has its number only once the hub has it.
    seq = grace.message("the rules").get_attribute("data-seq")
    ada.chooses("the rules", "Pin")
    expect(grace.message("the rules").get_by_role("img", name=re.compile("^Pinned by "))).to_be_visible(
        timeout=PATIENCE
    )
    for line in range(70):
        ada.writes(f"line {line}")
    grace.sees("line 69")
    address = grace.page.url
    ada.page.reload()
    ada.sees("line 69")
    expect(ada.message("the rules")).to_have_count(0)
    ada.root.get_by_role("button", name="Pinned messages").click()
    ada.side.get_by_role("button", name=re.compile("the rules")).click()
    expect(ada.message("the rules")).to_be_focused(timeout=PATIENCE)
    later = sits_at_page(new_person(), lab, user="grace", at=f"{address}/{seq}")
    expect(later.message("the rules")).to_be_focused(timeout=PATIENCE)
    expect(later.message("the rules")).to_be_in_viewport()
    later.root.get_by_role("button", name="To the newest message").click()
    later.sees("line 69")


def test_marked_unread_stays_unread_until_one_comes_back(lab: Server, new_person: NewPerson) -> None:
    ada, grace = two(lab, new_person, "later")
    for text in ("one", "two", "three"):
        ada.writes(text)
    grace.sees("one", "two", "three").sees_unread("later", 0)
    grace.chooses("two", "Mark unread from here")
    grace.sees_unread("later", 2)
    expect(grace.timeline.get_by_text("New messages")).to_be_visible()
