"""Who is connected: connections, and users with all their connections.

Data and look-ups; never sends or decides. A connection is *greeting* from its `hello` until its `welcome`, and *ready*
after it; only ready ones are given events. All that is kept of a connection is in its `Connection`, so that forgetting
it forgets everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbchat.protocol.limits import FLOOD_SECONDS, RESUME_BYTES, HubLimits, Rate
from nbchat.protocol.messages import AnyCommand, AnyFromHub, ConnectionKind, Person

from .effects import Connection as ConnectionId, Instant, Login
from .ports import OwnNews
from .throttle import Bucket


@dataclass
class Greeting:
    """What happens to a connection while its list is being read, to be handed on after its `welcome`.

    Attributes:
        missed: conversations that grew meanwhile.
        news: names that changed meanwhile, the newest of each.
    """

    missed: set[str] = field(default_factory=set)
    news: dict[str, AnyFromHub] = field(default_factory=dict)


@dataclass(eq=False)
class Connection:
    """One connection.

    Attributes:
        id: its number.
        login: who it is.
        frames: the bucket that finds floods.
        kind: what it said that it is; None before `hello`.
        greeting: set from `hello` until `welcome`.
        ready: `welcome` was sent.
        early: what the client has sent between the two; it is answered after the welcome.
        cursors: for each conversation that it was told of, the last seq that it was given.
        paused: conversations of which it is given nothing right now, because a snapshot or a row is being read.
        watched: conversations that it has open in a view.
        hello: when it said hello.
        own: rows of own state that it could not be given yet, by key (`own` says why).
        peers: the other ones of the direct conversations in its list.
        budget: bytes that may still be bridged after its `hello` or `watch`.
        user: the user id that the host authenticated.
    """

    id: ConnectionId
    login: Login
    frames: Bucket
    kind: ConnectionKind | None = None
    greeting: Greeting | None = None
    ready: bool = False
    early: list[AnyCommand] = field(default_factory=list)
    cursors: dict[str, int] = field(default_factory=dict)
    paused: set[str] = field(default_factory=set)
    watched: set[str] = field(default_factory=set)
    hello: Instant = field(default_factory=lambda: Instant(0.0, 0))
    own: dict[str, OwnNews] = field(default_factory=dict)
    peers: set[str] = field(default_factory=set)
    budget: int = RESUME_BYTES
    user: str = field(init=False)

    def __post_init__(self) -> None:
        """Keep what is asked for several times a message."""
        self.user = self.login.person.id

    def since(self, now: Instant) -> int:
        """Return when it said hello, in ms UTC as the clock of now has it: a clock that was set back makes it less."""
        return min(self.hello.wall, now.wall - round((now.mono - self.hello.mono) * 1000))


@dataclass
class User:
    """Somebody who has a connection that is greeting or ready, under the name that the directory has.

    Attributes:
        told: the version of each row of own state that was told last, of the newest ones (`own.TOLD`).
        moving: how many commands are on their way that move a read marker.
        markers: what was told last of those, with its counts.
    """

    person: Person
    connections: dict[ConnectionId, Connection] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    moving: Counter[str] = field(default_factory=Counter)
    markers: dict[str, OwnNews] = field(default_factory=dict)

    def ready(self) -> list[Connection]:
        """Return the connections that events can be given to."""
        return [one for one in self.connections.values() if one.ready]

    def count(self, *, pages: bool) -> int:
        """How many pages, or sessions and bots, there are, greeting ones included."""
        return sum(1 for one in self.connections.values() if (one.kind == "page") == pages)


class Connections:
    """All connections by number, and users by id.

    Attributes:
        users: who has a connection that is greeting or ready.
        roster: changes whenever another set of connections is ready.
    """

    def __init__(self, limits: HubLimits) -> None:
        """Start with nobody."""
        rate = limits.flood_frames
        self._flood = Rate(rate, int(rate * FLOOD_SECONDS))
        self._all: dict[ConnectionId, Connection] = {}
        self._greeting: dict[ConnectionId, Connection] = {}
        self._silent: Counter[str] = Counter()
        self.users: dict[str, User] = {}
        self.roster = 0

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._all.values()))

    def get(self, id: ConnectionId) -> Connection | None:
        """Return it unless it is gone."""
        return self._all.get(id)

    def open(self, id: ConnectionId, login: Login, now: float) -> Connection:
        """Take in a connection that has not said hello."""
        connection = Connection(id, login, Bucket(self._flood, float(self._flood.burst), now))
        self._all[id] = connection
        self._silent[connection.user] += 1
        return connection

    def silent(self, user: str) -> int:
        """How many connections this login has that have not said hello."""
        return self._silent[user]

    def greet(self, connection: Connection, kind: ConnectionKind) -> None:
        """It said hello: it counts for its user from now on."""
        self._speaks(connection)
        connection.kind, connection.greeting = kind, Greeting()
        self._greeting[connection.id] = connection
        user = self.users.setdefault(connection.user, User(connection.login.person))
        user.connections[connection.id] = connection

    def admit(self, connection: Connection) -> Greeting | None:
        """Its welcome was sent: it is ready. Returns what has happened meanwhile."""
        greeting, connection.greeting = connection.greeting, None
        self._greeting.pop(connection.id, None)
        connection.ready = True
        self.roster += 1
        return greeting

    def part(self, connection: Connection) -> None:
        """Take back `greet`."""
        self._greeting.pop(connection.id, None)
        self.roster += 1
        if connection.kind is not None:
            self._silent[connection.user] += 1
        connection.kind, connection.greeting, connection.ready = None, None, False
        user = self.users.get(connection.user)
        if user is not None:
            user.connections.pop(connection.id, None)
            if not user.connections:
                del self.users[connection.user]

    def close(self, connection: Connection) -> None:
        """Forget it."""
        self._all.pop(connection.id, None)
        self.part(connection)
        self._speaks(connection)

    def _speaks(self, connection: Connection) -> None:
        """It is not one of those any more that say nothing."""
        self._silent[connection.user] -= 1
        if self._silent[connection.user] <= 0:
            del self._silent[connection.user]

    def of(self, user: str) -> list[Connection]:
        """Return the ready connections of a user."""
        found = self.users.get(user)
        return found.ready() if found else []

    def ready(self) -> list[Connection]:
        """Return all ready connections."""
        return [one for one in self._all.values() if one.ready]

    def greeting(self) -> list[Connection]:
        """Return those whose list is being read."""
        return list(self._greeting.values())
