"""Finding, making, joining and leaving conversations."""

from __future__ import annotations

import pytest
from kit.play import World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import TITLE_CHARS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)


def test_a_channel_is_made_once_and_then_joined() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    channel = ada.opens("ML-Team")
    summary = ada.last(wire.Added).summary
    assert (summary.handle, summary.title, summary.kind, summary.joined) == ("ml-team", "ML-Team", "channel", True)
    assert bob.opens("#ml-team") == channel
    assert bob.last(wire.Added).summary.members == 2
    assert ada.last(wire.Joined).person == wire.Person("bob", "Bob")
    assert bob.opens("ml-team") == channel
    assert len(ada.all(wire.Joined)) == 1


def test_opened_comes_after_the_row() -> None:
    world = World()
    ada = world.page("ada")
    with world.held():
        ref = ada.sends(wire.Open, name="ml-team")
    kinds = [type(item) for item in ada.heard]
    assert kinds.index(wire.Added) < kinds.index(type(ada.reply(ref)))


def test_two_who_make_the_same_channel_at_once_meet_in_it() -> None:
    world = World(hubs=2)
    ada, bob = world.page("ada"), world.page("bob", hub=1)
    with world.held():
        refs = ada.sends(wire.Open, name="ml-team"), bob.sends(wire.Open, name="ml-team")
    assert ada.reply(refs[0]).conversation == bob.reply(refs[1]).conversation
    ada.posts(ada.reply(refs[0]).conversation)
    bob.sees("hi", in_=bob.reply(refs[1]).conversation)


def test_without_create_a_missing_channel_stays_missing() -> None:
    world = World()
    ada = world.page("ada")
    assert "“ml-team”" in ada.is_refused("unknown_conversation", wire.Open, name="ml-team", create=False).text


@pytest.mark.parametrize("name", ["", "  ", "#", "a b", "-x", "a/b", "x" * (TITLE_CHARS + 1), "a\u202eb", "no\nline"])
def test_what_cannot_be_a_handle_is_refused(name: str) -> None:
    world = World()
    world.page("ada").is_refused("bad_name", wire.Open, name=name)


def test_a_direct_conversation_is_there_for_both_at_once() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    direct = ada.opens("@bob")
    assert (ada.last(wire.Added).summary.peer, bob.last(wire.Added).summary.peer) == ("bob", "ada")
    assert bob.opens("@Ada") == direct
    assert bob.opens("@ada") == direct
    ada.posts(direct, "psst")
    bob.sees("psst", in_=direct)
    assert not eve.all(wire.Added)
    eve.is_refused("unknown_conversation", wire.Join, conversation=direct)


def test_a_direct_conversation_with_oneself_is_a_notepad() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    assert ada.last(wire.Added).summary.peer == "ada"
    ada.posts(notes, "milk")


def test_a_person_is_found_by_id_or_by_a_name_that_is_theirs_alone() -> None:
    world = World()
    ada = world.page("ada")
    world.page("u1", name="Grace Hopper")
    world.page("u2", name="Twin")
    world.page("u3", name="Twin")
    assert ada.opens("@grace hopper") == ada.opens("@u1")
    ada.is_refused("unknown_person", wire.Open, name="@Twin")
    assert "“nobody”" in ada.is_refused("unknown_person", wire.Open, name="@nobody").text


def test_an_id_opens_what_one_may_see() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team = ada.creates_group("Team", "bob")
    assert bob.opens(team) == team
    eve.is_refused("unknown_conversation", wire.Open, name=team, create=False)


def test_a_group_is_told_to_all_its_members_and_to_nobody_else() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.session("bob"), world.page("eve")
    team = ada.creates_group("  The   Team ", "bob", "ada", "bob")
    assert bob.last(wire.Added).summary.title == "The Team"
    assert (bob.last(wire.Added).summary.members, bob.last(wire.Added).summary.unread) == (2, 0)
    assert not eve.all(wire.Added)
    bob.posts(team, "hello")
    ada.sees("hello", in_=team)


