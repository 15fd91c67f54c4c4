"""How people become members who do not join by themselves: invited by a member, or by a link that they were given.

A link is a row of the store with a use count, which goes down in the same transaction as its `joined` event: of two who
use the last one at once, one joins. Who is banned, and who has blocked the one that invites, is not brought in.
"""

from __future__ import annotations

from nbchat.protocol.limits import GROUP_MEMBERS
from nbchat.protocol.messages import (
    Done,
    DropLink,
    FindInvitation,
    FindLinks,
    Invitation,
    Invite,
    Invited,
    Joined,
    Links,
    MakeLink,
    Opened,
    Person,
    Redeem,
)

from . import items, policy
from .blocks import blocks
from .catchup import ensure_told
from .connections import Connection
from .conversations import Conversation
from .deciding import TRIES, author_of, decided, signed
from .flows import Refusal, Steps, must_read, stored
from .loading import append, enter
from .policy import NO_LINK, is_member
from .queries import LinksRecord, LoadLinks, LoadPeople, PeopleRecord
from .state import State


def invite(state: State, connection: Connection, command: Invite) -> Steps[Done]:
    """Make people members: all that can be said against one of them is said before anybody joins."""
    state.pace_change(connection.user)
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "invite", state.now.wall)
    wanted = [user for user in command.users if not is_member(conversation, user)]
    people = yield from invited(state, connection, wanted)

    for person in people:
        check_welcome(conversation, person)
    for person in people:
        yield from _bring(state, connection, command.conversation, person)
    return Done(ref=command.ref)


def _bring(state: State, connection: Connection, id: str, person: Person) -> Steps[None]:
    def decide(conversation: Conversation) -> Joined | None:
        policy.check(conversation, connection.user, "invite", state.now.wall)
        check_welcome(conversation, person)
        if is_member(conversation, person.id):
            return None
        return Joined(**signed(state, connection, id), person=person)

    yield from decided(state, id, decide)


def check_welcome(conversation: Conversation, person: Person) -> None:
    """The person is not banned."""
    if person.id in conversation.banned:
        raise Refusal("banned", conversation=conversation.title or conversation.id)


def invited(state: State, connection: Connection, ids: list[str]) -> Steps[tuple[Person, ...]]:
    """Return the people with these ids, each once and without oneself.

    Raises:
        Refusal: there are too many, one of them is unknown, or one has blocked who invites.
    """
    wanted = tuple(dict.fromkeys(id for id in ids if id != connection.user))
    if len(wanted) + 1 > GROUP_MEMBERS:
        raise Refusal("too_many", limit=GROUP_MEMBERS, what="people at once", count=len(wanted) + 1)
    if not wanted:
        return ()
    record = yield from must_read(LoadPeople(ids=wanted, limit=len(wanted)), PeopleRecord)
    found = {person.id: person for person in state.named(record.people)}
    for id in wanted:
        if id not in found:
            raise Refusal("unknown_person", name=id)
    for id in wanted:
        yield from check_not_blocked(state, connection, found[id])
    return tuple(found[id] for id in wanted)


def check_not_blocked(state: State, connection: Connection, person: Person) -> Steps[None]:
    """The person has not blocked the one whose connection this is.

    Raises:
        Refusal: `blocked`.
    """
    if (yield from blocks(state, person.id, connection.user)):
        raise Refusal("blocked", name=person.name)


# --------------------------------------------------------------------------------------------------------------- links


def make_link(state: State, connection: Connection, command: MakeLink) -> Steps[Links]:
    """Make a link by which people join as members or guests; other roles are given to members, by name."""
    if command.role not in {"member", "guest"}:
        raise Refusal("forbidden", why=f"a link makes nobody {command.role}; give members that role instead")
    state.pace_change(connection.user)
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "make_link", state.now.wall)
    link = Invitation(
        code=state.mint() + state.mint(),
        conversation=conversation.id,
        author=connection.user,
        role=command.role,
        until=None if command.seconds is None else state.now.wall + command.seconds * 1_000,
        uses=command.uses,
    )
    outcome = yield items.PutLink(link=link)
    stored(outcome, items.Put, conversation=conversation.id)
    return Links(ref=command.ref, conversation=conversation.id, links=[link])


def find_links(state: State, connection: Connection, command: FindLinks) -> Steps[Links]:
    """The links that can still be used."""
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "make_link", state.now.wall)
    record = yield from must_read(LoadLinks(conversation=conversation.id), LinksRecord)
    policy.check(conversation, connection.user, "make_link", state.now.wall)
    return Links(ref=command.ref, conversation=conversation.id, links=list(record.links))


def drop_link(state: State, connection: Connection, command: DropLink) -> Steps[Done]:
    """Let nobody join by this link any more."""
    state.pace_change(connection.user)
    conversation = yield from enter(state, command.conversation)
    policy.check(conversation, connection.user, "make_link", state.now.wall)
    outcome = yield items.DropLink(conversation=conversation.id, code=command.code)
    stored(outcome, items.Put, conversation=conversation.id)
    return Done(ref=command.ref)


def redeem(state: State, connection: Connection, command: Redeem) -> Steps[Opened]:
    """Join by a link. Who is a member already stays as they are, and takes no use of it."""
    link = yield from _usable(state, connection, command.code)
    for _ in range(TRIES):
        conversation = yield from enter(state, link.conversation)
        if is_member(conversation, connection.user):
            yield from ensure_told(state, connection, conversation)
            return Opened(ref=command.ref, conversation=conversation.id)
        policy.check(conversation, connection.user, "redeem", state.now.wall)
        yield from _join_by(state, connection, conversation, link)
    raise Refusal("store_failed")


def find_invitation(state: State, connection: Connection, command: FindInvitation) -> Steps[Invited]:
    """Say where a link leads, to who may join by it."""
    link = yield from _usable(state, connection, command.code)
    makers = yield from must_read(LoadPeople(ids=(link.author,), limit=1), PeopleRecord)
    conversation = yield from enter(state, link.conversation)
    joined = is_member(conversation, connection.user)
    if not joined:
        policy.check(conversation, connection.user, "redeem", state.now.wall)
    [by] = state.named(makers.people) or [Person(link.author, link.author)]
    return Invited(
        ref=command.ref,
        conversation=conversation.id,
        kind=conversation.kind,
        title=conversation.title or conversation.handle or "",
        settings=conversation.settings,
        members=len(conversation.members),
        by=by,
        role=link.role if conversation.members else "owner",
        joined=joined,
    )


def _usable(state: State, connection: Connection, code: str) -> Steps[Invitation]:
    """The link with this code. Codes cannot be tried out: it costs as much as a change."""
    state.pace_change(connection.user)
    record = yield from must_read(LoadLinks(code=code), LinksRecord)
    if not record.links:
        raise Refusal("bad_link", why=NO_LINK)
    return record.links[0]


def _join_by(state: State, connection: Connection, conversation: Conversation, link: Invitation) -> Steps[None]:
    me = author_of(state, connection)
    role = link.role if conversation.members else "owner"
    joined = Joined(**signed(state, connection, conversation.id), person=me, role=role)
    try:
        yield from append(state, conversation, joined, link=link.code)
    except Refusal as refusal:
        if refusal.code == "bad_link":
            raise Refusal("bad_link", why=NO_LINK) from None
        raise
