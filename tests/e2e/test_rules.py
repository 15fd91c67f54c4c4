"""What moderators and owners decide, on the screens of those whom it is about; and what the hub refuses, in words."""

from __future__ import annotations

from collections.abc import Callable

from kit.people import Seat, gather, sits_at_page
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]


def test_who_is_muted_reads_and_says_nothing(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "quiet please", "ada", "grace")
    ada.card("Grace Hopper").get_by_label("May write").select_option("3600")
    grace.hears("A moderator has muted you until")
    expect(grace.composer).to_have_count(0)
    ada.closes_sheet().writes("now it is quiet")
    grace.sees("now it is quiet")
    ada.card("Grace Hopper").get_by_label("May write").select_option("0")
    grace.composer.wait_for()
    grace.writes("sorry")
    ada.closes_sheet().sees("now it is quiet", "sorry")


def test_slow_mode_holds_the_second_message_back(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "slowly", "ada", "grace")
    _slows(ada, "5")
    grace.hears("Slow mode: one message every 5 seconds")
    grace.writes("one").sees_tick("one", "sent").writes("two").sees_tick("two", "waiting")
    # Nothing is lost: it goes when its time has come. Who moderates does not wait.
    ada.writes("three").sees_tick("three", "sent").sees("one", "three")
    ada.sees("one", "three", "two")
    grace.sees_tick("two", "sent")
    # A new pause counts from the last message, and the composer says how long it still is.
    _slows(ada, "300")
    grace.hears("Slow mode: the next message in")
    _slows(ada, "0")
    expect(grace.root.locator(".nbc-slow")).to_have_count(0)
    grace.writes("four").sees_tick("four", "sent")


def _slows(owner: Seat, seconds: str) -> None:
    field = owner.sheet("About this conversation", "Moderate").get_by_label("Slow mode")
    field.select_option(seconds)
    expect(field).to_have_value(seconds)
    expect(field).to_be_enabled()
    owner.closes_sheet()


def test_a_guest_becomes_a_moderator(lab: Server, new_person: NewPerson) -> None:
    ada, grace, alan = gather(lab, new_person, "careers", "ada", "grace", "alan")
    roles = ada.card("Grace Hopper").get_by_label("Role here")
    roles.select_option("guest")
    alan.writes("a rule")
    grace.sees("a rule").message("a rule").locator(".nbc-text").click(button="right")
    expect(grace.root.get_by_role("menuitem", name="Copy link")).to_be_visible()
    expect(grace.root.get_by_role("menuitem", name="Pin")).to_have_count(0)
    grace.page.keyboard.press("Escape")
    roles.select_option("moderator")
    expect(roles).to_have_value("moderator")
    expect(roles).to_be_enabled()
    grace.chooses("a rule", "Pin")
    expect(alan.message("a rule").get_by_role("img", name="Pinned by Grace Hopper")).to_be_visible()
    grace.card("Ada Lovelace")
    expect(grace.root.get_by_label("Role here")).to_have_count(0)


def test_who_is_removed_or_banned_sees_it_where_they_are(lab: Server, new_person: NewPerson) -> None:
    ada, grace, alan = gather(lab, new_person, "out", "ada", "grace", "alan")
    for name, ban in (("Grace Hopper", False), ("Alan Turing", True)):
        card = ada.card(name)
        card.get_by_role("button", name="Remove from out…").click()
        card.get_by_label("Ban: may not come back").set_checked(ban)
        card.get_by_role("button", name="Remove", exact=True).click()
        expect(card.get_by_role("tab", name="Members")).to_be_visible()
        expect(card.get_by_role("button", name=name)).to_have_count(0)
        ada.closes_sheet()
    grace.hears("Ada Lovelace removed you from “out”.")
    alan.hears("Ada Lovelace banned you from “out”.")
    # The channel is open: who was only removed sees it as any stranger does, and may come back.
    grace.hears("You are looking at an open channel.")
    alan.hears("This conversation is not there, or not yours.")
    ada.writes("we go on").sees_tick("we go on", "sent")
    grace.sees("we go on")
    for seat in (grace, alan):
        expect(seat.composer).to_have_count(0)
        expect(seat.row("out")).to_have_count(0)
    alan.page.reload()
    alan.hears("This conversation is not there, or not yours.")
    grace.joins().writes("hello again")
    ada.sees("we go on", "hello again")
    ada.page.reload()
    for line in ("Ada Lovelace removed Grace Hopper", "Ada Lovelace banned Alan Turing", "Grace Hopper joined"):
        expect(ada.timeline.get_by_text(line).last).to_be_visible()


