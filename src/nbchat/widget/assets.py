"""The built front end on disk: the widget's two files, and the lazy chunks that a page without a hub asks for.

Only files that the build's manifest names are ever read for a page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbchat.errors import WidgetNotBuilt

STATIC = Path(__file__).parent / "static"


def asset(name: str) -> Path:
    """The path of a built file.

    Raises:
        WidgetNotBuilt: it is not there.
    """
    path = STATIC / name
    if not path.is_file():
        raise WidgetNotBuilt(
            f"{path} is missing: this installation of nbchat has no front end. Install a wheel (`pip install nbchat`), "
            "or build it in the sources: `npm ci && npm run build` in js/. `nbchat.Client` works without."
        )
    return path


def chunk(name: object) -> str | None:
    """The text of a lazy chunk, or None if the manifest names no such file."""
    if not isinstance(name, str) or name not in _chunks().values():
        return None
    try:
        return (STATIC / "chunks" / name).read_text(encoding="utf-8")
    except OSError:
        return None


def _chunks() -> dict[str, Any]:
    try:
        chunks = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))["chunks"]
        return {str(name): file for name, file in chunks.items() if file == Path(str(file)).name}
    except (OSError, ValueError, KeyError, AttributeError):
        return {}
