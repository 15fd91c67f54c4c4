"""The link's vectors about what views need: threads and single messages; also after a lost connection."""

from __future__ import annotations

from typing import Any

from nbchat.protocol import messages as m

from .link_verbs import Play, Step, again, at, hears, online, play, says, watching
from .shapes import error, found, left, message, page, replied, row, snapshot, welcome


def history(ref: int, thread: int, after: int | None = None) -> dict[str, Any]:
    return says(m.History(ref=ref, conversation="c1", thread=thread, after=after))


def lookup(ref: int, *seqs: int, id: str = "c1") -> dict[str, Any]:
    return says(m.Lookup(ref=ref, conversation=id, seqs=list(seqs)))


def opens(time: float, root: int, *then: Any, **given: Any) -> Step:
    return at(time, "thread", *then, conversation="c1", root=root, **given)


def wants(time: float, seqs: list[int], *then: Any, id: str = "c1") -> Step:
    return at(time, "want", *then, conversation=id, seqs=seqs)


def replies(ref: int, *seqs: int, as_of: int = 10, after: bool = False) -> m.Page:
    """A page of the thread on 9."""
    found = [message(seq) if seq == 9 else message(seq, thread=9) for seq in seqs]
    return page(ref, found, as_of, before=False, after=after)


PLAYS: list[Play] = [
    play(
        "thread",
        "its newest replies are loaded once, kept up to date, and forgotten with its view",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            opens(2, 9),
            hears(2.1, [replies(3, 9, 10)]),
            hears(3, [replied(11, 9)], says(m.Ack(ref=4, cursors={"c1": 11}))),
            opens(4, 8, history(5, 8)),
            at(4.1, "unthread", conversation="c1", root=8),
            hears(4.2, [page(5, [message(8)], 11, before=False, after=False)]),
        ],
        state={
            "conversations": {
                "c1": {"threads": {"9": [{"messages": [{"seq": 9}, {"seq": 10}, {"seq": 11}], "last": 11}]}}
            }
        },
    ),
    play(
        "thread-closed",
        "a thread that no view shows is not kept",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [replies(3, 9)]),
            at(3, "unthread", conversation="c1", root=9),
            at(3, "unthread", conversation="c1", root=9),
        ],
        state={"conversations": {"c1": {"threads": {}}}},
    ),
    play(
        "thread-before-snapshot",
        "a thread that is opened with its conversation is asked for once that is here",
        [
            *online(),
            opens(1, 9),
            at(1, "watch", says(m.Watch(ref=2, conversation="c1")), conversation="c1"),
            hears(
                1.1,
                [snapshot(row(), [message(9), message(10)], has_before=True), m.Done(ref=2)],
                history(3, 9),
            ),
        ],
    ),
    play(
        "thread-overtaken",
        "what was written while its page was under way is asked for, so that it grows with the rest",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [replied(11, 9)], says(m.Ack(ref=4, cursors={"c1": 11}))),
            hears(2.2, [replies(3, 9)], history(5, 9, after=10)),
            hears(2.3, [replies(5, 11, as_of=11)]),
            hears(4, [replied(12, 9, "ada")]),
        ],
        state={"conversations": {"c1": {"threads": {"9": [{"last": 12, "messages": [{}, {"seq": 11}, {"seq": 12}]}]}}}},
    ),
    play(
        "thread-overtaken-and-lost",
        "what was missing when the connection broke is asked for on the next one",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [replied(11, 9, "ada")]),
            hears(2.2, [replies(3, 9)], history(4, 9, after=10)),
            *again(3, 5, watched={"c1": 11}, known={"c1": 11}),
            hears(4, [welcome(5, row(last_seq=11))], history(6, 9, after=10)),
            hears(4.1, [replies(6, 11, as_of=11)]),
        ],
        state={"conversations": {"c1": {"threads": {"9": [{"last": 11, "messages": [{}, {"seq": 11}]}]}}}},
    ),
    play(
        "thread-bridged",
        "after a lost connection events bridge what is loaded; what was under way is asked again",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [replies(3, 9)]),
            opens(2.2, 8, history(4, 8)),
            *again(3, 5, watched={"c1": 10}, known={"c1": 10}),
            hears(
                4,
                [welcome(5, row(last_seq=11)), replied(11, 9)],
                history(6, 8),
                says(m.Ack(ref=7, cursors={"c1": 11})),
            ),
        ],
        state={"conversations": {"c1": {"threads": {"9": [{"last": 11, "messages": [{}, {"seq": 11}]}]}}}},
    ),
    play(
        "thread-after-a-snapshot",
        "a snapshot forgets its replies: they are loaded again",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [replies(3, 9)]),
            *again(3, 4, watched={"c1": 10}, known={"c1": 10}),
            hears(4, [welcome(4, row(last_seq=900))]),
            hears(
                4,
                [m.Limited(conversation="c1"), snapshot(row(last_seq=900), [message(900)], has_before=True)],
                history(5, 9),
            ),
        ],
    ),
    play(
        "thread-refused",
        "a hub that cannot just now is asked again; one that refuses for good is not",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [error(3, "store_failed")], timer=3.1),
            at(3.1, "tick", history(4, 9)),
            hears(3.2, [error(4, "unknown_message")], timer=63.2),
        ],
    ),
    play(
        "thread-refused-and-closed",
        "what was to be asked again is not where nobody wants it any more",
        [
            *online(),
            *watching(),
            opens(2, 9, history(3, 9)),
            hears(2.1, [error(3, "store_failed")], timer=3.1),
            at(2.2, "unthread", conversation="c1", root=9),
            at(3.1, "tick"),
        ],
    ),
    play(
        "want",
        "single messages are asked for together, one command at a time, and none twice",
        [
            *online(),
            *watching(),
            wants(2, [3, 9, 4, 3], lookup(3, 3, 4)),
            wants(2, [4, 5]),
            wants(2, [6]),
            hears(2.1, [found(3, [message(3)])], lookup(4, 5, 6)),
            hears(2.2, [found(4, [message(5), message(6)])]),
            wants(3, [3, 4, 5, 6, 9, 10]),
        ],
        state={"conversations": {"c1": {"asides": {"3": {"seq": 3}, "4": None, "5": {}, "6": {}}}}},
    ),
    play(
        "want-many",
        "at most fifty in one command",
        [
            *online(),
            *watching(),
            wants(2, [*range(1_001, 1_061)], lookup(3, *range(1_001, 1_051))),
            hears(2.1, [found(3, [])], lookup(4, *range(1_051, 1_061))),
            hears(2.2, [found(4, [])]),
        ],
    ),
    play(
        "want-before-connected",
        "wishes wait for the connection and for their conversation",
        [
            wants(0, [3]),
            wants(0, [4], id="c9"),
            *online()[:2],
            hears(1, [welcome(1, row())], {"identity": ["s1", "ada"]}, lookup(2, 3)),
            hears(2, [m.Added(summary=row("c9"), people=[])], lookup(3, 4, id="c9")),
        ],
    ),
    play(
        "want-again",
        "what was asked for when the connection broke is asked for again; a refusal is not",
        [
            *online(),
            *watching(),
            wants(2, [3], lookup(3, 3)),
            wants(2, [4]),
            *again(3, 4, watched={"c1": 10}, known={"c1": 10}),
            hears(4, [welcome(4)], lookup(5, 3, 4)),
            hears(4.1, [error(5, "store_failed")], timer=5.1),
            at(5.1, "tick", lookup(6, 3, 4)),
            hears(5.2, [error(6, "not_member")], timer=65.2),
            wants(6, [3], lookup(7, 3)),
        ],
    ),
    play(
        "want-of-what-is-ours-no-more",
        "wishes end with the conversation",
        [
            *online(),
            at(1, "watch", says(m.Watch(ref=2, conversation="c1")), conversation="c1"),
            hears(1, [snapshot(row(), [message(9), message(10)], has_before=True), m.Done(ref=2)]),
            wants(2, [3], lookup(3, 3)),
            wants(2, [4]),
            at(2.05, "read", says(m.Read(ref=4, conversation="c1", seq=9)), conversation="c1", seq=9),
            at(2.1, "read", conversation="c1", seq=10),
            hears(2.2, [left(11, "ada"), error(3, "not_member")]),
            at(3.05, "tick"),
            hears(4, [m.Added(summary=row(last_seq=12), people=[])], says(m.Watch(ref=5, conversation="c1"))),
        ],
    ),
]
