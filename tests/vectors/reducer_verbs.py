"""The verbs of the reducer's vectors: what comes, and where plays begin."""

from __future__ import annotations

from typing import Any

from nbchat.protocol import messages as m

from .shapes import hello, message, row, snapshot, welcome

Step = tuple[Any, Any, list[str] | None]
"""An item, the command that it answers, and exactly what it touches (None: not looked at)."""
Play = tuple[str, str, list[Step], dict[str, Any]]


def step(item: Any, touched: list[str] | None = None, asked: Any = None) -> Step:
    return (item, asked, touched)


def seqs(*numbers: int) -> list[dict[str, int]]:
    return [{"seq": number} for number in numbers]


START = [step(welcome(1, row(last_seq=10)), asked=hello())]
OPEN = [*START, step(snapshot(row(last_seq=10, read=10), [message(9), message(10)], has_before=True))]


def before(seq: int) -> m.History:
    return m.History(ref=5, conversation="c1", before=seq)


def after(seq: int) -> m.History:
    return m.History(ref=5, conversation="c1", after=seq)


def around(seq: int) -> m.History:
    return m.History(ref=5, conversation="c1", around=seq)


def newest() -> m.History:
    return m.History(ref=5, conversation="c1")


def thread(root: int, before: int | None = None, around: int | None = None) -> m.History:
    return m.History(ref=5, conversation="c1", thread=root, before=before, around=around)


def lookup(*wanted: int) -> m.Lookup:
    return m.Lookup(ref=5, conversation="c1", seqs=list(wanted))


def c1(**holds: Any) -> dict[str, Any]:
    """What must hold of the only conversation."""
    return {"conversations": {"c1": holds}}


def loaded(*messages: Any, **more: Any) -> list[dict[str, Any]]:
    """One range: seqs, or what must hold of messages."""
    return [{"messages": [{"seq": one} if isinstance(one, int) else one for one in messages], **more}]
