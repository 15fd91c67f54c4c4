"""Members and how they stand, bans, links, reports, profiles."""

from __future__ import annotations

from typing import Any

import pytest
from kit.stores import (
    ADA,
    BOB,
    EVE,
    NOON,
    Driver,
    append,
    conversation,
    delete,
    event,
    join,
    leave,
    post,
    read,
    summary,
)
from msgspec.structs import replace

from nbchat.hub import items, queries
from nbchat.protocol.limits import LINKS
from nbchat.protocol.messages import (
    Deleted,
    Described,
    Invitation,
    Left,
    Muted,
    OwnValue,
    Person,
    Ranked,
    Settings,
    Unbanned,
)
from nbchat.store import derived


def ban(user: Person, rules: int = 1) -> items.AppendEvent:
    return append(event(Left, "c", ADA, user=user.id, banned=True, reason="loud"), rules)


def keep(hub: Driver, key: str, value: OwnValue, user: Person = BOB) -> Any:
    return hub.put(items.PutOwn(user=user.id, key=key, value=value))


# ------------------------------------------------------------------------------------------------ roles and settings


def test_whoever_makes_a_conversation_is_its_owner(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    members = hub.ask(queries.LoadConversation("c")).members
    assert [(one.person.id, one.role, one.muted) for one in members] == [
        ("ada", "owner", None),
        ("bob", "member", None),
    ]
    assert (summary(hub, ADA).role, summary(hub, BOB).role, summary(hub, EVE).role) == ("owner", "member", None)


def test_roles_and_mutes_move_the_rules_and_go_with_the_member(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    hub.write(
        append(event(Ranked, "c", ADA, user="bob", role="moderator"), 1),
        append(event(Muted, "c", ADA, user="bob", until=NOON + 9), 2),
    )
    assert (summary(hub, BOB).role, summary(hub, BOB).muted) == ("moderator", NOON + 9)
    assert hub.ask(queries.LoadConversation("c")).rules == 3
    hub.put(append(event(Muted, "c", ADA, user="bob", until=None), 3))
    assert summary(hub, BOB).muted is None
    hub.write(append(event(Muted, "c", ADA, user="bob", until=NOON + 9), 4), leave("c", BOB, 5), join("c", BOB, 6))
    assert (summary(hub, BOB).role, summary(hub, BOB).muted) == ("member", NOON + 9)
    hub.put(join("c", EVE, 7, role="guest"))
    assert summary(hub, EVE).role == "guest"


def test_who_left_as_a_guest_or_muted_comes_back_so(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), append(event(Ranked, "c", ADA, user="bob", role="guest")))
    hub.write(append(event(Muted, "c", ADA, user="bob", until=NOON + 9), 2), leave("c", BOB, 3))
    came = hub.put(join("c", BOB, 4)).event
    assert (came.role, came.muted) == ("guest", NOON + 9)
    assert (summary(hub, BOB).role, summary(hub, BOB).muted) == ("guest", NOON + 9)
    hub.write(append(event(Ranked, "c", ADA, user="bob", role="member"), 5))
    hub.write(append(event(Muted, "c", ADA, user="bob", until=None), 6), ban(BOB, 7), join("c", BOB, 8))
    assert (summary(hub, BOB).role, summary(hub, BOB).muted) == ("member", None), "as they left last"


def test_who_comes_as_the_owner_is_one_however_they_left(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), append(event(Ranked, "c", ADA, user="bob", role="guest")))
    hub.write(leave("c", BOB, 2), leave("c", ADA, 3))
    assert hub.put(join("c", BOB, 4, role="owner")).event.role == "owner"
    assert summary(hub, BOB).role == "owner"


