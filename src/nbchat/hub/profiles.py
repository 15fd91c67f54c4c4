"""What people show of themselves: display name, status, emoji, colour, and whether they tell when they were here.

The directory is open to everybody who is connected, so a change is told to all, here and at the other hubs. Names that
could be taken for somebody else's are refused (`names.imitated`).
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nbchat.protocol.limits import PERSON_COLORS
from nbchat.protocol.messages import Done, Named, Person, SetProfile

from . import presence
from .connections import Connection
from .deciding import author_of, emoji, line, valid
from .flows import Refusal, Steps, must_read, stored
from .items import PersonStored, PutPerson
from .names import clean_name, imitated
from .ports import NamedNote
from .queries import LoadPeople, PeopleRecord
from .state import State

STATUS_CHARS = 100
"""Longest status text, as `SetProfile.status` says. Slack's limit."""
RENAMED = 200
"""People whose new names a client is told that comes back: they say nothing of when it was here last, and names change
seldom.
"""


def set_profile(state: State, connection: Connection, command: SetProfile) -> Steps[Done]:
    """Change what the command names. A name may not be one that could be taken for somebody else's."""
    wanted = _wanted(command)
    state.pace_change(connection.user)
    if command.name is not None:
        record = yield from must_read(LoadPeople(namesakes=wanted["name"]), PeopleRecord)
        if imitated(wanted["name"], connection.user, record.people):
            raise Refusal("bad_name", name=wanted["name"], why="somebody else is known by it")
    found = yield from must_read(LoadPeople(ids=(connection.user,)), PeopleRecord)
    me = found.people[0] if found.people else author_of(state, connection)
    outcome = yield PutPerson(person=replace(me, **wanted), rename=True)
    stored(outcome, PersonStored)
    return Done(ref=command.ref)


def _wanted(command: SetProfile) -> dict[str, Any]:
    """Return the fields that the command names, checked."""
    fields = [field for field in Person.__struct_fields__ if field != "id"]
    wanted = {field: value for field in fields if (value := getattr(command, field)) is not None}
    if command.name is not None:
        wanted["name"] = valid(clean_name, command.name)
    if command.status is not None:
        wanted["status"] = line("status", command.status, STATUS_CHARS)
    if command.emoji is not None:
        wanted["emoji"] = emoji(command.emoji)
    if command.color and command.color not in PERSON_COLORS:
        raise Refusal("bad_own", key="color", why=f"choose one of {', '.join(PERSON_COLORS)}")
    return wanted


def renamed(state: State, outcome: PersonStored) -> None:
    """The directory has a new name: tell everybody, here and at the other hubs."""
    named(state, outcome.person, outcome.change)
    state.publish(NamedNote(outcome.person))


def named(state: State, person: Person, change: int) -> None:
    """Somebody has another name, as this hub or another one has stored; older news than was heard is ignored."""
    if change <= state.renamed.get(person.id, 0):
        return
    state.renamed[person.id] = change
    state.names.pop(person.id, None)
    state.names[person.id] = person
    if len(state.names) > RENAMED:
        first = next(iter(state.names))
        del state.names[first]
        state.renamed.pop(first, None)
    user = state.connections.users.get(person.id)
    if user is not None:
        user.person = person
    state.tell_all(Named(person=person))
    for conversation in state.conversations:
        had = conversation.members.get(person.id)
        if had is not None:
            conversation.members[person.id] = person
            if had.hide_seen != person.hide_seen:
                presence.tell(state, conversation, [person.id])


def last_renamed(state: State) -> Steps[list[Person]]:
    """Return the people who were renamed last, for who comes back and has not heard of it.

    Raises:
        Refusal: the store could not read.
    """
    if not state.names_known:
        record = yield from must_read(LoadPeople(renamed=True, limit=RENAMED), PeopleRecord)
        loaded = {person.id: person for person in reversed(record.people)}
        state.names = {**loaded, **state.names}
        state.names_known = True
    return list(state.names.values())