def test_a_group_made_twice_with_the_same_key_is_one() -> None:
    world = World()
    ada = world.page("ada")
    world.page("bob")
    fields = {"kind": "group", "title": "Team", "key": "the-same-key", "members": ["bob"]}
    first = ada.does(wire.Create, **fields).conversation
    assert ada.does(wire.Create, **fields).conversation == first


def test_a_channel_made_again_by_the_same_command_is_the_same_and_by_another_is_taken() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    fields = {"kind": "channel", "title": "ML Team", "key": "the-same-key"}
    first = ada.does(wire.Create, **fields).conversation
    assert ada.last(wire.Added).summary.handle == "ml-team"
    assert ada.does(wire.Create, **fields).conversation == first
    for person in (ada, bob):
        person.is_refused("taken", wire.Create, **{**fields, "key": "another-key"})
    assert "“ml-team”" in bob.is_refused("taken", wire.Create, **{**fields, "key": "another-key"}).text
    assert not bob.all(wire.Added)


def test_what_cannot_be_made() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    make = {"kind": "group", "title": "Team", "key": "key-of-ada"}
    ada.is_refused("bad_name", wire.Create, **{**make, "title": " "})
    ada.is_refused("bad_name", wire.Create, **{**make, "title": "x" * (TITLE_CHARS + 1)})
    ada.is_refused("unknown_person", wire.Create, **make, members=["nobody"])
    ada.is_refused("too_many", wire.Create, **make, members=[f"u{number}" for number in range(200)])
    ada.is_refused("forbidden", wire.Create, **{**make, "kind": "channel"}, members=["bob"])
    ada.is_refused("bad_name", wire.Create, **{**make, "kind": "channel", "title": "!!!"})


def test_the_own_left_is_the_last_that_one_is_given() -> None:
    world = World()
    ada, bob, tab = world.page("ada"), world.page("bob"), world.session("bob")
    team = ada.creates_group("Team", "bob")
    bob.watches(team)
    with world.held():
        ada.posts_later(team, "before")
        bob.sends(wire.Leave, conversation=team)
        ada.posts_later(team, "after")
    for connection in (bob, tab):
        assert connection.texts(team) == ["before"]
        assert connection.all(wire.Durable)[-1] == connection.last(wire.Left)
    ada.sees("before", "after", in_=team)
    ada.does(wire.Type, conversation=team)
    assert not bob.all(wire.Typing)
    bob.is_refused("unknown_conversation", wire.Post, conversation=team, text="hi", key=bob.key())


def test_commands_wait_for_a_leave_in_flight() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    with world.held():
        refs = [bob.sends(wire.Leave, conversation=team), bob.posts_later(team, "too late")]
    assert isinstance(bob.reply(refs[0]), wire.Done)
    assert bob.reply(refs[1]).code == "unknown_conversation"
    assert not ada.texts(team)


def test_who_comes_back_is_told_again_and_given_what_follows() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    channel = ada.opens("ml-team")
    bob.opens("ml-team")
    with world.held():
        bob.sends(wire.Leave, conversation=channel)
        bob.sends(wire.Join, conversation=channel)
        ada.posts_later(channel, "welcome back")
    bob.sees("welcome back", in_=channel)
    assert [type(item) for item in bob.heard if isinstance(item, wire.Left | wire.Added)] == [
        wire.Added,
        wire.Left,
        wire.Added,
    ]
    assert bob.last(wire.Added).summary.joined


