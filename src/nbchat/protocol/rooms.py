"""Commands about a conversation as a whole: its settings, members, invitations and reports.

Part of `messages`: import them from there. What each may do is in docs/policy.md.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .commands import Command
from .shapes import (
    ConversationId,
    Role,
    Seq,
    UserId,
)


class Describe(Command, tag="describe"):
    """Change what is not None of a conversation's title and settings. Reply: `done`."""

    conversation: ConversationId
    title: str | None = None
    topic: str | None = None
    picture: Annotated[str, Meta(max_length=64)] | None = None
    archived: bool | None = None
    slow: Annotated[int, Meta(ge=0, le=3_600)] | None = None
    announcements: bool | None = None


class Rank(Command, tag="rank"):
    """Give a member another role. Reply: `done`; error `last_owner` where nobody would own it any more."""

    conversation: ConversationId
    user: UserId
    role: Role


class Mute(Command, tag="mute"):
    """Let a member write nothing for so many seconds; 0: let them write again. Reply: `done`."""

    conversation: ConversationId
    user: UserId
    seconds: Annotated[int, Meta(ge=0, le=31_536_000)]


class Invite(Command, tag="invite"):
    """Make people members. Reply: `done`; who is one already stays as they are."""

    conversation: ConversationId
    users: Annotated[list[UserId], Meta(min_length=1, max_length=200)]


class Remove(Command, tag="remove"):
    """Make somebody no member any more; with `ban` they may not come back. Reply: `done`."""

    conversation: ConversationId
    user: UserId
    ban: bool = False
    reason: Annotated[str, Meta(max_length=200)] = ""


class Unban(Command, tag="unban"):
    """Let somebody come back. Reply: `done`."""

    conversation: ConversationId
    user: UserId


class FindBanned(Command, tag="find_banned"):
    """Who may not come back. Reply: `people`."""

    conversation: ConversationId


class FindMembers(Command, tag="find_members"):
    """Members whose name or id contains the query, by name, behind `after` (a user id). Reply: `members`."""

    conversation: ConversationId
    query: Annotated[str, Meta(max_length=100)] = ""
    after: UserId | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class MakeLink(Command, tag="make_link"):
    """Make a link by which people join. Reply: `links` with this one."""

    conversation: ConversationId
    seconds: Annotated[int, Meta(ge=60, le=31_536_000)] | None = 604_800
    """How long it holds; None: no end. A week, as Discord's and Slack's are a week or a month."""
    uses: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    role: Role = "member"


class FindLinks(Command, tag="find_links"):
    """The links of a conversation that can still be used. Reply: `links`."""

    conversation: ConversationId


class DropLink(Command, tag="drop_link"):
    """Let nobody join by this link any more. Reply: `done`, also where it cannot be used anyway."""

    conversation: ConversationId
    code: Annotated[str, Meta(max_length=64)]


class Redeem(Command, tag="redeem"):
    """Join by a link. Reply: `opened`; error `bad_link` where it has ended, was used up or never was one."""

    code: Annotated[str, Meta(max_length=64)]


class FindInvitation(Command, tag="find_invitation"):
    """Where a link leads, before one joins by it; takes no use. Reply: `invited`; error `bad_link` as of `redeem`."""

    code: Annotated[str, Meta(max_length=64)]


class Report(Command, tag="report"):
    """Report a message to the moderators. Reply: `done`; the same person's second report replaces the first."""

    conversation: ConversationId
    message: Seq
    reason: Annotated[str, Meta(max_length=1_000)] = ""


class FindReports(Command, tag="find_reports"):
    """Reports that nobody has closed, oldest first, at most 100. Reply: `reports`."""

    conversation: ConversationId


class CloseReport(Command, tag="close_report"):
    """This report is dealt with. Reply: `done`."""

    conversation: ConversationId
    report: Seq


class FindLog(Command, tag="find_log"):
    """What was moderated, newest first, below the seq `before`. Reply: `log`."""

    conversation: ConversationId
    before: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
