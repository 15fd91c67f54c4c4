"""The kit itself: a notebook runs in a real server, and two browser profiles are two people."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from kit.browser import address, open_notebook, run_all_cells
from kit.servers import Server
from playwright.sync_api import Page

NewPerson = Callable[..., Page]


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_notebook_runs(app: str, start: Callable[..., Server], new_person: NewPerson) -> None:
    server, page = start(app=app), new_person()
    open_notebook(page, server, server.write_notebook("sum.ipynb", "print(6 * 7)"))
    run_all_cells(page)
    page.get_by_text("42", exact=True).wait_for()


def test_two_profiles_are_two_people(lab: Server, new_person: NewPerson) -> None:
    def who(user: str) -> str:
        page = new_person()
        page.goto(address(lab, "api/me", user=user))
        page.goto(lab.url + "api/me")  # now by cookie alone
        return str(json.loads(page.inner_text("body"))["identity"]["name"])

    assert [who("ada"), who("grace")] == ["Ada Lovelace", "Grace Hopper"]
