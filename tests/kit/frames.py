"""Frames as a client writes them, right and wrong, and a client on a bare socket that can send anything."""

from __future__ import annotations

import asyncio
import base64
import os
from urllib.parse import urlsplit

SECONDS = 60.0
MASK = b"\x11\x22\x33\x44"


def frame(
    kind: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, mask: bytes | None = MASK, form: int = 0
) -> bytes:
    """One frame of a client. `form` forces the length into 2 or 8 bytes; without a mask it is a server's."""
    head = bytes((kind | reserved << 4 | (0x80 if final else 0),))
    masked = 0x80 if mask is not None else 0
    size = len(payload)
    form = form or (0 if size < 126 else 2 if size < 65536 else 8)
    head += bytes((masked | {0: size, 2: 126, 8: 127}[form],)) + (size.to_bytes(form, "big") if form else b"")
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class Bare:
    """A socket after the request for a handshake; what comes is read frame by frame."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def asks(cls, url: str, headers: dict[str, str], and_at_once: bytes = b"", *, path: str = "") -> Bare:
        """Ask for the socket of the hub at `url` (it ends in `/nbchat/`), with more bytes in the same packet.

        With a `path`, the way there is a UNIX socket.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
        reaching = asyncio.open_unix_connection(path) if path else asyncio.open_connection(host, port)
        reader, writer = await reaching
        given = {
            "Host": f"{host}:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **headers,
        }
        lines = [f"GET {parts.path}ws HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + and_at_once)
        return cls(reader, writer)

    async def answered(self) -> str:
        """The status line, once all headers have come."""
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), SECONDS)
        return head.split(b"\r\n", 1)[0].decode()

    def sends(self, data: bytes) -> None:
        """Send these bytes."""
        self._writer.write(data)

    async def gets(self) -> tuple[int, bytes]:
        """The next frame: kind and payload."""
        head = await asyncio.wait_for(self._reader.readexactly(2), SECONDS)
        size = head[1]
        if size > 125:
            size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
        return head[0] & 15, await asyncio.wait_for(self._reader.readexactly(size), SECONDS)

    async def ends(self) -> None:
        """Wait until the other side has closed; it may send nothing before."""
        rest = await asyncio.wait_for(self._reader.read(), SECONDS)
        assert rest == b"", rest

    def hangs_up(self) -> None:
        """Close without a word."""
        self._writer.close()

    def breaks_off(self) -> None:
        """Close at once, and forget what was not sent yet."""
        self._writer.transport.abort()
