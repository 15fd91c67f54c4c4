"""docs/policy.md says who may do what; a real hub is asked for every cell of its table, by each command named there.

A cell that is changed there fails here, and so does a rule that is changed in the code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from kit.play import Actor, World

from nbchat.hub.policy import Action
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import EVERYBODY_MEMBERS, HubLimits, Rate

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), touches=Rate(1e6, 10**6), flood_frames=1e6)
ROLES: dict[str, wire.Role] = {"olga": "owner", "mona": "moderator", "mel": "member", "gus": "guest"}
AT_LEAST = {"no": (), "owners": ("owner",), "moderators": ("owner", "moderator"), "yes": tuple(ROLES.values())}
REFUSALS = {"unknown_conversation", "not_member", "forbidden", "archived", "muted", "bad_link"}


def table() -> dict[str, dict[str, str]]:
    """The table of docs/policy.md: by action, then by column."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


TABLE = table()


def commands(action: str) -> list[str]:
    """The commands by which an action is done."""
    return re.findall(r"`(\w+)`", TABLE[action]["commands"])


PAIRS = [(action, command) for action in TABLE for command in commands(action)]
COLUMNS = ("owner", "moderator", "member", "guest", "stranger, open channel", "stranger elsewhere")
"""Those that say yes or no of one person; direct, muted, archived and announcements are situations."""


class Scene:
    """A conversation with somebody of each role, a member to whom things are done, and people outside."""

    def __init__(self, *, channel: bool = False, crowd: int = 0) -> None:
        self.world = World(limits=FAST)
        names = ["olaf", *ROLES, "tim", "sam", "newcomer"]
        self.people = {name: self.world.page(name) for name in names}
        olga = self.people["olga"]
        inside = [name for name in names if name not in {"olga", "sam", "newcomer"}]
        extra = [f"extra-{number}" for number in range(crowd)]
        for name in extra:
            self.world.page(name)
        if channel:
            self.id = olga.opens("team")
            olga.does(wire.Invite, conversation=self.id, users=inside + extra)
        else:
            self.id = olga.creates_group("Team", *inside, *extra)
        for name, role in (("olaf", "owner"), ("mona", "moderator"), ("gus", "guest")):
            olga.does(wire.Rank, conversation=self.id, user=name, role=role)
        self.other = "tim"
        self.archived = False
        self._fill()
        self.code = olga.does(wire.MakeLink, conversation=self.id).links[0].code

    def _fill(self) -> None:
        """Everybody inside writes a message."""
        self.own: dict[str, int] = {}
        for name, actor in self.people.items():
            if name not in {"sam", "newcomer"}:
                self.own[name] = actor.posts(self.id, f"{name} was here").seq

    def mutes(self, name: str) -> None:
        self.people["olaf"].does(wire.Mute, conversation=self.id, user=name, seconds=600)

    def sets(self, **settings: Any) -> None:
        self.people["olga"].does(wire.Describe, conversation=self.id, **settings)

    def lets(self, name: str, action: str, command: str | None = None) -> bool:
        """Whether the hub lets them, by the first command if none is given; a refusal is one that policy gives."""
        reply = ATTEMPTS[action, command or commands(action)[0]](self, self.people[name])
        if isinstance(reply, wire.Error):
            assert reply.code in REFUSALS, reply
        return not isinstance(reply, wire.Error)


class Direct(Scene):
    """A direct conversation of mel and tim, with somebody outside."""

    def __init__(self) -> None:
        self.world = World(limits=FAST)
        self.people = {name: self.world.page(name) for name in ("mel", "tim", "newcomer")}
        self.id = self.people["mel"].opens("@tim")
        self.other, self.code, self.archived = "tim", "no-such-link", False
        self._fill()


def sends(make: Callable[..., wire.AnyCommand], **fields: Any) -> Callable[[Scene, Actor], Any]:
    """Somebody sends this; `OTHER` stands for the member to whom it is done."""

    def attempt(scene: Scene, actor: Actor) -> Any:
        given = {name: scene.other if value == OTHER else value for name, value in fields.items()}
        return actor.asks(make, conversation=scene.id, **given)

    return attempt


def on_message(make: Callable[..., wire.AnyCommand], *, of: str = "other", **fields: Any) -> Callable[..., Any]:
    """The same, about a message: the actor's own, or the other member's."""

    def attempt(scene: Scene, actor: Actor) -> Any:
        writer = scene.other if of == "other" else actor.person.id
        message = scene.own.get(writer, scene.own[scene.other])
        return actor.asks(make, conversation=scene.id, message=message, **fields)

    return attempt


def types(*, in_thread: bool = False) -> Callable[[Scene, Actor], Any]:
    def attempt(scene: Scene, actor: Actor) -> Any:
        thread = scene.own[scene.other] if in_thread else None
        return actor.asks(wire.Type, conversation=scene.id, thread=thread)

    return attempt


