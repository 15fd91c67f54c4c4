"""Messages, threads and the way to a message in a real browser, over the scripted chat of js/dev.

What depends on layout and focus, and what axe says. No server of ours is behind it; test_together.py has the whole.
"""

from __future__ import annotations

import pytest
from kit.harness import FRAMES, FROM_END, PLACES, Show, violations
from kit.places import same, scroll_without_a_jump
from playwright.sync_api import Page, expect

SCENES = (
    *("talk", "marks", "tools", "actions", "react", "editing", "deleting", "versions", "forwarding", "reporting"),
    *("thread", "pinned", "saved", "mentions", "threads", "reactions", "older", "unsent"),
)
ADDS_RANGE = """() => {
  // What the hub has around and beside a message of long ago, page by page.
  const at = (seq) => Date.now() - (2_000 - seq) * 6e5;
  const rows = (from, to) => Array.from({ length: to - from }, (_, n) => (
    message(from + n, ['grace', 'linus'][n % 2], `old ${from + n} ${'words '.repeat(n % 30)}`, { at: at(from + n) })
  ));
  const put = (change) => {
    const known = chat.conversation('team').peek();
    chat.conversation('team').value = { ...known, ranges: change(known.ranges) };
  };
  chat.onAround = (_, seq) => {
    const range = { first: seq - 25, last: seq + 25, messages: rows(seq - 25, seq + 26), has_before: true };
    put((ranges) => [range, ...ranges]);
    return true;
  };
  const grow = (below) => (_, at) => {
    put(([range, ...rest]) => [below
      ? { ...range, last: range.last + 50, messages: [...range.messages, ...rows(range.last + 1, range.last + 51)] }
      : { ...range, first: range.first - 50, messages: [...rows(range.first - 50, range.first), ...range.messages] },
      ...rest]);
    return true;
  };
  chat.onOlder = () => (grow(false)(), true);
  chat.onNewer = () => (grow(true)(), true);
}"""
GOES_TO = "(seq) => { ui.talk.target.value = { id: 'team', seq, thread: null }; }"
SCROLL_BY = "(by) => { document.querySelector('.nbc-scroll').scrollTop += by; }"
MIDDLE = "() => { const one = document.querySelector('.nbc-scroll'); one.scrollTop = one.scrollHeight / 2; }"
SEQS = "() => [...document.querySelectorAll('article')].map((row) => Number(row.dataset.seq))"

TOO_WIDE = """(selector) => [...document.querySelectorAll(selector)].filter(
  (one) => one.scrollWidth > one.clientWidth + 1
).length"""
ASKED = "(what) => chat.asked.some(([method]) => method === what)"


def focus_row(page: Page, seq: int) -> None:
    """Put the focus on the row of a message, as the arrow keys do."""
    page.evaluate(f"() => document.querySelector('[data-seq=\"{seq}\"]').focus()")
    page.wait_for_selector(".nbc-tools")


@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing(show: Show, scene: str) -> None:
    for width, dark in ((320, True), (1000, False)):
        page = show(scene, width=width, dark=dark)
        assert violations(page) == []


@pytest.mark.parametrize("scene", ["talk", "marks", "editing", "reactions", "unsent", "thread"])
def test_nothing_is_cut_at_any_width(show: Show, scene: str) -> None:
    page = show(scene)
    for width in (1000, 480, 320):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate(FRAMES)
        for selector in (".nbc-scroll", ".nbc-bubble", ".nbc-reactions", ".nbc-side"):
            assert page.evaluate(TOO_WIDE, selector) == 0, f"{selector} at {width} px"


def test_a_message_of_long_ago_opens_with_its_surroundings_and_pages_both_ways(show: Show) -> None:
    page = show("long")
    page.evaluate(ADDS_RANGE)
    page.evaluate(GOES_TO, -5_000)
    row = page.locator("article[data-seq='-5000']")
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    assert page.evaluate("() => Math.max(...[...document.querySelectorAll('article')].map((o) => +o.dataset.seq))") < 0
    page.mouse.move(240, 300)
    for by, what in ((-300, "older"), (300, "newer")):
        scroll_without_a_jump(page, by, 10 if by < 0 else 40)
        page.wait_for_function(ASKED, arg=what)
    seqs = page.evaluate(SEQS)
    assert seqs == sorted(seqs)
    assert min(seqs) < -5_025 < -4_975 < max(seqs)
    page.get_by_role("button", name="To the newest message").click()
    expect(page.locator("article").last).to_contain_text("Message 999.")
    page.evaluate(FRAMES)
    assert page.evaluate(FROM_END) < 1


def test_a_quote_leads_to_its_original(show: Show) -> None:
    page = show("talk")
    page.add_style_tag(content=".nbc-flash { animation-duration: 1000s !important; }")
    page.locator("[data-seq='12'] .nbc-quote").click()
    expect(page.locator("[data-seq='11']")).to_be_focused()
    expect(page.locator("[data-seq='11'].nbc-flash")).to_have_count(1)


