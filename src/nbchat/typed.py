"""How the place of data is named in commands that people are told to type. Imports nothing of ours; for all layers."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from subprocess import list2cmdline


def data_option(folder: Path) -> str:
    """What a command is told so that it takes this data, as one types it here.

    Example:
        >>> print(data_option(Path("/srv/my class")))
        --data '/srv/my class'
    """
    path = str(folder)
    return f"--data {list2cmdline([path]) if sys.platform == 'win32' else shlex.quote(path)}"
