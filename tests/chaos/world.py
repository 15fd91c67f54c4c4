"""Hubs on one data directory, doors to them that can break, and people who go on talking whatever happens.

    async with World(seed, folder) as world:
        await world.begin()
        await troubles.kill(world)
        await world.calm_down()         # raises where a promise was broken

A world belongs to one seed, which gives the load and the order of the faults; what the operating system does with them
is its own affair, so the same seed is the same plan and not the same run.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

import psutil
from kit.faults import CLOCK, SmallDisk, handles, may_mount, memory
from kit.hubs import SOURCES
from kit.proxy import Proxy
from kit.servers import TESTS, Server, serve
from sim.heard import Heard
from sim.moderate import mind
from sim.streams import Stream
from sim.talk import extra, talk

from nbchat.protocol import messages as m
from nbchat.server.assemble import DATABASE

from .members import Door, Member
from .oracle import Stored, check_calm, check_told, check_twin, told
from .time import RealTime

if TYPE_CHECKING:
    from typing_extensions import Self

TOKEN = "chaos-" * 4
PEOPLE = ("Ada", "Bob", "Eve", "Kim")
KINDS: tuple[m.ConnectionKind, ...] = ("page", "page", "session")
ROOMS = ("general", "random")
PATIENCE = 150.0
"""Seconds in which everybody must be back and have sent all: more than the silence that shows a dead connection."""
QUIET = 4.0
"""Seconds after that, in which the timers that ask again come round."""
ROOM = "64m"
"""What the disk has where one can be made: little, so that it is soon full when it is to be. Journals begin anew from
16 MiB on, where nobody reads."""
SHOWN = 30
"""Clients that a failure tells of."""
HANDLES_MORE = 8
"""Handles that a hub may have more than at its beginning: connections of its own to the store come and go."""
MEMORY_MORE = 24 * 1024 * 1024
"""Bytes that a hub may have grown in a chapter: measured, some 2 MiB; the caches of SQLite can take 10."""


class World:
    """Everything of one seed.

    Attributes:
        hubs: processes on the same data; each has a door with the same number.
        doors: where members connect.
        members: who talks.
        rooms: ids of where they talk; everybody has them open.
        report: how often what was done.

    Args:
        seed: of the load and the order of the faults.
        folder: for all that the hubs write, and their logs.
        hubs: how many.
        busy: seconds in which everybody does something, at most.
        patience: seconds in which everybody must be back.
        room: of the disk, as `mount` says it: about 800 bytes for each message.
    """

    def __init__(
        self, seed: int, folder: Path, *, hubs: int = 2, busy: float = 0.6, patience: float = PATIENCE, room: str = ROOM
    ) -> None:
        self.patience, self.room = patience, room
        self.seed, self.folder, self.count, self.busy = seed, folder, hubs, busy
        self.hubs: list[Server] = []
        self.doors: list[Proxy] = []
        self.members: list[Member] = []
        self.report: Counter[str] = Counter()
        self.rooms: list[str] = []
        self.clock = folder / "clock"
        self.data = folder / "data"
        self.disk = SmallDisk(self.data) if may_mount() else None
        self._stack, self._servers = AsyncExitStack(), ExitStack()
        self._started = 0
        self._had: dict[int, tuple[int, int]] = {}

    async def __aenter__(self) -> Self:
        self.time = RealTime(self.seed)
        self.dice = random.Random(f"faults of {self.seed}")
        self.heard = Heard(cast(Any, None))  # these people have heard of nothing but their two rooms
        self.clock.write_text("0", encoding="ascii")
        try:
            if self.disk is not None:
                self._servers.enter_context(self.disk.mounted(self.room))
            self.hubs += await asyncio.gather(*(self.start_hub() for _ in range(self.count)))
            for hub in self.hubs:
                self.doors.append(await self._stack.enter_async_context(Proxy(hub.port, self.dice)))
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for member in self.members:
            member.end()
        await self._stack.aclose()
        if error is not None:
            await asyncio.to_thread(shutil.copytree, self.data, self.folder / "left", dirs_exist_ok=True)
        await asyncio.to_thread(self._servers.close)

    async def start_hub(self, data: Path | None = None) -> Server:
        """Another `nbchat serve`, on the world's data if no other is given."""
        self._started += 1
        place = self.folder / f"hub-{self._started}"
        place.mkdir()
        env = {
            "PYTHONPATH": os.pathsep.join(map(str, (CLOCK, TESTS, SOURCES))),
            "NBCHAT_TEST_CLOCK": str(self.clock),
        }
        made = serve(place, data_dir=data or self.data, token=TOKEN, env=env)
        return await asyncio.to_thread(self._servers.enter_context, made)

    @property
    def database(self) -> Path:
        """The file that all hubs share."""
        return self.data / DATABASE

    # --------------------------------------------------------------------------------------------------------- people

    async def begin(self) -> None:
        """Everybody comes, enters the rooms, and starts to talk."""
        for name in PEOPLE:
            self.members += [self.member(f"{name}-{n}", name, kind) for n, kind in enumerate(KINDS)]
        await self.until(lambda: all(one.live for one in self.members), "everybody is there")
        for one in self.members:
            for room in ROOMS:
                one.ask(m.Open(ref=0, name=room))
        rooms = len(ROOMS)
        await self.until(
            lambda: all(len(one.link.state.conversations) == rooms for one in self.members), "everybody is in the rooms"
        )
        self.rooms = sorted(self.members[0].link.state.conversations)
        for one in self.members:
            for id in self.rooms:
                one.watch(id)
            self.time.later(0.0, self.busy, partial(self._act, one))
        self._remember_hubs()

    def member(self, name: str, person: str, kind: m.ConnectionKind, doors: Sequence[Door] | None = None) -> Member:
        """A client of a person, which begins at once; by these doors only, if any are given."""
        headers = {"Authorization": f"token {TOKEN}", "X-Nbchat-Name": person}
        return Member(name, headers, kind, self.time, doors or self.doors, self.heard)

    def _act(self, member: Member) -> None:
        """Do something, and go on until it is calm."""
        if self.time.calm:
            return
        self.time.later(0.1, self.busy, partial(self._act, member))
        dice, known = self.time.dice, member.link.state.conversations
        if not known:
            return
        id, roll = dice.choice(sorted(known)), dice.random()
        if roll < 0.5:
            text = self.heard.text(f"{member.name} says something at {self.time.now:.3f}")
            member.post(id, text, extra(dice, known[id], list(known.values())))
        elif roll < 0.7:
            talk(member, id, dice)
        elif roll < 0.8:
            member.do(lambda link, now: link.typing(id, True, now, None))
        elif roll < 0.9:
            cursor = known[id].cursor
            member.do(lambda link, now: link.read(id, cursor, now))
        elif roll < 0.95:
            mind(member, id, dice, ("nobody",))
        else:
            Stream(member, self.time, id, dice.randint(0, 12))

    # -------------------------------------------------------------------------------------------------------- the end

    async def until(self, condition: Callable[[], bool], what: str, of: Sequence[Member] = ()) -> None:
        """Wait for it, and for nothing else to go wrong; a failure tells how far all members and these have come."""
        end = self.time.now + self.patience
        while not condition():
            self.look()
            if self.time.now > end:
                for hub in self.hubs:
                    os.kill(hub.pid, signal.SIGUSR1)  # its log has then what its threads are doing
                await asyncio.sleep(0.5)
                raise AssertionError(f"{what}: not after {self.patience:.0f} s. {self._stuck(of)}")
            await asyncio.sleep(0.02)

    def look(self) -> None:
        """Raise what appointments have raised, and the end of a hub that nobody has ended."""
        if self.time.failures:
            raise self.time.failures[0]
        for hub in self.hubs:
            assert hub.ended is None, f"{hub.url} ended by itself with {hub.ended}:\n{hub.tail()}"

    def _stuck(self, of: Sequence[Member]) -> str:
        away = [f"{one.name}: {one.link.info}, {one.link.pending()}" for one in (*self.members, *of) if not one.idle]
        away[SHOWN:] = [f"and {len(away) - SHOWN} more"] if len(away) > SHOWN else []
        writing = [
            f"{one.client.name} writes {one.conversation}/{one.seq} {one.key}, {one.client.link.pending()}"
            for one in self.heard.streams
            if not _is_over(one)
        ]
        trace = "\n".join(list(self.time.trace)[-30:])
        used = [psutil.Process(pid).cpu_times()[:2] for pid in (os.getpid(), *(hub.pid for hub in self.hubs))]
        logs = "\n".join(f"{hub.url}:\n{hub.tail(80)}" for hub in self.hubs)
        return f"{away}\n{writing}\n{trace}\nload {os.getloadavg()}, CPU of clients and hubs {used}\n{logs}"

    def check(self) -> None:
        """What was acknowledged is there, also in the middle of all this."""
        said = told(self.members)
        with Stored(self.database) as stored:
            check_told(stored, said)
        self._remember_hubs()

    def _remember_hubs(self) -> None:
        """What each hub holds when it is first seen, to be compared at the end."""
        for hub in self.hubs:
            self._had.setdefault(hub.pid, (handles(hub), memory(hub)))

    async def calm_down(self) -> None:
        """No more faults: everybody comes back, and all of them, the store and a newcomer agree."""
        self.time.calm = True
        for one in self.members:
            one.wake()
        await self.until(
            lambda: all(one.idle for one in self.members) and all(map(_is_over, self.heard.streams)),
            "everybody is back and has sent all",
        )
        # Who died while writing seems to write until the news of it is old (TYPING_LOST): not so for whom came later.
        nobody = self.until(lambda: not any(map(_sees_typing, self.members)), "nobody seems to write any more")
        await asyncio.gather(nobody, asyncio.sleep(QUIET))
        self.look()
        said = told(self.members)
        with Stored(self.database) as stored:
            check_told(stored, said)
            check_calm(stored, self.members)
        self.report["acknowledged"] += len(said.posts)
        self.report["touched"] += len(said.touches)
        await self._compare_with_newcomers()
        self._check_hubs()
        self.report["errors"] += sum(sum(one.answers.values()) for one in self.members)

    async def _compare_with_newcomers(self) -> None:
        """Of each person one more client comes, and is told what one of the old ones knows."""
        olds = self.members[:: len(KINDS)]
        fresh = [self.member(f"{old.name}-fresh", old.name.split("-")[0], old.kind) for old in olds]
        try:
            await self.until(lambda: all(one.live for one in fresh), "newcomers are there", of=fresh)
            for one in fresh:
                for id in self.rooms:
                    one.watch(id)
            await self.until(lambda: all(map(_sees_the_rooms, fresh)), "newcomers see the rooms", of=fresh)
            await asyncio.sleep(0.3)
            for old, one in zip(olds, fresh, strict=True):
                check_twin(old, one)
        finally:
            for one in fresh:
                one.end()

    def _check_hubs(self) -> None:
        for hub in self.hubs:
            log = hub.log.read_text(encoding="utf-8", errors="replace")
            assert "Traceback" not in log, f"the log of {hub.url} has an exception:\n{hub.tail(60)}"
            had = self._had.get(hub.pid, (handles(hub), memory(hub)))
            assert handles(hub) <= had[0] + HANDLES_MORE, f"{hub.url}: {handles(hub)} handles, it had {had[0]}"
            assert memory(hub) <= had[1] + MEMORY_MORE, f"{hub.url}: {memory(hub)} bytes, it had {had[1]}"


def _sees_the_rooms(member: Member) -> bool:
    return all(known.watched for known in member.link.state.conversations.values())


def _sees_typing(member: Member) -> bool:
    return any(one.typing or any(one.thread_typing.values()) for one in member.link.state.conversations.values())


def _is_over(stream: Stream) -> bool:
    """Whether nothing more is written of it: its end is on its way, or it is of no use."""
    return stream.is_over or stream._over or stream.key in stream.client.refused
