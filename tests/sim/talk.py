"""What people do with messages in the simulation: write them, touch those that are there, read, and look at them."""

from __future__ import annotations

from functools import partial
from random import Random

from nbchat.client.outputs import Extra
from nbchat.client.state import Conversation
from nbchat.protocol import messages as m

from .clients import Client

EMOJI = ("👍", "🎉", "❤️")
NAMES = ("", "", "", " @all", " @here", " @ada", " @bob and @eve", " @kim", " @Ada 3")
"""Whom a text names: nobody, everybody, people by id, and one by a name that she may have."""


def extra(dice: Random, known: Conversation, everywhere: list[Conversation]) -> Extra:
    """What a message is besides its text: mostly nothing, else a reply, one of a thread, or another one passed on."""
    seq, roll = _seq(dice, known), dice.random()
    if roll < 0.3:
        return Extra(thread=root_of(dice, known) or seq, also=dice.random() < 0.3)
    if roll < 0.36:
        other = dice.choice(everywhere)
        return Extra(forward=m.Pointer(other.summary.id, _seq(dice, other)))
    return Extra(reply=seq) if roll < 0.45 else Extra()


def talk(client: Client, id: str, dice: Random) -> None:
    """Do one thing, which the hub may refuse."""
    known = client.link.state.conversations[id]
    act = dice.choice((_touch, _touch, _touch, _touch, _read, _read, _look, _look, _look, _search))
    act(client, id, known, dice)


def names(dice: Random) -> str:
    """Whom a message names."""
    return dice.choice(NAMES)


def _seq(dice: Random, known: Conversation) -> int:
    """A seq, mostly of a message that is loaded; often an old one, to which much happens."""
    loaded = [message.seq for one in known.ranges for message in one.messages]
    replies = [message.seq for ranges in known.threads.values() for one in ranges for message in one.messages]
    return dice.choice([*loaded[-5:], *loaded[:2], *replies[-2:], dice.randint(1, known.cursor + 1)])


def root_of(dice: Random, known: Conversation) -> int | None:
    """The root of a thread that is loaded, or none."""
    roots = [message.seq for one in known.ranges for message in one.messages if message.replies is not None]
    return dice.choice([None, *roots])


def _touch(client: Client, id: str, known: Conversation, dice: Random) -> None:
    seq, on, roll = _seq(dice, known), dice.random() < 0.75, dice.random()
    command: m.AnyCommand
    mine = [one.seq for part in known.ranges for one in part.messages if one.author == client.person.id]
    if roll < 0.5:
        seq = dice.choice([*mine[-3:], seq])
    if roll < 0.3:
        client.edit(id, seq, names(dice), f"edit-{dice.getrandbits(64):x}")
        return
    if roll < 0.5:
        command = m.Delete(ref=0, conversation=id, message=seq)
    elif roll < 0.6:
        command = m.Pin(ref=0, conversation=id, message=seq, on=on)
    else:
        command = m.React(ref=0, conversation=id, message=seq, emoji=dice.choice(EMOJI), on=on)
    client.ask(command)


def _read(client: Client, id: str, known: Conversation, dice: Random) -> None:
    root, roll = root_of(dice, known), dice.random()
    if roll < 0.4 and root is not None:
        seq = dice.randint(root, known.cursor)
        client.do(lambda link, now: link.read(id, seq, now, root))
    elif roll < 0.6:
        client.follow(id, root or _seq(dice, known), on=dice.random() < 0.6)
    elif roll < 0.7:
        client.ask(m.ReadAll(ref=0))
    elif roll < 0.8:
        client.ask(m.Read(ref=0, conversation=id, seq=dice.randint(0, known.cursor), back=True, thread=root))
    else:
        client.ask(m.Read(ref=0, conversation=id, seq=dice.randint(0, known.cursor), back=True))


def _look(client: Client, id: str, known: Conversation, dice: Random) -> None:
    root, roll = root_of(dice, known), dice.random()
    if roll < 0.45 and root is not None:
        client.do(partial(_close, id, root))  # it may be open, and is loaded anew
        client.do(lambda link, now: link.thread(id, root, now))
        _meanwhile(client, id, known, root, dice)
    elif roll < 0.5:
        for open_ in list(known.threads):
            client.do(partial(_close, id, open_))
    elif roll < 0.75:
        seqs = [_seq(dice, known), dice.randint(1, known.cursor)]
        if root is not None:
            seqs.append(_newest_reply(known, root))
            client.do(partial(_close, id, root))  # what is loaded is not looked up
        client.do(lambda link, now: link.want(id, seqs, now))
        _meanwhile(client, id, known, root, dice)
    elif roll < 0.8:
        client.do(lambda link, now: link.typing(id, dice.random() < 0.8, now, root))
    else:
        thread = dice.choice((None, *known.threads))
        bound = {dice.choice(("around", "before", "after")): dice.randint(1, known.cursor)}
        client.ask(m.History(ref=0, conversation=id, limit=dice.randint(1, 9), thread=thread, **bound))


def _newest_reply(known: Conversation, root: int) -> int:
    """The newest reply of a thread, which is mostly loaded nowhere."""
    roots = (message for one in known.ranges for message in one.messages if message.seq == root)
    return next((message.replies.last_seq for message in roots if message.replies is not None), root)


def _meanwhile(client: Client, id: str, known: Conversation, root: int | None, dice: Random) -> None:
    """While a hub looks it up, something happens to it."""
    for emoji in EMOJI if root is not None else ():
        seq, on = _newest_reply(known, root or 0), dice.random() < 0.6
        client.ask(m.React(ref=0, conversation=id, message=seq, emoji=emoji, on=on))


def _close(id: str, root: int, link: object, now: float) -> None:
    link.unthread(id, root, now)  # type: ignore[attr-defined]


def _search(client: Client, id: str, known: Conversation, dice: Random) -> None:
    """Ask for what brings messages and people, but no place to show them."""
    commands: tuple[m.AnyCommand, ...] = (
        m.FindPins(ref=0, conversation=id),
        m.FindVersions(ref=0, conversation=id, message=_seq(dice, known)),
        m.FindMentions(ref=0),
        m.FindMembers(ref=0, conversation=id),
        m.FindLog(ref=0, conversation=id),
        m.FindPeople(ref=0),
        m.FindChannels(ref=0),
        m.ListConversations(ref=0, limit=dice.randint(1, 5)),
    )
    client.ask(dice.choice(commands))
