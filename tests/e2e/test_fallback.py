"""Where something between the browser and the hub lets no WebSocket through: the same chat over HTTP, and back."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

from kit.firewall import Firewall, firewall
from kit.people import Seat, shows, sits_at_page, sits_in_notebook
from kit.processes import wait_until
from kit.servers import Server, serve
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]
Start = Callable[..., Server]

OVER_HTTP = "Connected over HTTP, because WebSockets are blocked"


def goes(seat: Seat, words: str) -> None:
    """How it is connected, as the dot says to who asks."""
    expect(seat.root.get_by_role("img", name=words, exact=True).first).to_be_visible()


def behind(wall: Firewall, server: Server) -> Server:
    """The same server, as it is reached through the firewall."""
    seen = copy(server)
    seen.port, seen.url = wall.port, server.url.replace(f":{server.port}/", f":{wall.port}/")
    return seen


def test_a_page_behind_a_firewall(start: Start, new_person: NewPerson) -> None:
    server = start(serve)
    with firewall(server.port) as wall:
        page = new_person()
        ada = sits_at_page(page, behind(wall, server)).is_new("Ada").creates_channel("walled")
        goes(ada, OVER_HTTP)
        grace = sits_at_page(new_person(), server).is_new("Grace").finds_channel("walled")
        goes(grace, "Connected")
        grace.types("I")
        ada.sees_typing("Grace").types("an")
        grace.sees_typing("Ada")
        for number in range(3):
            ada.writes(f"a{number}")
            grace.writes(f"g{number}")
        ada.sees("a0", "a1", "a2").sees("g0", "g1", "g2")
        grace.sees("a0", "a1", "a2")
        wait_until(lambda: ada.texts() == grace.texts(), what="one order for both")

        page.context.set_offline(True)
        ada.writes("without a network")
        grace.writes("meanwhile")
        ada.sees_tick("without a network", "waiting")
        page.context.set_offline(False)
        ada.sees("meanwhile")
        server.kill()
        ada.sees_banner("Retry now").writes("without a server")
        server.start()
        everything = ("meanwhile", "without a network", "without a server")
        for seat in (ada, grace):
            seat.sees(*everything).sees_no_banner()
        goes(ada, OVER_HTTP)
        tried = wall.asked
        page.reload()
        ada.sees(*everything)
        goes(ada, OVER_HTTP)
        assert wall.asked == tried, "a reload knows already that no socket gets through"


def test_back_to_the_socket_and_out_again(lab: Server, new_person: NewPerson) -> None:
    with firewall(lab.port) as wall:
        page = new_person(width=480)
        ada = sits_at_page(page, behind(wall, lab), user="ada").creates_channel("doors")
        goes(ada, OVER_HTTP)
        wall.mood = "lets through"
        # The browser says that there is a network again, and so the socket is tried.
        page.context.set_offline(True)
        page.context.set_offline(False)
        goes(ada, "Connected")
        ada.writes("by the door").sees_tick("by the door", "sent")
        wall.mood = "strips"
        wall.hang_up()
        ada.writes("by the window").sees_tick("by the window", "sent").sees("by the door", "by the window")
        goes(ada, OVER_HTTP)

        page.context.clear_cookies()
        ada.types("who")
        expect(ada.root.get_by_role("heading", name="You are not signed in any more.")).to_be_visible()
        # Nothing that could be read is left on the screen, and nowhere to write.
        expect(ada.root).not_to_contain_text("by the door")
        expect(ada.root.get_by_role("button")).to_have_text(["Sign in"])
        expect(ada.root.get_by_role("textbox")).to_have_count(0)

        sits_at_page(page.context.new_page(), behind(wall, lab), user="ada").row("doors").wait_for()
        page.evaluate("dispatchEvent(new Event('focus'))")  # a browser without a screen has no front and no back
        ada.sees("by the door", "by the window").writes("in again").sees_tick("in again", "sent")


def test_a_widget_behind_a_firewall(lab: Server, new_person: NewPerson) -> None:
    with firewall(lab.port, "strips", path="/nbchat/ws") as wall:
        page = new_person()
        path = lab.write_notebook("walled.ipynb", shows("walled-lab"), "chat.send('from a cell')")
        ada = sits_in_notebook(page, behind(wall, lab), path, user="ada").joins()
        goes(ada, OVER_HTTP)
        grace = sits_at_page(new_person(), lab, user="grace").finds_channel("walled-lab")
        ada.writes("through the wall")
        grace.sees("from a cell", "through the wall").writes("and back")
        ada.sees("from a cell", "through the wall", "and back")
