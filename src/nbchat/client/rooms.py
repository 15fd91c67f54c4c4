"""What one can do with conversations and people from Python: make, find, invite, describe, moderate.

A mixin over an `Engine`, part of `Verbs`. Every method asks the hub and waits for its answer; where the hub does not
allow it, `HubError` has the code of docs/protocol.md and says why. Holds no state.
"""

from __future__ import annotations

from collections.abc import Sequence

from nbchat.errors import NbchatError
from nbchat.protocol.messages import (
    Channels,
    CloseReport,
    Create,
    Describe,
    Done,
    DropLink,
    FindBanned,
    FindChannels,
    FindInvitation,
    FindLinks,
    FindLog,
    FindMembers,
    FindPeople,
    FindReports,
    Invitation,
    Invite,
    Invited,
    Join,
    Leave,
    Level,
    Links,
    Log,
    MakeLink,
    Member,
    Members,
    Mute,
    Opened,
    People,
    Person,
    Prefs,
    Rank,
    ReadAll,
    Redeem,
    Remove,
    Reported,
    Reports,
    Role,
    SetOwn,
    SetProfile,
    Settings,
    Summary,
    Unban,
)

from .engine import Engine
from .keys import fresh_key
from .moderated import Moderated, moderated

WEEK = 604_800
"""Seconds that a link holds if nothing else is said."""
PAGE = 200
"""Members asked for at once: the most that the protocol allows."""


