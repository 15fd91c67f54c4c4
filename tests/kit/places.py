"""What stays still in a timeline: places of its rows before and after. For tests in a browser; knows no chat."""

from __future__ import annotations

from playwright.sync_api import Page

from kit.harness import FRAMES, PLACES

TOP = "() => document.querySelector('.nbc-scroll').scrollTop"
SCROLLED = """([before, by]) => new Promise((done) => {
  const look = (frames) => {
    const { scrollTop, scrollHeight, clientHeight } = document.querySelector('.nbc-scroll');
    const left = by < 0 ? scrollTop : scrollHeight - clientHeight - scrollTop;
    if (scrollTop !== before || left < 1 || !frames) done(frames);
    else requestAnimationFrame(() => look(frames - 1));
  };
  look(20);
})"""
"""The timeline stands elsewhere, or at its end; or the turn was lost, as one that comes while the view itself scrolls.

The hub's own page forbids what Playwright's own waiting does.
"""


def same(before: dict[str, float], after: dict[str, float]) -> bool:
    """Whether the rows that were on the screen are where they were."""
    return bool(before) and all(key in after and abs(after[key] - before[key]) < 1 for key in before)


def wheel(page: Page, by: int) -> None:
    """Turn the wheel over the timeline by so many px, and wait until that is drawn: it is the browser that scrolls."""
    before = page.evaluate(TOP)
    page.mouse.wheel(0, by)
    page.evaluate(SCROLLED, [before, by])
    page.evaluate(FRAMES)


def scroll_without_a_jump(page: Page, by: int, times: int) -> None:
    """Turn the wheel; what is on the screen moves as one, whatever is loaded meanwhile.

    Args:
        page: the pointer is over its timeline.
        by: px, negative upwards.
        times: how often.
    """
    before, ahead = page.evaluate(PLACES), 0
    for _ in range(times):
        wheel(page, by)
        ahead += by
        after = page.evaluate(PLACES)
        moved = {round(after[key] - before[key]) for key in before if key in after}
        assert len(moved) <= 1, "rows moved against each other"
        # Where rows came above, the place of the scroll bar has changed before the turn of the wheel is drawn.
        assert all(abs(one) <= abs(ahead) and one * by <= 0 for one in moved), f"they moved by {moved}"
        ahead += sum(moved)
        before = after
