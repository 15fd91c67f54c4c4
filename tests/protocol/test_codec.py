"""What is read from the wire, and what is said of a frame that cannot be read."""

from __future__ import annotations

import pytest

from nbchat.protocol.codec import BadFrame, decode_command, decode_frame
from nbchat.protocol.messages import Ack, Hello, History, Ping, Pong

LARGEST = 2**53


def refused(frame: bytes | str) -> BadFrame:
    with pytest.raises(BadFrame) as bad:
        decode_command(frame)
    return bad.value


@pytest.mark.parametrize("value", [-1, LARGEST + 1, 10**20])
@pytest.mark.parametrize(
    "frame",
    [
        '{"t":"history","ref":3,"conversation":"c","before":%s}',
        '{"t":"history","ref":3,"conversation":"c","after":%s}',
        '{"t":"history","ref":3,"conversation":"c","around":%s}',
        '{"t":"read","ref":3,"conversation":"c","seq":%s}',
        '{"t":"ack","ref":3,"cursors":{"c":%s}}',
        '{"t":"watch","ref":3,"conversation":"c","position":["e",%s]}',
        '{"t":"hello","ref":3,"resume":{"uv":%s}}',
        '{"t":"hello","ref":3,"resume":{"known":{"c":["e",%s]}}}',
    ],
)
def test_a_number_that_no_database_holds_is_malformed(frame: str, value: int) -> None:
    bad = refused(frame % value)
    assert (bad.ref, bad.code) == (3, "malformed")


def test_the_largest_number_is_one() -> None:
    history = decode_command(f'{{"t":"history","ref":{LARGEST},"conversation":"c","before":{LARGEST}}}')
    assert history == History(ref=LARGEST, conversation="c", before=LARGEST)
    assert decode_command('{"t":"ack","ref":0,"cursors":{"c":0}}') == Ack(ref=0, cursors={"c": 0})
    assert isinstance(decode_command('{"t":"hello","ref":1}'), Hello)


@pytest.mark.parametrize(
    "frame",
    [
        '{"t":"post","ref":12,"conversation":"c","key":"key-one!","text":"half a pair: \\ud83d"}',
        b'{"t":"post","ref" : 12,"conversation":"c","key":"key-one!","text":"\xff"}',
        '{"t":"post","conversation":"c","text":"says \\"ref\\":5 and \\ud83d","ref":12}',
        '{"t":"post","ref":12,"text":"cut o',
    ],
)
def test_what_is_no_json_is_answered_by_its_ref(frame: bytes | str) -> None:
    """Else the client would not know what was refused, and send it again for ever."""
    bad = refused(frame)
    assert (bad.ref, bad.code, bad.values["why"]) == (12, "malformed", "it is not valid JSON")


@pytest.mark.parametrize(
    "frame",
    ["", "{", '{"ref":-1', '{"ref":1,"ref":2', '{"ref":1.5', '{"ref":99999999999999999999', '{"ref":"7"', b"\xff"],
)
def test_what_has_no_clear_ref_has_none(frame: bytes | str) -> None:
    assert refused(frame).ref is None


def test_a_ref_that_cannot_be_said_back_is_none() -> None:
    assert refused('{"t":"ping","ref":100000000000000000000}').ref is None
    assert refused('{"t":"ping","ref":-1}').ref is None
    assert decode_command('{"t":"ping","ref":7}') == Ping(ref=7)


@pytest.mark.parametrize("number", [7, 10**40])
def test_what_is_wrong_and_of_a_later_version_is_left_out(number: int) -> None:
    frame = f'[{{"t":"snapshot","notices":[{{"t":"painted","seq":{number}}}]}},{{"t":"pong","ref":1}}]'
    assert decode_frame(frame) == ([Pong(ref=1)], 1)
