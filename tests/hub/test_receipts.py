"""Unread counts, read markers, and what others see of them as ticks."""

from __future__ import annotations

from kit.play import World

from nbchat.hub import effects, items, ports, queries
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import RECEIPT_MEMBERS, RECEIPTS_EVERY, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)


def marks(item: wire.Receipts) -> dict[str, tuple[int, int]]:
    return {mark.user: (mark.delivered, mark.read) for mark in item.marks}


def test_reading_clears_the_count_on_all_devices_of_the_reader_and_on_no_other() -> None:
    world = World(hubs=2)
    ada, laptop, phone = world.page("ada"), world.page("bob"), world.page("bob", hub=1)
    team = ada.creates_group("Team", "bob")
    for _ in range(3):
        ada.posts(team)
    laptop.does(wire.Read, conversation=team, seq=3)
    for device in (laptop, phone):
        own = device.last(wire.Own)
        assert [(row.key, row.value, row.unread) for row in own.rows] == [(f"read:{team}", 3, 1)]
        assert own.uv == own.rows[0].v
    assert not ada.all(wire.Own)


def test_the_marker_only_grows_except_to_mark_unread_and_ends_at_the_last_message() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    for _ in range(3):
        ada.posts(team)
    bob.does(wire.Read, conversation=team, seq=99)
    assert bob.last(wire.Own).rows[0].value == 4
    bob.does(wire.Read, conversation=team, seq=2)
    assert bob.last(wire.Own).rows[0].value == 4
    bob.does(wire.Read, conversation=team, seq=2, back=True)
    assert (bob.last(wire.Own).rows[0].value, bob.last(wire.Own).rows[0].unread) == (2, 2)
    ada.watches(team)
    assert marks(wire.Receipts(conversation=team, marks=ada.last(wire.Snapshot).marks))["bob"] == (4, 4)


def test_a_marker_that_another_device_moves_at_once_is_told_again_after_the_answer() -> None:
    """Until the answer a client shows what was read on it; so what was heard of before must come after it, too."""
    world = World(hubs=2)
    ada, laptop, phone = world.page("ada"), world.page("bob"), world.page("bob", hub=1)
    team = ada.creates_group("Team", "bob")
    for _ in range(3):
        ada.posts(team)
    here, there = world.hubs

    def moves_at_once(seq: int) -> effects.Input:
        """The laptop reads, then the phone takes it back; the laptop's hub hears of the phone's first."""
        laptop.sends(wire.Read, conversation=team, seq=seq)
        here.store.step()
        (stored,) = here.inputs
        here.inputs.clear()
        phone.sends(wire.Read, conversation=team, seq=2, back=True)
        while there.settle():
            pass
        here.settle()
        return stored

    with world.held():
        laptop.news()
        stored = moves_at_once(4)
        (before,) = laptop.news()
        assert isinstance(before, wire.Own)
        assert (before.rows[0].value, before.rows[0].unread) == (2, 2)
        here.handle(stored)
    done, again = laptop.news()
    assert isinstance(done, wire.Done)
    assert again == before
    with world.held():
        stored = moves_at_once(4)
        ada.posts_later(team, "meanwhile")
        while here.settle():
            pass
        laptop.news()
        here.handle(stored)
    again = laptop.news()[-1]
    assert isinstance(again, wire.Own)
    assert (again.rows[0].value, again.rows[0].unread) == (2, 3), "counted as of where the connection stands by then"


def test_done_comes_after_it_is_stored_and_a_failure_is_told() -> None:
    world = World()
    ada = world.page("ada")
    notes = ada.opens("@ada")
    with world.held():
        ref = ada.sends(wire.Read, conversation=notes, seq=1)
        assert not ada.all(wire.Own)
    assert isinstance(ada.reply(ref), wire.Done)
    world.database.failing = "store_failed"
    ada.is_refused("store_failed", wire.Read, conversation=notes, seq=1)


def test_a_count_that_comes_late_is_told_as_of_where_the_connection_stands() -> None:
    """Counted at another hub when the log ended at 3; two messages later, of which one is the reader's own."""
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    for _ in range(3):
        ada.posts(team)
    bob.posts(team)
    version = bob.welcome.uv + 9
    row = wire.OwnRow(f"read:{team}", 2, version, 1)
    world.hub.handle(effects.Published(ports.OwnNote(ports.OwnNews("bob", row, 3))))
    assert bob.last(wire.Own).rows == [wire.OwnRow(f"read:{team}", 2, version, 2)]


def test_a_count_that_comes_early_waits_for_the_messages_that_it_counts() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    row = wire.OwnRow(f"read:{team}", 1, bob.welcome.uv + 9, 1)
    world.hub.handle(effects.Published(ports.OwnNote(ports.OwnNews("bob", row, 2))))
    assert not bob.all(wire.Own)
    ada.posts(team)
    assert bob.last(wire.Own).rows == [row]
    assert bob.heard.index(bob.last(wire.Own)) > bob.heard.index(bob.last(wire.Posted))


def test_ticks_go_from_delivered_to_read() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.watches(team)
    seq = ada.posts(team).seq
    bob.does(wire.Ack, cursors={team: seq})
    assert marks(ada.last(wire.Receipts)) == {"bob": (seq, 0)}
    world.turn(RECEIPTS_EVERY)
    bob.does(wire.Read, conversation=team, seq=seq)
    assert marks(ada.last(wire.Receipts)) == {"bob": (seq, seq)}


