"""Where the page has no hub at its own origin, or no kernel either: the relay, and the saved picture."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kit.browser import run_cell, save, shut_kernel_down, wait_for_kernel
from kit.people import shows, sits_in_notebook
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]
Start = Callable[..., Server]

AXE = Path(__file__).resolve().parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
WITHOUT_HUB = {"ServerApp": {"jpserver_extensions": {"nbchat": False, "jupyter_server_ydoc": False}}}
SET_CELL = "(text) => window.jupyterapp.shell.currentWidget.content.model.cells.get(2).sharedModel.setSource(text)"
COMPUTES = "import pathlib, time\nwhile not pathlib.Path('enough').exists(): time.sleep(0.05)"


def test_without_a_hub_on_the_server_the_kernel_relays(start: Start, new_person: NewPerson) -> None:
    server = start(config=WITHOUT_HUB)
    page = new_person()
    path = server.write_notebook("relay.ipynb", shows("relay"), "chat.send('from a cell')", "pass")
    me = sits_in_notebook(page, server, path)
    wait_for_kernel(page, "idle")
    me.is_connected().sees("from a cell")
    expect(me.root.get_by_text("Through the kernel, as")).to_be_visible()
    me.writes("through the comm").sees_tick("through the comm", "sent").sees("from a cell", "through the comm")
    me.sees_author("from a cell", "You").sees_author("through the comm", "You")

    # A kernel that computes cannot take anything; the view says so, and sends when it can.
    page.evaluate(SET_CELL, COMPUTES)
    run_cell(page, 2, wait=False)
    wait_for_kernel(page, "busy")
    me.writes("while it computes").sees_banner("kernel is busy")
    (server.root / "enough").touch()
    me.sees_tick("while it computes", "sent").sees_no_banner()

    shut_kernel_down(page)
    me.writes("to nobody").sees_banner("kernel")
    me.sees_tick("to nobody", "waiting")


def test_a_saved_notebook_shows_a_picture_and_holds_no_secret(start: Start, new_person: NewPerson) -> None:
    server = start()
    page = new_person()
    to_self = "chat.conversation = '@' + chat.me.id"
    path = server.write_notebook("saved.ipynb", shows("saved"), "chat.send('kept in the picture')", to_self)
    me = sits_in_notebook(page, server, path)
    me.sees_title("root").writes("a private note").sees_tick("a private note", "sent")
    save(page)
    assert "a private note" not in (server.root / path).read_text(encoding="utf-8")
    me.opens("saved").sees("kept in the picture")
    save(page)
    saved = (server.root / path).read_text(encoding="utf-8")
    for secret in (server.token, json.loads(runtime_file(server).read_text())["key"], "a private note"):
        assert secret not in saved
    expect(page.locator(".jp-Notebook")).to_be_visible()

    html = server.root / "saved.html"
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--output", str(html), str(server.root / path)],
        check=True,
        capture_output=True,
        env=server.env,
    )
    assert "a private note" not in html.read_text(encoding="utf-8")


def runtime_file(server: Server) -> Path:
    """Where the hub tells kernels of the same user how to reach it."""
    [found] = server.runtime.glob("nbchat-*.json")
    return found


def test_axe_finds_nothing_in_jupyterlab(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    ada = sits_in_notebook(page, lab, lab.write_notebook("axe.ipynb", shows("axe")), user="ada").joins()
    ada.writes("hello").sees_tick("hello", "sent")
    page.add_script_tag(path=AXE)
    page.emulate_media(reduced_motion="reduce")  # colours on their way from one theme to the other are nobody's choice
    for theme, light in (("JupyterLab Light", "true"), ("JupyterLab Dark", "false")):
        page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
        rules = page.evaluate(
            "async () => (await axe.run('.nbchat')).violations.map((found) => [found.id, found.help])"
        )
        assert rules == []
