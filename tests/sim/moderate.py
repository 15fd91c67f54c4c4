"""What people do to conversations, to each other, and to what is their own, in the simulation."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from nbchat.client.state import Conversation
from nbchat.protocol import messages as m

from .clients import Client

ROLES: tuple[m.Role, ...] = ("owner", "owner", "moderator", "member", "guest")


def moderate(client: Client, id: str, dice: Random, people: Sequence[str]) -> None:
    """Do one thing that mostly owners and moderators may, which the hub may refuse."""
    known = client.link.state.conversations[id]
    user = dice.choice([one for one in known.members or people if one != client.person.id] or people)
    act = dice.choice((_rank, _mute, _mute, _out, _out, _invite, _invite, _describe, _link, _redeem, _report))
    if client.heard.banned(id) and dice.random() < 0.8:
        act = _back
    act(client, id, known, user, dice)


def mind(client: Client, id: str, dice: Random, people: tuple[str, ...]) -> None:
    """Change something of one's own: a draft, what is saved, a preference, whom one blocks, or one's profile."""
    known, n, roll = client.link.state.conversations[id], dice.randrange(9), dice.random()
    gone = dice.random() < 0.3
    key: str
    value: m.OwnValue
    if roll < 0.3:
        root = dice.choice(("", "", f"/{dice.randint(1, known.cursor)}"))
        key, value = f"draft:{id}{root}", None if gone else f"a draft, {n}"
    elif roll < 0.5:
        key, value = f"saved:{id}/{dice.randint(1, known.cursor + 1)}", None if gone else n
    elif roll < 0.7:
        level: m.Level = dice.choice(("all", "mentions", "none"))
        key, value = f"prefs:{id}", None if gone else m.Prefs(level=level, star=n > 4, order=n / 2)
    elif roll < 0.8:
        key, value = f"block:{dice.choice(people)}", None if dice.random() < 0.7 else n
    else:
        _profile(client, n, dice)
        return
    client.do(lambda link, now: link.set_own(key, value, now))


def _profile(client: Client, n: int, dice: Random) -> None:
    status, hidden = dice.choice((None, "", f"busy with {n}")), dice.choice((None, True, False))
    emoji, color = dice.choice((None, "", "🎉")), dice.choice((None, "", "red"))
    name = f"{client.person.id.title()} {n}"
    client.ask(m.SetProfile(ref=0, name=name, status=status, emoji=emoji, color=color, hide_seen=hidden))


def _rank(client: Client, id: str, _: Conversation, user: str, dice: Random) -> None:
    client.ask(m.Rank(ref=0, conversation=id, user=user, role=dice.choice(ROLES)))


def _mute(client: Client, id: str, _: Conversation, user: str, dice: Random) -> None:
    client.ask(m.Mute(ref=0, conversation=id, user=user, seconds=dice.choice((0, 0, 1, 2))))


def _out(client: Client, id: str, _: Conversation, user: str, dice: Random) -> None:
    client.ask(m.Remove(ref=0, conversation=id, user=user, ban=dice.random() < 0.6, reason=dice.choice(("", "why"))))


def _back(client: Client, id: str, _: Conversation, user: str, __: Random) -> None:
    for one in [*client.heard.banned(id), user]:
        client.ask(m.Unban(ref=0, conversation=id, user=one))


def _invite(client: Client, id: str, _: Conversation, user: str, __: Random) -> None:
    client.ask(m.Invite(ref=0, conversation=id, users=[user]))


def _describe(client: Client, id: str, known: Conversation, _: str, dice: Random) -> None:
    n, settings, roll = dice.randrange(9), known.summary.settings, dice.random()
    if settings.archived or settings.announcements:
        client.ask(m.Describe(ref=0, conversation=id, archived=False))
        client.ask(m.Describe(ref=0, conversation=id, announcements=False))
    elif roll < 0.4:
        client.ask(m.Describe(ref=0, conversation=id, topic=f"topic {n}"))
    elif roll < 0.6:
        client.ask(m.Describe(ref=0, conversation=id, title=f"title {n}", picture="🎉"))
    elif roll < 0.8:
        client.ask(m.Describe(ref=0, conversation=id, slow=dice.choice((0, 1))))
    else:
        archived = roll < 0.87
        client.ask(m.Describe(ref=0, conversation=id, archived=archived, announcements=not archived))


def _link(client: Client, id: str, _: Conversation, __: str, dice: Random) -> None:
    client.ask(m.MakeLink(ref=0, conversation=id, uses=dice.choice((1, 1, 2, None)), role=dice.choice(ROLES[-2:])))
    if client.heard.codes and dice.random() < 0.2:
        client.ask(m.DropLink(ref=0, conversation=id, code=dice.choice(client.heard.codes)))


def _redeem(client: Client, _: str, __: Conversation, ___: str, dice: Random) -> None:
    client.ask(m.Redeem(ref=0, code=dice.choice(client.heard.codes or ["never-was"])))


def _report(client: Client, id: str, known: Conversation, _: str, dice: Random) -> None:
    if dice.random() < 0.5:
        client.ask(m.Report(ref=0, conversation=id, message=dice.randint(1, known.cursor), reason="look"))
    elif client.heard.reports:
        client.ask(m.CloseReport(ref=0, conversation=id, report=dice.choice(client.heard.reports)))
    else:
        client.ask(m.FindReports(ref=0, conversation=id))
