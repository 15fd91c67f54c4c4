"""What is written while the server is down, or dies with its kernel, arrives once and in order."""

from __future__ import annotations

import json
from collections.abc import Callable

from kit.browser import open_notebook, run_cell, save, wait_for_kernel
from kit.people import Seat, shows, sits_at_page, sits_in_notebook
from kit.processes import wait_until
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]
Start = Callable[..., Server]

PEOPLE = "kit.identities.NamedPeople"


def test_server_killed_and_restarted(start: Start, new_person: NewPerson) -> None:
    server = start(identity=PEOPLE)
    path = server.write_notebook("ada.ipynb", shows("outage"))
    ada = sits_in_notebook(new_person(), server, path, user="ada").joins()
    grace = sits_at_page(new_person(), server, user="grace").finds_channel("outage")
    ada.writes("before")
    grace.sees("before")

    server.kill()
    # The words before the button become others with each attempt that fails, and these come soon after each other.
    ada.sees_banner("Retry now")
    for text in ("one", "two", "three"):
        ada.writes(text).sees_tick(text, "waiting")
    grace.writes("mine").sees_tick("mine", "waiting")
    server.start()
    ada.sees_no_banner().sees("before", "one", "two", "three").sees_tick("three", "sent")
    grace.sees("before", "one", "two", "three").sees("mine")
    ada.sees("mine")
    # What was queued survives a reload as well, and is there once.
    grace.page.reload()
    grace.sees("before", "one", "two", "three").sees("mine")


SENDS_ALL_THE_TIME = """
import pathlib, threading, time
def go():
    for n in range(200):
        chat.send(f"n{n}")
        with open("sent.txt", "a") as file: file.write(f"n{n}\\n")
        time.sleep(0.1)
threading.Thread(target=go, daemon=True).start()
"""


def test_what_died_with_its_kernel_arrives_from_the_next_session(start: Start, new_person: NewPerson) -> None:
    server = start(identity=PEOPLE)
    path = server.write_notebook("dies.ipynb", shows("orphans"), SENDS_ALL_THE_TIME)
    log = server.root / "sent.txt"
    page = new_person()
    sits_in_notebook(page, server, path, user="ada").sees("n0")
    server.kill()
    # The kernel notices within seconds that its server is gone; until then it goes on sending.
    wait_until(server.is_gone, what="the end of the kernel")
    sent = log.read_text().split()
    server.start()
    page = new_person()
    count = "import json; print(json.dumps([m.text for m in chat.history(200)]))"
    again = server.write_notebook("again.ipynb", shows("orphans"), count)
    open_notebook(page, server, again, user="grace")
    wait_for_kernel(page, "idle")
    run_cell(page, 0)
    Seat(page).sees(sent[-1])
    run_cell(page, 1)
    stored = json.loads(page.locator(".jp-OutputArea-output pre").last.inner_text())
    # The line in the file is written after send returned, so at most one message more than the lines say may be there.
    assert stored[: len(sent)] == sent
    assert len(stored) <= len(sent) + 1
    assert len(set(stored)) == len(stored)


def test_network_pulled_and_back(lab: Server, new_person: NewPerson) -> None:
    page = new_person(width=480)
    ada = sits_at_page(page, lab, user="ada").creates_channel("network")
    other_tab = sits_at_page(page.context.new_page(), lab, user="ada", at=page.url)
    grace = sits_at_page(new_person(), lab, user="grace").finds_channel("network")
    page.context.set_offline(True)
    ada.writes("from one tab")
    other_tab.writes("from the other")
    ada.sees_banner("Retry now")
    other_tab.sees_banner("Retry now")
    page.context.set_offline(False)
    for seat in (ada, other_tab, grace):
        for text in ("from one tab", "from the other"):
            expect(seat.message(text)).to_have_count(1)
    wait_until(lambda: ada.texts() == other_tab.texts() == grace.texts(), what="one order for all")


def test_reload_keeps_everything(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    path = lab.write_notebook("reload.ipynb", shows("reload"))
    ada = sits_in_notebook(page, lab, path, user="ada").joins()
    ada.writes("kept").sees_tick("kept", "sent")
    ada.types("a draft")
    save(page)
    page.reload()
    ada.sees("kept")
    expect(ada.composer).to_have_value("a draft")
