"""Whether a journal still has all that was committed into it. Used by `sqlite_file` before a database is opened.

SQLite takes the frames of a journal as far as they are whole, and forgets the others without a word: right after a
power cut, where what was not whole was never acknowledged. A journal that was cut off or overwritten later loses
acknowledged messages in the same silence. The index beside it (`-shm`) knows better: it has the number of the last
committed frame, written after the frame was on disk. Where this machine has not been restarted since, the two must
agree. Nothing is written here.

The layouts are those of https://sqlite.org/walformat.html, sections 1.1 to 1.3 and 2.1.
"""

from __future__ import annotations

import struct
import sys
import time
from array import array
from dataclasses import dataclass
from pathlib import Path

_INDEX_HEADER, _INDEX_BYTES = 48, 136
_JOURNAL_HEADER, _FRAME_HEADER = 32, 24
_BIG_ENDIAN_MAGIC = 0x377F0683
_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class _Index:
    """The head of the index: what was committed.

    Attributes:
        frames: of the journal, up to the last commit.
        copied: how many of them are in the database already.
        page: bytes of a page.
        salt: what the frames of this round begin with.
    """

    frames: int
    copied: int
    page: int
    salt: bytes


def lost_frames(path: Path) -> int:
    """Return how many committed pages the journal of this database has lost; 0 where all is well or nothing is known.

    Args:
        path: the database; other processes may write to it meanwhile.
    """
    index_path, journal = Path(f"{path}-shm"), Path(f"{path}-wal")
    if not _of_this_boot(index_path):
        return 0
    index = _index(index_path)
    if index is None or not index.frames:
        return 0
    whole = _whole_frames(journal, index)
    if not whole and index.copied >= index.frames:
        return 0  # the database has all of it, and no older page stands in front of it
    # Another process may have begun the journal anew between the two looks: it changes the index first.
    return index.frames - whole if whole < index.frames and _index(index_path) == index else 0


def _of_this_boot(path: Path) -> bool:
    """Whether the file was made since the machine started: an index that outlived a power cut says nothing."""
    up = time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()
    try:
        return path.stat().st_mtime > time.time() - up
    except OSError:
        return False


def _index(path: Path) -> _Index | None:
    """Read the head of the index; None where it is not whole, so that SQLite will make it anew."""
    try:
        with path.open("rb") as file:
            head = file.read(_INDEX_BYTES)
    except OSError:
        return None
    if len(head) < _INDEX_BYTES or head[:_INDEX_HEADER] != head[_INDEX_HEADER : 2 * _INDEX_HEADER] or head[12] != 1:
        return None
    (page,) = struct.unpack_from("=H", head, 14)
    (frames,) = struct.unpack_from("=I", head, 16)
    (copied,) = struct.unpack_from("=I", head, 96)
    return _Index(frames, copied, 65536 if page == 1 else page, head[32:40])


def _whole_frames(path: Path, index: _Index) -> int:
    """Count the frames of this round whose checksums follow from each other, up to the last one that counts."""
    try:
        with path.open("rb") as file:
            header = file.read(_JOURNAL_HEADER)
            if len(header) < _JOURNAL_HEADER or header[16:24] != index.salt:
                return 0
            big = int.from_bytes(header[:4], "big") == _BIG_ENDIAN_MAGIC
            sums = _add((0, 0), header[:24], big=big)
            if sums != struct.unpack(">II", header[24:32]):
                return 0
            for number in range(index.frames):
                frame = file.read(_FRAME_HEADER + index.page)
                if len(frame) < _FRAME_HEADER + index.page or frame[8:16] != index.salt:
                    return number
                sums = _add(sums, frame[:8] + frame[_FRAME_HEADER:], big=big)
                if sums != struct.unpack(">II", frame[16:24]):
                    return number
    except OSError:
        return 0
    return index.frames


def _add(sums: tuple[int, int], data: bytes, *, big: bool) -> tuple[int, int]:
    """Go on with the checksum over these bytes."""
    words = array("I", data)
    if big != (sys.byteorder == "big"):
        words.byteswap()
    first, second = sums
    pairs = iter(words)
    for one, two in zip(pairs, pairs, strict=True):
        first = (first + one + second) & _WORD
        second = (second + two + first) & _WORD
    return first, second
