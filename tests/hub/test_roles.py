"""Roles, muting, removing, banning, what a conversation is called and how it works, and the log of all that.

Who may do it is in test_policy; here is what comes of it.
"""

from __future__ import annotations

from typing import Any

import pytest
from kit.play import Actor, World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import TITLE_CHARS, TOPIC_CHARS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)


def team(*, hubs: int = 1, bus: bool = True) -> tuple[World, Actor, Actor, Actor, str]:
    """Ada owns a group with bob and eve; the second hub is bob's."""
    world = World(hubs=hubs, bus=bus, limits=FAST)
    ada, bob, eve = world.page("ada"), world.page("bob", hub=hubs - 1), world.page("eve")
    return world, ada, bob, eve, ada.creates_group("Team", "bob", "eve")


def row(actor: Actor, id: str) -> wire.Summary:
    """The row that a fresh page of this person gets."""
    fresh = actor.world.page(actor.person.id)
    return next(one for one in fresh.welcome.conversations if one.id == id)


def standings(actor: Actor, id: str) -> list[wire.Standing]:
    """What a view that opens now is told."""
    fresh = actor.world.page(actor.person.id)
    fresh.watches(id)
    return fresh.last(wire.Snapshot).standings


def test_who_makes_a_conversation_owns_it() -> None:
    world, ada, bob, _, id = team()
    assert (row(ada, id).role, row(bob, id).role) == ("owner", "member")
    assert standings(bob, id) == [wire.Standing("ada", "owner", None)]
    channel = world.session("ada").opens("ml-team")
    assert bob.opens("ml-team") == channel
    assert (row(ada, channel).role, row(bob, channel).role) == ("owner", "member")


def test_a_role_is_an_event_and_holds_at_once() -> None:
    _, ada, bob, eve, id = team()
    bob.is_refused("forbidden", wire.Mute, conversation=id, user="eve", seconds=60)
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    event = eve.last(wire.Ranked)
    assert (event.author, event.user, event.role) == ("ada", "bob", "moderator")
    bob.does(wire.Mute, conversation=id, user="eve", seconds=60)
    assert row(bob, id).role == "moderator"
    assert [(one.user, one.role) for one in standings(eve, id)] == [
        ("ada", "owner"),
        ("bob", "moderator"),
        ("eve", "member"),
    ]


def test_what_is_so_already_stores_nothing() -> None:
    _, ada, bob, _, id = team()
    ada.does(wire.Rank, conversation=id, user="bob", role="member")
    ada.does(wire.Mute, conversation=id, user="bob", seconds=0)
    ada.does(wire.Unban, conversation=id, user="bob")
    ada.does(wire.Describe, conversation=id, title="Team", topic="")
    ada.does(wire.Describe, conversation=id)
    assert not bob.all(wire.Durable)


@pytest.mark.parametrize(
    ("make", "more"), [(wire.Rank, {"role": "guest"}), (wire.Mute, {"seconds": 5}), (wire.Remove, {})]
)
def test_what_is_done_to_nobody(make: Any, more: dict[str, Any]) -> None:
    world, ada, _, _, id = team()
    world.page("sam")
    for user in ("sam", "nobody"):
        assert f"“{user}” is no member" in ada.is_refused("forbidden", make, conversation=id, user=user, **more).text


def test_nobody_mutes_or_removes_themself() -> None:
    _, ada, _, _, id = team()
    ada.is_refused("forbidden", wire.Mute, conversation=id, user="ada", seconds=5)
    assert "leave" in ada.is_refused("forbidden", wire.Remove, conversation=id, user="ada").text


def test_a_moderator_steps_down_but_not_up() -> None:
    _, ada, bob, _, id = team()
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    bob.is_refused("forbidden", wire.Rank, conversation=id, user="bob", role="owner")
    bob.does(wire.Rank, conversation=id, user="bob", role="member")
    bob.is_refused("forbidden", wire.Rank, conversation=id, user="bob", role="moderator")


# ---------------------------------------------------------------------------------------------------------- last owner


def test_the_last_owner_stays_while_others_are_there() -> None:
    _, ada, bob, eve, id = team()
    assert "“Team”" in ada.is_refused("last_owner", wire.Leave, conversation=id).text
    ada.is_refused("last_owner", wire.Rank, conversation=id, user="ada", role="member")
    ada.does(wire.Rank, conversation=id, user="bob", role="owner")
    ada.leaves(id)
    bob.is_refused("last_owner", wire.Leave, conversation=id)
    eve.leaves(id)
    bob.leaves(id)
    assert not any(one.id == id for one in bob.world.page("bob").welcome.conversations)


