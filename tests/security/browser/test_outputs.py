"""What a notebook keeps of a chat, and the page that it is exported to: no secret is in it, and no text runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kit.browser import new_context
from kit.hosted import Hosted
from kit.processes import wait_until
from kit.views import View, comms
from playwright.sync_api import Browser

from nbchat import ChatSession
from security.hostile import lines
from security.witness import Witness

KEPT = 40
"""Messages in the picture that is saved."""


def test_a_saved_notebook_and_its_export_hold_text_only(
    browser: Browser, hub: Hosted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    served = hub.served
    key = served.hub.keys.client
    with comms(monkeypatch), ChatSession("outputs", hub=served.url, key=key, snapshot=KEPT) as chat:
        sent = [chat.send(text) for text in lines("html")[:KEPT]]
        sent[-1].wait("sent", timeout=60)
        view = View(chat)
        wait_until(lambda: len(view.state["messages"]) >= KEPT / 2, what="messages in the picture")
        notebook = tmp_path / "saved.ipynb"
        notebook.write_text(json.dumps(saved(chat)), encoding="utf-8")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(notebook)]
    subprocess.run(command, check=True, capture_output=True)
    page = notebook.with_suffix(".html")
    for file in (notebook, page):
        content = file.read_text(encoding="utf-8")
        assert content.count("__pwned") >= KEPT / 2
        assert not [secret for secret in (key, served.door.token, served.door.owner_key) if secret in content]
    context = new_context(browser)
    context.route("https://**", lambda route: route.abort())  # what an exported page loads of its own
    opened = context.new_page()
    Witness(opened)
    opened.goto(page.as_uri(), wait_until="domcontentloaded")
    assert opened.evaluate("window.__seen.ran") == []
    assert opened.evaluate("document.querySelectorAll('[onerror], [onload], iframe').length") == 0
    context.close()


def saved(chat: ChatSession) -> dict[str, Any]:
    """The notebook as JupyterLab saves it, with the widget's state."""
    shown: Any = chat._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell = {"cell_type": "code", "id": "one", "execution_count": 1, "metadata": {}, "source": "chat"}
    states = {"application/vnd.jupyter.widget-state+json": chat.get_manager_state(widgets=[chat])}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"widgets": states},
        "cells": [{**cell, "outputs": [output]}],
    }