def test_a_conversation_is_described_anew(hub: Driver) -> None:
    hub.put(conversation("c", ADA, handle="team", title="Old"))
    assert summary(hub, ADA).settings == Settings()
    wanted = Settings(topic="All of it", picture="🚀", slow=30, announcements=True)
    hub.put(append(event(Described, "c", ADA, title="New Name", settings=wanted)))
    record = hub.ask(queries.LoadConversation("c"))
    assert (record.title, record.handle, record.settings, record.rules) == ("New Name", "team", wanted, 2)
    assert (summary(hub, ADA).title, summary(hub, ADA).settings) == ("New Name", wanted)
    assert [row.id for row in hub.ask(queries.LoadChannels(user="bob", query="new name", limit=9)).rows] == ["c"]
    assert hub.ask(queries.LoadChannels(user="bob", query="old", limit=9)).rows == ()


def test_who_is_banned_is_no_member_and_starts_anew_when_they_may_come_back(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", ADA, key="key-one!"), read("c", BOB, 2))
    hub.write(ban(BOB), post("c", ADA, key="key-two!", rules=2))
    record = hub.ask(queries.LoadConversation("c"))
    assert (record.banned, [one.person for one in record.members]) == (frozenset({"bob"}), [ADA])
    assert (summary(hub, BOB).read, hub.ask(queries.LoadOwn(user="bob", key="read:c"))) == (0, None)
    hub.put(append(event(Unbanned, "c", ADA, user="bob"), 2))
    assert hub.ask(queries.LoadConversation("c")).banned == frozenset()
    hub.put(join("c", BOB, 3))
    assert (summary(hub, BOB).read, summary(hub, BOB).unread) == (6, 0)


def test_a_persons_versions_go_on_after_a_ban(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB))
    before = hub.ask(queries.LoadList(user="bob", limit=9, uv=0)).uv
    hub.put(ban(BOB))
    assert keep(hub, "draft:d", "x").row.v > before + 1
    rows = hub.ask(queries.LoadList(user="bob", limit=9, uv=before)).own
    assert [(row.key, row.value) for row in rows] == [("read:c", None), ("draft:d", "x")]


def test_somebody_who_is_no_member_can_be_banned(hub: Driver) -> None:
    hub.write(conversation("c", ADA), ban(EVE))
    assert hub.ask(queries.LoadConversation("c")).banned == frozenset({"eve"})


def test_the_log_of_moderation(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB, EVE), post("c", BOB, key="key-one!"), post("c", ADA, key="key-two!"))
    hub.write(
        append(event(Deleted, "c", ADA, message=2)),  # 4
        append(event(Deleted, "c", ADA, message=3)),  # 5: one's own
        append(event(Muted, "c", ADA, user="bob", until=None)),  # 6
        append(event(Ranked, "c", ADA, user="bob", role="moderator"), 2),  # 7
        leave("c", EVE, 3),  # 8: by oneself
        append(event(Left, "c", ADA, user="bob"), 4),  # 9
        append(event(Unbanned, "c", ADA, user="bob"), 5),  # 10
        append(event(Described, "c", ADA, title="t", settings=Settings()), 6),  # 11
    )

    def log(before: int | None, limit: int = 99) -> list[int]:
        found = hub.ask(queries.LoadLog(conversation="c", before=before, limit=limit))
        assert found.last_seq == 11
        return [event.seq for event in found.events]

    assert log(None) == [11, 10, 9, 7, 6, 4]
    assert (log(None, 2), log(10, 2), log(7, 2), log(4)) == ([11, 10], [9, 7], [6, 4], [])
    assert hub.ask(queries.LoadLog(conversation="nowhere", before=None, limit=9)) is None
    noticed = hub.ask(queries.LoadLog(conversation="c", before=None, limit=5, noticed=True))
    assert [event.seq for event in noticed.events] == [11, 9, 8, 7, 6], "who went by themselves, and no deletions"


# ------------------------------------------------------------------------------------------------------------- members


