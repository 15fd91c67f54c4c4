"""Which flow does what a command says: the table of all commands. A new command is a line here."""

from __future__ import annotations

from nbchat.protocol.messages import (
    Ack,
    AnyCommand,
    AnyReply,
    CloseReport,
    Create,
    Delete,
    Describe,
    DropLink,
    Edit,
    FindBanned,
    FindChannels,
    FindInvitation,
    FindLinks,
    FindLog,
    FindMembers,
    FindMentions,
    FindPeople,
    FindPins,
    FindReports,
    FindVersions,
    Follow,
    Grow,
    Hello,
    History,
    Invite,
    Join,
    Leave,
    ListConversations,
    Lookup,
    MakeLink,
    Mute,
    Offer,
    Open,
    Pin,
    Ping,
    Pong,
    Post,
    Rank,
    React,
    Read,
    ReadAll,
    Redeem,
    Remove,
    Report,
    SetOwn,
    SetProfile,
    Type,
    Unban,
    Unwatch,
    Watch,
)

from . import (
    describing,
    editing,
    growing,
    invitations,
    lookups,
    membership,
    moderation,
    owning,
    people,
    posting,
    profiles,
    receipts,
    reports,
    slash,
    threads,
    typers,
    watching,
    welcome,
)
from .connections import Connection
from .flows import Steps
from .state import State


def steps(  # noqa: C901, PLR0912, PLR0915 - one line for each command
    state: State, connection: Connection, command: AnyCommand
) -> Steps[AnyReply | None]:
    """Return the flow that does what the command says."""
    match command:
        case Hello():
            return welcome.hello(state, connection, command)
        case Post():
            return posting.post(state, connection, command)
        case Edit():
            return editing.edit(state, connection, command)
        case Grow():
            return growing.grow(state, connection, command)
        case Delete():
            return editing.delete(state, connection, command)
        case React():
            return editing.react(state, connection, command)
        case Pin():
            return editing.pin(state, connection, command)
        case Follow():
            return threads.follow(state, connection, command)
        case Lookup():
            return lookups.lookup(state, connection, command)
        case FindVersions():
            return lookups.find_versions(state, connection, command)
        case FindPins():
            return lookups.find_pins(state, connection, command)
        case FindMentions():
            return lookups.find_mentions(state, connection, command)
        case Open():
            return membership.open_(state, connection, command)
        case Create():
            return membership.create(state, connection, command)
        case Join():
            return membership.join(state, connection, command)
        case Leave():
            return membership.leave(state, connection, command)
        case Watch():
            return watching.watch(state, connection, command)
        case Unwatch():
            return watching.unwatch(state, connection, command)
        case History():
            return watching.history(state, connection, command)
        case Read():
            return receipts.read_(state, connection, command)
        case Ack():
            return receipts.ack(state, connection, command)
        case ReadAll():
            return receipts.read_all(state, connection, command)
        case Type():
            return typers.type_(state, connection, command)
        case ListConversations():
            return people.list_conversations(state, connection, command)
        case FindPeople():
            return people.find_people(state, command)
        case FindChannels():
            return people.find_channels(state, connection, command)
        case Describe():
            return describing.describe(state, connection, command)
        case Rank():
            return moderation.rank(state, connection, command)
        case Mute():
            return moderation.mute(state, connection, command)
        case Remove():
            return moderation.remove(state, connection, command)
        case Unban():
            return moderation.unban(state, connection, command)
        case FindBanned():
            return moderation.find_banned(state, connection, command)
        case FindLog():
            return moderation.find_log(state, connection, command)
        case Invite():
            return invitations.invite(state, connection, command)
        case MakeLink():
            return invitations.make_link(state, connection, command)
        case FindLinks():
            return invitations.find_links(state, connection, command)
        case DropLink():
            return invitations.drop_link(state, connection, command)
        case Redeem():
            return invitations.redeem(state, connection, command)
        case FindInvitation():
            return invitations.find_invitation(state, connection, command)
        case Report():
            return reports.report(state, connection, command)
        case FindReports():
            return reports.find_reports(state, connection, command)
        case CloseReport():
            return reports.close_report(state, connection, command)
        case FindMembers():
            return people.find_members(state, connection, command)
        case SetProfile():
            return profiles.set_profile(state, connection, command)
        case SetOwn():
            return owning.set_own(state, connection, command)
        case Offer():
            return slash.offer(state, connection, command)
        case Ping():
            return _pong(command)


def _pong(command: Ping) -> Steps[Pong]:
    yield from ()  # a flow like the others, although it waits for nothing
    return Pong(ref=command.ref)
