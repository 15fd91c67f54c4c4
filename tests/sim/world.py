"""A simulated world: hubs on one store, people with several clients each, half a minute of chaos, then calm."""

from __future__ import annotations

from functools import partial

from nbchat.protocol import messages as m
from nbchat.store.memory_data import MemoryDatabase

from .clients import Client
from .hubs import Bus, Faults, Node
from .talk import extra, talk, text
from .time import Time

CHAOS = 25.0
"""Seconds in which people act and things break."""
PATIENCE = 150.0
"""Seconds after which calm must have come: twice the silence that shows a half-open connection."""
QUIET = 4.0
"""Seconds without faults after everybody is connected: the timers that ask again have come round."""
PEOPLE = tuple(m.Person(id, id.title()) for id in ("ada", "bob", "eve", "kim"))
KINDS: tuple[m.ConnectionKind, ...] = ("page", "page", "session", "page", "page", "bot", "page")
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
        self.clients = [
            Client(f"{PEOPLE[n % 4].id}{n}", PEOPLE[n % 4], kind, self.time, self.nodes) for n, kind in enumerate(KINDS)
        ]
        self._plan(acts, breaks)

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
        fresh = Client(f"{client.name}-fresh", client.person, client.kind, self.time, self.nodes)
        for conversation in sorted(set(client.link.watched) & client.link.state.conversations.keys()):
            fresh.do(partial(_watch, conversation))
        self.time.run(self.time.now + PATIENCE, stop=lambda: fresh.idle)
        self.time.run(self.time.now + QUIET)
        return fresh

    # ------------------------------------------------------------------------------------------- what people do

    def _open(self, client: Client, name: str) -> None:
        client.do(lambda link, now: link.request(m.Open(ref=0, name=name), now))

    def _act(self) -> None:
        dice = self.time.dice
        client, roll = dice.choice(self.clients), dice.random()
        known = sorted(client.link.state.conversations)
        if not known:
            self._open(client, dice.choice(CHANNELS))
            return
        shown = [id for id in known if client.link.state.conversations[id].ranges]
        id = dice.choice(shown if shown and dice.random() < 0.8 else known)
        if roll < 0.24:
            for n in range(dice.choice((1, 1, 2, 6))):
                words = f"{client.name} says {n} at {self.time.now:.3f}{text(dice)}"
                client.post(id, words, extra(dice, client.link.state.conversations[id]))
        elif roll < 0.55:
            talk(client, id, dice, PEOPLE)
        elif roll < 0.64:
            id = dice.choice(known)
            client.do(lambda link, now: link.watch(id, now))
        elif roll < 0.66:
            client.do(lambda link, now: link.unwatch(id, now))
        elif roll < 0.74:
            cursor = client.link.state.conversations[id].cursor
            client.do(lambda link, now: link.read(id, dice.randint(cursor // 2, cursor), now))
        else:
            self._act_rarely(client, id, roll)

    def _act_rarely(self, client: Client, id: str, roll: float) -> None:
        dice = self.time.dice
        command: m.AnyCommand
        if roll < 0.78:
            command = m.Leave(ref=0, conversation=id)
        elif roll < 0.84:
            command = m.Open(ref=0, name=dice.choice((*CHANNELS, "@ada", "@bob", "@eve")))
        elif roll < 0.87:
            command = m.SetProfile(ref=0, name=f"{client.person.id.title()} {dice.randrange(9)}")
        elif roll < 0.91:
            key, others = f"group-{dice.randrange(10**9)}", dice.sample([one.id for one in PEOPLE], 2)
            command = m.Create(ref=0, kind="group", title="Group", key=key, members=others)
        elif roll < 0.95:
            before = client.link.state.conversations[id].cursor // 2 + 1
            command = m.History(ref=0, conversation=id, before=before, limit=dice.randint(1, 9))
        elif roll < 0.97:
            client.do(lambda link, now: link.typing(id, True, now))
            return
        else:
            same = [one for one in self.clients if one.person == client.person and one is not client]
            if same:
                same[0].adopt(client)
            return
        client.do(lambda link, now: link.request(command, now))

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