def test_a_link_counts_its_uses_and_ends_when_it_is_withdrawn(lab: Server, new_person: NewPerson) -> None:
    ada = sits_at_page(new_person(), lab, user="ada").creates_channel("two seats")
    invite = ada.sheet("Invite people…")
    invite.get_by_label("Uses").select_option("10")
    invite.get_by_role("button", name="Make a link").click()
    link = invite.get_by_label("Invitation link").input_value()
    for at, user in enumerate(("grace", "alan")):
        seat = sits_at_page(new_person(), lab, user=user, at=link)
        seat.root.get_by_role("button", name="Join the conversation").click()
        seat.sees_title("two seats").writes(f"{user} is here")
        ada.closes_sheet().sees(f"{user} is here")
        expect(ada.sheet("Invite people…").get_by_text(f"{9 - at} uses left")).to_be_visible()
    invite.get_by_role("button", name="Withdraw").click()
    expect(invite.get_by_text("No links yet.")).to_be_visible()
    linus = sits_at_page(new_person(), lab, user="linus", at=link)
    linus.hears("This invitation cannot be used")


def test_what_is_reported_is_seen_by_moderators_alone(lab: Server, new_person: NewPerson) -> None:
    ada, grace, alan = gather(lab, new_person, "reports", "ada", "grace", "alan")
    alan.writes("You are all wrong")
    grace.sees("You are all wrong").chooses("You are all wrong", "Report to the moderators")
    dialog = grace.root.get_by_role("dialog", name="Report to the moderators")
    dialog.get_by_role("textbox", name="What is wrong with it?").fill("not kind")
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog).to_have_count(0)
    reports = ada.sheet("About this conversation")
    expect(reports.get_by_role("tab", name="Moderate").locator(".nbc-badge")).to_have_text("1")
    reports.get_by_role("tab", name="Moderate").click()
    expect(reports.get_by_text("Reported by Grace Hopper")).to_be_visible()
    expect(reports.get_by_text("“not kind”")).to_be_visible()
    reports.get_by_role("button", name="Delete the message").click()
    alan.hears("Deleted by a moderator")
    reports.get_by_role("button", name="Done with it").click()
    expect(reports.get_by_text("Nothing is reported.")).to_be_visible()
    alan.sheet("About this conversation")
    expect(alan.root.get_by_role("tab", name="Members")).to_be_visible()
    expect(alan.root.get_by_role("tab", name="Moderate")).to_have_count(0)


def test_names_that_are_somebody_elses_are_refused(lab: Server, new_person: NewPerson) -> None:
    gather(lab, new_person, "mirrors", "grace")
    linus = sits_at_page(new_person(), lab, user="linus").creates_channel("mirror")
    profile = linus.sheet("Your profile…")
    name = profile.get_by_role("textbox", name="Your name", exact=True)
    for imitation in ("grace hopper", "Ｇrace Hopper", "Grace\u200b Hopper"):
        name.fill(imitation)
        profile.get_by_role("button", name="Save", exact=True).click()
        expect(profile.get_by_role("alert")).to_contain_text("name")
    name.fill("x" * 5_000)
    assert len(name.input_value()) == 64
    linus.closes_sheet()
    expect(linus.root.get_by_role("button", name="Writing as Linus")).to_be_visible()


def test_when_one_was_here_is_told_unless_one_hides_it(lab: Server, new_person: NewPerson) -> None:
    ada, grace, linus = gather(lab, new_person, "last seen", "ada", "grace", "linus")

    def hides(seat: Seat, hidden: bool) -> None:
        profile = seat.sheet("Your profile…")
        profile.get_by_label("Do not tell when I was last here").set_checked(hidden)
        profile.get_by_role("button", name="Save").click()
        expect(seat.root.locator(".nbc-sheet")).to_have_count(0)

    hides(linus, True)
    for seat in (grace, linus):
        seat.page.close()
    expect(ada.root.get_by_text("3 members, 1 online")).to_be_visible()
    members = ada.sheet("Members")
    expect(members.get_by_role("button", name="Grace Hopper")).to_contain_text("last seen")
    expect(members.get_by_role("button", name="Linus")).not_to_contain_text("last seen")
    expect(members.get_by_role("button", name="Linus")).to_contain_text("offline")
    hides(sits_at_page(new_person(), lab, user="linus").opens("last seen"), False)
