"""Replies and threads: two timelines in one log, each with counts of its own."""

from __future__ import annotations

import pytest
from kit.play import Actor, World

from nbchat.hub import effects, ports
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import TYPING_LOST, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), touches=Rate(1e6, 10**6), flood_frames=1e6)


def three(world: World, *, hub: int = 0) -> tuple[Actor, Actor, Actor, str]:
    """Ada's group with Bob and Eve."""
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve", hub=hub)
    team = ada.creates_group("Team", "bob", "eve")
    return ada, bob, eve, team


def unread(world: World, user: str, conversation: str) -> tuple[int, list[tuple[int, int]]]:
    """What a new page is told: unread in the conversation, and by thread."""
    page = world.page(user)
    row = next(row for row in page.welcome.conversations if row.id == conversation)
    page.closes()
    return row.unread, [(one.root, one.unread) for one in row.threads]


# ----------------------------------------------------------------------------------------------------------- timelines


def test_a_reply_says_what_it_answers() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    first = ada.posts(team, "a question").seq
    bob.posts(team, "an answer", reply=first)
    assert eve.last(wire.Posted).reply == first
    assert eve.pages(team)[-1].reply == first


def test_the_two_timelines_have_what_belongs_to_them() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    root = ada.posts(team, "root").seq
    first = bob.replies(team, root, "one")
    ada.posts(team, "beside")
    both = eve.replies(team, root, "two", also=True)
    assert [message.text for message in ada.pages(team)] == ["root", "beside", "two"]
    assert [message.text for message in ada.pages(team, thread=root)] == ["root", "one", "two"]
    assert [message.text for message in ada.pages(team, thread=root, before=both, limit=1)] == ["one"]
    assert [message.text for message in ada.pages(team, thread=root, around=first, limit=1)] == ["one"]
    (message,) = ada.looks_up(team, root)
    assert message.replies is not None
    assert (message.replies.count, message.replies.last_seq, message.replies.users) == (2, both, ["bob", "eve"])
    eve.watches(team)
    assert [message.text for message in eve.last(wire.Snapshot).messages] == ["root", "beside", "two"]
    bob.deletes(team, first)
    assert [(message.replies.count if message.replies else None) for message in ada.looks_up(team, root)] == [1]


def test_a_reply_of_a_thread_begins_no_thread() -> None:
    world = World()
    ada, bob, _, team = three(world)
    root = ada.posts(team).seq
    reply = bob.replies(team, root, also=True)
    for make, fields in ((wire.Post, {"text": "x", "key": "key-of-thread"}), (wire.Follow, {})):
        error = ada.is_refused("forbidden", make, conversation=team, thread=reply, **fields)
        assert "cannot begin another thread" in error.text


def test_also_without_a_thread_is_nothing() -> None:
    world = World()
    ada, bob, _, team = three(world)
    ada.posts(team, also=True)
    assert not bob.last(wire.Posted).also


def test_a_page_that_was_read_before_news_came_has_them_too() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    root = ada.posts(team, "root").seq
    with world.held():
        page = eve.sends(wire.History, conversation=team, thread=root)
        own = eve.sends(wire.History, conversation=team)
        world.hub.store.step()
        answers = list(world.hub.inputs)
        world.hub.inputs.clear()
        bob.sends(wire.Post, conversation=team, text="reply", key=bob.key(), thread=root)
        bob.sends(wire.Post, conversation=team, text="gone", key=bob.key())
        world.settle()
        bob.sends(wire.Delete, conversation=team, message=root + 2)
        world.settle()
        for answer in answers:
            world.hub.handle(answer)
    assert [(one.text, one.replies and one.replies.count) for one in eve.now(eve.reply(page))] == [
        ("root", 1),
        ("reply", None),
    ]
    assert [(one.text, one.deleted) for one in eve.now(eve.reply(own))] == [("root", None), ("", "bob")]
    assert eve.reply(page).as_of == eve.reply(own).as_of == eve.cursors[team]
    assert "gone" not in repr(eve.reply(own))


# ---------------------------------------------------------------------------------------------------- unread, following


