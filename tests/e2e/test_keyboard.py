"""A conversation without a mouse: send, edit, reply, react, a thread and back, another conversation."""

from __future__ import annotations

import re
from collections.abc import Callable

from kit.people import Seat, gather, sits_at_page
from kit.servers import Server
from playwright.sync_api import Locator, Page, expect

NewPerson = Callable[..., Page]

HAS_FOCUS = "(one) => one === document.activeElement"
STOPS = 40
"""Presses of Tab that get anywhere on a page; in a good order far fewer are needed."""


def tabs_to(page: Page, there: Locator, key: str = "Tab") -> None:
    """Presses Tab until this has the focus."""
    for _ in range(STOPS):
        if there.count() == 1 and there.evaluate(HAS_FOCUS):
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached with {STOPS} presses of {key}: {there}")


def chooses(seat: Seat, title: str, key: str) -> None:
    """From anywhere before the composer to the list, which has one stop; arrows walk in it."""
    tabs_to(seat.page, seat.root.locator(".nbc-item[tabindex='0']"), "Shift+Tab")
    seat.page.keyboard.press(key)
    expect(seat.row(title)).to_be_focused()
    seat.page.keyboard.press("Enter")
    seat.sees_title(title).composer.wait_for()


def walks(seat: Seat, key: str, *texts: str) -> None:
    """From behind the timeline into it, at the first of these messages, and with an arrow to each of the others."""
    tabs_to(seat.page, seat.message(texts[0]), "Shift+Tab")
    for text in texts[1:]:
        seat.page.keyboard.press(key)
        expect(seat.message(text)).to_be_focused()


def writes(seat: Seat, text: str) -> None:
    """Into what has the focus, and Enter."""
    seat.page.keyboard.type(text)
    seat.page.keyboard.press("Enter")


def test_send_edit_and_reply_without_a_mouse(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "without a mouse", "ada", "grace")
    tabs_to(ada.page, ada.composer)
    writes(ada, "helo everybody")
    ada.sees_tick("helo everybody", "sent")
    ada.page.keyboard.press("ArrowUp")
    expect(ada.root.get_by_role("textbox", name="Edit your message")).to_be_focused()
    ada.page.keyboard.press("Control+a")
    writes(ada, "hello everybody")
    grace.sees("hello everybody").writes("hello Ada")
    ada.sees("hello everybody", "hello Ada")
    expect(ada.composer).to_be_focused()
    tabs_to(ada.page, ada.message("hello Ada"), "Shift+Tab")
    ada.page.keyboard.press("r")
    expect(ada.composer).to_be_focused()
    writes(ada, "how are you?")
    expect(grace.message("how are you?").locator(".nbc-quote")).to_contain_text("hello Ada")
    expect(ada.composer).to_be_focused()


def test_react_open_a_thread_and_come_back_without_a_mouse(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "keys alone", "ada", "grace")
    ada.writes("one").writes("two").writes("three").sees_tick("three", "sent")
    walks(ada, "ArrowUp", "three", "two")
    ada.page.keyboard.press("+")
    expect(ada.root.get_by_role("searchbox", name="Search emoji")).to_be_focused()
    writes(ada, "wave")
    grace.sees_reaction("two", "👋", 1, "Ada Lovelace")
    expect(ada.message("two")).to_be_focused()
    tabs_to(ada.page, ada.message("two").get_by_role("button", name=re.compile("^👋")))
    ada.page.keyboard.press("Enter")
    grace.sees_reaction("two", "👋", 0)
    expect(ada.message("two")).to_be_focused()
    ada.page.keyboard.press("t")
    expect(ada.side.get_by_role("textbox")).to_be_focused()
    writes(ada, "in the thread")
    expect(grace.message("two").locator(".nbc-thread")).to_contain_text("1 reply")
    tabs_to(ada.page, ada.side.get_by_role("button", name="Close"), "Shift+Tab")
    ada.page.keyboard.press("Enter")
    expect(ada.side).to_have_count(0)
    expect(ada.message("two")).to_be_focused()


def test_go_to_another_conversation_and_back_without_a_mouse(lab: Server, new_person: NewPerson) -> None:
    ada = sits_at_page(new_person(), lab, user="linus").creates_channel("this one").creates_channel("that one")
    ada.opens("this one").writes("here").opens("that one").writes("there").sees_tick("there", "sent")
    tabs_to(ada.page, ada.row("that one"), "Shift+Tab")
    chooses(ada, "this one", "ArrowDown")
    tabs_to(ada.page, ada.composer)
    writes(ada, "and here")
    ada.sees("here", "and here")
    chooses(ada, "that one", "ArrowDown")
    ada.sees("there")
