"""What happens to messages that are there: edit, delete, react, pin."""

from __future__ import annotations

import pytest
from kit.play import Actor, World

from nbchat.hub import items, queries
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import PINS, REACTION_KINDS, TEXT_CHARS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), touches=Rate(1e6, 10**6), flood_frames=1e6)


def three(world: World) -> tuple[Actor, Actor, Actor, str]:
    """Ada's group with Bob and Eve, who owns nothing."""
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team = ada.creates_group("Team", "bob", "eve")
    return ada, bob, eve, team


# --------------------------------------------------------------------------------------------------------------- edits


def test_everybody_sees_an_edit_and_the_author_before_the_reply() -> None:
    world = World()
    ada, bob, _, team = three(world)
    seq = bob.posts(team, "teh end").seq
    done = bob.does(wire.Edit, conversation=team, message=seq, text="the end", key=bob.key())
    event = ada.last(wire.Edited)
    assert (event.message, event.text, event.author) == (seq, "the end", "bob")
    assert bob.heard.index(done) == bob.heard.index(bob.last(wire.Edited)) + 1
    (message,) = ada.looks_up(team, seq)
    assert (message.text, message.edited_at, message.v) == ("the end", event.at, event.seq)


def test_only_the_author_edits() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    seq = bob.posts(team, "mine").seq
    for other in (ada, eve):
        error = other.is_refused("forbidden", wire.Edit, conversation=team, message=seq, text="!", key=other.key())
        assert "only who wrote a message edits it" in error.text
    assert not ada.all(wire.Edited)


def test_of_two_edits_at_once_the_later_one_holds_for_everybody() -> None:
    world = World()
    ada, bob, _, team = three(world)
    other = world.page("bob")
    seq = bob.posts(team, "0").seq
    with world.held():
        for device, text in ((bob, "1"), (other, "2")):
            device.sends(wire.Edit, conversation=team, message=seq, text=text, key=device.key())
    assert [one.looks_up(team, seq)[0].text for one in (ada, bob, other)] == ["2"] * 3
    assert [event.text for event in ada.all(wire.Edited)] == ["1", "2"]


def test_an_edit_that_is_sent_again_is_done_once_and_one_that_changes_nothing_not_at_all() -> None:
    world = World()
    ada, bob, _, team = three(world)
    seq = bob.posts(team, "one").seq
    for _ in range(2):
        bob.does(wire.Edit, conversation=team, message=seq, text="two", key="the-same-key")
    bob.edits(team, seq, "two")
    assert len(ada.all(wire.Edited)) == 1


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty_text"), (" \n", "empty_text"), ("x" * (TEXT_CHARS + 1), "text_too_long")]
)
def test_an_edit_has_the_limits_of_a_message(text: str, code: str) -> None:
    world = World()
    _, bob, _, team = three(world)
    seq = bob.posts(team).seq
    bob.is_refused(code, wire.Edit, conversation=team, message=seq, text=text, key=bob.key())


def test_a_key_of_an_edit_is_no_key_of_a_message() -> None:
    world = World()
    _, bob, _, team = three(world)
    seq = bob.posts(team).seq
    bob.does(wire.Edit, conversation=team, message=seq, text="two", key="the-same-key")
    bob.is_refused("malformed", wire.Post, conversation=team, text="three", key="the-same-key")


def test_the_versions_of_a_message_are_there_for_members_until_it_is_deleted() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    seq = bob.posts(team, "one").seq
    bob.edits(team, seq, "two")
    versions = eve.does(wire.FindVersions, conversation=team, message=seq)
    assert [event.text for event in versions.events] == ["one", "two"]
    stranger = world.page("mallory")
    stranger.is_refused("unknown_conversation", wire.FindVersions, conversation=team, message=seq)
    bob.deletes(team, seq)
    assert ada.does(wire.FindVersions, conversation=team, message=seq).events == []


# ------------------------------------------------------------------------------------------------------------- deletion


def test_a_deleted_message_leaves_a_tombstone_and_its_text_nowhere() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    seq = bob.posts(team, "the secret").seq
    bob.edits(team, seq, "the other secret")
    bob.deletes(team, seq)
    assert (eve.last(wire.Deleted).message, eve.last(wire.Deleted).writer) == (seq, "bob")
    late = world.page("eve", resume=wire.Resume(watched={team: wire.Position(eve.position(team).epoch, 1)}))
    late.watches(team)
    (message,) = late.looks_up(team, seq)
    assert (message.text, message.deleted, message.edited_at is None) == ("", "bob", False)
    assert "secret" not in repr(late.heard)
    assert late.last(wire.Posted).text == late.last(wire.Edited).text == ""
    ring = world.hub.core._state.conversations.get(team)
    assert ring is not None
    assert "secret" not in repr(ring.ring)
    ada.deletes(team, seq)
    assert len(ada.all(wire.Deleted)) == 1


