"""Logins of `nbchat serve` that are worthless since somebody was signed out: a small file in the data directory.

`nbchat sign-out` appends a line, and every `nbchat serve` on that data sees it: at once where somebody comes in, and
twice a second for the sockets that are open (`doorkeeper`). A line is a login, behind "-" (no more) or "+" (again); of
a login the last line holds. Logins are no secrets: a cookie is signed, and a token has to be known. Knows no HTTP.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from .keys import PRIVATE_FILE

FILE = "signed-out"
COOKIE_LOGIN, TOKEN_LOGIN = "serve:", "token:"
"""How logins begin that `nbchat serve` gives out: a browser's cookie, and a token with a name."""


class SignedOut:
    """What the file says, read again whenever it has changed.

    Example:
        >>> out = SignedOut(folder)
        >>> write(folder, ["serve:5f0c"])
        >>> "serve:5f0c" in out.logins()
        True
    """

    def __init__(self, folder: Path) -> None:
        """Read it. Raises OSError where there is one that cannot be read: then nobody knows who may come in."""
        self._path = folder / FILE
        self._seen: tuple[int, ...] | None = None
        self._logins: frozenset[str] = frozenset()
        self._look()

    def logins(self) -> frozenset[str]:
        """All that are worthless now. A file that cannot be read any more changes nothing."""
        with suppress(OSError):
            self._look()
        return self._logins

    def _look(self) -> None:
        try:
            found = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):  # what is wrong with the folder, the store says
            self._seen, self._logins = None, frozenset()
            return
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen != self._seen:
            self._logins = _read(self._path)
            self._seen = seen


def write(folder: Path, logins: Iterable[str], *, again: bool = False) -> None:
    """Make logins worthless, or good `again`; on disk when this returns. Raises OSError.

    Two who write at once do not lose each other's lines, because each only appends. Each line has its own beginning: a
    full disk may have cut the one before, and glued to that it would say nothing.
    """
    sign = "+" if again else "-"
    said = "".join(f"\n{sign}{login}\n" for login in logins)
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    with os.fdopen(handle, "ab") as file:
        file.write(said.encode())
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> frozenset[str]:
    logins: set[str] = set()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("-"):
            logins.add(line[1:])
        elif line.startswith("+"):
            logins.discard(line[1:])
    return frozenset(logins)
