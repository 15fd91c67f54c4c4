"""Asks again whether who was let in may still be here, where a host can change its mind: sockets stay open for days.

Jupyter's Authorizer may: then one question for each login and round, whatever number of sockets it has. `nbchat serve`
says by itself which logins are worthless, and is asked once a round for all. A host that knows only "signed in" never
changes its mind, and watches nobody here. Logins, not people: two logins may be one person, who keeps what was opened
with the other one. Decides nothing; the runner closes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Set as AbstractSet

from nbchat.hub.effects import Connection
from nbchat.hub.runner import Runner

EVERY = 0.5
"""Seconds between two rounds: who may not be here any more is out within a second."""
ANSWER_SECONDS = 5.0
"""How long a question may take. Then it is told to the log, and asked again in the next round."""
PRUNE_ROUNDS = 120
"""Rounds after which connections that are gone are forgotten where nobody is asked about their login: a minute."""
SPARE = 64
"""Of a login's connections so many that are gone are remembered at most, and as many again as are open."""
Asks = Callable[[], Awaitable[bool]]
TakenBack = Callable[[], AbstractSet[str]]


class _Watched:
    """One login.

    Attributes:
        may: the question; None where the host says by itself when the login is worthless.
        connections: what was opened with it; those that are gone are forgotten in a later round, or as more come.
        asking: the question that waits for its answer.
    """

    def __init__(self) -> None:
        self.may: Asks | None = None
        self.connections: set[Connection] = set()
        self.asking: asyncio.Task[None] | None = None
        self._room = SPARE

    def add(self, connection: Connection, runner: Runner) -> None:
        """One more; those that are gone are forgotten first where there are many."""
        if len(self.connections) >= self._room:
            self.forget(runner)
            self._room = SPARE + 2 * len(self.connections)  # so each is looked at once or twice, however many come
        self.connections.add(connection)

    def forget(self, runner: Runner) -> None:
        """Forget those that are gone."""
        self.connections = {each for each in self.connections if runner.has(each)}


class Doorkeeper:
    """Watches over the logins of one host.

    Example:
        doorkeeper.watch("eve", connection, may_eve_still, runner)      # when a socket was opened with hers
    """

    def __init__(self, log: logging.Logger, taken_back: TakenBack = frozenset) -> None:
        """Watch nobody yet; what cannot be asked is told to `log`. `taken_back`: the logins that are worthless now."""
        self._log, self._taken_back = log, taken_back
        self._round = 0
        self._watched: dict[str, _Watched] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, login: str, connection: Connection, may: Asks | None, runner: Runner) -> None:
        """Look after this login from now on, while it has connections; the newest question replaces others."""
        watched = self._watched.setdefault(login, _Watched())
        watched.may = may
        watched.add(connection, runner)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._rounds(runner))

    def end(self) -> None:
        """Watch nobody any more."""
        tasks = [self._task, *(watched.asking for watched in self._watched.values())]
        self._watched.clear()
        self._task = None
        for task in tasks:
            if task is not None:
                task.cancel()

    async def _rounds(self, runner: Runner) -> None:
        while self._watched:
            await asyncio.sleep(EVERY)
            self._round += 1
            for login in self._watched.keys() & self._taken_back():
                runner.sign_out(self._watched.pop(login).connections)
            for login, watched in list(self._watched.items()):
                self._look(login, watched, runner)

    def _look(self, login: str, watched: _Watched, runner: Runner) -> None:
        """Ask, each in a task of its own: a question that is never answered may not keep others from being asked."""
        if watched.may is None and self._round % PRUNE_ROUNDS:
            return  # thousands of logins may be here, and most rounds have nothing to say of them
        watched.forget(runner)
        is_asking = watched.asking is not None and not watched.asking.done()
        if not watched.connections and not is_asking:
            del self._watched[login]
        elif watched.may is not None and not is_asking:
            watched.asking = asyncio.get_running_loop().create_task(self._ask(login, watched, watched.may, runner))

    async def _ask(self, login: str, watched: _Watched, may: Asks, runner: Runner) -> None:
        try:
            is_in = await asyncio.wait_for(may(), ANSWER_SECONDS)
        except (Exception, asyncio.CancelledError):  # neither yes nor no: a directory that is down throws nobody out
            if self._watched.get(login) is not watched:  # it was we who ended it
                raise
            self._log.exception("nbchat could not ask whether %s may still be here", login)
            return
        if not is_in:
            runner.sign_out(watched.connections)
