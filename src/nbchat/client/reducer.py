"""Event to state: the one place that changes what a client knows. Same names and rules in js/src/client/reducer.ts.

Pure: no IO, no clock. Passes the vectors in tests/vectors/reducer, as its twin does. Rules:

1. A durable event is applied only if its seq follows the cursor; at or below it is a repetition, above the next it is
a gap
   (`follows` tells; the link then resumes). An event of an unknown kind moves the cursor and changes nothing else.
2. A summary counts up to its `last_seq`: an event changes the row only above it, so a fresh summary and the events that
   it already counts may come in either order.
3. `welcome` keeps the messages of conversations that the hub was asked to bridge (`resume.watched`), because their
   events follow; it forgets those of others that have moved on, because an older message may have changed meanwhile.
4. Fixups change the page's messages, never the cursor.

A new kind of durable event costs one case in `_change`, and one in `ranges.fix` where it changes an earlier message.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec.structs import replace

from nbchat.protocol.codec import Unknown
from nbchat.protocol.limits import PREVIEW_CHARS, UNREAD_CAP
from nbchat.protocol.messages import (
    Added,
    AnyCommand,
    AnyDurable,
    AnyFromHub,
    Channels,
    Conversations,
    Created,
    Durable,
    Hello,
    History,
    Joined,
    Left,
    Mark,
    Message,
    Named,
    Own,
    OwnRow,
    Page,
    People,
    Person,
    Posted,
    Presence,
    Preview,
    Receipts,
    Removed,
    Reset,
    Snapshot,
    Summary,
    Typing,
    Welcome,
)

from .ranges import add_page, extend, live
from .state import Conversation, Range, State

Follows = Literal["next", "repetition", "gap", "unknown"]


def apply(state: State, item: AnyFromHub | Unknown, asked: AnyCommand | None = None) -> set[str]:
    """Change the state by one item from the hub.

    Args:
        state: is changed in place.
        item: a reply, a durable event or an ephemeral one.
        asked: the command that a reply answers. A page's bounds follow from its `History`, what a welcome bridges from
            its `Hello`.

    Returns:
        What has changed: "list" (rows), "people" (names), "me", and ids of conversations.
    """
    match item:
        case Durable() | Unknown():
            return _durable(state, item)
        case Welcome():
            return _welcome(state, item, asked if isinstance(asked, Hello) else None)
        case Page():
            return _page(state, item, asked if isinstance(asked, History) else None)
        case Conversations() | People() | Channels():
            return _directory(state, item)
        case Snapshot():
            return _snapshot(state, item)
        case Added():
            return _people(state, item.people) | _place(state, item.summary, bridged=False)
        case Removed():
            return _remove(state, item.conversation)
        case Own():
            return _own(state, item)
        case Named():
            return _people(state, [item.person])
        case _:
            return _news(state, item)


def last_at(conversation: Conversation) -> int:
    """Return when something last happened in it, for the order of the list: ms UTC."""
    last = conversation.summary.last
    return last.at if last is not None else conversation.summary.created_at


def follows(state: State, event: AnyDurable | Unknown) -> Follows:
    """Say where a durable event stands against the cursor of its conversation."""
    conversation = state.conversations.get(event.conversation)
    if conversation is None:
        return "unknown"
    if event.seq <= conversation.cursor:
        return "repetition"
    return "next" if event.seq == conversation.cursor + 1 else "gap"


# --------------------------------------------------------------------------------------------------------------- events


def _durable(state: State, event: AnyDurable | Unknown) -> set[str]:
    if follows(state, event) != "next":
        return set()
    conversation = state.conversations[event.conversation]
    touched = {conversation.summary.id}
    fresh = event.seq > conversation.summary.last_seq
    if fresh:
        conversation.summary = replace(conversation.summary, last_seq=event.seq)
        touched.add("list")
    if isinstance(event, Unknown):
        extend(conversation, event.seq, None)
        return touched
    extend(conversation, event.seq, _message(event) if isinstance(event, Posted) else None)
    touched |= _newcomers(state, [Person(event.author, event.name)])
    return touched | _change(state, conversation, event, fresh=fresh)


def _change(state: State, conversation: Conversation, event: AnyDurable, *, fresh: bool) -> set[str]:
    me = state.me.id if state.me else None
    match event:
        case Created():
            return _newcomers(state, event.people)
        case Joined():
            _join(conversation, event, me, fresh=fresh)
            return _newcomers(state, [event.person])
        case Left():
            if event.user == me:
                return _remove(state, conversation.summary.id)
            _leave(conversation, event.user, fresh=fresh)
            return set()
        case Posted():
            if event.author in conversation.typing:  # their message is what they were typing
                conversation.typing = [user for user in conversation.typing if user != event.author]
                conversation.typing_count = max(0, conversation.typing_count - 1)
            if fresh:
                conversation.summary = _posted(conversation.summary, event, me)
            return set()


def _join(conversation: Conversation, event: Joined, me: str | None, *, fresh: bool) -> None:
    summary, user = conversation.summary, event.person.id
    nobody = summary.members == (0 if fresh else 1)  # else an empty list means: too many to name
    if (conversation.members or nobody) and user not in conversation.members:
        conversation.members = [*conversation.members, user]
    if fresh:
        summary = replace(summary, members=summary.members + 1)
    if user == me:  # what was written before one came is not unread
        summary = replace(summary, joined=True, read=max(summary.read, event.seq), unread=0)
    conversation.summary = summary


def _leave(conversation: Conversation, user: str, *, fresh: bool) -> None:
    conversation.members = [one for one in conversation.members if one != user]
    conversation.presence.pop(user, None)
    conversation.marks.pop(user, None)
    if fresh:
        conversation.summary = replace(conversation.summary, members=conversation.summary.members - 1)


def _posted(summary: Summary, event: Posted, me: str | None) -> Summary:
    counts = summary.joined and event.author != me and event.seq > summary.read
    text = " ".join(event.text.split())[:PREVIEW_CHARS]
    return replace(
        summary,
        last=Preview(seq=event.seq, author=event.author, name=event.name, at=event.at, text=text),
        unread=min(UNREAD_CAP, summary.unread + 1) if counts else summary.unread,
    )


def _message(event: Posted) -> Message:
    return Message(
        seq=event.seq, v=event.seq, key=event.key, author=event.author, at=event.at, text=event.text, via=event.via
    )


def _news(state: State, item: AnyFromHub) -> set[str]:
    """Apply what belongs to one conversation and is no durable event; other replies change nothing."""
    if not isinstance(item, Reset | Typing | Presence | Receipts) or item.conversation not in state.conversations:
        return set()
    id, conversation = item.conversation, state.conversations[item.conversation]
    match item:
        case Reset():
            conversation.summary = replace(conversation.summary, epoch=item.epoch, last_seq=0)
            conversation.cursor, conversation.ranges, conversation.watched = 0, [], False
            return {id, "list"}
        case Typing():
            conversation.typing, conversation.typing_count = item.users, item.count
        case Presence():
            conversation.presence |= {status.user: status for status in item.changed}
            conversation.online = item.online
        case Receipts():
            for mark in item.marks:
                conversation.marks[mark.user] = _raised(conversation.marks.get(mark.user), mark)
    return {id}


def _raised(known: Mark | None, mark: Mark) -> Mark:
    if known is None:
        return mark
    return Mark(mark.user, max(known.delivered, mark.delivered), max(known.read, mark.read))


# --------------------------------------------------------------------------------------------------- rows and snapshots


def _welcome(state: State, item: Welcome, hello: Hello | None) -> set[str]:
    bridged = set(hello.resume.watched) if hello else set()
    told = bridged | {row.id for row in item.conversations} | (set(hello.resume.known) if hello else set())
    touched = {"me", "list"}
    state.me, state.owner, state.store, state.more = item.me, item.owner, item.store, item.more
    state.uv = item.uv
    for id in [id for id in state.conversations if id not in told]:  # more than `known` may name: page it again
        touched |= _remove(state, id)
    touched |= _people(state, [*item.people, item.me])
    for row in item.conversations:
        touched |= _place(state, row, bridged=row.id in bridged)
        state.tail = row.id
    for id in bridged:
        touched |= watch(state, id)
    return touched | _own_rows(state, item.own, counted={f"read:{row.id}" for row in item.conversations})


def _place(state: State, summary: Summary, *, bridged: bool) -> set[str]:
    """Put a row that says where the connection stands: above its last_seq; if `bridged`, still above the cursor."""
    known = state.conversations.get(summary.id)
    if known is None or known.summary.epoch != summary.epoch:
        state.conversations[summary.id] = Conversation(summary, cursor=summary.last_seq)
    else:
        known.summary = summary
        if not bridged and known.cursor != summary.last_seq:
            known.cursor, known.ranges, known.watched = summary.last_seq, [], False
    return {"list", summary.id}


def _directory(state: State, item: Conversations | People | Channels) -> set[str]:
    touched = _people(state, item.people)
    if not isinstance(item, Conversations):
        return touched
    state.more = item.more
    for row in item.conversations:
        state.tail = row.id
        known = state.conversations.get(row.id)
        if known is None:
            touched |= _place(state, row, bridged=False)
        elif known.summary.epoch == row.epoch and known.summary.last_seq <= row.last_seq:
            known.summary = row
            touched.add(row.id)
    return touched | {"list"}


def _snapshot(state: State, item: Snapshot) -> set[str]:
    first = item.messages[0].seq if item.has_before and item.messages else 1
    conversation = Conversation(
        summary=item.summary,
        cursor=item.as_of,
        ranges=[Range(first, item.as_of, list(item.messages), item.has_before)],
        watched=True,
        members=item.members,
        online=item.online,
        presence={status.user: status for status in item.presence},
        marks={mark.user: mark for mark in item.marks},
        receipts=item.receipts,
        typing=item.typing,
        typing_count=item.typing_count,
    )
    state.conversations[item.summary.id] = conversation
    return _people(state, item.people) | {"list", item.summary.id}


def _remove(state: State, id: str) -> set[str]:
    return {"list", id} if state.conversations.pop(id, None) else set()


def _newcomers(state: State, people: Iterable[Person]) -> set[str]:
    """Learn of people whom an event names; it names them as they were then, so a name that is known stays."""
    return _people(state, (person for person in people if person.id not in state.people))


def _people(state: State, people: Iterable[Person]) -> set[str]:
    touched: set[str] = set()
    for person in people:
        if state.people.get(person.id) != person:
            state.people[person.id] = person
            touched.add("people")
        if state.me is not None and person.id == state.me.id and person != state.me:
            state.me = person
            touched.add("me")
    return touched


# ---------------------------------------------------------------------------------------------------------------- pages


def _page(state: State, item: Page, asked: History | None) -> set[str]:
    conversation = state.conversations.get(item.conversation)
    touched = _people(state, item.people)
    if conversation is None or conversation.summary.epoch != item.epoch or not conversation.ranges:
        return touched  # only a snapshot begins: what is loaded says that a view has all else, too, and can be bridged
    return touched | {item.conversation} if add_page(conversation, item, asked) else touched


# ------------------------------------------------------------------------------------------------------------ own state


def _own(state: State, item: Own) -> set[str]:
    if item.uv <= state.uv + len(item.rows):  # else one is missing: resuming from the old version brings it
        state.uv = max(state.uv, item.uv)
    return _own_rows(state, item.rows, counted=set())


def _own_rows(state: State, rows: Iterable[OwnRow], counted: set[str]) -> set[str]:
    """Take newer rows; those that are `counted` stand in fresh summaries already."""
    touched: set[str] = set()
    for row in rows:
        if row.v > state.own.get(row.key, 0):
            state.own[row.key] = row.v
            touched |= set() if row.key in counted else _own_row(state, row)
    return touched


def _own_row(state: State, row: OwnRow) -> set[str]:
    kind, _, id = row.key.partition(":")
    conversation = state.conversations.get(id)
    if kind != "read" or conversation is None or not isinstance(row.value, int):
        return set()
    return _mark(state, conversation, row.value, row.unread)


def mark_read(state: State, id: str, seq: int) -> set[str]:
    """Move the own read marker up before the hub has confirmed it; the hub's row corrects the count if need be."""
    conversation = state.conversations.get(id)
    if conversation is None or not conversation.summary.joined or seq <= conversation.summary.read:
        return set()
    return _mark(state, conversation, seq, 0 if seq >= conversation.summary.last_seq else None)


