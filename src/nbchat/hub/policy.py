"""The only door: who may be here, see, write, join and leave, and who is told of what happens.

Every command and page asks here first, on a conversation that is loaded and that nothing in flight is about to change.
A rule is a function that returns, or raises the `Refusal` which the person gets. To who may not know of a conversation
it does not exist: the refusal is the same as for an id that was never given out.

Pure. A new kind of event costs one rule here; a new role costs a look into `conversation.members`.
"""

from __future__ import annotations

from typing import Protocol

from nbchat.protocol.limits import RECEIPT_MEMBERS
from nbchat.protocol.messages import ConnectionKind, ConversationKind, Person

from .effects import Login
from .flows import Refusal


class Subject(Protocol):
    """What the rules look at."""

    @property
    def id(self) -> str:
        """The conversation's id."""
        ...

    @property
    def kind(self) -> ConversationKind:
        """Direct, group or channel."""
        ...

    @property
    def handle(self) -> str | None:
        """A channel's name."""
        ...

    @property
    def members(self) -> dict[str, Person]:
        """Members by user id."""
        ...


def check_connect(login: Login, kind: ConnectionKind) -> None:
    """A login may connect as this kind."""
    if kind not in login.kinds:
        allowed = ", ".join(sorted(login.kinds)) or "nothing"
        raise Refusal("forbidden", why=f"this login connects as {allowed}, not as {kind}")


def is_member(conversation: Subject, user: str) -> bool:
    """Whether the user is a member."""
    return user in conversation.members


def may_see(conversation: Subject, user: str) -> bool:
    """Members see a conversation; an open channel is seen by everybody."""
    return conversation.kind == "channel" or is_member(conversation, user)


def check_see(conversation: Subject, user: str) -> None:
    """Watching it and reading its pages."""
    if not may_see(conversation, user):
        raise unknown(conversation.id)


def check_take_part(conversation: Subject, user: str) -> None:
    """What members do: post, type, move their read marker."""
    check_see(conversation, user)
    if not is_member(conversation, user):
        raise Refusal("not_member", conversation=conversation.handle or conversation.id)


def check_join(conversation: Subject, user: str) -> None:
    """Anybody joins an open channel; others are joined by being invited."""
    check_see(conversation, user)


def check_leave(conversation: Subject, user: str) -> None:
    """Members leave groups and channels; a direct conversation stays, so that both can write at any time."""
    check_take_part(conversation, user)
    if conversation.kind == "direct":
        raise Refusal("forbidden", why="a direct conversation cannot be left")


def audience(conversation: Subject) -> frozenset[str]:
    """Who is given the durable events, wherever they are connected. Who watches an open channel is given them too."""
    return frozenset(conversation.members)


def tracks_receipts(conversation: Subject) -> bool:
    """Whether delivery and reading are kept here: above some members the traffic would grow with the square."""
    return conversation.kind != "channel" and len(conversation.members) <= RECEIPT_MEMBERS


def unknown(id: str) -> Refusal:
    """Return the one answer for what is not there and for what one may not know of."""
    return Refusal("unknown_conversation", conversation=id)
