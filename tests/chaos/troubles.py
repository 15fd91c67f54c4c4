"""The faults, one function each: break something while everybody talks, let it last, mend it.

Each is given a world and leaves it whole, though clients may still be on their way back. `TROUBLES` names them all.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from kit.faults import (
    ANEW,
    COPIED,
    COPYING,
    aside,
    damaged,
    drained,
    frozen,
    full,
    killed,
    killed_copying,
    lengthen_journal,
    locked,
    read_only as unwritable,
    shortened,
    stillborn,
    wrong_clock,
)
from kit.processes import ServerFailed
from kit.servers import Server

from nbchat.server.assemble import DATABASE
from nbchat.store.sqlite import LONG_JOURNAL
from nbchat.store.sqlite_file import check_whole, migrations

from .oracle import Stored, check_told, told
from .world import World

Trouble = Callable[[World], Awaitable[None]]
SLEEP = (5.5, 6.5)
"""Seconds that a laptop sleeps: longer than the lateness of an alarm (5 s) by which a client knows that it slept."""
CROWD = 150
"""Clients that come at once; `storm` has 2,000."""


async def _last(world: World, least: float, most: float) -> None:
    await asyncio.sleep(world.dice.uniform(least, most))


def _hub(world: World) -> Server:
    return world.dice.choice(world.hubs)


# ---------------------------------------------------------------------------------------------------------- the process


async def kill(world: World) -> None:
    """One hub is killed, the other goes on."""
    async with aside(killed(_hub(world))):
        await _last(world, 0.0, 1.5)


async def kill_all(world: World) -> None:
    """Power cut."""
    async with aside(killed(*world.hubs)):
        await _last(world, 0.0, 1.5)


async def freeze(world: World) -> None:
    """A hub stands still for a while."""
    with frozen(_hub(world)):
        await _last(world, 0.1, 3.0)


async def stillbirth(world: World) -> None:
    """A hub is killed, and killed again while it starts."""
    starts = [world.dice.uniform(0.05, 1.2) for _ in range(world.dice.randint(1, 3))]
    async with aside(stillborn(_hub(world), *starts)):
        await _last(world, 0.0, 0.3)


async def drain(world: World) -> None:
    """A hub is stopped in order and started again."""
    async with aside(drained(_hub(world))):
        await _last(world, 0.0, 0.5)


async def replace(world: World) -> None:
    """Another hub takes over its door, and the old one is drained under load."""
    n = world.dice.randrange(len(world.hubs))
    old, world.hubs[n] = world.hubs[n], await world.start_hub()
    world.doors[n].upstream = world.hubs[n].port
    await asyncio.to_thread(old.terminate)


async def sleep(world: World) -> None:
    """The laptop sleeps: hubs and clients stand still, and then all timers are late."""
    with frozen(*world.hubs):
        time.sleep(world.dice.uniform(*SLEEP))  # noqa: ASYNC251 - that the loop stands still is the fault
    for one in world.members:
        one.wake()


# ---------------------------------------------------------------------------------------------------------- the network


async def cut(world: World) -> None:
    """Connections break in the middle of a frame."""
    world.dice.choice(world.doors).cut(world.dice.choice((0.3, 1.0)))
    await _last(world, 0.3, 1.0)


async def half_open(world: World) -> None:
    """Nothing passes any more, and nobody is told; then people look at their screens again."""
    door = world.dice.choice(world.doors)
    with door.silent():
        await _last(world, 0.2, 2.0)
        for one in world.members:
            one.wake()
        await _last(world, 0.0, 1.0)


async def delay(world: World) -> None:
    """A slow line."""
    with world.dice.choice(world.doors).delayed(world.dice.uniform(0.05, 0.4)):
        await _last(world, 0.5, 2.0)


async def double(world: World) -> None:
    """Everything is said twice, on two connections of which one is heard by nobody."""
    door = world.dice.choice(world.doors)
    with door.doubled():
        door.break_all()
        await _last(world, 0.8, 2.0)
    door.break_all()


async def shuffle(world: World) -> None:
    """All come back at once, in another order."""
    with ExitStack() as stack:
        for door in world.doors:
            stack.enter_context(door.shuffled())
            door.break_all()
        await _last(world, 0.8, 1.5)


async def stall(world: World) -> None:
    """Readers do not read."""
    with world.dice.choice(world.doors).stalled():
        await _last(world, 0.5, 3.0)


async def slow(world: World) -> None:
    """Readers read slowly: less than is said to them."""
    with world.dice.choice(world.doors).slowed(world.dice.uniform(500, 5_000)):
        await _last(world, 0.5, 3.0)


async def crowd(world: World) -> None:
    """Many come at once, each says something, and they are gone again."""
    names = [f"Guest {n}" for n in range(CROWD // 10)]
    many = [world.member(f"{name}-{n}", name, "session") for n in range(10) for name in names]
    try:
        await world.until(lambda: all(one.live for one in many), "a crowd is let in", of=many)
    finally:
        for one in many:
            one.end()


async def restart_client(world: World) -> None:
    """A client's process ends and begins again, with what it had not sent."""
    for one in world.dice.sample(world.members, 3):
        one.begin()
        for id in world.rooms:
            one.watch(id)
    await _last(world, 0.2, 0.6)


