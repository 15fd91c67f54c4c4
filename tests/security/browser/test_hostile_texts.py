"""Hundreds of hostile texts in every place that people can write in, on the hub's own page: all of them are only text.

What is looked for is in `witness`; that it would be found, the last tests show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from kit.browser import new_context
from kit.hosted import Hosted
from kit.people import PATIENCE, Seat
from playwright.sync_api import Browser, Page, expect

from security.hostile import Filled, lines, types_and_writes
from security.witness import Witness

SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"

WRITE = """(texts) => {
  const places = texts.map(() => document.body.appendChild(document.createElement("p")));
  for (const [at, text] of texts.entries()) places[at].innerHTML = text;
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser)
    yield context.new_page()
    context.close()


@pytest.fixture
def reader(page: Page, hub: Hosted, filled: Filled) -> tuple[Seat, Witness]:
    """The owner at the page, and who watches it."""
    witness = Witness(page)
    page.goto(hub.served.owner_url)
    seat = Seat(page)
    seat.root.wait_for(timeout=PATIENCE)
    expect(seat.root.locator(".nbc-item").first).to_be_visible(timeout=PATIENCE)
    return seat, witness


def goes_to(seat: Seat, id: str) -> None:
    """Open a conversation by its address."""
    seat.page.evaluate("(id) => { location.hash = `c/${id}`; }", id)


def test_messages_of_all_kinds_are_text(reader: tuple[Seat, Witness], filled: Filled) -> None:
    seat, witness = reader
    shown = 0
    for id in filled.rooms:
        goes_to(seat, id)
        expect(seat.message("the end")).to_be_visible(timeout=PATIENCE)
        seat.page.evaluate(SETTLED)
        shown += seat.timeline.get_by_role("article").count()
        witness.finds_nothing()
    assert shown > 300
    assert seat.page.title()


def test_all_else_is_text_too(reader: tuple[Seat, Witness], hub: Hosted, filled: Filled) -> None:
    seat, witness = reader
    goes_to(seat, filled.stage)
    seat.composer.wait_for(timeout=PATIENCE)
    assert seat.composer.input_value() == lines("html")[0], "the draft"
    hub.does(types_and_writes(hub.served, filled.stage))
    expect(seat.timeline.get_by_text(lines("html")[0]).last).to_be_visible(timeout=PATIENCE)
    witness.finds_nothing()
    for entry, tabs in (("Members", ()), ("About this conversation", ("Moderate",)), ("Invite people…", ())):
        sheet = seat.sheet(entry, *tabs)
        seat.page.evaluate(SETTLED)
        witness.finds_nothing()
        assert sheet.inner_text()
        seat.closes_sheet()
    for kind in ("People", "Channels"):
        panel = seat.starts(kind)
        panel.get_by_role("searchbox").fill("<")
        seat.page.evaluate(SETTLED)
        witness.finds_nothing()
        seat.closes_sheet()
    for begin in ("/", "/deploy-1", "@", "@<", ":"):
        seat.composer.fill(begin)
        seat.page.evaluate(SETTLED)
        witness.finds_nothing()
    seat.composer.fill("")


def test_what_reports_itself_would_be_found(page: Page) -> None:
    """The texts are no duds: written as HTML into a page without a policy, many of them run."""
    witness = Witness(page, "body")
    page.goto("about:blank")
    page.evaluate(WRITE, [line for line in lines("html") if not re.search("style|meta|base|location", line)])
    page.wait_for_function("window.__seen.ran.length >= 15")
    found = "\n".join(witness.found())
    for sign in ("request https://evil.example", "onerror", "javascript:", "<script"):
        assert sign in found
    assert re.search(r"takes a name", found)
