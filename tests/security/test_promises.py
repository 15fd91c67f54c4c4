"""docs/security.md names a test for each promise; what it names is there, and what is here is named."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))


def test_every_promise_names_tests_that_are_there() -> None:
    table = PAGE.partition("| promise | test |")[2].partition("\n\n")[0]
    rows = [line for line in table.splitlines()[2:] if line]
    assert len(rows) > 10
    for row in rows:
        assert re.search(r"`tests/[\w/]+\.py`", row), row
    for name in sorted(NAMED):
        assert "def test_" in (ROOT / name).read_text(encoding="utf-8"), name
    for name in re.findall(r"`(js/tests/[\w/.]+\.ts)`", PAGE):
        assert "test(" in (ROOT / name).read_text(encoding="utf-8"), name


def test_every_test_of_security_stands_on_the_page() -> None:
    here = {str(path.relative_to(ROOT)) for path in Path(__file__).parent.rglob("test_*.py")}
    assert here - NAMED == {"tests/security/test_promises.py"}
