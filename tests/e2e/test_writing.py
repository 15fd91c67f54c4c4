"""Writing in a real browser, over the scripted chat of js/dev: what depends on the browser's own undo and layout."""

from __future__ import annotations

import pytest
from kit.harness import FRAMES, FROM_END, PLACES, Show, violations
from playwright.sync_api import Page, expect

SCENES = ("mention", "smile", "slash", "format", "preview", "unknown", "pasted", "help", "picker", "reply", "math")
"""Of js/dev/scenes-writing.ts, each with the selector that says that it has come."""
COMES = {
    "mention": "[role=option]",
    "smile": "[role=option]",
    "slash": "[role=option]",
    "format": "[role=toolbar]",
    "preview": ".nbc-over math",
    "unknown": ".nbc-ask",
    "pasted": ".nbc-ask",
    "help": ".nbc-help",
    "picker": ".nbc-picker",
    "reply": ".nbc-reply-bar",
    "math": "article math",
}
FORMULA = "(text) => chat.arrives('team', message(chat.conversation('team').peek().cursor + 1, 'grace', text))"


def composer(page: Page) -> None:
    """The composer has the focus, and its helpers are there."""
    page.wait_for_selector(".nbc-aids")
    page.get_by_role("textbox").click()


def holds(page: Page, text: str) -> None:
    """This stands in the composer."""
    expect(page.get_by_role("textbox")).to_have_value(text)


@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing(show: Show, scene: str) -> None:
    for width, dark, language in ((320, True, "en"), (480, False, "he")):
        page = show(scene, width=width, dark=dark, lang=language)
        page.wait_for_selector(COMES[scene])
        assert violations(page) == []


def test_undo_takes_back_what_was_not_typed(show: Show) -> None:
    page = show("busy")
    keys = page.keyboard
    composer(page)
    keys.type("word")
    keys.press("Control+a")
    keys.press("Control+b")
    holds(page, "**word**")
    keys.press("Control+z")
    holds(page, "word")
    keys.press("End")
    keys.type(" @gr")
    page.wait_for_selector("[role=option]")
    keys.press("Enter")
    holds(page, "word @Grace Hopper ")
    keys.press("Control+z")
    holds(page, "word @gr")
    # The browser has selected what it took back.
    keys.press("End")
    keys.type(" :rocket:")
    holds(page, "word @gr 🚀")
    keys.press("Control+z")
    holds(page, "word @gr :rocket:")


def test_an_emoji_is_picked_by_keyboard_alone(show: Show) -> None:
    page = show("busy")
    keys = page.keyboard
    composer(page)
    keys.type("hey ")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keys.type("party")
    keys.press("Enter")
    holds(page, "hey 🎉")
    expect(page.get_by_role("textbox")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keys.press("Escape")
    expect(page.get_by_role("button", name="Emoji")).to_be_focused()


def test_the_focus_goes_from_the_text_to_its_buttons(show: Show) -> None:
    page = show("busy")
    composer(page)
    page.keyboard.type("x")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    names = []
    for _ in range(3):
        page.keyboard.press("Tab")
        names.append(page.evaluate("() => document.activeElement.getAttribute('aria-label')"))
    assert names == ["Emoji", "Formatting", "Send"]


def test_a_formula_that_arrives_moves_nothing_that_is_read(show: Show) -> None:
    page = show("math")
    page.wait_for_selector("article math")
    page.evaluate(FRAMES)  # The end is followed before the frame is drawn, not before the formula is found.
    assert page.evaluate(FROM_END) < 1
    page.evaluate(FORMULA, "$$\\sum_{i=1}^n \\frac{x_i}{\\sqrt{y_i}}$$")
    expect(page.locator("article").last.locator("math")).to_be_visible()
    page.wait_for_function(f"() => ({FROM_END})() < 1")


def test_formulas_that_arrive_late_do_not_move_what_is_read(show: Show) -> None:
    page = show("formulas", hold="math")
    page.evaluate("() => { const s = document.querySelector('.nbc-scroll'); s.scrollTop = s.scrollHeight / 2; }")
    page.evaluate(FRAMES)
    before = page.evaluate(PLACES)
    assert page.locator("article math").count() == 0
    page.evaluate("() => release()")
    expect(page.locator("article math").first).to_be_attached()
    page.evaluate(FRAMES)
    after = page.evaluate(PLACES)
    first = next(iter(before))
    assert abs(after[first] - before[first]) < 1


def test_the_view_speaks_as_its_host_does(show: Show) -> None:
    page = show("busy", lang="he")
    expect(page.locator(".nbchat")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("textbox")).to_have_attribute("placeholder", "הודעה אל \u2068ml-team\u2069")
    box = page.locator(".nbc-send").bounding_box()
    assert box is not None
    assert box["x"] < 100


def test_the_preview_takes_a_third_of_the_view_at_most_and_scrolls(show: Show) -> None:
    page = show("busy", height=480)
    composer(page)
    for _ in range(30):
        page.keyboard.type("one more line")
        page.keyboard.press("Shift+Enter")
    page.keyboard.press("Control+Shift+P")
    body, panel, view = page.locator(".nbc-over-body"), page.locator(".nbc-panel"), page.locator(".nbchat")
    expect(body).to_contain_text("one more line")
    page.evaluate(FRAMES)
    boxes = [one.bounding_box() for one in (panel, view)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["height"] <= boxes[1]["height"] / 3
    assert body.evaluate("(one) => one.scrollHeight > one.clientHeight")
    page.locator(".nbc-send").click()
    expect(panel).to_have_count(0)
