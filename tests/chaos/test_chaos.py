"""The short form of `make chaos`: one chapter with one fault of each family, under load, on two hubs."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import troubles
from .world import World

pytestmark = pytest.mark.slow

SEED = 4
PLAN: tuple[troubles.Trouble, ...] = (
    troubles.kill,
    troubles.cut,
    troubles.full_disk,
    troubles.half_open,
    troubles.jump,
    troubles.replace,
    troubles.restart_client,
)


async def test_nothing_is_lost_repeated_or_seen_differently(tmp_path: Path) -> None:
    async with World(SEED, tmp_path) as world:
        await world.begin()
        for trouble in PLAN:
            await trouble(world)
            world.look()
            world.check()
        await world.calm_down()
        assert world.report["acknowledged"] > 20, "people have talked meanwhile"
        assert world.report["touched"] > 5, "and changed what was said"
