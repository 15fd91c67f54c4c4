"""Actions hit the message that was aimed at, whatever moves under the pointer meanwhile.

In a real browser, over the scripted chat of js/dev; no server of ours is behind it.
"""

from __future__ import annotations

import pytest
from kit.harness import FRAMES, Show
from kit.places import SCROLLED, TOP
from playwright.sync_api import Page, expect

ARRIVES = """(n) => {
  for (let index = 0; index < n; index++) {
    const known = chat.conversation('team').peek();
    chat.arrives('team', message(known.cursor + 1, 'grace', 'one more', { at: Date.now() }));
  }
}"""
ANSWERED = "() => ui.talk.replying.peek().get('team') ?? null"
LAST = "() => Math.max(...[...document.querySelectorAll('article')].map((row) => Number(row.dataset.seq)))"
TRIMS = """() => {
  const known = chat.conversation('team').peek();
  const [range] = known.ranges;
  const ranges = [{ ...range, first: range.messages.at(-1).seq, messages: range.messages.slice(-1), has_before: true }];
  chat.conversation('team').value = { ...known, ranges };
}"""
SCROLLS_AS_SOMETHING_COMES = """() => {
  const [scroller, known] = [document.querySelector('.nbc-scroll'), chat.conversation('team').peek()];
  scroller.scrollTop = 100;
  chat.arrives('team', message(known.cursor + 1, 'grace', 'and then', { at: Date.now() }));
}"""
POINTED_AT = "([x, y]) => document.elementFromPoint(x, y)?.closest('[role=menuitem]')?.textContent ?? ''"
RIGHT_EDGES = """() => [...document.querySelectorAll('.nbc-own .nbc-bubble')].map(
  (one) => Math.round(one.getBoundingClientRect().right)
)"""


def at_reply(page: Page, seq: int) -> None:
    """Rest with the pointer on "Reply" in the toolbar of a message."""
    page.locator(f"[data-seq='{seq}'] .nbc-text").hover()
    page.get_by_role("toolbar").get_by_role("button", name="Reply", exact=True).hover()
    page.evaluate(FRAMES)


def even_rows(show: Show) -> tuple[Page, int]:
    """Rows of one height, so that each stands where another stood, when more come; and one of them."""
    page = show("long")
    page.evaluate(ARRIVES, 40)
    page.evaluate(FRAMES)
    return page, page.evaluate(LAST) - 5


def rests(page: Page, seq: int) -> None:
    """Wait until the browser has seen that the pointer, which rests, is over another row now."""
    page.wait_for_function("(seq) => !document.querySelector(`[data-seq='${seq}']`)?.matches(':hover')", arg=seq)
    page.evaluate(FRAMES)


def answered(page: Page) -> int | None:
    seq: int | None = page.evaluate(ANSWERED)
    return seq


@pytest.mark.parametrize("n", [1, 2, 20])
def test_rows_that_move_under_a_press_do_not_take_it(show: Show, n: int) -> None:
    page, seq = even_rows(show)
    at_reply(page, seq)
    page.mouse.down()
    page.evaluate(ARRIVES, n)
    rests(page, seq)
    page.mouse.up()
    page.evaluate(FRAMES)
    assert answered(page) in (seq, None)


@pytest.mark.parametrize("n", [1, 2, 20])
def test_the_toolbar_does_not_go_to_a_row_that_comes_under_a_resting_pointer(show: Show, n: int) -> None:
    page, seq = even_rows(show)
    at_reply(page, seq)
    page.evaluate(ARRIVES, n)
    rests(page, seq)
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.mouse.down()
    page.mouse.up()
    page.evaluate(FRAMES)
    assert answered(page) in (seq, None)


def test_a_click_right_after_the_wheel_hits_what_was_pointed_at_or_nothing(show: Show) -> None:
    page = show("long")
    page.mouse.move(200, 300)
    for by in (-400, -60, 340, -900, 35, -35):
        seq = page.evaluate("() => Number([...document.querySelectorAll('article:hover')].at(-1)?.dataset.seq ?? 0)")
        if seq:
            at_reply(page, seq)
        top = page.evaluate(TOP)
        page.mouse.wheel(0, by)
        page.mouse.down()
        page.mouse.up()
        page.evaluate(SCROLLED, [top, by])
        page.evaluate(FRAMES)
        assert answered(page) in (seq or None, None)
        page.evaluate("() => { ui.talk.replying.value = new Map(); }")
        page.mouse.move(200, 300)
        page.evaluate(FRAMES)


