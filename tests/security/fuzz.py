"""Inputs by chance for what reads them: the decoder, a hub with people, and a client's link.

Each function takes dice, gives in some inputs, and fails where an exception that is not typed comes out, where a
command is not answered once, or where something is kept that should not be. `test_fuzz` gives a few thousand inputs by
hypothesis, which shrinks what it finds; `make fuzz` as many as one likes, and prints the seed of a failure.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil
from kit.play import Actor, World

from nbchat.client import outputs as out
from nbchat.client.link import Link
from nbchat.hub import effects
from nbchat.protocol import messages as wire
from nbchat.protocol.codec import BadFrame, decode_command, decode_frame, encode_frame
from nbchat.protocol.codes import ERRORS
from nbchat.protocol.limits import ASIDES, CLIENT_MESSAGES, HubLimits, Rate
from security.shapes import EDGES, Shapes

FAST = HubLimits(
    page_send=Rate(1e6, 10**6), session_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), touches=Rate(1e6, 10**6),
    growth=Rate(1e6, 10**6), flood_frames=1e6,
)  # fmt: skip
STEPS = 40
"""Inputs of one life of a hub or a link."""
WARM = 0.1
"""Part of the inputs after which caches are full; from then on memory has to stay where it is."""
GROWN_MIB, GROWN_THINGS = 16, 2_000
"""What may come on top by chance: an allocator's pages in pieces, a cache of a library."""
TELL_SECONDS = 10.0


def decoder(dice: random.Random) -> int:
    """Frames in both directions. Returns how many."""
    made = Shapes(dice)
    data = made.frame(made.command())
    bad = refusal(decode_command, data.decode("utf-8", "surrogateescape") if dice.random() < 0.3 else data)
    if bad is not None:
        assert ERRORS[bad.code].text.format(**bad.values)
        assert bad.ref is None or 0 <= bad.ref <= 2**53
    bad = refusal(decode_frame, made.frame([made.item() for _ in range(dice.randrange(4))]))
    assert bad is None or bad.code == "malformed"
    return 2


def refusal(decode: Callable[[Any], object], data: bytes | str) -> BadFrame | None:
    """Why this cannot be read; None: it can. Nothing else may come out."""
    try:
        decode(data)
    except BadFrame as bad:
        return bad
    return None


# ------------------------------------------------------------------------------------------------------------- the hub


def hub(dice: random.Random) -> int:
    """Some people who send whatever comes to their minds to one or two hubs. Returns how many frames."""
    made = Shapes(dice)
    world = World(hubs=dice.choice((1, 1, 2)), limits=dice.choice((FAST, FAST, HubLimits())))
    people = [world.page("ada"), world.page("bob"), world.session("bob"), world.page("eve")]
    made.ids += [people[0].opens("room"), people[0].creates_group("team", "bob"), people[1].opens("@eve")]
    people[0].posts(made.ids[1])
    made.codes.append(people[0].does(wire.MakeLink, conversation=made.ids[1]).links[0].code)
    for _ in range(STEPS):
        at = dice.randrange(len(people))
        if people[at].gone or dice.random() < 0.03:
            people[at] = _comes_back(world, people[at])
        says(people[at], made.frame(made.command()))
        if dice.random() < 0.1:
            world.turn(dice.choice((0.1, 3.0, 61.0)))
    _leaves_nothing(world, people)
    return STEPS


def says(actor: Actor, data: bytes) -> None:
    """What the runner does with a frame; the command must be answered once."""
    before = len(actor.heard)
    try:
        command = decode_command(data)
    except BadFrame as bad:
        actor.hub.handle(effects.Malformed(actor.number, bad.ref, bad.code, bad.values))
        ref = bad.ref
    else:
        ref = command.ref
        actor.hub.handle(effects.Received(actor.number, command))
    actor.world.settle()
    news = actor.heard[before:]
    answers = [item for item in news if isinstance(item, wire.Reply | wire.Error) and item.ref == ref]
    assert len(answers) == 1 or actor.gone, (data, answers)
    for answer in answers:
        assert not isinstance(answer, wire.Error) or answer.code in ERRORS.keys() - {"internal", "store_failed"}, answer
    assert encode_frame(news)


def _comes_back(world: World, actor: Actor) -> Actor:
    if not actor.gone:
        actor.closes()
    return world.page(actor.person.id)


def _leaves_nothing(world: World, people: list[Actor]) -> None:
    """When all have gone, the hubs keep nothing of them."""
    for actor in people:
        if not actor.gone:
            actor.closes()
    world.turn(400.0)
    for stage in world.hubs:
        state = stage.core._state
        assert len(state.connections) == 0
        assert not state.connections.users
        assert not state.connections._silent
        assert not state.flows.written


# ------------------------------------------------------------------------------------------------------------ the link


