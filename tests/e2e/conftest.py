"""Fixtures of the tests with a real server and a real browser. These tests are plain functions, never `async def`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from kit.browser import launched, new_context
from kit.harness import harness, show, tabs
from kit.servers import Server, jupyter
from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["harness", "show", "tabs"]

OUTPUT = Path(__file__).parent / "output"

NOTEBOOKS = (
    "fallback",
    "hostile",
    "in_notebooks",
    "kernels",
    "kit",
    "other_ways",
    "outage",
    "streaming",
    "together",
    "unwell",
)
"""Test files that wait for servers, notebooks and kernels most of the time, and not for the page.

`make test` runs these beside the others of this folder: the two take about as long as each other.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is marked `e2e`, and `in_notebooks` where the list above says so."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if item.path.stem.removeprefix("test_") in NOTEBOOKS:
                item.add_marker(pytest.mark.in_notebooks)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for the folder. Closed before tests elsewhere run, for the reason that `launched` gives."""
    with launched() as opened:
        yield opened


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One JupyterLab with named people, for tests that leave it running and use conversations of their own.

    Its people write and do faster than by hand, and are the same ones in all tests, so it lets them. Who closes the
    last page is gone soon: a reload is faster all the same.
    """
    options = {"page_rate": 100.0, "page_burst": 200, "change_rate": 20.0, "change_burst": 200, "presence_grace": 4.0}
    folder = tmp_path_factory.mktemp("lab")
    with jupyter(folder, identity="kit.identities.NamedPeople", config={"NbchatConfig": options}) as server:
        yield server


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start a server of the test's own: `start(app="notebook", password="…")`, or `start(serve)`; see kit.servers."""
    with ExitStack() as stack:

        def begin(kind: Callable[..., AbstractContextManager[Server]] = jupyter, **options: object) -> Server:
            return stack.enter_context(kind(tmp_path_factory.mktemp("server"), **options))

        yield begin


@pytest.fixture
def new_person(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """A page in a browser profile of its own; closed afterwards, with a picture of it first if the test failed."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> Page:
        contexts.append(new_context(browser, **options))  # type: ignore[arg-type]
        return contexts[-1].new_page()

    # All are closed, also where one has crashed: whose page stays open is online in the tests that follow.
    with ExitStack() as closing:
        yield make
        for context in contexts:
            closing.callback(context.close)
        if getattr(request.node, "failed", False):
            for number, context in enumerate(contexts):
                _keep_pictures(request.node.name, number, context)


def _keep_pictures(test: str, number: int, context: BrowserContext) -> None:
    OUTPUT.mkdir(exist_ok=True)
    for at, page in enumerate(context.pages):
        page.screenshot(path=OUTPUT / f"{test}-{number}-{at}.png".replace("/", "_"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know whether the test failed, and show the servers' logs then."""
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True  # type: ignore[attr-defined]
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Server):
                report.sections.append((f"log of {value.url}", value.tail(80)))
    return report
