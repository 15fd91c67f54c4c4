"""Writes the vectors that both test suites read: `python -m vectors.build` in tests/, after a change of a play.

The plays are written by hand, what must happen included; this only puts them into JSON, which TypeScript can read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from . import (
    link_asking,
    link_connection,
    link_own,
    link_sending,
    link_views,
    reducer_counts,
    reducer_events,
    reducer_members,
    reducer_messages,
    reducer_notices,
    reducer_own,
    reducer_pages,
    reducer_rows,
    reducer_threads,
)

HERE = Path(__file__).parent


def builtins(value: Any) -> Any:
    """Structs as what they are on the wire."""
    return msgspec.to_builtins(value)


def reducer_files() -> dict[str, Any]:
    files = {}
    families = (
        reducer_rows,
        reducer_events,
        reducer_messages,
        reducer_notices,
        reducer_threads,
        reducer_counts,
        reducer_members,
        reducer_own,
        reducer_pages,
    )
    plays = [play for family in families for play in family.PLAYS]
    assert len({play[0] for play in plays}) == len(plays), "two plays have the same name"
    for name, why, steps, state in plays:
        written = [{"item": item, "asked": asked, "touched": touched} for item, asked, touched in steps]
        files[f"reducer/{name}.json"] = {"name": name, "why": why, "steps": builtins(written), "state": state}
    return files


def link_files() -> dict[str, Any]:
    plays = [*link_connection.PLAYS, *link_sending.PLAYS, *link_asking.PLAYS, *link_views.PLAYS, *link_own.PLAYS]
    assert len({play["name"] for play in plays}) == len(plays), "two plays have the same name"
    return {f"link/{play['name']}.json": builtins(play) for play in plays}


def files() -> dict[str, str]:
    """Every vector: path below this folder, and text."""
    found = reducer_files() | link_files()
    return {path: readable(content) for path, content in found.items()}


def readable(play: dict[str, Any]) -> str:
    """JSON with a line for each step."""
    fields = {name: json.dumps(value, ensure_ascii=False) for name, value in play.items()}
    fields["steps"] = "[\n  " + ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in play["steps"]) + "\n ]"
    return "{\n" + ",\n".join(f' "{name}": {text}' for name, text in fields.items()) + "\n}\n"


def main() -> None:
    for folder in ("reducer", "link"):
        (HERE / folder).mkdir(exist_ok=True)
        for old in (HERE / folder).glob("*.json"):
            old.unlink()
    for path, text in files().items():
        (HERE / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
