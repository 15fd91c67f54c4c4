"""Ten thousand messages in a real browser, over a real server: what is in the page, and what stays still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kit.filling import fill
from kit.harness import FRAMES, PLACES
from kit.people import Seat, sits_at_page
from kit.places import same, scroll_without_a_jump
from kit.servers import Server, jupyter
from playwright.sync_api import Page, Route, expect

NewPerson = Callable[..., Page]

LENGTH = 10_000
ROWS, ELEMENTS = 160, 2_000
"""What may be in the page at once, at any length (viewport.ts, and the bar of docs/bench.md)."""
SEQS = "() => [...document.querySelectorAll('article')].map((row) => Number(row.dataset.seq))"
SIZES = "() => ['article', '*'].map((what) => document.querySelector('.nbchat').querySelectorAll(what).length)"
PARAGRAPH = """() => {
  const at = [...document.querySelectorAll('.nbc-text p')].find((one) => one.textContent.includes('line 30 '));
  return at.getBoundingClientRect().top;
}"""
READS = """() => {
  const at = [...document.querySelectorAll('.nbc-text p')].find((one) => one.textContent.includes('line 30 '));
  document.querySelector('.nbc-scroll').scrollTop += at.getBoundingClientRect().top - 300;
}"""
FORMULA = "$$\\frac{\\sum_{i=1}^{n} x_i}{\\sqrt{1 + \\frac{1}{n}}}$$"
CODE = "```python\ndef rate(step):\n    return 3e-4 * step\n```"


def _long() -> Iterator[str]:
    for number in range(LENGTH):
        yield f"message {number} " + "and some words " * (number % 23)


def _late() -> Iterator[str]:
    for number in range(40):
        yield f"before {number}: {FORMULA if number % 2 else CODE}"
    yield f"{FORMULA}\n\n{CODE}\n\n" + "\n\n".join(f"line {n} of a long answer" for n in range(60))
    for number in range(3):
        yield f"after {number}"


def _texts() -> Iterator[str]:
    yield from _long()
    yield from _late()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose hub has a channel of ten thousand messages, and one with much that arrives late."""
    folder = tmp_path_factory.mktemp("long")
    data: Path = folder / "data"
    fill(data / "nbchat" / "hub.sqlite3", {"long": LENGTH, "late": 44}, _texts())
    with jupyter(folder, data_dir=data, identity="kit.identities.NamedPeople") as server:
        yield server


def bounded(page: Page) -> bool:
    """Whether no more is in the page than may be."""
    rows, elements = page.evaluate(SIZES)
    return bool(0 < rows <= ROWS and elements <= ELEMENTS)


def scroll_until(seat: Seat, by: int, there: Callable[[list[int]], bool]) -> None:
    """Turn the wheel until the rows in the page are so; nothing may jump, and the page stays small."""
    seat.timeline.hover()
    seqs: list[int] = []
    for _ in range(300):
        scroll_without_a_jump(seat.page, by, 4)
        assert bounded(seat.page)
        seqs = seat.page.evaluate(SEQS)
        assert seqs == sorted(set(seqs)), "rows in another order, or twice"
        assert seqs == list(range(seqs[0], seqs[-1] + 1)), "a hole"
        if there(seqs):
            return
    raise AssertionError(f"still at {seqs[0]} to {seqs[-1]}")


def test_it_opens_at_its_end_with_a_small_page(filled: Server, new_person: NewPerson) -> None:
    ada = sits_at_page(new_person(), filled, user="ada", at=f"{filled.url}nbchat/#c/long")
    expect(ada.timeline.get_by_role("article").last).to_contain_text(f"message {LENGTH - 1} ")
    expect(ada.timeline.get_by_role("article").last).to_be_in_viewport()
    assert bounded(ada.page)


def test_a_permalink_into_the_middle_pages_both_ways_without_a_jump(filled: Server, new_person: NewPerson) -> None:
    ada = sits_at_page(new_person(), filled, user="ada", at=f"{filled.url}nbchat/#c/long/5000")
    row = ada.timeline.locator("article[data-seq='5000']")
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    assert bounded(ada.page)
    scroll_until(ada, -400, lambda seqs: seqs[0] < 4_800)
    scroll_until(ada, 400, lambda seqs: seqs[-1] > 5_200)
    # What others write meanwhile is no reason to move.
    grace = sits_at_page(new_person(), filled, user="grace", at=f"{filled.url}nbchat/#c/long")
    before = ada.page.evaluate(PLACES)
    grace.writes("hello from the end").sees_tick("hello from the end", "sent")
    expect(ada.root.get_by_role("button", name="1 new")).to_be_visible()
    ada.page.evaluate(FRAMES)
    assert same(before, ada.page.evaluate(PLACES))
    ada.root.get_by_role("button", name="1 new").click()
    expect(ada.message("hello from the end")).to_be_in_viewport()
    assert bounded(ada.page)


def test_what_arrives_late_moves_nothing_that_is_read(filled: Server, new_person: NewPerson) -> None:
    page = new_person()
    held: list[Route] = []

    released = False

    def hold(route: Route) -> None:
        if released:
            route.continue_()
        else:
            held.append(route)

    for chunk in ("math", "highlight"):
        page.route(f"**/chunks/{chunk}-*", hold)
    with page.expect_request("**/chunks/math-*"), page.expect_request("**/chunks/highlight-*"):
        ada = sits_at_page(page, filled, user="ada", at=f"{filled.url}nbchat/#c/late")
    expect(ada.message("after 2")).to_be_in_viewport()
    page.evaluate(READS)
    page.evaluate(FRAMES)
    before, rows = page.evaluate(PARAGRAPH), page.evaluate(SIZES)[0]
    assert abs(before - 300) < 2
    assert ada.timeline.locator("math").count() == 0
    assert held
    released = True
    for route in held:
        route.continue_()
    expect(ada.timeline.locator("math")).to_have_count(21)
    expect(ada.timeline.locator("pre .hljs-keyword").first).to_be_attached()
    page.evaluate(FRAMES)
    assert page.evaluate(SIZES)[0] == rows
    assert abs(page.evaluate(PARAGRAPH) - before) < 1