def test_two_owners_who_leave_at_once_leave_one() -> None:
    world, ada, bob, eve, id = team(hubs=2, bus=False)
    ada.does(wire.Rank, conversation=id, user="bob", role="owner")
    world.turn(1.0)
    with world.held():
        refs = ada.sends(wire.Leave, conversation=id), bob.sends(wire.Leave, conversation=id)
    replies = [ada.reply(refs[0]), bob.reply(refs[1])]
    assert sorted(type(reply).__name__ for reply in replies) == ["Done", "Error"]
    assert [reply.code for reply in replies if isinstance(reply, wire.Error)] == ["last_owner"]
    assert len(eve.all(wire.Left)) == 1


def test_two_owners_who_unmake_each_other_leave_one() -> None:
    world, ada, bob, eve, id = team(hubs=2, bus=False)
    ada.does(wire.Rank, conversation=id, user="bob", role="owner")
    world.turn(1.0)
    with world.held():
        refs = (
            ada.sends(wire.Rank, conversation=id, user="bob", role="member"),
            bob.sends(wire.Rank, conversation=id, user="ada", role="member"),
        )
    codes = [getattr(reply, "code", "done") for reply in (ada.reply(refs[0]), bob.reply(refs[1]))]
    assert sorted(codes) == ["done", "forbidden"]
    assert [one.role for one in standings(eve, id)] == ["owner"]


def test_who_comes_first_to_a_channel_that_all_have_left_owns_it() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    channel = ada.opens("ml-team")
    ada.leaves(channel)
    bob.opens("ml-team")
    assert (bob.last(wire.Added).summary.role, bob.last(wire.Added).summary.members) == ("owner", 1)
    eve.opens("ml-team")
    assert eve.last(wire.Added).summary.role == "member"


# -------------------------------------------------------------------------------------------------------------- muting


def test_who_is_muted_writes_again_after_their_time() -> None:
    world, ada, bob, eve, id = team()
    ada.does(wire.Mute, conversation=id, user="bob", seconds=60)
    until = eve.last(wire.Muted).until
    assert until == world.now.wall + 60_000
    assert "“Team”" in bob.is_refused("muted", wire.Post, conversation=id, text="hi", key=bob.key()).text
    assert row(bob, id).muted == until
    world.turn(60.5)
    bob.posts(id, "back")
    ada.does(wire.Mute, conversation=id, user="bob", seconds=60)
    ada.does(wire.Mute, conversation=id, user="bob", seconds=0)
    assert eve.last(wire.Muted).until is None
    bob.posts(id, "again")
    assert standings(bob, id) == [wire.Standing("ada", "owner", None)]


# ------------------------------------------------------------------------------------------------- removing and banning


@pytest.mark.parametrize("hubs", [1, 2])
def test_who_is_removed_gets_their_left_and_then_nothing(hubs: int) -> None:
    world, ada, bob, eve, id = team(hubs=hubs)
    bob.watches(id)
    ada.watches(id)
    ada.does(wire.Remove, conversation=id, user="bob", reason="  too   loud ")
    ada.posts(id, "now we can talk")
    ada.does(wire.Type, conversation=id)
    world.turn(2.0)
    left = bob.last(wire.Left)
    after = bob.heard[bob.heard.index(left) + 1 :]
    assert all(isinstance(item, wire.Own) for item in after)
    assert (left.author, left.user, left.banned, left.reason) == ("ada", "bob", False, "too loud")
    bob.is_refused("unknown_conversation", wire.History, conversation=id)
    eve.sees("now we can talk", in_=id)


def test_who_is_removed_may_be_invited_again_and_who_is_banned_not() -> None:
    _, ada, bob, _, id = team()
    ada.does(wire.Remove, conversation=id, user="bob")
    ada.does(wire.Invite, conversation=id, users=["bob"])
    assert bob.last(wire.Added).summary.joined
    ada.does(wire.Remove, conversation=id, user="bob", ban=True)
    assert bob.last(wire.Left).banned
    ada.does(wire.Remove, conversation=id, user="bob", ban=True)
    ada.is_refused("banned", wire.Invite, conversation=id, users=["bob"])
    assert [one.id for one in ada.does(wire.FindBanned, conversation=id).people] == ["bob"]
    ada.does(wire.Unban, conversation=id, user="bob")
    assert not ada.does(wire.FindBanned, conversation=id).people
    ada.does(wire.Invite, conversation=id, users=["bob"])


