"""A person's own state on its way to their connections, with counts that fit what each connection was given.

The store counts unread posts as of one seq; a connection may stand below it (those events are still to come, and the
client will count them itself) or above it (it has counted them already). So a row waits until its connection has come
that far, and what lies between is added from the ring. Each version is told once, however often it is heard of: from
the own commit, from another hub's note, from the timer; and none after a newer one. How an event changes a count is in
`unread`. Knows no socket and no bus.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from nbchat.protocol.messages import Own, OwnRow, Summary

from .connections import Connection
from .conversation import READ, THREAD, thread_key
from .flows import Refusal, Steps, must_read
from .ports import OwnNews
from .queries import ListPage, LoadList
from .rows import summary
from .state import State
from .unread import counted, thread_counted

TOLD = 1_000
"""Rows of each connected person of which the version is remembered that was told last, about 200 bytes each. Threads
make new ones for ever. Of one that was forgotten the same version may be told again, which clients take (`client/own`)
and nobody sees; an older one they pass over."""


def about(key: str) -> tuple[str, int | None]:
    """Return which conversation a row with a count is about, and the root of which thread; ("", None) for others.

    Example:
        >>> about("read:c1"), about("thread:c1/7"), about("block:bob")
        (('c1', None), ('c1', 7), ('', None))
    """
    if key.startswith(READ):
        return key.removeprefix(READ), None
    if key.startswith(THREAD):
        id, _, root = key.removeprefix(THREAD).rpartition("/")
        return id, int(root)
    return "", None


def moved(state: State, news: OwnNews) -> None:
    """Own state is in the store, written here or elsewhere: give it to all connections of that person."""
    found = state.connections.users.get(news.user)
    if found is None or news.row.v <= found.told.get(news.row.key, 0):
        return
    found.told.pop(news.row.key, None)  # the one told last stands at the end
    found.told[news.row.key] = news.row.v
    if len(found.told) > TOLD:
        del found.told[next(iter(found.told))]
    if news.row.key in found.moving:
        found.markers[news.row.key] = news
    for connection in list(found.connections.values()):
        connection.own[news.row.key] = news
        give(state, connection, news.row.key)


@contextmanager
def moving(state: State, connection: Connection, key: str) -> Iterator[None]:
    """While a command moves this marker, keep what is told of it: `answered` may have to tell it again."""
    user = state.connections.users[connection.user]
    user.moving[key] += 1
    try:
        yield
    finally:
        user.moving[key] -= 1
        if not user.moving[key]:
            del user.moving[key]
            user.markers.pop(key, None)


def answered(state: State, connection: Connection, key: str, v: int) -> None:
    """After the answer to a command that moved a marker, as version v: tell once more what was told before it.

    Another device has moved the marker at once, and that was heard of first. Until the answer a client shows what was
    read on it, whatever the hub says; from then on what the hub says last.
    """
    found = state.connections.users.get(connection.user)
    news = None if found is None else found.markers.get(key)
    if news is not None and news.row.v > v and key not in connection.own:
        connection.own[key] = news
        give(state, connection, key)


def give_all(state: State, connection: Connection, id: str | None = None) -> None:
    """Give a connection what it could not be given before: its welcome, or the events of this conversation."""
    for key in list(connection.own):
        if id is None or about(key)[0] == id:
            give(state, connection, key)


def give(state: State, connection: Connection, key: str) -> None:
    """Give a connection the row that waits for it, if it stands where it can be counted."""
    news = connection.own.get(key)
    id, root = about(key)
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
        given = [event for event in between if event.seq <= cursor]
        row = (
            counted(row, given, connection.user) if root is None else thread_counted(row, given, connection.user, root)
        )
    del connection.own[key]
    state.send((connection.id,), Own(uv=row.v, rows=[row]))


def _count_again(state: State, connection: Connection, news: OwnNews) -> Steps[None]:
    """Have the store count as of now, because the ring does not reach down to where it counted before."""
    id = about(news.row.key)[0]
    try:
        page = yield from must_read(LoadList(user=connection.user, limit=1, known=(id,)), ListPage)
    except Refusal:
        state.retry[id] = None
        return
    row = next((row for row in page.rows if row.id == id), None)
    if connection.own.get(news.row.key) is news and row is not None:
        fresh = _recounted(news.row, summary(row))
        connection.own[news.row.key] = OwnNews(connection.user, fresh, row.last_seq)
        give(state, connection, news.row.key)


def _recounted(row: OwnRow, summary: Summary) -> OwnRow:
    """Return the row with the counts that the list row has; the marker may be newer than the one that was told."""
    if row.key == READ + summary.id:
        return replace(row, value=summary.read, unread=summary.unread, mentions=summary.mentions)
    for thread in summary.threads:
        if row.key == thread_key(summary.id, thread.root):
            return replace(row, value=thread.read, unread=thread.unread)
    return replace(row, unread=0)
