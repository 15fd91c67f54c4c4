"""Short forms of what a hub sends, for the vectors: Ada ("ada") is who we are, Bob and Cy are others."""

from __future__ import annotations

from typing import Any

from nbchat.protocol import messages as m

ADA, BOB, CY = m.Person("ada", "Ada"), m.Person("bob", "Bob"), m.Person("cy", "Cy")
NAMES = {person.id: person.name for person in (ADA, BOB, CY)}
LIMITS = m.Limits(text=10_000, frame=65_536, send_rate=5.0, send_burst=20)


def preview(seq: int, author: str = "bob", text: str = "hi") -> m.Preview:
    return m.Preview(seq, author, NAMES[author], 1_000 + seq, text)


def row(id: str = "c1", last_seq: int = 10, **changes: Any) -> m.Summary:
    given: dict[str, Any] = {
        "id": id,
        "kind": "group",
        "title": id.upper(),
        "handle": None,
        "peer": None,
        "epoch": "e1",
        "last_seq": last_seq,
        "last": None,
        "created_at": 1_000,
        "joined": True,
        "members": 2,
        "read": 0,
        "unread": 0,
    }
    return m.Summary(**given | changes)


def message(seq: int, author: str = "bob", text: str = "", key: str = "", v: int = 0, **more: Any) -> m.Message:
    """A message as a page has it; `more` are the fields that are seldom set."""
    return m.Message(seq, v or seq, key or f"{author}-{seq:05}", author, 1_000 + seq, text or f"m{seq}", "page", **more)


def stored(seq: int, author: str, id: str = "c1") -> dict[str, Any]:
    """What every durable event has."""
    return {"conversation": id, "seq": seq, "at": 1_000 + seq, "author": author, "name": NAMES[author]}


def posted(seq: int, author: str = "bob", text: str = "", key: str = "", id: str = "c1", **more: Any) -> m.Posted:
    given = message(seq, author, text, key)
    return m.Posted(**stored(seq, author, id), key=given.key, text=given.text, via="page", **more)


def replied(seq: int, root: int, author: str = "bob", *followers: str, **more: Any) -> m.Posted:
    """A reply in a thread, of which these are told."""
    return posted(seq, author, thread=root, followers=list(followers or ("ada", "bob")), **more)


def edited(seq: int, of: int, text: str, author: str = "bob", **more: Any) -> m.Edited:
    return m.Edited(**stored(seq, author), key=f"edit-{seq:05}", message=of, text=text, **more)


def deleted(seq: int, of: int, author: str = "bob", writer: str = "bob", **more: Any) -> m.Deleted:
    return m.Deleted(**stored(seq, author), message=of, writer=writer, **more)


def reacted(seq: int, of: int, emoji: str, author: str = "bob", on: bool = True) -> m.Reacted:
    return m.Reacted(**stored(seq, author), message=of, emoji=emoji, on=on)


def pinned(seq: int, of: int, author: str = "bob", on: bool = True) -> m.Pinned:
    return m.Pinned(**stored(seq, author), message=of, on=on)


def mention(user: str) -> m.Mention:
    return m.Mention(user, f"@{NAMES.get(user, user.lstrip('@'))}")


def joined(seq: int, person: m.Person, id: str = "c1", role: m.Role = "member", muted: int | None = None) -> m.Joined:
    return m.Joined(**stored(seq, person.id, id), person=person, role=role, muted=muted)


def left(seq: int, user: str, id: str = "c1", by: str = "", **more: Any) -> m.Left:
    """Somebody left, or somebody else has removed them."""
    return m.Left(**stored(seq, by or user, id), user=user, **more)


def welcome(ref: int, *rows: m.Summary, **changes: Any) -> m.Welcome:
    given: dict[str, Any] = {
        "ref": ref,
        "me": ADA,
        "owner": True,
        "store": "s1",
        "now": 50_000,
        "limits": LIMITS,
        "reconnect_cap": 20.0,
        "uv": 0,
        "own": [],
        "conversations": list(rows),
        "people": [ADA, BOB],
        "more": False,
    }
    return m.Welcome(**given | changes)


def snapshot(summary: m.Summary, messages: list[m.Message], **changes: Any) -> m.Snapshot:
    given: dict[str, Any] = {
        "summary": summary,
        "as_of": summary.last_seq,
        "messages": messages,
        "has_before": False,
        "people": [ADA, BOB],
        "members": ["ada", "bob"],
        "online": 1,
        "presence": [m.Status("bob", online=True, last_seen=None)],
        "marks": [m.Mark("bob", 0, 0)],
        "receipts": True,
        "typing": [],
        "typing_count": 0,
    }
    return m.Snapshot(**given | changes)


def page(
    ref: int,
    messages: list[m.Message],
    as_of: int,
    *,
    before: bool,
    after: bool,
    id: str = "c1",
    fixups: Any = (),
    notices: Any = (),
) -> m.Page:
    return m.Page(
        ref=ref,
        conversation=id,
        epoch="e1",
        messages=messages,
        as_of=as_of,
        has_before=before,
        has_after=after,
        fixups=list(fixups),
        people=[],
        notices=list(notices),
    )


def found(ref: int, messages: list[m.Message], as_of: int = 10, fixups: Any = (), epoch: str = "e1") -> m.Found:
    return m.Found(
        ref=ref, conversation="c1", epoch=epoch, messages=messages, as_of=as_of, fixups=list(fixups), people=[CY]
    )


def error(ref: int | None, code: str, retry_after: float | None = None) -> m.Error:
    return m.Error(ref=ref, code=code, text=f"text of {code}", retry_after=retry_after)


def hello(
    ref: int = 1, watched: dict[str, int] | None = None, known: dict[str, int] | None = None, uv: int = 0
) -> m.Hello:
    """The hello of a page at these positions, all of epoch e1."""

    def positions(given: dict[str, int] | None) -> dict[str, m.Position]:
        return {id: m.Position("e1", seq) for id, seq in (given or {}).items()}

    return m.Hello(
        ref=ref,
        kind="page",
        client="vectors",
        resume=m.Resume(uv=uv, watched=positions(watched), known=positions(known)),
    )