def test_who_is_banned_from_a_channel_sees_it_no_more() -> None:
    world = World(limits=FAST)
    ada, bob = world.page("ada"), world.page("bob")
    channel = ada.opens("ml-team")
    bob.opens("ml-team")
    bob.watches(channel)
    position = bob.position(channel)
    ada.does(wire.Remove, conversation=channel, user="bob", ban=True)
    for make, fields in (
        (wire.Open, {"name": "ml-team"}),
        (wire.Join, {"conversation": channel}),
        (wire.Watch, {"conversation": channel}),
        (wire.History, {"conversation": channel}),
    ):
        bob.is_refused("banned", make, **fields)
    bob.closes()
    again = world.page("bob", resume=wire.Resume(watched={channel: position}))
    assert (again.last(wire.Removed).conversation, again.closed_with) == (channel, None)
    ada.does(wire.Unban, conversation=channel, user="bob")
    assert again.opens("ml-team") == channel


def test_two_hubs_that_remove_and_promote_at_once_agree() -> None:
    world, ada, bob, eve, id = team(hubs=2, bus=False)
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    world.turn(1.0)
    with world.held():
        refs = (
            ada.sends(wire.Remove, conversation=id, user="bob"),
            bob.sends(wire.Mute, conversation=id, user="eve", seconds=60),
        )
    world.turn(1.0)
    codes = [getattr(reply, "code", "done") for reply in (ada.reply(refs[0]), bob.reply(refs[1]))]
    assert codes in (["done", "unknown_conversation"], ["done", "done"])
    assert eve.last(wire.Left).user == "bob"
    assert bool(eve.all(wire.Muted)) == (codes[1] == "done")


# -------------------------------------------------------------------------------------------------- title and settings


def test_a_conversation_is_described_as_a_whole() -> None:
    _, ada, bob, eve, id = team()
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    eve.does(wire.Describe, conversation=id, topic="  the   plan ")
    bob.does(wire.Describe, conversation=id, title=" The  A Team ", picture="\N{ROCKET}", slow=10)
    event = eve.last(wire.Described)
    assert (event.title, event.settings) == (
        "The A Team",
        wire.Settings(topic="the plan", picture="\N{ROCKET}", slow=10),
    )
    assert (row(eve, id).title, row(eve, id).settings) == (event.title, event.settings)
    ada.does(wire.Describe, conversation=id, picture="", announcements=True, archived=True)
    assert eve.last(wire.Described).settings == wire.Settings(
        topic="the plan", slow=10, announcements=True, archived=True
    )


def test_what_cannot_be_described() -> None:
    _, ada, bob, _, id = team()
    bad: list[tuple[str, dict[str, Any]]] = [
        ("bad_name", {"title": " "}),
        ("bad_name", {"title": "x" * (TITLE_CHARS + 1)}),
        ("bad_own", {"topic": "x" * (TOPIC_CHARS + 1)}),
        ("bad_own", {"topic": "evil\u202egnp"}),
        ("bad_emoji", {"picture": "ok"}),
        ("bad_emoji", {"picture": "\N{ROCKET}\N{ROCKET}"}),
    ]
    for code, fields in bad:
        ada.is_refused(code, wire.Describe, conversation=id, **fields)
    bob.is_refused("forbidden", wire.Describe, conversation=id, topic="mine", title="Mine")
    assert not bob.all(wire.Described)


def test_two_parts_described_at_once_are_both_there() -> None:
    world, ada, bob, eve, id = team(hubs=2, bus=False)
    with world.held():
        ada.sends(wire.Describe, conversation=id, title="Ours")
        bob.sends(wire.Describe, conversation=id, topic="the plan")
    world.turn(1.0)
    last = eve.last(wire.Described)
    assert (last.title, last.settings.topic) == ("Ours", "the plan")


def test_members_leave_what_is_archived() -> None:
    _, ada, bob, eve, id = team()
    ada.does(wire.Describe, conversation=id, archived=True)
    bob.leaves(id)
    assert eve.last(wire.Left).user == "bob"
    assert "archived" in ada.is_refused("archived", wire.Invite, conversation=id, users=["bob"]).text
    ada.does(wire.Describe, conversation=id, archived=False)
    ada.does(wire.Invite, conversation=id, users=["bob"])


