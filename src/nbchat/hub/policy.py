"""The only door: who may be here, who may do what in a conversation, and who is told of what happens.

Every command and page asks `check` first, on a conversation that is loaded and that nothing in flight is about to
change. All rules about conversations are one table, `RULES`; docs/policy.md shows the same one, and its tests are made
from what stands there. To who may not know of a conversation it does not exist: the refusal is the same as for an id
that was never given out.

Pure: the time is an argument. A new kind of event costs one row here, and one in docs/policy.md.
"""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from nbchat.protocol.limits import EVERYBODY_MEMBERS, RECEIPT_MEMBERS
from nbchat.protocol.messages import ConnectionKind, ConversationKind, Person, Role, Settings, Standing

from .effects import Login
from .flows import Refusal

Action = Literal[
    "see",
    "join",
    "redeem",
    "leave",
    "read",
    "versions",
    "post",
    "post_in_thread",
    "mention_everybody",
    "react",
    "edit",
    "delete",
    "delete_other",
    "pin",
    "offer",
    "topic",
    "invite",
    "report",
    "make_link",
    "describe",
    "set_rules",
    "rank",
    "mute",
    "remove",
    "moderate",
    "appoint",
    "archive",
]
"""What somebody may do in a conversation. docs/policy.md says of each what it is, and which commands it is."""

ROLES: tuple[Role, ...] = ("guest", "member", "moderator", "owner")
"""Roles, the one that may least first: who may do something may do what all those before may."""


UNSEEN = frozenset({"unknown_conversation", "banned"})
"""The codes of who may not see a conversation, be it there or not."""
NO_LINK = "it has ended, was used up, or never was one"
"""Why a link cannot be used, to who is not to learn more."""


class Rule(Struct, frozen=True, kw_only=True):
    """One row of the table: who may do something, and when not.

    Attributes:
        least: the least role that may.
        small: the least role that may while there are at most `limits.EVERYBODY_MEMBERS` members.
        stranger: whether somebody may who is no member of an open channel.
        elsewhere: whether somebody may who is no member of what is not open.
        direct: whether the two of a direct conversation may; roles mean nothing there.
        muted: whether who is muted may.
        archived: the least role that may in an archived conversation; None: nobody.
        announcing: the least role that may where only announcements are made.
        why: what a refusal says.
    """

    least: Role
    small: Role | None = None
    stranger: bool = False
    elsewhere: bool = False
    direct: bool = True
    muted: bool = False
    archived: Role | None = None
    announcing: Role = "guest"
    why: str = ""


_MODERATORS = "only its moderators and owners do that"
_MEMBERS = "guests do not do that"

RULES: dict[Action, Rule] = {
    "see": Rule(least="guest", stranger=True, muted=True, archived="guest"),
    "join": Rule(least="guest", stranger=True, muted=True, archived=None),
    "redeem": Rule(least="guest", stranger=True, elsewhere=True, direct=False, muted=True, archived=None),
    "leave": Rule(
        least="guest", direct=False, muted=True, archived="guest", why="a direct conversation cannot be left"
    ),
    "read": Rule(least="guest", muted=True, archived="guest"),
    "versions": Rule(least="guest", muted=True, archived="guest"),
    "post": Rule(least="guest", announcing="moderator", why="only its moderators and owners write; threads are open"),
    "post_in_thread": Rule(least="guest"),
    "mention_everybody": Rule(
        least="moderator",
        small="member",
        announcing="moderator",
        why=f"above {EVERYBODY_MEMBERS} members only moderators and owners call everybody",
    ),
    "react": Rule(least="guest"),
    "edit": Rule(least="guest"),
    "delete": Rule(least="guest", muted=True, archived="owner"),
    "delete_other": Rule(
        least="moderator", direct=False, archived="owner", why="others' messages are deleted by moderators and owners"
    ),
    "pin": Rule(least="member", announcing="moderator", why=_MEMBERS),
    "offer": Rule(least="member", why=_MEMBERS),
    "topic": Rule(least="member", direct=False, announcing="moderator", why=_MEMBERS),
    "invite": Rule(least="member", direct=False, why=_MEMBERS),
    "report": Rule(least="guest", direct=False, muted=True, why="nobody moderates here; you can block the person"),
    "make_link": Rule(least="moderator", direct=False, why=_MODERATORS),
    "describe": Rule(least="moderator", direct=False, why=_MODERATORS),
    "set_rules": Rule(least="moderator", direct=False, why=_MODERATORS),
    "rank": Rule(least="moderator", direct=False, why=_MODERATORS),
    "mute": Rule(least="moderator", direct=False, why=_MODERATORS),
    "remove": Rule(least="moderator", direct=False, why=_MODERATORS),
    "moderate": Rule(least="moderator", direct=False, archived="moderator", why=_MODERATORS),
    "appoint": Rule(least="owner", direct=False, why="only its owners do that"),
    "archive": Rule(least="owner", direct=False, archived="owner", why="only its owners do that"),
}


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
    def title(self) -> str:
        """What it is called; empty for a direct conversation."""
        ...

    @property
    def handle(self) -> str | None:
        """A channel's name."""
        ...

    @property
    def members(self) -> dict[str, Person]:
        """Members by user id."""
        ...

    @property
    def standings(self) -> dict[str, Standing]:
        """Who is not just a member: another role, or muted."""
        ...

    @property
    def settings(self) -> Settings:
        """How the conversation works."""
        ...

    @property
    def banned(self) -> frozenset[str]:
        """Who may not come back."""
        ...

    def role(self, user: str) -> Role | None:
        """Return a member's role; None for who is none."""
        ...


