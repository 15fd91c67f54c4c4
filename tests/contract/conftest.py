from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kit.stores import ADA, BOB, BUSES, EVE, PLACES, Driver, Place, conversation, post

from nbchat.hub import ports


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return PLACES[request.param](tmp_path)


@pytest.fixture
def hub(place: Place) -> Iterator[Driver]:
    driver = Driver(place.open())
    yield driver
    driver.close()


@pytest.fixture
def second(place: Place, hub: Driver) -> Iterator[Driver]:
    """Another hub on the same data; for tests of the places in `SHARED`."""
    driver = Driver(place.open())
    yield driver
    driver.close()


@pytest.fixture(params=BUSES)
def make_bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], ports.Bus]]:
    make = BUSES[request.param](tmp_path)
    made: list[ports.Bus] = []

    def bus() -> ports.Bus:
        made.append(make())
        return made[-1]

    yield bus
    for one in made:
        one.close()


@pytest.fixture
def team(hub: Driver) -> None:
    """Three people, and what ada said (seq 2) and bob (seq 3)."""
    said = post("c", ADA, "one", key="key-one!"), post("c", BOB, "two", key="key-two!")
    hub.write(conversation("c", ADA, BOB, EVE), *said)
