"""Rule 9 of hub/ports.py. What a bus may do (lose, delay, repeat) is for the simulation; this is what it has to do."""

from __future__ import annotations

import queue
from collections.abc import Callable

from kit.stores import WAIT

from nbchat.hub import ports
from nbchat.protocol.messages import Mark, Offered, OwnRow, Person

Make = Callable[[], ports.Bus]

NOTES: list[ports.Note] = [
    ports.Rang("c", 7),
    ports.TypingNote("c", "ada", True),
    ports.PresenceNote("hub-1", "ada", True),
    ports.OffersNote("hub-1", "c", (Offered("deploy", "to production", "ada"),)),
    ports.OwnNote(ports.OwnNews("ada", OwnRow("read:c", 3, 9, 0), 12)),
    ports.NamedNote(Person("ada", "Ada L.")),
    ports.MarksNote("c", (Mark("ada", 3, 2),)),
]


def listening(bus: ports.Bus) -> queue.SimpleQueue[ports.Note]:
    heard: queue.SimpleQueue[ports.Note] = queue.SimpleQueue()
    bus.start(heard.put)
    return heard


def test_every_kind_of_note_reaches_every_other_hub(make_bus: Make) -> None:
    sender, first, second = make_bus(), make_bus(), make_bus()
    listening(sender)
    ears = [listening(first), listening(second)]
    for note in NOTES:
        sender.publish(note)
    for heard in ears:
        assert [heard.get(timeout=WAIT) for _ in NOTES] == NOTES


def test_a_hub_does_not_hear_itself(make_bus: Make) -> None:
    one, other = make_bus(), make_bus()
    own, theirs = listening(one), listening(other)
    one.publish(NOTES[0])
    other.publish(NOTES[1])
    assert theirs.get(timeout=WAIT) == NOTES[0]
    assert own.get(timeout=WAIT) == NOTES[1]
    assert own.empty()


def test_after_close_nothing_is_heard_and_nothing_raises(make_bus: Make) -> None:
    sender, gone, there = make_bus(), make_bus(), make_bus()
    listening(sender)
    silent, heard = listening(gone), listening(there)
    gone.close()
    gone.close()
    sender.publish(NOTES[0])
    assert heard.get(timeout=WAIT) == NOTES[0]
    assert silent.empty()
    sender.close()
    sender.publish(NOTES[1])


def test_one_listener_that_fails_costs_the_others_nothing(make_bus: Make) -> None:
    sender, broken, there = make_bus(), make_bus(), make_bus()
    listening(sender)

    def fail(note: ports.Note) -> None:
        raise RuntimeError("this hub is broken")

    broken.start(fail)
    heard = listening(there)
    sender.publish(NOTES[0])
    assert heard.get(timeout=WAIT) == NOTES[0]
