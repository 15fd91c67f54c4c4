"""The view in a real browser, over the scripted chat of js/dev: what depends on layout, and what axe says of it.

No server of ours is behind it; tests/e2e/test_together.py has the whole.
"""

from __future__ import annotations

import pytest
from kit.harness import FRAMES, FROM_END, PLACES, Show, violations
from kit.places import scroll_without_a_jump, wheel
from playwright.sync_api import expect

SCENES = ("busy", "unread", "offline", "empty", "none", "list", "question", "hard", "code", "look", "frozen")
SHEETS = ("menu", "members", "data", "people", "channels")
PEOPLE = ("topic", "row", "about", "member", "large", "invite", "moderate", "card", "ban", "profile", "leave")

ARRIVES = """(text) => {
  const known = chat.conversation('team').peek();
  chat.arrives('team', message(known.cursor + 1, 'grace', text, { at: Date.now() }));
}"""
GROWS = """(text) => {
  const known = chat.conversation('team').peek();
  const [range] = known.ranges;
  const last = range.messages.at(-1);
  const grown = { ...last, text, v: last.v + 1 };
  chat.conversation('team').value = {
    ...known, ranges: [{ ...range, messages: [...range.messages.slice(0, -1), grown] }],
  };
}"""
ANSWERS = """(text) => {
  const { cursor } = chat.conversation('team').peek();
  chat.arrives('team', message(cursor + 1, 'linus', text, { at: Date.now(), reply: cursor }));
}"""
OLDER = """() => {
  const known = chat.conversation('team').peek();
  const [range] = known.ranges;
  const at = range.messages[0].at - 9e5;
  const rows = Array.from({ length: 50 }, (_, n) => (
    message(n - 60, 'linus', 'older '.repeat(n), { at })
  ));
  const ranges = [{ ...range, first: -60, messages: [...rows, ...range.messages] }];
  chat.conversation('team').value = { ...known, ranges };
}"""
JOINED = """() => {
  const known = chat.conversation('team').peek();
  const [range] = known.ranges;
  const { author, at } = range.messages[0];
  const rows = Array.from({ length: 50 }, (_, n) => (
    message(n - 60, author, `before ${n}`, { at: at - 1e3 * (50 - n) })
  ));
  const ranges = [{ ...range, first: -60, messages: [...rows, ...range.messages] }];
  chat.conversation('team').value = { ...known, ranges };
}"""
DIRECTION = """() => {
  const text = document.querySelector('.nbc-text p');
  return [getComputedStyle(text).unicodeBidi, text.closest('[dir]').matches(':dir(rtl)')];
}"""
TOO_WIDE = """(selector) => [...document.querySelectorAll(selector)].filter(
  (one) => one.scrollWidth > one.clientWidth + 1
).length"""


@pytest.mark.parametrize("scene", [*SCENES, *SHEETS, *PEOPLE])
def test_axe_finds_nothing(show: Show, scene: str) -> None:
    for width, dark in ((320, True), (1000, False)):
        page = show(scene, width=width, dark=dark)
        assert violations(page) == []


@pytest.mark.parametrize("scene", ["busy", "hard", "code", "offline"])
def test_nothing_is_cut_at_any_width(show: Show, scene: str) -> None:
    page = show(scene)
    for width in (1000, 480, 320):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate(FRAMES)
        assert page.evaluate(TOO_WIDE, ".nbc-scroll") == 0
        assert page.evaluate(TOO_WIDE, ".nbc-bubble") == 0
        assert page.evaluate(TOO_WIDE, ".nbc-note") == 0
        last, log = page.locator("article").last.bounding_box(), page.get_by_role("log").bounding_box()
        assert last is not None
        assert log is not None
        assert last["y"] + last["height"] <= log["y"] + log["height"]


def test_right_to_left_sits_right(show: Show) -> None:
    page = show("hard", width=1000)
    assert page.evaluate(DIRECTION) == ["plaintext", True]