def test_who_leaves_while_a_snapshot_is_read_is_told_so() -> None:
    world = World()
    ada, bob, tab = world.page("ada"), world.page("bob"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    with world.held():
        bob.sends(wire.Watch, conversation=team)
        tab.sends(wire.Leave, conversation=team)
        world.hub.store.step()
        committed, answered = world.hub.inputs
        world.hub.inputs.clear()
        world.hub.handle(committed)
        world.hub.handle(answered)
    assert bob.last(wire.Removed).conversation == team
    assert not bob.all(wire.Snapshot)
    ada.posts(team)
    assert not bob.texts(team)


def test_a_watcher_who_joins_goes_on_without_a_new_row() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    channel = ada.opens("ml-team")
    eve.watches(channel)
    eve.does(wire.Join, conversation=channel)
    assert eve.last(wire.Joined).person.id == "eve"
    ada.posts(channel)
    eve.sees("hi", in_=channel)
    eve.leaves(channel)
    ada.posts(channel)
    assert eve.all(wire.Durable)[-1] == eve.last(wire.Left)


def test_a_direct_conversation_cannot_be_left() -> None:
    world = World()
    ada = world.page("ada")
    world.page("bob")
    direct = ada.opens("@bob")
    assert "cannot be left" in ada.is_refused("forbidden", wire.Leave, conversation=direct).text


def test_leaving_and_joining_twice_is_harmless() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    channel = ada.opens("ml-team")
    with world.held():
        for _ in range(2):
            bob.sends(wire.Join, conversation=channel)
    assert len(ada.all(wire.Joined)) == 1
    bob.leaves(channel)
    bob.is_refused("not_member", wire.Leave, conversation=channel)


def test_long_lists_are_paged_and_their_rows_live() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    old = ada.opens("oldest")
    for number in range(60):
        ada.opens(f"newer-{number}")
    fresh = world.page("ada")
    rows = fresh.welcome.conversations
    assert (len(rows), fresh.welcome.more, rows[0].handle) == (50, True, "newer-59")
    page = fresh.does(wire.ListConversations, before=rows[-1].id)
    assert ([row.id for row in page.conversations][-1], len(page.conversations), page.more) == (old, 11, False)
    ada.posts(old, "awake")
    fresh.sees("awake", in_=old)
    assert not fresh.all(wire.Added)


def test_a_row_beyond_the_list_comes_with_its_first_event() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    old = ada.opens("oldest")
    for number in range(60):
        ada.opens(f"newer-{number}")
    fresh = world.page("ada")
    ada.posts(old, "awake")
    assert fresh.last(wire.Added).summary.last == ada.preview(old)
    fresh.sees("awake", in_=old)
    ada.posts(old, "again")
    fresh.sees("awake", "again", in_=old)


@pytest.mark.parametrize("jump", [3_600, -3_600])
def test_no_event_is_missed_because_the_clock_was_set(jump: int) -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    old = ada.opens("oldest")
    for number in range(60):
        ada.opens(f"newer-{number}")
    world.turn(1.0)
    fresh = world.page("ada")
    world.sets_the_clock(jump)
    ada.posts(old, "awake")
    fresh.sees("awake", in_=old)


def test_the_first_message_of_a_new_conversation_is_an_event_and_counted_once() -> None:
    world = World(hubs=2, bus=False)
    ada, bob = world.page("ada"), world.session("bob", hub=1)
    direct = ada.opens("@bob")
    ada.posts(direct, "psst")
    assert not bob.all(wire.Added)
    world.turn(1.0)
    row = bob.last(wire.Added).summary
    assert (row.last_seq, row.unread, row.last) == (1, 0, ada.preview(direct))
    bob.sees("psst", in_=direct)


def test_a_row_that_is_read_while_it_grows_is_given_every_event() -> None:
    world = World(limits=FAST)
    ada = world.page("ada")
    old = ada.opens("oldest")
    for number in range(60):
        ada.opens(f"newer-{number}")
    fresh = world.page("ada")
    with world.held():
        fresh.sends(wire.ListConversations, before=fresh.welcome.conversations[-1].id)
        world.hub.store.step()  # the list is read …
        ada.posts_later(old, "meanwhile")
        world.hub.store.step()
        answered, committed = world.hub.inputs
        world.hub.inputs.clear()
        world.hub.handle(committed)
        world.hub.handle(answered)  # … and arrives when it is old
        ada.posts_later(old, "later")
    fresh.sees("meanwhile", "later", in_=old)


def test_channels_and_people_are_found() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    ada.opens("ml-team")
    ada.opens("lunch")
    found = bob.does(wire.FindChannels, query="#ML")
    assert [(row.handle, row.joined) for row in found.channels] == [("ml-team", False)]
    assert [person.id for person in bob.does(wire.FindPeople, query="AD").people] == ["ada"]
    assert bob.does(wire.FindPeople, limit=1).more