def link(dice: random.Random) -> int:
    """A client whose hub says whatever comes to its mind. Returns how many frames it said."""
    made = Shapes(dice)
    made.ids += ["c1", "c2"]
    made.edges = tuple(number for number in EDGES if 0 <= number <= 2**53)  # hubs count up from 0
    one = Link("page", "fuzz/1", lambda: f"key-{dice.getrandbits(40):010}", dice.random)
    now, frames = 0.0, 0
    one.start(now)
    for _ in range(STEPS):
        now += dice.choice((0.0, 0.01, 1.0, 30.0))
        refs = _performs(one, now)
        if dice.random() < 0.3:
            _somebody_does(one, made, now)
        elif dice.random() < 0.03:
            one.disconnected(dice.choice((None, 1001, 1009, 4002, 4003, 4005, 9999)), now)
        else:
            one.received(made.frame(_answers(made, refs)), now, 0)
            frames += 1
        one.tick(now)
        one.retry_now(now)
    _bounded(one)
    return frames


def _answers(made: Shapes, refs: list[int]) -> list[dict[str, Any]]:
    """What the hub says; its replies are to what was asked."""
    items = [made.item() for _ in range(made.dice.choice((0, 1, 1, 2, 4)))]
    for item in items:
        if "ref" in item and refs:
            item["ref"] = made.dice.choice(refs)
    return items


def _performs(one: Link, now: float) -> list[int]:
    """What a shell does; all that is sent is a command. Returns the refs of what was sent."""
    refs: list[int] = []
    for output in one.take():
        match output:
            case out.Connect():
                one.connected(now)
            case out.Transmit(data=data):
                refs.append(decode_command(data).ref)
            case _:
                pass
    return refs or [0, 1, 2, 3]


def _somebody_does(one: Link, made: Shapes, now: float) -> None:
    dice = made.dice
    id, seq = dice.choice(made.ids), dice.randrange(40)
    does: list[Callable[[], object]] = [
        lambda: one.post(id, "hi", now),
        lambda: one.watch(id, now),
        lambda: one.unwatch(id, now),
        lambda: one.thread(id, seq, now),
        lambda: one.want(id, [seq, seq + 1], now),
        lambda: one.read(id, seq, now),
        lambda: one.typing(id, dice.random() < 0.5, now),
        lambda: one.set_own(f"draft:{id}", "text", now),
        lambda: one.wake(now),
        lambda: one.flush(now),
        lambda: one.request(wire.History(ref=0, conversation=id), now),
    ]
    dice.choice(does)()


def _bounded(one: Link) -> None:
    for conversation in one.state.conversations.values():
        assert sum(len(part.messages) for part in conversation.ranges) <= CLIENT_MESSAGES
        assert len(conversation.asides) <= ASIDES
    assert len(one.pending()) <= STEPS


ALL: dict[str, Callable[[random.Random], int]] = {"decoder": decoder, "hub": hub, "link": link}


def main(argv: list[str]) -> int:
    """Give every kind its part of so many inputs; tell what they cost, or the seed of the first failure."""
    wanted, seed = int(argv[0]), int(argv[1]) if len(argv) > 1 else random.SystemRandom().randrange(2**40)
    grown = False
    for name, run in ALL.items():
        campaign = Campaign(name, run, wanted // len(ALL), seed)
        while campaign.given < campaign.wanted:
            campaign.goes_on()
        seed = campaign.seed
        grown = not campaign.ends() or grown
    return int(grown)


class Campaign:
    """Lives of one kind, one after another, with a look at what is kept: nothing is, so memory is flat.

    Attributes:
        given, wanted: inputs.
        seed: of the next life.
    """

    def __init__(self, name: str, run: Callable[[random.Random], int], wanted: int, seed: int) -> None:
        """Nothing is given yet."""
        self.name, self.run, self.wanted, self.seed = name, run, wanted, seed
        self.given, self._first = 0, seed
        self._spent, self._told = time.process_time(), time.monotonic()
        self._before: tuple[int, int] | None = None

    def goes_on(self) -> None:
        """One more life. What fails is told with its seed, and raised."""
        try:
            self.given += self.run(random.Random(self.seed))
        except BaseException:
            print(f"{self.name} fails with seed {self.seed}; once more: make fuzz ARGS={self.seed}", file=sys.stderr)
            raise
        self.seed += 1
        if self._before is None and self.given >= self.wanted * WARM:
            self._before = _kept()
        if time.monotonic() - self._told > TELL_SECONDS:
            self._told = time.monotonic()
            print(f"{self.name}: {self.given:,} of {self.wanted:,} inputs", flush=True)

    def ends(self) -> bool:
        """Say what it cost. Returns whether no more is kept than after its first part."""
        spent, (memory, things) = time.process_time() - self._spent, _kept()
        memory_before, things_before = self._before or (memory, things)
        flat = memory - memory_before < GROWN_MIB and things - things_before < GROWN_THINGS
        seeds = f"seeds {self._first} to {self.seed - 1}"
        grown = f"{memory - memory_before:+d} MiB and {things - things_before:+,d} objects since {WARM:.0%}"
        print(f"{self.name}: {self.given:,} inputs in {spent:.0f} s of CPU, {seeds}; {memory} MiB, {grown}", flush=True)
        if not flat:
            print(f"{self.name}: something is kept for ever", file=sys.stderr)
        return flat


def _kept() -> tuple[int, int]:
    """Memory in MiB, and how many objects the collector knows."""
    gc.collect()
    return psutil.Process().memory_info().rss // 2**20, len(gc.get_objects())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
