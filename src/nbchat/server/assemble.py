"""Puts a hub together: store, bus, runner, identities. The one place that chooses a store and a bus.

Example:
    hub = open_hub(Settings(folder, owner))     # on the event loop that will run it
    ...
    await hub.stop()
"""

from __future__ import annotations

import logging
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbchat.bus.file import FileBus
from nbchat.bus.local import LocalBus
from nbchat.hub.figures import Spread
from nbchat.hub.ports import StoreInfo
from nbchat.hub.runner import Runner
from nbchat.protocol.messages import Person
from nbchat.store.errors import StoreUnusable
from nbchat.store.sqlite import SqliteStore
from nbchat.store.sqlite_copies import Restored, backup, restore
from nbchat.store.sqlite_file import RESTORE_COMMAND
from nbchat.store.sqlite_health import Health, health
from nbchat.store.sqlite_logins import is_owner, logins_of, people_called
from nbchat.typed import data_option

from .config import Settings
from .identity import Identities
from .keys import Keys, load_keys
from .polled import Polls
from .signed_out import COOKIE_LOGIN, FILE as SIGNED_OUT, TOKEN_LOGIN, SignedOut, write as write_signed_out

DATABASE = "hub.sqlite3"
NOTES = "notes.sqlite3"
"""News between the hubs of this data: who is online, who types. Nothing is lost with it."""
ID_CHARS = 12
_ALPHABET = string.ascii_letters + string.digits


class HubUnusable(Exception):
    """The hub cannot run; the text says why and what to do, for the person who starts it."""


@dataclass
class Hub:
    """A running hub and what its host needs of it.

    Attributes:
        runner: takes connections.
        identities: who is who.
        keys: what programs and cookies are checked against.
        info: facts of the store.
        folder: where data and secret are.
        commits: how long the store took to write.
        replaced: whether another file has come to the place of the database, so that nothing is stored any more.
        polls: connections without a socket.
    """

    runner: Runner
    identities: Identities
    keys: Keys
    info: StoreInfo
    folder: Path
    commits: Spread
    replaced: Callable[[], bool]
    polls: Polls = field(default_factory=Polls)

    async def stop(self) -> None:
        """Say goodbye to everybody, commit what waits, close the store. Safe to call twice."""
        await self.runner.stop()
        self.polls.end()


def open_hub(settings: Settings, log: logging.Logger) -> Hub:
    """Open the store and start the hub, on the running event loop.

    Raises:
        HubUnusable: the data directory or the database cannot be used; files are left as they are.
    """
    try:
        keys = load_keys(settings.folder)
        store = SqliteStore.open(settings.folder / DATABASE, settings.owner)
    except StoreUnusable as error:
        raise HubUnusable(_naming(str(error), error.path.parent)) from error
    except OSError as error:
        raise HubUnusable(
            f"nbchat cannot use its data directory {settings.folder}: {error.strerror or error}. "
            "Make it writable, or choose another one (c.NbchatConfig.data_dir, or `nbchat serve --data`)."
        ) from error
    if store.info.warning:
        log.warning("%s", store.info.warning)
    id = secrets.token_hex(6)
    bus = FileBus(settings.folder / NOTES, id) if store.shared else LocalBus()
    runner = Runner(store, bus, settings.limits, mint=mint, hub=id, log=log)
    runner.start()
    identities = Identities(runner, owner=store.info.owner, share=settings.share, newcomers=settings.limits.newcomers)
    return Hub(runner, identities, keys, store.info, settings.folder, store.commits, lambda: store.replaced)


def back_up(folder: Path, target: Path) -> tuple[Path, dict[str, int]]:
    """Copy a hub's database into a new file, whether or not the hub runs.

    Returns:
        What was copied, and how many rows of each kind it has.

    Raises:
        HubUnusable: there is none in the folder, the target is there already, or it cannot be written.
    """
    source = _database(folder)
    try:
        return source, backup(source, target)
    except StoreUnusable as error:
        raise HubUnusable(_naming(str(error), error.path.parent)) from error


def _database(folder: Path) -> Path:
    source = folder / DATABASE
    if not source.is_file():
        raise HubUnusable(f"There is no {source}. Name the directory of the data with --data; `nbchat doctor` says it.")
    return source


def put_back(folder: Path, source: Path, *, force: bool) -> Restored:
    """Put a backup in the place of a hub's database; what was there is kept beside.

    Raises:
        HubUnusable: the backup is none, or what is there is in use, newer, of another chat or damaged, and not `force`.
    """
    try:
        return restore(source, folder / DATABASE, force=force)
    except StoreUnusable as error:
        raise HubUnusable(_naming(str(error), error.path.parent)) from error
    except OSError as error:
        raise HubUnusable(f"nbchat cannot restore into {folder}: {error.strerror or error}.") from error


def sign_out(folder: Path, who: str, *, again: bool = False) -> tuple[Person, int, bool]:
    """Make a person's logins at `nbchat serve` worthless, or good `again`; hubs that run see it within a second.

    Those that are so already are left as they are, and the file of them does not grow.

    Args:
        folder: directory of the data.
        who: id or display name.
        again: take it back.

    Returns:
        Who that is, how many logins it was (0 where there was nothing to do), and whether the data is theirs.

    Raises:
        HubUnusable: there is no such person or several, they have no such login, or it cannot be written.
    """
    path = _database(folder)
    try:
        person = _the_one(people_called(path, who), who)
        logins = [login for login in logins_of(path, person.id) if login.startswith((COOKIE_LOGIN, TOKEN_LOGIN))]
        owns = is_owner(path, person.id)
    except StoreUnusable as error:
        raise HubUnusable(_naming(str(error), error.path.parent)) from error
    if not logins:
        raise HubUnusable(
            f"{person.name} ({person.id}) has no login of `nbchat serve`. "
            "Who comes through Jupyter is signed out on Jupyter's side."
        )
    try:
        worthless = SignedOut(folder).logins()
        changed = [login for login in logins if (login in worthless) == again]
        if changed:
            write_signed_out(folder, changed, again=again)
    except OSError as error:
        raise HubUnusable(f"{folder / SIGNED_OUT} cannot be read or written: {error.strerror or error}.") from error
    return person, len(changed), owns


def _the_one(people: list[Person], who: str) -> Person:
    if not people:
        raise HubUnusable(f"Nobody here has the id or the name “{who}”.")
    if len(people) > 1:
        ids = ", ".join(person.id for person in people)
        raise HubUnusable(f"Several people are called “{who}”. Name one of them by id: {ids}.")
    return people[0]


def look_at(where: Path, *, used: bool = False) -> Health:
    """As `health`; what to do about it names the directory."""
    found = health(where, used=used)
    return replace(found, do=_naming(found.do, where.parent))


def _naming(text: str, folder: Path) -> str:
    """As it was said, with the directory in the command: typed without it, that would replace another chat."""
    return text.replace(RESTORE_COMMAND, f"{RESTORE_COMMAND} {data_option(folder)}")


def mint() -> str:
    """A new random id: 12 of 62 characters are 71 bits, enough that no two conversations of one store meet."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(ID_CHARS))