def test_a_text_that_is_deleted_in_the_same_batch_travels_to_nobody() -> None:
    world = World(hubs=2, bus=False)
    _, bob, _, team = three(world)
    there = world.page("eve", hub=1)
    seq = bob.posts(team, "the secret").seq
    bob.deletes(team, seq)
    world.turn(2)
    assert there.last(wire.Deleted).message == seq
    assert there.texts(team)[-1] == ""
    assert "secret" not in repr(there.heard)


def test_who_moderates_deletes_what_others_wrote_and_it_says_so() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    seq = bob.posts(team, "spam").seq
    eve.is_refused("forbidden", wire.Delete, conversation=team, message=seq)
    ada.does(wire.Rank, conversation=team, user="eve", role="moderator")
    eve.deletes(team, seq)
    assert (bob.last(wire.Deleted).author, bob.last(wire.Deleted).writer) == ("eve", "bob")
    owners = ada.posts(team, "from above").seq
    eve.is_refused("forbidden", wire.Delete, conversation=team, message=owners)
    eve.deletes(team, eve.posts(team, "mine").seq)


def test_nothing_more_happens_to_a_deleted_message() -> None:
    world = World()
    ada, _, _, team = three(world)
    seq = ada.posts(team).seq
    ada.deletes(team, seq)
    for make, fields in (
        (wire.Edit, {"message": seq, "text": "x", "key": "key-of-edit"}),
        (wire.React, {"message": seq, "emoji": "👍"}),
        (wire.Pin, {"message": seq}),
        (wire.Post, {"text": "x", "key": "key-of-reply", "reply": seq}),
        (wire.Post, {"text": "x", "key": "key-of-thread", "thread": seq}),
        (wire.Post, {"text": "", "key": "key-of-forward", "forward": wire.Pointer(team, seq)}),
    ):
        ada.is_refused("deleted", make, conversation=team, **fields)
    ada.deletes(team, seq)
    assert ada.cursors[team] == seq + 1


def test_what_is_deleted_while_it_is_edited_is_deleted() -> None:
    world = World()
    ada, bob, _, team = three(world)
    seq = bob.posts(team, "0").seq
    with world.held():
        edit = bob.sends(wire.Edit, conversation=team, message=seq, text="1", key=bob.key())
        ada.sends(wire.Delete, conversation=team, message=seq)
        world.settle()
    assert isinstance(bob.reply(edit), wire.Done | wire.Error)
    assert [one.looks_up(team, seq)[0].text for one in (ada, bob)] == ["", ""]
    assert world.hub.core._state.conversations.get(team).ring[-1].seq == ada.cursors[team]  # type: ignore[union-attr]


@pytest.mark.parametrize("seq", [1, 99])
def test_what_is_no_message_cannot_be_touched(seq: int) -> None:
    world = World()
    ada, _, _, team = three(world)
    for make, fields in (
        (wire.Edit, {"message": seq, "text": "x", "key": "key-of-edit"}),
        (wire.Delete, {"message": seq}),
        (wire.React, {"message": seq, "emoji": "👍"}),
        (wire.Pin, {"message": seq}),
        (wire.Follow, {"thread": seq}),
        (wire.Post, {"text": "x", "key": "key-of-reply", "reply": seq}),
        (wire.Post, {"text": "x", "key": "key-of-thread", "thread": seq}),
        (wire.Post, {"text": "", "key": "key-of-forward", "forward": wire.Pointer(team, seq)}),
    ):
        error = ada.is_refused("unknown_message", make, conversation=team, **fields)
        assert error.text == f"There is no message {seq} in “{team}”."
    assert ada.cursors[team] == 1


# --------------------------------------------------------------------------------------------------- reactions and pins


def test_a_reaction_is_joined_and_left_and_counted_exactly() -> None:
    world = World(hubs=2)
    ada, bob, _, team = three(world)
    there = world.page("eve", hub=1)
    seq = ada.posts(team).seq
    with world.held():
        for one in (ada, bob, there, bob):
            one.sends(wire.React, conversation=team, message=seq, emoji="👍")
        bob.sends(wire.React, conversation=team, message=seq, emoji="❤")
    for one in (ada, bob, there):
        (message,) = one.looks_up(team, seq)
        assert [(found.emoji, sorted(found.users)) for found in message.reactions] == [
            ("👍", ["ada", "bob", "eve"]),
            ("❤️", ["bob"]),
        ]
    bob.reacts(team, seq, "👍", on=False)
    bob.reacts(team, seq, "❤️", on=False)
    bob.reacts(team, seq, "❤️", on=False)
    (message,) = ada.looks_up(team, seq)
    assert [(found.emoji, sorted(found.users)) for found in message.reactions] == [("👍", ["ada", "eve"])]
    assert len(ada.all(wire.Reacted)) == 6


