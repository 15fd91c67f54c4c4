"""A message that is written piece by piece in the simulation: what client/writing.py does, with appointments.

It ends by an `edit`, or by the end of the process that writes it, and all kinds of breaks come in between.
"""

from __future__ import annotations

from dataclasses import dataclass

from nbchat.client.outputs import Answer
from nbchat.protocol import messages as m

from .clients import Client
from .hubs import Node
from .time import Time

OVER = frozenset({"deleted", "forbidden", "muted", "not_member", "unknown_conversation", "banned", "archived"})
"""Errors after which a writer gives up."""


@dataclass(frozen=True)
class Told:
    """What a hub has taken of it, and in which of its lives."""

    text: str
    node: Node
    life: int


class Stream:
    """One message on its way.

    Attributes:
        text: all that was written.
        seq: of the message; None until it is stored.
        told: what a hub has said that it has.
        ended: whether the hub has stored its end.
    """

    def __init__(self, client: Client, time: Time, conversation: str, pieces: int) -> None:
        self.client, self.conversation, self._time, self._left = client, conversation, time, pieces
        self.seq: int | None = None
        self.told: Told | None = None
        self.ended = self._over = self._flying = False
        self._whole, self._n, self._sent = True, 0, 0
        self._life = client.life
        self.text = client.heard.text("once")
        self.key = client.post(conversation, self.text)
        self._sent = len(self.text)
        client.heard.streams.append(self)
        self._again()

    @property
    def is_over(self) -> bool:
        """Whether nothing of it waits for its end any more: its end is stored, or its process is gone."""
        return self.ended or self.client.life != self._life

    def _again(self) -> None:
        self._time.later(0.01, 0.2, self._step)

    def _step(self) -> None:
        if self.client.life != self._life or self._over or self.key in self.client.refused:
            return  # its process is gone, or it is of no use
        self.seq = self.client.settled.get(self.key, ("", None))[1]
        if self._left > 0 and not self._time.calm:
            self._left -= 1
            self.text += f" and {self._left}"
        elif self.seq is not None:
            self._end()
            return
        if self.seq is not None and not self._flying and (self._sent < len(self.text) or self._whole):
            self._tell(self.seq)
        self._again()

    def _tell(self, seq: int) -> None:
        piece, self._flying = self.text if self._whole else self.text[self._sent :], True
        self._n, self._sent, whole, text = self._n + 1, len(self.text), self._whole, self.text
        self._whole = False
        command = m.Grow(ref=0, conversation=self.conversation, message=seq, n=self._n, text=piece, whole=whole)

        def answered(reply: Answer | m.Error) -> None:
            self._flying = False
            if isinstance(reply, m.Error):
                self._whole, self._over = True, self._over or reply.code in OVER
            elif self.client.node is not None:
                self.told = Told(text, self.client.node, self.client.node.life)

        self.client.ask(command, answered)

    def _end(self) -> None:
        """Have all of it stored. A piece that is still on its way is not waited for."""
        self._over = True
        assert self.seq is not None
        command = m.Edit(
            ref=0, conversation=self.conversation, message=self.seq, text=self.text, key=f"end-{self.key}", grown=True
        )

        def answered(reply: Answer | m.Error) -> None:
            if isinstance(reply, m.Done):
                self.ended = True
            elif isinstance(reply, m.Error) and reply.code not in OVER:
                self._time.later(0.1, 0.5, self._end_again)

        self.client.ask(command, answered)

    def _end_again(self) -> None:
        if self.client.life == self._life:
            self._end()
