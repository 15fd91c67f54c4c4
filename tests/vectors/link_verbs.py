"""The verbs of the link's vectors: what happens when, and exactly what the link then does.

Client keys are minted as key-00001, key-00002, …; the jitter is always 0.5, so a delay is half of its span. `then` has
every output except `touched` and `state`, in order: {"transmit": command}, {"connect": true}, {"hangup": code},
{"keep": key}, {"forget": key}, {"settled": [key, seq]}, {"refused": [key, code]}, {"resolved": [ref, kind or error
code]}, {"identity": [store, user]}.
"""

from __future__ import annotations

from typing import Any

from nbchat.protocol import messages as m

from .shapes import hello, message, row, snapshot, welcome

Step = dict[str, Any]
Play = dict[str, Any]
CONNECT = {"connect": True}
HANGUP = {"hangup": 1000}
ME = {"identity": ["s1", "ada"]}


def at(time: float, do: str, *then: Any, **given: Any) -> Step:
    """At this second this happens; what is expected beside `then` is given by `info`, `timer`, `pending`, `state`."""
    return {"at": time, "do": do, **given, "then": list(then)}


def hears(time: float, items: list[Any], *then: Any, **given: Any) -> Step:
    return at(time, "received", *then, items=items, **given)


def says(command: Any) -> dict[str, Any]:
    return {"transmit": command}


def post(ref: int, number: int, text: str, id: str = "c1") -> dict[str, Any]:
    return says(m.Post(ref=ref, conversation=id, key=f"key-{number:05}", text=text))


def accepted(ref: int, number: int, seq: int, id: str = "c1") -> m.Accepted:
    return m.Accepted(ref=ref, conversation=id, key=f"key-{number:05}", seq=seq, at=1_000 + seq)


def settled(number: int, seq: int) -> list[dict[str, Any]]:
    return [{"settled": [f"key-{number:05}", seq]}, {"forget": f"key-{number:05}"}]


def writes(time: float, number: int, text: str, *then: Any, id: str = "c1", **given: Any) -> Step:
    """We write a message, which is kept first."""
    return at(time, "post", {"keep": f"key-{number:05}"}, *then, conversation=id, text=text, **given)


def waiting(*numbers: int) -> list[list[str]]:
    return [[f"key-{number:05}", "waiting"] for number in numbers]


def play(name: str, why: str, steps: list[Step], **given: Any) -> Play:
    return {"name": name, "why": why, **given, "steps": steps}


def online(*rows: m.Summary, **changes: Any) -> list[Step]:
    """Connected at second 1, with these rows (c1 at seq 10 by default)."""
    return [
        at(0, "start", CONNECT, info={"state": "connecting", "attempt": 1}),
        at(0.5, "connected", says(hello(1))),
        hears(
            1,
            [welcome(1, *(rows or (row(),)), **changes)],
            ME,
            info={"state": "connected", "attempt": 0, "retry_at": None},
        ),
    ]


def watching(time: float = 1) -> list[Step]:
    """A view shows c1, and its snapshot came; uses ref 2."""
    watch = m.Watch(ref=2, conversation="c1")
    shown = snapshot(row(read=10), [message(9), message(10)], has_before=True)
    return [at(time, "watch", says(watch), conversation="c1"), hears(time, [shown, m.Done(ref=2)])]


def again(time: float, ref: int, *then: Any, **resume: Any) -> list[Step]:
    """The transport breaks and is opened again a quarter of a second later; hello says what is here."""
    return [
        at(time, "disconnected", code=None, info={"state": "reconnecting", "retry_at": time + 0.25}),
        at(time + 0.25, "tick", *then, CONNECT),
        at(time + 0.5, "connected", says(hello(ref, **resume))),
    ]
