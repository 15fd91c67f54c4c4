"""The first command of a connection: who it is, what it has, and what it lacks.

Subscribe first, then read, then hand on what happened in between: from `hello` on, all that concerns its user is noted
for the connection (`Greeting`), so that nothing falls between the list that is read and the events that follow.
"""

from __future__ import annotations

from nbchat.protocol.limits import (
    FRAME_BYTES,
    HELLO_DEADLINE,
    KNOWN_CONVERSATIONS,
    RESUME_BYTES,
    SUMMARIES,
    TEXT_CHARS,
    WATCHED_CONVERSATIONS,
    Rate,
)
from nbchat.protocol.messages import Hello, Left, Limits, Person, Position, Removed, Welcome

from . import own, policy, presence
from .alarms import HelloLate
from .catchup import ensure_told
from .connections import Connection
from .delivery import advance_one, pause
from .endings import endings
from .flows import Refusal, Steps, Wait, must_read, stored
from .items import PersonStored, PutPerson
from .loading import enter
from .profiles import last_renamed
from .queries import ListPage, LoadList, SummaryRecord
from .rows import people
from .state import State
from .watching import resume_view

TOO_MANY = 4005
"""Row of `codes.CLOSES`."""


def hello(state: State, connection: Connection, command: Hello) -> Steps[None]:
    """Greet a connection: its welcome, then what it lacks."""
    _check(state, connection, command)
    state.connections.greet(connection, command.kind)
    connection.hello = state.now
    state.alarms.drop(HelloLate(connection.id))
    try:
        while state.mark is None:  # without a mark, what other hubs store from here on would not be noticed
            yield Wait("mark")
        wanted = {**command.resume.known, **command.resume.watched}
        uv = command.resume.uv or (-1 if wanted else 0)  # who was here already may have rows that are gone by now
        query = LoadList(user=connection.user, limit=SUMMARIES, known=tuple(wanted), uv=uv)
        page = yield from must_read(query, ListPage)
        person = yield from _entered(connection.login.person, page.user)
        names = (yield from last_renamed(state)) if wanted else []
        ends = yield from endings(person.id, page.gone, wanted)
    except Refusal:
        state.connections.part(connection)
        await_hello(state, connection)
        raise
    [state.connections.users[person.id].person] = state.named([person])
    state.send((connection.id,), _welcome(state, connection, command, page, names))
    _greeted(state, connection, command, {id: ends.get(id) for id in page.gone})


def _entered(login: Person, found: Person | None) -> Steps[Person]:
    """Return them as the directory has them. Who is there already comes in, and reads, where nothing can be stored."""
    if found is not None and (found.name != found.id or found.name == login.name):
        return found
    outcome = yield PutPerson(person=login)
    return stored(outcome, PersonStored).person


def await_hello(state: State, connection: Connection) -> None:
    """Give a connection some time to say hello."""
    state.alarms.set(HelloLate(connection.id), state.now.mono + HELLO_DEADLINE)


def _check(state: State, connection: Connection, command: Hello) -> None:
    if connection.kind is not None:
        raise Refusal("hello_twice")
    policy.check_connect(connection.login, command.kind)
    for what, limit, count in (
        ("known conversations", KNOWN_CONVERSATIONS, len(command.resume.known)),
        ("watched conversations", WATCHED_CONVERSATIONS, len(command.resume.watched)),
    ):
        if count > limit:
            raise Refusal("too_many", limit=limit, what=what, count=count)
    is_page = command.kind == "page"
    user = state.connections.users.get(connection.user)
    count = 1 + (user.count(pages=is_page) if user else 0)
    limit = state.limits.pages if is_page else state.limits.sessions
    if count > limit:
        what = "pages of one person at a time" if is_page else "sessions and bots of one person at a time"
        raise Refusal("too_many", close=TOO_MANY, limit=limit, what=what, count=count)


def _welcome(state: State, connection: Connection, command: Hello, page: ListPage, names: list[Person]) -> Welcome:
    """Set the cursors to what the list says, and return the reply."""
    resume = command.resume
    for row in page.rows:
        connection.cursors[row.id] = _stand(row, resume.watched.get(row.id))
    connection.budget = RESUME_BYTES
    for id in resume.watched:
        pause(state, connection, id)
    person = state.connections.users[connection.user].person
    rate = send_rate(state, connection)
    presence.listed(state, connection, page.rows)
    return Welcome(
        ref=command.ref,
        me=person,
        owner=connection.login.owner,
        store=state.store.id,
        now=state.now.wall,
        limits=Limits(text=TEXT_CHARS, frame=FRAME_BYTES, send_rate=rate.rate, send_burst=rate.burst),
        reconnect_cap=state.reconnect_cap,
        uv=page.uv,
        own=list(page.own),
        conversations=[state.summary(row) for row in _news_first(page, command)],
        people=state.named(people(page.people, names, [person])),
        more=page.more,
    )


def _stand(row: SummaryRecord, position: Position | None) -> int:
    """Return where the connection stands: at the row, or where its view stood, if that can be gone on from."""
    if position is not None and position.epoch == row.epoch and position.seq <= row.last_seq:
        return position.seq
    return row.last_seq


def _news_first(page: ListPage, command: Hello) -> list[SummaryRecord]:
    """Return the newest rows, and before them those further down that the client has an older state of.

    Rows that it has already are left out. The newest come last, because the list goes on below the last row.
    """
    newest, others = page.rows[:SUMMARIES], page.rows[SUMMARIES:]
    known = {**command.resume.known, **command.resume.watched}
    behind = [row for row in others if known.get(row.id) != Position(row.epoch, row.last_seq)]
    return [*behind, *newest]


def _greeted(state: State, connection: Connection, command: Hello, gone: dict[str, Left | None]) -> None:
    """After the welcome was sent: what is gone, what happened while the list was read, and the views that were open."""
    greeting = state.connections.admit(connection)
    watched = command.resume.watched
    state.send((connection.id,), *[Removed(conversation=id, left=gone[id]) for id in gone if id not in watched])
    if greeting is not None:
        state.send((connection.id,), *greeting.news.values())
        own.give_all(state, connection)
        for id in sorted(greeting.missed - watched.keys()):
            state.flows.start(_missed(state, connection, id), connection.id)
    for id, position in watched.items():
        state.flows.start(resume_view(state, connection, id, position, gone.get(id)), connection.id)
    if connection.kind == "page":
        presence.page_opened(state, connection.user)


def _missed(state: State, connection: Connection, id: str) -> Steps[None]:
    """Something happened in this conversation while the list was read: see that the connection has it."""
    try:
        conversation = yield from enter(state, id)
    except Refusal:
        state.retry[id] = None
        return
    if policy.is_member(conversation, connection.user):
        advance_one(state, conversation, connection)
        yield from ensure_told(state, connection, conversation)
    elif connection.cursors.pop(id, None) is not None:
        state.send((connection.id,), Removed(conversation=id))


def send_rate(state: State, connection: Connection) -> Rate:
    """Return how fast this kind of connection may post."""
    return state.limits.page_send if connection.kind == "page" else state.limits.session_send
