"""Hundreds of hostile texts in every place that people can write in, on the hub's own page: all of them are only text.

The places are in `places`, and what is looked for in `witness`; that it would be found, the last tests show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from kit.browser import new_context
from kit.hosted import Hosted
from kit.people import Seat
from playwright.sync_api import Browser, BrowserContext, Page, expect

from security.gathering import DRAFT, NAME, OWN, READ, REASON, STATUS, TITLE, Gathered, takes_out
from security.hostile import Filled, lines, offers, types_and_writes
from security.places import PLACES, Look, said
from security.witness import Witness

Reads = Callable[[str], tuple[Look, Witness]]
SIGN = re.compile("__pwned=1")
"""Of each text that is hostile."""
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
def reads(browser: Browser, hub: Hosted, filled: Filled, gathered: Gathered) -> Iterator[Reads]:
    """The owner at the page, in a language, and who watches it: `look, witness = reads("he")`."""
    contexts: list[BrowserContext] = []

    def opens(language: str) -> tuple[Look, Witness]:
        contexts.append(new_context(browser, language={"en": "en-GB", "he": "he-IL"}[language]))
        page = contexts[-1].new_page()
        witness = Witness(page)
        page.goto(hub.served.owner_url)
        seat = Seat(page)
        seat.root.wait_for()
        expect(seat.root.locator(".nbc-item").first).to_be_visible()
        expect(seat.root).to_have_attribute("dir", {"en": "ltr", "he": "rtl"}[language])
        return Look(seat, language, filled, gathered), witness

    yield opens
    for context in contexts:
        context.close()


def test_messages_of_all_kinds_are_text(reads: Reads, filled: Filled) -> None:
    look, witness = reads("en")
    shown = 0
    for id in filled.rooms:
        look.goes_to(id, "the end")
        look.seat.page.evaluate(SETTLED)
        shown += look.seat.timeline.get_by_role("article").count()
        witness.finds_nothing()
    assert shown > 300
    assert look.seat.page.title()


@pytest.mark.parametrize("language", ["en", "he"])
def test_in_every_place_they_are_text(reads: Reads, hub: Hosted, filled: Filled, language: str) -> None:
    hub.does(offers(hub.served, filled.stage))
    look, witness = reads(language)
    look.goes_to(filled.rooms[0], "the end")
    witness.finds_nothing()
    for place in PLACES:
        look.goes_to(filled.stage, OWN)
        text = place.shows(look)
        look.seat.page.evaluate(SETTLED)
        assert SIGN.search(text), f"{place.where} does not show {place.texts}: {text[:300]}"
        witness.finds_nothing()
        look.leaves()


def test_while_it_is_written_it_is_text(reads: Reads, hub: Hosted, filled: Filled, gathered: Gathered) -> None:
    look, witness = reads("he")
    look.goes_to(gathered.direct, STATUS)
    expect(look.find(".nbc-chat textarea")).to_have_value(DRAFT)
    look.goes_to(filled.stage, OWN)
    hub.does(types_and_writes(hub.served, filled.stage))
    expect(look.find(".nbc-typing")).to_contain_text("pwned")
    expect(look.seat.timeline.get_by_text(lines("html")[0]).last).to_be_visible()
    witness.finds_nothing()


def test_an_invitation_and_what_an_address_brings_is_text(reads: Reads, gathered: Gathered) -> None:
    look, witness = reads("he")
    page, start = look.seat.page, look.seat.page.url.partition("#")[0]
    page.goto(f"{start}?invite={gathered.code}")
    expect(look.find(".nbc-sheet")).to_contain_text(NAME)
    assert TITLE in said(look.find(".nbc-sheet"))
    witness.finds_nothing()
    for hostile in lines("html")[1:40:12]:
        given = quote(hostile, safe="")
        for address in (f"?invite={given}", f"#c/{given}/7", f"?token={given}", f"static/{given}", given):
            page.goto("about:blank")
            page.goto(f"{start}{address}")
            page.evaluate(SETTLED)
            witness.finds_nothing()


def test_who_is_taken_out_reads_the_reason_as_text(reads: Reads, hub: Hosted, gathered: Gathered) -> None:
    """The last one here, because it cannot be undone."""
    look, witness = reads("he")
    look.goes_to(gathered.lost, READ)
    hub.does(takes_out(hub.served, gathered))
    expect(look.find(".nbc-removals")).to_contain_text(REASON)
    assert TITLE in said(look.find(".nbc-removals"))
    witness.finds_nothing()


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
