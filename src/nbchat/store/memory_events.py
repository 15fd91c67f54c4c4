"""What it means for a `MemoryDatabase` to append an event, in the order that `hub.conversation` gives.

Used by `memory_data` only.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from nbchat.hub import items
from nbchat.hub.conversation import (
    READ,
    AddMember,
    Change,
    DropBan,
    DropMember,
    PutMessage,
    SetMuted,
    SetRole,
    SetSettings,
    Wrong,
    completed,
    key_of,
    makes_links,
    project,
    rules_changed,
    scrubbed,
    scrubs,
    stamped,
)
from nbchat.protocol.changes import changed, in_conversation, touched
from nbchat.protocol.messages import AnyDurable, Edited, Message, Pinned, Posted, Role

from .derived import unusable
from .memory_tables import Conversation, Following, Member, Tables


class _Known:
    """What `completed` asks."""

    def __init__(self, one: Conversation) -> None:
        self._one = one

    def message(self, seq: int) -> Message | None:
        return self._one.messages.get(seq)

    def followers(self, root: int) -> Mapping[str, bool]:
        return self._one.followers(root)

    def is_member(self, user: str) -> bool:
        return user in self._one.members

    def stood(self, user: str) -> tuple[Role, int | None] | None:
        return self._one.stood.get(user)

    def mentioned(self, seq: int) -> list[str]:
        return self._one.named[seq] if in_conversation(self._one.messages[seq]) else []

    def edited(self, seq: int) -> int:
        edits = (event.seq for event in self._one.events if isinstance(event, Edited) and event.message == seq)
        return max(edits, default=0)

    def pins(self) -> int:
        return len(self._one.pins)


def append(tables: Tables, item: items.AppendEvent) -> items.Outcome:
    """Append one event, if it can be."""
    one = tables.conversations.get(item.event.conversation)
    if one is None:
        return items.Failed("unknown_conversation")
    first = one.keys.get((item.event.author, key_of(item.event) or ""))
    if first is not None:
        return items.Duplicate(one.events[first - 1])
    if one.rules != item.rules:
        return items.Conflict(one.rules)
    whole = completed(item.event, _Known(one), item.unedited)
    if whole is None:
        return items.Nothing()
    if isinstance(whole, Wrong):
        return items.Failed(whole.code, whole.values)
    why = None if item.link is None else _use(tables, item.link, one.id)
    if why is not None:
        return items.Failed("bad_link", {"why": why})
    event: AnyDurable = stamped(whole, len(one.events) + 1, tables.now())
    add(tables, one, event)
    return items.Stored(event)


def add(tables: Tables, one: Conversation, event: AnyDurable) -> None:
    """Enter a complete event, and all that follows from it."""
    one.last_change = tables.next()
    one.changes.append(one.last_change)
    one.events.append(event)
    one.rules += rules_changed(event)
    key = key_of(event)
    if key is not None:
        one.keys[event.author, key] = event.seq
    gone = scrubs(event)
    if gone is not None:
        one.events = [scrubbed(earlier, gone) for earlier in one.events]
    for change in project(event):
        _project(tables, one, change)
    for seq in touched(event):
        one.messages[seq] = changed(one.messages[seq], event)
    _follow_up(one, event)


def _use(tables: Tables, code: str, conversation: str) -> str | None:
    """Use a link up by one; return why it cannot be used."""
    link = tables.links.get(code)
    why = unusable(link, conversation, tables.now())
    if link is not None and link.uses is not None and why is None:
        tables.links[code] = replace(link, uses=link.uses - 1)
    return why


def _project(tables: Tables, one: Conversation, change: Change) -> None:
    match change:
        case PutMessage():
            one.messages[change.message.seq] = change.message
            one.named[change.message.seq] = list(dict.fromkeys(mention.user for mention in change.message.mentions))
        case AddMember():
            tables.enter(change.person)
            one.members.setdefault(change.person.id, Member(change.role, change.muted))
            one.stood.pop(change.person.id, None)
            tables.raise_marker(change.person.id, one, change.seq)
        case DropMember():
            _drop(tables, one, change)
        case DropBan():
            one.banned.discard(change.user)
        case SetRole():
            _rank(tables, one, change)
        case SetMuted():
            if change.user in one.members:
                one.members[change.user].muted = change.until
        case SetSettings():
            one.title, one.settings = change.title, change.settings


def _drop(tables: Tables, one: Conversation, change: DropMember) -> None:
    member = one.members.pop(change.user, None)
    if member is not None and (member.role == "guest" or member.muted is not None):
        one.stood[change.user] = member.role, member.muted
    one.follows = {where: follow for where, follow in one.follows.items() if where[1] != change.user}
    _forget_links(tables, one, change.user)
    if change.banned:
        one.banned.add(change.user)
        if tables.marker(change.user, one) is not None:
            tables.set_own(change.user, READ + one.id, None)


def _rank(tables: Tables, one: Conversation, change: SetRole) -> None:
    if change.user in one.members:
        one.members[change.user].role = change.role
    if not makes_links(change.role):
        _forget_links(tables, one, change.user)


def _forget_links(tables: Tables, one: Conversation, user: str) -> None:
    mine = [code for code, link in tables.links.items() if (link.conversation, link.author) == (one.id, user)]
    for code in mine:
        del tables.links[code]


def _follow_up(one: Conversation, event: AnyDurable) -> None:
    """Keep what follows from messages: who follows a thread and from where, what is pinned."""
    match event:
        case Posted(thread=int(root)):
            _tell(one, event, root)
        case Pinned(message=seq, on=True):
            one.pins[seq] = event.seq
        case _:
            one.pins = {seq: at for seq, at in one.pins.items() if one.messages[seq].pinned is not None}


def _tell(one: Conversation, event: Posted, root: int) -> None:
    """Let the followers of a thread have a reply; who had nothing unread in it has read all before."""
    for user in event.followers:
        following = one.follows.setdefault((root, user), Following(event.seq - 1, event.seq))
        following.on, following.last = True, event.seq
        if user == event.author:
            following.read = event.seq
        elif one.unread_replies(user, root) == [event.seq]:
            following.read = event.seq - 1