def posts(text: str, *, in_thread: bool = False) -> Callable[[Scene, Actor], Any]:
    def attempt(scene: Scene, actor: Actor) -> Any:
        thread = scene.own[scene.other] if in_thread else None
        return actor.asks(wire.Post, conversation=scene.id, text=text, key=actor.key(), thread=thread)

    return attempt


def offers(scene: Scene, actor: Actor) -> Any:
    session = scene.world.session(actor.person.id)
    return session.asks(wire.Offer, conversation=scene.id, commands=[wire.Slash("deploy", "to production")])


def redeems(scene: Scene, actor: Actor) -> Any:
    return actor.asks(wire.Redeem, code=scene.code)


def looks_where_the_link_leads(scene: Scene, actor: Actor) -> Any:
    return actor.asks(wire.FindInvitation, code=scene.code)


def drops_the_link(scene: Scene, actor: Actor) -> Any:
    return actor.asks(wire.DropLink, conversation=scene.id, code=scene.code)


def opens(scene: Scene, actor: Actor) -> Any:
    return actor.asks(wire.Open, name=scene.id, create=False)


def sets_a_wish(scene: Scene, actor: Actor) -> Any:
    return actor.asks(wire.SetOwn, key=f"prefs:{scene.id}", value=wire.Prefs(star=True))


def follows(scene: Scene, actor: Actor) -> Any:
    return actor.asks(wire.Follow, conversation=scene.id, thread=scene.own[scene.other])


def turns_the_archive(scene: Scene, actor: Actor) -> Any:
    return actor.asks(wire.Describe, conversation=scene.id, archived=not scene.archived)


OTHER = "<the other>"
ATTEMPTS: dict[tuple[str, str], Callable[[Scene, Actor], Any]] = {
    ("see", "watch"): sends(wire.Watch),
    ("see", "history"): sends(wire.History),
    ("see", "lookup"): sends(wire.Lookup, seqs=[1]),
    ("see", "find_pins"): sends(wire.FindPins),
    ("see", "find_members"): sends(wire.FindMembers),
    ("see", "set_own"): sets_a_wish,
    ("join", "join"): sends(wire.Join),
    ("join", "open"): opens,
    ("redeem", "redeem"): redeems,
    ("redeem", "find_invitation"): looks_where_the_link_leads,
    ("leave", "leave"): sends(wire.Leave),
    ("read", "read"): sends(wire.Read, seq=1),
    ("read", "follow"): follows,
    ("versions", "find_versions"): on_message(wire.FindVersions, of="self"),
    ("post", "post"): posts("hello"),
    ("post", "type"): types(),
    ("post_in_thread", "post"): posts("hello", in_thread=True),
    ("post_in_thread", "type"): types(in_thread=True),
    ("mention_everybody", "post"): posts("@all hello", in_thread=True),
    ("mention_everybody", "edit"): on_message(wire.Edit, of="self", text="@all hello", key="a-key-of-an-edit"),
    ("react", "react"): on_message(wire.React, emoji="\N{THUMBS UP SIGN}"),
    ("edit", "edit"): on_message(wire.Edit, of="self", text="better", key="a-key-of-an-edit"),
    ("edit", "grow"): on_message(wire.Grow, of="self", n=1, text="better", whole=True),
    ("delete", "delete"): on_message(wire.Delete, of="self"),
    ("delete_other", "delete"): on_message(wire.Delete),
    ("pin", "pin"): on_message(wire.Pin),
    ("offer", "offer"): offers,
    ("topic", "describe"): sends(wire.Describe, topic="what it is about"),
    ("invite", "invite"): sends(wire.Invite, users=["newcomer"]),
    ("report", "report"): on_message(wire.Report, reason="rude"),
    ("make_link", "make_link"): sends(wire.MakeLink),
    ("make_link", "find_links"): sends(wire.FindLinks),
    ("make_link", "drop_link"): drops_the_link,
    ("describe", "describe"): sends(wire.Describe, title="Another title"),
    ("set_rules", "describe"): sends(wire.Describe, slow=5),
    ("rank", "rank"): sends(wire.Rank, user=OTHER, role="guest"),
    ("mute", "mute"): sends(wire.Mute, user=OTHER, seconds=60),
    ("remove", "remove"): sends(wire.Remove, user=OTHER),
    ("remove", "unban"): sends(wire.Unban, user=OTHER),
    ("moderate", "find_reports"): sends(wire.FindReports),
    ("moderate", "close_report"): sends(wire.CloseReport, report=1),
    ("moderate", "find_log"): sends(wire.FindLog),
    ("moderate", "find_banned"): sends(wire.FindBanned),
    ("appoint", "rank"): sends(wire.Rank, user=OTHER, role="moderator"),
    ("archive", "describe"): turns_the_archive,
}


