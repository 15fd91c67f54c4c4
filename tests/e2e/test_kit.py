"""The kit itself: two browser profiles are two people. That notebooks run in it, test_together.py has."""

from __future__ import annotations

import json
from collections.abc import Callable

from kit.browser import address
from kit.servers import Server
from playwright.sync_api import Page

NewPerson = Callable[..., Page]


def test_two_profiles_are_two_people(lab: Server, new_person: NewPerson) -> None:
    def who(user: str) -> str:
        page = new_person()
        page.goto(address(lab, "api/me", user=user))
        page.goto(lab.url + "api/me")  # now by cookie alone
        return str(json.loads(page.inner_text("body"))["identity"]["name"])

    assert [who("ada"), who("grace")] == ["Ada Lovelace", "Grace Hopper"]
