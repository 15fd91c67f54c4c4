"""What stays still in a timeline: places of its rows before and after. For tests in a browser; knows no chat."""

from __future__ import annotations

from playwright.sync_api import Page

from kit.harness import FRAMES, PLACES


def same(before: dict[str, float], after: dict[str, float]) -> bool:
    """Whether the rows that were on the screen are where they were."""
    return bool(before) and all(key in after and abs(after[key] - before[key]) < 1 for key in before)


def scroll_without_a_jump(page: Page, by: int, times: int) -> None:
    """Turn the wheel; what is on the screen moves as one, whatever is loaded meanwhile.

    Args:
        page: the pointer is over its timeline.
        by: px, negative upwards.
        times: how often.
    """
    before = page.evaluate(PLACES)
    for _ in range(times):
        page.mouse.wheel(0, by)
        page.evaluate(FRAMES)
        after = page.evaluate(PLACES)
        moved = {round(after[key] - before[key]) for key in before if key in after}
        assert len(moved) <= 1, "rows moved against each other"
        assert all(abs(one) <= abs(by) and one * by <= 0 for one in moved), f"they moved by {moved}"
        before = after
