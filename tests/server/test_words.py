"""What people are told when something goes wrong: whole sentences, wherever in the package they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbchat
from nbchat.protocol.codes import CLOSES, ERRORS
from nbchat.store.errors import StoreUnusable

FOR_PEOPLE = frozenset(
    {
        *("HubNotFound", "Timeout", "OutboxFull", "WidgetNotBuilt"),
        *("HubUnusable", "ConfigUnusable", "PortTaken", "LocalHubFailed", "Problem", "Refused"),
        "UsageError",
    }
)
"""Errors whose last words are a sentence of their own."""
PARTS = frozenset({"Refusal", "BadName", "StoreUnusable"})
"""Errors whose words go into a sentence, which has the full stop."""
ENDS = (".", "?", "!")


def raised() -> Iterator[tuple[str, str, str]]:
    """Where, which error, and what it says; of all that the package raises with words that stand in the code."""
    for path in Path(nbchat.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                function = node.exc.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                for words in (*node.exc.args, *(given.value for given in node.exc.keywords)):
                    said = "".join(_said(part) for part in getattr(words, "values", [words]))
                    if " " in said:
                        yield f"{path.name}:{node.lineno}", name, said


def _said(part: ast.AST) -> str:
    """What stands in the code, and a mark for what is filled in."""
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "…"


def test_what_people_are_told_ends_with_a_full_stop_and_has_only_one() -> None:
    found = list(raised())
    assert {name for _, name, _ in found} >= FOR_PEOPLE | PARTS, "they are found at all"
    assert [one for one in found if one[1] in FOR_PEOPLE and not one[2].endswith(ENDS)] == []
    assert [one for one in found if one[1] in PARTS and one[2].endswith(ENDS)] == []
    texts = [*(row.text for row in ERRORS.values()), *(row.text for row in CLOSES.values())]
    assert [text for text in texts if not text.endswith(ENDS)] == []


def test_a_store_that_cannot_be_used_is_two_sentences(tmp_path: Path) -> None:
    said = str(StoreUnusable(tmp_path, "it is damaged", "Make room"))
    assert said == f"nbchat cannot use {tmp_path}: it is damaged. Make room."
