"""A program in a conversation, in a process of its own as a kernel is: `python bench/writer.py URL TOKEN HANDLE`.

Reads one JSON command a line and answers each with one line of times, ms of the machine's clock. `{"send": text}`: when
`chat.send` was called. `{"stream": n, "mark": text}`: when the first of n pieces was written, and when the block had
ended. Measures nothing else.
"""

from __future__ import annotations

import json
import sys
import time

from nbchat import Client

PIECE = "twelve more "
"""What one piece adds: about two tokens of a language model."""
SECONDS = 1 / 50
"""Between two pieces."""


def send(chat: Client, text: str) -> list[float]:
    """Send one message; ms."""
    begun = time.time()
    chat.send(text)
    return [begun * 1e3]


def stream(chat: Client, pieces: int, mark: str) -> list[float]:
    """Write so many pieces, `SECONDS` apart, the mark last; ms."""
    begun = time.time()
    with chat.streaming() as out:
        for n in range(pieces):
            out.write(PIECE if n < pieces - 1 else mark)
            time.sleep(max(0.0, begun + (n + 1) * SECONDS - time.time()))  # the pace is what is given
    return [begun * 1e3, time.time() * 1e3]


def main(hub: str, token: str, handle: str) -> None:
    """Do as told until there is nothing more."""
    with Client(handle, hub=hub, token=token) as chat:
        for line in sys.stdin:
            asked = json.loads(line)
            times = send(chat, asked["send"]) if "send" in asked else stream(chat, asked["stream"], asked["mark"])
            print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
