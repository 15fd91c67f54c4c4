"""The reducer's vectors about members and what a conversation is: roles, muting, settings, slash commands, presence."""

from __future__ import annotations

from nbchat.protocol import messages as m

from .reducer_verbs import OPEN, START, Play, c1, step
from .shapes import ADA, BOB, CY, NAMES, hello, joined, left, posted, replied, row, snapshot, stored, welcome


def ranked(seq: int, user: str, role: m.Role) -> m.Ranked:
    return m.Ranked(**stored(seq, "bob"), user=user, role=role)


def muted(seq: int, user: str, until: int | None) -> m.Muted:
    return m.Muted(**stored(seq, "bob"), user=user, until=until)


def described(seq: int, title: str, **settings: object) -> m.Described:
    return m.Described(**stored(seq, "bob"), title=title, settings=m.Settings(**settings))  # type: ignore[arg-type]


RICH = m.Person("bob", "Bob", "on holiday", "🏝", "teal", hide_seen=True)

PLAYS: list[Play] = [
    (
        "created",
        "the first event of a conversation names its people",
        [
            step(welcome(1, row("c1", 0, members=3, role="member")), asked=hello()),
            step(
                m.Created(**stored(1, "bob"), kind="group", title="C1", handle=None, people=[ADA, BOB, CY]),
                ["c1", "list", "people"],
            ),
        ],
        {"people": {"cy": {"name": "Cy"}}, **c1(cursor=1, summary={"members": 3, "last_seq": 1, "role": "member"})},
    ),
    (
        "standings",
        "a snapshot says who is not just a member; joining, other roles and muting change it, leaving ends it",
        [
            *START,
            step(
                snapshot(
                    row(last_seq=10, role="member"),
                    [],
                    standings=[m.Standing("bob", "owner", None), m.Standing("ada", "member", 99)],
                )
            ),
            step(joined(11, CY, role="guest"), ["c1", "list", "people"]),
            step(ranked(12, "cy", "moderator"), ["c1", "list"]),
            step(muted(13, "cy", 5_000), ["c1", "list"]),
            step(ranked(14, "bob", "member")),
            step(muted(15, "ada", None)),
        ],
        c1(
            standings={"cy": {"user": "cy", "role": "moderator", "muted": 5_000}},
            members=["ada", "bob", "cy"],
            summary={"members": 3, "role": "member", "muted": None},
        ),
    ),
    (
        "joined-as-they-left",
        "who was a guest or muted when they left comes back so",
        [
            *START,
            step(snapshot(row(last_seq=10, role="member"), [], standings=[m.Standing("bob", "owner", None)])),
            step(left(11, "bob")),
            step(joined(12, BOB, role="guest", muted=5_000), ["c1", "list"]),
        ],
        c1(standings={"bob": {"user": "bob", "role": "guest", "muted": 5_000}}, members=["ada", "bob"]),
    ),
    (
        "standings-end-with-leaving",
        "who was removed stands in no role, and comes back as whom they join as",
        [
            *OPEN,
            step(ranked(11, "bob", "moderator")),
            step(left(12, "bob", by="cy", banned=True, reason="spam"), ["c1", "list", "people"]),
            step(m.Unbanned(**stored(13, "cy"), user="bob"), ["c1", "list"]),
            step(joined(14, BOB), ["c1", "list"]),
        ],
        c1(standings={}, members=["ada", "bob"], summary={"members": 2}, cursor=14),
    ),
    (
        "standings-of-many",
        "where members are too many to name, nobody's standing is kept either",
        [
            *START,
            step(snapshot(row(last_seq=10, members=300), [], members=[], presence=[], marks=[])),
            step(ranked(11, "bob", "moderator")),
        ],
        c1(standings={}, members=[]),
    ),
    (
        "own-role",
        "the row says which role one has oneself, and whether one may write",
        [
            *OPEN,
            step(ranked(11, "ada", "moderator"), ["c1", "list"]),
            step(muted(12, "ada", 7_000), ["c1", "list"]),
        ],
        c1(
            summary={"role": "moderator", "muted": 7_000},
            standings={"ada": {"role": "moderator", "muted": 7_000}},
        ),
    ),
    (
        "own-role-not-fresh",
        "a fresh row knows it already: the events of a bridge change it no more",
        [
            *OPEN,
            step(
                welcome(2, row(last_seq=13, role="owner", title="New")),
                asked=hello(2, watched={"c1": 10}, known={"c1": 10}),
            ),
            step(ranked(11, "ada", "guest"), ["c1"]),
            step(described(12, "Old"), ["c1"]),
            step(ranked(13, "ada", "owner"), ["c1"]),
        ],
        c1(summary={"role": "owner", "title": "New"}, standings={"ada": {"role": "owner"}}),
    ),
    (
        "removed-by-another",
        "who is removed is given nothing more, and forgets it; but not by whom, and why",
        [*OPEN, step(left(11, "ada", by="bob", reason="spam"), ["c1", "list"])],
        {"conversations": {}, "removals": {"c1": {"title": "C1", "left": {"author": "bob", "reason": "spam"}}}},
    ),
    (
        "removed-from-what-has-no-title",
        "it is told there, too",
        [*START, step(described(11, "")), step(left(12, "ada", by="bob"), ["c1", "list"])],
        {"conversations": {}, "removals": {"c1": {"title": "", "left": {"author": "bob"}}}},
    ),
    (
        "removed-while-away",
        "the hub says it of a conversation that was here; of others there is nothing to tell",
        [
            *START,
            step(m.Removed(conversation="c1", left=left(11, "ada", by="bob", banned=True)), ["c1", "list"]),
            step(m.Removed(conversation="c2", left=left(9, "ada", id="c2", by="bob")), []),
        ],
        {"conversations": {}, "removals": {"c1": {"left": {"banned": True}}}},
    ),
    (
        "described",
        "title and settings are replaced as a whole",
        [
            *START,
            step(described(11, "Team", topic="Plans", slow=30), ["c1", "list"]),
            step(described(12, "Team", picture="🚀", archived=True, announcements=True), ["c1", "list"]),
        ],
        c1(
            summary={
                "title": "Team",
                "settings": {"topic": "", "picture": "🚀", "archived": True, "slow": 0, "announcements": True},
            }
        ),
    ),
    (
        "snapshot-of-a-whole-conversation",
        "slash commands, settings and unread threads come with it",
        [
            *START,
            step(
                snapshot(
                    row(
                        last_seq=10,
                        settings=m.Settings(topic="Plans"),
                        threads=[m.ThreadUnread(3, 4, 1)],
                        mentions=2,
                        unread=5,
                    ),
                    [],
                    commands=[m.Offered("deploy", "Deploys", "bob")],
                )
            ),
        ],
        c1(
            commands=[{"name": "deploy", "help": "Deploys", "user": "bob"}],
            summary={"settings": {"topic": "Plans"}, "threads": [{"root": 3}], "mentions": 2},
        ),
    ),
    (
        "commands",
        "the slash commands that are answered now, as a whole",
        [
            *OPEN,
            step(
                m.Commands(conversation="c1", commands=[m.Offered("a", "A", "bob"), m.Offered("b", "B", "cy")]), ["c1"]
            ),
            step(m.Commands(conversation="c1", commands=[m.Offered("b", "B", "cy")]), ["c1"]),
            step(m.Commands(conversation="c9", commands=[]), []),
        ],
        c1(commands=[{"name": "b"}]),
    ),
    (
        "typing-in-a-thread",
        "each thread has its typers; a reply ends its author's there, and only there",
        [
            *OPEN,
            step(m.Typing(conversation="c1", users=["bob", "cy"], count=2, thread=9), ["c1"]),
            step(m.Typing(conversation="c1", users=["bob"], count=1), ["c1"]),
            step(m.Typing(conversation="c1", users=["cy"], count=1, thread=10), ["c1"]),
            step(replied(11, 9)),
            step(m.Typing(conversation="c1", users=[], count=0, thread=10), ["c1"]),
        ],
        c1(typing=["bob"], typing_count=1, thread_typing={"9": ["cy"]}),
    ),
    (
        "typing-in-a-thread-ends",
        "the last typer's reply leaves no entry; a message in the conversation ends no typing in threads",
        [
            *OPEN,
            step(m.Typing(conversation="c1", users=["bob"], count=1, thread=9)),
            step(m.Typing(conversation="c1", users=["cy"], count=1, thread=10)),
            step(replied(11, 9)),
            step(posted(12, "cy")),
        ],
        c1(thread_typing={"10": ["cy"]}),
    ),
    (
        "profile",
        "what people show of themselves holds everywhere; an event's name of then does not undo it",
        [
            *OPEN,
            step(m.Named(person=RICH), ["people"]),
            step(posted(11), ["c1", "list"]),
            step(joined(12, BOB), ["c1", "list"]),
            step(m.Named(person=m.Person("ada", "Ada", status="busy")), ["me", "people"]),
        ],
        {
            "me": {"status": "busy"},
            "people": {
                "bob": {"name": "Bob", "status": "on holiday", "emoji": "🏝", "color": "teal", "hide_seen": True},
                "ada": {"status": "busy"},
            },
        },
    ),
    (
        "members-of-a-search",
        "a page of members, hits, reports and the log bring the people whom they name",
        [
            *START,
            step(
                m.Members(ref=3, conversation="c1", members=[m.Member(CY, "guest", None, True, None)], more=False),
                ["people"],
            ),
            step(m.Hits(ref=4, hits=[], people=[m.Person("dee", "Dee")], next=None), ["people"]),
            step(m.Log(ref=5, conversation="c1", events=[], people=[m.Person("eli", "Eli")], more=False), ["people"]),
            step(m.Reports(ref=6, conversation="c1", reports=[], people=[m.Person("flo", "Flo")]), ["people"]),
        ],
        {"people": {"cy": {"name": NAMES["cy"]}, "dee": {"name": "Dee"}, "eli": {}, "flo": {}}},
    ),
    (
        "peer-online",
        "the row of a direct conversation says whether the other person is there",
        [
            step(welcome(1, row(kind="direct", peer="bob", online=False)), asked=hello()),
            step(m.Presence(conversation="c1", changed=[m.Status("bob", True, None)], online=1), ["c1", "list"]),
            step(m.Presence(conversation="c1", changed=[m.Status("ada", True, None)], online=2), ["c1"]),
        ],
        c1(summary={"online": True}, online=2),
    ),
    (
        "own-rows",
        "drafts, preferences, saved messages and blocks are kept by key; what was taken away is known to be gone",
        [
            *START,
            step(
                m.Own(
                    uv=3,
                    rows=[
                        m.OwnRow("draft:c1", "half a sent", 1, None),
                        m.OwnRow("prefs:c1", m.Prefs("mentions", 0, True, 1.5), 2, None),
                        m.OwnRow("saved:c1/9", 1_700, 3, None),
                    ],
                ),
                ["own"],
            ),
            step(
                m.Own(uv=5, rows=[m.OwnRow("block:cy", 1_800, 4, None), m.OwnRow("draft:c1", None, 5, None)]), ["own"]
            ),
            step(m.Own(uv=5, rows=[m.OwnRow("draft:c1", "half a sent", 1, None)]), []),
        ],
        {
            "uv": 5,
            "own": {
                "draft:c1": {"value": None, "v": 5},
                "prefs:c1": {"value": {"level": "mentions", "mute_until": 0, "star": True, "order": 1.5}},
                "saved:c1/9": {"value": 1_700},
                "block:cy": {"value": 1_800},
            },
            "conversations": {"c1": {"summary": {"unread": 0}}},
        },
    ),
    (
        "own-rows-of-unknown-conversations",
        "rows of what is not in the list are kept all the same",
        [*START, step(m.Own(uv=1, rows=[m.OwnRow("read:c9", 4, 1, 2, 1), m.OwnRow("thread:c9/1", 4, 1, 2)]), ["own"])],
        {"own": {"read:c9": {"value": 4}, "thread:c9/1": {"value": 4}}, "conversations": {"c1": {}}},
    ),
    (
        "posted-in-both-places",
        "a range that is not live grows no more, whatever is written",
        [*START, step(posted(11)), step(replied(12, 11))],
        c1(ranges=[], cursor=12, summary={"last": {"seq": 11}}),
    ),
]
