"""People and conversations on the page: roles, rules, invitations, profiles, and what one wants for oneself."""

from __future__ import annotations

import re
from collections.abc import Callable

from kit.people import gather, sits_at_page
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]


def test_a_conversation_is_described_moderated_and_closed(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "seminar", "ada", "grace")

    about = ada.sheet("About this conversation")
    about.get_by_label("Topic", exact=True).fill("Proofs on Thursdays")
    about.get_by_role("button", name="📚").click()
    about.get_by_role("button", name="Save").click()
    expect(grace.root.locator(".nbc-sub")).to_contain_text("Proofs on Thursdays")

    about.get_by_role("tab", name="Members").click()
    about.get_by_role("button", name="Grace").click()
    about.get_by_label("Role here").select_option("moderator")
    ada.closes_sheet()
    rules = grace.sheet("About this conversation", "Moderate")
    rules.get_by_label("Announcements only").check()
    grace.closes_sheet()
    grace.writes("Welcome to the seminar")
    ada.sees("Welcome to the seminar")

    linus = sits_at_page(new_person(), lab, user="linus").starts("Channels")
    linus.get_by_role("searchbox").fill("seminar")
    expect(linus.get_by_text("Proofs on Thursdays")).to_be_visible()
    linus.get_by_role("button", name="Join: seminar").click()
    expect(linus.page.get_by_text("Only moderators and owners write here.")).to_be_visible()

    archive = ada.sheet("About this conversation")
    archive.get_by_role("button", name="Archive…").click()
    archive.get_by_role("button", name="Archive", exact=True).click()
    for seat in (ada, grace):
        expect(seat.root.get_by_text("This conversation is archived: it can only be read.")).to_be_visible()
    expect(grace.root.get_by_role("button", name="Archived (1)")).to_be_visible()


def test_an_invitation_link_brings_somebody_in_once(lab: Server, new_person: NewPerson) -> None:
    ada = sits_at_page(new_person(), lab, user="ada").creates_channel("by link")
    invite = ada.sheet("Invite people…")
    invite.get_by_label("Uses").select_option("1")
    invite.get_by_label("Joins as").select_option("guest")
    invite.get_by_role("button", name="Make a link").click()
    link = invite.get_by_label("Invitation link").input_value()

    grace = sits_at_page(new_person(), lab, user="grace", at=link)
    expect(grace.root.get_by_text("Ada Lovelace invites you to “by link”.")).to_be_visible()
    grace.root.get_by_role("button", name="Join the conversation").click()
    grace.sees_title("by link").writes("Here I am")
    ada.sees("Here I am")

    linus = sits_at_page(new_person(), lab, user="linus", at=link)
    expect(linus.root.get_by_role("alert").filter(has_text="This invitation cannot be used")).to_be_visible()


def test_who_is_removed_is_out_and_the_last_owner_stays(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "strict", "ada", "grace")
    grace.writes("Buy my course")
    ada.sees("Buy my course")

    leave = ada.sheet("Leave this conversation…")
    expect(leave.get_by_text("You are its only owner")).to_be_visible()
    leave.get_by_role("button", name="Choose an owner").click()

    card = ada.root.locator(".nbc-sheet")
    card.get_by_role("button", name="Grace").click()
    card.get_by_role("button", name="Remove from strict…").click()
    card.get_by_label("Ban: may not come back").check()
    card.get_by_role("button", name="Remove", exact=True).click()
    expect(grace.row("strict")).to_have_count(0)
    card.get_by_role("tab", name="Moderate").click()
    expect(card.get_by_text("Ada Lovelace banned Grace Hopper")).to_be_visible()
    card.get_by_role("button", name="Let back in: Grace").click()
    expect(card.get_by_text("Nobody is banned.")).to_be_visible()


def test_a_profile_is_seen_and_somebody_can_be_blocked(lab: Server, new_person: NewPerson) -> None:
    # People of their own: a block would hide what they write from the tests that follow.
    ida, max_ = gather(lab, new_person, "profiles", "ida", "max")
    profile = max_.sheet("Your profile…")
    profile.get_by_label("What are you doing?").fill("writing the paper")
    profile.get_by_role("button", name="🏠").click()
    profile.get_by_title("Teal").click()
    profile.get_by_role("button", name="Save").click()
    expect(max_.root.locator(".nbc-sheet")).to_have_count(0)

    members = ida.sheet("Members")
    expect(members.get_by_text("writing the paper")).to_be_visible()
    members.get_by_role("button", name="Max").click()
    members.get_by_role("button", name="Block").click()
    expect(members.get_by_role("button", name="Unblock")).to_be_visible()
    ida.closes_sheet()
    ida.writes("done")
    max_.sees("done")

    found = max_.starts("People")
    found.get_by_role("searchbox").fill("ida")
    found.get_by_role("button", name="Ida").first.click()
    found.get_by_role("button", name="Message Ida").click()
    expect(found.get_by_text("takes no messages from you")).to_be_visible()