def test_who_takes_part_is_told_of_replies_and_nobody_else() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    root = ada.posts(team, "root").seq
    bob.replies(team, root)
    assert set(eve.last(wire.Posted).followers) == {"ada", "bob"}
    assert unread(world, "ada", team) == (0, [(root, 1)])
    assert unread(world, "bob", team) == (1, [])
    assert unread(world, "eve", team) == (1, [])
    ada.replies(team, root, "hey @eve")
    assert unread(world, "ada", team) == (0, [])
    assert unread(world, "bob", team) == (1, [(root, 1)])
    assert unread(world, "eve", team) == (1, [(root, 1)])


def test_reading_a_thread_is_told_to_all_devices_of_the_reader() -> None:
    world = World(hubs=2)
    ada, bob, _, team = three(world)
    phone = world.page("ada", hub=1)
    root = ada.posts(team, "root").seq
    seqs = [bob.replies(team, root, f"{number}") for number in range(3)]
    ada.does(wire.Read, conversation=team, thread=root, seq=seqs[1])
    for device in (ada, phone):
        (row,) = device.last(wire.Own).rows
        assert (row.key, row.value, row.unread) == (f"thread:{team}/{root}", seqs[1], 1)
    ada.does(wire.Read, conversation=team, thread=root, seq=seqs[0])
    assert unread(world, "ada", team) == (0, [(root, 1)])
    ada.does(wire.Read, conversation=team, thread=root, seq=seqs[0], back=True)
    assert unread(world, "ada", team) == (0, [(root, 2)])
    bob.deletes(team, seqs[2])
    assert unread(world, "ada", team) == (0, [(root, 1)])


def test_one_leaves_a_thread_and_comes_back_by_writing() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    root = ada.posts(team, "root").seq
    bob.replies(team, root)
    ada.does(wire.Follow, conversation=team, thread=root, on=False)
    assert (ada.last(wire.Own).rows[0].value, ada.last(wire.Own).rows[0].unread) == (-1, 0)
    bob.replies(team, root)
    assert "ada" not in ada.last(wire.Posted).followers
    assert unread(world, "ada", team) == (0, [])
    ada.replies(team, root)
    eve.does(wire.Follow, conversation=team, thread=root)
    bob.replies(team, root)
    assert set(bob.last(wire.Posted).followers) == {"ada", "bob", "eve"}
    assert unread(world, "eve", team) == (1, [(root, 1)])


def test_reading_a_thread_that_one_does_not_follow_is_done() -> None:
    world = World()
    ada, _, eve, team = three(world)
    root = ada.posts(team).seq
    eve.does(wire.Read, conversation=team, thread=root, seq=root)
    assert not eve.all(wire.Own)


def test_strangers_follow_nothing() -> None:
    world = World()
    ada, _, _, team = three(world)
    root = ada.posts(team).seq
    stranger = world.page("mallory")
    stranger.is_refused("unknown_conversation", wire.Follow, conversation=team, thread=root)
    stranger.is_refused("unknown_conversation", wire.Lookup, conversation=team, seqs=[root])
    stranger.is_refused("unknown_conversation", wire.FindPins, conversation=team)


def test_mark_all_read_moves_every_marker_and_the_ticks() -> None:
    world = World()
    ada, bob, _, team = three(world)
    other = ada.creates_group("Other", "bob")
    root = bob.posts(team, "@ada root").seq
    ada.replies(team, root)
    ada.posts(other, "@bob")
    ada.watches(other)
    bob.does(wire.ReadAll)
    rows = {row.key: (row.unread, row.mentions) for news in bob.all(wire.Own) for row in news.rows}
    assert rows == {f"read:{team}": (0, 0), f"read:{other}": (0, 0), f"thread:{team}/{root}": (0, None)}
    assert unread(world, "bob", team) == unread(world, "bob", other) == (0, [])
    world.turn(1.1)
    assert {mark.user: mark.read for mark in ada.last(wire.Receipts).marks}["bob"] == ada.cursors[other]
    ada.does(wire.ReadAll)
    assert unread(world, "ada", team) == (0, [])


