"""The note that a running hub leaves for clients of the same OS user: `nbchat-<pid>.json` in the runtime directory.

Kernels that no server started (a console, VS Code, a script) find the hub by it, also where a password is set. It
holds the key, so only its owner may read it. `nbchat.client.notes` reads what this writes.

A hub that was killed leaves its note behind. Whoever starts a hub, or looks with `nbchat doctor`, takes such notes away
where their process is gone for sure (`processes`): the directory may be shared with other machines.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

from jupyter_core.paths import jupyter_runtime_dir

from nbchat import processes

from .keys import private_directory, write_private

HostKind = Literal["jupyter", "serve", "local"]
_left: set[Path] = set()
"""Notes of this process that are still there."""


class RuntimeNote:
    """One hub's note, from `leave` to `remove`."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._content = b""

    def leave(self, *, url: str, key: str, store: str, kind: HostKind) -> Path:
        """Write the note, whole at once.

        Args:
            url: where the hub is; ends in `/nbchat/`.
            key: what makes a client the owner.
            store: the store's id.
            kind: which host.

        Raises:
            OSError: the runtime directory cannot be written.
        """
        folder = private_directory(Path(jupyter_runtime_dir()))
        sweep(folder)
        said = {"url": url, "key": key, "store": store, "pid": os.getpid(), "kind": kind, "process": processes.name()}
        self._content = json.dumps(said).encode()
        self._path = _free_name(folder)
        draft = folder / f".{self._path.name}.new"
        write_private(draft, self._content)
        draft.replace(self._path)
        _left.add(self._path)
        return self._path

    def remove(self) -> None:
        """Take the note away, if it is still this hub's. Safe to call twice."""
        path, self._path = self._path, None
        if path is None:
            return
        _left.discard(path)
        with suppress(FileNotFoundError):
            if path.read_bytes() == self._content:
                path.unlink()


def sweep(folder: Path | None = None) -> list[int]:
    """Remove the notes of hubs that were killed.

    Args:
        folder: the runtime directory; Jupyter's if not given.

    Returns:
        The ids that their processes had.
    """
    place = Path(jupyter_runtime_dir()) if folder is None else folder
    # Who died in the middle of this has left a note aside, perhaps that of a hub that lives.
    ended = {pid for aside in place.glob(".nbchat-*.json.[0-9]*") if (pid := _decide(aside, _named(aside)))}
    ended |= {pid for path in place.glob("nbchat-*.json") if _forsaken(path) and (pid := _take_away(path))}
    return sorted(ended)


def _forsaken(path: Path) -> int:
    """The id of the process that left this note, if it is gone for sure; else 0."""
    try:
        said = json.loads(path.read_bytes())
        return int(said["pid"]) if processes.gone(str(said["process"])) else 0
    except (OSError, ValueError, KeyError, TypeError):  # being written, removed, of an older version, or none of ours
        return 0


def _take_away(path: Path) -> int:
    """Remove this note; another process may get its number and write its own under this name at any moment.

    Returns:
        The id of its process; 0 where the note stays.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.rename(aside)
        return _decide(aside, path)
    return 0


def _named(aside: Path) -> Path:
    """Where a note was before `_take_away` put it aside."""
    return aside.with_name(aside.name.removeprefix(".").rpartition(".")[0])


def _decide(aside: Path, path: Path) -> int:
    """Remove a note that was put aside, or put it back where its process may live; safe if several do so at once.

    Returns:
        The id of its process; 0 where the note is back, or stays aside until the next look.
    """
    pid = _forsaken(aside)
    with suppress(OSError):
        if not pid:
            _put_back(aside, path)
        aside.unlink(missing_ok=True)
    return pid


def _put_back(aside: Path, path: Path) -> None:
    """Give a note its name again, unless somebody has written another one under it."""
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links: exFAT, many network shares
        if not path.exists():
            aside.rename(path)


def _free_name(folder: Path) -> Path:
    """`nbchat-<pid>.json`, with a number behind where this process hosts several hubs.

    What an earlier process left is replaced.
    """
    number, path = 1, folder / f"nbchat-{os.getpid()}.json"
    while path in _left:
        number += 1
        path = folder / f"nbchat-{os.getpid()}-{number}.json"
    return path
