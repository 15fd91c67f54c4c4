"""What keeping the lines between messages costs: one more line asks only the last message where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from vectors.shapes import CY, joined, message

from nbchat.client.ranges import extend
from nbchat.client.state import Range
from nbchat.protocol.messages import Message


class Counted(list[Message]):
    """Messages that count how often somebody walks through all of them."""

    walks = 0

    def __iter__(self) -> Iterator[Message]:
        self.walks += 1
        return super().__iter__()


def test_of_one_more_line_only_the_last_message_is_asked() -> None:
    messages = Counted(message(seq) for seq in range(1, 201))
    timeline = Range(first=1, last=200, messages=messages, has_before=False)
    extend([timeline], 200, None, joined(201, CY))
    assert [event.seq for event in timeline.notices] == [201]
    assert messages.walks == 0