@pytest.mark.parametrize("emoji", ["", "ok", "👍👍", "<b>", "1"])
def test_what_is_no_emoji_is_no_reaction(emoji: str) -> None:
    world = World()
    ada, _, _, team = three(world)
    seq = ada.posts(team).seq
    error = ada.is_refused("bad_emoji", wire.React, conversation=team, message=seq, emoji=emoji)
    assert f"“{emoji}”" in error.text


def test_only_so_many_kinds_of_reactions() -> None:
    world = World(limits=FAST)
    ada, bob, _, team = three(world)
    seq = ada.posts(team).seq
    for number in range(REACTION_KINDS):
        ada.reacts(team, seq, chr(0x1F600 + number))
    ada.is_refused("too_many", wire.React, conversation=team, message=seq, emoji="🦀")
    bob.reacts(team, seq, chr(0x1F600))


def test_pins_are_for_everybody_and_the_last_one_stands_at_the_end() -> None:
    world = World()
    ada, bob, _, team = three(world)
    one, two = ada.posts(team, "one").seq, ada.posts(team, "two").seq
    bob.pins(team, two)
    ada.pins(team, one)
    ada.pins(team, two)
    assert (bob.last(wire.Pinned).message, len(bob.all(wire.Pinned))) == (one, 2)
    found = list(bob.now(bob.does(wire.FindPins, conversation=team)))
    assert [(message.text, message.pinned) for message in found] == [("two", "bob"), ("one", "ada")]
    bob.pins(team, two, on=False)
    assert [message.text for message in bob.does(wire.FindPins, conversation=team).messages] == ["one"]
    ada.deletes(team, one)
    assert bob.does(wire.FindPins, conversation=team).messages == []


def test_only_so_many_pins() -> None:
    world = World(limits=FAST)
    ada, _, _, team = three(world)
    seqs = [ada.posts(team).seq for _ in range(PINS + 1)]
    for seq in seqs[:-1]:
        ada.pins(team, seq)
    ada.is_refused("too_many", wire.Pin, conversation=team, message=seqs[-1])
    ada.pins(team, seqs[0], on=False)
    ada.pins(team, seqs[-1])


# ----------------------------------------------------------------------------------------------------- who may, and how


def test_strangers_touch_nothing() -> None:
    world = World()
    ada, _, _, team = three(world)
    channel = ada.opens("ml-team")
    eve = world.page("mallory")
    for conversation, code in ((team, "unknown_conversation"), (channel, "not_member")):
        seq = ada.posts(conversation).seq
        for make, fields in (
            (wire.Edit, {"text": "x", "key": "key-of-edit"}),
            (wire.Delete, {}),
            (wire.React, {"emoji": "👍"}),
            (wire.Pin, {}),
        ):
            eve.is_refused(code, make, conversation=conversation, message=seq, **fields)
        assert ada.cursors[conversation] == seq


def test_edits_reactions_pins_and_deletions_share_one_pace() -> None:
    world = World(limits=HubLimits(touches=Rate(2.0, 3)))
    ada, _, _, team = three(world)
    seq = ada.posts(team).seq
    ada.edits(team, seq, "edited")
    ada.reacts(team, seq, "👍")
    ada.pins(team, seq)
    for make, fields in (
        (wire.Edit, {"text": "x", "key": "key-of-edit"}),
        (wire.Delete, {}),
        (wire.React, {"emoji": "🎉"}),
        (wire.Pin, {}),
    ):
        error = ada.is_refused("slow", make, conversation=team, message=seq, **fields)
        assert error.retry_after == pytest.approx(0.5)
    world.turn(0.5)
    ada.deletes(team, seq)


def test_a_store_that_fails_leaves_nothing_half_done() -> None:
    world = World()
    ada, bob, _, team = three(world)
    seq = ada.posts(team).seq
    world.database.failing = "store_full"
    for make, fields in (
        (wire.Edit, {"text": "x", "key": "key-of-edit"}),
        (wire.Delete, {}),
        (wire.React, {"emoji": "👍"}),
        (wire.Pin, {}),
    ):
        ada.is_refused("store_full", make, conversation=team, message=seq, **fields)
    world.database.failing = None
    assert (ada.cursors[team], bob.cursors[team]) == (seq, seq)
    assert [message.text for message in bob.looks_up(team, seq)] == ["hi"]


def test_reacting_and_pinning_read_nothing() -> None:
    world = World()
    ada, _, _, team = three(world)
    seq = ada.posts(team).seq
    asked = len(world.hub.queries)
    ada.reacts(team, seq, "👍")
    ada.pins(team, seq)
    assert len(world.hub.queries) == asked
    ada.edits(team, seq, "x")
    assert [type(one) for one in world.hub.queries[asked:]] == [queries.LoadMessages]
    assert isinstance(world.hub.written[-1], items.AppendEvent)
