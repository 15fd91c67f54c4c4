"""Messages to fill a conversation with: as people write them, of all lengths, some with code, lists and other scripts.

`--chats FILE` takes the `text` of each line of a JSON-lines file instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

TEXTS = (
    "Morning! The run from last night is through.",
    "Loss went up again after epoch 3 though.",
    "Looking.",
    "It did that on my machine too.\nSecond GPU only,\nfirst one was fine.",
    (
        "Warm-up over 500 steps fixes it:\n\n```python\ndef rate(step, peak=3e-4, warm=500):\n"
        "    if step < warm:\n        return peak * step / warm\n    return peak * (warm / step) ** 0.5\n```\n\n"
        "Same curve as in the `baseline` run."
    ),
    "| run | loss | hours |\n|:--|--:|--:|\n| baseline | 0.142 | 3.1 |\n| **warm-up** | **0.118** | 3.2 |",
    "That is **much** better. Thank you!",
    "Before we freeze it:\n\n1. rerun with *three* seeds\n2. compare on the held-out set\n3. write it up",
    "> Second GPU only\n\nThe driver there is older. I have asked for an update, see <https://example.org/tickets/4711>.",
    "שלום לכולם! המודל החדש מוכן לבדיקה.",
    (
        "I’ll run the other two seeds on the big machine now, and post when they are through. If somebody else needs "
        "it before five, say so here: the queue names me as the owner, but I can stop and go on from the last "
        "checkpoint "
        "without losing more than ten minutes."
    ),
    "+1, good",
    "🎉",
    "Does anybody know whether the tokenizer keeps leading spaces? The counts are off by one in every line.",
    "`tokenizer.add_prefix_space` is what you want.",
    "Done: https://example.org/runs/42",
)


def texts(count: int, path: Path | None = None) -> Iterator[str]:
    """So many texts, each different by its number. They end alike, so that conversations of all lengths open alike."""
    found = list(TEXTS) if path is None else [_text(line) for line in path.read_text(encoding="utf-8").splitlines()]
    usable = [text for text in found if text.strip()]
    for number in range(count):
        yield f"{usable[(number - count) % len(usable)][:9_000]}\n\n(message {number + 1})"


def _text(line: str) -> str:
    return str(json.loads(line).get("text", ""))
