"""Reporting a message, and what the moderators see of it."""

from __future__ import annotations

from kit.play import Actor, World

from nbchat.protocol import messages as wire
from nbchat.protocol.limits import HubLimits, Rate
from nbchat.store.derived import OPEN_REPORTS


def team(*, hubs: int = 1) -> tuple[World, Actor, Actor, Actor, str]:
    """Ada owns, mona moderates (at the last hub), bob is a member."""
    world = World(hubs=hubs)
    ada, mona, bob = world.page("ada"), world.page("mona", hub=hubs - 1), world.page("bob")
    id = ada.creates_group("Team", "mona", "bob")
    ada.does(wire.Rank, conversation=id, user="mona", role="moderator")
    return world, ada, mona, bob, id


def open_reports(actor: Actor, id: str) -> list[int | str | bool | wire.Prefs | None]:
    """The counts that this connection was told, in order."""
    return [one.value for own in actor.all(wire.Own) for one in own.rows if one.key == f"reports:{id}"]


def test_moderators_learn_of_a_report_and_nobody_else() -> None:
    world, ada, mona, bob, id = team(hubs=2)
    rude = ada.posts(id, "rude").seq
    bob.does(wire.Report, conversation=id, message=rude, reason="  not nice ")
    assert open_reports(ada, id) == open_reports(mona, id) == [1]
    assert not open_reports(bob, id)
    found = mona.does(wire.FindReports, conversation=id)
    (report,) = found.reports
    assert (report.message.seq, report.message.text, report.by, report.reason) == (rude, "rude", "bob", "not nice")
    assert {person.id for person in found.people} >= {"ada", "bob"}
    mona.does(wire.CloseReport, conversation=id, report=report.id)
    mona.does(wire.CloseReport, conversation=id, report=report.id)
    assert open_reports(ada, id)[-1] in {0, None}
    assert not mona.does(wire.FindReports, conversation=id).reports
    fresh = world.page("mona")
    assert not any(one.value for one in fresh.welcome.own if one.key.startswith("reports:"))


def test_a_second_report_of_the_same_person_replaces_the_first() -> None:
    _, ada, mona, bob, id = team()
    rude = ada.posts(id, "rude").seq
    bob.does(wire.Report, conversation=id, message=rude, reason="one")
    bob.does(wire.Report, conversation=id, message=rude, reason="two")
    mona.does(wire.Report, conversation=id, message=rude, reason="three")
    reports = ada.does(wire.FindReports, conversation=id).reports
    assert sorted((one.by, one.reason) for one in reports) == [("bob", "two"), ("mona", "three")]
    assert open_reports(ada, id)[-1] == 2


def test_what_cannot_be_reported() -> None:
    world, ada, _, bob, id = team()
    gone = ada.posts(id, "gone").seq
    ada.deletes(id, gone)
    bob.is_refused("deleted", wire.Report, conversation=id, message=gone)
    assert "999" in bob.is_refused("unknown_message", wire.Report, conversation=id, message=999).text
    bob.is_refused("unknown_message", wire.Report, conversation=id, message=1)
    direct = ada.opens("@bob")
    rude = ada.posts(direct, "rude").seq
    assert "block" in bob.is_refused("forbidden", wire.Report, conversation=direct, message=rude).text
    world.page("eve").is_refused("unknown_conversation", wire.Report, conversation=id, message=gone)


def test_a_report_leaves_no_event_and_does_not_name_its_author_to_others() -> None:
    _, ada, _, bob, id = team()
    rude = ada.posts(id, "rude").seq
    before = len(bob.all(wire.Durable))
    bob.does(wire.Report, conversation=id, message=rude)
    assert len(bob.all(wire.Durable)) == before
    assert ada.does(wire.FindLog, conversation=id, limit=1).events[0].author == "ada"


def test_who_becomes_a_moderator_learns_of_what_is_open_and_who_is_none_any_more_forgets_it() -> None:
    world, ada, mona, bob, id = team()
    rude = ada.posts(id, "rude").seq
    mona.does(wire.Report, conversation=id, message=rude)
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    assert open_reports(bob, id) == [1]
    ada.does(wire.Rank, conversation=id, user="bob", role="member")
    ada.does(wire.Remove, conversation=id, user="mona")
    assert open_reports(bob, id) == [1, None]
    assert open_reports(mona, id) == [1, None]
    ada.does(wire.Rank, conversation=id, user="bob", role="owner")
    ada.leaves(id)
    assert open_reports(ada, id)[-1] is None
    assert not any(row.value for row in world.page("ada").welcome.own if row.key.startswith("reports:"))


def test_a_new_moderator_is_told_of_as_many_as_the_others() -> None:
    many = Rate(1e6, 10**6)
    world = World(limits=HubLimits(page_send=many, changes=many, flood_frames=1e6))
    ada, bob = world.page("ada"), world.page("bob")
    id = ada.creates_group("Team", "bob")
    for _ in range(OPEN_REPORTS + 3):
        bob.does(wire.Report, conversation=id, message=ada.posts(id).seq)
    ada.does(wire.Rank, conversation=id, user="bob", role="moderator")
    assert open_reports(ada, id)[-1] == open_reports(bob, id)[-1] == OPEN_REPORTS + 3
    assert len(bob.does(wire.FindReports, conversation=id).reports) == OPEN_REPORTS
