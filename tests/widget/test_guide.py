"""docs/guide.md says what is true: every public method is in it, its examples run, and its pictures are there.

An expression with `# -> value` behind it gives that value. What others have to learn first may take a moment, so it is
asked again until it does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.hosted import Hosted
from kit.processes import wait_until
from kit.views import comms

from nbchat import ChatSession, Client, Message

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
FROM_CELLS = GUIDE.partition("\n## From cells\n")[2]
BLOCKS = re.findall(r"^```python\n(.*?)^```$", FROM_CELLS, re.MULTILINE | re.DOTALL)
# What the client and ipywidgets call, and people do not.
INTERNAL = {"arrived", "failed", "deleted_by", "rewritten", "as_dict", "extra", "set_state", "in_channel"}


def public(kind: type) -> Iterator[str]:
    """What nbchat itself gives this class."""
    for base in kind.__mro__:
        if base.__module__.startswith("nbchat."):
            yield from (name for name in vars(base) if not name.startswith("_"))


@pytest.mark.parametrize("kind", [ChatSession, Client, Message])
def test_every_public_method_has_an_example(kind: type) -> None:
    used = {node.attr for block in BLOCKS for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Attribute)}
    commented = set(re.findall(r"^# \w+\.(\w+)\(", "\n".join(BLOCKS), re.MULTILINE))
    assert set(public(kind)) - used - commented - INTERNAL == set()


def test_every_example_does_what_it_says(hub: Hosted, front_end: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, object] = {"url": hub.url, "token": hub.token}
    with comms(monkeypatch):
        try:
            checked = sum(run(block, names) for block in BLOCKS)
        finally:
            for one in names.values():
                if isinstance(one, ChatSession | Client):
                    one.close()
    assert checked == sum(block.count("# -> ") for block in BLOCKS)


def run(block: str, names: dict[str, object]) -> int:
    """Run a block statement by statement; returns how many values were compared."""
    checked = 0
    for statement in ast.parse(block).body:
        if isinstance(statement, ast.With):  # what stands in it holds only while it runs
            checked += run_inside(statement, block, names)
        elif check(statement, block, names):
            checked += 1
    return checked


def run_inside(statement: ast.With, block: str, names: dict[str, object]) -> int:
    """Run a with block, and look at what its expressions give while it is open; returns how many."""
    marked = [one for one in statement.body if expected(one, block) is not None]
    if marked:
        assert marked == statement.body, "either all lines of a with block say what they give, or none"
        names["look"] = lambda at: check(marked[at], block, names)
        statement.body = ast.parse("\n".join(f"look({at})" for at in range(len(marked)))).body
    execute(statement, names)
    return len(marked)


def expected(statement: ast.stmt, block: str) -> str | None:
    """What stands behind the mark on the statement's last line."""
    line = block.splitlines()[(statement.end_lineno or 0) - 1]
    found = re.search(r"# -> (.*?)(?:   # .*)?$", line)
    return found[1] if found and isinstance(statement, ast.Expr) else None


def check(statement: ast.stmt, block: str, names: dict[str, object]) -> bool:
    """Run one statement; whether a value was compared."""
    value = expected(statement, block)
    if value is None or not isinstance(statement, ast.Expr):
        execute(statement, names)
        return False
    source, wanted = ast.unparse(statement.value), ast.literal_eval(value)
    compiled = compile(ast.Expression(statement.value), "guide.md", "eval")
    seen: list[object] = []

    def given() -> bool:
        seen[:] = [eval(compiled, names)]
        return seen == [wanted]

    try:
        wait_until(given, what=source)
    except TimeoutError:
        assert seen == [wanted], source
    return True


def execute(statement: ast.stmt, names: dict[str, object]) -> None:
    exec(compile(ast.Module([statement], []), "guide.md", "exec"), names)


def test_every_picture_is_there_and_shown() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", GUIDE)
    assert [path for _, path in shown if not (DOCS / path).is_file()] == []
    files = {f"pictures/guide/{path.name}" for path in (DOCS / "pictures" / "guide").iterdir()}
    assert files == {path for _, path in shown}
    assert sum(path.stat().st_size for path in (DOCS / "pictures" / "guide").iterdir()) < 1_500_000


@pytest.mark.parametrize("page", sorted([*DOCS.glob("*.md"), *DOCS.parent.glob("*.md")]), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
