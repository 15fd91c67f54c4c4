"""Every command, asked by people who may not know of a conversation: they learn nothing, not even that it is there.

`hub/test_policy.py` asks what members may; this is about those outside. A command that is added fails here until it
has a case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from kit.play import Actor, World
from msgspec import to_builtins

from nbchat.protocol import messages as wire
from nbchat.protocol.codec import decode_command, encode_command
from nbchat.protocol.limits import HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), touches=Rate(1e6, 10**6), flood_frames=1e6)
NEVER = "h1-id-9999"
"""An id that was never given out, as long as those that were."""

Case = Callable[["Scene", str], dict[str, Any]]
"""Makes the fields of a command that is about the conversation with this id."""


def about(**fields: Any) -> Case:
    return lambda scene, id: {"conversation": id, **fields}


CASES: dict[type[wire.AnyCommand], list[Case]] = {
    wire.Hello: [lambda scene, id: {"resume": wire.Resume(known={id: wire.Position("e", 1)})}],
    wire.Ping: [lambda scene, id: {}],
    wire.Post: [
        lambda scene, id: {"conversation": id, "text": "hi", "key": scene.key()},
        lambda scene, id: {"conversation": id, "text": "hi", "key": scene.key(), "thread": 2, "reply": 2},
        lambda scene, id: {
            "conversation": scene.lobby,
            "text": "",
            "key": scene.key(),
            "forward": wire.Pointer(id, 2),
        },
    ],
    wire.Open: [lambda scene, id: {"name": id, "create": False}],
    wire.Create: [],  # about a new one; its title may be any
    wire.Join: [about()],
    wire.Leave: [about()],
    wire.Watch: [about(), about(position=wire.Position("e", 1))],
    wire.Unwatch: [about()],
    wire.History: [about(), about(before=5), about(around=2), about(thread=2)],
    wire.Read: [about(seq=2), about(seq=2, back=True), about(seq=2, thread=2)],
    wire.Ack: [lambda scene, id: {"cursors": {id: 2}}],
    wire.Type: [about(), about(active=False), about(thread=2)],
    wire.ListConversations: [lambda scene, id: {}, lambda scene, id: {"before": id}],
    wire.FindPeople: [],  # the directory is everybody's
    wire.FindChannels: [lambda scene, id: {"query": "secret"}],
    wire.Edit: [lambda scene, id: {"conversation": id, "message": 2, "text": "mine", "key": scene.key()}],
    wire.Grow: [about(message=2, n=1, text="mine", whole=True)],
    wire.Delete: [about(message=2)],
    wire.React: [about(message=2, emoji="\N{THUMBS UP SIGN}"), about(message=2, emoji="\N{THUMBS UP SIGN}", on=False)],
    wire.Pin: [about(message=2)],
    wire.Lookup: [about(seqs=[1, 2]), about(seqs=[])],
    wire.FindVersions: [about(message=2)],
    wire.FindPins: [about()],
    wire.FindMentions: [lambda scene, id: {}],
    wire.Follow: [about(thread=2), about(thread=2, on=False)],
    wire.Describe: [about(title="mine"), about(topic="mine"), about(archived=True), about()],
    wire.Rank: [about(user="ada", role="guest"), about(user="sam", role="owner")],
    wire.Mute: [about(user="ada", seconds=60)],
    wire.Invite: [about(users=["sam"]), about(users=["nobody"])],
    wire.Remove: [about(user="ada"), about(user="sam")],
    wire.Unban: [about(user="sam")],
    wire.FindBanned: [about()],
    wire.FindMembers: [about(), about(query="ada"), about(after="ada")],
    wire.MakeLink: [about()],
    wire.FindLinks: [about()],
    wire.DropLink: [lambda scene, id: {"conversation": id, "code": scene.code}],
    wire.Redeem: [lambda scene, id: {"code": id}],
    wire.FindInvitation: [lambda scene, id: {"code": id}],
    wire.Report: [about(message=2, reason="rude")],
    wire.FindReports: [about()],
    wire.CloseReport: [about(report=1)],
    wire.FindLog: [about()],
    wire.SetProfile: [],  # about oneself
    wire.SetOwn: [
        lambda scene, id: {"key": f"draft:{id}", "value": "mine"},
        lambda scene, id: {"key": f"draft:{id}/2", "value": "mine"},
        lambda scene, id: {"key": f"prefs:{id}", "value": wire.Prefs(star=True)},
        lambda scene, id: {"key": f"saved:{id}/2", "value": 1},
        lambda scene, id: {"key": f"read:{id}", "value": 2},
        lambda scene, id: {"key": f"thread:{id}/2", "value": 2},
        lambda scene, id: {"key": f"reports:{id}", "value": 0},
    ],
    wire.ReadAll: [lambda scene, id: {}],
    wire.Offer: [about(commands=[wire.Slash("deploy", "to production")])],
}
ALL = [(kind, number) for kind, cases in CASES.items() for number in range(len(cases))]
OUTSIDE = ("sam", "left", "removed", "banned")


class Scene:
    """A private group, a direct conversation, an open channel, and people who are in none of the first two.

    Attributes:
        private: ids of what strangers may not know of.
        lobby: the open channel, of which everybody is a member.
        code: of an invitation to the group.
    """

    lobby: str
    code: str

    def __init__(self) -> None:
        self.world = World(limits=FAST)
        self.people = {name: self.world.page(name) for name in ("ada", "tim", *OUTSIDE)}
        ada = self.people["ada"]
        group = ada.creates_group("secret", "tim", *OUTSIDE[1:])
        self.people["left"].leaves(group)
        ada.does(wire.Remove, conversation=group, user="removed")
        ada.does(wire.Remove, conversation=group, user="banned", ban=True)
        direct = ada.opens("@tim")
        self.lobby = ada.opens("lobby")
        for name in OUTSIDE:
            self.people[name].opens("lobby")
        for id in (group, direct):
            root = ada.posts(id, "secret").seq
            ada.posts(id, "secret too", thread=root)
        self.code = ada.does(wire.MakeLink, conversation=group).links[0].code
        self.private = {"group": group, "direct": direct}
        for actor in self.people.values():
            actor.news()

    def key(self) -> str:
        return "0123456789abcdef"

    def ask(self, actor: Actor, kind: type[wire.AnyCommand], number: int, id: str) -> tuple[str, list[str], list[str]]:
        """What somebody hears of one command, with the id left out; and what the hub did for it."""
        if kind is wire.Offer:
            actor = self.world.session(actor.person.id)
        if kind is wire.Hello:
            actor = self.world.opens(actor.person.id)
        stage = self.world.hub
        asked, written = len(stage.queries), len(stage.written)
        actor.news()
        actor.sends(kind, **CASES[kind][number](self, id))
        heard = [to_builtins(item) for item in actor.news()]
        for item in heard:
            # Who was a member keeps rows of their own, and is told how that ended.
            for own in ("now", "ref", "own", "uv", "left"):
                item.pop(own, None)
        work = [type(query).__name__ for query in stage.queries[asked:]]
        return str(heard).replace(id, "<id>"), work, [type(item).__name__ for item in stage.written[written:]]


def test_every_command_has_a_case() -> None:
    assert list(CASES) == list(get_args(wire.AnyCommand))


@pytest.mark.parametrize(("kind", "number"), ALL, ids=lambda value: getattr(value, "__name__", value))
def test_what_is_private_is_as_if_it_were_not_there(kind: type[wire.AnyCommand], number: int) -> None:
    for name in OUTSIDE:
        scene = Scene()
        heard, work, written = scene.ask(scene.people[name], kind, number, NEVER)
        for what, id in scene.private.items():
            if kind in (wire.Hello, wire.ReadAll):  # what they do once they need not do again
                scene = Scene()
            seen, asked, stored = scene.ask(scene.people[name], kind, number, id)
            assert (name, what, seen) == (name, what, heard)
            assert (name, what, stored) == (name, what, written)
            assert (name, what, sorted(asked)) == (name, what, sorted(work))
            assert "secret" not in seen


@pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.__name__)
def test_no_command_says_who_sends_it(kind: type[wire.AnyCommand]) -> None:
    """Whoever says that they are somebody else has said nothing."""
    scene = Scene()
    create: dict[str, Any] = {"title": "x", "kind": "group", "key": "0123456789abcdef"}
    for case in CASES[kind] or [lambda *_: create if kind is wire.Create else {}]:
        command = kind(ref=1, **case(scene, NEVER))
        claims = b'"author":"ada","sender":"ada","from":"ada","me":{"id":"ada"},"login":"ada","owner":true,"at":0,'
        assert decode_command(b"{" + claims + encode_command(command)[1:]) == command


@pytest.mark.parametrize(("kind", "number"), ALL, ids=lambda value: getattr(value, "__name__", value))
def test_all_that_happens_is_by_who_asked(kind: type[wire.AnyCommand], number: int) -> None:
    """Each command in the place where it may do most: sent by an owner, about the group."""
    scene = Scene()
    tim = scene.people["tim"]
    scene.ask(scene.people["ada"], kind, number, scene.private["group"])
    for item in tim.news():
        if isinstance(item, wire.Durable):
            assert item.author == "ada", item