def test_members_are_listed_by_name_and_searched(hub: Driver) -> None:
    people = [Person("u-1", "Zoë"), Person("u-2", "bert"), Person("zo", "Carl"), Person("u-3", "Bert")]
    hub.write(conversation("c", ADA, *people), conversation("d", ADA, BOB), items.PutSeen(user="zo", at=77))
    hub.put(append(event(Ranked, "c", ADA, user="zo", role="guest")))

    def listed(query: str = "", after: str | None = None, limit: int = 9) -> tuple[list[str], bool]:
        found = hub.ask(queries.LoadMembers(conversation="c", query=query, after=after, limit=limit))
        return [one.person.id for one in found.members], found.more

    assert listed() == (["ada", "u-2", "u-3", "zo", "u-1"], False)
    assert (listed(limit=2), listed(after="u-2", limit=2)) == ((["ada", "u-2"], True), (["u-3", "zo"], True))
    assert (listed("ZO"), listed("BERT", after="u-2")) == ((["zo", "u-1"], False), (["u-3"], False))
    assert (listed("bob"), listed(after="nobody", limit=1)) == (([], False), (["ada"], True))
    [carl] = hub.ask(queries.LoadMembers(conversation="c", query="carl", after=None, limit=9)).members
    assert carl == queries.MemberRecord(people[2], 0, 0, "guest", None, 77)
    assert hub.ask(queries.LoadMembers(conversation="nowhere", query="", after=None, limit=9)) is None


def test_who_hides_when_they_were_here_is_not_told_of(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), items.PutSeen(user="ada", at=5), items.PutSeen(user="bob", at=6))
    hub.put(items.PutPerson(person=Person("bob", "Bob", hide_seen=True), rename=True))
    assert hub.ask(queries.LoadSnapshot("ada", "c")).seen == {"ada": 5}
    members = hub.ask(queries.LoadMembers(conversation="c", query="", after=None, limit=9)).members
    assert [one.seen for one in members] == [5, None]


def test_a_profile_is_set_as_a_whole(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB))
    mark = hub.changes(None).mark
    away = Person("bob", "Bob", status="away", emoji="🌴", color="teal", hide_seen=True)
    stored = hub.put(items.PutPerson(person=away, rename=True))
    assert stored.person == away
    assert hub.put(items.PutPerson(person=BOB)).person == away, "who only says hello changes nothing"
    assert hub.ask(queries.LoadPeople(ids=("bob",))).people == (away,)
    assert hub.ask(queries.LoadConversation("c")).members[1].person == away
    assert hub.changes(mark).people == ((away, stored.change),)
    assert hub.put(items.PutPerson(person=BOB, rename=True)).person == BOB


@pytest.mark.parametrize("name", ["Ada", " aDа ", "ada", "EVE"])
def test_a_name_that_could_be_anothers_is_refused_and_nothing_is_stored(hub: Driver, name: str) -> None:
    hub.write(items.PutPerson(person=ADA), items.PutPerson(person=BOB), items.PutPerson(person=Person("eve", "Yves")))
    mark = hub.changes(None).mark
    renamed = hub.put(items.PutPerson(person=Person("bob", name, status="away"), rename=True))
    assert (renamed.code, renamed.values["name"]) == ("bad_name", name)
    assert hub.put(items.PutPerson(person=Person("new", name), rename=True)).code == "bad_name"
    assert hub.put(items.PutLogin(login="cookie", person=Person("new", name))).code == "bad_name"
    assert hub.changes(mark).mark == mark
    assert hub.ask(queries.LoadPeople(ids=("bob", "new"))).people == (BOB,)
    assert hub.ask(queries.LoadLogin("cookie")) is None


def test_of_two_who_choose_one_name_at_once_the_first_gets_it(hub: Driver) -> None:
    hub.write(items.PutPerson(person=ADA), items.PutPerson(person=BOB))
    first, second, third = hub.write(
        items.PutPerson(person=Person("ada", "Nova"), rename=True),
        items.PutPerson(person=Person("bob", "NOVA"), rename=True),
        items.PutLogin(login="cookie", person=Person("new", "nova")),
    )
    assert (first.person.name, second.code, third.code) == ("Nova", "bad_name", "bad_name")


