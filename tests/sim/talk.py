"""What people do in the simulation beside writing: to messages that are there, in threads, and to each other."""

from __future__ import annotations

from functools import partial
from random import Random

from nbchat.client.outputs import Extra
from nbchat.client.state import Conversation
from nbchat.protocol import messages as m

from .clients import Client

EMOJI = ("👍", "🎉", "❤️")


def extra(dice: Random, known: Conversation) -> Extra:
    """What a message is besides its text: mostly nothing, else a reply, or one of a thread."""
    seq, roll = _seq(dice, known), dice.random()
    if roll < 0.3:
        return Extra(thread=_root(dice, known) or seq, also=dice.random() < 0.3)
    return Extra(reply=seq) if roll < 0.4 else Extra()


def text(dice: Random) -> str:
    """Whom a message names."""
    return dice.choice(("", "", "", " @all", " @ada", " @bob and @eve"))


def talk(client: Client, id: str, dice: Random, people: tuple[m.Person, ...]) -> None:
    """Do one thing, which the hub may refuse."""
    known = client.link.state.conversations[id]
    act = dice.choice((_touch, _touch, _touch, _touch, _read, _look, _look, _moderate))
    act(client, id, known, dice, people)


def _seq(dice: Random, known: Conversation) -> int:
    """A seq, mostly of a message that is loaded; often an old one, to which much happens."""
    loaded = [message.seq for one in known.ranges for message in one.messages]
    return dice.choice([*loaded[-5:], *loaded[:2], dice.randint(1, known.cursor + 1)])


def _root(dice: Random, known: Conversation) -> int | None:
    roots = [message.seq for one in known.ranges for message in one.messages if message.replies is not None]
    return dice.choice([None, *roots])


def _touch(client: Client, id: str, known: Conversation, dice: Random, _: tuple[m.Person, ...]) -> None:
    seq, on, roll = _seq(dice, known), dice.random() < 0.75, dice.random()
    command: m.AnyCommand
    if roll < 0.35:
        words, key = f"edit {dice.randrange(99)}{text(dice)}", f"edit-{dice.getrandbits(64):x}"
        command = m.Edit(ref=0, conversation=id, message=seq, text=words, key=key)
    elif roll < 0.5:
        command = m.Delete(ref=0, conversation=id, message=seq)
    elif roll < 0.6:
        command = m.Pin(ref=0, conversation=id, message=seq, on=on)
    else:
        command = m.React(ref=0, conversation=id, message=seq, emoji=dice.choice(EMOJI), on=on)
    client.do(lambda link, now: link.request(command, now))


def _read(client: Client, id: str, known: Conversation, dice: Random, _: tuple[m.Person, ...]) -> None:
    root, roll = _root(dice, known), dice.random()
    command: m.AnyCommand
    if roll < 0.4 and root is not None:
        seq = dice.randint(root, known.cursor)
        client.do(lambda link, now: link.read(id, seq, now, root))
        return
    if roll < 0.6:
        command = m.Follow(ref=0, conversation=id, thread=root or _seq(dice, known), on=dice.random() < 0.6)
    elif roll < 0.8:
        command = m.ReadAll(ref=0)
    else:
        command = m.Read(ref=0, conversation=id, seq=dice.randint(0, known.cursor), back=True)
    client.do(lambda link, now: link.request(command, now))


def _look(client: Client, id: str, known: Conversation, dice: Random, _: tuple[m.Person, ...]) -> None:
    root, roll = _root(dice, known), dice.random()
    if roll < 0.4 and root is not None:
        client.do(lambda link, now: link.thread(id, root, now))
    elif roll < 0.5:
        for open_ in list(known.threads):
            client.do(partial(_close, id, open_))
    elif roll < 0.7:
        seqs = [_seq(dice, known), dice.randint(1, known.cursor)]
        client.do(lambda link, now: link.want(id, seqs, now))
    elif roll < 0.8:
        client.do(lambda link, now: link.typing(id, True, now, root))
    else:
        history = m.History(ref=0, conversation=id, around=dice.randint(1, known.cursor), limit=dice.randint(1, 9))
        client.do(lambda link, now: link.request(history, now))


def _close(id: str, root: int, link: object, _: float) -> None:
    link.unthread(id, root)  # type: ignore[attr-defined]


def _moderate(client: Client, id: str, _: Conversation, dice: Random, people: tuple[m.Person, ...]) -> None:
    user, roll = dice.choice(people).id, dice.random()
    command: m.AnyCommand
    if roll < 0.3:
        command = m.Rank(ref=0, conversation=id, user=user, role=dice.choice(("owner", "moderator", "member")))
    elif roll < 0.5:
        command = m.Mute(ref=0, conversation=id, user=user, seconds=dice.choice((0, 1, 2)))
    elif roll < 0.6:
        command = m.Remove(ref=0, conversation=id, user=user)
    elif roll < 0.8:
        command = m.Invite(ref=0, conversation=id, users=[user])
    else:
        command = m.Describe(ref=0, conversation=id, topic=f"topic {dice.randrange(9)}")
    client.do(lambda link, now: link.request(command, now))