def test_a_menu_stays_with_its_message_while_others_arrive(show: Show) -> None:
    page = show("talk")
    seq = page.evaluate("() => Number([...document.querySelectorAll('article.nbc-own[data-seq]')].at(-1).dataset.seq)")
    page.locator(f"[data-seq='{seq}'] .nbc-text").click(button="right")
    page.evaluate(ARRIVES, 20)
    page.evaluate(FRAMES)
    expect(page.locator(".nbc-chosen")).to_have_attribute("data-seq", str(seq))
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.locator(".nbc-chosen")).to_have_count(0)
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_function("() => chat.asked.some(([, what]) => what?.t === 'delete')")
    deleted = "() => chat.asked.filter(([, what]) => what?.t === 'delete').map(([, what]) => what.message)"
    assert page.evaluate(deleted) == [seq]


def test_keys_of_a_row_that_is_gone_do_nothing(show: Show) -> None:
    page = show("long")
    seq = page.evaluate(LAST) - 2
    page.locator(f"[data-seq='{seq}']").focus()
    page.evaluate(TRIMS)
    page.evaluate(FRAMES)
    expect(page.locator("article")).to_have_count(1)
    page.keyboard.press("r")
    page.keyboard.press("Delete")
    page.evaluate(FRAMES)
    assert answered(page) is None
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 480, 1000])
@pytest.mark.parametrize("query", [{}, {"lang": "he"}])
def test_the_toolbar_is_at_its_bubble_inside_the_view_and_covers_no_line(
    show: Show, width: int, query: dict[str, str]
) -> None:
    page = show("busy", width=width, **query)
    log = page.get_by_role("log").bounding_box()
    assert log is not None
    for row in page.locator("article[data-seq]").all():
        row.locator(".nbc-bubble").hover(position={"x": 12, "y": 12})
        page.evaluate(FRAMES)
        bar, bubble = page.locator(".nbc-tools").bounding_box(), row.locator(".nbc-bubble").bounding_box()
        assert bar is not None
        assert bubble is not None
        assert log["x"] <= bar["x"]
        assert bar["x"] + bar["width"] <= log["x"] + log["width"]
        assert log["y"] <= bar["y"]
        apart = max(bubble["x"] - bar["x"] - bar["width"], bar["x"] - bubble["x"] - bubble["width"])
        assert apart < 80, "far from its message"
        below, above = bubble["y"] + bubble["height"] - bar["y"], bar["y"] + bar["height"] - bubble["y"]
        assert apart >= 0 or min(below, above) <= 5 or bubble["height"] > 50, "a line is covered"


def test_what_was_scrolled_to_stays_though_something_comes_at_once(show: Show) -> None:
    page = show("busy")
    page.evaluate(SCROLLS_AS_SOMETHING_COMES)
    page.evaluate(FRAMES)
    assert page.evaluate("document.querySelector('.nbc-scroll').scrollTop") == 100
    expect(page.get_by_role("button", name="1 new")).to_be_visible()


@pytest.mark.parametrize("seq", [11, 12])
def test_a_menu_opens_beside_the_pointer(show: Show, seq: int) -> None:
    page = show("talk")
    box = page.locator(f"[data-seq='{seq}'] .nbc-bubble").bounding_box()
    assert box is not None
    for at in ([box["x"] + 4, box["y"] + 6], [box["x"] + box["width"] - 4, box["y"] + box["height"] - 4]):
        page.mouse.click(*at, button="right")
        expect(page.get_by_role("menu")).to_be_visible()
        page.evaluate(FRAMES)
        assert page.evaluate(POINTED_AT, at) == ""
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_have_count(0)


def test_what_is_left_of_an_own_message_ends_where_the_others_end(show: Show) -> None:
    page = show("talk")
    page.evaluate("""() => {
      const known = chat.conversation('team').peek();
      chat.arrives('team', message(known.cursor + 1, 'ada', '', { at: Date.now(), deleted: 'ada' }));
    }""")
    page.evaluate(FRAMES)
    edges = page.evaluate(RIGHT_EDGES)
    assert len(edges) > 1
    assert len(set(edges)) == 1
