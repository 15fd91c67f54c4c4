"""What a person sets of their own state: drafts, what they want of a conversation, saved messages, whom they block.

Rows, last write wins, told to all devices of the person at every hub and to nobody else (`own`). Read markers, threads
and reports have commands of their own. Who sets a row must see what it is about; taking one away is always possible.
"""

from __future__ import annotations

from nbchat.protocol.limits import TEXT_CHARS
from nbchat.protocol.messages import LARGEST, Done, OwnValue, Prefs, SetOwn

from . import items, policy
from .blocks import BLOCK
from .connections import Connection
from .flows import Refusal, Steps, must_read, stored
from .loading import enter
from .queries import LoadPeople, PeopleRecord
from .state import State

DRAFT, PREFS, SAVED = "draft:", "prefs:", "saved:"
"""Prefixes of the keys; `OwnRow` says what follows."""
_SLASH = {PREFS: "", SAVED: "/"}
"""Whether a slash and a message follow the conversation; in drafts it is a thread's, if there is one."""


def set_own(state: State, connection: Connection, command: SetOwn) -> Steps[Done]:
    """Set a row, or take it away with None. An empty draft is none."""
    state.pace(connection.user, "touches", state.limits.touches)
    kind = next((one for one in (DRAFT, PREFS, SAVED, BLOCK) if command.key.startswith(one)), None)
    if kind is None:
        raise _bad(command, f"a key begins with {DRAFT}, {PREFS}, {SAVED} or {BLOCK}")
    value = None if kind == DRAFT and command.value == "" else command.value
    _check_value(command, kind, value)
    if value is not None:
        yield from _check_about(state, connection, command, kind)
    outcome = yield items.PutOwn(user=connection.user, key=command.key, value=value)
    stored(outcome, items.OwnStored)
    return Done(ref=command.ref)


def _check_value(command: SetOwn, kind: str, value: OwnValue) -> None:
    match kind, value:
        case _, None:
            return
        case "draft:", str():
            if len(value) > TEXT_CHARS:
                raise Refusal("text_too_long", length=len(value), limit=TEXT_CHARS)
        case "prefs:", Prefs(mute_until=until, order=_):
            if until is not None and not 0 <= until <= LARGEST:
                raise _bad(command, "mute_until is a time in ms UTC, or 0 for ever")
        case "saved:" | "block:", int() if not isinstance(value, bool) and 0 <= value <= LARGEST:
            return
        case _:
            wanted = {DRAFT: "text", PREFS: "preferences", SAVED: "a time in ms UTC", BLOCK: "a time in ms UTC"}[kind]
            raise _bad(command, f"its value is {wanted}, or null")


def _check_about(state: State, connection: Connection, command: SetOwn, kind: str) -> Steps[None]:
    """The person sees what the row is about."""
    rest = command.key.removeprefix(kind)
    if kind == BLOCK:
        yield from _check_person(connection, command, rest)
        return
    id, slash, number = rest.partition("/")
    if slash != _SLASH.get(kind, slash):
        raise _bad(command, "the number of a message belongs to what is saved, and not to preferences")
    conversation = yield from enter(state, id)
    policy.check(conversation, connection.user, "see", state.now.wall)
    if slash:
        if not (number.isascii() and number.isdigit() and str(int(number)) == number):
            raise _bad(command, "the number of a message follows the slash")
        if not 1 <= int(number) <= conversation.last_seq:
            raise Refusal("unknown_message", message=number, conversation=conversation.id)


def _check_person(connection: Connection, command: SetOwn, user: str) -> Steps[None]:
    if user == connection.user:
        raise _bad(command, "nobody blocks themself")
    record = yield from must_read(LoadPeople(ids=(user,)), PeopleRecord)
    if not record.people:
        raise Refusal("unknown_person", name=user)


def _bad(command: SetOwn, why: str) -> Refusal:
    return Refusal("bad_own", key=command.key[:100], why=why)
