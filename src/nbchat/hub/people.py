"""The directory: who is on this hub, under which name; and lists of conversations to choose from."""

from __future__ import annotations

from nbchat.protocol.messages import (
    Channels,
    Conversations,
    Done,
    FindChannels,
    FindPeople,
    ListConversations,
    Named,
    People,
    Person,
    Rename,
)

from .connections import Connection
from .flows import Refusal, Steps, must_read, stored
from .items import PersonStored, PutPerson
from .names import BadName, clean_name, imitated, plain
from .ports import NamedNote
from .queries import ListPage, LoadChannels, LoadList, LoadPeople, PeopleRecord
from .rows import summary
from .state import State

RENAMED = 200
"""People whose new names a client is told that comes back: they say nothing of when it was here last, and names change
seldom.
"""


def rename(state: State, connection: Connection, command: Rename) -> Steps[Done]:
    """Change the own display name, unless it could be taken for somebody else's."""
    try:
        name = clean_name(command.name)
    except BadName as bad:
        raise Refusal("bad_name", name=bad.name, why=bad.why) from None
    state.pace_change(connection.user)
    record = yield from must_read(LoadPeople(namesakes=name), PeopleRecord)
    if imitated(name, connection.user, record.people):
        raise Refusal("bad_name", name=name, why="somebody else is known by it")
    outcome = yield PutPerson(person=Person(connection.user, name), rename=True)
    stored(outcome, PersonStored)
    return Done(ref=command.ref)


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
        del state.names[next(iter(state.names))]
    user = state.connections.users.get(person.id)
    if user is not None:
        user.person = person
    for conversation in state.conversations:
        if person.id in conversation.members:
            conversation.members[person.id] = person
    state.tell_all(Named(person=person))


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


def find_person(name: str) -> Steps[Person]:
    """Return who has this id, or else is alone in having this display name.

    Raises:
        Refusal: there is nobody, or there are several.
    """
    record = yield from must_read(LoadPeople(ids=(name,)), PeopleRecord)
    if record.people:
        return record.people[0]
    record = yield from must_read(LoadPeople(namesakes=name), PeopleRecord)
    found = [person for person in record.people if plain(person.name) == plain(name)]
    if len(found) != 1:
        raise Refusal("unknown_person", name=name)
    return found[0]


def find_people(state: State, command: FindPeople) -> Steps[People]:
    """The directory, by name."""
    record = yield from must_read(LoadPeople(query=command.query.strip(), limit=command.limit), PeopleRecord)
    return People(ref=command.ref, people=state.named(record.people), more=record.more)


def find_channels(state: State, connection: Connection, command: FindChannels) -> Steps[Channels]:
    """Open channels to look at and join."""
    query = LoadChannels(user=connection.user, query=command.query.strip().removeprefix("#"), limit=command.limit)
    page = yield from must_read(query, ListPage)
    rows = [summary(row) for row in page.rows]
    return Channels(ref=command.ref, channels=rows, people=state.named(page.people), more=page.more)


def list_conversations(state: State, connection: Connection, command: ListConversations) -> Steps[Conversations]:
    """Older rows of the own list; from now on the connection is given their events too.

    What it was told of before, or is being told of, keeps its cursor: the row may be older or newer than that.
    """
    query = LoadList(user=connection.user, limit=command.limit, before=command.before)
    page = yield from must_read(query, ListPage)
    for row in page.rows:
        if row.id not in connection.cursors and row.id not in connection.paused:
            connection.cursors[row.id] = row.last_seq
    rows = [summary(row) for row in page.rows]
    return Conversations(ref=command.ref, conversations=rows, people=state.named(page.people), more=page.more)
