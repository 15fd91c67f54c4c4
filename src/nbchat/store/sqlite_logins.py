"""Which logins a person has, read from a database that hubs may be using; for `nbchat sign-out`. Writes nothing.

Used by `server.assemble`.
"""

from __future__ import annotations

from pathlib import Path

from nbchat.hub.names import plain
from nbchat.protocol.messages import Person

from .sqlite_file import explained, looking


def people_called(path: Path, who: str) -> list[Person]:
    """Return the person with this id, or else all who have this display name. Raises StoreUnusable."""
    with explained(path), looking(path) as connection:
        for where, value in (("id = ?", who), ("plain_name = ?", plain(who))):
            rows = connection.execute(f"SELECT id, name FROM person WHERE {where} ORDER BY id", (value,))  # noqa: S608
            found = [Person(*row) for row in rows]
            if found:
                return found
    return []


def is_owner(path: Path, user: str) -> bool:
    """Return whether the data is this person's. Raises StoreUnusable."""
    with explained(path), looking(path) as connection:
        (owner,) = connection.execute("SELECT owner FROM meta").fetchone()
        return bool(owner == user)


def logins_of(path: Path, user: str) -> list[str]:
    """Return every login that is bound to a person, whatever host it belongs to. Raises StoreUnusable."""
    with explained(path), looking(path) as connection:
        rows = connection.execute("SELECT login FROM login WHERE user = ? ORDER BY login", (user,))
        return [login for (login,) in rows]
