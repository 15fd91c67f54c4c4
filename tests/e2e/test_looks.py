"""What the gallery showed to be ugly once and must not come back: edges, dots and directions, as a browser has them."""

from __future__ import annotations

import pytest
from kit.harness import FRAMES, Show
from playwright.sync_api import expect

ENDS = """() => [...document.querySelectorAll('.nbc-own .nbc-bubble')].map((one) => {
  const at = one.getBoundingClientRect();
  return Math.round(getComputedStyle(one).direction === 'rtl' ? at.left : at.right);
})"""
OUTSIDE = """() => [...document.querySelectorAll('.nbc-dot')].filter((dot) => {
  const at = dot.getBoundingClientRect();
  const face = dot.closest('.nbc-avatar').getBoundingClientRect();
  return at.width && (at.right > face.right + 3 || at.bottom > face.bottom + 3 || at.left < face.left - 3);
}).length"""
COVERS = """() => {
  const [chat, sheet] = ['.nbc-chat', '.nbc-sheet'].map((one) => document.querySelector(one).getBoundingClientRect());
  return chat.right > sheet.left + 1;
}"""
"""Whether the open sheet lies over the conversation."""
TOO_WIDE = """() => [...document.querySelectorAll('[role=dialog] button, [role=dialog] label')].filter(
  (one) => one.scrollWidth > one.clientWidth + 1
).map((one) => one.textContent)"""

COVERED = """() => {
  const menu = document.querySelector('[role=menu]').getBoundingClientRect();
  const message = document.querySelector('.nbc-chosen .nbc-bubble').getBoundingClientRect();
  return menu.left < message.right && message.left < menu.right;
}"""


@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize("lang", ["en", "he"])
def test_own_messages_end_in_one_line_also_when_edited(show: Show, width: int, lang: str) -> None:
    page = show("marks", width=width, lang=lang)
    page.wait_for_selector(".nbc-own .nbc-edited")
    assert len(set(page.evaluate(ENDS))) == 1


def test_an_empty_field_has_the_direction_of_the_view(show: Show) -> None:
    page = show("busy", lang="he")
    page.wait_for_selector(".nbchat[dir=rtl]")
    field = page.locator(".nbc-composer textarea")
    expect(field).to_have_css("direction", "rtl")
    field.fill("English all the same")
    expect(field).to_have_css("direction", "ltr")


def test_dots_stay_at_their_faces(show: Show) -> None:
    page = show("mention", width=1000)
    page.wait_for_selector(".nbc-suggestion .nbc-dot")
    assert page.evaluate(OUTSIDE) == 0


@pytest.mark.parametrize("scene", ["about", "invite", "moderate", "profile"])
def test_no_word_of_a_sheet_is_wider_than_its_button(show: Show, scene: str) -> None:
    page = show(scene, width=320)
    page.wait_for_selector("[role=dialog] button")
    page.evaluate(FRAMES)
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize(("width", "covers"), [(1000, False), (800, True)])
def test_a_sheet_stands_beside_the_conversation_where_there_is_room(show: Show, width: int, covers: bool) -> None:
    page = show("about", width=width)
    page.wait_for_selector(".nbc-sheet button")
    page.evaluate(FRAMES)
    assert page.evaluate(COVERS) is covers


@pytest.mark.parametrize("width", [480, 1000])
@pytest.mark.parametrize("lang", ["en", "he"])
def test_a_menu_that_was_opened_by_key_leaves_its_message_to_be_seen(show: Show, width: int, lang: str) -> None:
    page = show("actions", width=width, lang=lang)
    page.wait_for_selector(".nbc-chosen")
    page.evaluate(FRAMES)
    assert not page.evaluate(COVERED)


def test_a_low_dialog_scrolls_and_squeezes_nothing(show: Show) -> None:
    page = show("forwarding", width=500, height=310)
    field = page.locator("[role=dialog] input")
    expect(field).to_be_visible()
    heights = field.evaluate("(field) => [field.scrollHeight, field.clientHeight]")
    assert heights[0] <= heights[1]


def test_a_bar_that_is_over_within_a_second_is_there_for_nobody(show: Show) -> None:
    page = show("offline")
    at = """(ms) => {
      const bar = document.querySelector('.nbc-alert');
      bar.style.animation = 'none';  // from the beginning: it has ended by now, or not
      bar.getBoundingClientRect();
      bar.style.animation = '';
      const [appears] = bar.getAnimations();
      appears.pause();
      appears.currentTime = ms;
    }"""
    bar = page.locator(".nbc-alert")
    # What cannot be seen is not in the tree from which screen readers are told.
    page.evaluate(at, 900)
    expect(bar).to_be_hidden()
    expect(page.get_by_role("button", name="Retry now")).to_have_count(0)
    page.evaluate(at, 1100)
    expect(bar).to_be_visible()
    expect(page.get_by_role("button", name="Retry now")).to_have_count(1)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(at, 900)
    expect(bar).to_be_hidden()


def test_who_reacted_covers_nothing_of_the_message(show: Show) -> None:
    page = show("marks", width=320)
    button = page.locator("article:has(~ article) [data-tip]").first
    button.hover()
    stands = "(button) => getComputedStyle(button, '::after').top === `${button.parentElement.offsetHeight}px`"
    page.wait_for_function(stands, arg=button.element_handle())
