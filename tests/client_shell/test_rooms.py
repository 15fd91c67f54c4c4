"""What programs do with people and conversations, over a real hub."""

from __future__ import annotations

import pytest
from kit.processes import wait_until

from nbchat import Client, HubError

from .conftest import Join


def refused(code: str) -> pytest.RaisesExc[HubError]:
    """The hub refuses with this code."""
    return pytest.RaisesExc(HubError, check=lambda error: error.code == code)


def test_a_link_lets_in_as_many_as_it_says(join: Join) -> None:
    ada, grace, linus = join(None), join(None, name="Grace"), join(None, name="Linus")
    group = ada.create_group("Compilers", [])
    ada.open(id=group.id)
    link = ada.invite_link(uses=1, seconds=3_600)
    assert [one.code for one in ada.invite_links()] == [link.code]
    found = grace.invitation(f"http://127.0.0.1:8888/nbchat/?invite={link.code}")
    assert (found.by, found.members, found.joined) == (ada.me, 1, False)
    joined = grace.redeem(f"http://127.0.0.1:8888/nbchat/?invite={link.code}")
    assert (joined.id, joined.role) == (group.id, "member")
    with refused("bad_link"):
        linus.redeem(link.code)
    second = ada.invite_link()
    ada.withdraw(second)
    with refused("bad_link"):
        linus.redeem(second.code)


def test_a_group_is_described_and_its_members_are_found(join: Join) -> None:
    ada, grace = join(None), join(None, name="Grace")
    group = ada.create_group("Compilers", [])
    ada.open(id=group.id)
    ada.invite(grace.me)
    ada.describe(topic="parsers first", picture="🧩", slow=30)
    wait_until(lambda: ada.settings.topic == "parsers first", what="the topic")
    assert (ada.settings.picture, ada.settings.slow) == ("🧩", 30)
    assert [(one.person.name, one.role) for one in ada.find_members("gra")] == [("Grace", "member")]
    grace.open(id=group.id)
    with refused("forbidden"):
        grace.describe(title="Mine")


def test_moderation_is_for_moderators_and_leaves_a_log(join: Join) -> None:
    ada, grace, linus = join(None), join(None, name="Grace"), join(None, name="Linus")
    group = ada.create_group("Compilers", [grace.me, linus.me])
    for client in (ada, grace, linus):
        client.open(id=group.id)
    with refused("forbidden"):
        grace.mute_member(linus.me, 60)
    ada.set_role(grace.me, "moderator")
    grace.mute_member(linus.me, 60)
    message = ada.send("no").wait("sent", timeout=60)
    theirs = linus.message(message.seq or 0)
    assert theirs is not None
    theirs.report("rude")
    assert [(one.reason, one.by) for one in grace.reports()] == [("rude", linus.me.id)]
    grace.close_report(grace.reports()[0])
    assert grace.reports() == []
    grace.remove(linus.me, ban=True, reason="enough")
    assert [person.id for person in grace.banned()] == [linus.me.id]
    with refused("banned"):
        ada.invite(linus.me)
    grace.unban(linus.me)
    lines = [f"{one.author} {one.what}" for one in ada.moderation_log()]
    muted = lines.pop(2)
    assert muted.startswith("Grace muted Linus until ")
    assert lines == ["Grace let Linus come back", "Grace banned Linus (enough)", f"{ada.me.name} made Grace moderator"]


def test_a_profile_is_seen_by_others(join: Join) -> None:
    ada, grace = join(), join(name="Grace")
    grace.set_status("training", emoji="🏃")

    def status(client: Client) -> tuple[str, str]:
        person = next(one for one in client.members if one.id == grace.me.id)
        return person.status, person.emoji

    wait_until(lambda: status(ada) == ("training", "🏃"), what="Grace's status")
    grace.set_status("")
    wait_until(lambda: status(ada) == ("", "🏃"), what="no status, the same emoji")


def test_who_is_blocked_cannot_write_directly(join: Join) -> None:
    grace, ada = join(None, name="Grace"), join(None)
    grace.block(ada.me)
    with refused("blocked"):
        ada.open(f"@{grace.me.id}")
    grace.unblock(ada.me)
    ada.open(f"@{grace.me.id}")


def test_what_one_prefers_is_one_row(join: Join) -> None:
    ada = join()
    ada.prefer(star=True)
    ada.prefer(level="mentions")
    with ada._engine.reading() as state:
        value = state.own[f"prefs:{ada.conversation_id}"].value
    assert (value.star, value.level) == (True, "mentions")  # type: ignore[union-attr]
