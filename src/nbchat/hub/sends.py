"""What one decision gives to connections: frames that are encoded once, one write for each. A part of the shell.

A `send` of the operating system costs more than a copy, so all frames that one decision has for one connection leave
together. Never decides who is given what (the core does), nor closes a connection. Pure: bytes go to `outbound`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from nbchat.protocol.codec import encode_frame

from .effects import Connection, Send
from .figures import Figures
from .outbound import Outbound, text_frame


class Sends:
    """The frames of one decision after the other.

    Example:
        >>> sends.clear()
        >>> sends.add(Send((1, 2), (event,)))
        >>> sends.add(Send((1,), (reply,)))
        >>> sends.write_all(now)        # one write for each of the two
        []
    """

    def __init__(
        self, outs: Mapping[Connection, Outbound], figures: Figures, drained: Callable[[Connection], None]
    ) -> None:
        """Write to the connections that are in `outs` then.

        Args:
            outs: the open connections, which come and go.
            figures: what is told of each frame.
            drained: called when the queue of a connection that was left out is empty again.
        """
        self._outs, self._figures, self._drained = outs, figures, drained
        self._frames: dict[Connection, tuple[bytes, ...]] = {}

    def clear(self) -> None:
        """Begin: what a decision before has left, because something failed, is not for this one."""
        self._frames.clear()

    def add(self, send: Send) -> None:
        """Encode, and keep it for each connection after what it has already."""
        frame, frames = text_frame(encode_frame(send.items)), self._frames
        to = self._listening(send.to) if send.ephemeral else send.to
        figures = self._figures
        figures.frames += 1
        figures.deliveries += len(to)
        figures.bytes += len(frame) * len(to)
        if not frames:  # what everybody is given comes first, and need not be looked up for each of them
            frames.update(dict.fromkeys(to, (frame,)))
            return
        for connection in to:
            frames[connection] = (*frames.get(connection, ()), frame)

    def write(self, connection: Connection, now: float) -> bool:
        """Write what there is for one connection; False where it reads too slowly, and nothing was written."""
        return self._write(connection, self._frames.pop(connection, ()), now)

    def write_all(self, now: float) -> list[Connection]:
        """Write all that there is; return the connections that read too slowly for it."""
        slow = [connection for connection, frames in self._frames.items() if not self._write(connection, frames, now)]
        self._frames.clear()
        return slow

    def _write(self, connection: Connection, frames: tuple[bytes, ...], now: float) -> bool:
        # Joined only now: as many copies at once as there are writers would be memory that is taken and given back.
        out = self._outs.get(connection)
        return out is None or not frames or out.write(b"".join(frames), now)

    def _listening(self, to: Sequence[Connection]) -> list[Connection]:
        """Return those whose queue has room for what may be left out; the others are told once it is empty."""
        listening = []
        for connection in to:
            out = self._outs.get(connection)
            if out is None:
                continue
            if out.skips_ephemeral:
                self._figures.skipped += 1
                out.missed(partial(self._drained, connection))
            else:
                listening.append(connection)
        return listening
