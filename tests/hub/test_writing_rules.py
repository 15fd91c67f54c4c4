"""When a message may be written, beside who may: forwards, slow mode, and who takes no messages from whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kit.play import Actor, World

from nbchat.hub import queries
from nbchat.hub.blocks import REMEMBERED
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import RESUME_EVENTS, TEXT_CHARS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), touches=Rate(1e6, 10**6), flood_frames=1e6)


def three(world: World) -> tuple[Actor, Actor, Actor, str]:
    """Ada's group with Bob and Eve."""
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    return ada, bob, eve, ada.creates_group("Team", "bob", "eve")


# ------------------------------------------------------------------------------------------------------------- forwards


def test_a_forward_is_a_copy_that_outlives_the_original() -> None:
    world = World()
    ada, bob, _, team = three(world)
    other = ada.creates_group("Other", "bob")
    original = bob.posts(team, "the plan")
    ada.posts(other, "see here", forward=wire.Pointer(team, original.seq))
    copy = wire.Forwarded("", 0, "bob", "Bob", original.at, "the plan")
    assert bob.last(wire.Posted).forwarded == copy
    bob.deletes(team, original.seq)
    assert ada.pages(other)[-1].forwarded == copy


def test_a_forward_of_a_forward_passes_on_the_first_one() -> None:
    world = World()
    ada, bob, _, team = three(world)
    notes = ada.opens("@ada")
    original = bob.posts(team, "the plan").seq
    first = ada.posts(notes, " \n", forward=wire.Pointer(team, original)).seq
    assert ada.last(wire.Posted).text == ""
    ada.posts(team, "", forward=wire.Pointer(notes, first))
    passed = bob.last(wire.Posted).forwarded
    assert passed is not None
    assert (passed.author, passed.text) == ("bob", "the plan")
    ada.edits(notes, first, "")
    second = ada.posts(notes, "my view", forward=wire.Pointer(team, original)).seq
    ada.edits(notes, second, "")
    ada.posts(team, "", forward=wire.Pointer(notes, second))
    passed = bob.last(wire.Posted).forwarded
    assert passed is not None
    assert passed.text == "the plan"


def test_where_a_forward_comes_from_is_told_of_open_channels_and_in_the_same_conversation_only() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    private, channel = ada.creates_group("Private", "bob"), ada.opens("ml-team")
    secret, told = bob.posts(private, "the secret").seq, ada.posts(channel, "in the open").seq

    def passed(target: str, source: str, seq: int) -> tuple[int, tuple[str, int]]:
        posted = ada.posts(target, "", forward=wire.Pointer(source, seq)).seq
        copy = ada.last(wire.Posted).forwarded
        assert copy is not None
        return posted, (copy.conversation, copy.seq)

    inside, place = passed(private, private, secret)
    assert place == (private, secret)
    assert passed(team, private, secret)[1] == ("", 0)
    assert passed(team, private, inside)[1] == ("", 0), "nor by a copy of the copy"
    opened, place = passed(team, channel, told)
    assert place == (channel, told)
    assert passed(private, team, opened)[1] == (channel, told)
    assert private not in repr(eve.heard)


def test_only_what_one_sees_is_forwarded() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    private = ada.creates_group("Private", "bob")
    seq = bob.posts(private, "the secret").seq
    for id in (private, "never-was"):
        pointer = wire.Pointer(id, seq)
        eve.is_refused("unknown_conversation", wire.Post, conversation=team, text="", key=eve.key(), forward=pointer)
    channel = ada.opens("ml-team")
    seq = ada.posts(channel, "in the open").seq
    eve.posts(team, "", forward=wire.Pointer(channel, seq))
    assert "secret" not in repr(eve.heard)
    error = eve.is_refused(
        "text_too_long",
        wire.Post,
        conversation=team,
        text="x" * (TEXT_CHARS + 1),
        key=eve.key(),
        forward=wire.Pointer(channel, seq),
    )
    assert "10001" in error.text


def test_a_forward_is_found_in_the_preview() -> None:
    world = World()
    ada, bob, _, team = three(world)
    seq = ada.posts(team, "the plan").seq
    ada.posts(team, "", forward=wire.Pointer(team, seq))
    row = world.page("bob").welcome.conversations[0]
    assert row.last is not None
    assert row.last.text == "the plan"
    assert bob.cursors[team] == row.last.seq


# ------------------------------------------------------------------------------------------------------------ slow mode


