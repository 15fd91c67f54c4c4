"""Everything at once, in an order that chance decides: what must hold for every connection after any of it.

The store answers late and in any order, the bus loses news, connections break and resume. `Actor` fails the test when
an event comes twice, out of order, or to who may not have it. In the end all hubs and all who are connected agree with
the store. tests/sim does the same with real clients; this one is about the hub alone.
"""

from __future__ import annotations

import os
import random

import pytest
from kit.play import Actor, Stage, World

from nbchat.hub import effects, queries
from nbchat.hub.conversations import Conversation
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HubLimits, Rate

LIMITS = HubLimits(
    page_send=Rate(1e6, 10**6), session_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6
)
USERS = ["ada", "bob", "eve", "gus"]
SEEDS = int(os.environ.get("NBCHAT_STORM_SEEDS", "100"))


class Storm:
    """One seed's run."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world = World(hubs=self.chance.choice([1, 2, 3]), limits=LIMITS)
        self.here: list[Actor] = []
        self.ids: list[str] = ["never-was"]
        self.posted = 0
        for user in USERS:
            self.world.page(user).closes()
        ada = self.world.page("ada")
        self.ids.append(ada.creates_group("Everybody", *USERS))
        ada.does(wire.Rank, conversation=self.ids[-1], user="bob", role="moderator")
        ada.closes()

    def run(self, steps: int) -> None:
        with self.world.held():
            for _ in range(steps):
                self.world.bus_works = self.chance.random() < 0.5
                self.chance.choice([self.act, self.act, self.come_and_go, self.answer, self.answer, self.answer])()
        self.world.bus_works = True
        self.world.turn(3.0)

    def come_and_go(self) -> None:
        if len(self.here) < 8 and self.chance.random() < 0.6:
            hub = self.chance.randrange(len(self.world.hubs))
            actor = self.world.opens(self.chance.choice(USERS), hub=hub)
            actor.says_hello(self.chance.choice(["page", "session"]))
            self.here.append(actor)
        elif self.here:
            gone = self.here.pop(self.chance.randrange(len(self.here)))
            if not gone.gone:
                gone.closes()
            if gone.all(wire.Welcome) and self.chance.random() < 0.7:
                self.come_back(gone)

    def come_back(self, gone: Actor) -> None:
        places = {id: gone.position(id) for id in gone.cursors}
        watched = {id: place for id, place in places.items() if self.chance.random() < 0.5}
        known = {id: place for id, place in places.items() if id not in watched or self.chance.random() < 0.5}
        again = self.world.opens(gone.person.id, hub=self.chance.randrange(len(self.world.hubs)))
        again.says_hello("page", wire.Resume(watched=watched, known=known))
        self.here.append(again)

    def act(self) -> None:  # noqa: C901 - one case for each thing that people do
        ready = [one for one in self.here if one.all(wire.Welcome) and not one.gone]
        if not ready:
            return
        actor, id = self.chance.choice(ready), self.chance.choice(self.ids)
        match self.chance.randrange(16):
            case 0:
                actor.sends(wire.Open, name=self.chance.choice(["red", "blue", "@bob", "@eve"]))
            case 1:
                members = self.chance.sample(USERS, 2)
                actor.sends(wire.Create, kind="group", title="Group", key=actor.key(), members=members)
            case 2:
                actor.sends(wire.Join, conversation=id)
            case 3:
                actor.sends(wire.Leave, conversation=id)
            case 4 | 5:
                place = actor.position(id) if id in actor.cursors and self.chance.random() < 0.5 else None
                actor.sends(wire.Watch, conversation=id, position=place)
            case 6:
                actor.sends(wire.Unwatch, conversation=id)
            case 7:
                actor.sends(wire.Read, conversation=id, seq=self.chance.randrange(20))
            case 8:
                actor.sends(wire.Ack, cursors=dict(actor.cursors))
            case 9 | 10 | 11:
                self.rule(actor, id)
            case 12:
                actor.sends(wire.Redeem, code=self.chance.choice(self.codes()))
            case _:
                self.posted += 1
                actor.posts_later(id, f"{self.posted}")

    def rule(self, actor: Actor, id: str) -> None:  # noqa: C901 - one case for each thing they do
        """What owners and moderators do, and who is neither tries."""
        user, on = self.chance.choice(USERS), self.chance.random() < 0.5
        owned = [one for one in self.ids if self.role(actor, one) == "owner"]
        if owned and self.chance.random() < 0.9:
            id = self.chance.choice(owned)
        out = self.banned(id)
        if out and self.chance.random() < 0.5:
            actor.sends(wire.Unban, conversation=id, user=out[0])
            return
        match self.chance.randrange(9):
            case 0:
                role: wire.Role = self.chance.choice(["owner", "moderator", "member", "guest"])
                actor.sends(wire.Rank, conversation=id, user=user, role=role)
            case 1:
                actor.sends(wire.Mute, conversation=id, user=user, seconds=self.chance.choice([0, 1, 60]))
            case 2:
                actor.sends(wire.Remove, conversation=id, user=user, ban=on)
            case 3:
                actor.sends(wire.Unban, conversation=id, user=user)
            case 4:
                actor.sends(wire.Invite, conversation=id, users=self.chance.sample(USERS, 2))
            case 5:
                actor.sends(wire.Describe, conversation=id, topic=f"{self.posted}")
            case 6:
                actor.sends(wire.Describe, conversation=id, archived=on and self.chance.random() < 0.3)
            case 7:
                actor.sends(wire.MakeLink, conversation=id, uses=1)
            case _:
                actor.sends(wire.Offer, conversation=id, commands=[wire.Slash("deploy", "")] * on)

    def role(self, actor: Actor, id: str) -> wire.Role | None:
        """Their role as it is stored now."""
        record = self.world.database.answer(queries.LoadConversation(id))
        if not isinstance(record, queries.ConversationRecord):
            return None
        return next((one.role for one in record.members if one.person.id == actor.person.id), None)

    def banned(self, id: str) -> list[str]:
        """Who is banned as it is stored now."""
        record = self.world.database.answer(queries.LoadConversation(id))
        return sorted(record.banned) if isinstance(record, queries.ConversationRecord) else []

    def codes(self) -> list[str]:
        made = [link.code for actor in self.here for reply in actor.all(wire.Links) for link in reply.links]
        return made or ["never-was"]

    def answer(self) -> None:
        """One hub gets something: a step of its store, or what waits in any order that may happen."""
        hub = self.chance.choice(self.world.hubs)
        if not hub.inputs:
            hub.store.step()
        if self.chance.random() < 0.1:
            self.world._advance(self.chance.random())
            hub.handle(effects.Tick())
        waiting = hub.inputs
        if not waiting:
            return
        at = self.chance.randrange(len(waiting))
        if isinstance(waiting[at], effects.Committed):  # batches come in order; all else may overtake
            at = next(index for index, given in enumerate(waiting) if isinstance(given, effects.Committed))
        hub.handle(waiting.pop(at))
        made = self.world.database.answer(queries.LoadChannels(user="ada", query="", limit=50))
        mine = self.world.database.answer(queries.LoadList(user=self.chance.choice(USERS), limit=50))
        assert isinstance(made, queries.ListPage)
        assert isinstance(mine, queries.ListPage)
        self.ids = sorted({*self.ids, *(row.id for row in (*made.rows, *mine.rows))})


@pytest.mark.parametrize("seed", range(SEEDS))
def test_everybody_ends_with_what_the_store_has(seed: int) -> None:
    storm = Storm(seed)
    storm.run(400)
    database = storm.world.database
    assert len(storm.ids) > 1
    for actor in storm.here:
        if actor.gone:
            continue
        page = database.answer(queries.LoadList(user=actor.person.id, limit=100))
        assert isinstance(page, queries.ListPage)
        missing = {row.id: (row.last_seq, actor.cursors.get(row.id)) for row in page.rows}
        assert {id: pair for id, pair in missing.items() if pair[0] != pair[1]} == {}
        record = {row.id for row in page.rows}
        for id in actor.cursors.keys() - record:  # what is more is an open channel that is, or was, looked at
            found = database.answer(queries.LoadConversation(id))
            assert isinstance(found, queries.ConversationRecord)
            assert found.kind == "channel"
            connection = actor.hub.core._state.connections.get(actor.number)
            assert connection is not None
            assert connection.cursors.get(id) in {None, found.last_seq}
    for hub in storm.world.hubs:
        assert_remembers_what_is_stored(hub)
        flows = hub.core._state.flows
        assert (flows._waiting, [one for parked in flows._parked.values() for one in parked]) == ({}, [])


def assert_remembers_what_is_stored(hub: Stage) -> None:
    """Members, roles, settings and bans in memory are those of the store; who is gone offers nothing."""
    state = hub.core._state
    for conversation in state.conversations:
        record = hub.world.database.answer(queries.LoadConversation(conversation.id))
        assert isinstance(record, queries.ConversationRecord)
        fresh = Conversation.of(record)
        for name in ("last_seq", "rules", "title", "settings", "members", "standings", "banned", "audience"):
            assert getattr(conversation, name) == getattr(fresh, name), f"{name} of {conversation.id} at {hub.name}"
    for id, groups in state.offers.here.items():
        assert all(state.connections.get(connection) is not None for connection in groups), id


def test_storms_are_bad_enough() -> None:
    """Every kind of event that changes who may do what happens in them, or they would show nothing."""
    kinds: set[str] = set()
    for seed in range(40):
        storm = Storm(seed)
        storm.run(400)
        kinds |= {type(event).__name__ for actor in storm.world.actors.values() for event in actor.all(wire.Durable)}
        kinds |= {type(news).__name__ for actor in storm.world.actors.values() for news in actor.all(wire.Commands)}
    assert kinds >= {"Joined", "Left", "Unbanned", "Ranked", "Muted", "Described", "Commands"}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_event_is_the_event_of_the_store(seed: int) -> None:
    storm = Storm(seed + 10_000)
    storm.run(300)
    for actor in storm.world.actors.values():
        for event in actor.all(wire.Durable):
            record = storm.world.database.answer(
                queries.LoadEvents(conversation=event.conversation, after=event.seq - 1, limit=1)
            )
            assert isinstance(record, queries.EventsRecord)
            assert record.events == (event,)