def _mark(state: State, conversation: Conversation, read: int, unread: int | None) -> set[str]:
    """Set the marker; where the loaded messages reach down to it they are counted: events may have come since."""
    newest, summary = live(conversation), conversation.summary
    if newest is not None and newest.first <= read + 1 and conversation.cursor >= summary.last_seq:
        me = state.me.id if state.me else None
        unread = min(UNREAD_CAP, sum(1 for one in newest.messages if one.seq > read and one.author != me))
    conversation.summary = replace(summary, read=read, unread=summary.unread if unread is None else unread)
    return {"list", summary.id}


# --------------------------------------------------------------------------------------------- what only the link knows


def watch(state: State, id: str) -> set[str]:
    """The hub confirmed a watch: typing, presence and receipts come from now on."""
    conversation = state.conversations.get(id)
    if conversation is None or conversation.watched:
        return set()
    conversation.watched = True
    return {id}


def unwatch(state: State, id: str) -> set[str]:
    """No view shows it any more; a channel that one only looked at is forgotten."""
    conversation = state.conversations.get(id)
    if conversation is None:
        return set()
    if not conversation.summary.joined:
        return _remove(state, id)
    return _quiet(conversation)


def offline(state: State) -> set[str]:
    """The connection is gone: nobody is known to be typing, and what else is watched is old."""
    touched: set[str] = set()
    for conversation in state.conversations.values():
        touched |= _quiet(conversation)
    return touched


def _quiet(conversation: Conversation) -> set[str]:
    if not conversation.watched:
        return set()
    conversation.watched, conversation.typing, conversation.typing_count = False, [], 0
    return {conversation.summary.id}
