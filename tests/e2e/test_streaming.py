"""A message that a cell writes piece by piece, as another person sees it, over a real server."""

from __future__ import annotations

from collections.abc import Callable

from kit.browser import open_notebook, run_cell, wait_for_kernel
from kit.harness import FRAMES, FROM_END, PLACES
from kit.people import Seat, shows, sits_at_page
from kit.places import same, wheel
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]

BEGIN = "out = chat.streaming()\nfor word in ('The ', '**answer** ', 'is long. '): _ = out.write(word)"
MORE = "for n in range({}, {}): _ = out.write(f'\\n\\nstep {{n}}')"
END = "_ = out.write('\\n\\n**done**')\n_ = out.close()"


def test_others_see_it_grow_and_keep_their_place(lab: Server, new_person: NewPerson) -> None:
    cells = (BEGIN, MORE.format(0, 40), MORE.format(40, 80), END)
    path = lab.write_notebook("stream.ipynb", shows("streams"), *cells)
    ada_page, page = new_person(), new_person()
    grace = sits_at_page(page, lab, user="grace").creates_channel("streams")
    open_notebook(ada_page, lab, path, user="ada")
    wait_for_kernel(ada_page, "idle")
    run_cell(ada_page, 0)
    ada = Seat(ada_page).joins()
    grace.writes("go on")
    ada.sees("go on")

    def step(at: int, text: str) -> None:
        run_cell(ada_page, at)
        for seat in (ada, grace):
            expect(seat.timeline.get_by_role("article").last).to_contain_text(text)
        page.evaluate(FRAMES)

    row = grace.timeline.get_by_role("article").last
    step(1, "The answer is long.")
    expect(row.get_by_role("img", name="is typing…")).to_be_visible()
    step(2, "step 39")
    assert page.evaluate(FROM_END) < 1, "who is at the end follows it"

    page.mouse.move(*_middle(page))
    wheel(page, -300)
    before, steps = page.evaluate(PLACES), _steps(page)
    step(3, "step 79")
    assert same(before, page.evaluate(PLACES)), "who has scrolled up keeps the place"
    assert steps == {name: top for name, top in _steps(page).items() if name in steps}
    step(4, "done")
    assert same(before, page.evaluate(PLACES))
    assert steps == {name: top for name, top in _steps(page).items() if name in steps}
    for seat in (ada, grace):
        expect(seat.root.locator(".nbc-growing")).to_have_count(0)
    expect(row.locator("strong")).to_have_text(["answer", "done"])
    expect(grace.root.locator("[aria-live=polite]")).to_contain_text("The answer is long. step 0")
    page.reload()
    expect(row).to_contain_text("step 79")
    expect(row.get_by_role("button", name="Edited")).to_have_count(0)


def _middle(page: Page) -> tuple[float, float]:
    box = page.get_by_role("log").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _steps(page: Page) -> dict[str, int]:
    """Where the steps that are on the screen stand, px."""
    found: dict[str, int] = page.evaluate("""() => {
      const box = document.querySelector('.nbc-scroll').getBoundingClientRect();
      const all = [...document.querySelectorAll('.nbc-text p')].map((one) => [one, one.getBoundingClientRect()]);
      const shown = all.filter(([one, at]) =>
        at.top > box.top && at.bottom < box.bottom && /^step/.test(one.textContent));
      return Object.fromEntries(shown.map(([one, at]) => [one.textContent, Math.round(at.top)]));
    }""")
    assert found
    return found
