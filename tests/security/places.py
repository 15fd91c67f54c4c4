"""Every place of the view in which a text stands that somebody else wrote, and the way there.

`PLACES` is the list; a new pane gets a row here. Each `shows` goes there as a person would, by what is on the screen,
in whatever language that is, and returns what it found in that place, so that a test can see that the text was there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kit.people import Seat
from playwright.sync_api import Locator, expect

from security.gathering import READ, STATUS, Gathered
from security.hostile import Filled

VIEW = Path(__file__).parents[2] / "js" / "src" / "view"
TABLES = {"view": "strings", "people": "people-strings", "sheets": "sheet-strings", "talk": "talk-strings"}


@lru_cache
def words(language: str) -> dict[str, str]:
    """The plain words of the string tables: `words("he")["people.about"]`; inside a group `people.tabs.about`."""
    found: dict[str, str] = {}
    for table, file in TABLES.items():
        path = VIEW / (f"{file}.ts" if language == "en" else f"lang/{language}-{table}.ts")
        for line in path.read_text(encoding="utf-8").splitlines():
            group = re.match(r"  (\w+): \{", line)
            prefix = f"{table}.{group[1]}." if group else f"{table}."
            pairs = re.findall(r'\b(\w+): "((?:[^"\\]|\\.)*)"', line)
            found |= {prefix + key: text for key, text in pairs if prefix + key not in found}
    return found


class Look:
    """The reader at the page, in one language.

    Attributes:
        seat: the view.
        says: its words.
        filled, gathered: what there is to see.
    """

    def __init__(self, seat: Seat, language: str, filled: Filled, gathered: Gathered) -> None:
        self.seat, self.says, self.filled, self.gathered = seat, words(language), filled, gathered

    def find(self, selector: str) -> Locator:
        return self.seat.root.locator(selector)

    def goes_to(self, id: str, last: str) -> Locator:
        """Open a conversation by its address, and wait for its last message. Returns the conversation."""
        self.seat.page.evaluate("(id) => { location.hash = `c/${id}`; }", id)
        expect(self.find(".nbc-chat article").last).to_contain_text(last)
        return self.find(".nbc-chat")

    def row(self, name: str) -> Locator:
        """The first row of the list with this in it."""
        return self.find(".nbc-item").filter(has_text=name).first

    def menu(self, key: str) -> None:
        """An entry of the menu."""
        self.find(".nbc-chat .nbc-menu").click()
        self.find("[role=menuitem]").get_by_text(self.says[key], exact=True).click()

    def sheet(self, key: str, tab: str = "", ready: str = "") -> str:
        """What a sheet says, once something stands where `ready` is."""
        self.menu(key)
        if tab:
            self.find(".nbc-sheet").get_by_role("tab", name=self.says[tab]).click()
        if ready:
            self.find(f".nbc-sheet {ready}").first.wait_for()
        return said(self.find(".nbc-sheet"))

    def side(self, key: str) -> str:
        """What a list beside the conversation says, once it has an entry."""
        self.menu(key)
        self.find(".nbc-side .nbc-hit").first.wait_for()
        return said(self.find(".nbc-side"))

    def acts(self, key: str) -> Locator:
        """Do something with the message before the last one, which is Eve's. Returns the dialog that opens."""
        self.message_menu().get_by_text(self.says[key], exact=True).click()
        return self.find(".nbc-dialog")

    def message_menu(self) -> Locator:
        """The menu of a message of Eve's that was edited."""
        edited = self.find(".nbc-chat article").filter(has=self.seat.page.locator(".nbc-edited")).last
        edited.locator(".nbc-text").click(button="right")
        return self.find("[role=menu]")

    def types(self, text: str) -> str:
        """What is suggested for it."""
        self.find(".nbc-chat .nbc-aids").wait_for()  # what helps to write comes a moment later
        self.find(".nbc-chat textarea").fill(text)
        self.find("[role=option]").first.wait_for()
        return said(self.find("[role=listbox]").last)

    def leaves(self) -> None:
        """Close what is open, as a person does."""
        for _ in range(3):
            self.seat.page.keyboard.press("Escape")
        for open in (".nbc-sheet", ".nbc-dialog", "[role=menu]"):
            expect(self.find(open)).to_have_count(0)


SAID = """(place) => new Promise((done) => {
  const until = performance.now() + 20_000;
  const told = () => [place, ...place.querySelectorAll("*")].flatMap((one) => [
    ...["title", "aria-label", "data-tip", "placeholder"].map((name) => one.getAttribute(name) ?? ""),
    one.value ?? "",
  ]).concat(place.textContent).join("\\n");
  const look = () => {
    if (told().includes("__pwned=1") || performance.now() > until) done(told());
    else requestAnimationFrame(look);
  };
  look();
})"""


def said(place: Locator) -> str:
    """Its text, what its fields hold, and what its labels and tooltips say, once something hostile is in it."""
    text: str = place.first.evaluate(SAID)
    return text


def card(look: Look) -> str:
    look.goes_to(look.gathered.direct, STATUS)
    look.find(".nbc-chat .nbc-title button").click()
    look.find(".nbc-card").wait_for()
    return said(look.find(".nbc-sheet"))


def card_of_member(look: Look) -> str:
    look.sheet("view.showMembers", ready=".nbc-person")
    look.find(".nbc-sheet .nbc-person").filter(has_text="onerror").first.click()
    look.find(".nbc-card").wait_for()
    look.find(".nbc-sheet button.nbc-danger, .nbc-sheet button.nbc-bad").last.click()
    return said(look.find(".nbc-sheet"))


