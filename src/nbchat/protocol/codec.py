"""Bytes to Structs and back; the only place that knows the wire is JSON.

`decode_command` is for hubs, `decode_frame` for clients, `encode_frame` and `encode_command` the other ways. Pure: it
reads no socket. What cannot be decoded raises `BadFrame` with the code of the error table and the `ref`, where one
could be found.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import Any, get_args

import msgspec
from msgspec import Struct

from .messages import AnyCommand, AnyFromHub, Aspect, Command
from .shapes import LARGEST


class Unknown(Struct, frozen=True):
    """A durable event of a kind that this client does not know.

    it only moves the cursor, so that the next is no gap.
    """

    conversation: str
    seq: int


_command: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_item = msgspec.json.Decoder(AnyFromHub)
_items = msgspec.json.Decoder(list[AnyFromHub])
_unknown = msgspec.json.Decoder(Unknown)
_raw_items = msgspec.json.Decoder(list[msgspec.Raw])
_encoder = msgspec.json.Encoder()
_REF = re.compile(rb'"ref"\s*:\s*(\d{1,16})(?![\d.eE])')
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What msgspec raises for what it is given; a text may hold half a surrogate pair."""
_known_tags = frozenset(kind.__struct_config__.tag for kind in AnyCommand.__args__)
_known_items = frozenset(kind.__struct_config__.tag for kind in AnyFromHub.__args__)
_ASPECTS = frozenset(get_args(Aspect))


class BadFrame(ValueError):
    """A frame that is no command of this protocol.

    Attributes:
        ref: the command's `ref` where the frame had one, else None.
        code: a row of `codes.ERRORS`: `malformed` or `unknown_command`.
        values: what the row's text is formatted with.
    """

    def __init__(self, ref: int | None, code: str, **values: str) -> None:
        """Keep what the error reply needs."""
        super().__init__(code)
        self.ref, self.code, self.values = ref, code, values


def decode_command(data: bytes | str) -> AnyCommand:
    """Read one command.

    Raises:
        BadFrame: it is no JSON, no object, of an unknown kind, or a field is wrong.
    """
    try:
        return _command.decode(data)
    except UNREADABLE as error:
        raise _explain(data, error) from None


def _explain(data: bytes | str, error: Exception) -> BadFrame:
    try:
        loose: Any = msgspec.json.decode(data)
    except UNREADABLE:
        return BadFrame(_ref_in(data), "malformed", why="it is not valid JSON")
    if not isinstance(loose, dict):
        return BadFrame(None, "malformed", why="it is not an object")
    ref = loose.get("ref")
    found = ref if isinstance(ref, int) and not isinstance(ref, bool) and 0 <= ref <= LARGEST else None
    kind = loose.get("t")
    if isinstance(kind, str) and kind not in _known_tags:
        return BadFrame(found, "unknown_command", kind=kind[:40])
    return BadFrame(found, "malformed", why=str(error)[:200])


def _ref_in(data: bytes | str) -> int | None:
    """Find the ref of what is no JSON: half a surrogate pair in a text is enough for that.

    Inside a string the quotes would be escaped, so what is found is a key.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    found = [int(digits) for digits in _REF.findall(raw)]
    return found[0] if len(found) == 1 and found[0] <= LARGEST else None


def encode_command(command: Command) -> bytes:
    """Write one command as a frame."""
    return _encoder.encode(command)


def encode_frame(items: Sequence[AnyFromHub]) -> bytes:
    """Write replies and events that belong together as one frame; none of them is the heartbeat."""
    return _encoder.encode(items)


def decode_frame(data: bytes | str) -> tuple[list[AnyFromHub | Unknown], int]:
    """Read a frame from a hub.

    Returns:
        The replies and events in order, and how many this client does not know. Of those, the durable ones stand in
        the list as `Unknown`, because their `seq` counts; the others are left out. What only a later version knows
        of within a known one (an aspect of a description, a line between messages) is left out of it.

    Raises:
        BadFrame: it is no JSON array.
    """
    try:
        return [*_items.decode(data)], 0
    except UNREADABLE:
        pass
    try:
        raws = _raw_items.decode(data)
    except UNREADABLE as error:
        raise BadFrame(None, "malformed", why=str(error)[:200]) from None
    return _known(raws)


def _known(raws: list[msgspec.Raw]) -> tuple[list[AnyFromHub | Unknown], int]:
    found: list[AnyFromHub | Unknown] = []
    skipped = 0
    for raw in raws:
        try:
            found.append(_decoded(raw))
        except UNREADABLE:
            skipped += 1
            with contextlib.suppress(*UNREADABLE):
                found.append(_unknown.decode(raw))
    return found, skipped


def _decoded(raw: msgspec.Raw) -> AnyFromHub:
    found: AnyFromHub
    try:
        found = _item.decode(raw)
    except msgspec.ValidationError:
        found = msgspec.convert(_understood(msgspec.json.decode(raw)), AnyFromHub)
    return found


def _understood(item: Any) -> Any:
    """Return it without what only a later version knows; twin: js/src/client/codec.ts."""
    match item:
        case {"t": "described", "changed": [*aspects]}:
            return item | {"changed": [one for one in aspects if isinstance(one, str) and one in _ASPECTS]}
        case {"t": "snapshot" | "page", "notices": [*notices]}:
            return item | {"notices": [_understood(one) for one in notices if _is_known(one)]}
        case _:
            return item


def _is_known(item: Any) -> bool:
    kind = item.get("t") if isinstance(item, dict) else None
    return isinstance(kind, str) and kind in _known_items