def check_connect(login: Login, kind: ConnectionKind) -> None:
    """A login may connect as this kind."""
    if kind not in login.kinds:
        allowed = ", ".join(sorted(login.kinds)) or "nothing"
        raise Refusal("forbidden", why=f"this login connects as {allowed}, not as {kind}")


def check(conversation: Subject, user: str, action: Action, now: int, other: str | None = None) -> None:
    """A user may do this in a conversation now.

    Args:
        conversation: with nothing in flight that would change its rules (`loading.enter`).
        user: who wants to.
        action: a row of the table.
        now: ms UTC; who was muted until then may write again.
        other: to whom, where it is done to somebody: moderators moderate only who stands below them.

    Raises:
        Refusal: they may not; the code says why.

    Example:
        >>> check(conversation, "ada", "post", state.now.wall)
        >>> check(conversation, "ada", "remove", state.now.wall, other="bob")
    """
    rule, role = RULES[action], conversation.role(user)
    if role is None:
        _check_stranger(conversation, user, rule)
        return
    if conversation.kind == "direct":
        if not rule.direct:
            raise Refusal("forbidden", why=rule.why if action in {"leave", "report"} else _DIRECT)
    else:
        _check_role(conversation, role, rule)
    if not rule.muted and is_muted(conversation, user, now):
        raise Refusal("muted", conversation=_name(conversation))
    if other is not None and other != user and role != "owner":
        _check_below(conversation, role, other)


_DIRECT = "a direct conversation belongs to both"


def _check_stranger(conversation: Subject, user: str, rule: Rule) -> None:
    if conversation.kind != "channel" and not rule.elsewhere:
        raise unknown(conversation.id, is_there=True)
    name = _name(conversation)
    if user in conversation.banned:
        if conversation.kind != "channel":  # a link is no way to follow what it is called by now
            raise Refusal("bad_link", why=NO_LINK)
        raise Refusal("banned", conversation=name)
    if not (rule.stranger or rule.elsewhere):
        raise Refusal("not_member", conversation=name)
    if conversation.settings.archived and rule.archived is None:
        raise Refusal("archived", conversation=name)


def _check_role(conversation: Subject, role: Role, rule: Rule) -> None:
    settings, least = conversation.settings, rule.least
    if rule.small is not None and len(conversation.members) <= EVERYBODY_MEMBERS:
        least = rule.small
    if settings.announcements:
        least = higher(least, rule.announcing)
    if not reaches(role, least):
        raise Refusal("forbidden", why=rule.why)
    if settings.archived and (rule.archived is None or not reaches(role, rule.archived)):
        raise Refusal("archived", conversation=_name(conversation))


def _name(conversation: Subject) -> str:
    return conversation.handle or conversation.title or conversation.id


def _check_below(conversation: Subject, role: Role, other: str) -> None:
    """Owners moderate everybody, moderators who is below them; who has left stands below all."""
    theirs = conversation.role(other)
    if theirs is not None and reaches(theirs, role):
        raise Refusal("forbidden", why=f"“{other}” is {theirs} here; only an owner can do that to them")


def reaches(role: Role, least: Role) -> bool:
    """Whether a role may do what at least another one may."""
    return ROLES.index(role) >= ROLES.index(least)


def higher(one: Role, other: Role) -> Role:
    """Return the role that may more."""
    return one if reaches(one, other) else other


def is_muted(conversation: Subject, user: str, now: int) -> bool:
    """Whether a member may write nothing now (ms UTC)."""
    standing = conversation.standings.get(user)
    return standing is not None and standing.muted is not None and standing.muted > now


def moderators(conversation: Subject) -> tuple[str, ...]:
    """Return who moderates: is told of reports."""
    found = (one.user for one in conversation.standings.values() if reaches(one.role, RULES["moderate"].least))
    return tuple(sorted(found))


def is_member(conversation: Subject, user: str) -> bool:
    """Whether the user is a member."""
    return user in conversation.members


def may_see(conversation: Subject, user: str) -> bool:
    """Members see a conversation; an open channel is seen by everybody who is not banned."""
    return is_member(conversation, user) or (conversation.kind == "channel" and user not in conversation.banned)


def check_see(conversation: Subject, user: str) -> None:
    """Watching it and reading its pages: `see`, which depends on no time."""
    check(conversation, user, "see", 0)


def check_take_part(conversation: Subject, user: str) -> None:
    """What members do: `read`, which depends on no time."""
    check(conversation, user, "read", 0)


def audience(conversation: Subject) -> frozenset[str]:
    """Who is given the durable events, wherever they are connected. Who watches an open channel is given them too."""
    return frozenset(conversation.members)


def tracks_receipts(conversation: Subject) -> bool:
    """Whether delivery and reading are kept here: above some members the traffic would grow with the square."""
    return conversation.kind != "channel" and len(conversation.members) <= RECEIPT_MEMBERS


def unknown(id: str, *, is_there: bool = False) -> Refusal:
    """Return the one answer for what is not there and for what one may not know of.

    With `is_there` the core gives it as late as the other one.
    """
    refusal = Refusal("unknown_conversation", conversation=id)
    refusal.hides = is_there
    return refusal