async def two_tabs(world: World) -> None:
    """Another page of the same person sends what this one has not sent yet, too."""
    one = world.dice.choice(world.members)
    for other in world.members:
        if other is not one and other.person == one.person:
            other.adopt(one)
    await _last(world, 0.1, 0.3)


# ----------------------------------------------------------------------------------------------------- disk, data, time


async def full_disk(world: World) -> None:
    """There is no room, and then there is; sometimes a hub ends meanwhile, in order or not."""
    hub = _hub(world) if world.dice.random() < 0.3 else None
    with ExitStack() as stack:
        if world.disk is not None and world.dice.random() < 0.5:
            stack.enter_context(world.disk.full())
        else:
            stack.enter_context(full(*world.hubs))
        await _last(world, 0.3, 2.0)
        if hub is not None:
            await asyncio.to_thread(world.dice.choice((hub.kill, hub.terminate)))
    if hub is not None:
        await asyncio.to_thread(hub.start)


async def lock(world: World) -> None:
    """Another program holds the database, sometimes for longer than a hub waits."""
    async with aside(locked(world.database)):
        await _last(world, *world.dice.choice(((0.1, 1.0), (0.1, 1.0), (5.2, 6.0))))


async def begin_anew(world: World) -> None:
    """The journal becomes long; while it is copied, or begins anew, hubs are killed, sometimes with a full disk."""
    await asyncio.to_thread(lengthen_journal, world.database, LONG_JOURNAL + 100)
    victims = world.dice.choice((world.hubs[:1], world.hubs[1:], world.hubs))
    part = world.dice.choice((COPYING, COPIED, ANEW))
    with ExitStack() as room:
        if world.disk is not None and world.dice.random() < 0.3:
            room.enter_context(world.disk.full())
        async with aside(killed_copying(world.database, part, *victims)):
            room.close()  # they do not start on a full disk, and say so: that is `full_disk`'s
            await _last(world, 0.0, 0.5)