def test_it_keeps_its_place_when_hidden_and_shown_again(show: Show) -> None:
    page = show("long")
    page.evaluate(MIDDLE)
    page.evaluate(FRAMES)
    before = page.evaluate(PLACES)
    for value in ("none", ""):
        page.evaluate("(value) => { document.querySelector('.nbchat').parentElement.style.display = value; }", value)
        page.evaluate(FRAMES)
    assert same(before, page.evaluate(PLACES))


@pytest.mark.parametrize("at_end", [False, True])
def test_it_keeps_its_place_when_moved_in_the_document(show: Show, at_end: bool) -> None:
    page = show("long")
    if not at_end:
        page.evaluate(MIDDLE)
        page.evaluate(FRAMES)
    before = page.evaluate(PLACES)
    page.evaluate("""() => {
      const host = document.querySelector('.nbchat').parentElement;
      document.body.append(host.parentElement.appendChild(document.createElement('section')));
      document.body.lastElementChild.append(host);
    }""")
    # The browser says in its own time that the animation has begun again, later where it is busy.
    page.wait_for_function("() => document.querySelector('.nbc-scroll').scrollTop > 0")
    page.evaluate(FRAMES)
    assert same(before, page.evaluate(PLACES))


def test_it_does_not_move_when_something_in_it_grows(show: Show) -> None:
    page = show("long")
    page.evaluate(MIDDLE)
    page.evaluate(FRAMES)
    before = page.evaluate(PLACES)
    # As an image does that has come: above what is read, and below it.
    page.evaluate("""() => {
      const rows = [...document.querySelectorAll('article')];
      for (const row of [rows[2], rows.at(-2)]) row.querySelector('.nbc-bubble').style.height = '400px';
    }""")
    page.evaluate(FRAMES)
    assert same(before, page.evaluate(PLACES))


def test_the_browser_is_not_asked_to_anchor(show: Show) -> None:
    page = show("long")
    anchor = "() => getComputedStyle(document.querySelector('.nbc-scroll')).overflowAnchor"
    assert page.evaluate(anchor) == "none"


def test_two_views_of_one_conversation_have_places_of_their_own(show: Show) -> None:
    page = show("long", width=1000, twice=1, height=300)
    page.evaluate(MIDDLE)
    page.evaluate(FRAMES)
    before = page.evaluate(PLACES)
    page.evaluate("""() => {
      const known = chat.conversation('team').peek();
      chat.arrives('team', message(known.cursor + 1, 'grace', 'hello', { at: Date.now() }));
    }""")
    page.evaluate(FRAMES)
    assert same(before, page.evaluate(PLACES))
    second = page.locator(".nbchat").nth(1)
    expect(second.locator("article").last).to_contain_text("hello")
    expect(second.locator("article").last).to_be_in_viewport()


def test_the_toolbar_stays_on_the_screen_over_a_row_that_begins_above_it(show: Show) -> None:
    page = show("talk")
    focus_row(page, 8)
    page.evaluate(FRAMES)
    bar, log = page.locator(".nbc-tools").bounding_box(), page.get_by_role("log").bounding_box()
    assert bar is not None
    assert log is not None
    assert log["y"] <= bar["y"]
    page.mouse.move(200, 100)
    page.locator("[data-seq='12'] .nbc-text").hover()
    page.get_by_role("toolbar").get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menu")).to_be_visible()


def test_all_by_keyboard(show: Show) -> None:
    page = show("talk")
    page.locator("article[tabindex='0']").focus()
    page.wait_for_selector(".nbc-tools")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-seq='11']")).to_be_focused()
    page.keyboard.press("e")
    field = page.get_by_role("textbox", name="Edit your message")
    expect(field).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" done")
    page.keyboard.press("Enter")
    page.wait_for_function("() => chat.asked.some(([, what]) => what?.t === 'edit' && what.text.endsWith(' done'))")
    expect(page.locator("[data-seq='11']")).to_be_focused()
    page.keyboard.press("m")
    expect(page.get_by_role("menuitem", name="Reply", exact=False).first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-seq='11']")).to_be_focused()
    page.keyboard.press("t")
    expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    expect(page.locator(".nbc-side textarea")).to_be_focused()
    page.locator(".nbc-side .nbc-tool").last.focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-seq='11']")).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.get_by_role("dialog").get_by_role("button", name="Delete")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("() => chat.asked.some(([, what]) => what?.t === 'delete' && what.message === 11)")


def test_a_long_press_opens_the_menu(show: Show) -> None:
    page = show("talk")
    session = page.context.new_cdp_session(page)
    box = page.locator("[data-seq='12'] .nbc-text").bounding_box()
    assert box is not None
    point = {"x": box["x"] + 10, "y": box["y"] + 5}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(page.get_by_role("menu")).to_be_visible()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_role("menu")).to_be_visible()


@pytest.mark.parametrize(("width", "beside"), [(1000, True), (800, False), (480, False)])
def test_a_thread_stands_beside_where_there_is_room_and_over_it_elsewhere(show: Show, width: int, beside: bool) -> None:
    page = show("thread", width=width)
    side = page.locator(".nbc-side")
    expect(side).to_be_visible()
    chat, pane = page.locator(".nbc-chat").bounding_box(), side.bounding_box()
    assert chat is not None
    assert pane is not None
    assert (pane["x"] >= chat["x"] + chat["width"] - 1) is beside
    assert pane["width"] >= 300