def test_who_was_given_anothers_name_by_the_host_can_still_set_a_status(hub: Driver) -> None:
    hub.write(items.PutPerson(person=ADA), items.PutPerson(person=Person("ada-2", "Ada")))
    away = Person("ada-2", "Ada", status="away")
    assert hub.put(items.PutPerson(person=away, rename=True)).person == away


# --------------------------------------------------------------------------------------------------------------- links


def link(code: str, id: str = "c", *, until: int | None = None, uses: int | None = None) -> items.PutLink:
    return items.PutLink(
        link=Invitation(code=code, conversation=id, author="ada", role="guest", until=until, uses=uses)
    )


def usable(hub: Driver, **where: Any) -> list[tuple[str, int | None]]:
    return [(one.code, one.uses) for one in hub.ask(queries.LoadLinks(**where)).links]


def test_a_link_is_used_up_by_those_who_join(hub: Driver) -> None:
    hub.write(
        conversation("c", ADA), conversation("d", ADA), link("once", uses=1), link("often"), link("late", until=NOON)
    )
    assert usable(hub, conversation="c") == [("often", None), ("once", 1)]
    assert (usable(hub, code="once"), usable(hub, code="late"), usable(hub, code="none")) == ([("once", 1)], [], [])
    assert hub.ask(queries.LoadLinks(code="often")).links == (link("often").link,)

    def joins(id: str, code: str) -> Any:
        return hub.put(join(id, BOB, 1, link=code))

    refused = [joins("c", "late"), joins("d", "once"), joins("c", "unknown")]
    assert [(one.code, one.values["why"]) for one in refused] == [
        ("bad_link", "its time is over"),
        ("bad_link", "there is no such link here"),
        ("bad_link", "there is no such link here"),
    ]
    assert isinstance(joins("c", "once"), items.Stored)
    assert hub.put(join("c", EVE, 2, link="once")).values == {"why": "it is used up"}
    assert hub.put(join("c", EVE, 1, link="often")) == items.Conflict(2), "decided anew, so nothing is used"
    assert isinstance(hub.put(join("c", EVE, 2, link="often")), items.Stored)
    assert usable(hub, conversation="c") == [("often", None)]


def test_two_who_join_at_once_by_the_last_use(hub: Driver) -> None:
    hub.write(conversation("c", ADA), link("once", uses=1))
    first, second = hub.write(join("c", BOB, 1, link="once"), join("c", EVE, 2, link="once"))
    assert (type(first), second.code) == (items.Stored, "bad_link")
    assert [one.person for one in hub.ask(queries.LoadConversation("c")).members] == [ADA, BOB]


def test_links_end_with_the_role_of_who_made_them(hub: Driver) -> None:
    def made_by_bob(code: str) -> items.PutLink:
        return items.PutLink(link=replace(link(code).link, author="bob"))

    hub.write(conversation("c", ADA, BOB), conversation("d", ADA, BOB), link("hers"), made_by_bob("his"))
    hub.put(append(event(Ranked, "c", ADA, user="bob", role="moderator"), 1))
    assert usable(hub, code="his")
    hub.put(append(event(Ranked, "c", ADA, user="bob", role="member"), 2))
    assert not usable(hub, code="his")
    hub.write(made_by_bob("again"), items.PutLink(link=replace(link("there", "d").link, author="bob")))
    hub.put(leave("c", BOB, 3))
    assert [code for code, _ in usable(hub, conversation="c")] == ["hers"]
    assert usable(hub, code="there"), "a conversation of its own"


