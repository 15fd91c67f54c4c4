"""Whether there is room beside a database: SQLite calls a disk that is full, or a quota that is used up, an I/O error.

Used by `sqlite_file` and `sqlite_writer` after such an error only, and by `sqlite_health` where no hub runs.
"""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

_ROOM = 1024 * 1024
"""Bytes without which a disk counts as full."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def has_room(path: Path) -> bool:
    """Try whether a file beside this database can grow beyond its journal; the file has no name and is gone at once."""
    journal = Path(f"{path}-wal")
    try:
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            probe.seek(journal.stat().st_size if journal.exists() else 0)
            probe.write(bytes(_ROOM))
            probe.flush()
    except OSError as error:
        return error.errno not in _NO_ROOM
    return True
