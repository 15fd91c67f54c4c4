r"""WebSocket frames that come in: bytes to messages, by RFC 6455. Pure; the socket is `direct`'s.

Tornado's reader is a chain of coroutines that waits four times for each frame; half of the hub's time for a message
went there (docs/performance.md). This one takes whatever a socket gave and returns the whole frames in it. It never
writes, never waits, and keeps at most one unfinished message of the size that the hub takes.

The rules, each with its place in the RFC:

1. A client's frames are masked (5.1); no extension was agreed on, so the reserved bits are 0 (5.2).
2. A length has its shortest form, and its highest bit is 0 (5.2).
3. Control frames have at most 125 bytes and are whole; they may stand between the pieces of a message (5.4, 5.5).
4. A message begins with a text or binary frame and goes on with continuations, until one is final (5.4).
5. A text, and the reason of a close, is UTF-8 (5.6, 8.1); a close has no payload, or a code that may be sent (7.4).

Example:
    >>> frames = Frames(limit=65536)
    >>> list(frames.read(b"\x81\x82\0\0\0\0hi"))
    [(1, b'hi')]
"""

from __future__ import annotations

from collections.abc import Iterator

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
"""Kinds of frames (RFC 6455, 5.2)."""
PROTOCOL_ERROR, NOT_UTF8, POLICY = 1002, 1007, 1008
"""Codes of a close (RFC 6455, 7.4.1)."""
_KINDS = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})
_CONTROL_BYTES = 125
PIECES = 1_000
"""Frames that one message may come in. Clients send one or a few; empty ones without end would cost only time."""


class BadFrames(ValueError):
    """The other side does not keep to the protocol; nothing that comes after this means anything.

    Attributes:
        code: what the connection is to be closed with.
        reason: the same in words, for the close frame.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class TooLarge(ValueError):
    """A message is longer than it may be; it was not read.

    Attributes:
        size: bytes, as far as its frames have announced them.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"a message of {size} bytes")
        self.size = size


class Frames:
    """Reads the frames of one connection.

    Attributes:
        pieces: of messages that came in more than two, for who counts what a client costs and takes off what is paid.
    """

    __slots__ = ("_kept", "_kind", "_limit", "_message", "_pieces", "pieces")

    def __init__(self, limit: int) -> None:
        """Begin after the handshake; `limit` is the most that a message may have, in bytes."""
        self._limit = limit
        self._kept = b""
        self._kind = CONTINUATION
        self._message: bytearray | None = None
        self._pieces = self.pieces = 0

    def read(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield (kind, payload) of each message and control frame that is whole with these bytes.

        Kinds are TEXT, BINARY, CLOSE, PING and PONG. Ask for all of them before the next `read`, or not again.

        Raises:
            BadFrames: a rule above was broken. What came before it was yielded.
            TooLarge: a message is too long.
        """
        if self._kept:
            data, self._kept = self._kept + data, b""
        at, end = 0, len(data)
        while end - at >= 2:
            kind, is_final = data[at] & 0x0F, data[at] >= 0x80
            self._check_head(data[at], data[at + 1])
            length = data[at + 1] & 0x7F
            mask = at + 2
            if length > _CONTROL_BYTES:
                mask += 2 if length == 126 else 8
                if end < mask:
                    break
                length = _long(data[at + 2 : mask])
            self._check_size(kind, length)
            begin = mask + 4
            if end - begin < length:
                break
            at = begin + length
            whole = self._take(kind, is_final, _unmasked(data[mask:begin], data[begin:at]))
            if whole is not None:
                yield whole
        self._kept = data[at:]

    def _check_head(self, first: int, second: int) -> None:
        """Look at the first two bytes of a frame."""
        kind = first & 0x0F
        if first & 0x70 or kind not in _KINDS or second < 0x80:
            raise BadFrames(PROTOCOL_ERROR, "reserved bits, an unknown kind, or no mask")
        if kind >= CLOSE:
            if first < 0x80 or second & 0x7F > _CONTROL_BYTES:
                raise BadFrames(PROTOCOL_ERROR, "a control frame in pieces, or too long")
        elif (kind == CONTINUATION) != (self._message is not None):
            raise BadFrames(PROTOCOL_ERROR, "a continuation of nothing, or a message inside another")

    def _check_size(self, kind: int, length: int) -> None:
        """Before any of it is kept."""
        size = length + (len(self._message) if kind == CONTINUATION and self._message is not None else 0)
        if size > self._limit:
            raise TooLarge(size)

    def _take(self, kind: int, is_final: bool, payload: bytes) -> tuple[int, bytes] | None:
        """Take one frame; return what is whole with it."""
        if kind >= CLOSE:
            if kind == CLOSE:
                check_close(payload)
            return kind, payload
        if kind == CONTINUATION:
            message = self._message
            if message is None:
                raise AssertionError("a continuation of nothing was let in")
            message += payload
            if not is_final:
                self._pieces += 1
                self.pieces += 1
                if self._pieces >= PIECES:
                    raise BadFrames(POLICY, "a message in too many pieces")
                return None
            kind, payload, self._message = self._kind, bytes(message), None
        elif not is_final:
            self._kind, self._message, self._pieces = kind, bytearray(payload), 1
            return None
        if kind == TEXT:
            _check_text(payload)
        return kind, payload


def check_close(payload: bytes) -> None:
    """See whether the payload of a close frame is one.

    Raises:
        BadFrames: it is none.
    """
    if payload and not _may_be_sent(int.from_bytes(payload[:2], "big") if len(payload) > 1 else 0):
        raise BadFrames(PROTOCOL_ERROR, "a close with a code that nobody may send")
    _check_text(payload[2:])


def close_frame(code: int, reason: str) -> bytes:
    """One close frame; a reason that is too long for it is cut, and never inside a character."""
    text = reason.encode()[: _CONTROL_BYTES - 2].decode(errors="ignore").encode()
    return bytes((0x80 | CLOSE, 2 + len(text))) + code.to_bytes(2, "big") + text


def pong_frame(payload: bytes) -> bytes:
    """The answer to a ping with this payload."""
    return bytes((0x80 | PONG, len(payload))) + payload


def _may_be_sent(code: int) -> bool:
    """1005, 1006 and 1015 only name what happened; 1016 to 2999 mean nothing yet; 3000 up is for libraries and us."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def _long(digits: bytes) -> int:
    """The longer forms of a length."""
    length = int.from_bytes(digits, "big")
    if length < (126 if len(digits) == 2 else 65536) or length >= 1 << 63:
        raise BadFrames(PROTOCOL_ERROR, "a length that is not in its shortest form, or negative")
    return length


def _unmasked(mask: bytes, payload: bytes) -> bytes:
    """As one operation on long numbers: the fastest that Python itself has."""
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


def _check_text(payload: bytes) -> None:
    if not payload.isascii():
        try:
            payload.decode()
        except UnicodeDecodeError:
            raise BadFrames(NOT_UTF8, "text that is not UTF-8") from None