def test_receipts_are_told_at_once_and_then_once_a_second() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team = ada.creates_group("Team", "bob", "eve")
    ada.watches(team)
    for seq in range(2, 6):
        ada.posts(team)
        bob.does(wire.Ack, cursors={team: seq})
        eve.does(wire.Ack, cursors={team: seq})
    assert [marks(item) for item in ada.all(wire.Receipts)] == [{"bob": (2, 0)}]
    world.turn(RECEIPTS_EVERY)
    assert [marks(item) for item in ada.all(wire.Receipts)][1:] == [{"bob": (5, 0), "eve": (5, 0)}]
    world.turn(3 * RECEIPTS_EVERY)
    assert len(ada.all(wire.Receipts)) == 2
    assert sum(isinstance(item, items.PutMarks) for item in world.hub.written) == 2


def test_only_what_was_given_can_have_arrived() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team = ada.creates_group("Team", "bob")
    ada.watches(team)
    bob.does(wire.Ack, cursors={team: 999, "never-was": 3})
    assert marks(ada.last(wire.Receipts)) == {"bob": (1, 0)}
    eve.does(wire.Ack, cursors={team: 1})
    world.turn(RECEIPTS_EVERY)
    assert len(ada.all(wire.Receipts)) == 1


def test_notebooks_never_count() -> None:
    world = World()
    ada, bob = world.page("ada"), world.session("bob")
    team = ada.creates_group("Team", "bob")
    ada.watches(team)
    ada.posts(team)
    bob.does(wire.Ack, cursors={team: 2})
    bob.does(wire.Read, conversation=team, seq=2)
    assert not ada.all(wire.Receipts)
    assert bob.last(wire.Own).rows[0].unread == 0


def test_channels_and_large_groups_have_none() -> None:
    world = World(limits=FAST)
    ada, bob = world.page("ada"), world.page("bob")
    channel = ada.opens("ml-team")
    bob.opens("ml-team")
    others = [f"u{number}" for number in range(RECEIPT_MEMBERS)]
    for user in others:
        world.page(user).closes()
    large = ada.creates_group("Large", "bob", *others[:-1])
    for conversation in (channel, large):
        ada.watches(conversation)
        bob.does(wire.Ack, cursors={conversation: 1})
        bob.does(wire.Read, conversation=conversation, seq=1)
    assert not ada.all(wire.Receipts)
    assert not any(isinstance(item, items.PutMarks) for item in world.hub.written)


def test_what_arrived_survives_the_hub() -> None:
    world = World(hubs=2, bus=False)
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.posts(team)
    bob.does(wire.Ack, cursors={team: 2})
    there = world.page("ada", hub=1)
    there.watches(team)
    assert marks(wire.Receipts(conversation=team, marks=there.last(wire.Snapshot).marks))["bob"] == (2, 0)


def test_an_acknowledgement_for_what_is_not_in_memory_is_stored_too() -> None:
    world = World(hubs=2, bus=False)
    ada = world.page("ada")
    world.page("bob").closes()
    team = ada.creates_group("Team", "bob")
    bob = world.page("bob", hub=1)
    bob.does(wire.Ack, cursors={team: 1})
    assert not [query for query in world.hubs[1].queries if isinstance(query, queries.LoadConversation)]
    ada.closes()
    there = world.page("ada", hub=1)
    there.watches(team)
    assert marks(wire.Receipts(conversation=team, marks=there.last(wire.Snapshot).marks))["bob"] == (1, 0)


def test_receipts_on_their_way_to_the_store_are_not_lost_on_a_conversation_that_is_loaded() -> None:
    world = World(hubs=2, bus=False)
    ada = world.page("ada")
    world.page("bob").closes()
    team = ada.creates_group("Team", "bob")
    bob, there = world.page("bob", hub=1), world.page("ada", hub=1)
    with world.held():
        world.database.failing = "store_failed"
        bob.sends(wire.Ack, cursors={team: 1})
        there.sends(wire.Watch, conversation=team)
        world.settle()
        world.database.failing = None
    assert marks(wire.Receipts(conversation=team, marks=there.last(wire.Snapshot).marks))["bob"] == (1, 0)


def test_receipts_that_could_not_be_stored_are_stored_later() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    world.database.failing = "store_full"
    bob.does(wire.Ack, cursors={team: 1})
    world.turn(RECEIPTS_EVERY)
    world.database.failing = None
    world.turn(RECEIPTS_EVERY)
    record = world.database.answer(queries.LoadConversation(team))
    assert isinstance(record, queries.ConversationRecord)
    assert {one.person.id: one.delivered for one in record.members}["bob"] == 1


def test_watchers_at_another_hub_see_the_ticks() -> None:
    world = World(hubs=2)
    ada, bob = world.page("ada", hub=1), world.page("bob")
    team = ada.creates_group("Team", "bob")
    ada.watches(team)
    ada.posts(team)
    bob.does(wire.Read, conversation=team, seq=2)
    assert marks(ada.last(wire.Receipts)) == {"bob": (2, 2)}
    assert sum(isinstance(item, items.PutMarks) for item in world.hubs[1].written) == 0


def test_what_a_hub_told_of_and_could_not_store_is_stored_by_the_next_one_that_is_told() -> None:
    """Its disk was full, and then it was killed; the reader comes to another hub, which has heard of it."""
    world = World(hubs=2)
    ada, bob = world.page("ada", hub=1), world.page("bob")
    team = ada.creates_group("Team", "bob")
    seq = ada.posts(team).seq
    world.database.failing = "store_full"
    bob.does(wire.Ack, cursors={team: seq})
    world.database.failing = None
    world.hubs.pop(0)
    elsewhere = world.page("bob")
    assert not [mark for _, mark in world.database.changes(0).marks if mark.user == "bob"]
    elsewhere.does(wire.Ack, cursors={team: seq})
    assert [mark.delivered for _, mark in world.database.changes(0).marks if mark.user == "bob"] == [seq]
