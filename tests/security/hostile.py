"""Hostile texts in every place that people write in: what `fill` puts into a hub, a browser may show and not obey."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kit.web import Line, Visitor

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HubLimits, Rate
from nbchat.server.standalone import Served

FOLDER = Path(__file__).parent / "payloads"
FAST = HubLimits(
    page_send=Rate(1e6, 10**6), session_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), touches=Rate(1e6, 10**6),
    flood_frames=1e6,
)  # fmt: skip
CODE = "window.__pwned=1"
ROOM = 45
"""Messages in one conversation: all of them are on the first screen's page."""
FORMS = (
    "[x]({})",
    "[x](<{}>)",
    "![x]({})",
    "<{}>",
    "{}",
    "[x][1]\n\n[1]: {}",
    "```{}\ncode\n```",
    '[x](https://x.y "{}")',
)
"""Where an address, or the language of a block of code, can stand in Markdown."""


@lru_cache
def lines(name: str) -> tuple[str, ...]:
    """The payloads of one file, ready to run."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    some = [line for line in text.splitlines() if line and not line.startswith("# ")]
    escape = (
        re.compile(r"\\x([0-9a-f]{2})|\\u([0-9A-Fa-f]{4})") if name == "urls" else re.compile(r"()\\u([0-9A-F]{4})")
    )
    return tuple(
        escape.sub(lambda found: chr(int(found[1] or found[2], 16)), line).replace("PWN", CODE) for line in some
    )


def short(limit: int) -> list[str]:
    """Those that fit into so many characters; the code is as short as it can be."""
    small = [line.replace(CODE, "__pwned=1") for line in (*lines("html"), *lines("urls"))]
    return [line for line in small if len(line) <= limit and line.isprintable() and line.strip() == line]


def texts() -> list[str]:
    """Messages: each piece of markup alone, and each address in all its forms."""
    return [*lines("html"), *("\n\n".join(form.format(url) for form in FORMS) for url in lines("urls"))]


@dataclass
class Filled:
    """What there is to look at.

    Attributes:
        rooms: ids of conversations whose messages are payloads.
        stage: the one where all else is: members, replies, pins, reports, commands.
        people: how many were let in under such a name.
    """

    rooms: list[str] = field(default_factory=list)
    stage: str = ""
    people: int = 0


class Hand:
    """Somebody's socket on which one asks and waits for the reply."""

    def __init__(self, line: Line) -> None:
        self.line, self._ref = line, 1

    @classmethod
    async def of(cls, visitor: Visitor, kind: wire.ConnectionKind = "session") -> Hand:
        line = await visitor.connects()
        await line.says(wire.Hello(ref=1, kind=kind))
        await line.sees(wire.Welcome)
        return cls(line)

    async def asks(self, make: Any, **fields: Any) -> Any:
        """Send a command, and return its reply."""
        self._ref += 1
        await self.line.says(make(ref=self._ref, **fields))
        while True:
            found: Any = await self.line.sees(object)
            if getattr(found, "ref", None) == self._ref:
                return found

    async def posts(self, room: str, text: str, **fields: Any) -> int:
        """Write a message; its seq, or 0 where the hub refuses the text."""
        reply = await self.asks(wire.Post, conversation=room, text=text, key=f"key-{self._ref:08}", **fields)
        return reply.seq if isinstance(reply, wire.Accepted) else 0


async def fill(served: Served) -> Filled:
    """Fill a hub whose reader is its owner."""
    made = Filled()
    owner, eve = await as_owner(served), await Hand.of(named(served, "Eve"))
    made.stage = (await eve.asks(wire.Open, name="stage")).conversation
    await owner.asks(wire.Open, name="stage")
    await eve.asks(wire.Rank, conversation=made.stage, user="ada", role="owner")
    await _crowd(served, made)
    await _decorate(owner, eve, made)
    made.rooms = await rooms(eve, texts(), "ada")
    return made


async def as_owner(served: Served) -> Hand:
    """Ada, as a program of hers."""
    return await Hand.of(Visitor(served.url, {"X-Nbchat-Key": served.hub.keys.client}))


def named(served: Served, name: str) -> Visitor:
    """Somebody with the shared token."""
    token = f"token {served.door.token}"
    return Visitor(served.url, {"Authorization": token, "X-Nbchat-Name": quote(name)})


async def _crowd(served: Served, made: Filled) -> None:
    """People who are called so, and have such a status."""
    statuses = short(100)
    for name, status in zip(short(64)[::6], statuses[::3], strict=False):
        visitor = named(served, name)
        if (await visitor.get("api/me")).status != 200:
            continue
        hand = await Hand.of(visitor)
        await hand.asks(wire.SetProfile, status=status)
        await hand.asks(wire.Open, name="stage")
        await hand.posts(made.stage, f"I am {name}")
        made.people += 1


async def offers(served: Served, room: str) -> Hand:
    """Somebody's commands; they hold while what is in the hand is open, which nobody reads from."""
    hand = await Hand.of(named(served, "Eve"))
    slashes = [wire.Slash(f"deploy-{number}", help) for number, help in enumerate(short(200)[:60])]
    await hand.asks(wire.Offer, conversation=room, commands=slashes)
    return hand


async def types_and_writes(served: Served, room: str) -> Hand:
    """Somebody with such a name types, and writes what is not finished; what they hold in their hand stays open."""
    hand = await Hand.of(named(served, short(64)[3]))
    await hand.asks(wire.Join, conversation=room)
    message = await hand.posts(room, "growing")
    await hand.asks(wire.Grow, conversation=room, message=message, n=1, text=lines("html")[0], whole=True)
    await hand.asks(wire.Type, conversation=room)
    return hand


async def _decorate(owner: Hand, eve: Hand, made: Filled) -> None:
    """All that is said of messages and conversations."""
    stage, some = made.stage, short(200)
    root = await eve.posts(stage, some[0])
    for text in some[:10]:
        reply = await eve.posts(stage, text, reply=root)
        await eve.posts(stage, text, thread=root, also=True)
        await eve.posts(stage, "", forward=wire.Pointer(stage, reply))
        await eve.asks(wire.Pin, conversation=stage, message=reply)
        await eve.asks(wire.Report, conversation=stage, message=reply, reason=text)
        await owner.asks(wire.SetOwn, key=f"saved:{stage}/{reply}", value=1)
    edited = await eve.posts(stage, "before")
    await eve.asks(wire.Edit, conversation=stage, message=edited, text=some[11], key="key-of-edit")
    await eve.posts(stage, f"@ada {some[12]}")
    await owner.asks(wire.Describe, conversation=stage, title=short(100)[7], topic=some[13])
    await owner.asks(wire.Remove, conversation=stage, user="nobody", reason=some[14])
    await owner.asks(wire.MakeLink, conversation=stage)


async def rooms(eve: Hand, every: Sequence[str], reader: str) -> list[str]:
    """Groups of two whose titles, topics and messages are payloads; their ids."""
    made, titles = [], iter(short(100)[::-1])
    for start in range(0, len(every), ROOM):
        title, key = next(titles), f"group-{start:08}"
        reply = await eve.asks(wire.Create, kind="group", title=title, members=[reader], key=key)
        await eve.asks(wire.Describe, conversation=reply.conversation, topic=next(titles))
        for text in (*every[start : start + ROOM], "the end"):
            await eve.posts(reply.conversation, text)
        made.append(reply.conversation)
    return made
