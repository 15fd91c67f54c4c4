"""What clients of this OS user remember of hubs, so that one that starts while its hub is down can queue for it.

One small JSON file, `nbchat/hubs.json` in the Jupyter data directory (mode 0600): for each address the store's id, the
user, and the conversations that were opened by name. A convenience only: without it, or where it cannot be written, a
client needs its hub to start. Holds no key and no message.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import msgspec

MAX_HUBS = 50
MAX_NAMES = 200
"""The newest of each are kept; the file stays below a few hundred kilobytes."""


class Known(msgspec.Struct):
    """What is known of the hub at one address."""

    store: str
    user: str
    name: str
    conversations: dict[str, str] = {}
    """Conversation ids by the names under which they were opened."""


class Memory:
    """The remembered hubs.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def hub(self, url: str) -> Known | None:
        """What is remembered of the hub at this address."""
        return self._read().get(url)

    def remember(self, url: str, *, store: str, user: str, name: str, opened: dict[str, str]) -> None:
        """Keep this as the newest knowledge of that address; names that were known of the same store stay."""
        hubs = self._read()
        before = hubs.pop(url, None)
        names = (
            dict(before.conversations) if before is not None and (before.store, before.user) == (store, user) else {}
        )
        for opened_as, conversation in opened.items():
            names.pop(opened_as, None)
            names[opened_as] = conversation
        known = Known(store, user, name, dict(list(names.items())[-MAX_NAMES:]))
        if known != before:
            hubs[url] = known
            self._write(dict(list(hubs.items())[-MAX_HUBS:]))

    def _read(self) -> dict[str, Known]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Known])
        except (OSError, msgspec.DecodeError):
            return {}

    def _write(self, hubs: dict[str, Known]) -> None:
        fresh = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(hubs)))
            fresh.replace(self._path)


def default_memory() -> Memory:
    """The file of this OS user."""
    from jupyter_core.paths import jupyter_data_dir

    return Memory(Path(jupyter_data_dir()) / "nbchat" / "hubs.json")
