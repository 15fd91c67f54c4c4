"""The storm of test_storm with all that happens to messages: edits, deletions, threads, reactions, pins, markers.

Besides what holds there: what was deleted is in no hub's memory, and what a page or a look-up says is, with its fixups,
what the store had at one moment not before what its connection was given.
"""

from __future__ import annotations

from collections import Counter

import pytest
from kit.play import Actor

from nbchat.hub import effects, queries
from nbchat.hub.conversation import scrubbed
from nbchat.hub.conversations import Conversation
from nbchat.protocol import messages as wire
from nbchat.protocol.changes import changed, in_conversation, message_of, touched

from .test_storm import SEEDS, Storm

STEPS = 1_500


class Talk(Storm):
    """One seed's run, in which people talk more than they moderate."""

    def act(self) -> None:
        ready = [one for one in self.here if one.all(wire.Welcome) and not one.gone]
        if not ready or self.chance.random() < 0.3:
            super().act()
            return
        actor = self.chance.choice(ready)
        id = self.chance.choice([*actor.cursors, self.chance.choice(self.ids)])
        self.last = actor.cursors.get(id, 1)
        self.chance.choice([self.write, self.write, self.touch, self.touch, self.look, self.look, self.mark])(actor, id)

    def answer(self) -> None:
        """The same, with answers that often wait for what was stored after them."""
        hub = self.chance.choice(self.world.hubs)
        hub.store.step()
        if any(isinstance(given, effects.Loaded) for given in hub.inputs) and self.chance.random() < 0.5:
            for given in [given for given in hub.inputs if not isinstance(given, effects.Loaded)]:
                hub.inputs.remove(given)
                hub.handle(given)
        else:
            super().answer()

    def message(self) -> int:
        """A seq, mostly of a message, and often of the same one."""
        return self.chance.choice([2, self.chance.randrange(1, self.last + 2)])

    def maybe(self) -> int | None:
        return self.chance.choice([None, None, None, self.message()])

    def write(self, actor: Actor, id: str) -> None:
        self.posted += 1
        text = f"{self.posted}" + self.chance.choice(["", "", "", " @bob", " @all", " @here"])
        forward = wire.Pointer(self.chance.choice(self.ids), self.message()) if self.chance.random() < 0.2 else None
        fields = {"reply": self.maybe(), "thread": self.maybe(), "also": self.chance.random() < 0.3, "forward": forward}
        actor.sends(wire.Post, conversation=id, text=text, key=actor.key(), **fields)

    def touch(self, actor: Actor, id: str) -> None:
        seq, on = self.message(), self.chance.random() < 0.7
        match self.chance.randrange(6):
            case 0 | 1:
                actor.sends(wire.Edit, conversation=id, message=seq, text=f"edit {self.posted}", key=actor.key())
            case 2:
                actor.sends(wire.Delete, conversation=id, message=seq)
            case 3:
                actor.sends(wire.Pin, conversation=id, message=seq, on=on)
            case _:
                actor.sends(wire.React, conversation=id, message=seq, emoji=self.chance.choice("👍🎉"), on=on)

    def look(self, actor: Actor, id: str) -> None:
        match self.chance.randrange(4):
            case 0:
                actor.sends(wire.Lookup, conversation=id, seqs=[self.message() for _ in range(5)])
            case 1:
                actor.sends(wire.FindMentions)
            case _:
                actor.sends(wire.History, conversation=id, thread=self.maybe(), after=self.maybe(), limit=5)

    def mark(self, actor: Actor, id: str) -> None:
        match self.chance.randrange(4):
            case 0:
                actor.sends(wire.Follow, conversation=id, thread=self.message(), on=self.chance.random() < 0.7)
            case 1:
                actor.sends(wire.ReadAll)
            case 2:
                actor.sends(wire.Type, conversation=id, thread=self.maybe())
            case _:
                back = self.chance.random() < 0.3
                actor.sends(wire.Read, conversation=id, seq=self.message(), thread=self.maybe(), back=back)

    def log(self, id: str) -> list[wire.AnyDurable]:
        record = self.world.database.answer(queries.LoadEvents(conversation=id, after=0, limit=10**6))
        assert isinstance(record, queries.EventsRecord)
        return list(record.events)


