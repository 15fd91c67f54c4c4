"""Where texts are: what is deleted is nowhere, and what was written piece by piece is all there."""

from __future__ import annotations

import re

from nbchat.protocol import messages as m
from nbchat.store.memory_tables import Tables

from .streams import Stream
from .world import World

_TEXT = re.compile(r"¶\d+¶")


def check_remains(world: World, logs: dict[str, list[m.AnyDurable]]) -> None:
    """Texts of messages that are deleted are in no table of the store, in no hub's memory and in no client."""
    alive = set().union(*(_alive(log) for log in logs.values()))
    _check("the store", _tables(world.database), alive)
    for node in world.nodes:
        for one in node.core._state.conversations:
            _check(f"{node.name} in {one.id}", [one.ring, one.growing], alive)
    for client in world.clients:
        _check(client.name, client.link.state, alive)


def _alive(log: list[m.AnyDurable]) -> set[str]:
    """The texts that may still be there, in all their versions."""
    gone = {event.message for event in log if isinstance(event, m.Deleted)}
    told = [
        event
        for event in log
        if (isinstance(event, m.Posted) and event.seq not in gone)
        or (isinstance(event, m.Edited) and event.message not in gone)
    ]
    return set(_TEXT.findall(repr(told)))


def _tables(database: Tables) -> dict[str, object]:
    return {name: value for name, value in vars(database).items() if name != "_clock"}


def _check(where: str, thing: object, alive: set[str]) -> None:
    found = set(_TEXT.findall(repr(thing)))
    assert found <= alive, f"{where} still has {sorted(found - alive)}"


# ---------------------------------------------------------------------------------------------------- piece by piece


def check_streams(world: World, messages: dict[str, dict[int, m.Message]], logs: dict[str, list[m.AnyDurable]]) -> None:
    """Each message that was written piece by piece has what a hub that lives still was told of it, or all of it."""
    for stream in world.heard.streams:
        seq = stream.client.settled.get(stream.key, ("", 0))[1]
        message = messages.get(stream.conversation, {}).get(seq)
        if message is not None and message.deleted is None and not _disturbed(logs[stream.conversation], message):
            _check_stream(stream, message)
    ended = {(one.conversation, one.seq) for one in world.heard.streams if one.ended}
    for node in world.nodes:
        for one in node.core._state.conversations:
            for seq, growth in one.growing.items():
                message = messages[one.id][seq]
                assert (one.id, seq) not in ended, f"{one.id}/{seq} has its end, and {node.name} has {growth}"
                assert message.deleted is None, f"{one.id}/{seq} is deleted, and {node.name} has {growth}"
                writing = node.core._state.connections.get(growth.connection)
                assert writing is not None, f"{one.id}/{seq} is written by nobody"


def _check_stream(stream: Stream, message: m.Message) -> None:
    where = f"{stream.client.name}: {stream.conversation}/{message.seq}"
    assert stream.text.startswith(message.text), f"{where}: {message.text!r} is not of {stream.text!r}"
    if stream.ended:
        assert message.text == stream.text, f"{where}: {message.text!r} instead of {stream.text!r}"
    told = stream.told
    if told is not None and told.node.life == told.life and stream.is_over:
        assert message.text.startswith(told.text), f"{where}: {message.text!r}, although a hub was told {told.text!r}"


def _disturbed(log: list[m.AnyDurable], message: m.Message) -> bool:
    """Whether somebody has changed it in another way, or its author was kept from writing after it began."""
    for event in log[message.seq :]:
        match event:
            case m.Edited(message=seq, grown=False) if seq == message.seq:
                return True
            case m.Left(user=user) | m.Muted(user=user) if user == message.author:
                return True
            case m.Described(settings=settings) if settings.archived:
                return True
            case _:
                pass
    return False
