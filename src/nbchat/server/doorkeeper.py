"""Asks again whether who was let in may still be here, where a host can change its mind: sockets stay open for days.

A host that knows only "signed in" never changes its mind, and asks for nothing here. Jupyter's Authorizer may: then one
question for each person and round, whatever number of sockets they have. Decides nothing; the runner closes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from nbchat.hub.runner import Runner

EVERY = 0.5
"""Seconds between two rounds: who may not be here any more is out within a second."""
Asks = Callable[[], Awaitable[bool]]


class Doorkeeper:
    """Watches over the people of one host.

    Example:
        doorkeeper.watch("eve", may_eve_still, runner)      # when a socket of hers was opened
    """

    def __init__(self, log: logging.Logger) -> None:
        """Watch nobody yet; what cannot be asked is told to `log`."""
        self._log = log
        self._watched: dict[str, Asks] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, user: str, may: Asks, runner: Runner) -> None:
        """Ask `may` about this user from now on, while they are connected; the newest question replaces others."""
        self._watched[user] = may
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._rounds(runner))

    def end(self) -> None:
        """Watch nobody any more."""
        self._watched.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _rounds(self, runner: Runner) -> None:
        while self._watched:
            await asyncio.sleep(EVERY)
            for user in [user for user in self._watched if not runner.has(user)]:
                del self._watched[user]
            await asyncio.gather(*(self._ask(user, may, runner) for user, may in list(self._watched.items())))
        self._task = None

    async def _ask(self, user: str, may: Asks, runner: Runner) -> None:
        try:
            is_in = await may()
        except Exception:  # noqa: BLE001 - neither yes nor no: a directory that is down must not throw everybody out
            self._log.exception("nbchat could not ask whether %s may still be here", user)
            return
        if not is_in:
            self._watched.pop(user, None)
            runner.sign_out(user)
