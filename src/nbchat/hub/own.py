"""A person's own state on its way to their connections, with a count that fits what each connection was given.

The store counts unread posts as of one seq; a connection may stand below it (those events are still to come, and the
client will count them itself) or above it (it has counted them already). So a row waits until its connection has come
that far, and what lies between is added from the ring. Each row is told once, however often it is heard of: from the
own commit, from another hub's note, from the timer. Knows no socket and no bus.
"""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol.limits import UNREAD_CAP
from nbchat.protocol.messages import AnyDurable, Own, OwnRow, Posted

from .connections import Connection
from .conversation import READ
from .flows import Refusal, Steps, must_read
from .ports import OwnNews
from .queries import ListPage, LoadList
from .state import State


def moved(state: State, news: OwnNews) -> None:
    """Own state is in the store, written here or elsewhere: give it to all connections of that person."""
    found = state.connections.users.get(news.user)
    if found is None or news.row.v <= found.told.get(news.row.key, 0):
        return
    found.told[news.row.key] = news.row.v
    for connection in list(found.connections.values()):
        connection.own[news.row.key] = news
        give(state, connection, news.row.key)


def give_all(state: State, connection: Connection) -> None:
    """Give a connection what it could not be given before its welcome."""
    for key in list(connection.own):
        give(state, connection, key)


def give(state: State, connection: Connection, key: str) -> None:
    """Give a connection the row that waits for it, if it stands where it can be counted."""
    news = connection.own.get(key)
    id = key.removeprefix(READ)
    if news is None or not connection.ready or id in connection.paused:
        return
    row, cursor = news.row, connection.cursors.get(id)
    if row.unread is not None and cursor is not None and cursor != news.as_of:
        if cursor < news.as_of:
            return  # `delivery.advance` comes back when the events have been given
        conversation = state.conversations.get(id)
        between = conversation.since(news.as_of) if conversation is not None else None
        if between is None:
            state.flows.start(_count_again(state, connection, news), connection.id)
            return
        row = replace(row, unread=min(UNREAD_CAP, row.unread + _unread(between, row, cursor, connection.user)))
    del connection.own[key]
    state.send((connection.id,), Own(uv=row.v, rows=[row]))


def _unread(events: list[AnyDurable], row: OwnRow, cursor: int, user: str) -> int:
    marker = row.value if isinstance(row.value, int) else 0
    return sum(isinstance(one, Posted) and marker < one.seq <= cursor and one.author != user for one in events)


def _count_again(state: State, connection: Connection, news: OwnNews) -> Steps[None]:
    """Have the store count as of now, because the ring does not reach down to where it counted before."""
    id = news.row.key.removeprefix(READ)
    query = LoadList(user=connection.user, limit=1, known=(id,), uv=news.row.v - 1)
    try:
        page = yield from must_read(query, ListPage)
    except Refusal:
        state.retry[id] = None
        return
    seq = next((row.last_seq for row in page.rows if row.id == id), None)
    fresh = next((row for row in page.own if row.key == news.row.key), None)
    if connection.own.get(news.row.key) is news and seq is not None and fresh is not None:
        connection.own[news.row.key] = OwnNews(connection.user, fresh, seq)
        give(state, connection, news.row.key)
