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
TOO_WIDE = """() => [...document.querySelectorAll('[role=dialog] button, [role=dialog] label')].filter(
  (one) => one.scrollWidth > one.clientWidth + 1
).map((one) => one.textContent)"""


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
