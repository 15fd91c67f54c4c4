"""What `nbchat doctor` looks at on the disk: the database, its file system, the room there, and who else uses it.

Only reads, and leaves no file, beside hubs that may be using it, and also where no hub runs: a hub that does not start
is when one wants to know. Used by `doctor` and `cli`; what can be seen of a database is `store.sqlite_health`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .typed import data_option

if TYPE_CHECKING:
    from nbchat.store.sqlite_health import Health

MIB = 1024 * 1024
ROOM = 200 * MIB
"""Bytes of room below which a disk is nearly full: a journal grows to 64 MiB, a copy needs as much as the database."""
FULL = MIB
"""Bytes below which hubs store nothing any more."""
UNLOCK = (
    "It may be a program that looks into the database (sqlite3, a database browser), one that copies files, or a hub "
    "that was suspended; on Linux and macOS `lsof '{path}'` lists who has it open. Let that program finish, or end it; "
    "then waiting messages are stored by themselves."
)
Verdict = Literal["ok", "warn", "wrong", "none"]


@dataclass(frozen=True)
class Check:
    """One link of the chain.

    Attributes:
        title: what was looked at.
        verdict: `ok`; `warn`, it works, but; `wrong`; `none`, it could not be looked at from here.
        seen: what was found.
        do: what to do about it; "" where nothing is to be done.
    """

    title: str
    verdict: Verdict
    seen: str
    do: str = ""


def data_checks(path: Path, *, own: int) -> Iterator[Check]:
    """Look at the data of a hub, or of a hub that would start there.

    Args:
        path: the database; it need not be there.
        own: how many hubs are known to use it.
    """
    if not path.exists() or path.stat().st_size == 0:  # an empty file is as good as none
        yield from _nothing_yet(path)
        return
    from nbchat.server.assemble import look_at

    try:
        found = look_at(path, used=own > 0)
    except OSError as error:
        seen = f"{path} cannot be read ({error.strerror or error})"
        yield Check("the database", "wrong", seen, "Give the file and its directory to this user.")
        return
    yield from found_checks(path, found, own=own)


def _nothing_yet(path: Path) -> Iterator[Check]:
    """There is no database; look whether a hub could make one."""
    if path.exists():
        command = f"`nbchat restore BACKUP --force {data_option(path.parent)}`"
        do = f"If there was a chat, put a backup in its place: {command}."
        yield Check("the database", "warn", f"{path} is empty; a hub that starts there begins a new chat", do)
    else:
        yield Check("the database", "none", f"there is no {path} yet; a hub that starts there makes it")
    above = next((folder for folder in path.parents if folder.exists()), path.parent)
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        do = "Give it to this user, or choose another place for the data (--data)."
        yield Check("its directory", "wrong", f"{above} cannot be written by this user", do)
        return
    yield _room(shutil.disk_usage(above).free)


def found_checks(path: Path, found: Health, *, own: int) -> Iterator[Check]:
    """What the state of a database means.

    Args:
        path: the file.
        found: how it is.
        own: how many hubs are known to use it.
    """
    if found.unusable:
        yield Check("the database", "wrong", f"{path}: {found.unusable}", f"{found.do}.")
    elif not found.writable:
        do = "Give the file and its directory to the user of the hub."
        yield Check("the database", "wrong", f"{path} cannot be written by this user", do)
    else:
        state = "whole" if found.whole else "a hub's, or over the network, so it was not read whole"
        yield Check("the database", "ok", f"{path}, {found.size / MIB:.1f} MiB, {state}; this user may write it")
    if found.locked:
        seen = "somebody has had the lock for writing all the time that was looked: nothing can be stored meanwhile"
        yield Check("writing", "wrong", seen, UNLOCK.format(path=path))
    if found.network:
        do = "Put it on a local disk (c.NbchatConfig.data_dir, or --data) to share it between servers."
        yield Check("the file system", "warn", f"{found.network}, over the network: one hub only", do)
    else:
        yield Check("the file system", "ok", "local")
    yield _room(found.free)
    if not found.unusable:
        others = found.hubs - own
        seen = "no other hub uses this data" if others < 1 else f"{others} more use this data: they are one chat"
        yield Check("other hubs", "ok", seen)


def _room(free: int) -> Check:
    room = f"{free / MIB:,.0f} MiB free"
    if free < FULL:
        return Check("the disk", "wrong", f"{room}: new messages are refused", "Make room; then it goes on by itself.")
    if free < ROOM:
        return Check("the disk", "warn", room, "Make room: where there is none, new messages are refused.")
    return Check("the disk", "ok", room)
