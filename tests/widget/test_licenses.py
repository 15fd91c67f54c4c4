"""The wheel carries the licences of what the built front end contains of others."""

from __future__ import annotations

import json
import re
from importlib.metadata import distribution
from pathlib import Path

JS = Path(__file__).parents[2] / "js"
# Beside what runs in a page: the picker's data are built in, and the signals of Preact are two packages.
ALSO = ("emojibase-data", "@preact/signals-core")
PACKAGES = (*json.loads((JS / "package.json").read_text(encoding="utf-8"))["dependencies"], *ALSO)


def test_the_wheel_has_the_licence_of_every_library_that_the_front_end_contains() -> None:
    wheel = distribution("nbchat")
    [file] = [one for one in wheel.files or () if one.name == "licenses.txt"]
    text = Path(str(wheel.locate_file(file))).read_text(encoding="utf-8")
    assert set(re.findall(r"^=+\n(\S+) \S+ \(\S+\)\n=+$", text, re.MULTILINE)) == set(PACKAGES)
    for name in PACKAGES:
        [own] = (path for path in (JS / "node_modules" / name).iterdir() if path.name.startswith("LICENSE"))
        assert own.read_text(encoding="utf-8").strip() in text, name
