"""The page's debug switch: frames and state in the console, without what people write unless that is asked for."""

from __future__ import annotations

import json

import pytest
from kit.browser import new_context
from kit.hosted import Hosted
from kit.people import Seat
from playwright.sync_api import Browser, ConsoleMessage

SAID = "between you and me"


@pytest.mark.parametrize(("query", "texts"), [("", None), ("?debug", False), ("?debug=texts", True)])
def test_frames_are_shown_where_they_are_asked_for(
    browser: Browser, hub: Hosted, query: str, texts: bool | None
) -> None:
    context = new_context(browser)
    page = context.new_page()
    lines: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.text.startswith("nbchat"):
            lines.append(message.text)

    page.on("console", heard)
    page.goto(hub.served.owner_url)
    page.goto(f"{hub.served.url}{query}")
    seat = Seat(page)
    seat.root.wait_for()
    seat.creates_channel(f"debug-{texts}".lower())
    seat.writes(SAID).sees(SAID)
    context.close()
    assert bool(lines) is (texts is not None)
    sent = [json.loads(line.removeprefix("nbchat -> ")) for line in lines if line.startswith("nbchat -> ")]
    assert [one["text"] for one in sent if one["t"] == "post"] == {None: [], True: [SAID], False: [f"<{len(SAID)}>"]}[
        texts
    ]
    assert (SAID in "\n".join(lines)) is bool(texts)
    assert not any(secret in line for line in lines for secret in ("nbchat-login", hub.served.door.token))