async def migrate(world: World) -> None:
    """A newer hub finds older tables and brings them up to date, while another one writes; it may be killed in it."""
    hub = _hub(world)
    starts = [world.dice.uniform(0.3, 0.9) for _ in range(world.dice.randrange(3))]
    await asyncio.to_thread(hub.kill)
    await asyncio.to_thread(_make_older, world.database)
    async with aside(stillborn(hub, *starts)):
        await _last(world, 0.0, 0.2)
    with closing(sqlite3.connect(world.database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(migrations()),)
        (keys,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'event_key'").fetchone()
        assert keys in migrations()[1], f"it has {keys}"
    copies = list(world.data.glob(f"{DATABASE}*.backup"))
    assert copies, "they were kept as they were"
    for copy in copies:
        check_whole(copy)
        copy.unlink()
    assert not list(world.data.glob("*.copying*")), "nor is half a copy left"


def _make_older(database: Path) -> None:
    """As version 1 had it: the other hub goes on, as one of then would."""
    (keys,) = [line for line in migrations()[0].splitlines() if "INDEX event_key" in line]
    with closing(sqlite3.connect(database, timeout=30.0, isolation_level=None)) as connection:
        for sql in ("BEGIN IMMEDIATE", "DROP INDEX event_key", keys, "PRAGMA user_version = 1", "COMMIT"):
            connection.execute(sql)


async def jump(world: World) -> None:
    """The clock is set, both ways; sometimes that of people's machines, too, and some begin again meanwhile."""
    for seconds in (world.dice.choice((-86_400.0, -3_600.0, -90.0)), world.dice.choice((90.0, 3_600.0, 86_400.0))):
        with wrong_clock(world.clock, seconds):
            world.time.wrong = world.dice.choice((0.0, seconds))
            await _last(world, 0.3, 1.2)
        world.time.wrong = 0.0
        if world.dice.random() < 0.5:
            await restart_client(world)


async def damage(world: World) -> None:
    """Pages of a copy of the data are noise: it is refused, or (they were free pages) has all that it had."""
    await _try_a_copy(world, whole=True)


async def shorten(world: World) -> None:
    """After a power cut the journal has lost its end: it is refused, or has all that it had."""
    await _try_a_copy(world, whole=False)


async def _try_a_copy(world: World, *, whole: bool) -> None:
    place = world.folder / f"copy-{world.report['copies']}"
    world.report["copies"] += 1
    async with aside(killed(*world.hubs)):
        said = told(world.members)
        shutil.copytree(world.data, place)
    path, journal = place / DATABASE, place / f"{DATABASE}-wal"
    if whole:
        connection = sqlite3.connect(path)  # the only one: when it ends, the journal is copied into the file
        connection.execute("SELECT count(*) FROM sqlite_master")
        connection.close()
    with damaged(path, world.dice) if whole else shortened(journal, world.dice.uniform(0.0, 0.9)):
        try:
            server = await world.start_hub(place)
        except ServerFailed as error:
            refusal = str(error)
        else:
            refusal = ""
            await asyncio.to_thread(server.terminate)
            with Stored(path) as stored:
                check_told(stored, said)
    assert not refusal or f"nbchat cannot use {path}" in refusal, f"it is not said what is wrong: {refusal}"
    world.report["refused" if refusal else "whole all the same"] += 1


async def read_only(world: World) -> None:
    """After a failure of the disk nothing can be written: a hub does not start, and says why; then it can again."""
    async with aside(killed(*world.hubs)):
        was = {place.name: place.read_bytes() for place in world.data.iterdir()}
        broken = unwritable(world.data) if world.disk is None else world.disk.read_only()
        with broken, pytest.raises(ServerFailed, match="nbchat cannot use"):
            await world.start_hub()
        now = {place.name: place.read_bytes() for place in world.data.iterdir()}
        assert now == was, "and nothing has changed"


# ---------------------------------------------------------------------------------------------------------- at once


async def two_at_once(world: World) -> None:
    """A hub or its disk is in trouble while the network is."""
    network = world.dice.choice((cut, half_open, delay, double, shuffle, stall, slow))
    other = world.dice.choice((kill, kill_all, freeze, drain, replace, full_disk, lock, begin_anew, migrate, jump))
    await asyncio.gather(network(world), other(world))


TROUBLES: tuple[Trouble, ...] = (
    *(kill, kill, kill_all, stillbirth, freeze, drain, replace, sleep),
    *(cut, cut, half_open, delay, double, shuffle, stall, slow, crowd, restart_client, two_tabs),
    *(full_disk, full_disk, lock, read_only, begin_anew, begin_anew, migrate, jump, jump, damage, shorten),
    *(two_at_once, two_at_once, two_at_once),
)
"""All of them; those that are to come more often stand there twice."""