def test_links_are_taken_away_and_there_is_an_end_to_them(hub: Driver) -> None:
    hub.write(conversation("c", ADA), conversation("d", ADA))
    hub.write(link("late", until=NOON), *(link(f"code-{n}") for n in range(LINKS)))
    assert hub.put(link("more")).code == "too_many"
    assert hub.put(items.DropLink(conversation="d", code="code-7")) == items.Put(), "not of this conversation"
    assert hub.put(link("more")).code == "too_many"
    assert hub.put(items.DropLink(conversation="c", code="code-7")) == items.Put()
    assert hub.put(link("more")) == items.Put()
    assert hub.put(items.DropLink(conversation="c", code="code-8")) == items.Put()
    assert hub.put(link("code-9", "d")) == items.Failed("store_failed"), "a code is one for the whole hub"
    assert hub.put(link("x", "nowhere")) == items.Failed("unknown_conversation")
    assert hub.put(items.DropLink(conversation="nowhere", code="x")) == items.Failed("unknown_conversation")


# ------------------------------------------------------------------------------------------------------------- reports


def report(message: int, user: Person = BOB, reason: str = "rude", id: str = "c") -> items.PutReport:
    return items.PutReport(conversation=id, message=message, user=user.id, reason=reason, moderators=("ada", "eve"))


def test_reports_are_told_to_the_moderators_and_dealt_with(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB, EVE), post("c", EVE, "bad", key="key-one!"), post("c", EVE, key="key-two!"))
    told = hub.put(report(2))
    assert [(one.user, one.row.key, one.row.value, one.as_of) for one in told.rows] == [
        ("ada", "reports:c", 1, 0), ("eve", "reports:c", 1, 0),
    ]  # fmt: skip
    again = hub.put(report(2, reason="very rude"))
    assert again.rows == told.rows, "the same person's second one replaces the first"
    assert [one.row.value for one in hub.write(report(2, ADA), report(3))[1].rows] == [3, 3]
    found = hub.ask(queries.LoadReports(conversation="c"))
    assert [(one.message.text, one.by, one.at, one.reason) for one in found.reports] == [
        ("bad", "bob", NOON, "very rude"), ("bad", "ada", NOON, "rude"), ("hi", "bob", NOON, "rude"),
    ]  # fmt: skip
    assert found.people == (ADA, BOB, EVE)
    close = items.CloseReport(conversation="c", report=found.reports[0].id, moderators=("ada",))
    assert [one.row.value for one in hub.put(close).rows] == [2]
    assert [one.row.value for one in hub.put(close).rows] == [2], "somebody else was faster"
    assert [one.by for one in hub.ask(queries.LoadReports(conversation="c")).reports] == ["ada", "bob"]
    newer = hub.put(report(2))
    assert [one.row.value for one in newer.rows] == [3, 3]
    ids = [one.id for one in hub.ask(queries.LoadReports(conversation="c")).reports]
    assert ids[-1] not in {one.id for one in found.reports}, "a number is not given twice"


def test_what_cannot_be_reported(hub: Driver) -> None:
    hub.write(conversation("c", ADA, BOB), post("c", ADA, "secret", key="key-one!"), report(2))
    hub.put(delete("c", ADA, 2))
    assert hub.put(report(2, EVE)) == items.Failed("deleted")
    assert hub.put(report(9)) == items.Failed("unknown_message", {"message": 9})
    assert hub.put(report(2, id="nowhere")) == items.Failed("unknown_conversation")
    close = items.CloseReport(conversation="nowhere", report=1, moderators=())
    assert hub.put(close) == items.Failed("unknown_conversation")
    assert hub.ask(queries.LoadReports(conversation="nowhere")) is None
    [left] = hub.ask(queries.LoadReports(conversation="c")).reports
    assert (left.message.text, left.message.deleted) == ("", "ada")


def test_all_open_reports_are_counted_also_those_that_are_not_listed(hub: Driver) -> None:
    hub.put(conversation("c", ADA, BOB, EVE))
    hub.write(*(post("c", EVE, key=f"key-number-{n}") for n in range(derived.OPEN_REPORTS + 2)))
    hub.write(*(report(n + 2) for n in range(derived.OPEN_REPORTS + 2)))
    found = hub.ask(queries.LoadReports(conversation="c"))
    assert (len(found.reports), found.open) == (derived.OPEN_REPORTS, derived.OPEN_REPORTS + 2)