def test_what_one_wants_of_a_conversation_is_there_on_the_next_device(lab: Server, new_person: NewPerson) -> None:
    ada = sits_at_page(new_person(), lab, user="ada").creates_channel("starred one")
    ada.row("starred one").click(button="right")
    ada.root.get_by_role("menuitem", name="Star", exact=True).click()
    ada.row("starred one").press("Shift+F10")
    ada.root.get_by_role("menuitem", name="Mute…").click()
    ada.root.get_by_role("menuitem", name="For ever").click()

    again = sits_at_page(new_person(), lab, user="ada")
    expect(again.root.get_by_role("list", name="Starred").locator(".nbc-is-quiet")).to_contain_text("starred one")


def test_who_is_new_finds_what_is_open_and_is_told_who_brought_them_in(lab: Server, new_person: NewPerson) -> None:
    ada, _ = (sits_at_page(new_person(), lab, user=user) for user in ("ada", "grace"))
    ada.creates_channel("for all")
    zoe = sits_at_page(new_person(), lab, user="zoe").hears("No conversations yet.").hears("Open to you")
    expect(zoe.root.get_by_role("button", name=re.compile("^Join: ")).first).to_be_enabled()

    group = ada.starts("People")
    for name in ("Zoe", "Grace Hopper"):
        group.get_by_role("searchbox").fill(name)
        group.get_by_role("button", name=name).click()
    group.get_by_label("Title of the group").fill("first steps")
    group.get_by_role("button", name="Create group of 3").click()
    expect(zoe.row("first steps")).to_contain_text("Ada Lovelace invited you")
    ada.sees_title("first steps").opens("for all")
    invite = ada.sheet("Invite people…")
    invite.get_by_role("searchbox", name="Find people by name").fill("zoe")
    invite.get_by_role("button", name="Zoe").click()
    invite.get_by_role("button", name="Invite 1 person").click()
    expect(zoe.row("for all")).to_contain_text("Ada Lovelace invited you")
    ada.closes_sheet().opens("first steps").writes("welcome")
    expect(zoe.row("first steps")).to_contain_text("welcome")
    zoe.opens("first steps").sees("welcome").hears("Ada Lovelace created the conversation")
    expect(zoe.row("first steps")).not_to_contain_text("invited you")


def test_a_group_is_made_grows_and_is_left(lab: Server, new_person: NewPerson) -> None:
    ada, grace, alan = (sits_at_page(new_person(), lab, user=user) for user in ("ada", "grace", "alan"))
    people = ada.starts("People")
    for name in ("Grace Hopper", "Alan Turing"):
        people.get_by_role("searchbox").fill(name)
        people.get_by_role("button", name=name).click()
    people.get_by_label("Title of the group").fill("reading circle")
    people.get_by_role("button", name="Create group of 3").click()
    ada.sees_title("reading circle").writes("chapter one")
    for seat in (grace, alan):
        seat.opens("reading circle").sees("chapter one")

    nora = sits_at_page(new_person(), lab, user="nora")
    expect(nora.root.locator(".nbc-is-connected").first).to_be_visible()
    invite = grace.sheet("Invite people…")
    invite.get_by_role("searchbox", name="Find people by name").fill("nora")
    invite.get_by_role("button", name="Nora").click()
    invite.get_by_role("button", name="Invite 1 person").click()
    expect(invite.get_by_text("Invited: Nora")).to_be_visible()
    nora.opens("reading circle").sees("chapter one")
    expect(ada.root.get_by_text("4 members, 4 online")).to_be_visible()

    leave = nora.sheet("Leave this conversation…")
    leave.get_by_role("button", name="Leave", exact=True).click()
    expect(nora.row("reading circle")).to_have_count(0)
    expect(ada.root.get_by_text("3 members, 3 online")).to_be_visible()
