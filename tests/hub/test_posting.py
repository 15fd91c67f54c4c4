"""Writing messages: order, keys, refusals, pace."""

from __future__ import annotations

import pytest
from kit.play import World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import TEXT_CHARS, HubLimits, Rate


def test_everybody_sees_a_message_once_and_the_author_before_the_reply() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    accepted = ada.posts(team, "hi")
    bob.sees("hi", in_=team)
    ada.sees("hi", in_=team)
    assert ada.heard.index(accepted) == ada.heard.index(ada.last(wire.Posted)) + 1
    event = bob.last(wire.Posted)
    assert (event.author, event.name, event.via, event.seq, event.at) == ("ada", "Ada", "page", 2, accepted.at)


def test_what_is_committed_together_travels_together_and_is_encoded_once() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team = ada.creates_group("Team", "bob", "eve")
    with world.held():
        for number in range(5):
            ada.sends(wire.Post, conversation=team, text=f"{number}", key=ada.key())
    frame = bob.frames[-1]
    assert [event.text for event in frame.items if isinstance(event, wire.Posted)] == list("01234")
    assert set(frame.to) == {ada.number, bob.number, eve.number}


def test_the_same_key_is_the_same_message() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    first = ada.posts(notes, "once", key="the-same-key")
    again = ada.posts(notes, "once", key="the-same-key")
    assert (again.seq, again.at) == (first.seq, first.at)
    assert ada.texts(notes) == ["once"]


def test_the_same_key_twice_in_flight_is_one_message() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    with world.held():
        refs = [ada.sends(wire.Post, conversation=notes, text="once", key="the-same-key") for _ in range(2)]
    assert {ada.reply(ref).seq for ref in refs} == {2}
    assert ada.texts(notes) == ["once"]


def test_a_key_that_another_hub_has_stored_gives_the_event_before_the_reply() -> None:
    world = World(hubs=2, bus=False)
    ada = world.page("ada")
    notes = ada.opens("@ada")
    there = world.page("ada", hub=1)
    with world.held():
        ada.sends(wire.Post, conversation=notes, text="once", key="the-same-key")
        world.hub.store.step()  # on disk, but nobody was told
        ref = there.sends(wire.Post, conversation=notes, text="once", key="the-same-key")
    assert there.texts(notes) == ["once"]
    assert there.heard.index(there.last(wire.Posted)) < there.heard.index(there.reply(ref))


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_empty_text_is_refused(text: str) -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    ada.is_refused("empty_text", wire.Post, conversation=notes, text=text, key=ada.key())
    assert world.database.changes(0).grown == ((notes, 1),)


def test_too_long_text_is_refused_with_its_length() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    error = ada.is_refused("text_too_long", wire.Post, conversation=notes, text="x" * (TEXT_CHARS + 1), key=ada.key())
    assert "10001 characters" in error.text
    ada.posts(notes, "x" * TEXT_CHARS)


def test_a_private_conversation_is_as_unknown_as_one_that_never_was() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    world.page("bob")
    team = ada.creates_group("Team", "bob")
    eve.news()
    for command, fields in (
        (wire.Post, {"text": "hi", "key": "key-of-eve"}),
        (wire.Watch, {}),
        (wire.History, {}),
        (wire.Join, {}),
        (wire.Leave, {}),
        (wire.Read, {"seq": 1}),
        (wire.Type, {}),
    ):
        private = eve.is_refused("unknown_conversation", command, conversation=team, **fields)
        nothing = eve.is_refused("unknown_conversation", command, conversation="never-was", **fields)
        assert private.text.replace(team, "never-was") == nothing.text
    ada.posts(team, "secret")
    assert not eve.all(wire.Durable)


def test_an_open_channel_is_written_to_by_members_only() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    for command, fields in ((wire.Post, {"text": "hi", "key": "key-of-eve"}), (wire.Type, {}), (wire.Read, {"seq": 1})):
        refused = eve.is_refused("not_member", command, conversation=channel, **fields)
        assert refused.text == "You are not a member of “ml-team”. Join it first."
    eve.does(wire.Join, conversation=channel)
    eve.posts(channel, "hi")


def test_above_the_rate_a_page_is_told_when_to_try_again_and_nothing_is_stored() -> None:
    world = World(limits=HubLimits(page_send=Rate(2.0, 3)))
    ada = world.page("ada")
    notes = ada.opens("@ada")
    for _ in range(3):
        ada.posts(notes)
    error = ada.is_refused("slow", wire.Post, conversation=notes, text="hi", key=ada.key())
    assert error.retry_after == pytest.approx(0.5)
    assert len(ada.texts(notes)) == 3
    assert ada.closed_with is None
    world.turn(0.5)
    ada.posts(notes)


def test_all_pages_of_a_person_share_one_rate_and_sessions_have_their_own() -> None:
    world = World(limits=HubLimits(page_send=Rate(1.0, 2), session_send=Rate(1.0, 1)))
    first, second, session = world.page("ada"), world.page("ada"), world.session("ada")
    notes = first.opens("@ada")
    first.posts(notes)
    second.posts(notes)
    for page in (first, second):
        page.is_refused("slow", wire.Post, conversation=notes, text="hi", key=page.key())
    session.posts(notes)
    first.closes()
    again = world.page("ada")
    again.is_refused("slow", wire.Post, conversation=notes, text="hi", key=again.key())


def test_what_is_told_to_many_is_paced_whatever_it_is_and_looking_is_not() -> None:
    world = World(limits=HubLimits(changes=Rate(1.0, 5)))
    ada, eve = world.page("ada"), world.session("ada")
    channel = ada.opens("ml-team")
    ada.does(wire.SetProfile, name="Ada L.")
    ada.does(wire.Leave, conversation=channel)
    eve.does(wire.Join, conversation=channel)
    ada.creates_group("Team")
    for command, fields in (
        (wire.SetProfile, {"name": "Ada B."}),
        (wire.Open, {"name": "another"}),
        (wire.Open, {"name": "@ada"}),
        (wire.Create, {"kind": "group", "title": "T", "key": "key-of-ada"}),
        (wire.Leave, {"conversation": channel}),
    ):
        assert eve.is_refused("slow", command, **fields).retry_after == pytest.approx(1.0)
    assert ada.opens("ml-team") == channel
    world.page("bob").opens("another")
    eve.is_refused("slow", wire.Open, name="another")
    ada.posts(channel)
    world.turn(1.0)
    eve.opens("another")


def test_a_full_disk_is_told_and_the_next_message_goes_through() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    world.database.failing = "store_full"
    ada.is_refused("store_full", wire.Post, conversation=notes, text="lost", key=ada.key())
    world.database.failing = None
    ada.posts(notes, "kept")
    assert ada.texts(notes) == ["kept"]


def test_a_message_of_who_hangs_up_is_stored_and_given_to_the_others() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    with world.held():
        ada.sends(wire.Post, conversation=team, text="last words", key=ada.key())
        ada.closes()
    bob.sees("last words", in_=team)


def test_messages_of_two_keep_the_order_of_the_store_for_everybody() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.session("eve")
    team = ada.creates_group("Team", "bob", "eve")
    with world.held():
        for number in range(10):
            writer = (ada, bob)[number % 2]
            writer.sends(wire.Post, conversation=team, text=f"{number}", key=writer.key())
            if number % 3 == 0:
                world.settle()
    assert ada.texts(team) == bob.texts(team) == eve.texts(team) == [f"{number}" for number in range(10)]
