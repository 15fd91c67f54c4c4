"""Threads, two people over a real server: beside the conversation, counted apart, and what a deletion leaves."""

from __future__ import annotations

import re
from collections.abc import Callable

from kit.people import gather, sits_at_page
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]


def test_a_thread_stands_beside_and_counts_for_who_follows_it(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "threads", "ada", "grace")
    ada.writes("who comes?")
    grace.sees("who comes?").chooses("who comes?", "Reply in thread")
    reply = grace.side.get_by_role("textbox", name=re.compile("."))
    reply.fill("I do")
    reply.press("Enter")
    expect(grace.side.locator(".nbc-text").last).to_have_text("I do")
    line = ada.message("who comes?").locator(".nbc-thread")
    expect(line).to_contain_text("1 reply")
    expect(line).to_contain_text("1 new")
    expect(ada.timeline.get_by_text("I do")).to_have_count(0)
    line.click()
    expect(ada.side.locator(".nbc-text").last).to_have_text("I do")
    expect(line).not_to_contain_text("new")
    answer = ada.side.get_by_role("textbox", name=re.compile("."))
    ada.side.get_by_role("checkbox").check()
    answer.fill("great")
    answer.press("Enter")
    grace.sees("great")
    expect(grace.message("great").locator(".nbc-quote")).to_contain_text("who comes?")


def test_an_unread_thread_is_unread_on_all_devices_until_one_reads_it(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "two desks", "ada", "grace")
    ada.writes("who reviews?")
    grace.sees("who reviews?")
    phone = sits_at_page(new_person(width=480), lab, user="ada").goes_to_list()
    grace.opens_thread("who reviews?").writes_in_thread("me, tomorrow")
    for seat in (ada, phone):
        expect(seat.row("two desks")).to_contain_text("1 thread has new replies")
    # A reply that stands in the thread alone is no unread message of the conversation.
    phone.sees_unread("two desks", 0)
    ada.message("who reviews?").locator(".nbc-thread").click()
    expect(ada.side.locator(".nbc-text").last).to_have_text("me, tomorrow")
    for seat in (ada, phone):
        expect(seat.row("two desks")).not_to_contain_text("new replies")
    grace.side.get_by_role("textbox").press_sequentially("or", delay=5)
    expect(ada.side.get_by_text("Grace Hopper is typing…")).to_be_visible()
    expect(ada.root.get_by_text("is typing…")).to_have_count(1)


def test_a_thread_on_a_deleted_message(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "stumps", "ada", "grace")
    ada.writes("with replies").writes("without any")
    grace.sees("with replies", "without any")
    grace.opens_thread("with replies").writes_in_thread("a reply")
    expect(ada.message("with replies").locator(".nbc-thread")).to_be_visible()
    ada.deletes("with replies")
    # What was said in it stays, below the tombstone.
    expect(grace.side.get_by_role("article").first).to_contain_text("Deleted")
    expect(grace.side.locator(".nbc-text").last).to_have_text("a reply")
    grace.opens_thread("without any")
    ada.deletes("without any")
    expect(grace.side.get_by_role("article").first).to_contain_text("Deleted")
    grace.writes_in_thread("too late")
    failed = grace.side.get_by_role("article").filter(has_text="too late")
    expect(failed).to_contain_text("This message is deleted")
    failed.get_by_role("button", name="Delete").click()
    expect(grace.side.get_by_text("too late")).to_have_count(0)
