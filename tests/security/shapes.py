"""Values of the protocol's types by chance, from the types themselves; now and then not quite of their type.

dice = random.Random(7)
made = Shapes(dice)
made.command()        # one of AnyCommand, as JSON would have it: {"t": "post", "ref": 3, …}
made.frame()          # bytes that may be a command, or nearly
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import inspect

from nbchat.protocol import messages as wire
from security.hostile import lines

EDGES = (0, 1, 2, 3, -1, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30, -(2**63) - 1)
FLOATS = (0.0, -0.0, 1.5, 1e308, -1e308, 5e-324)
PEOPLE = ("ada", "bob", "eve", "nobody", "@all", "")
WORDS = (
    "",
    " ",
    "hi",
    "room",
    "@bob",
    "#room",
    "@all",
    "/deploy",
    "\0",
    "\u202e",
    "é" * 200,
    "x" * 10_001,
    "👍",
    "a" * 64,
)


@lru_cache
def info(kind: Any) -> inspect.Type:
    """What msgspec knows of a type."""
    return inspect.type_info(kind)


class Shapes:
    """A maker of values.

    Attributes:
        ids: conversations that there are; a test adds those that it learns of.
        codes: invitations that there are.
        edges: numbers that stand out.
    """

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.ids = ["never-was"]
        self.codes = ["no-such-code"]
        self.edges: tuple[int, ...] = EDGES

    # ------------------------------------------------------------------------------------------------------- frames

    def command(self) -> dict[str, Any]:
        """A command of any kind, with a ref."""
        return self.of(wire.AnyCommand)

    def item(self) -> dict[str, Any]:
        """Anything that a hub may say."""
        return self.of(wire.AnyFromHub)

    def of(self, union: Any) -> dict[str, Any]:
        """One of a union of Structs."""
        kinds = info(union)
        assert isinstance(kinds, inspect.UnionType)
        one = self.dice.choice(kinds.types)
        assert isinstance(one, inspect.StructType)
        made: dict[str, Any] = self._struct(one)
        return made

    def frame(self, made: object) -> bytes:
        """What is sent, and now and then something that only looks like it."""
        data = msgspec.json.encode(made)
        match self.dice.randrange(12):
            case 0:
                return self._bent(data)
            case 1:
                return self.dice.choice((*lines("html"), *lines("sql"))).encode()
            case 2:
                depth = self.dice.randrange(3_000)
                return data.replace(b'"', b'"' + b'":' + b"[" * depth, 1) if depth % 2 else b"[" * depth + data
            case _:
                return data

    def _bent(self, data: bytes) -> bytes:
        """Some bytes changed, lost or said twice."""
        bent = bytearray(data)
        for _ in range(self.dice.randrange(1, 6)):
            at = self.dice.randrange(len(bent) + 1)
            match self.dice.randrange(3):
                case 0:
                    bent[at : at + 1] = bytes((self.dice.randrange(256),))
                case 1:
                    del bent[at : at + self.dice.randrange(20)]
                case _:
                    bent[at:at] = bent[at : at + self.dice.randrange(20)]
        return bytes(bent)

    # ------------------------------------------------------------------------------------------------------- values

    def _value(self, kind: inspect.Type, name: str) -> Any:  # noqa: C901 - one case for each kind of type
        dice = self.dice
        if dice.random() < 0.004:
            return dice.choice((None, True, -1, 1.5, "x", [], {}, [[]], {"a": {}}))
        match kind:
            case inspect.Metadata():
                return self._value(kind.type, name)
            case inspect.NoneType():
                return None
            case inspect.BoolType():
                return dice.random() < 0.5
            case inspect.IntType():
                return self._number(kind, name)
            case inspect.FloatType():
                return dice.choice(FLOATS)
            case inspect.StrType():
                return self._text(kind, name)
            case inspect.LiteralType():
                return dice.choice(kind.values)
            case inspect.UnionType():
                return self._value(dice.choice(kind.types), name)
            case inspect.ListType() | inspect.VarTupleType():
                return [self._value(kind.item_type, name) for _ in range(dice.choice((0, 1, 1, 2, 3, 60)))]
            case inspect.DictType():
                return {dice.choice(self.ids): self._value(kind.value_type, name) for _ in range(dice.randrange(4))}
            case inspect.StructType():
                return self._struct(kind)
        raise TypeError(f"no value of {kind}")

    def _struct(self, kind: inspect.StructType) -> Any:
        made: dict[str, Any] = {} if kind.tag is None else {str(kind.tag_field): kind.tag}
        for field in kind.fields:
            if field.required or self.dice.random() < 0.5 or kind.array_like:
                made[field.encode_name] = self._value(field.type, field.name)
        return list(made.values()) if kind.array_like else made

    def _number(self, kind: inspect.IntType, name: str) -> int:
        if self.dice.random() < 0.02:
            return self.dice.choice(self.edges)
        least = kind.ge or 0
        most = kind.le if kind.le is not None else 100
        return self.dice.randint(least, min(most, least + 30))

    def _text(self, kind: inspect.StrType, name: str) -> str:
        dice = self.dice
        if name in ("conversation", "id", "before") and dice.random() < 0.9:
            return dice.choice(self.ids)
        if name in ("user", "users", "members", "after", "author", "peer", "by") and dice.random() < 0.9:
            return dice.choice(PEOPLE)
        if name == "code" and dice.random() < 0.8:
            return dice.choice(self.codes)
        if name == "emoji" and dice.random() < 0.8:
            return dice.choice("👍🎉🦀")
        if name == "key" and kind.min_length is None:
            place = f"{dice.choice(self.ids)}{dice.choice(('', '/1', '/x', '/'))}"
            return dice.choice(("draft:", "prefs:", "saved:", "read:", "thread:", "block:", "")) + place
        if name == "key":
            return f"key-{dice.randrange(40):06}"
        text = dice.choice(WORDS) if dice.random() < 0.6 else dice.choice(lines("html"))
        return text[: kind.max_length] if kind.max_length is not None and dice.random() < 0.98 else text
