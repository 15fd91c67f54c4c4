"""The link does what the shared vectors say; js/tests/client/link.test.ts reads the same files."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from vectors import build

from nbchat.client import outputs as out
from nbchat.client.link import Link
from nbchat.protocol.messages import AnyCommand, Error, OwnValue

from .test_reducer_vectors import assert_holds

VECTORS = sorted((Path(build.__file__).parent / "link").glob("*.json"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    play = json.loads(path.read_text(encoding="utf-8"))
    numbers = itertools.count(1)
    link = Link(play.get("kind", "page"), "vectors", lambda: f"key-{next(numbers):05}", lambda: 0.5)
    for step in play["steps"]:
        perform(link, step)
        where = f"at {step['at']}: {step['do']}"
        assert [shown for output in link.take() if (shown := show(output))] == step["then"], where
        if "info" in step:
            assert_holds(rounded(asdict(link.info)), step["info"], where)
        if "timer" in step:
            assert rounded(link.timer()) == step["timer"], where
        if "state" in step:
            assert_holds(plain(link), step["state"], where)
        if "pending" in step:
            assert [standing(one) for one in link.pending()] == step["pending"], where
    if "state" in play:
        assert_holds(plain(link), play["state"], "state")


def standing(one: out.Pending) -> list[str]:
    """Its key and status; of a failed one also which error it was."""
    return [one.key, one.status] if one.code is None else [one.key, one.status, one.code]


def plain(link: Link) -> Any:
    return msgspec.to_builtins(asdict(link.state), str_keys=True)


def perform(link: Link, step: dict[str, Any]) -> None:
    """Call the method of the link that the step names, with the arguments that it has beside the time."""
    now, name = step["at"], step["do"]
    if name == "received":
        link.received(step["text"] if "text" in step else json.dumps(step["items"]), now)
    elif name == "adopt":
        link.adopt([out.Pending(*orphan) for orphan in step["orphans"]], now)
    elif name == "request":
        link.request(msgspec.convert(step["command"], AnyCommand), now)
    elif name == "post":
        link.post(step["conversation"], step["text"], now, extra=msgspec.convert(step, out.Extra))
    elif name == "set_own":
        link.set_own(step["key"], msgspec.convert(step["value"], OwnValue), now)
    else:
        arguments = [step[one] for one in ARGUMENTS[name]]
        optional = {"thread": step.get("thread")} if name in ("read", "typing") else {}
        getattr(link, name)(*arguments, *([] if name in TIMELESS else [now]), **optional)


ARGUMENTS: dict[str, tuple[str, ...]] = {
    "start": (),
    "connected": (),
    "disconnected": ("code",),
    "tick": (),
    "wake": (),
    "retry_now": (),
    "expect": ("store", "user"),
    "retry": ("key",),
    "discard": ("key",),
    "watch": ("conversation",),
    "unwatch": ("conversation",),
    "read": ("conversation", "seq"),
    "typing": ("conversation", "active"),
    "thread": ("conversation", "root"),
    "unthread": ("conversation", "root"),
    "want": ("conversation", "seqs"),
    "flush": (),
}
TIMELESS = ("expect", "discard")


def show(output: out.Output) -> dict[str, Any] | None:
    """An output as link_plays writes it; None for what the vectors do not look at."""
    match output:
        case out.Transmit(data=data):
            return {"transmit": json.loads(data)}
        case out.Connect():
            return {"connect": True}
        case out.Hangup(code=code):
            return {"hangup": code}
        case out.Resolved(ref=ref, reply=reply):
            kind = reply.code if isinstance(reply, Error) else type(reply).__struct_config__.tag
            return {"resolved": [ref, kind]}
        case out.Identity(store=store, user=user):
            return {"identity": [store, user]}
        case out.Touched() | out.StateChanged() | out.Arrived():
            return None
        case _:
            return show_message(output)


def show_message(output: out.Keep | out.Forget | out.Settled | out.Refused) -> dict[str, Any]:
    match output:
        case out.Keep(pending=pending):
            return {"keep": pending.key}
        case out.Forget(key=key):
            return {"forget": key}
        case out.Settled(pending=pending, seq=seq):
            return {"settled": [pending.key, seq]}
        case out.Refused(pending=pending, error=error):
            return {"refused": [pending.key, error.code]}


def rounded(value: Any) -> Any:
    """Times to the microsecond: both languages add them up in their own order."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return round(value, 6) if isinstance(value, float) else value


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 30
