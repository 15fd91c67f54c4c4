"""The notes of running hubs for clients of the same OS user: `nbchat-<pid>.json` in the Jupyter runtime directory.

Only reads them. A note whose process is gone, that belongs to somebody else or that cannot be read is as good as none.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from nbchat.processes import alive, gone


@dataclass(frozen=True)
class Note:
    """What a running hub leaves in the runtime directory (`nbchat-<pid>.json`, mode 0600)."""

    url: str
    key: str = field(repr=False)
    pid: int
    kind: str
    written: float


def runtime_dir() -> Path:
    """Jupyter's, for this OS user."""
    from jupyter_core.paths import jupyter_runtime_dir

    return Path(jupyter_runtime_dir())


def read_notes() -> list[Note]:
    """The notes of hubs whose process lives."""
    found = []
    for path in runtime_dir().glob("nbchat-*.json"):
        try:
            if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
                continue
            said = json.loads(path.read_text(encoding="utf-8"))
            note = Note(str(said["url"]), str(said["key"]), int(said["pid"]), str(said["kind"]), path.stat().st_mtime)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # being written, removed, or not ours
        if alive(note.pid) and not gone(str(said.get("process", ""))):
            found.append(note)
    return found


def holds(pid: int, folder: Path) -> bool:
    """Whether this Jupyter server's root directory contains the folder."""
    try:
        root = json.loads((runtime_dir() / f"jpserver-{pid}.json").read_text(encoding="utf-8"))["root_dir"]
        return folder.is_relative_to(root)
    except (OSError, ValueError, KeyError, TypeError):
        return False
