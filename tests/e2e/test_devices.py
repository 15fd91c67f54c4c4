"""One person on two devices: drafts, what is unread, and what one wants of the list are the same on both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kit.people import Seat, gather, sits_at_page
from kit.servers import Server
from playwright.sync_api import Error, Page, expect

NewPerson = Callable[..., Page]


def crashes(seat: Seat) -> None:
    """The tab dies at once, as when the browser runs out of memory: no handler of the page runs."""
    with pytest.raises(Error, match="crash"):
        seat.page.goto("chrome://crash")
    seat.page.close()


def test_a_draft_goes_on_on_the_next_device(lab: Server, new_person: NewPerson) -> None:
    desk = sits_at_page(new_person(), lab, user="ada").creates_channel("drafts")
    phone = sits_at_page(new_person(width=480), lab, user="ada", at=desk.page.url).is_connected()
    desk.types("half a tho")
    expect(phone.composer).to_have_value("half a tho")
    phone.composer.focus()
    phone.page.keyboard.press("End")
    phone.types("ught")
    desk.row("drafts").focus()
    expect(desk.composer).to_have_value("half a thought")
    desk.composer.focus()
    phone.writes("half a thought")
    expect(desk.composer).to_have_value("")
    desk.sees("half a thought")
    phone.types("typed there")
    expect(desk.composer).to_have_value("typed there")
    phone.writes("typed there")
    desk.sees("typed there")
    expect(desk.composer).to_have_value("")


def test_a_crash_of_the_page_loses_nothing_that_was_typed(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "crashes", "ada", "grace")
    address, context = ada.page.url, ada.page.context
    ada.writes("there already").sees_tick("there already", "sent")
    ada.edits("there already", "there already!").sees("there already!")
    context.set_offline(True)
    ada.writes("one").writes("two").sees_tick("two", "waiting")
    ada.types("and a dra")
    crashes(ada)
    context.set_offline(False)
    again = sits_at_page(context.new_page(), lab, user="ada", at=address)
    expect(again.composer).to_have_value("and a dra")
    again.sees("there already!", "one", "two")
    grace.sees("there already!", "one", "two")


def test_what_happened_while_one_was_away_is_there_and_counted(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "away", "ada", "grace")
    grace.writes("before")
    ada.sees("before").writes("to be changed").writes("to be deleted")
    grace.sees("before", "to be changed", "to be deleted").sees_unread("away", 0)
    grace.creates_channel("away from it")
    phone = sits_at_page(new_person(width=480), lab, user="grace", at=grace.page.url).goes_to_list()
    phone.row("away").wait_for()
    phone.sees_unread("away", 0)  # a read marker is told once a second: until then the other device counts two
    grace.page.context.set_offline(True)
    grace.sees_banner("")  # which words depends on how long it has been away
    ada.edits("to be changed", "changed").deletes("to be deleted").chooses("before", "👍")
    ada.writes("one").writes("two").writes("a slip").writes("three")
    ada.sees("three").sees_tick("three", "sent").deletes("a slip")
    phone.sees_unread("away", 3)
    grace.page.context.set_offline(False)
    grace.sees_no_banner().sees_unread("away", 3)
    grace.opens("away").sees("before", "changed", "one", "two", "three")
    grace.sees_reaction("before", "👍", 1, "Ada Lovelace")
    expect(grace.timeline.get_by_text("to be deleted")).to_have_count(0)
    expect(grace.timeline.get_by_text("a slip")).to_have_count(0)
    for seat in (grace, phone):
        seat.sees_unread("away", 0)


def test_everything_is_marked_as_read_on_all_devices(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "first of two", "ada", "grace")
    ada.creates_channel("second of two")
    grace.finds_channel("second of two").creates_channel("third")
    phone = sits_at_page(new_person(width=480), lab, user="grace", at=grace.page.url).goes_to_list()
    ada.writes("here").opens("first of two").writes("@Grace Hopper and there").writes("and there")
    for seat in (grace, phone):
        seat.sees_unread("first of two", 2).sees_mentions("first of two", 1).sees_unread("second of two", 1)
    grace.root.locator(".nbc-chat").get_by_role("button", name="Menu").click()
    grace.root.get_by_role("menuitem", name="Mark all as read").click()
    for seat in (grace, phone):
        for title in ("first of two", "second of two"):
            seat.sees_unread(title, 0).sees_mentions(title, 0)


def test_stars_their_order_and_the_level_are_the_same_on_both(lab: Server, new_person: NewPerson) -> None:
    ada, linus = gather(lab, new_person, "alpha", "ada", "linus")
    linus.creates_channel("beta").creates_channel("gamma")
    linus.wants("alpha", "Star").wants("beta", "Star").wants("beta", "Move up")
    linus.wants("alpha", "Mentions")
    phone = sits_at_page(new_person(width=480), lab, user="linus").goes_to_list()
    for seat in (linus, phone):
        starred = seat.root.get_by_role("list", name="Starred").locator(".nbc-item-title")
        expect(starred).to_have_text(["beta", "alpha"])
    ada.writes("nothing for him")
    expect(phone.row("alpha").locator(".nbc-badge")).to_have_class("nbc-badge nbc-low")
    ada.writes("@linus this is")
    phone.sees_mentions("alpha", 1)
    phone.wants("alpha", "Remove the star")
    expect(linus.root.get_by_role("list", name="Starred").locator(".nbc-item-title")).to_have_text(["beta"])