def test_a_count_of_a_thread_that_comes_late_is_told_as_of_where_the_connection_stands() -> None:
    """Counted at another hub when the log ended at 3; two replies later, of which one is deleted again."""
    world = World()
    ada, bob, _, team = three(world)
    root = ada.posts(team, "root").seq
    seqs = [bob.replies(team, root) for _ in range(3)]
    bob.deletes(team, seqs[2])
    version = ada.welcome.uv + 9
    key = f"thread:{team}/{root}"
    news = ports.OwnNews("ada", wire.OwnRow(key, 2, version, 1), seqs[0])
    world.hub.handle(effects.Published(ports.OwnNote(news)))
    assert ada.last(wire.Own).rows == [wire.OwnRow(key, 2, version, 2)]


def test_a_count_that_comes_early_waits_for_the_replies_that_it_counts() -> None:
    world = World()
    ada, bob, _, team = three(world)
    root = ada.posts(team, "root").seq
    row = wire.OwnRow(f"thread:{team}/{root}", root, ada.welcome.uv + 9, 1)
    world.hub.handle(effects.Published(ports.OwnNote(ports.OwnNews("ada", row, root + 1))))
    assert not ada.all(wire.Own)
    bob.replies(team, root)
    assert ada.last(wire.Own).rows == [row]
    assert ada.heard.index(ada.last(wire.Own)) > ada.heard.index(ada.last(wire.Posted))


# -------------------------------------------------------------------------------------------------------------- typing


def test_who_types_in_a_thread_types_there_only() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    root = ada.posts(team).seq
    eve.watches(team)
    eve.news()
    ada.does(wire.Type, conversation=team, thread=root)
    bob.does(wire.Type, conversation=team)
    bob.does(wire.Type, conversation=team, thread=root)
    assert [(news.thread, news.users) for news in eve.all(wire.Typing)] == [
        (root, ["ada"]),
        (None, ["bob"]),
        (None, []),
        (root, ["ada", "bob"]),
    ]
    ada.replies(team, root)
    assert (eve.last(wire.Typing).thread, eve.last(wire.Typing).users) == (root, ["bob"])
    world.turn(TYPING_LOST + 0.1)
    assert (eve.last(wire.Typing).thread, eve.last(wire.Typing).users) == (root, [])


@pytest.mark.parametrize("ends", ["closes", "posts elsewhere"])
def test_typing_in_a_thread_ends_there_only(ends: str) -> None:
    world = World(hubs=2)
    ada, bob, eve, team = three(world, hub=1)
    root = ada.posts(team).seq
    eve.watches(team)
    bob.does(wire.Type, conversation=team, thread=root)
    if ends == "closes":
        bob.closes()
        assert eve.last(wire.Typing) == wire.Typing(conversation=team, users=[], count=0, thread=root)
    else:
        bob.posts(team)
        assert eve.last(wire.Typing) == wire.Typing(conversation=team, users=["bob"], count=1, thread=root)


def test_who_missed_that_somebody_stopped_is_told_of_each_thread() -> None:
    world = World()
    ada, bob, eve, team = three(world)
    root, other = ada.posts(team).seq, ada.posts(team).seq
    eve.watches(team)
    ada.does(wire.Type, conversation=team, thread=root)
    ada.does(wire.Type, conversation=team, thread=root, active=False)
    bob.does(wire.Type, conversation=team, thread=other)
    eve.news()
    world.hub.handle(effects.Drained(eve.number))
    assert [(news.thread, news.users) for news in eve.news() if isinstance(news, wire.Typing)] == [
        (None, []),
        (root, []),
        (other, ["bob"]),
    ]
    late = world.page("eve")
    late.watches(team)
    assert late.last(wire.Typing, lambda news: news.thread == other).users == ["bob"]


def test_typing_in_many_threads_is_forgotten() -> None:
    world = World(limits=FAST)
    ada, _, eve, team = three(world)
    eve.watches(team)
    for root in range(2, 200):
        ada.does(wire.Type, conversation=team, thread=root)
    conversation = world.hub.core._state.conversations.get(team)
    assert conversation is not None
    assert len(conversation.typing.threads()) < 30
    assert conversation.typing.users(199) == ["ada"]
