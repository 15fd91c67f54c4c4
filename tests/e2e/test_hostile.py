"""Hostile texts in a notebook's widget, where the page is JupyterLab's and has no policy that would stop a script.

All places that people write in, and all payloads, are on the hub's own page in tests/security/browser; the view is the
same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from kit.people import shows, sits_in_notebook
from kit.servers import Server
from kit.web import Visitor, hang_up_all
from playwright.sync_api import Page, expect
from security.hostile import Hand, rooms, texts
from security.witness import Witness

NewPerson = Callable[..., Page]


async def eve_writes(server: Server) -> list[str]:
    """One in three of the texts, from a page of somebody else."""
    eve = Visitor(f"{server.url}nbchat/")
    await eve.get(token=server.token, user="eve")
    await eve.get("api/me")
    try:
        return await rooms(await Hand.of(eve, "page"), texts()[::3], "hilda")
    finally:
        await hang_up_all()


def test_hostile_texts_in_a_widget_are_text(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    witness = Witness(page)
    hilda = sits_in_notebook(page, lab, lab.write_notebook("hostile.ipynb", shows("hostile")), user="hilda")
    hilda.joins()
    with ThreadPoolExecutor(1) as beside:  # this thread's loop is the browser's
        made = beside.submit(asyncio.run, eve_writes(lab)).result()
    for number in range(len(made)):
        row = hilda.goes_to_list().root.locator(".nbc-item").nth(number)
        expect(row).to_contain_text("the end")
        row.click()
        expect(hilda.message("the end")).to_be_visible()
        assert hilda.timeline.get_by_role("article").count() > 10
        witness.finds_nothing()