def thread(look: Look) -> str:
    look.find(".nbc-chat .nbc-thread").first.click()
    look.find(".nbc-side article").first.wait_for()
    return said(look.find(".nbc-side"))


def editing(look: Look) -> str:
    own = look.find(".nbc-chat article.nbc-own").last
    own.locator(".nbc-text").click(button="right")
    look.find("[role=menu]").get_by_text(look.says["talk.edit"], exact=True).click()
    field = own.locator("textarea")
    field.wait_for()
    return field.input_value()


def versions(look: Look) -> str:
    dialog = look.acts("talk.versions")
    dialog.locator(".nbc-versions li").first.wait_for()
    return said(dialog)


def replying(look: Look) -> str:
    look.message_menu().get_by_text(look.says["talk.reply"], exact=True).click()
    return said(look.find(".nbc-reply-bar"))


def starts(look: Look, kind: str, query: str) -> str:
    look.find(".nbc-list .nbc-tool").filter(has=look.seat.page.locator(".nbc-icon-plus")).click()
    sheet = look.find(".nbc-sheet")
    sheet.get_by_role("button", name=look.says[kind], exact=True).click()
    sheet.get_by_role("searchbox").fill(query)
    sheet.locator("li").first.wait_for()
    return said(sheet)


def filtered(look: Look) -> str:
    look.find(".nbc-filter").fill("<img src=x onerror=__pwned=1>")
    text = said(look.find(".nbc-list"))
    look.find(".nbc-filter").fill("")
    return text


def emoji(look: Look) -> str:
    """All of them, from the own message."""
    look.find(".nbc-chat .nbc-reactions .nbc-reaction").last.click()
    field = look.find(".nbc-picker .nbc-filter")
    field.wait_for()  # six at first, which are replaced when all have come
    field.fill("<img onerror=__pwned=1>")
    return said(look.find(".nbc-picker"))


def read(look: Look) -> str:
    """The ticks of a message that Eve has read."""
    look.goes_to(look.gathered.lost, READ)
    ticks = look.find(".nbc-chat .nbc-ticks.nbc-read")
    ticks.wait_for()
    return said(ticks)


def row_menu(look: Look) -> str:
    look.row("plans").click(button="right")
    look.find("[role=menu]").wait_for()
    return said(look.find("[role=menu]"))


def leaving(look: Look) -> str:
    look.menu("sheets.leaveIt")
    look.find(".nbc-sheet").wait_for()
    return said(look.find(".nbc-sheet"))


@dataclass(frozen=True)
class Place:
    """One place.

    Attributes:
        where: what a person would call it.
        texts: whose words stand there.
        shows: goes there, from the stage, and returns what stands there.
    """

    where: str
    texts: str
    shows: Callable[[Look], str]


def at(selector: str) -> Callable[[Look], str]:
    """What stands there already."""
    return lambda look: said(look.find(selector))


PLACES = (
    Place("list of conversations", "titles, names, last messages, a draft", at(".nbc-list")),
    Place("header", "title, topic, and both as tooltips", at(".nbc-chat .nbc-header")),
    Place("timeline", "names, messages, quotes, forwards, who reacted, who pinned", at(".nbc-chat [role=log]")),
    Place("notices", "title, topic, names", at(".nbc-chat .nbc-notice >> nth=-1")),
    Place("composer", "title", at(".nbc-chat textarea")),
    Place("suggestions of people", "names", lambda look: look.types("@<")),
    Place("suggestions of commands", "what they are for", lambda look: look.types("/deploy-1")),
    Place("filter of the list", "what is looked for", filtered),
    Place("menu of a row", "title", row_menu),
    Place("menu of a message", "name", lambda look: said(look.message_menu())),
    Place("thread", "title, names, messages", thread),
    Place("answer being written", "name, message", replying),
    Place("edit being written", "message", editing),
    Place("forwarding", "titles, names", lambda look: said(look.acts("talk.forward"))),
    Place("versions of a message", "what it was before", versions),
    Place("pinned messages", "names, messages", lambda look: look.side("view.pins")),
    Place("saved messages", "names, titles, messages", lambda look: look.side("people.savedMessages")),
    Place("mentions", "names, titles, messages", lambda look: look.side("view.mentions")),
    Place("threads", "names, titles, messages", lambda look: look.side("view.threads")),
    Place("about a conversation", "title, topic", lambda look: look.sheet("people.about", ready=".nbc-card")),
    Place("members", "names, statuses", lambda look: look.sheet("view.showMembers", ready=".nbc-person")),
    Place("a member, and the question whether to remove them", "name, status, title", card_of_member),
    Place("invitations", "title", lambda look: look.sheet("people.invitePeople", ready=".nbc-invitation")),
    Place(
        "moderation",
        "names, reported messages, reasons, who is banned, what was done",
        lambda look: look.sheet("people.about", "people.tabs.moderate", ".nbc-log-lines li"),
    ),
    Place("leaving", "title", leaving),
    Place("own profile", "names of who is blocked", lambda look: look.sheet("people.profile", ready=".nbc-person")),
    Place("finding people", "names, statuses, what is looked for", lambda look: starts(look, "sheets.people", "<")),
    Place("finding channels", "titles, what is looked for", lambda look: starts(look, "sheets.channels", "<")),
    Place("browsing channels", "titles, topics", lambda look: look.sheet("people.browse", ready="li")),
    Place("all emoji", "what is looked for", emoji),
    Place("who has read", "name", read),
    Place("card of a person", "name, status", card),
)
