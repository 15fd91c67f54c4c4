"""How people come in who do not join by themselves: invited, or by a link."""

from __future__ import annotations

from typing import Any

import pytest
from kit.play import Actor, World

from nbchat.hub import items
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import LINKS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)


def team(*, hubs: int = 1, bus: bool = True) -> tuple[World, Actor, Actor, str]:
    """Ada owns a group with nobody else in it; bob is outside, at the last hub."""
    world = World(hubs=hubs, bus=bus, limits=FAST)
    ada, bob = world.page("ada"), world.page("bob", hub=hubs - 1)
    return world, ada, bob, ada.creates_group("Team")


def link(ada: Actor, id: str, **fields: object) -> wire.Invitation:
    """A new link to the group."""
    made: wire.Links = ada.does(wire.MakeLink, conversation=id, **fields)
    assert made.conversation == id
    return made.links[0]


def test_who_is_invited_is_a_member_and_told_so() -> None:
    world, ada, bob, id = team()
    eve = world.page("eve")
    ada.posts(id, "before")
    ada.does(wire.Invite, conversation=id, users=["bob", "eve", "bob", "ada"])
    row = bob.last(wire.Added).summary
    assert (row.joined, row.role, row.unread, row.members) == (True, "member", 0, 2)
    joined = [event for event in ada.all(wire.Joined) if event.conversation == id]
    assert [(event.author, event.person.id) for event in joined] == [("ada", "bob"), ("ada", "eve")]
    bob.does(wire.Invite, conversation=id, users=["eve"])
    assert len(eve.all(wire.Joined)) == 0


def test_if_one_cannot_be_invited_nobody_is() -> None:
    world, ada, bob, id = team()
    world.page("eve")
    assert "“nobody”" in ada.is_refused("unknown_person", wire.Invite, conversation=id, users=["bob", "nobody"]).text
    ada.does(wire.Invite, conversation=id, users=["eve"])
    ada.does(wire.Remove, conversation=id, user="eve", ban=True)
    ada.is_refused("banned", wire.Invite, conversation=id, users=["bob", "eve"])
    ada.is_refused("too_many", wire.Invite, conversation=id, users=[f"u{number}" for number in range(200)])
    assert not bob.all(wire.Added)


def test_who_has_blocked_somebody_is_not_brought_together_with_them() -> None:
    world, ada, bob, id = team()
    bob.does(wire.SetOwn, key="block:ada", value=world.now.wall)
    assert "“Bob”" in ada.is_refused("blocked", wire.Open, name="@bob").text
    ada.is_refused("blocked", wire.Invite, conversation=id, users=["bob"])
    ada.is_refused("blocked", wire.Create, kind="group", title="Two", key=ada.key(), members=["bob"])
    assert not bob.all(wire.Added)
    bob.does(wire.SetOwn, key="block:ada", value=None)
    ada.opens("@bob")


def test_a_direct_conversation_that_is_there_can_be_opened_by_who_is_blocked() -> None:
    world, ada, bob, _ = team()
    direct = ada.opens("@bob")
    bob.does(wire.SetOwn, key="block:ada", value=world.now.wall)
    assert ada.opens("@bob") == direct
    assert bob.opens("@ada") == direct
    ada.is_refused("blocked", wire.Post, conversation=direct, text="hi", key=ada.key())


# --------------------------------------------------------------------------------------------------------------- links


def test_who_has_the_link_comes_in() -> None:
    _, ada, bob, id = team()
    made = link(ada, id, role="guest", uses=2, seconds=3600)
    assert (made.author, made.role, made.uses) == ("ada", "guest", 2)
    assert bob.does(wire.Redeem, code=made.code).conversation == id
    kinds = [type(item) for item in bob.heard]
    assert kinds.index(wire.Added) < kinds.index(wire.Opened)
    assert bob.last(wire.Added).summary.role == "guest"
    event = ada.last(wire.Joined)
    assert (event.author, event.person.id, event.role) == ("bob", "bob", "guest")
    assert [one.uses for one in ada.does(wire.FindLinks, conversation=id).links] == [1]


@pytest.mark.parametrize("texts", [(), ("one", "two")])
def test_the_newest_page_says_who_brought_one_in(texts: tuple[str, ...]) -> None:
    _, ada, bob, id = team()
    for text in texts:
        ada.posts(id, text)
    ada.does(wire.Invite, conversation=id, users=["bob"])
    page = bob.does(wire.History, conversation=id, limit=1)
    came = [(event.author, event.person.id) for event in page.notices if isinstance(event, wire.Joined)]
    assert came == [("ada", "bob")]
    assert bob.last(wire.Added).summary.read > (page.messages[-1].seq if texts else 0)


def test_so_it_says_of_who_is_in_from_the_beginning() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    id = ada.creates_group("Team", "bob")
    [made] = bob.does(wire.History, conversation=id, limit=1).notices
    assert isinstance(made, wire.Created)
    assert (made.author, [person.id for person in made.people]) == ("ada", ["ada", "bob"])
    assert bob.last(wire.Added).summary.read == made.seq


