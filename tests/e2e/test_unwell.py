"""What people see where the hub cannot store, cannot be reached well, or is told that they are somebody else."""

from __future__ import annotations

from collections.abc import Callable

from kit.browser import address
from kit.faults import full
from kit.firewall import firewall
from kit.people import Seat, sits_at_page
from kit.processes import wait_until
from kit.servers import Server, serve
from playwright.sync_api import Page, Request, WebSocketRoute, expect

NewPerson = Callable[..., Page]
Start = Callable[..., Server]


def waits(seat: Seat, words: str, *texts: str) -> None:
    """Where one writes it says why these messages wait, and at the first of them."""
    for text in texts:
        seat.writes(text)
    expect(seat.root.locator(".nbc-composer").get_by_role("status").filter(has_text=words)).to_be_visible()
    expect(seat.message(texts[0]).locator(".nbc-failure")).to_contain_text("It is sent again by itself.")
    expect(seat.message(texts[-1]).locator(".nbc-failure")).to_have_count(0)


def goes_out(seat: Seat, words: str, *texts: str) -> None:
    """All is stored by itself, and nothing is said of it any more."""
    seat.sees(*texts).sees_tick(texts[-1], "sent")
    expect(seat.root.get_by_text(words)).to_have_count(0)
    expect(seat.root.locator(".nbc-failure")).to_have_count(0)


def test_from_the_first_visit_to_the_sign_out(start: Start, new_person: NewPerson) -> None:
    server = start(serve)
    said: list[str] = []
    with firewall(server.port, "swallows") as wall:
        page = new_person(width=480)

        def note(request: Request) -> None:
            said.append(f"{request.method} {request.url.rpartition('/nbchat/')[2]}")

        page.on("request", note)
        page.goto(address(server, "nbchat/").replace(f":{server.port}/", f":{wall.port}/"))
        ada = Seat(page).is_new("Ada")
        expect(ada.root.get_by_role("button", name="Connecting…")).to_be_disabled()
        ada.root.get_by_role("textbox", name="Your name").press("Enter")
        wait_until(lambda: wall.asked > 0, what="the handshake")
        expect(ada.root.get_by_role("button", name="Connecting…")).to_be_disabled()
        wall.mood = "lets through"
        wall.hang_up()
        ada.creates_channel("unwell")
        assert said.count("POST api/me") == 1

        words = "The hub's disk is full. Messages wait for room."
        with full(server):
            waits(ada, words, "one", "two", "three")
            page.reload()  # who is known comes in and reads, and what waits goes on waiting
            ada.sees("one", "two", "three").is_connected()
            expect(ada.message("one").locator(".nbc-failure")).to_contain_text("It is sent again by itself.")
        goes_out(ada, words, "one", "two", "three")
        words, data, aside = "The hub has to be started again. Messages wait.", server.data, server.root / "aside"
        (data / "hub.sqlite3").rename(aside)
        waits(ada, words, "four", "five")
        aside.rename(data / "hub.sqlite3")
        goes_out(ada, words, "four", "five")

        ada.types("half a sentence")
        page.context.clear_cookies()
        wall.hang_up()
        expect(ada.root.get_by_role("heading", name="You are not signed in any more.")).to_be_visible()
        expect(ada.root).to_contain_text("What you have not sent is kept in this browser")
        expect(ada.root).not_to_contain_text("half a sentence")
        ada.root.get_by_role("button", name="Sign in").click()
        page.get_by_role("textbox", name="Token").wait_for()
        assert page.context.pages == [page]


def test_between_two_people_the_page_is_empty(lab: Server, new_person: NewPerson) -> None:
    page = new_person(width=480)
    lines: list[WebSocketRoute] = []

    def passes(line: WebSocketRoute) -> None:
        lines.append(line)
        if len(lines) != 3:  # Ada's, the one that says that it is Grace now, hers that is held, and hers
            line.connect_to_server()

    page.route_web_socket("**/nbchat/ws", passes)
    ada = sits_at_page(page, lab, user="ada").creates_channel("changing")
    ada.writes("by Ada").sees_tick("by Ada", "sent").types("not for Grace")
    page.context.clear_cookies()
    page.context.request.get(address(lab, "nbchat/", user="grace"))
    lines[0].close()
    expect(ada.root).to_have_text("Connecting…Retry now")
    expect(ada.root.get_by_role("textbox")).to_have_count(0)
    lines[2].close()
    grace = Seat(page)
    expect(grace.root.get_by_role("button", name="Join", exact=True)).to_be_visible()
    grace.joins()
    expect(grace.composer).to_have_value("")
    expect(grace.root.get_by_role("button", name="Writing as Grace Hopper")).to_be_visible()
