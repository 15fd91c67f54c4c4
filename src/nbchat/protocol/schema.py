"""The protocol as JSON Schema, derived from the Structs in `messages`.

docs/protocol.schema.json and the TypeScript types are written from it by tools/generate.py. Pure: it returns data.
"""

from __future__ import annotations

from typing import Any

import msgspec

from . import messages

ROOTS: dict[str, tuple[Any, str]] = {
    "AnyCommand": (messages.AnyCommand, "What a client sends: one command a frame."),
    "AnyReply": (messages.AnyReply, "The answer to one command, matched by `ref`."),
    "AnyDurable": (messages.AnyDurable, "Events that are stored, numbered by `seq`, and resumed."),
    "AnyEphemeral": (messages.AnyEphemeral, "Events without a number: news that heal by themselves, and own state."),
    "AnyFromHub": (messages.AnyFromHub, "One item of a frame from the hub; a frame is an array of them."),
}
"""The unions that have a name in the schema, each with what it is for."""


def schema() -> dict[str, Any]:
    """Return the schema: every Struct and every union of `messages` by its name below `$defs`."""
    unions, definitions = msgspec.json.schema_components(
        [union for union, _ in ROOTS.values()], ref_template="#/$defs/{name}"
    )
    named = {
        name: {"title": name, "description": text, **union}
        for (name, (_, text)), union in zip(ROOTS.items(), unions, strict=True)
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The nbchat protocol",
        "description": "A client sends `AnyCommand` objects; the hub sends arrays of `AnyFromHub`.",
        "$defs": dict(sorted({**definitions, **named}.items())),
    }