def test_a_long_history_scrolls_without_a_jump(show: Show) -> None:
    page = show("long")
    assert page.evaluate("() => document.querySelectorAll('.nbc-rows > *').length") < 300
    assert page.evaluate("() => document.querySelectorAll('.nbchat *').length") < 2_000
    assert page.evaluate(FROM_END) < 1
    page.mouse.move(240, 300)
    scroll_without_a_jump(page, -400, 60)


def test_the_way_to_the_end_is_offered_three_rows_above_it(show: Show) -> None:
    page = show("long")
    arrow = page.get_by_role("button", name="To the newest message")
    page.mouse.move(240, 300)
    wheel(page, -60)
    expect(arrow).to_have_count(0)
    page.evaluate(GROWS, "one more line\n" * 9)  # nobody scrolls
    arrow.click()
    page.evaluate(FRAMES)
    assert page.evaluate(FROM_END) < 1
    wheel(page, -120)
    expect(arrow).to_be_visible()


def test_a_quote_names_its_author_in_full_where_there_is_room(show: Show) -> None:
    for width in (320, 480, 1000):
        page = show("talk", width=width)
        page.evaluate(ARRIVES, "ok")
        page.evaluate(ANSWERS, "Fine")
        expect(page.locator("article").last.locator(".nbc-quote")).to_have_text("Answers Grace Hopperok")
        assert page.evaluate(TOO_WIDE, ".nbc-quote bdi") == 0


def test_what_arrives_above_or_below_moves_nothing_that_is_read(show: Show) -> None:
    page = show("long")
    page.evaluate("() => { const one = document.querySelector('.nbc-scroll'); one.scrollTop = one.scrollHeight / 2; }")
    page.evaluate(FRAMES)
    before = page.evaluate(PLACES)
    assert before
    page.evaluate(ARRIVES, "hello")
    page.evaluate(OLDER)
    page.evaluate(FRAMES)
    after = page.evaluate(PLACES)
    assert after.keys() == before.keys()
    assert all(abs(after[key] - before[key]) < 1 for key in before)
    page.get_by_role("button", name="1 new").click()
    expect(page.locator("article").last).to_contain_text("hello")
    page.evaluate(FRAMES)
    assert page.evaluate(FROM_END) < 1


def test_a_top_row_that_joins_the_run_of_older_ones_moves_nothing(show: Show) -> None:
    page = show("long")
    for _ in range(2):  # the first makes room for the rows at the top
        page.evaluate("() => { document.querySelector('.nbc-scroll').scrollTop = 0; }")
        page.evaluate(FRAMES)
    before = page.evaluate(PLACES)
    assert "m/ada/key-1" in before
    page.evaluate(JOINED)
    page.evaluate(FRAMES)
    after = page.evaluate(PLACES)
    # Its name and time have gone to the first of the run; what one reads has not moved.
    assert after.pop("m/ada/key-1") > before.pop("m/ada/key-1")
    assert all(abs(after[key] - before[key]) < 1 for key in before)


def test_it_sticks_to_the_end_while_it_is_there(show: Show) -> None:
    page = show("long")
    page.evaluate(ARRIVES, "```python\nx = 1\n```\n" + "long text " * 80)
    page.wait_for_selector(".nbc-text .hljs-number")
    page.evaluate(FRAMES)
    assert page.evaluate(FROM_END) < 1
    page.evaluate("() => { document.querySelector('.nbchat').style.height = '300px'; }")
    page.evaluate(FRAMES)
    assert page.evaluate(FROM_END) < 1
    expect(page.locator(".nbc-jump")).to_have_count(0)


def test_it_opens_where_reading_stopped(show: Show) -> None:
    page = show("unread")
    divider, log = page.locator(".nbc-unread").bounding_box(), page.get_by_role("log").bounding_box()
    assert divider is not None
    assert log is not None
    assert log["y"] <= divider["y"] < log["y"] + 100
    expect(page.get_by_role("button", name="new")).to_be_visible()


def test_arrow_keys_walk_beyond_what_is_rendered(show: Show) -> None:
    page = show("long")
    page.locator("article[tabindex='0']").focus()
    for _ in range(260):
        page.keyboard.press("ArrowUp")
    focused = page.locator("article:focus")
    expect(focused).to_contain_text("Message 739.")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(page.locator("article:focus")).to_contain_text("Message 0.")
    page.keyboard.press("End")
    expect(page.locator("article:focus")).to_contain_text("Message 999.")