def test_every_action_stands_in_the_table() -> None:
    assert list(TABLE) == list(get_args(Action))


def test_every_action_is_tried_by_each_of_its_commands() -> None:
    assert list(ATTEMPTS) == PAIRS
    assert all(commands(action) for action in TABLE)


def test_every_command_stands_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE))
    tags = {str(command.__struct_config__.tag) for command in get_args(wire.AnyCommand)}
    assert not tags - named


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize(("action", "command"), PAIRS)
def test_who_may(action: str, command: str, column: str) -> None:
    cell = TABLE[action][column]
    scene = Scene(channel=column.endswith("channel"))
    name = next((name for name, role in ROLES.items() if role == column), "sam")
    if cell == "–":
        assert_harmless(scene, name, action, command)
        return
    assert cell in {"yes", "no", "small"}
    assert scene.lets(name, action, command) == (cell != "no")
    if column in ROLES.values() and cell != "no":
        crowded = Scene(crowd=EVERYBODY_MEMBERS)
        assert crowded.lets(name, action, command) == (cell == "yes"), "with more members than EVERYBODY_MEMBERS"


def assert_harmless(scene: Scene, name: str, action: str, command: str) -> None:
    """Who is a member already joins again, and nothing happens."""
    seen = len(scene.people["olaf"].all(wire.Durable))
    assert scene.lets(name, action, command)
    assert len(scene.people["olaf"].all(wire.Durable)) == seen


@pytest.mark.parametrize(("action", "command"), PAIRS)
def test_in_a_direct_conversation(action: str, command: str) -> None:
    cell = TABLE[action]["direct"]
    assert Direct().lets("mel", action, command) == (cell != "no")


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize(("action", "command"), PAIRS)
def test_while_muted(action: str, command: str, name: str) -> None:
    scene, cell = Scene(), TABLE[action]["muted"]
    scene.mutes(name)
    assert scene.lets(name, action, command) == (cell != "no" and by_role(action, name))


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize(("action", "command"), PAIRS)
def test_while_archived(action: str, command: str, name: str) -> None:
    scene, cell = Scene(), TABLE[action]["archived"]
    scene.sets(archived=True)
    scene.archived = True
    is_in_already = TABLE[action]["member"] == "–"
    assert scene.lets(name, action, command) == (
        is_in_already or (ROLES[name] in AT_LEAST[cell] and by_role(action, name))
    )


@pytest.mark.parametrize(
    ("action", "command"), [pair for pair in PAIRS if TABLE[pair[0]]["stranger, open channel"] == "yes"]
)
def test_what_strangers_may_in_an_archived_channel(action: str, command: str) -> None:
    scene = Scene(channel=True)
    scene.sets(archived=True)
    assert scene.lets("sam", action, command) == (TABLE[action]["archived"] == "yes")


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize(("action", "command"), PAIRS)
def test_where_only_announcements_are_made(action: str, command: str, name: str) -> None:
    scene, cell = Scene(channel=True), TABLE[action]["announcements"]
    scene.sets(announcements=True)
    assert scene.lets(name, action, command) == (ROLES[name] in AT_LEAST[cell] and by_role(action, name))


def by_role(action: str, name: str) -> bool:
    return TABLE[action][ROLES[name]] != "no"


# ------------------------------------------------------------------------------------------------------- towards whom

TO_SOMEBODY = ("rank", "mute", "remove", "delete_other")


@pytest.mark.parametrize("other", ["olaf", "mona", "mel", "gus"])
@pytest.mark.parametrize("action", TO_SOMEBODY)
def test_an_owner_does_it_to_everybody(action: str, other: str) -> None:
    scene = Scene()
    scene.other = other
    assert scene.lets("olga", action)


@pytest.mark.parametrize(("other", "may"), [("olga", False), ("max", False), ("mel", True), ("gus", True)])
@pytest.mark.parametrize("action", TO_SOMEBODY)
def test_a_moderator_does_it_to_who_stands_below_them(action: str, other: str, may: bool) -> None:
    scene = Scene()
    scene.people["max"] = scene.world.page("max")
    scene.people["olga"].does(wire.Invite, conversation=scene.id, users=["max"])
    scene.people["olga"].does(wire.Rank, conversation=scene.id, user="max", role="moderator")
    scene.own["max"] = scene.people["max"].posts(scene.id, "max, too").seq
    scene.other = other
    assert scene.lets("mona", action) == may


def test_who_has_left_stands_below_all() -> None:
    scene = Scene()
    scene.people["olaf"].leaves(scene.id)
    scene.other = "olaf"
    assert scene.lets("mona", "delete_other")