def test_a_link_says_where_it_leads_and_no_more_and_takes_no_use() -> None:
    _, ada, bob, id = team()
    ada.posts(id, "secret")
    code = link(ada, id, role="guest", uses=1).code
    found = bob.does(wire.FindInvitation, code=code)
    assert (found.conversation, found.kind, found.title, found.members) == (id, "group", "Team", 1)
    assert (found.by.id, found.role, found.joined) == ("ada", "guest", False)
    assert "secret" not in repr(bob.heard)
    assert ada.does(wire.FindInvitation, code=code).joined
    bob.does(wire.Redeem, code=code)
    assert "used up" in bob.is_refused("bad_link", wire.FindInvitation, code=code).text


def test_a_link_says_nothing_to_who_is_banned() -> None:
    """Not even that it is one: it would be a window on what the group is called by now."""
    _, ada, bob, id = team()
    code = link(ada, id).code
    bob.does(wire.Redeem, code=code)
    ada.does(wire.Remove, conversation=id, user="bob", ban=True)
    ada.does(wire.Describe, conversation=id, title="Secret plan")
    for kind in (wire.FindInvitation, wire.Redeem):
        assert bob.is_refused("bad_link", kind, code=code).text == bob.is_refused("bad_link", kind, code="none").text
    assert "Secret" not in repr(bob.heard)
    ada.does(wire.Unban, conversation=id, user="bob")
    assert bob.does(wire.FindInvitation, code=code).title == "Secret plan"


def test_who_is_in_takes_no_use_of_a_link() -> None:
    _, ada, bob, id = team()
    code = link(ada, id, uses=1).code
    ada.does(wire.Redeem, code=code)
    bob.does(wire.Redeem, code=code)
    assert "used up" in ada.is_refused("bad_link", wire.Redeem, code=code).text
    assert not ada.does(wire.FindLinks, conversation=id).links


@pytest.mark.parametrize(
    ("make", "more"),
    [(wire.Rank, {"user": "mona", "role": "member"}), (wire.Remove, {"user": "mona"}), (wire.Leave, {})],
)
def test_links_end_with_the_role_of_who_made_them(make: Any, more: dict[str, Any]) -> None:
    world, ada, bob, id = team()
    mona = world.page("mona")
    ada.does(wire.Invite, conversation=id, users=["mona"])
    ada.does(wire.Rank, conversation=id, user="mona", role="moderator")
    kept, code = link(ada, id).code, link(mona, id).code
    ada.does(wire.Rank, conversation=id, user="mona", role="owner")
    assert len(ada.does(wire.FindLinks, conversation=id).links) == 2
    (mona if make is wire.Leave else ada).does(make, conversation=id, **more)
    bob.is_refused("bad_link", wire.Redeem, code=code)
    assert [one.code for one in ada.does(wire.FindLinks, conversation=id).links] == [kept]


def test_links_end() -> None:
    world, ada, bob, id = team()
    late, dropped = link(ada, id, seconds=60).code, link(ada, id).code
    ada.does(wire.DropLink, conversation=id, code=dropped)
    ada.does(wire.DropLink, conversation=id, code=dropped)
    world.turn(61.0)
    for code in (late, dropped, "never-was-one"):
        bob.is_refused("bad_link", wire.Redeem, code=code)
    assert not ada.all(wire.Joined)


@pytest.mark.parametrize("hubs", [1, 2])
def test_of_two_who_use_the_last_one_at_once_one_comes_in(hubs: int) -> None:
    world, ada, bob, id = team(hubs=hubs, bus=False)
    eve = world.page("eve")
    code = link(ada, id, uses=1).code
    with world.held():
        refs = bob.sends(wire.Redeem, code=code), eve.sends(wire.Redeem, code=code)
    world.turn(1.0)
    replies = [bob.reply(refs[0]), eve.reply(refs[1])]
    assert sorted(getattr(reply, "code", "opened") for reply in replies) == ["bad_link", "opened"]
    assert len(ada.all(wire.Joined)) == 1


def test_a_link_does_not_bring_back_who_is_banned_nor_into_what_is_archived() -> None:
    world, ada, bob, id = team()
    code = link(ada, id).code
    bob.does(wire.Redeem, code=code)
    ada.does(wire.Remove, conversation=id, user="bob", ban=True)
    bob.is_refused("bad_link", wire.Redeem, code=code)
    ada.does(wire.Describe, conversation=id, archived=True)
    world.page("eve").is_refused("archived", wire.Redeem, code=code)


def test_a_link_makes_no_moderators() -> None:
    _, ada, _, id = team()
    for role in ("moderator", "owner"):
        assert role in ada.is_refused("forbidden", wire.MakeLink, conversation=id, role=role).text


def test_so_many_links_are_enough() -> None:
    world, ada, _, id = team()
    codes = [link(ada, id).code for _ in range(LINKS)]
    assert len(set(codes)) == LINKS
    assert str(LINKS) in ada.is_refused("too_many", wire.MakeLink, conversation=id).text
    ada.does(wire.DropLink, conversation=id, code=codes[0])
    link(ada, id)
    assert sum(isinstance(item, items.PutLink) for item in world.hub.written) == LINKS + 2
    assert [one.code for one in ada.does(wire.FindLinks, conversation=id).links][1:] == codes[:0:-1]


@pytest.mark.parametrize("kind", [wire.Redeem, wire.FindInvitation])
def test_guessing_codes_is_slow(kind: Any) -> None:
    world = World()
    bob = world.page("bob")
    codes = [bob.asks(kind, code=f"guess-{number}").code for number in range(40)]
    assert codes.count("bad_link") == HubLimits().changes.burst
    assert set(codes[HubLimits().changes.burst :]) == {"slow"}
