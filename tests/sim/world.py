"""A simulated world: hubs on one store, people with several clients each, half a minute of chaos, then calm."""

from __future__ import annotations

from functools import partial

from nbchat.protocol import messages as m
from nbchat.store.memory_data import MemoryDatabase

from .clients import Client
from .heard import Heard
from .hubs import Bus, Faults, Node
from .moderate import mind, moderate
from .streams import Stream
from .talk import extra, names, root_of, talk
from .time import Time

CHAOS = 25.0
"""Seconds in which people act and things break."""
PATIENCE = 150.0
"""Seconds after which calm must have come: twice the silence that shows a half-open connection."""
QUIET = 4.0
"""Seconds without faults after everybody is connected: the timers that ask again have come round."""
PEOPLE = tuple(m.Person(id, id.title()) for id in ("ada", "bob", "eve", "kim"))
KINDS: tuple[m.ConnectionKind, ...] = ("page", "page", "session", "page", "page", "bot", "page")
IDS = tuple(one.id for one in PEOPLE)
CHANNELS = ("general", "random", "help")


class World:
    """Everything of one seed."""

    def __init__(
        self, seed: int, *, hubs: int = 3, acts: int = 120, breaks: int = 14, faults: Faults | None = None
    ) -> None:
        self.time = Time(seed)
        faults = faults or Faults()
        self.database = MemoryDatabase(PEOPLE[0], clock=lambda: self.time.wall)
        bus = Bus(self.time, faults)
        self.nodes = [Node(f"h{n}", self.time, self.database, bus, faults) for n in range(hubs)]
        bus.nodes = self.nodes
        self.heard = Heard(self.database)
        self.clients = [self._client(f"{PEOPLE[n % 4].id}{n}", PEOPLE[n % 4], kind) for n, kind in enumerate(KINDS)]
        self._plan(acts, breaks)

    def _client(self, name: str, person: m.Person, kind: m.ConnectionKind) -> Client:
        return Client(name, person, kind, self.time, self.nodes, self.heard)

    def _plan(self, acts: int, breaks: int) -> None:
        for client in self.clients:
            for name in self.time.dice.sample(CHANNELS, 2):
                self.time.later(0.0, 2.0, partial(self._open, client, name))
        for _ in range(acts):
            self.time.later(1.0, CHAOS, self._act)
        for _ in range(breaks):
            self.time.later(0.5, CHAOS, self._break)

    def run(self) -> None:
        """Chaos, then calm."""
        self.time.run(CHAOS)
        self.time.calm = True
        for node in self.nodes:
            if not node.alive:
                node.start()
        self.time.run(CHAOS + PATIENCE, stop=self.is_settled)
        self.time.run(self.time.now + QUIET)

    def is_settled(self) -> bool:
        """Whether everybody is connected and has sent what they had."""
        return all(client.idle for client in self.clients)

    def twin(self, client: Client) -> Client:
        """A new client of the same person, which has only what the hub tells it."""
        fresh = self._client(f"{client.name}-fresh", client.person, client.kind)
        known = client.link.state.conversations
        for id in sorted(set(client.link.watched) & known.keys()):
            fresh.do(partial(_watch, id))
            for root in sorted(known[id].threads):
                fresh.do(partial(_open_thread, id, root))
        self.time.run(self.time.now + PATIENCE, stop=lambda: fresh.idle)
        self.time.run(self.time.now + QUIET)
        return fresh

    # ------------------------------------------------------------------------------------------- what people do

    def _open(self, client: Client, name: str) -> None:
        client.ask(m.Open(ref=0, name=name))

    def _act(self) -> None:
        dice = self.time.dice
        client, roll = dice.choice(self.clients), dice.random()
        known = sorted(client.link.state.conversations)
        if not known:
            self._open(client, dice.choice(CHANNELS))
            return
        shown = [id for id in known if client.link.state.conversations[id].ranges]
        id = dice.choice(shown if shown and dice.random() < 0.8 else known)
        if roll < 0.22:
            self._write(client, id)
        elif roll < 0.55:
            talk(client, id, dice)
        elif roll < 0.66:
            moderate(client, self._mine(client, id), dice, IDS)
        elif roll < 0.72:
            self._mind(client, id)
        elif roll < 0.8:
            id = dice.choice([*known, *known, *known, *self.heard.channels()])
            client.do(lambda link, now: link.watch(id, now))
        elif roll < 0.82:
            client.do(lambda link, now: link.unwatch(id, now))
        elif roll < 0.88:
            cursor = client.link.state.conversations[id].cursor
            client.do(lambda link, now: link.read(id, dice.randint(cursor // 2, cursor), now))
        else:
            self._act_rarely(client, id, dice.random())

    def _write(self, client: Client, id: str) -> None:
        dice, here = self.time.dice, client.link.state.conversations
        if dice.random() < 0.15:
            Stream(client, self.time, id, dice.randint(0, 30))
            return
        for n in range(dice.choice((1, 1, 2, 6))):
            words = self.heard.text(f"{client.name} says {n} at {self.time.now:.3f}{names(dice)}")
            client.post(id, words, extra(dice, here[id], list(here.values())))

    def _mine(self, client: Client, other: str) -> str:
        """Mostly a conversation that the person moderates: who may do nothing is refused soon enough."""
        here = client.link.state.conversations
        mine = [id for id, one in here.items() if one.summary.role in {"owner", "moderator"} and not one.summary.peer]
        return self.time.dice.choice(sorted(mine)) if mine and self.time.dice.random() < 0.8 else other

    def _mind(self, client: Client, id: str) -> None:
        """On all devices at once; what is told of it may come late, or be lost with the connection."""
        dice = self.time.dice
        for one in self.clients:
            if one is client or (one.person == client.person and id in one.link.state.conversations):
                mind(one, id, dice, IDS)
        if self.time.chance(0.3):
            self.time.later(0.0, 0.3, partial(client.cut, notice=True))

    def _act_rarely(self, client: Client, id: str, roll: float) -> None:
        dice = self.time.dice
        if roll < 0.2:
            client.ask(m.Leave(ref=0, conversation=id))
        elif roll < 0.3:
            client.ask(m.Join(ref=0, conversation=dice.choice([id, *self.heard.channels()])))
        elif roll < 0.55:
            self._open(client, dice.choice((*CHANNELS, "@ada", "@bob", "@eve")))
        elif roll < 0.7:
            key, others = f"group-{dice.randrange(10**9)}", dice.sample(IDS, 2)
            client.ask(m.Create(ref=0, kind="group", title="Group", key=key, members=others))
        elif roll < 0.8:
            root = root_of(dice, client.link.state.conversations[id])
            client.do(lambda link, now: link.typing(id, True, now, root))
        elif roll < 0.9:
            commands = [m.Slash("deploy", f"as {client.name}")] if dice.random() < 0.7 else []
            client.do(lambda link, now: link.offer(id, commands, now))
        else:
            same = [one for one in self.clients if one.person == client.person and one is not client]
            if same:
                same[0].adopt(client)

    # ------------------------------------------------------------------------------------------------ what breaks

    def _break(self) -> None:
        dice = self.time.dice
        client, node, roll = dice.choice(self.clients), dice.choice(self.nodes), dice.random()
        if roll < 0.45:
            client.cut(notice=True)
        elif roll < 0.60:
            client.cut(notice=False)
        elif roll < 0.75:
            client.begin()
        elif node.alive:
            node.crash()
            self.time.later(0.1, 6.0, lambda: None if node.alive else node.start())


def _watch(conversation: str, link: object, now: float) -> None:
    link.watch(conversation, now)  # type: ignore[attr-defined]


def _open_thread(conversation: str, root: int, link: object, now: float) -> None:
    link.thread(conversation, root, now)  # type: ignore[attr-defined]
