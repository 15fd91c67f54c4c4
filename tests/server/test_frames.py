"""The reader of WebSocket frames: the cases of the Autobahn suite that concern a server, and wsproto's opinion.

Each case is also fed one byte at a time: what a frame means may not depend on how the network cut it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, strategies as st
from kit.frames import MASK, frame
from wsproto.frame_protocol import FrameProtocol, ParseFailed

from nbchat.server.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    NOT_UTF8,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    BadFrames,
    Frames,
    TooLarge,
    close_frame,
    pong_frame,
)

LIMIT = 70_000
Seen = list[tuple[int, bytes]]


def read(chunks: Iterable[bytes]) -> tuple[Seen, int | str | None]:
    """Feed bytes. Returns what came out, and how it ended: a close code, "too large", or None."""
    frames, seen = Frames(LIMIT), Seen()
    for chunk in chunks:
        try:
            seen.extend(frames.read(chunk))
        except BadFrames as bad:
            return seen, bad.code
        except TooLarge:
            return seen, "too large"
    return seen, None


HELLO = "Hello-µ@ßöäüàá-UTF-8!!".encode()
CASES: dict[str, tuple[bytes, Seen, int | str | None]] = {
    # 1: framing
    "1.1.1 empty text": (frame(TEXT), [(TEXT, b"")], None),
    "1.1.2 125 bytes": (frame(TEXT, b"*" * 125), [(TEXT, b"*" * 125)], None),
    "1.1.3 126 bytes": (frame(TEXT, b"*" * 126), [(TEXT, b"*" * 126)], None),
    "1.1.5 128 bytes": (frame(TEXT, b"*" * 128), [(TEXT, b"*" * 128)], None),
    "1.1.6 65535 bytes": (frame(TEXT, b"*" * 65535), [(TEXT, b"*" * 65535)], None),
    "1.1.7 65536 bytes": (frame(TEXT, b"*" * 65536), [(TEXT, b"*" * 65536)], None),
    "1.2.1 empty binary": (frame(BINARY), [(BINARY, b"")], None),
    "1.2.4 binary that is no text": (frame(BINARY, b"\xfe" * 127), [(BINARY, b"\xfe" * 127)], None),
    "a mask of zeros": (frame(TEXT, b"hi", mask=b"\0\0\0\0"), [(TEXT, b"hi")], None),
    "no mask": (frame(TEXT, b"hi", mask=None), [], PROTOCOL_ERROR),
    "a length of 2 bytes that fits one": (frame(TEXT, b"hi", form=2), [], PROTOCOL_ERROR),
    "a length of 8 bytes that fits two": (frame(TEXT, b"*" * 126, form=8), [], PROTOCOL_ERROR),
    "a negative length": (b"\x81\xff\x80" + bytes(7) + MASK, [], PROTOCOL_ERROR),
    "one byte too many": (frame(TEXT, b"*" * (LIMIT + 1)), [], "too large"),
    "as many as may be": (frame(TEXT, b"*" * LIMIT), [(TEXT, b"*" * LIMIT)], None),
    "announced and never sent": (b"\x81\xff\x00\x00\x01" + bytes(5) + MASK, [], "too large"),
    "too many in pieces": (
        frame(TEXT, b"*" * LIMIT, final=False) + frame(CONTINUATION, b"*"),
        [],
        "too large",
    ),
    # 2: pings and pongs
    "2.1 ping without a payload": (frame(PING), [(PING, b"")], None),
    "2.3 ping with a binary payload": (frame(PING, b"\x00\xff\xfe"), [(PING, b"\x00\xff\xfe")], None),
    "2.4 ping of 125 bytes": (frame(PING, b"\xfe" * 125), [(PING, b"\xfe" * 125)], None),
    "2.5 ping of 126 bytes": (frame(PING, b"\xfe" * 126), [], PROTOCOL_ERROR),
    "2.7 a pong that nobody asked for": (frame(PONG, b"x") + frame(PING), [(PONG, b"x"), (PING, b"")], None),
    "2.10 ten pings": (frame(PING, b"p") * 10, [(PING, b"p")] * 10, None),
    # 3: reserved bits
    "3.1 bit 3": (frame(TEXT, b"x", reserved=1), [], PROTOCOL_ERROR),
    "3.2 bit 2 after a good one": (frame(TEXT, b"a") + frame(TEXT, b"b", reserved=2), [(TEXT, b"a")], PROTOCOL_ERROR),
    "3.4 bit 1, as compression has it": (frame(TEXT, b"x", reserved=4), [], PROTOCOL_ERROR),
    "3.5 of a ping": (frame(PING, reserved=5), [], PROTOCOL_ERROR),
    "3.7 of a close": (frame(CLOSE, reserved=7), [], PROTOCOL_ERROR),
    # 4: kinds
    **{f"4.1 kind {kind}": (frame(kind, b"x"), Seen(), PROTOCOL_ERROR) for kind in (3, 4, 5, 6, 7)},
    **{f"4.2 kind {kind}": (frame(kind, b"x"), Seen(), PROTOCOL_ERROR) for kind in (11, 12, 13, 14, 15)},
    # 5: pieces
    "5.1 a ping in pieces": (frame(PING, b"a", final=False), [], PROTOCOL_ERROR),
    "5.2 a pong in pieces": (frame(PONG, b"a", final=False), [], PROTOCOL_ERROR),
    "5.3 two pieces": (frame(TEXT, b"a", final=False) + frame(CONTINUATION, b"b"), [(TEXT, b"ab")], None),
    "5.6 a ping between": (
        frame(TEXT, b"a", final=False) + frame(PING, b"p") + frame(CONTINUATION, b"b"),
        [(PING, b"p"), (TEXT, b"ab")],
        None,
    ),
    "5.9 a continuation of nothing": (frame(CONTINUATION, b"x"), [], PROTOCOL_ERROR),
    "5.13 the same, not final": (frame(CONTINUATION, b"x", final=False), [], PROTOCOL_ERROR),
    "5.15 again after a whole message": (
        frame(TEXT, b"a", final=False) + frame(CONTINUATION, b"b") + frame(CONTINUATION, b"c"),
        [(TEXT, b"ab")],
        PROTOCOL_ERROR,
    ),
    "5.18 a message inside another": (frame(TEXT, b"a", final=False) + frame(TEXT, b"b"), [], PROTOCOL_ERROR),
    "5.19 a binary one in four pieces": (
        frame(BINARY, b"\xff", final=False)
        + frame(CONTINUATION, b"", final=False)
        + frame(CONTINUATION, b"b", final=False)
        + frame(CONTINUATION, b""),
        [(BINARY, b"\xffb")],
        None,
    ),
    # 6: UTF-8
    "6.2.1 valid": (frame(TEXT, HELLO), [(TEXT, HELLO)], None),
    "6.2.3 cut inside a character": (
        frame(TEXT, HELLO[:7], final=False) + frame(CONTINUATION, HELLO[7:]),
        [(TEXT, HELLO)],
        None,
    ),
    "6.3.1 half a surrogate pair": (frame(TEXT, b"ok\xed\xa0\x80edited"), [], NOT_UTF8),
    "6.6 ends inside a character": (frame(TEXT, HELLO[:7]), [], NOT_UTF8),
    "6.14 above the last character": (frame(TEXT, b"\xf4\x90\x80\x80"), [], NOT_UTF8),
    "6.21 longer than needed": (frame(TEXT, b"\xc0\xaf"), [], NOT_UTF8),
    # 7: closing
    "7.1.1 a message, then a close": (frame(TEXT, b"a") + frame(CLOSE), [(TEXT, b"a"), (CLOSE, b"")], None),
    "7.3.2 one byte": (frame(CLOSE, b"a"), [], PROTOCOL_ERROR),
    "7.3.3 a code": (frame(CLOSE, b"\x03\xe8"), [(CLOSE, b"\x03\xe8")], None),
    "7.3.4 code and reason": (frame(CLOSE, b"\x03\xe8bye"), [(CLOSE, b"\x03\xe8bye")], None),
    "7.3.6 a reason that is too long": (frame(CLOSE, b"\x03\xe8" + b"*" * 124), [], PROTOCOL_ERROR),
    "7.5.1 a reason that is not UTF-8": (frame(CLOSE, b"\x03\xe8\xce\xba\xe1\xbd\xff"), [], NOT_UTF8),
    "a close in pieces": (frame(CLOSE, b"\x03\xe8", final=False), [], PROTOCOL_ERROR),
    **{
        f"7.7 code {code}": (frame(CLOSE, code.to_bytes(2, "big")), [(CLOSE, code.to_bytes(2, "big"))], None)
        for code in (1000, 1001, 1002, 1003, 1007, 1011, 3000, 3999, 4000, 4999)
    },
    **{
        f"7.9 code {code}": (frame(CLOSE, code.to_bytes(2, "big")), Seen(), PROTOCOL_ERROR)
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
    },
}


@pytest.mark.parametrize("case", CASES)
def test_each_case_of_the_autobahn_suite(case: str) -> None:
    given, seen, end = CASES[case]
    assert read([given]) == (seen, end)


@pytest.mark.parametrize("case", [case for case, (given, _, _) in CASES.items() if len(given) < 1_000])
def test_each_case_byte_by_byte(case: str) -> None:
    given, seen, end = CASES[case]
    assert read(bytes((byte,)) for byte in given) == (seen, end)


def test_what_is_broken_is_found_before_its_payload_has_come() -> None:
    """Nobody can make the hub keep what it will not take."""
    assert read([frame(TEXT, b"*" * 60_000, reserved=1)[:2]]) == ([], PROTOCOL_ERROR)
    assert read([frame(TEXT, b"*" * (LIMIT + 1))[:14]]) == ([], "too large")


kinds = st.sampled_from([TEXT, BINARY, CONTINUATION, PING, PONG] * 4 + [3, 7, 11, 15])
payloads = st.one_of(
    st.text(max_size=40).map(str.encode), st.binary(max_size=40), st.integers(120, 400).map(lambda size: b"x" * size)
)
frames_of_clients = st.builds(
    frame,
    kinds,
    payloads,
    final=st.sampled_from([True, True, False]),
    reserved=st.sampled_from([0] * 20 + [1, 4]),
    mask=st.one_of(st.binary(min_size=4, max_size=4), st.sampled_from([MASK] * 10 + [None])),
)
endings = st.one_of(st.just(b""), st.binary(max_size=130).map(lambda payload: frame(CLOSE, payload)))


def theirs(data: bytes) -> tuple[Seen, int | None]:
    """The same bytes as wsproto reads them."""
    protocol, seen = FrameProtocol(client=False, extensions=[]), Seen()
    kind, parts = 0, b""
    protocol.receive_bytes(data)
    try:
        for got in protocol.received_frames():
            payload: Any = got.payload
            if got.opcode == CLOSE:
                status, reason = payload
                seen.append(
                    (CLOSE, b"" if status == 1005 else int(status).to_bytes(2, "big") + (reason or "").encode())
                )
                continue
            if got.opcode > CLOSE:
                seen.append((int(got.opcode), bytes(payload)))
                continue
            kind = got.opcode or kind
            parts += payload.encode() if isinstance(payload, str) else bytes(payload)
            if got.message_finished:
                seen.append((int(kind), parts))
                parts = b""
    except ParseFailed as failed:
        return seen, int(failed.code)
    return seen, None


@given(st.lists(frames_of_clients, max_size=8), endings, st.lists(st.integers(0, 2_000), max_size=12))
def test_wsproto_reads_the_same(sent: list[bytes], ending: bytes, cuts: list[int]) -> None:
    data = b"".join(sent) + ending
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    mine, end = read(data[a:b] for a, b in itertools.pairwise(edges))
    seen, code = theirs(data)
    if code == NOT_UTF8 and end != NOT_UTF8:
        # It looks at a text piece by piece; we when it is whole, if nothing else is wrong before.
        assert mine[: len(seen)] == seen
    else:
        assert (mine, end) == (seen, code)


def test_close_frames_are_never_too_long_nor_cut_inside_a_character() -> None:
    assert close_frame(4001, "bye") == b"\x88\x05\x0f\xa1bye"
    long = close_frame(4001, "é" * 100)
    assert (len(long), long[1], long[4:].decode()) == (2 + 2 + 122, 124, "é" * 61)
    assert pong_frame(b"x") == b"\x8a\x01x"
