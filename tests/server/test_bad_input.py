"""Who sends what is no frame, too much, or too fast, or does not read: told or closed, and the others stay."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nbchat.protocol.limits import HubLimits, Rate
from nbchat.protocol.messages import (
    Accepted,
    Error,
    Ping,
    Pong,
    Post,
)
from nbchat.server.standalone import Served

from .conftest import Serve, enters, guest, owner


async def test_bad_frames_get_errors_and_the_connection_lives(start: Serve) -> None:
    line, _ = await enters(await guest(start(), "Bob"))
    for frame in ("{", "[]", b"\x00\xff", '{"t":"post","ref":9}', '{"t":"dance","ref":10}'):
        await line.sends(frame)
        assert (await line.sees(Error)).code in ("malformed", "unknown_command")
    await line.says(Ping(ref=11))
    assert (await line.sees(Pong)).ref == 11


@pytest.mark.parametrize("size", [65537, 900_000])
async def test_an_oversized_frame_is_told_then_closed(start: Serve, size: int) -> None:
    line, _ = await enters(await guest(start(), "Bob"))
    await line.sends(json.dumps({"t": "post", "ref": 3, "text": "x" * size}))
    assert (await line.sees(Error)).code == "frame_too_large"
    assert await line.closed() == 1009


async def test_a_frame_beyond_all_measure_is_closed(start: Serve) -> None:
    line, _ = await enters(await guest(start(), "Bob"))
    await line.sends("x" * (1024 * 1024 + 1))
    assert await line.closed() in (1009, None)  # Tornado may end the socket before its close frame was read


async def test_sending_too_fast_is_slow_never_a_close(start: Serve) -> None:
    line, room = await enters(await guest(start(), "Bob"))
    for number in range(30):
        await line.says(Post(ref=100 + number, conversation=room, key=f"key-{number:05d}", text="hi"))
    told: list[Any] = [await line.sees((Accepted, Error)) for _ in range(30)]  # type: ignore[arg-type]
    slow = [one for one in told if isinstance(one, Error)]
    assert slow
    assert all(one.code == "slow" and (one.retry_after or 0) > 0 for one in slow)
    assert len(told) - len(slow) >= 20
    await line.says(Ping(ref=11))
    assert (await line.sees(Pong)).ref == 11


async def test_a_flood_is_told_then_closed_and_the_others_stay(start: Serve) -> None:
    served = start(limits=HubLimits(flood_frames=20))
    calm, _ = await enters(owner(served))
    line, _ = await enters(await guest(served, "Bob"))
    for ref in range(200):
        await line.sends(f'{{"t":"ping","ref":{ref}}}')
    assert (await line.sees(Error)).code == "flood"
    assert await line.closed() == 4003
    await calm.says(Ping(ref=11))
    assert (await calm.sees(Pong)).ref == 11


async def test_a_stalled_reader_is_closed_and_the_others_get_everything(start: Serve) -> None:
    # Sends are not what is tested here, so they are as good as free.
    fast = Rate(100_000, 100_000)
    served: Served = start(limits=HubLimits(queue_bytes=65536, page_send=fast, flood_frames=100_000))
    stalled, room = await enters(await guest(served, "Bob"))
    writer, _ = await enters(owner(served))
    # Nobody reads this socket any more: the buffers of the kernel fill, then the hub's queue.
    text, sent = "x" * 9000, 0
    while served.hub.runner.connections == 2:
        assert sent < 3000, "the stalled reader was never closed"
        sent += 1
        await writer.says(Post(ref=sent + 10, conversation=room, key=f"key-{sent:05d}", text=text))
        await writer.sees(Accepted)
    assert served.hub.runner.connections == 1
    await writer.says(Ping(ref=11))
    assert (await writer.sees(Pong)).ref == 11
    # What is on its way can still be read; the code at its end says "resume".
    assert await stalled.closed() == 4002