def test_the_composer_grows_to_eight_lines(show: Show) -> None:
    page = show("busy")
    box = page.get_by_role("textbox", name="Message ml-team")
    heights = []
    for lines in (1, 4, 8, 30):
        box.fill("\n".join(["line"] * lines))
        page.evaluate(FRAMES)
        heights.append(box.evaluate("(area) => area.clientHeight"))
    assert heights == sorted(heights)
    assert heights[2] == heights[3] > heights[1]
    page.evaluate(FRAMES)
    assert page.evaluate(FROM_END) < 1
    box.press("ControlOrMeta+a")
    box.press("Delete")
    page.evaluate(FRAMES)
    assert box.evaluate("(area) => area.clientHeight") == heights[0]
    box.press("ControlOrMeta+z")
    assert box.input_value().count("line") == 30


def test_a_table_scrolls_rather_than_breaks_its_words(show: Show) -> None:
    page = show("busy", width=320)
    rows = "| run | learning_rate | tokens | loss |\n|---|---|---|---|\n| a | 0.00031415 | 123456789012 | 0.1234567 |"
    page.evaluate(ARRIVES, rows)
    page.evaluate(FRAMES)
    heights = page.locator("table").last.locator("th, td").evaluate_all("(all) => all.map((one) => one.clientHeight)")
    assert len(heights) == 8
    assert max(heights) < 32, "a word or a number is broken"
    expect(page.locator("table").last).to_have_attribute("tabindex", "0")
    assert page.evaluate(TOO_WIDE, ".nbc-bubble") == 0


def test_a_task_has_a_box_and_no_bullet(show: Show) -> None:
    page = show("busy")
    page.evaluate(ARRIVES, "- [ ] to do\n- [x] done\n- a thing")
    page.evaluate(FRAMES)
    items = page.locator("article").last.locator("li")
    expect(items).to_have_text(["☐ to do", "☑ done", "a thing"])
    marks = items.evaluate_all("(all) => all.map((one) => getComputedStyle(one).listStyleType)")
    assert marks == ["none", "none", "disc"]


def test_a_selection_holds_messages_and_no_buttons(show: Show) -> None:
    page = show("busy")
    page.evaluate(ARRIVES, "one")
    page.evaluate(ARRIVES, "copy me\n```\nprint(1)\n```")
    page.evaluate(FRAMES)
    page.locator("article").last.hover()
    copied = page.evaluate("""() => {
      getSelection().selectAllChildren(document.querySelector('article:nth-last-of-type(1)'));
      return getSelection().toString().trim().split(/\\s*\\n\\s*/);
    }""")
    assert copied == ["copy me", "print(1)"]


@pytest.mark.parametrize("text", ["```\nprint(1)\n```", "שלום\n```\nprint(1)\n```"])
def test_the_copy_button_covers_no_short_code(show: Show, text: str) -> None:
    page = show("busy")
    page.evaluate(ARRIVES, text)
    page.evaluate(FRAMES)
    row = page.locator("article").last
    row.locator("pre").hover()
    button = row.get_by_role("button", name="Copy").bounding_box()
    code = row.locator("pre code").bounding_box()
    assert button is not None
    assert code is not None
    assert code["x"] + code["width"] <= button["x"]


def test_two_panes_from_720_pixels_and_no_avatars_below_360(show: Show) -> None:
    wide, middle, small = show("busy", width=1000), show("busy", width=480), show("busy", width=320)
    expect(wide.get_by_role("navigation")).to_be_visible()
    expect(wide.get_by_role("button", name="Back to the list")).to_be_hidden()
    expect(middle.get_by_role("navigation")).to_be_hidden()
    expect(middle.locator("article .nbc-avatar").first).to_be_visible()
    expect(small.locator("article .nbc-avatar").first).to_be_hidden()
    middle.get_by_role("button", name="Back to the list").click()
    middle.get_by_role("button", name="help-desk").click()
    assert middle.evaluate("() => ui.selected.value") == "help-desk"
