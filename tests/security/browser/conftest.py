"""One browser and one hub full of hostile texts for this folder. These tests are plain functions, never `async def`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit.browser import launched
from kit.hosted import Hosted, hosted
from kit.hubs import own_folders
from playwright.sync_api import Browser

from security.gathering import Gathered, gather
from security.hostile import FAST, Filled, fill


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed before tests elsewhere run, for the reason that `launched` gives."""
    with launched() as opened:
        yield opened


@pytest.fixture(scope="package")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A hub on which nobody is slowed down."""
    with pytest.MonkeyPatch.context() as patch:
        folder = own_folders(tmp_path_factory.mktemp("hostile"), patch)
        with hosted(folder / "hub", limits=FAST) as running:
            yield running


@pytest.fixture(scope="package")
def filled(hub: Hosted) -> Filled:
    """What hostile people have written there."""
    return hub.does(fill(hub.served))


@pytest.fixture(scope="package")
def gathered(hub: Hosted, filled: Filled) -> Gathered:
    """And what they do to the reader."""
    return hub.does(gather(hub.served, filled))


@pytest.fixture(autouse=True)
def hung_up() -> None:
    """Nothing on this thread's loop: it is the browser's here."""
