"""Whether a failure means that the database is damaged, and the line of the log that says what to do about it.

At the start small files are checked whole (`sqlite_file`), but SQLite's check looks at how pages and rows hang
together: a text that is not what was written is seen by who reads it, as is all damage of a large file. Nothing is
mended here, and nothing of the failure's own text is told: it quotes what people have written. Used by `sqlite`,
`sqlite_writer` and `sqlite_file`.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import msgspec

from nbchat.logs import Trouble
from nbchat.typed import data_option

_CORRUPT = ("malformed", "not a database", "unsupported file format")
"""What SQLITE_CORRUPT, SQLITE_NOTADB and a file of another format say; Python 3.10 has no numbers for them."""
_log = logging.getLogger(__name__)


def unreadable(error: BaseException) -> bool:
    """Whether one value is not what was written there; all others may be well.

    Text that is none is an `OperationalError` of Python's own, not a `DatabaseError` with a code of SQLite's.
    """
    if isinstance(error, sqlite3.OperationalError):
        return str(error).startswith("Could not decode to UTF-8")
    return isinstance(error, (msgspec.DecodeError, UnicodeDecodeError))


def is_damage(error: BaseException) -> bool:
    """Whether this can only come of a damaged database.

    Example:
        >>> is_damage(sqlite3.DatabaseError("database disk image is malformed"))
        True
    """
    if isinstance(error, sqlite3.DatabaseError) and any(word in str(error) for word in _CORRUPT):
        return not str(error).startswith("malformed")  # as of a pattern, which is the statement's
    return unreadable(error)


class Damage:
    """Says that a database is damaged, once a minute for as long as somebody comes upon it; from any thread."""

    def __init__(self, path: Path) -> None:
        """Tell it of this database."""
        self._path = path
        self._found = Trouble(_log, "the database is read again")  # never over: the next who reads it finds it again

    def tell(self, error: BaseException) -> bool:
        """Say so, if that is what the failure means. Returns whether it is."""
        found = is_damage(error)
        if found:
            self._found.again(
                logging.ERROR,
                "%s is damaged: what was to be read or stored there failed, and nothing is written over it. "
                "`nbchat doctor %s` looks at it; `nbchat restore BACKUP --force %s` puts a backup in its place and "
                "keeps it beside; then start the hub again",
                self._path,
                data_option(self._path.parent),
                data_option(self._path.parent),
            )
        return found
