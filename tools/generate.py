"""Writes what follows from the protocol's Structs, codes and limits, so that no fact is typed twice.

    docs/protocol.schema.json              JSON Schema
    js/src/protocol/messages.gen.ts        TypeScript types
    js/src/protocol/tables.gen.ts          error codes, close codes and limits as constants
    docs/protocol.md                       the tables between `<!-- generated:NAME -->` markers

`--check` writes nothing and fails where a file is stale.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import protocol_tables  # noqa: E402 - the sources, not the installed wheel, are what is described
import protocol_types  # noqa: E402
from protocol_source import struct_docs  # noqa: E402

from nbchat.protocol.schema import schema  # noqa: E402

PAGE = ROOT / "docs" / "protocol.md"


def described_schema() -> dict[str, object]:
    """The schema with the strings below attributes as descriptions, where the Struct gives none."""
    made = schema()
    for name, docs in struct_docs().items():
        properties = made["$defs"].get(name, {}).get("properties", {})
        for field, text in docs.items():
            if field in properties:
                properties[field].setdefault("description", text)
    return made


def outputs() -> dict[Path, str]:
    """Every generated file with the text that it should have."""
    made = described_schema()
    return {
        ROOT / "docs" / "protocol.schema.json": json.dumps(made, indent=2, ensure_ascii=False) + "\n",
        ROOT / "js" / "src" / "protocol" / "messages.gen.ts": protocol_types.messages_module(made, ROOT / "js"),
        ROOT / "js" / "src" / "protocol" / "tables.gen.ts": protocol_types.tables_module(),
        PAGE: _filled(PAGE.read_text(encoding="utf-8"), protocol_tables.tables()),
    }


def _filled(page: str, tables: dict[str, str]) -> str:
    """The page with every table between its markers. Raises SystemExit where a table has no place."""
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- generated:{name} -->\n).*?(<!-- /generated -->)", re.DOTALL)
        page, places = pattern.subn(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", page)  # type: ignore[misc]
        if places != 1:
            sys.exit(f"{PAGE.relative_to(ROOT)} must have one `<!-- generated:{name} -->` … `<!-- /generated -->`.")
    return page


def main() -> int:
    """Write what is stale, or with `--check` say it. Returns 1 where `--check` found something."""
    stale = {
        path: text for path, text in outputs().items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
    names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
    if "--check" in sys.argv:
        if stale:
            print(f"Stale: {names}. Run `make generate` and commit what it writes.")
        return int(bool(stale))
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"Written: {names}." if stale else "Nothing was stale.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
