"""Who is here."""

from __future__ import annotations

from kit.play import Actor, World

from nbchat.hub import effects, items
from nbchat.hub.presence import SEEN
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import LEASE, LEASE_REFRESH, PRESENCE_GRACE, HubLimits


def watched(world: World, *, hub: int = 0) -> tuple[Actor, str]:
    ada = world.page("ada", hub=hub)
    world.session("bob").closes()
    team = ada.creates_group("Team", "bob")
    ada.watches(team)
    ada.news()
    return ada, team


def seen(ada: Actor) -> list[tuple[str, bool]]:
    """What a watcher was told, one line for each news."""
    return [(status.user, status.online) for item in ada.all(wire.Presence) for status in item.changed]


def test_the_first_page_is_online_at_once_and_the_last_offline_after_the_grace() -> None:
    world = World()
    ada, team = watched(world)
    first = world.page("bob")
    assert ada.last(wire.Presence) == wire.Presence(
        conversation=team, changed=[wire.Status("bob", True, None)], online=2
    )
    second = world.page("bob")
    first.closes()
    second.closes()
    gone_at = world.now.wall
    world.turn(PRESENCE_GRACE - 0.1)
    assert seen(ada) == [("bob", True)]
    world.turn(0.2)
    assert ada.last(wire.Presence) == wire.Presence(
        conversation=team, changed=[wire.Status("bob", False, gone_at)], online=1
    )
    assert items.PutSeen(user="bob", at=gone_at) in world.hub.written


def test_a_host_may_have_another_grace() -> None:
    world = World(limits=HubLimits(presence_grace=2.0))
    ada, _ = watched(world)
    world.page("bob").closes()
    world.turn(1.9)
    assert seen(ada) == [("bob", True)]
    world.turn(0.2)
    assert seen(ada) == [("bob", True), ("bob", False)]


def test_a_reload_does_not_blink() -> None:
    world = World()
    ada, _ = watched(world)
    bob = world.page("bob")
    bob.closes()
    world.turn(PRESENCE_GRACE - 1)
    again = world.page("bob")
    world.turn(2 * PRESENCE_GRACE)
    assert seen(ada) == [("bob", True)]
    assert again.closed_with is None


def test_notebooks_and_bots_are_not_here() -> None:
    world = World()
    ada, _ = watched(world)
    world.connects("bob", "session")
    world.connects("bob", "bot").closes()
    world.turn(2 * PRESENCE_GRACE)
    assert seen(ada) == []


def test_only_who_watches_a_conversation_of_theirs_is_told() -> None:
    world = World()
    ada, team = watched(world)
    eve = world.page("eve")
    eve.watches(eve.opens("ml-team"))
    world.page("bob")
    assert all(status.user != "bob" for item in eve.all(wire.Presence) for status in item.changed)
    ada.does(wire.Unwatch, conversation=team)
    count = len(ada.all(wire.Presence))
    world.page("bob").closes()
    world.turn(2 * PRESENCE_GRACE)
    assert len(ada.all(wire.Presence)) == count


def test_when_somebody_was_here_last_is_in_the_snapshot_also_of_another_hub() -> None:
    world = World(hubs=2, bus=False)
    _, team = watched(world)
    bob = world.page("bob")
    bob.closes()
    gone_at = world.now.wall
    world.turn(PRESENCE_GRACE)
    there = world.page("ada", hub=1)
    there.watches(team)
    assert wire.Status("bob", False, gone_at) in there.last(wire.Snapshot).presence


def test_a_view_that_resumes_at_a_new_hub_is_told_when_somebody_was_here_last() -> None:
    world = World(hubs=2, bus=False)
    ada, team = watched(world)
    world.page("bob").closes()
    gone_at = world.now.wall
    world.turn(PRESENCE_GRACE)
    again = world.page("ada", hub=1, resume=wire.Resume(watched={team: ada.position(team)}))
    assert wire.Status("bob", False, gone_at) in again.last(wire.Presence).changed


