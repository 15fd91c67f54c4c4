"""Lists to choose from: the people of this hub, the members of a conversation, open channels, the own conversations."""

from __future__ import annotations

from nbchat.protocol.messages import (
    Channels,
    Conversations,
    FindChannels,
    FindMembers,
    FindPeople,
    ListConversations,
    Member,
    Members,
    People,
    Person,
)

from . import policy, presence
from .connections import Connection
from .flows import Refusal, Steps, must_read, read
from .loading import enter
from .names import plain
from .queries import (
    ListPage,
    LoadChannels,
    LoadList,
    LoadMembers,
    LoadPeople,
    MemberRecord,
    MembersRecord,
    PeopleRecord,
)
from .state import State


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


def find_members(state: State, connection: Connection, command: FindMembers) -> Steps[Members]:
    """Members by name, with how they stand and whether they are here; for large conversations, a page at a time."""
    conversation = yield from enter(state, command.conversation)
    policy.check_see(conversation, connection.user)
    query = LoadMembers(
        conversation=conversation.id, query=command.query.strip(), after=command.after, limit=command.limit
    )
    record = yield from read(query, MembersRecord)
    policy.check_see(conversation, connection.user)
    if record is None:
        raise policy.unknown(conversation.id)
    state.presence.learn({one.person.id: one.seen for one in record.members if one.seen is not None})
    members = [_member(state, one) for one in record.members]
    return Members(ref=command.ref, conversation=conversation.id, members=members, more=record.more)


def _member(state: State, record: MemberRecord) -> Member:
    person = state.named([record.person])[0]
    status = state.presence.status(person)
    return Member(person, record.role, record.muted, status.online, status.last_seen)


def find_channels(state: State, connection: Connection, command: FindChannels) -> Steps[Channels]:
    """Open channels to look at and join."""
    query = LoadChannels(user=connection.user, query=command.query.strip().removeprefix("#"), limit=command.limit)
    page = yield from must_read(query, ListPage)
    rows = [state.summary(row) for row in page.rows]
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
    rows = [state.summary(row) for row in page.rows]
    presence.listed(state, connection, page.rows)
    return Conversations(ref=command.ref, conversations=rows, people=state.named(page.people), more=page.more)
