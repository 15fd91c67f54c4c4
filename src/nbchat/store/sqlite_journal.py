"""Whether a journal still has all that was committed into it. Used by `sqlite_file` before a database is opened.

SQLite takes the frames of a journal as far as they are whole, and forgets the others without a word: right after a
power cut, where what was not whole was never acknowledged. A journal that was cut off or overwritten later loses
acknowledged messages in the same silence. The index beside it (`-shm`) knows better: it has the number of the last
committed frame, written after the frame was on disk. Where this machine has not been restarted since, the two must
agree; which start of the machine an index is of stands in an attribute of the file, because clocks that begin behind
cannot say it. Nothing else is written here.

The layouts are those of https://sqlite.org/walformat.html, sections 1.1 to 1.3 and 2.1.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from array import array
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbchat.processes import BOOT

_INDEX_HEADER, _INDEX_BYTES = 48, 136
_JOURNAL_HEADER, _FRAME_HEADER = 32, 24
_BIG_ENDIAN_MAGIC = 0x377F0683
_WORD = 0xFFFFFFFF
NOTE = "user.nbchat.boot"
"""The attribute of the index that has them."""
SUMMED = 1024
"""The checksums of so many frames are looked at, the newest: 4 MiB in about 0.1 s, as much as SQLite lets a journal
have. Of those before, in one that a slow reader keeps from being copied, only the heads are."""


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


def note_boot(path: Path) -> None:
    """Keep with the index in which start of the machine it was made, where the system can: Linux, but for some disks.

    Args:
        path: the database; it is open.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setxattr(f"{path}-shm", NOTE, BOOT.read_bytes())


def lost_frames(path: Path) -> int:
    """Return how many committed pages the journal of this database has lost; 0 where all is well or nothing is known.

    Args:
        path: the database; other processes may write to it meanwhile.
    """
    index_path, journal = Path(f"{path}-shm"), Path(f"{path}-wal")
    noted = _noted(index_path)
    if not (_by_the_clock(index_path) if noted is None else noted):
        return 0
    index = _index(index_path)
    if index is None or not index.frames:
        return 0
    whole = _whole_frames(journal, index)
    if whole is None:
        if not noted:  # a clock that began behind lets an older index look like one of now
            return 0
        whole = 0
    if not whole and index.copied >= index.frames:
        return 0  # the database has all of it, and no older page stands in front of it
    # Another process may have begun the journal anew between the two looks: it changes the index first.
    return index.frames - whole if whole < index.frames and _index(index_path) == index else 0


def _noted(path: Path) -> bool | None:
    """Whether it was noted in this start of the machine, or in an earlier one; None if nothing was noted."""
    if sys.platform == "linux":
        with suppress(OSError):
            return os.getxattr(path, NOTE) == BOOT.read_bytes()
    return None


def _by_the_clock(path: Path) -> bool:
    """Whether the file is younger than the start of the machine: an index that outlived a power cut says nothing."""
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


def _whole_frames(path: Path, index: _Index) -> int | None:
    """Count the frames of this round up to the last one that counts, or to one that is damaged; None: another round."""
    try:
        with path.open("rb") as file:
            header = file.read(_JOURNAL_HEADER)
            if len(header) < _JOURNAL_HEADER:
                return 0
            big = int.from_bytes(header[:4], "big") == _BIG_ENDIAN_MAGIC
            sums = _add((0, 0), header[:24], big=big)
            if sums != struct.unpack(">II", header[24:32]):
                return 0
            if header[16:24] != index.salt:
                return None
            for number in range(index.frames):
                frame = file.read(_FRAME_HEADER + index.page)
                if len(frame) < _FRAME_HEADER + index.page or frame[8:16] != index.salt:
                    return number
                stored = struct.unpack(">II", frame[16:24])
                if number >= index.frames - SUMMED:
                    sums = _add(sums, frame[:8] + frame[_FRAME_HEADER:], big=big)
                    if sums != stored:
                        return number
                sums = stored
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
