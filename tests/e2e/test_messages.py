"""What people do to messages, two of them over a real server: each sees at once what the other did."""

from __future__ import annotations

import re
from collections.abc import Callable

from kit.people import gather, sits_at_page
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]


def test_an_edit_is_seen_with_its_versions(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "edits", "ada", "grace")
    ada.writes("helo")
    grace.sees("helo")
    ada.sees_tick("helo", "sent").composer.press("ArrowUp")
    field = ada.root.get_by_role("textbox", name="Edit your message")
    expect(field).to_have_value("helo")
    field.fill("hello")
    field.press("Enter")
    grace.sees("hello")
    grace.message("hello").get_by_role("button", name=re.compile("^Edited ")).click()
    versions = grace.root.get_by_role("dialog", name="Versions of this message")
    expect(versions.locator(".nbc-text")).to_have_text(["hello", "helo"])
    versions.get_by_role("button", name="Close").click()
    grace.page.reload()
    grace.sees("hello")


def test_a_deleted_message_leaves_a_tombstone_here_and_in_its_quotes(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "deletions", "ada", "grace")
    ada.writes("a secret")
    grace.sees("a secret").chooses("a secret", "Reply")
    grace.writes("careful!")
    quote = ada.message("careful!").locator(".nbc-quote")
    expect(quote).to_contain_text("a secret")
    ada.chooses("a secret", "Delete")
    ada.root.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for seat in (ada, grace):
        expect(seat.timeline.get_by_text("a secret")).to_have_count(0)
        expect(seat.message("careful!").locator(".nbc-quote")).to_contain_text("Deleted")
    grace.page.reload()
    grace.sees("careful!")
    expect(grace.timeline.get_by_text("a secret")).to_have_count(0)


def test_what_a_moderator_deletes_says_so(lab: Server, new_person: NewPerson) -> None:
    ada, grace, alan = gather(lab, new_person, "moderated", "ada", "grace", "alan")
    grace.writes("cheap watches")
    for seat in (ada, alan):
        seat.sees("cheap watches")
    alan.message("cheap watches").locator(".nbc-text").click(button="right")
    expect(alan.root.get_by_role("menuitem", name="Copy link")).to_be_visible()
    expect(alan.root.get_by_role("menuitem", name="Delete")).to_have_count(0)
    alan.page.keyboard.press("Escape")
    ada.deletes("cheap watches")
    for seat in (ada, grace, alan):
        seat.hears("Deleted by a moderator")
        expect(seat.timeline.get_by_text("cheap watches")).to_have_count(0)
    log = ada.sheet("About this conversation", "Moderate")
    expect(log.get_by_text("Ada Lovelace deleted a message of Grace Hopper")).to_be_visible()


def test_a_reply_leads_to_what_it_answers(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "answers", "ada", "grace")
    ada.writes("which seed?")
    grace.sees("which seed?").chooses("which seed?", "Reply")
    for line in range(60):
        ada.writes(f"line {line}")
    grace.sees("line 59").writes("the one of May")
    quote = ada.message("the one of May").locator(".nbc-quote")
    expect(quote).to_contain_text("which seed?")
    expect(ada.message("which seed?")).not_to_be_in_viewport()
    quote.click()
    expect(ada.message("which seed?")).to_be_focused()
    expect(ada.message("which seed?")).to_be_in_viewport()


def test_a_message_is_passed_on(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "passed on", "ada", "grace")
    alan = sits_at_page(new_person(), lab, user="alan").creates_channel("far away")
    grace.finds_channel("far away")
    ada.writes("the news")
    grace.opens("passed on").sees("the news").forwards("the news", "far away", "have you heard?")
    alan.sees("have you heard?", "the news")
    passed = alan.message("have you heard?").locator(".nbc-forward")
    expect(passed).to_contain_text("Forwarded from Ada Lovelace")
    alan.sees_author("have you heard?", "Grace Hopper")


