"""Who may not any more: the sockets that they have open stop within a second, at every hub, also where the bus is lost.

Time is turned, not waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from kit.play import Actor, World
from msgspec import json
from server.conftest import Serve, guest

from nbchat.protocol import messages as wire
from nbchat.server.doorkeeper import SPARE, Asks

SECOND = 1.0
SECRET = "after you left"
Ends = Callable[[Actor, str], None]


def removes(ada: Actor, room: str) -> None:
    ada.does(wire.Remove, conversation=room, user="bob")


def bans(ada: Actor, room: str) -> None:
    ada.does(wire.Remove, conversation=room, user="bob", ban=True)


def mutes(ada: Actor, room: str) -> None:
    ada.does(wire.Mute, conversation=room, user="bob", seconds=60)


def archives(ada: Actor, room: str) -> None:
    ada.does(wire.Describe, conversation=room, archived=True)


def meet(world: World, *, hub: int) -> tuple[Actor, list[Actor], str]:
    """Ada at the first hub, and Bob with two pages and a notebook at the other one, in a group; and its id."""
    ada = world.page("ada")
    bob = [world.page("bob", hub=hub), world.page("bob", hub=hub), world.session("bob", hub=hub)]
    room = ada.creates_group("secret", "bob")
    world.turn(SECOND)
    for one in bob:
        one.watches(room)
        one.news()
    return ada, bob, room


@pytest.mark.parametrize("bus", [True, False], ids=["told", "the bus is lost"])
@pytest.mark.parametrize("hub", [0, 1], ids=["one hub", "another hub"])
@pytest.mark.parametrize("ends", [removes, bans])
def test_who_is_removed_hears_nothing_more(ends: Ends, hub: int, bus: bool) -> None:
    world = World(hubs=2, bus=bus)
    ada, bob, room = meet(world, hub=hub)
    ends(ada, room)
    world.turn(SECOND)
    for one in bob:
        assert wire.Left in {type(item) for item in one.news()}
    ada.posts(room, SECRET)
    ada.does(wire.Describe, conversation=room, topic=SECRET)
    ada.does(wire.Type, conversation=room)
    ada.does(wire.SetProfile, status="still here")  # what everybody is told still comes
    world.turn(3 * SECOND)
    for one in bob:
        heard = json.encode(one.news()).decode()
        assert room not in heard
        assert SECRET not in heard
        assert "still here" in heard
        one.is_refused("unknown_conversation", wire.History, conversation=room)


@pytest.mark.parametrize("bus", [True, False], ids=["told", "the bus is lost"])
@pytest.mark.parametrize(
    ("ends", "code"), [(mutes, "muted"), (archives, "archived"), (removes, "unknown_conversation")]
)
def test_who_may_not_write_any_more_does_not(ends: Ends, code: str, bus: bool) -> None:
    world = World(hubs=2, bus=bus)
    ada, bob, room = meet(world, hub=1)
    ends(ada, room)
    # Not after a second, but at once: a decision that was made on rules which have moved is made again.
    for one in bob:
        one.is_refused(code, wire.Post, conversation=room, text="may I?", key=one.key())
    assert ada.texts(room) == []


# ------------------------------------------------------------------------------------- a login that the host takes back


async def test_a_login_that_is_taken_back_ends_all_its_sockets(start: Serve) -> None:
    served = start()
    bob, eve = await guest(served, "Bob"), await guest(served, "Eve")
    lines = [await bob.connects() for _ in range(3)]
    for line in lines[1:]:
        await line.says(wire.Hello(ref=1))
        await line.sees(wire.Welcome)
    other = await eve.connects()
    answers: list[bool | Exception] = [ConnectionError("the directory does not answer"), True, False]

    async def may() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    for connection in (1, 2, 3):
        served._site.doorkeeper.watch("bob", connection, may, served.hub.runner)
    assert [await line.closed() for line in lines] == [4001, 4001, 4001]
    assert answers == []
    assert served.hub.runner.connections == 1
    await other.says(wire.Hello(ref=1))
    await other.sees(wire.Welcome)


async def never() -> bool:
    """An answer that does not come."""
    return await asyncio.get_running_loop().create_future()


async def cancelled() -> bool:
    """A directory whose own work was cancelled."""
    raise asyncio.CancelledError


async def no() -> bool:
    return False


async def yes() -> bool:
    return True


@pytest.mark.parametrize("first", [never, cancelled])
async def test_one_question_cannot_keep_others_from_being_asked(start: Serve, first: Asks) -> None:
    served = start()
    lines = [await (await guest(served, name)).connects() for name in ("Bob", "Eve")]
    doorkeeper, runner = served._site.doorkeeper, served.hub.runner
    asked = asyncio.Event()

    async def may() -> bool:
        asked.set()
        return await first()

    doorkeeper.watch("bob", 1, may, runner)
    await asked.wait()
    doorkeeper.watch("eve", 2, no, runner)
    assert await lines[1].closed() == 4001
    assert runner.has(1)


async def test_a_question_without_an_answer_is_asked_again(
    start: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("nbchat.server.doorkeeper.ANSWER_SECONDS", 0.01)
    served = start()
    line = await (await guest(served, "Eve")).connects()
    answers = [never, cancelled, no]

    async def may() -> bool:
        return await answers.pop(0)()

    served._site.doorkeeper.watch("eve", 1, may, served.hub.runner)
    assert await line.closed() == 4001
    assert [record.message for record in caplog.records].count(
        "nbchat could not ask whether eve may still be here"
    ) == 2


async def test_the_other_login_of_the_same_person_stays(start: Serve) -> None:
    """And what came by the hub's key, which asks nobody."""
    served = start()
    bob = await guest(served, "Bob")
    lines = [await bob.connects() for _ in range(3)]
    doorkeeper, runner = served._site.doorkeeper, served.hub.runner
    doorkeeper.watch("bob by password", 1, yes, runner)
    doorkeeper.watch("bob by token", 2, no, runner)
    assert await lines[1].closed() == 4001
    assert [runner.has(connection) for connection in (1, 2, 3)] == [True, False, True]


async def test_who_stops_watching_asks_nobody_any_more(start: Serve) -> None:
    served = start()
    bob = await (await guest(served, "Bob")).connects()
    asked, ended = asyncio.Event(), asyncio.Event()

    async def may() -> bool:
        asked.set()
        try:
            return await never()
        finally:
            ended.set()

    served._site.doorkeeper.watch("bob", 1, may, served.hub.runner)
    await asked.wait()
    served._site.doorkeeper.end()
    await ended.wait()
    await bob.says(wire.Hello(ref=1))
    await bob.sees(wire.Welcome)


async def test_connections_that_are_gone_are_forgotten_however_fast_they_come(start: Serve) -> None:
    """Opening costs little, and all that a login has opened is looked through when it is taken back."""
    served = start()
    bob = await guest(served, "Bob")
    doorkeeper, runner = served._site.doorkeeper, served.hub.runner
    lines = [await bob.connects() for _ in range(3)]
    for connection in (1, 2, *range(1_000, 11_000), 3):
        doorkeeper.watch("bob by polling", connection, None, runner)
        assert len(doorkeeper._watched["bob by polling"].connections) <= 2 * SPARE
    doorkeeper.watch("bob by polling", 3, no, runner)
    assert [await line.closed() for line in lines] == [4001, 4001, 4001]
