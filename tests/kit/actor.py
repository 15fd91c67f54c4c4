"""Who sits before a page or a notebook in a play (`play`): the verbs of a person, and what they were given.

    ada.posts(team, "hi")
    bob.sees("hi", in_=team)

Whoever gets a durable event out of order, twice, or one that is not for them, fails the test at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from nbchat.hub import effects
from nbchat.protocol import messages as wire
from nbchat.protocol.changes import changed

if TYPE_CHECKING:
    from kit.play import Stage, World

T = TypeVar("T")


class Actor:
    """One connection, with what it was given, and the verbs of who sits before it."""

    def __init__(self, world: World, hub: Stage, number: int, person: wire.Person) -> None:
        self.world, self.hub, self.number, self.person = world, hub, number, person
        self.heard: list[wire.AnyFromHub] = []
        self.frames: list[effects.Send] = []
        self.cursors: dict[str, int] = {}
        self.closed_with: int | None = None
        self.gone = False
        self._refs = count(1)
        self._keys = count(1)
        self._read_to = 0
        self._hello: wire.Hello | None = None

    # --------------------------------------------------------------------------------------------- what is given

    def takes(self, send: effects.Send) -> None:
        assert not self.gone, "nothing may be sent to a connection that is gone"
        self.frames.append(send)
        for item in send.items:
            self.heard.append(item)
            self._check(item)

    def _check(self, item: wire.AnyFromHub) -> None:  # noqa: C901 - one case for each kind that moves a cursor
        """The cursor of a client: every durable event follows what was given before."""
        match item:
            case wire.Durable():
                assert item.conversation in self.cursors, f"{item} of a conversation that nobody told of"
                assert item.seq == self.cursors[item.conversation] + 1, (
                    f"{item} after {self.cursors[item.conversation]}"
                )
                self.cursors[item.conversation] = item.seq
                if isinstance(item, wire.Left) and item.user == self.person.id:
                    del self.cursors[item.conversation]
            case wire.Welcome():
                watched = self._hello.resume.watched if self._hello else {}
                known = self._hello.resume.known if self._hello else {}
                self.cursors = {id: place.seq for id, place in {**known, **watched}.items()}
                for row in item.conversations:
                    place = watched.get(row.id)
                    bridged = place is not None and place.epoch == row.epoch and place.seq <= row.last_seq
                    if not bridged:
                        self.cursors[row.id] = row.last_seq
            case wire.Added():
                self.cursors[item.summary.id] = item.summary.last_seq
            case wire.Snapshot():
                assert item.as_of >= self.cursors.get(item.summary.id, 0), "a snapshot older than what was given"
                self.cursors[item.summary.id] = item.as_of
            case wire.Conversations():
                for row in item.conversations:
                    self.cursors.setdefault(row.id, row.last_seq)
            case wire.Removed():
                self.cursors.pop(item.conversation, None)
            case wire.Reset():
                self.cursors[item.conversation] = 0
            case _:
                pass

    def is_closed(self, code: int) -> None:
        self.closed_with, self.gone = code, True

    def news(self) -> list[wire.AnyFromHub]:
        """What was heard since this was last asked."""
        found, self._read_to = self.heard[self._read_to :], len(self.heard)
        return found

    def all(self, kind: type[T]) -> list[T]:
        """Everything of this kind, in order."""
        return [item for item in self.heard if isinstance(item, kind)]

    def last(self, kind: type[T], where: Callable[[T], bool] = lambda _: True) -> T:
        """The newest of this kind."""
        found = [item for item in self.all(kind) if where(item)]
        assert found, f"{self.person.id} was given no such {kind.__name__}"
        return found[-1]

    # ------------------------------------------------------------------------------------------------------ commands

    def sends(self, make: Callable[..., wire.AnyCommand], /, **fields: Any) -> int:
        """Send a command and return its ref, without waiting."""
        ref = next(self._refs)
        command = make(ref=ref, **fields)
        if isinstance(command, wire.Hello):
            self._hello = command
        self.hub.handle(effects.Received(self.number, command))
        self.world.maybe_settle()
        return ref

    def reply(self, ref: int) -> Any:
        """The one reply to this command."""
        found = [item for item in self.heard if getattr(item, "ref", None) == ref]
        assert len(found) == 1, f"{len(found)} replies to command {ref}: {found}"
        return found[0]

    def asks(self, make: Callable[..., wire.AnyCommand], /, **fields: Any) -> Any:
        """Send a command and return its reply."""
        return self.reply(self.sends(make, **fields))

    def is_refused(self, code: str, make: Callable[..., wire.AnyCommand], /, **fields: Any) -> wire.Error:
        """Send a command that gets this error."""
        reply = self.asks(make, **fields)
        assert isinstance(reply, wire.Error), f"{reply} instead of {code}"
        assert reply.code == code, reply
        return reply

    def does(self, make: Callable[..., wire.AnyCommand], /, **fields: Any) -> Any:
        """Send a command that succeeds."""
        reply = self.asks(make, **fields)
        assert not isinstance(reply, wire.Error), reply
        return reply

    def says_hello(self, kind: wire.ConnectionKind = "page", resume: wire.Resume | None = None) -> None:
        self.sends(wire.Hello, kind=kind, resume=resume or wire.Resume())

    def posts(self, conversation: str, text: str = "hi", *, key: str | None = None, **fields: Any) -> wire.Accepted:
        return self.does(wire.Post, conversation=conversation, text=text, key=key or self.key(), **fields)

    def replies(self, conversation: str, thread: int, text: str = "re", *, also: bool = False) -> int:
        """Write into a thread; returns the reply's seq."""
        return self.posts(conversation, text, thread=thread, also=also).seq

    def edits(self, conversation: str, message: int, text: str) -> None:
        self.does(wire.Edit, conversation=conversation, message=message, text=text, key=self.key())

    def deletes(self, conversation: str, message: int) -> None:
        self.does(wire.Delete, conversation=conversation, message=message)

    def reacts(self, conversation: str, message: int, emoji: str, *, on: bool = True) -> None:
        self.does(wire.React, conversation=conversation, message=message, emoji=emoji, on=on)

    def pins(self, conversation: str, message: int, *, on: bool = True) -> None:
        self.does(wire.Pin, conversation=conversation, message=message, on=on)

    def looks_up(self, conversation: str, *seqs: int) -> list[wire.Message]:
        """Single messages as they are now."""
        return list(self.now(self.does(wire.Lookup, conversation=conversation, seqs=list(seqs))))

    def pages(self, conversation: str, **bounds: Any) -> list[wire.Message]:
        """A page of history as it is now."""
        return list(self.now(self.does(wire.History, conversation=conversation, **bounds)))

    def now(self, reply: wire.Page | wire.Found) -> Iterator[wire.Message]:
        """The messages of a reply with its fixups, as a client has them then."""
        for message in reply.messages:
            for event in reply.fixups:
                message = changed(message, event)  # noqa: PLW2901 - event by event
            yield message

    def preview(self, conversation: str) -> wire.Preview:
        """The newest message that was given as an event, as a row shows it."""
        event = self.last(wire.Posted, lambda one: one.conversation == conversation)
        return wire.Preview(event.seq, event.author, event.name, event.at, event.text)

    def posts_later(self, conversation: str, text: str) -> int:
        """Post without waiting for the reply, inside `World.held`."""
        return self.sends(wire.Post, conversation=conversation, text=text, key=self.key())

    def key(self) -> str:
        return f"key-{self.number}-{next(self._keys):06}"

    def opens(self, name: str) -> str:
        return self.does(wire.Open, name=name).conversation

    def creates_group(self, title: str, *members: str) -> str:
        return self.does(wire.Create, kind="group", title=title, key=self.key(), members=list(members)).conversation

    def watches(self, conversation: str, position: wire.Position | None = None) -> None:
        self.does(wire.Watch, conversation=conversation, position=position)

    def leaves(self, conversation: str) -> None:
        self.does(wire.Leave, conversation=conversation)

    def closes(self) -> None:
        """The socket is gone."""
        self.gone = True
        self.hub.handle(effects.Closed(self.number))
        self.world.maybe_settle()

    # --------------------------------------------------------------------------------------------- what is expected

    @property
    def welcome(self) -> wire.Welcome:
        return self.last(wire.Welcome)

    def texts(self, conversation: str) -> list[str]:
        """The texts given as events, in order."""
        return [event.text for event in self.all(wire.Posted) if event.conversation == conversation]

    def sees(self, *texts: str, in_: str) -> None:
        assert self.texts(in_)[-len(texts) :] == list(texts), self.texts(in_)

    def hears_nothing(self) -> None:
        assert self.news() == []

    def position(self, conversation: str) -> wire.Position:
        """Where this client stands, to resume from."""
        resume = self._hello.resume if self._hello else wire.Resume()
        epochs = {id: place.epoch for id, place in {**resume.known, **resume.watched}.items()}
        epochs |= {summary.id: summary.epoch for summary in self._summaries()}
        return wire.Position(epochs[conversation], self.cursors[conversation])

    def _summaries(self) -> list[wire.Summary]:
        found: list[wire.Summary] = []
        for item in self.heard:
            match item:
                case wire.Welcome() | wire.Conversations():
                    found += item.conversations
                case wire.Added() | wire.Snapshot():
                    found.append(item.summary)
                case _:
                    pass
        return found
