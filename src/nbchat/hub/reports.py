"""Reporting a message to the moderators, and what they see of it.

A report is a row of the store and no event: only moderators learn of it, by their own rows `reports:`, and of
who has reported. Deciding what follows is theirs: they delete, mute or remove by the usual commands.
"""

from __future__ import annotations

from nbchat.protocol.messages import CloseReport, Done, FindReports, Report, Reports

from . import items, policy
from .connections import Connection
from .conversation import REPORTS
from .flows import Refusal, Steps, must_read, read, stored
from .loading import enter
from .queries import LoadMessages, LoadOwn, LoadReports, OwnRecord, PageRecord, ReportsRecord
from .state import State


def report(state: State, connection: Connection, command: Report) -> Steps[Done]:
    """Report a message; a second report of the same person replaces the first."""
    state.pace_change(connection.user)
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "report", state.now.wall)
    page = yield from read(LoadMessages(conversation=conversation.id, seqs=(command.message,)), PageRecord)
    if page is None or not page.messages:
        raise Refusal("unknown_message", message=command.message, conversation=conversation.id)
    if page.messages[0].deleted is not None:
        raise Refusal("deleted")
    policy.check(conversation, connection.user, "report", state.now.wall)
    outcome = yield items.PutReport(
        conversation=conversation.id,
        message=command.message,
        user=connection.user,
        reason=command.reason.strip(),
        moderators=policy.moderators(conversation),
    )
    stored(outcome, items.OwnsStored, conversation=conversation.id)
    return Done(ref=command.ref)


def find_reports(state: State, connection: Connection, command: FindReports) -> Steps[Reports]:
    """Open reports, oldest first."""
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    record = yield from must_read(LoadReports(conversation=conversation.id), ReportsRecord)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    return Reports(
        ref=command.ref,
        conversation=conversation.id,
        reports=list(record.reports),
        people=state.named(record.people),
    )


def close_report(state: State, connection: Connection, command: CloseReport) -> Steps[Done]:
    """A report is dealt with, by whatever was done or not done."""
    state.pace_change(connection.user)
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "moderate", state.now.wall)
    outcome = yield items.CloseReport(
        conversation=conversation.id, report=command.report, moderators=policy.moderators(conversation)
    )
    stored(outcome, items.OwnsStored, conversation=conversation.id)
    return Done(ref=command.ref)


def recount(state: State, id: str, user: str) -> Steps[None]:
    """Somebody's role has changed: their own row says how many reports are open if they moderate, or is gone.

    Raises:
        Refusal: the store has failed; doing again what changed the role mends it.
    """
    conversation = yield from enter(state, id)
    count: int | None = None
    if user in policy.moderators(conversation):
        count = (yield from must_read(LoadReports(conversation=id), ReportsRecord)).open
    had = yield from read(LoadOwn(user=user, key=REPORTS + id), OwnRecord)
    if (count or 0) != (had.value if had is not None else 0):
        outcome = yield items.PutOwn(user=user, key=REPORTS + id, value=count)
        stored(outcome, items.OwnStored)