@pytest.mark.parametrize("hubs", [1, 2])
def test_leaving_and_coming_back_ends_no_muting_and_no_demotion(hubs: int) -> None:
    world = World(hubs=hubs, limits=FAST)
    ada, bob = world.page("ada"), world.page("bob", hub=hubs - 1)
    channel = ada.opens("ml-team")
    bob.opens("ml-team")
    seq = bob.posts(channel).seq
    ada.does(wire.Rank, conversation=channel, user="bob", role="guest")
    ada.does(wire.Mute, conversation=channel, user="bob", seconds=60)
    muted = ada.last(wire.Muted).until
    bob.leaves(channel)
    bob.opens("ml-team")
    came = ada.last(wire.Joined)
    assert (came.person.id, came.role, came.muted) == ("bob", "guest", muted)
    bob.is_refused("muted", wire.Post, conversation=channel, key=bob.key(), text="hi")
    assert (row(bob, channel).role, row(bob, channel).muted) == ("guest", muted)
    world.turn(61.0)
    bob.posts(channel)
    bob.is_refused("forbidden", wire.Pin, conversation=channel, message=seq)


def test_who_has_left_above_members_comes_back_as_a_member() -> None:
    _, ada, bob, _, id = team()
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    bob.leaves(id)
    ada.does(wire.Invite, conversation=id, users=["bob"])
    assert ada.last(wire.Joined).role == row(bob, id).role == "member"


# ------------------------------------------------------------------------------------------------------------- the log


def test_the_log_has_what_was_moderated_newest_first() -> None:
    _, ada, bob, eve, id = team()
    ada.posts(id)
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    rude = eve.posts(id, "rude").seq
    bob.deletes(id, rude)
    bob.does(wire.Mute, conversation=id, user="eve", seconds=60)
    bob.does(wire.Remove, conversation=id, user="eve", ban=True)
    log = ada.does(wire.FindLog, conversation=id)
    assert [type(event).__name__ for event in log.events] == ["Left", "Muted", "Deleted", "Ranked"]
    assert {person.id for person in log.people} == {"ada", "bob", "eve"}
    assert not log.more
    first = ada.does(wire.FindLog, conversation=id, limit=3)
    rest = ada.does(wire.FindLog, conversation=id, limit=3, before=first.events[-1].seq)
    assert (len(first.events), first.more, len(rest.events), rest.more) == (3, True, 1, False)
    assert [*first.events, *rest.events] == log.events


def test_members_are_found_with_how_they_stand() -> None:
    world, ada, bob, _, id = team()
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    ada.does(wire.Mute, conversation=id, user="eve", seconds=60)
    bob.closes()
    gone = world.now.wall
    world.turn(20.0)
    found = ada.does(wire.FindMembers, conversation=id)
    assert [(one.person.id, one.role, one.online, one.last_seen) for one in found.members] == [
        ("ada", "owner", True, None),
        ("bob", "moderator", False, gone),
        ("eve", "member", True, None),
    ]
    assert found.members[2].muted is not None
    page = ada.does(wire.FindMembers, conversation=id, limit=2)
    rest = ada.does(wire.FindMembers, conversation=id, limit=2, after=page.members[-1].person.id)
    assert ([one.person.id for one in rest.members], page.more, rest.more) == (["eve"], True, False)
    assert [one.person.id for one in ada.does(wire.FindMembers, conversation=id, query="BO").members] == ["bob"]


@pytest.mark.parametrize("make", [wire.FindLog, wire.FindBanned])
def test_who_moderates_no_more_while_it_is_read_learns_nothing(make: Any) -> None:
    world, ada, bob, _, id = team()
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    ada.does(wire.Remove, conversation=id, user="eve", ban=True)
    with world.held():
        asked = bob.sends(make, conversation=id)
        ada.sends(wire.Rank, conversation=id, user="bob", role="member")
    world.settle()
    assert bob.reply(asked).code == "forbidden"


def test_the_last_one_leaves_no_archived_channel_because_nobody_could_open_it_again() -> None:
    world = World(limits=FAST)
    ada, bob = world.page("ada"), world.page("bob")
    channel = ada.opens("ml-team")
    ada.does(wire.Describe, conversation=channel, archived=True)
    assert "open it again first" in ada.is_refused("forbidden", wire.Leave, conversation=channel).text
    ada.does(wire.Describe, conversation=channel, archived=False)
    ada.leaves(channel)
    assert bob.opens("ml-team") == channel
    assert row(bob, channel).role == "owner"
