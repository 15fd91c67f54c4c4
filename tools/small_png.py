"""Make a screenshot small: a PNG of at most 256 colours, which is a third to a fifth of what Chromium writes.

Pure: bytes in, bytes out; nothing but the standard library, so that pictures of the documentation need no other tool.
Takes what Chromium writes (8 bits a channel, RGB or RGBA, not interlaced) and nothing else.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

Colour = tuple[int, int, int]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256


def small_png(picture: bytes) -> bytes:
    """The same picture in at most 256 colours, without transparency.

    Raises:
        ValueError: it is no PNG as Chromium writes it.
    """
    width, height, rows = _decode(picture)
    pixels = [Counter(zip(row[0::3], row[1::3], row[2::3], strict=True)) for row in rows]
    counts: Counter[Colour] = sum(pixels, Counter())
    palette, place = _palette(counts)
    lines = (bytes([place[one] for one in zip(row[0::3], row[1::3], row[2::3], strict=True)]) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    colours = b"".join(bytes(colour) for colour in palette)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", data), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def _palette(counts: Counter[Colour]) -> tuple[list[Colour], dict[Colour, int]]:
    """Up to 256 colours, and which of them stands for each colour: median cut, each box cut where it is widest.

    What a screenshot has most of (background, text) keeps its own colour: one in two hundred pixels and more.
    """
    kept = [colour for colour, count in counts.most_common(COLOURS // 2) if count * 200 >= counts.total()]
    boxes = [[colour] for colour in kept]
    rest = [colour for colour in counts if colour not in set(kept)]
    boxes += [rest] if rest else []
    while len(boxes) < COLOURS:
        widest = max(range(len(boxes)), key=lambda at: _spread(boxes[at]) * len(boxes[at]) ** 0.5)
        if len(boxes[widest]) < 2:
            break
        box = boxes.pop(widest)
        channel = max(range(3), key=lambda one: _range(box, one))
        box.sort(key=lambda colour: colour[channel])
        boxes += [box[: len(box) // 2], box[len(box) // 2 :]]
    return [_mean(box, counts) for box in boxes], {colour: at for at, box in enumerate(boxes) for colour in box}


def _range(box: Sequence[Colour], channel: int) -> int:
    return max(colour[channel] for colour in box) - min(colour[channel] for colour in box)


def _spread(box: Sequence[Colour]) -> int:
    return max(_range(box, channel) for channel in range(3))


def _mean(box: Sequence[Colour], counts: Counter[Colour]) -> Colour:
    whole = sum(counts[colour] for colour in box)
    red, green, blue = (round(sum(colour[at] * counts[colour] for colour in box) / whole) for at in range(3))
    return red, green, blue


def _decode(picture: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height, and the rows: red, green and blue of each pixel."""
    parts = dict[bytes, bytes]()
    for kind, content in _chunks(picture):
        parts[kind] = parts.get(kind, b"") + content
    width, height, depth, kind_of_colour, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if depth != 8 or kind_of_colour not in (2, 6) or interlaced:
        raise ValueError(f"This PNG has {depth} bits and colour type {kind_of_colour}; screenshots have 8 and 2 or 6.")
    step = 3 if kind_of_colour == 2 else 4
    rows = _unfilter(zlib.decompress(parts[b"IDAT"]), width * step, step)
    if step == 4:
        rows = [bytes(value for at, value in enumerate(row) if at % 4 != 3) for row in rows]
    return width, height, rows


def _unfilter(data: bytes, length: int, step: int) -> list[bytes]:
    """Undo what PNG does to rows so that they are packed better (PNG specification, section 9)."""
    rows, above = list[bytes](), bytes(length)
    for start in range(0, len(data), length + 1):
        how, row = data[start], bytearray(data[start + 1 : start + 1 + length])
        for at in range(length if how else 0):
            left = row[at - step] if at >= step else 0
            corner = above[at - step] if at >= step else 0
            row[at] = (row[at] + _guess(how, left, above[at], corner)) & 255
        above = bytes(row)
        rows.append(above)
    return rows


def _guess(how: int, left: int, above: int, corner: int) -> int:
    if how == 4:
        middle = left + above - corner
        return min((left, above, corner), key=lambda one: abs(middle - one))
    return (0, left, above, (left + above) // 2)[how]


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not picture.startswith(SIGNATURE):
        raise ValueError("This is no PNG.")
    at = len(SIGNATURE)
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        yield kind, picture[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
