"""The page does not need the kernel: busy, dead, shared by two people, or with two widgets."""

from __future__ import annotations

from collections.abc import Callable

from kit.browser import notebook_content, open_notebook, save, shut_kernel_down, wait_for_kernel
from kit.people import Seat, shows, sits_at_page, sits_in_notebook
from kit.servers import Server
from playwright.sync_api import Page, WebSocket, expect

NewPerson = Callable[..., Page]
Start = Callable[..., Server]

NEVER_ENDS = "import threading; threading.Event().wait()"
PEOPLE = "kit.identities.NamedPeople"


def test_busy_and_dead_kernel(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    path = lab.write_notebook("busy.ipynb", shows("busy"), NEVER_ENDS)
    ada = sits_in_notebook(page, lab, path, user="ada").joins()
    grace = sits_at_page(new_person(), lab, user="grace").finds_channel("busy")

    ada.writes("while it runs").sees_tick("while it runs", "sent")
    grace.sees("while it runs").writes("I can read it")
    ada.sees("while it runs", "I can read it")
    wait_for_kernel(page, "busy")
    # Lazy parts come from the hub, although the kernel was asked first.
    expect(ada.root.get_by_role("button", name="Emoji", exact=True)).to_be_visible()
    shut_kernel_down(page)
    ada.writes("the kernel is gone").sees_tick("the kernel is gone", "sent")
    grace.sees("the kernel is gone").writes("so what")
    ada.sees("the kernel is gone", "so what")


def test_two_widgets_share_one_socket(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket) if "nbchat/ws" in socket.url else None)
    path = lab.write_notebook(
        "two.ipynb", shows("left"), shows("right").replace("chat", "other").replace("nbother", "nbchat")
    )
    sits_in_notebook(page, lab, path, user="ada")
    left, right = (Seat(page, page.locator(".nbchat").nth(at)) for at in (0, 1))
    left.joins().writes("to the left").sees_tick("to the left", "sent")
    right.joins().writes("to the right").sees_tick("to the right", "sent")
    left.sees("to the left")
    right.sees("to the right")
    assert len([socket for socket in sockets if not socket.is_closed()]) == 1


def test_a_shared_kernel_keeps_two_people_two(start: Start, new_person: NewPerson) -> None:
    server = start(identity=PEOPLE, rtc=True)
    path = server.write_notebook("shared.ipynb", shows("shared"))
    first = new_person()
    ada = sits_in_notebook(first, server, path, user="ada").joins()
    save(first)
    second = new_person()
    open_notebook(second, server, path, user="grace")
    grace = Seat(second)
    grace.joins().writes("I am Grace")
    ada.sees("I am Grace")
    ada.writes("and I am Ada").sees("I am Grace", "and I am Ada")
    grace.sees("I am Grace", "and I am Ada")
    ada.sees_author("I am Grace", "Grace Hopper")
    grace.sees_author("and I am Ada", "Ada Lovelace")


def test_keys_in_the_timeline_leave_the_notebook_alone(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    path = lab.write_notebook("keys.ipynb", shows("keys"), "1 + 1", "2 + 2")
    ada = sits_in_notebook(page, lab, path, user="ada").joins()
    ada.writes("first").writes("second").sees("first", "second").sees_tick("second", "sent")
    before = notebook_content(page)
    row = ada.message("first")
    row.focus()
    for key in ("ArrowUp", "ArrowDown", "x", "d", "d", "Enter", "a", "b", "z", "Home", "End"):
        page.keyboard.press(key)
    assert notebook_content(page) == before
    ada.sees("first", "second")