def test_reactions_are_counted_for_everybody(lab: Server, new_person: NewPerson) -> None:
    everybody = ada, grace, alan = gather(lab, new_person, "reactions", "ada", "grace", "alan")
    ada.writes("lunch?")
    for seat in everybody:
        seat.sees("lunch?")
    grace.chooses("lunch?", "👍")
    ada.sees_reaction("lunch?", "👍", 1, "Grace Hopper")
    alan.sees_reaction("lunch?", "👍", 1, "Grace Hopper")
    # Nobody waits for anybody: one leaves while two join.
    for seat in everybody:
        seat.message("lunch?").get_by_role("button", name=re.compile("^👍")).dispatch_event("click")
    for seat, who in ((ada, "You"), (grace, "Ada Lovelace"), (alan, "You")):
        seat.sees_reaction("lunch?", "👍", 2, who)
    grace.joins_reaction("lunch?", "👍")
    for seat in everybody:
        seat.chooses("lunch?", "🎉")
    for seat in everybody:
        seat.sees_reaction("lunch?", "👍", 3, "You").sees_reaction("lunch?", "🎉", 3, "You")
        seat.page.reload()
        seat.sees_reaction("lunch?", "👍", 3, "You").sees_reaction("lunch?", "🎉", 3, "You")


def test_pins_and_links_lead_to_the_message(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "ways", "ada", "grace")
    ada.writes("the rules")
    grace.sees("the rules")
    # The row has its number only once the hub has it.
    seq = grace.message("the rules").get_attribute("data-seq")
    ada.chooses("the rules", "Pin")
    expect(grace.message("the rules").get_by_role("img", name=re.compile("^Pinned by "))).to_be_visible()
    address = grace.page.url
    # What comes from now on is unread for Grace, and more than a page of it.
    grace.creates_channel("beside the ways")
    for line in range(70):
        ada.writes(f"line {line}")
    grace.sees_unread("ways", 70)
    ada.page.reload()
    ada.sees("line 69")
    expect(ada.message("the rules")).to_have_count(0)
    ada.root.get_by_role("button", name="Pinned messages").click()
    ada.side.get_by_role("button", name=re.compile("the rules")).click()
    expect(ada.message("the rules")).to_be_focused()
    later = sits_at_page(new_person(), lab, user="grace", at=f"{address}/{seq}")
    expect(later.message("the rules")).to_be_focused()
    expect(later.message("the rules")).to_be_in_viewport()
    later.root.get_by_role("button", name="To the newest message").click()
    later.sees("line 69")


def test_marked_unread_stays_unread_until_one_comes_back(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "later", "ada", "grace")
    for text in ("one", "two", "three"):
        ada.writes(text)
    grace.sees("one", "two", "three").sees_unread("later", 0)
    grace.chooses("two", "Mark unread from here")
    grace.sees_unread("later", 2)
    expect(grace.timeline.get_by_text("New messages")).to_be_visible()


def test_what_is_saved_is_there_on_the_next_device(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "keepsakes", "ada", "grace")
    ada.writes("the address").writes("something else")
    grace.sees("the address", "something else").chooses("the address", "Save for later")
    phone = sits_at_page(new_person(width=480), lab, user="grace", at=grace.page.url).sees("something else")
    phone.root.locator(".nbc-chat").get_by_role("button", name="Menu").click()
    phone.root.get_by_role("menuitem", name="Saved messages").click()
    expect(phone.side.locator(".nbc-hit")).to_have_count(1)
    phone.side.get_by_role("button", name="the address").click()
    expect(phone.message("the address")).to_be_focused()
    grace.chooses("the address", "Saved: remove")
    phone.root.locator(".nbc-chat").get_by_role("button", name="Menu").click()
    phone.root.get_by_role("menuitem", name="Saved messages").click()
    expect(phone.side.get_by_text("Nothing saved yet.")).to_be_visible()


def test_what_was_not_sent_stays_until_it_is_sent_or_taken_back(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "refusals", "ada", "grace")
    grace.page.context.set_offline(True)
    grace.writes("first").writes("second").sees_tick("second", "waiting")
    ada.card("Grace Hopper").get_by_label("May write").select_option("600")
    ada.closes_sheet()
    grace.page.context.set_offline(False)
    grace.hears("A moderator has muted you in")
    grace.page.reload()
    for text in ("first", "second"):
        grace.sees_tick(text, "failed")
    ada.card("Grace Hopper").get_by_label("May write").select_option("0")
    ada.closes_sheet()
    grace.composer.wait_for()
    grace.message("first").get_by_role("button", name="Delete").click()
    grace.message("second").get_by_role("button", name="Retry").click()
    ada.sees("second")
    for seat in (ada, grace):
        expect(seat.timeline.get_by_text("first", exact=True)).to_have_count(0)
