"""People who are called so, and what they do to somebody: what `gather` adds to a hub that `fill` has filled.

Everything that one person writes and another one sees without having asked for it: names and statuses, direct
messages, reactions, receipts, invitations, removals with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from nbchat.protocol import messages as wire
from nbchat.server.standalone import Served
from security.hostile import Filled, Hand, as_owner, named

NAME = '"><img src=x onerror=__pwned=1>'
"""Whose words the reader sees most. In one room all are called so or worse; the rule of names lets it pass."""
STATUS = "<svg onload=__pwned=1>"
TITLE = "<b onmouseover=__pwned=1>plans"
REASON = "<iframe srcdoc='<script>__pwned=1</script>'>"
READ = "<i onclick=__pwned=1>read</i>"
DRAFT = "<s onfocus=__pwned=1 autofocus>not yet"
OWN = "<u onclick=__pwned=1>mine</u>"


@dataclass
class Gathered:
    """What there is besides.

    Attributes:
        eve: the person with that name and status.
        direct: the conversation of the reader with them.
        own: the last message on the stage, which is the reader's.
        lost: a group out of which the reader can be taken; its last message is the reader's too, and Eve has read it.
        code: of an invitation into a group that the reader is not in.
    """

    eve: str = ""
    direct: str = ""
    own: int = 0
    lost: str = ""
    code: str = ""


async def gather(served: Served, filled: Filled) -> Gathered:
    """Add it."""
    made, stage = Gathered(), filled.stage
    owner, eve = await as_owner(served), await Hand.of(named(served, "Eve"))
    made.eve = (await owner.asks(wire.FindPeople, query="Eve")).people[0].id
    await eve.asks(wire.SetProfile, name=NAME, status=STATUS)
    made.direct = (await owner.asks(wire.Open, name=f"@{made.eve}")).conversation
    await eve.posts(made.direct, f"{STATUS} @ada")
    await eve.posts(made.direct, STATUS)
    for key in ("lost", "linked"):
        members = ["ada"] if key == "lost" else []
        group = await eve.asks(wire.Create, kind="group", title=TITLE, members=members, key=f"group-{key:>10}")
        await eve.posts(group.conversation, REASON)
        if key == "lost":
            made.lost = group.conversation
        else:
            made.code = (await eve.asks(wire.MakeLink, conversation=group.conversation)).links[0].code
    seq = await owner.posts(made.lost, READ)
    page = await Hand.of(named(served, "Eve"), "page")  # what a program reads, nobody has read
    await page.asks(wire.Read, conversation=made.lost, seq=seq)
    made.own = await owner.posts(stage, OWN)
    await eve.asks(wire.React, conversation=stage, message=made.own, emoji="👍")
    crowd = (await owner.asks(wire.FindMembers, conversation=stage, query="script")).members
    await owner.asks(wire.Remove, conversation=stage, user=crowd[0].person.id, reason=REASON, ban=True)
    await owner.asks(wire.Mute, conversation=stage, user=crowd[1].person.id, seconds=600)
    await owner.asks(wire.SetOwn, key=f"block:{crowd[2].person.id}", value=1)
    await owner.asks(wire.SetOwn, key=f"draft:{made.direct}", value=DRAFT)
    await eve.asks(wire.Describe, conversation=stage, title=TITLE, topic=REASON)
    return made


async def takes_out(served: Served, gathered: Gathered) -> None:
    """The reader is removed, with a reason."""
    eve = await Hand.of(named(served, "Eve"))
    await eve.asks(wire.Remove, conversation=gathered.lost, user="ada", reason=REASON)
