"""The note that a running hub leaves for clients of the same OS user: `nbchat-<pid>.json` in the runtime directory.

Kernels that no server started (a console, VS Code, a script) find the hub by it, also where a password is set. It
holds the key, so only its owner may read it. `nbchat.client.notes` reads what this writes.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

from jupyter_core.paths import jupyter_runtime_dir

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
        said = {"url": url, "key": key, "store": store, "pid": os.getpid(), "kind": kind}
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


def _free_name(folder: Path) -> Path:
    """`nbchat-<pid>.json`, with a number behind where this process hosts several hubs.

    What an earlier process left is replaced.
    """
    number, path = 1, folder / f"nbchat-{os.getpid()}.json"
    while path in _left:
        number += 1
        path = folder / f"nbchat-{os.getpid()}-{number}.json"
    return path