def test_in_slow_mode_one_waits_between_two_messages() -> None:
    world = World(hubs=2)
    ada, bob, eve, team = three(world)
    root = ada.posts(team).seq
    bob.posts(team, "before it was slow")
    ada.does(wire.Describe, conversation=team, slow=30)
    there = world.page("bob", hub=1)
    world.turn(10)
    error = bob.is_refused("slow_mode", wire.Post, conversation=team, text="more", key=bob.key())
    assert error.retry_after == pytest.approx(20)
    assert error.text == "Slow mode: one message every 30 s here. The next in 20 s."
    there.is_refused("slow_mode", wire.Post, conversation=team, text="x", key=there.key(), thread=root)
    eve.posts(team)
    for _ in range(2):
        ada.posts(team, "owners are exempt")
    bob.edits(team, root + 1, "edits are no messages")
    world.turn(20)
    bob.posts(team, "now")
    there.is_refused("slow_mode", wire.Post, conversation=team, text="x", key=there.key())
    ada.does(wire.Describe, conversation=team, slow=0)
    bob.posts(team)


def test_two_messages_at_once_are_one_in_slow_mode() -> None:
    world = World()
    ada, bob, _, team = three(world)
    ada.does(wire.Describe, conversation=team, slow=30)
    with world.held():
        first, second = bob.posts_later(team, "1"), bob.posts_later(team, "2")
    assert isinstance(bob.reply(first), wire.Accepted)
    assert bob.reply(second).code == "slow_mode"
    assert bob.texts(team) == ["1"]


def test_a_message_that_could_not_be_stored_does_not_slow_down_the_next_try() -> None:
    world = World()
    ada, bob, _, team = three(world)
    ada.does(wire.Describe, conversation=team, slow=30)
    world.database.failing = "store_full"
    bob.is_refused("store_full", wire.Post, conversation=team, text="x", key="the-same-key")
    world.database.failing = None
    bob.posts(team, "x", key="the-same-key")
    bob.posts(team, "x", key="the-same-key")
    assert bob.texts(team) == ["x"]


def test_slow_mode_waits_no_longer_because_the_clock_was_set_back() -> None:
    world = World(limits=FAST)
    ada, bob, _, team = three(world)
    ada.does(wire.Describe, conversation=team, slow=30)
    bob.posts(team, "one")
    world.sets_the_clock(-3_600)
    error = bob.is_refused("slow_mode", wire.Post, conversation=team, text="x", key=bob.key())
    assert error.retry_after == 30
    world.turn(30)
    bob.posts(team, "two")


def test_slow_mode_knows_of_messages_that_the_hub_has_forgotten() -> None:
    world = World(hubs=2, limits=FAST)
    ada, bob, _, team = three(world)
    ada.does(wire.Describe, conversation=team, slow=3_600)
    root = ada.posts(team).seq
    bob.posts(team, "mine", thread=root)
    for _ in range(RESUME_EVENTS):
        ada.posts(team, "and much more")
    there = world.page("bob", hub=1)
    world.turn(600)
    error = there.is_refused("slow_mode", wire.Post, conversation=team, text="x", key=there.key())
    assert error.retry_after == pytest.approx(3_000)
    world.turn(3_000)
    there.posts(team, "now")


# -------------------------------------------------------------------------------------------------------- sent again

