"""Random items for stores under test, of every kind: most are possible, some are late, doubled or for nowhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from kit.stores import (
    ADA,
    BOB,
    EVE,
    NOON,
    Driver,
    append,
    conversation,
    delete,
    edit,
    event,
    join,
    leave,
    names,
    pin,
    post,
    react,
    read,
)
from msgspec.structs import replace

from nbchat.hub import items, queries
from nbchat.protocol.messages import (
    ConversationKind,
    Described,
    Forwarded,
    Invitation,
    Left,
    Mark,
    Muted,
    OwnValue,
    Person,
    Posted,
    Prefs,
    Ranked,
    Settings,
    Unbanned,
)

PEOPLE = (ADA, BOB, EVE)
IDS = ("c1", "c2", "c3", "c4")
THREADS = (2, 3, 5)
"""Messages, if there are such, that many threads have as their root."""
EMOJI = ("👍", "🎉", "❤️")


class Author:
    """Makes items; the model is asked for what a decision needs."""

    def __init__(self, seed: int, model: Driver) -> None:
        self._dice = random.Random(seed)
        self._model = model
        self._missing = list(IDS)
        self._kinds: list[tuple[int, Callable[[str, Person], items.Item]]] = [
            (4, self._conversation),
            (26, self._post),
            (14, self._reply),
            (8, self._edit),
            (7, self._delete),
            (8, self._react),
            (4, self._pin),
            (5, self._member),
            (4, self._standing),
            (2, self._describe),
            (10, self._read),
            (3, lambda id, who: items.PutReadAll(user=who.id)),
            (3, self._follow),
            (5, self._own),
            (4, self._link),
            (4, self._report),
            (3, self._marks),
            (2, lambda id, who: items.PutSeen(user=who.id, at=self._dice.randrange(1000))),
            (3, self._person),
            (3, self._login),
        ]

    def item(self) -> items.Item:
        dice = self._dice
        if self._missing:
            return conversation(self._missing.pop(), *PEOPLE, kind="group", key=self._key())
        person, id = dice.choice(PEOPLE), "nowhere" if dice.random() < 0.03 else dice.choice(IDS)
        weights = [weight for weight, _ in self._kinds]
        [make] = dice.choices([make for _, make in self._kinds], weights)
        return make(id, person)

    # ------------------------------------------------------------------------------------------------------- messages

    def _post(self, id: str, who: Person, **fields: Any) -> items.Item:
        dice = self._dice
        if dice.random() < 0.25:
            fields["mentions"] = names(*dice.sample(("ada", "bob", "eve", "@all"), dice.randint(1, 3)))
        if dice.random() < 0.2:
            fields["reply"] = self._seq(id)
        if dice.random() < 0.1:
            fields["forwarded"] = Forwarded("c9", 7, "ada", "Ada", 5, f"said {dice.random()}")
        return post(id, who, f"text {dice.random()}", key=self._key(), rules=self._rules(id), **fields)

    def _reply(self, id: str, who: Person) -> items.Item:
        root = self._seq(id) if self._dice.random() < 0.4 else self._dice.choice(THREADS)
        return self._post(id, who, thread=root, also=self._dice.random() < 0.3)

    def _edit(self, id: str, who: Person) -> items.Item:
        text = self._dice.choice(("same", f"edited {self._dice.random()}"))
        mentions = names("bob") if self._dice.random() < 0.3 else []
        grown = self._dice.random() < 0.2
        rules = self._rules(id)
        return edit(id, who, self._seq(id), text, key=self._key(), rules=rules, mentions=mentions, grown=grown)

    def _delete(self, id: str, who: Person) -> items.Item:
        return delete(id, who, self._seq(id), self._rules(id))

    def _react(self, id: str, who: Person) -> items.Item:
        on = self._dice.random() < 0.7
        return react(id, who, self._seq(id), self._dice.choice(EMOJI), on=on, rules=self._rules(id))

    def _pin(self, id: str, who: Person) -> items.Item:
        return pin(id, who, self._seq(id), on=self._dice.random() < 0.6, rules=self._rules(id))

    # -------------------------------------------------------------------------------------- members and conversations

    def _conversation(self, id: str, _: Person) -> items.Item:
        kinds: tuple[ConversationKind, ...] = ("channel", "group", "direct")
        kind = self._dice.choice(kinds)
        members = self._dice.sample(PEOPLE, 2 if kind == "direct" else self._dice.randint(2, 3))
        handle = self._dice.choice(("Team", "team", "random")) if kind == "channel" else None
        return conversation(id, *members, kind=kind, handle=handle, title=f"About {id}", key=self._key())

    def _member(self, id: str, who: Person) -> items.Item:
        rules, dice = self._rules(id), self._dice
        if dice.random() < 0.6:
            role = dice.choice(("member", "guest"))
            link = f"link-{dice.randrange(9)}" if dice.random() < 0.5 else None
            return join(id, who, rules, link=link, role=role)
        if dice.random() < 0.4:
            return append(event(Left, id, ADA, user=who.id, banned=dice.random() < 0.5, reason="loud"), rules)
        return leave(id, who, rules)

    def _standing(self, id: str, who: Person) -> items.Item:
        dice, rules = self._dice, self._rules(id)
        kind = dice.randrange(3)
        if kind == 0:
            return append(event(Ranked, id, ADA, user=who.id, role=dice.choice(("owner", "moderator"))), rules)
        if kind == 1:
            return append(event(Muted, id, ADA, user=who.id, until=dice.choice((None, NOON + 5))), rules)
        return append(event(Unbanned, id, ADA, user=who.id), rules)

    def _describe(self, id: str, who: Person) -> items.Item:
        settings = Settings(topic=f"topic {self._dice.random()}", slow=self._dice.randrange(3))
        return append(event(Described, id, who, title="Another", settings=settings), self._rules(id))

    def _link(self, id: str, who: Person) -> items.Item:
        dice = self._dice
        code = f"link-{dice.randrange(9)}"
        if dice.random() < 0.2:
            return items.DropLink(conversation=id, code=code)
        until, uses = dice.choice((None, NOON, NOON + 1)), dice.choice((None, 1, 2))
        return items.PutLink(
            link=Invitation(code=code, conversation=id, author=who.id, role="guest", until=until, uses=uses)
        )

    def _report(self, id: str, who: Person) -> items.Item:
        moderators = tuple(self._dice.sample(("ada", "bob"), self._dice.randint(0, 2)))
        if self._dice.random() < 0.3:
            return items.CloseReport(conversation=id, report=self._dice.randrange(3), moderators=moderators)
        return items.PutReport(
            conversation=id,
            message=self._seq(id),
            user=who.id,
            reason=f"why {self._dice.random()}",
            moderators=moderators,
        )

    # ------------------------------------------------------------------------------------------------------ own state

    def _read(self, id: str, who: Person) -> items.Item:
        dice = self._dice
        thread = dice.choice(THREADS) if dice.random() < 0.5 else None
        return read(id, who, dice.randrange(60), back=dice.random() < 0.2, thread=thread)

    def _follow(self, id: str, who: Person) -> items.Item:
        root = self._dice.choice(THREADS)
        return items.PutFollow(user=who.id, conversation=id, root=root, on=self._dice.random() < 0.5)

    def _own(self, id: str, who: Person) -> items.Item:
        values: tuple[tuple[str, OwnValue], ...] = (
            (f"draft:{id}", f"draft {self._dice.random()}"),
            (f"draft:{id}", None),
            (f"saved:{id}/3", NOON),
            (f"saved:{id}/3", None),
            (f"prefs:{id}", Prefs(level="mentions", star=True, order=0.5)),
            ("block:eve", True),
        )
        key, value = self._dice.choice(values)
        return items.PutOwn(user=who.id, key=key, value=value)

    def _marks(self, id: str, who: Person) -> items.Item:
        mark = Mark(who.id, self._dice.randrange(60), self._dice.randrange(60))
        return items.PutMarks(conversation=id, marks=(mark,))

    def _person(self, _: str, who: Person) -> items.Item:
        dice = self._dice
        person = Person(who.id, dice.choice(("Ada", "ada", "Bob", "Zoë", "zoë")))
        if dice.random() < 0.5:
            person = replace(person, status="away", emoji="🌴", color="teal", hide_seen=dice.random() < 0.5)
        return items.PutPerson(person=person, rename=dice.random() < 0.5)

    def _login(self, *_: object) -> items.Item:
        login, owner = f"cookie-{self._dice.randrange(6)}", self._dice.random() < 0.5
        return items.PutLogin(login=login, person=None if owner else BOB, first=owner and self._dice.random() < 0.5)

    # ---------------------------------------------------------------------------------------------------------- parts

    def _key(self) -> str:
        return f"key-{self._dice.randrange(400)}"

    def _seq(self, id: str) -> int:
        """A seq to do something with: mostly of a message."""
        record = self._model.ask(queries.LoadConversation(id))
        if record is None or self._dice.random() < 0.1:
            return self._dice.randrange(1, 60)
        return self._dice.choice([1, *(one.seq for one in record.events if isinstance(one, Posted))])

    def _rules(self, id: str) -> int:
        record = self._model.ask(queries.LoadConversation(id))
        return 1 if record is None else record.rules - (self._dice.random() < 0.05)

    def questions(self) -> list[queries.Query]:
        """Everything that can be asked, in some form."""
        found: list[queries.Query] = [
            queries.LoadPeople(),
            queries.LoadPeople(query="Z", limit=1),
            queries.FindConversation(handle="TEAM"),
            queries.FindConversation(pair=("bob", "ada")),
            *(queries.LoadLogin(f"cookie-{n}") for n in range(6)),
            *(queries.LoadLinks(code=f"link-{n}") for n in range(9)),
        ]
        for id in IDS:
            found += self._about(id)
        for person in PEOPLE:
            found += [queries.LoadSnapshot(person.id, id) for id in IDS]
            found += [queries.LoadChannels(user=person.id, query="e", limit=2)]
            before = self._dice.choice((None, *IDS))
            for uv in (0, 3):
                found += [queries.LoadList(user=person.id, limit=2, before=before, known=("c1", "c2", "x"), uv=uv)]
            keys = ("read:c1", "draft:c1", "prefs:c2", "saved:c1/3", "thread:c1/3", "block:eve")
            found += [queries.LoadOwn(user=person.id, key=key) for key in keys]
        return found

    def _about(self, id: str) -> list[queries.Query]:
        at, limit = self._dice.randrange(30), self._dice.randint(1, 9)
        found: list[queries.Query] = [
            queries.LoadConversation(id),
            queries.LoadEvents(conversation=id, after=3, limit=7),
            queries.LoadMessages(conversation=id, pinned=True),
            queries.LoadMessages(conversation=id, seqs=(5, 2, 9, 5, 99)),
            queries.LoadLog(conversation=id, before=None, limit=3),
            queries.LoadLog(conversation=id, before=at, limit=9),
            queries.LoadLog(conversation=id, before=None, limit=4, noticed=True),
            queries.LoadMembers(conversation=id, query="", after="bob", limit=1),
            queries.LoadMembers(conversation=id, query="A", after=None, limit=9),
            queries.LoadLinks(conversation=id),
        ]
        for thread in (None, *THREADS):
            found += [queries.LoadPage(conversation=id, limit=5, thread=thread)]
            for where in ("before", "after", "around"):
                found += [queries.LoadPage(conversation=id, limit=limit, thread=thread, **{where: at})]
        found += [queries.LoadVersions(conversation=id, message=seq) for seq in range(1, 12)]
        return found