class Rooms:
    """Conversations and people, over the open conversation of an engine."""

    _engine: Engine

    def _here(self) -> str:
        """Id of the open conversation. Raises NbchatError where none is open."""
        raise NotImplementedError  # `Verbs`, the only one that mixes this in, gives it

    # ------------------------------------------------------------------------------------------------ make, find, leave

    def create_group(self, title: str, members: Sequence[str | Person]) -> Summary:
        """Make a group, without opening it here. Whoever makes it is its owner.

        Args:
            title: what it is called.
            members: user ids, or `Person`s as `people` gives them; oneself comes by itself.

        Raises:
            HubError: a member is not known on this hub, or there are too many.
        """
        command = Create(ref=0, kind="group", title=title, key=fresh_key(), members=[_id(one) for one in members])
        return self._row(self._engine.ask(command, Opened).conversation)

    def create_channel(self, title: str) -> Summary:
        """Make an open channel, without opening it here.

        Raises:
            HubError: the name is in use, or cannot be one.
        """
        command = Create(ref=0, kind="channel", title=title, key=fresh_key())
        return self._row(self._engine.ask(command, Opened).conversation)

    def join(self, name: str) -> Summary:
        """Become a member of the open channel of that name or id, without opening it here.

        Raises:
            HubError: there is no such channel, or one was banned from it.
        """
        conversation = self._engine.names.resolve(name, create=False)
        self._engine.ask(Join(ref=0, conversation=conversation), Done)
        return self._row(conversation)

    def redeem(self, code: str) -> Summary:
        """Join by the code of an invitation, or by the whole address with `?invite=…`, without opening it here.

        Raises:
            HubError: `bad_link`; it has ended, was used up or withdrawn.
        """
        return self._row(self._engine.ask(Redeem(ref=0, code=_code(code)), Opened).conversation)

    def invitation(self, code: str) -> Invited:
        """Where an invitation leads (title, number of members, who made it), without joining by it.

        Raises:
            HubError: `bad_link`; it has ended, was used up or withdrawn.
        """
        return self._engine.ask(FindInvitation(ref=0, code=_code(code)), Invited)

    def leave(self, name: str | None = None) -> None:
        """Stop being a member of a conversation, by default of the open one.

        Raises:
            HubError: `last_owner`; others are left, and nobody would own it.
        """
        conversation = self._here() if name is None else self._engine.names.resolve(name, create=False)
        self._engine.ask(Leave(ref=0, conversation=conversation), Done)

    def people(self, query: str = "") -> list[Person]:
        """People of this hub whose name or id contains the query."""
        return self._engine.ask(FindPeople(ref=0, query=query, limit=200), People).people

    def channels(self, query: str = "") -> list[Summary]:
        """Open channels whose name contains the query."""
        return self._engine.ask(FindChannels(ref=0, query=query, limit=200), Channels).channels

    # ------------------------------------------------------------------------------------------ the open conversation

    @property
    def settings(self) -> Settings:
        """Topic, picture, rules of the open conversation, as they are known here now."""
        return self._row(self._here()).settings

    def describe(
        self,
        *,
        title: str | None = None,
        topic: str | None = None,
        picture: str | None = None,
        archived: bool | None = None,
        slow: int | None = None,
        announcements: bool | None = None,
    ) -> None:
        """Change what is given of the open conversation; the rest stays.

        Args:
            title: its name in lists; the handle of a channel stays.
            topic: a few words.
            picture: an emoji.
            archived: whether it is closed for good; owners only.
            slow: seconds between two messages of one member, 0 for none.
            announcements: whether only moderators and owners start messages.

        Example:
            chat.describe(topic="Runs of this week", slow=0)
        """
        command = Describe(
            ref=0, conversation=self._here(), title=title, topic=topic, picture=picture, archived=archived, slow=slow,
            announcements=announcements,
        )  # fmt: skip
        self._engine.ask(command, Done)

    def find_members(self, query: str = "", limit: int = PAGE) -> list[Member]:
        """Members of the open conversation whose name or id contains the query, by name, with role and presence."""
        found: list[Member] = []
        while len(found) < limit:
            command = FindMembers(
                ref=0, conversation=self._here(), query=query, after=found[-1].person.id if found else None,
                limit=min(PAGE, limit - len(found)),
            )  # fmt: skip
            page = self._engine.ask(command, Members)
            found += page.members
            if not page.more or not page.members:
                break
        return found

    def invite(self, *people: str | Person) -> None:
        """Make people members of the open conversation.

        Raises:
            HubError: somebody is not known here, or was banned.
        """
        self._engine.ask(Invite(ref=0, conversation=self._here(), users=[_id(one) for one in people]), Done)

    def invite_link(self, *, seconds: int | None = WEEK, uses: int | None = None, role: Role = "member") -> Invitation:
        """Make a link by which people join the open conversation.

        Args:
            seconds: how long it holds; None for no end.
            uses: how many people it lets in; None for as many as come.
            role: what they are then.

        Returns:
            The invitation; its `code` is what `redeem` takes, and what the page takes as `?invite=…`.
        """
        command = MakeLink(ref=0, conversation=self._here(), seconds=seconds, uses=uses, role=role)
        return self._engine.ask(command, Links).links[0]

    def invite_links(self) -> list[Invitation]:
        """The links of the open conversation that can still be used, the newest first."""
        return self._engine.ask(FindLinks(ref=0, conversation=self._here()), Links).links

    def withdraw(self, invitation: Invitation | str) -> None:
        """Let nobody join by this link any more."""
        code = invitation if isinstance(invitation, str) else invitation.code
        self._engine.ask(DropLink(ref=0, conversation=self._here(), code=code), Done)

    # ----------------------------------------------------------------------------------------------------- moderating

    def set_role(self, person: str | Person, role: Role) -> None:
        """Make a member "owner", "moderator", "member" or "guest".

        Raises:
            HubError: `last_owner`; nobody would own the conversation any more.
        """
        self._engine.ask(Rank(ref=0, conversation=self._here(), user=_id(person), role=role), Done)

    def mute_member(self, person: str | Person, seconds: int) -> None:
        """Let a member write nothing for so many seconds; 0 lets them write again."""
        self._engine.ask(Mute(ref=0, conversation=self._here(), user=_id(person), seconds=seconds), Done)

    def remove(self, person: str | Person, *, ban: bool = False, reason: str = "") -> None:
        """Make somebody no member any more; with `ban` they may not come back."""
        self._engine.ask(Remove(ref=0, conversation=self._here(), user=_id(person), ban=ban, reason=reason), Done)

    def unban(self, person: str | Person) -> None:
        """Let somebody come back."""
        self._engine.ask(Unban(ref=0, conversation=self._here(), user=_id(person)), Done)

    def banned(self) -> list[Person]:
        """Who may not come back to the open conversation."""
        return self._engine.ask(FindBanned(ref=0, conversation=self._here()), People).people

    def reports(self) -> list[Reported]:
        """What was reported to the moderators and nobody has closed, oldest first."""
        return self._engine.ask(FindReports(ref=0, conversation=self._here()), Reports).reports

    def close_report(self, report: Reported | int) -> None:
        """This report is dealt with."""
        number = report if isinstance(report, int) else report.id
        self._engine.ask(CloseReport(ref=0, conversation=self._here(), report=number), Done)

    def moderation_log(self, limit: int = 50) -> list[Moderated]:
        """What was moderated in the open conversation, newest first: who did what, and when, in words."""
        reply = self._engine.ask(FindLog(ref=0, conversation=self._here(), limit=min(limit, 100)), Log)
        names = {person.id: person.name for person in reply.people}
        return [moderated(event, names) for event in reply.events]

    # -------------------------------------------------------------------------------------------------- about oneself

    def rename(self, name: str) -> None:
        """Change the display name under which one writes, everywhere.

        Raises:
            HubError: the name cannot be used.
        """
        self._engine.ask(SetProfile(ref=0, name=name), Done)

    def set_status(self, text: str | None = None, *, emoji: str | None = None) -> None:
        """Say what one is doing; "" for nothing. What is not given stays.

        Example:
            chat.set_status("training, back at five", emoji="🏃")
        """
        self._engine.ask(SetProfile(ref=0, status=text, emoji=emoji), Done)

    def block(self, person: str | Person) -> None:
        """Take no direct messages from somebody, and fold what they write elsewhere."""
        self._own(f"block:{_id(person)}", 1)

    def unblock(self, person: str | Person) -> None:
        """Take their messages again."""
        self._own(f"block:{_id(person)}", None)

    def prefer(self, *, level: Level | None = None, mute_until: int | None = None, star: bool | None = None) -> None:
        """Say what one wants of the open conversation; what is not given stays.

        Args:
            level: be told of "all", "mentions" or "none".
            mute_until: ms UTC until which it is muted; 0 for ever, -1 to end that.
            star: whether it stands on top of the list.
        """
        conversation = self._here()
        with self._engine.reading() as state:
            row = state.own.get(f"prefs:{conversation}")
            now = row.value if row is not None and isinstance(row.value, Prefs) else Prefs()
        until = now.mute_until if mute_until is None else None if mute_until < 0 else mute_until
        wanted = Prefs(
            level=level or now.level, mute_until=until, star=now.star if star is None else star, order=now.order
        )
        self._own(f"prefs:{conversation}", wanted)

    def mark_all_read(self) -> None:
        """Mark all conversations and threads as read, on all devices of this user."""
        self._engine.ask(ReadAll(ref=0), Done)

    # --------------------------------------------------------------------------------------------------------- helpers

    def _own(self, key: str, value: int | Prefs | None) -> None:
        self._engine.ask(SetOwn(ref=0, key=key, value=value), Done)

    def _row(self, conversation: str) -> Summary:
        with self._engine.reading() as state:
            known = state.conversations.get(conversation)
        if known is None:
            raise NbchatError(f"{conversation!r} is not in the list of this session; one has left it meanwhile.")
        return known.summary


def _code(text: str) -> str:
    """The code of an invitation, out of the whole address as well."""
    return text.strip().rpartition("invite=")[2].partition("&")[0].partition("#")[0]


def _id(person: str | Person) -> str:
    return person.id if isinstance(person, Person) else person.removeprefix("@")