@pytest.mark.parametrize("seed", range(SEEDS // 8))
def test_hubs_remember_what_is_stored_and_nothing_that_is_deleted(seed: int) -> None:
    storm = Talk(seed)
    storm.run(STEPS)
    for hub in storm.world.hubs:
        for conversation in hub.core._state.conversations:
            record = storm.world.database.answer(queries.LoadConversation(conversation.id))
            assert isinstance(record, queries.ConversationRecord)
            fresh = Conversation.of(record)
            assert list(conversation.ring) == list(fresh.ring)[-len(conversation.ring) :]
            assert conversation.standings == fresh.standings
            assert not conversation.writing
    for actor in storm.world.actors.values():
        for event in actor.all(wire.Durable):
            kept = storm.log(event.conversation)[event.seq - 1]
            assert kept in (event, bare(event))


@pytest.mark.parametrize("seed", range(SEEDS // 8))
def test_what_is_looked_up_is_what_the_log_says(seed: int) -> None:
    storm = Talk(seed + 20_000)
    storm.run(STEPS)
    for actor in storm.world.actors.values():
        given: dict[str, int] = {}
        for item in actor.heard:
            if isinstance(item, wire.Durable):
                given[item.conversation] = item.seq
                if isinstance(item, wire.Left) and item.user == actor.person.id:
                    del given[item.conversation]  # a client forgets what it had, and may look again as a stranger
            if isinstance(item, wire.Page | wire.Found):
                log = storm.log(item.conversation)
                for message in actor.now(item):
                    assert shown(message) == shown(replayed(log, message.seq, message.v))
                    known = log[message.v : given.get(item.conversation, 0)]
                    assert not [event for event in known if message.seq in touched(event)], "older than what was given"
                if isinstance(item, wire.Page):
                    assert_whole(item, log)


def assert_whole(page: wire.Page, log: list[wire.AnyDurable]) -> None:
    """Between its first and its last message nothing is left out, nor up to `as_of` where it says that no more came."""
    if not page.messages:
        return
    seqs = [message.seq for message in page.messages]
    end = seqs[-1] if page.has_after else page.as_of
    posts = [event for event in log[seqs[0] - 1 : end] if isinstance(event, wire.Posted)]
    whole = [[event.seq for event in posts if in_conversation(event)]]
    roots = {seqs[0], *(message.thread for message in page.messages)}
    whole += [[event.seq for event in posts if root in (event.seq, event.thread)] for root in roots]
    assert seqs in whole


def replayed(log: list[wire.AnyDurable], seq: int, v: int) -> wire.Message:
    """The message as the log up to `v` leaves it."""
    event = log[seq - 1]
    assert isinstance(event, wire.Posted)
    message = message_of(event)
    for later in log[seq:v]:
        message = changed(message, later)
    return message


def shown(message: wire.Message) -> object:
    """What does not depend on whether the text was scrubbed since."""
    replies = message.replies and (message.replies.count, message.replies.last_seq)
    return (message.seq, message.v, message.deleted, message.reactions, message.pinned, replies, message.edited_at)


def bare(event: wire.Durable) -> wire.Durable:
    """The event as it is once its message was deleted."""
    if isinstance(event, wire.Posted):
        return scrubbed(event, event.seq)
    return scrubbed(event, event.message) if isinstance(event, wire.Edited) else event


def test_these_storms_have_everything() -> None:
    counts: Counter[str] = Counter()
    for seed in range(10):
        storm = Talk(seed)
        storm.run(STEPS)
        for actor in storm.world.actors.values():
            counts.update(type(one).__name__ for one in actor.heard)
            counts["fixed"] += sum(len(one.fixups) for one in actor.heard if isinstance(one, wire.Page | wire.Found))
    wanted = ["Posted", "Edited", "Deleted", "Reacted", "Pinned", "Page", "Found", "Hits", "Own", "Typing", "fixed"]
    assert {name: counts[name] for name in wanted if counts[name] < 5} == {}
