"""What a durable event changes in one conversation: the cursor, loaded messages, members, and its row.

Pure, part of the reducer, which has looked already that the event is the next one. What an event does to a message is
in `protocol.changes`, what it does to the counts of the row in `counts`.
"""

from __future__ import annotations

from msgspec.structs import replace

from nbchat.protocol import changes
from nbchat.protocol.codec import Unknown
from nbchat.protocol.messages import (
    AnyDurable,
    Created,
    Deleted,
    Described,
    Edited,
    Joined,
    Left,
    Message,
    Muted,
    Person,
    Pinned,
    Posted,
    Ranked,
    Reacted,
    Role,
    Standing,
    Summary,
    Unbanned,
)

from . import asides, counts, ranges
from .rows import newcomers, remove
from .state import Conversation, State


def apply(state: State, event: AnyDurable | Unknown) -> set[str]:
    """Apply the next event of a conversation that is known here. Returns what has changed, as `reducer.apply`."""
    conversation = state.conversations[event.conversation]
    touched = {conversation.summary.id}
    fresh = event.seq > conversation.summary.last_seq
    if fresh:
        conversation.summary = replace(conversation.summary, last_seq=event.seq)
        touched.add("list")
    if isinstance(event, Unknown):
        _advance(conversation, event.seq, None)
        return touched
    notice = event if changes.noticed(event) else None
    _advance(conversation, event.seq, changes.message_of(event) if isinstance(event, Posted) else None, notice)
    for seq in changes.touched(event):
        _touch(conversation, seq, event)
    touched |= _change(state, conversation, event, fresh=fresh)
    return touched | newcomers(state, [Person(event.author, event.name)])  # whom it tells more of was learnt before


def _advance(conversation: Conversation, seq: int, message: Message | None, notice: AnyDurable | None = None) -> None:
    """Move the cursor: each live timeline grows with it, also where the message stands in none or another."""
    own = message is not None and changes.in_conversation(message)
    ranges.extend(conversation.ranges, conversation.cursor, message if own else None, notice)
    for root, loaded in conversation.threads.items():
        here = message is not None and message.thread == root
        ranges.extend(loaded, conversation.cursor, message if here else None)
    conversation.cursor = seq
    if message is not None:
        asides.begin(conversation, message)


def _touch(conversation: Conversation, seq: int, event: AnyDurable) -> None:
    """Change an earlier message wherever it is loaded; an edit or a deletion ends what was being written."""
    if isinstance(event, Edited | Deleted):
        conversation.growing.pop(seq, None)
    for timeline in (conversation.ranges, *conversation.threads.values()):
        ranges.touch(timeline, seq, event)
    asides.touch(conversation, seq, event)


def _change(state: State, conversation: Conversation, event: AnyDurable, *, fresh: bool) -> set[str]:
    me = state.me.id if state.me else None
    match event:
        case Created():
            return newcomers(state, event.people)
        case Joined():
            _join(conversation, event, me, fresh=fresh)
            return newcomers(state, [event.person])
        case Left():
            if event.user == me:
                return remove(state, conversation.summary.id, event)
            _leave(conversation, event.user, fresh=fresh)
        case Ranked() | Muted():
            _stand(conversation, event, me, fresh=fresh)
        case Posted():
            _stop_typing(conversation, event)
            if fresh:
                conversation.summary = counts.posted(conversation.summary, event, me)
        case Described() | Edited() | Deleted() if fresh:
            conversation.summary = _row(conversation.summary, event, me)
        case Described() | Edited() | Deleted() | Reacted() | Pinned() | Unbanned():
            pass
    return set()


def _row(row: Summary, event: Described | Edited | Deleted, me: str | None) -> Summary:
    match event:
        case Described():
            return replace(row, title=event.title, settings=event.settings)
        case Edited():
            return counts.edited(row, event)
        case Deleted():
            return counts.deleted(row, event, me)


def _stop_typing(conversation: Conversation, event: Posted) -> None:
    """Their message is what they were typing."""
    if event.thread is not None:
        left = [user for user in conversation.thread_typing.pop(event.thread, []) if user != event.author]
        if left:
            conversation.thread_typing[event.thread] = left
    elif event.author in conversation.typing:
        conversation.typing = [user for user in conversation.typing if user != event.author]
        conversation.typing_count = max(0, conversation.typing_count - 1)


# -------------------------------------------------------------------------------------------------------------- members


def _join(conversation: Conversation, event: Joined, me: str | None, *, fresh: bool) -> None:
    summary, user = conversation.summary, event.person.id
    if conversation.members_named and user not in conversation.members:
        conversation.members = [*conversation.members, user]
    if fresh:
        summary = replace(summary, members=summary.members + 1)
    if user == me and fresh:  # what was written before one came is not unread
        summary = replace(summary, joined=True, role=event.role, muted=event.muted)
        summary = replace(summary, read=max(summary.read, event.seq), unread=0, mentions=0, threads=[])
    conversation.summary = summary
    _set_standing(conversation, user, event.role, event.muted)


def _leave(conversation: Conversation, user: str, *, fresh: bool) -> None:
    conversation.members = [one for one in conversation.members if one != user]
    conversation.presence.pop(user, None)
    conversation.marks.pop(user, None)
    conversation.standings.pop(user, None)
    if fresh:
        conversation.summary = replace(conversation.summary, members=conversation.summary.members - 1)


def _stand(conversation: Conversation, event: Ranked | Muted, me: str | None, *, fresh: bool) -> None:
    """Somebody has another role, or may not write for a while."""
    known = conversation.standings.get(event.user) or Standing(event.user, "member", None)
    role = event.role if isinstance(event, Ranked) else known.role
    muted = event.until if isinstance(event, Muted) else known.muted
    _set_standing(conversation, event.user, role, muted)
    if fresh and event.user == me:
        row = conversation.summary
        mine = replace(row, role=event.role) if isinstance(event, Ranked) else replace(row, muted=event.until)
        conversation.summary = mine


def _set_standing(conversation: Conversation, user: str, role: Role, muted: int | None) -> None:
    """Keep how a member stands; of just members, and where there are too many to name, nothing is kept."""
    conversation.standings.pop(user, None)
    if (role != "member" or muted is not None) and user in conversation.members:
        conversation.standings[user] = Standing(user, role, muted)