def test_who_was_forgotten_because_too_many_came_is_read_again() -> None:
    world = World()
    ada, team = watched(world)
    world.page("bob").closes()
    gone_at = world.now.wall
    world.turn(2 * PRESENCE_GRACE)
    book = world.hub.core._state.presence
    book.learn({f"guest-{n}": n for n in range(2 * SEEN)})
    assert (len(book.seen), "bob" in book.seen) == (SEEN // 2, False)
    again = world.page("ada", resume=wire.Resume(watched={team: ada.position(team)}))
    assert wire.Status("bob", False, gone_at) in again.last(wire.Presence).changed
    assert len(book.seen) < SEEN


def test_other_hubs_say_who_is_there() -> None:
    world = World(hubs=2)
    ada, _ = watched(world, hub=1)
    bob = world.page("bob")
    assert seen(ada)[-1] == ("bob", True)
    world.turn(3 * LEASE)
    assert seen(ada)[-1] == ("bob", True)
    bob.closes()
    world.turn(PRESENCE_GRACE)
    assert seen(ada)[-1] == ("bob", False)


def test_a_hub_that_says_nothing_more_is_believed_for_a_lease() -> None:
    world = World(hubs=2)
    ada, _ = watched(world, hub=1)
    world.page("bob")
    world.bus_works = False
    world.turn(LEASE - LEASE_REFRESH - 1)
    assert seen(ada)[-1] == ("bob", True)
    world.turn(LEASE_REFRESH + 2)
    assert seen(ada)[-1] == ("bob", False)


def test_who_is_at_two_hubs_goes_with_the_last() -> None:
    world = World(hubs=3)
    ada, _ = watched(world, hub=2)
    here, there = world.page("bob"), world.page("bob", hub=1)
    here.closes()
    world.turn(2 * PRESENCE_GRACE)
    assert seen(ada) == [("bob", True)]
    there.closes()
    world.turn(2 * PRESENCE_GRACE)
    assert seen(ada) == [("bob", True), ("bob", False)]


def test_a_new_member_comes_with_their_presence() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    channel = ada.opens("ml-team")
    ada.watches(channel)
    bob.opens("ml-team")
    assert ada.last(wire.Presence) == wire.Presence(
        conversation=channel, changed=[wire.Status("bob", True, None)], online=2
    )
    bob.leaves(channel)
    assert ada.last(wire.Presence) == wire.Presence(conversation=channel, changed=[], online=1)


def test_when_the_hub_ends_whoever_is_here_was_here_until_then() -> None:
    world = World()
    ada, _ = watched(world)
    world.hub.handle(effects.Drain(1001))
    assert items.PutSeen(user="ada", at=world.now.wall) in world.hub.written
    assert ada.last(wire.Bye).code == 1001


def test_the_list_says_whether_the_other_one_of_a_direct_conversation_is_here() -> None:
    world = World(hubs=2)
    ada = world.page("ada")
    world.session("bob").closes()
    direct = ada.opens("@bob")
    assert ada.last(wire.Added).summary.online is False
    bob = world.page("bob", hub=1)
    assert ada.last(wire.Presence) == wire.Presence(
        conversation=direct, changed=[wire.Status("bob", True, None)], online=2
    )
    rows = {one.id: one.online for one in world.page("ada").welcome.conversations}
    assert rows[direct] is True
    bob.closes()
    world.turn(2 * PRESENCE_GRACE)
    assert ada.last(wire.Presence) == wire.Presence(
        conversation=direct, changed=[wire.Status("bob", False, None)], online=1
    )


def test_who_watches_a_direct_conversation_is_told_once() -> None:
    world = World()
    ada = world.page("ada")
    world.session("bob").closes()
    direct = ada.opens("@bob")
    ada.watches(direct)
    world.page("bob")
    assert seen(ada) == [("bob", True)]


def test_a_list_that_is_gone_is_told_nothing() -> None:
    world = World()
    ada, eve = world.page("ada"), world.page("eve")
    world.session("bob").closes()
    ada.opens("@bob")
    eve.opens("@bob")
    ada.closes()
    world.page("bob")
    assert seen(ada) == []
    assert seen(eve) == [("bob", True)]
    assert not any(world.page(name).all(wire.Presence) for name in ("ada", "eve"))