RULES: dict[str, Callable[[Actor, Actor, str], object]] = {
    "muted": lambda ada, bob, id: ada.does(wire.Mute, conversation=id, user="bob", seconds=600),
    "removed": lambda ada, bob, id: ada.does(wire.Remove, conversation=id, user="bob"),
    "banned": lambda ada, bob, id: ada.does(wire.Remove, conversation=id, user="bob", ban=True),
    "archived": lambda ada, bob, id: ada.does(wire.Describe, conversation=id, archived=True),
    "announcements": lambda ada, bob, id: ada.does(wire.Describe, conversation=id, announcements=True),
    "slow mode": lambda ada, bob, id: ada.does(wire.Describe, conversation=id, slow=600),
    "its own deletion": lambda ada, bob, id: bob.deletes(id, 3),
    "the end of what it forwards": lambda ada, bob, id: ada.deletes(id, 2),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_stored_already_is_accepted_when_it_is_sent_again(rule: str) -> None:
    world = World(limits=FAST)
    ada, bob, _, team = three(world)
    forward = wire.Pointer(team, ada.posts(team, "the plan").seq)
    first = bob.posts(team, "see", key="the-same-key", forward=forward)
    RULES[rule](ada, bob, team)
    again = bob.posts(team, "see", key="the-same-key", forward=forward)
    assert (again.seq, again.at) == (first.seq, first.at)
    assert len([one for one in ada.all(wire.Posted) if one.key == "the-same-key"]) == 1


def test_what_is_stored_already_is_accepted_though_one_was_blocked_since() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    direct = bob.opens("@ada")
    first = bob.posts(direct, "hi", key="the-same-key")
    ada.does(wire.SetOwn, key="block:bob", value=1)
    assert bob.posts(direct, "hi", key="the-same-key").seq == first.seq
    bob.is_refused("blocked", wire.Post, conversation=direct, text="hi", key=bob.key())
    bob.is_refused("unknown_conversation", wire.Post, conversation="nowhere", text="hi", key="the-same-key")


def test_moderators_are_exempt_from_slow_mode() -> None:
    world = World()
    ada, bob, _, team = three(world)
    ada.does(wire.Describe, conversation=team, slow=30)
    ada.does(wire.Rank, conversation=team, user="bob", role="moderator")
    bob.posts(team)
    bob.posts(team)


# --------------------------------------------------------------------------------------------------------------- blocks


@pytest.mark.parametrize("bus", [True, False])
def test_who_is_blocked_writes_nothing_to_who_has_blocked_them(*, bus: bool) -> None:
    world = World(hubs=2, bus=bus)
    ada, bob = world.page("ada"), world.page("bob", hub=1)
    direct = ada.opens("@bob")
    seq = ada.posts(direct, "hi").seq
    bob.does(wire.SetOwn, key="block:ada", value=1)
    world.turn(1.1)
    for make, fields in (
        (wire.Post, {"text": "hello?", "key": "key-of-ada"}),
        (wire.Edit, {"message": seq, "text": "hello?", "key": "key-of-edit"}),
        (wire.React, {"message": seq, "emoji": "👋"}),
    ):
        assert ada.is_refused("blocked", make, conversation=direct, **fields).text.startswith("“Bob” takes no messages")
    bob.watches(direct)
    ada.does(wire.Type, conversation=direct)
    assert not bob.all(wire.Typing)
    ada.deletes(direct, seq)
    bob.posts(direct, "bye")
    bob.does(wire.SetOwn, key="block:ada", value=None)
    world.turn(1.1)
    ada.posts(direct, "hello again")


def test_a_block_means_nothing_in_a_group_and_for_oneself() -> None:
    world = World()
    ada, bob, _, team = three(world)
    bob.does(wire.SetOwn, key="block:ada", value=1)
    ada.posts(team)
    bob.posts(bob.opens("@bob"))


def test_whether_somebody_is_blocked_is_read_once() -> None:
    world = World()
    ada = world.page("ada")
    world.page("bob").closes()
    direct = ada.opens("@bob")
    for _ in range(3):
        ada.posts(direct)
    assert sum(isinstance(one, queries.LoadOwn) for one in world.hub.queries) == 1


def test_of_too_many_pairs_none_is_remembered_and_a_block_holds_all_the_same() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    direct = ada.opens("@bob")
    bob.does(wire.SetOwn, key="block:ada", value=1)
    ada.is_refused("blocked", wire.Post, conversation=direct, text="hello?", key=ada.key())
    known = world.hub.core._state.blocks
    del known["bob", "ada"]
    known.update({(f"guest-{n}", "ada"): False for n in range(REMEMBERED)})
    ada.is_refused("blocked", wire.Post, conversation=direct, text="hello?", key=ada.key())
    assert known == {("bob", "ada"): True}


def test_a_block_that_comes_while_it_is_looked_up_holds() -> None:
    world = World(hubs=2)
    world.page("bob").closes()
    direct = world.page("ada").opens("@bob")
    ada, bob, there = world.page("ada", hub=1), world.page("bob", hub=1), world.hubs[1]
    with world.held():
        first = ada.posts_later(direct, "in time")
        there.store.step()  # loads the conversation
        while there.inputs:
            there.handle(there.inputs.pop(0))
        there.store.step()  # has read that nobody is blocked, and nobody was told yet
        late = list(there.inputs)
        there.inputs.clear()
        bob.sends(wire.SetOwn, key="block:ada", value=1)
        world.settle()
        for answer in late:
            there.handle(answer)
    assert ada.reply(first).code == "blocked"
    ada.is_refused("blocked", wire.Post, conversation=direct, text="again", key=ada.key())


def test_a_block_that_could_not_be_read_lets_nothing_through() -> None:
    world = World(hubs=2)
    world.page("bob").closes()
    direct = world.page("ada").opens("@bob")
    ada = world.page("ada", hub=1)
    ada.watches(direct)
    world.reading_fails = True
    ada.is_refused("store_failed", wire.Post, conversation=direct, text="x", key=ada.key())
    world.reading_fails = False
    ada.posts(direct)
