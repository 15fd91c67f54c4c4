"""Names, emoji and commands in what people write, and what comes of them on other screens."""

from __future__ import annotations

import re
from collections.abc import Callable

from kit.browser import open_notebook, run_all_cells
from kit.people import gather, shows, sits_at_page
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]

COMMAND = """
@chat.command("deploy", help="put a branch on the test server")
def deploy(call):
    return f"{call.args} is on the test server"
print("the command" + " is offered")
"""


def test_who_is_named_has_a_badge_and_finds_it(lab: Server, new_person: NewPerson) -> None:
    linus = sits_at_page(new_person(), lab, user="linus")
    ada, grace, alan = gather(lab, new_person, "names here", "ada", "grace", "alan")
    linus.finds_channel("names here").page.close()
    for seat in (grace, alan):
        seat.creates_channel(f"room of {'grace' if seat is grace else 'alan'}")

    ada.types("@gra")
    option = ada.root.get_by_role("option", name=re.compile("Grace Hopper"))
    expect(option).to_have_attribute("aria-selected", "true")
    ada.composer.press("Enter")
    expect(ada.composer).to_have_value("@Grace Hopper ")
    ada.types("have a look").composer.press("Enter")
    grace.sees_mentions("names here", 1).sees_unread("names here", 1)
    alan.sees_unread("names here", 1).sees_mentions("names here", 0)

    ada.writes("@all the room has changed")
    grace.sees_mentions("names here", 2)
    alan.sees_mentions("names here", 1)

    # Linus has closed his page: some seconds later he is not here any more.
    expect(ada.root.get_by_text("4 members, 3 online")).to_be_visible()
    ada.writes("@here coffee is ready")
    alan.sees_mentions("names here", 2)
    linus = sits_at_page(new_person(), lab, user="linus")
    linus.opens("names here").sees("@all the room has changed", "@here coffee is ready")
    expect(linus.message("@all the room has changed")).to_have_class(re.compile("nbc-to-me"))
    expect(linus.message("@here coffee is ready")).not_to_have_class(re.compile("nbc-to-me"))

    alan.root.get_by_role("button", name="2 mentions of you", exact=True).click()
    hits = alan.side.locator(".nbc-hit")
    expect(hits).to_have_count(2)
    hits.filter(has_text="the room has changed").click()
    alan.sees_title("names here")
    expect(alan.message("@all the room has changed")).to_be_focused()
    expect(alan.message("@all the room has changed")).to_have_class(re.compile("nbc-to-me"))
    alan.sees_mentions("names here", 0)


def test_an_emoji_is_written_by_its_name(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "emoji", "ada", "grace")
    ada.types("done :tad")
    expect(ada.root.get_by_role("option").first).to_contain_text(":tada:")
    ada.composer.press("Enter")
    ada.types("and :rocket:")
    expect(ada.composer).to_have_value("done 🎉 and 🚀")
    ada.composer.press("Enter")
    grace.sees("done 🎉 and 🚀")
    grace.root.get_by_role("button", name="Emoji", exact=True).click()
    grace.root.get_by_role("searchbox", name="Search emoji").fill("wave")
    grace.page.keyboard.press("Enter")
    expect(grace.composer).to_have_value(re.compile("👋"))


def test_commands_of_the_view_do_what_they_say(lab: Server, new_person: NewPerson) -> None:
    ada, grace = gather(lab, new_person, "commands", "ada", "grace")
    ada.writes("/topic Numbers on Tuesdays")
    expect(grace.root.locator(".nbc-about")).to_contain_text("Numbers on Tuesdays")
    ada.writes("/shrug who knows")
    grace.sees("who knows ¯\\_(ツ)_/¯")
    grace.writes("/rename mine").hears("You may not do that here")
    expect(grace.composer).to_have_value("/rename mine")


def test_a_notebook_answers_a_command(lab: Server, new_person: NewPerson) -> None:
    host = new_person()
    open_notebook(host, lab, lab.write_notebook("deploys.ipynb", shows("deploys"), COMMAND), user="grace")
    run_all_cells(host)
    expect(host.get_by_text("the command is offered", exact=True)).to_be_visible()
    ada = sits_at_page(new_person(), lab, user="ada").finds_channel("deploys").is_connected()
    ada.types("/dep")
    option = ada.root.get_by_role("option").filter(has_text="/deploy")
    expect(option).to_contain_text("put a branch on the test server")
    ada.composer.press("Tab")
    ada.types("main").composer.press("Enter")
    ada.sees("/deploy main", "main is on the test server")
    expect(ada.message("main is on the test server").locator(".nbc-quote")).to_contain_text("/deploy main")
    ada.writes("/depoly main").hears("There is no command /depoly.")
    ada.root.get_by_role("button", name="Show all commands").click()
    ada.hears("put a branch on the test server")
