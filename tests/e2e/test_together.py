"""Two people and a cell in one conversation, in a real JupyterLab and a real Notebook 7."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kit.browser import run_cell
from kit.harness import FRAMES
from kit.people import Seat, shows, sits_at_page, sits_in_notebook
from kit.servers import Server
from playwright.sync_api import Browser, Page, expect

NewPerson = Callable[..., Page]
Start = Callable[..., Server]

PEOPLE = "kit.identities.NamedPeople"


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_two_people_and_a_cell(app: str, start: Start, new_person: NewPerson) -> None:
    server = start(app=app, identity=PEOPLE)
    hers = server.write_notebook("ada.ipynb", shows("ml-team"), "chat.send('from a cell')")
    other = server.write_notebook("grace.ipynb", shows("ml-team"))
    ada_page = new_person()
    ada = sits_in_notebook(ada_page, server, hers, user="ada").joins()
    grace = sits_in_notebook(new_person(), server, other, user="grace").joins()

    # The notebook ran from top to bottom before Grace came; its message is history for her.
    ada.sees("from a cell")
    grace.sees("from a cell")
    ada.writes("from Ada")
    grace.sees("from a cell", "from Ada")
    grace.writes("from Grace")
    run_cell(ada_page, 1)
    for seat in (ada, grace):
        expect(seat.message("from a cell")).to_have_count(2)
        seat.sees("from Ada", "from Grace")


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_the_host_does_not_spoil_the_looks(app: str, start: Start, new_person: NewPerson) -> None:
    server = start(app=app)
    send = "_ = chat.send('see [the docs](https://example.org)\\n```\\nx\\n```')"
    path = server.write_notebook("looks.ipynb", shows("looks"), send)
    me = sits_in_notebook(new_person(), server, path).is_connected()
    me.page.evaluate(FRAMES)
    # Before the first key: the box is as high as a line, and the place where one writes fills it.
    assert me.composer.evaluate("(area) => area.clientHeight") >= 30
    link = me.timeline.get_by_role("link", name="the docs")
    expect(link).to_have_css("text-decoration-line", "underline")
    text, blue = (one.evaluate("(it) => getComputedStyle(it).color") for one in (me.timeline.locator("p").last, link))
    assert text != blue
    expect(me.timeline.locator("pre")).to_have_css("white-space", "pre")
    expect(me.root.get_by_role("button", name="Send", exact=True)).to_have_css("border-top-left-radius", "8px")

    me.composer.fill("three\nlines\nof a draft")
    run_cell(me.page, 0)
    expect(me.composer).to_have_value("three\nlines\nof a draft")
    me.page.evaluate(FRAMES)
    assert me.composer.evaluate("(area) => area.clientHeight") >= 60


def test_one_person_alone_is_one_person(start: Start, new_person: NewPerson) -> None:
    server = start()
    page = new_person()
    path = server.write_notebook("me.ipynb", shows("notes"), "chat.send('from a cell')", "print(chat.me)")
    me = sits_in_notebook(page, server, path)
    me.is_connected().sees("from a cell")
    me.writes("from the widget").sees("from a cell", "from the widget")
    me.sees_author("from a cell", "You").sees_author("from the widget", "You")

    # Another cookie jar on the same server is asked once, and a name makes it somebody else.
    other = sits_at_page(new_person(), server, host="localhost").is_new("Grace").finds_channel("notes")
    assert "nbchat/ws" not in server.tail(1_000), "a browser that had not answered has tried the socket"
    other.sees("from a cell", "from the widget").writes("I am Grace")
    me.sees("from a cell", "from the widget", "I am Grace")
    me.sees_author("I am Grace", "Grace")
    other.page.reload()
    other.sees("I am Grace")


def test_typing_shows_and_goes(lab: Server, new_person: NewPerson) -> None:
    path = lab.write_notebook("typing.ipynb", shows("typing"))
    ada = sits_in_notebook(new_person(), lab, path, user="ada").joins()
    grace = sits_at_page(new_person(), lab, user="grace").finds_channel("typing")
    grace.types("hm")
    ada.sees_typing("Grace Hopper")
    ada.sees_nobody_typing()


def test_a_new_name_is_seen_at_once(lab: Server, new_person: NewPerson) -> None:
    ada = sits_at_page(new_person(), lab, user="ada").creates_channel("names").writes("who am I?")
    grace = sits_at_page(new_person(), lab, user="grace").finds_channel("names")
    grace.sees_author("who am I?", "Ada Lovelace")
    ada.renames("Ada L.")
    grace.sees_author("who am I?", "Ada L.")
    ada.renames("Ada Lovelace")


def test_the_menu_opens_the_page_of_the_conversation(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    path = lab.write_notebook("menu.ipynb", shows("menu"))
    ada = sits_in_notebook(page, lab, path, user="ada").joins()
    ada.writes("the same here and there").sees_tick("the same here and there", "sent")
    ada.root.get_by_role("button", name="Menu", exact=True).click()
    with page.expect_popup() as opened:
        ada.root.get_by_role("menuitem", name="Open as a page").click()
    there = Seat(opened.value).sees_title("menu").sees("the same here and there")
    there.writes("from the page")
    ada.sees("the same here and there", "from the page")


@pytest.mark.parametrize("which", ["doesnotexist", "%E0%A4%A", "hers"])
def test_an_address_of_nothing_says_so(which: str, lab: Server, new_person: NewPerson) -> None:
    if which == "hers":
        sits_at_page(new_person(), lab, user="ada").creates_channel("so that the directory knows her")
        hers = sits_at_page(new_person(), lab, user="grace").writes_to("Ada Lovelace")
        which = hers.page.url.rpartition("#c/")[2]
    alan = sits_at_page(new_person(), lab, user="alan", at=f"{lab.url}nbchat/#c/{which}")
    expect(alan.root.get_by_text("This conversation is not there, or not yours.")).to_be_visible()
    alan.root.get_by_role("button", name="Show the list").click()
    expect(alan.root.get_by_text("Choose a conversation, or start one.")).to_be_visible()


def test_presence_turns_grey_when_the_tab_closes(lab: Server, new_person: NewPerson) -> None:
    path = lab.write_notebook("presence.ipynb", shows("presence"))
    ada = sits_in_notebook(new_person(), lab, path, user="ada").joins()
    grace = sits_at_page(new_person(), lab, user="grace").finds_channel("presence")
    expect(ada.root.get_by_text("3 members, 2 online")).to_be_visible()
    grace.page.close()
    # Not at once: a reload must not blink. the grace comes first.
    expect(ada.root.get_by_text("3 members, 1 online")).to_be_visible()


def test_ticks_and_unread_on_two_devices(start: Start, new_person: NewPerson, browser: Browser) -> None:
    server = start(identity=PEOPLE)
    # She has been here once, so the directory knows her; and she was in another conversation, which her devices open.
    before = sits_at_page(new_person(), server, user="grace").creates_channel("elsewhere").page
    elsewhere = before.url
    before.close()
    ada = sits_at_page(new_person(), server, user="ada").writes_to("Grace Hopper")
    ada.writes("are you there?").sees_tick("are you there?", "sent")

    phone = sits_at_page(new_person(width=480), server, user="grace", at=elsewhere).goes_to_list()
    phone.sees_unread("Ada Lovelace", 1)
    ada.sees_tick("are you there?", "delivered")
    desk = sits_at_page(new_person(), server, user="grace", at=elsewhere)
    desk.sees_unread("Ada Lovelace", 1)
    ada.writes("hello?")
    desk.sees_unread("Ada Lovelace", 2)
    phone.sees_unread("Ada Lovelace", 2)
    expect(desk.page).to_have_title("(2) elsewhere")

    desk.opens("Ada Lovelace").sees("are you there?", "hello?")
    ada.sees_tick("hello?", "read")
    phone.sees_unread("Ada Lovelace", 0)
    desk.writes("here")
    ada.sees("are you there?", "hello?", "here")
