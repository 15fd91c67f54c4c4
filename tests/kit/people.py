"""A person in front of a widget or the page, as verbs: `ada.writes("hi")`, `bob.sees("hi")`.

Each verb is what a person would do or look at, found by role and name where there is one, and waits until it is
so. Nothing here reads the application's state: what a test asserts is on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from kit.browser import address, open_notebook, run_all_cells
from kit.servers import Server


def shows(name: str) -> str:
    """The cell that shows the widget of a channel."""
    return f"from nbchat import ChatSession\nchat = ChatSession({name!r})\nchat"


class Seat:
    """One view of the chat on one page.

    Attributes:
        page: the browser tab.
        root: the widget in it.
    """

    def __init__(self, page: Page, root: Locator | None = None) -> None:
        self.page = page
        self.root = root if root is not None else page.locator(".nbchat").first

    # ------------------------------------------------------------------------------------------------ doing

    def is_new(self, name: str) -> Seat:
        """Answers "Who are you?" with a name."""
        self.root.get_by_role("textbox", name=re.compile("^(Your name|Somebody new)$")).fill(name)
        self.root.get_by_role("button", name="Start").click()
        return self

    def joins(self) -> Seat:
        """Becomes a member of the open channel on the screen."""
        self.root.get_by_role("button", name="Join", exact=True).click()
        self.composer.wait_for()
        return self

    def opens(self, title: str) -> Seat:
        """Chooses a conversation of the list, going back to the list first where there is one pane."""
        self.goes_to_list().row(title).click()
        self.sees_title(title).composer.wait_for()
        return self

    def renames(self, name: str) -> Seat:
        """Changes the own display name, from the line that says under which one writes."""
        self.root.get_by_role("button", name=re.compile("^Writing as ")).click()
        sheet = self.root.locator(".nbc-sheet")
        sheet.get_by_role("textbox", name="Your name", exact=True).fill(name)
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(self.root.get_by_role("button", name=f"Writing as {name}", exact=True)).to_be_visible()
        return self

    def goes_to_list(self) -> Seat:
        """Where there is one pane, back to the list; else it is there anyway."""
        back = self.root.get_by_role("button", name="Back to the list")
        if back.is_visible():
            back.click()
        return self

    def starts(self, kind: str) -> Locator:
        """Opens "New conversation" at People or Channels, and gives the panel."""
        self.goes_to_list().root.get_by_role("button", name="New conversation").first.click()
        panel = self.root.locator(".nbc-sheet")
        panel.get_by_role("button", name=kind, exact=True).click()
        return panel

    def finds_channel(self, name: str) -> Seat:
        """Finds an open channel by its name and joins it."""
        panel = self.starts("Channels")
        panel.get_by_role("searchbox").fill(name)
        panel.get_by_role("button", name=f"Join: {name}", exact=True).click()
        self.sees_title(name).composer.wait_for()
        return self

    def creates_channel(self, name: str) -> Seat:
        """Makes an open channel."""
        panel = self.starts("Channels")
        panel.get_by_role("searchbox").fill(name)
        panel.get_by_role("button", name=f"Create “{name}”", exact=True).click()
        self.sees_title(name).composer.wait_for()
        return self

    def writes_to(self, name: str) -> Seat:
        """Opens a direct conversation with a person of the directory."""
        panel = self.starts("People")
        panel.get_by_role("searchbox").fill(name)
        panel.get_by_role("button", name=re.compile(rf"^{re.escape(name)}\b")).first.click()
        panel.get_by_role("button", name=f"Message {name}", exact=True).click()
        self.sees_title(name).composer.wait_for()
        return self

    def writes(self, text: str) -> Seat:
        """Writes into the composer and presses Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")
        return self

    def types(self, text: str) -> Seat:
        """Types without sending, key by key."""
        self.composer.press_sequentially(text, delay=5)
        return self

    # ---------------------------------------------------------------------------------------- doing to messages

    def chooses(self, text: str, action: str) -> Seat:
        """Opens the menu of a message that the hub has with the right button, and chooses an entry of it."""
        expect(self.message(text)).to_have_attribute("data-seq", re.compile(r"\d"))
        self.message(text).locator(".nbc-text").first.click(button="right")
        self.root.get_by_role("menuitem", name=re.compile(rf"^{re.escape(action)}")).first.click()
        return self

    def edits(self, text: str, new: str) -> Seat:
        """Changes an own message in its place."""
        self.chooses(text, "Edit")
        field = self.root.get_by_role("textbox", name="Edit your message")
        field.fill(new)
        field.press("Enter")
        return self

    def deletes(self, text: str) -> Seat:
        """Deletes a message for everybody, and says yes to the question."""
        self.chooses(text, "Delete")
        self.root.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        return self

    def replies(self, text: str, answer: str) -> Seat:
        """Answers a message with a quote of it."""
        return self.chooses(text, "Reply").writes(answer)

    def forwards(self, text: str, to: str, comment: str = "") -> Seat:
        """Passes a message on to another conversation."""
        self.chooses(text, "Forward")
        dialog = self.root.get_by_role("dialog", name="Forward")
        dialog.get_by_role("textbox", name="Find a conversation").fill(to)
        dialog.get_by_role("list", name="Forward to").get_by_role("button", name=to).click()
        dialog.get_by_role("textbox", name="Add a comment").fill(comment)
        dialog.get_by_role("button", name="Forward", exact=True).click()
        expect(dialog).to_have_count(0)
        return self

    def joins_reaction(self, text: str, emoji: str) -> Seat:
        """Presses a reaction that is there: joins it, or leaves it."""
        self.message(text).get_by_role("button", name=re.compile(f"^{emoji}")).click()
        return self

    def opens_thread(self, text: str) -> Seat:
        """Opens the thread of a message beside the conversation; the first one begins it."""
        self.chooses(text, "Reply in thread" if self.message(text).locator(".nbc-thread").count() == 0 else "Open")
        self.side.get_by_role("textbox").wait_for()
        return self

    def writes_in_thread(self, text: str, *, also: bool = False) -> Seat:
        """Writes in the thread that is open; `also`: to the conversation as well."""
        self.side.get_by_role("checkbox", name="Also send to the conversation").set_checked(also)
        field = self.side.get_by_role("textbox")
        field.fill(text)
        field.press("Enter")
        return self

    # ------------------------------------------------------------------------------ doing to people and conversations

    def sheet(self, entry: str, *tabs: str) -> Locator:
        """Chooses an entry of the menu, then tabs of the sheet that it opens; gives that sheet."""
        self.root.locator(".nbc-chat").get_by_role("button", name="Menu").click()
        self.root.get_by_role("menuitem", name=entry).click()
        found = self.root.locator(".nbc-sheet")
        for name in tabs:
            found.get_by_role("tab", name=name).click()
        return found

    def card(self, name: str) -> Locator:
        """Opens the card of a member."""
        found = self.sheet("Members")
        found.get_by_role("button", name=name).click()
        expect(found.get_by_role("button", name="Message", exact=True)).to_be_visible()
        return found

    def closes_sheet(self) -> Seat:
        """Closes the sheet by its key."""
        self.root.locator(".nbc-sheet").press("Escape")
        expect(self.root.locator(".nbc-sheet")).to_have_count(0)
        return self

    def wants(self, title: str, *entries: str) -> Seat:
        """Opens the menu of a row of the list with the right button, and chooses entries of it."""
        self.row(title).click(button="right")
        for entry in entries:
            self.root.get_by_role("menuitem", name=entry, exact=True).or_(
                self.root.get_by_role("menuitemradio", name=entry, exact=True)
            ).click()
        return self

    # ------------------------------------------------------------------------------------------------ seeing

    @property
    def side(self) -> Locator:
        """The pane beside the conversation: a thread, or a list of messages."""
        return self.root.get_by_role("complementary")

    @property
    def composer(self) -> Locator:
        """Where one writes in the conversation; a thread beside it has another."""
        return self.root.locator(".nbc-chat").get_by_role("textbox", name=re.compile("^Message "))

    @property
    def timeline(self) -> Locator:
        """The messages of the conversation; a thread beside it has others."""
        return self.root.locator(".nbc-chat").get_by_role("log")

    def message(self, text: str) -> Locator:
        """The row, or rows, of messages with exactly this text."""
        exactly = re.compile(rf"^\s*{re.escape(text)}\s*$")
        return self.timeline.get_by_role("article").filter(has=self.page.locator(".nbc-text", has_text=exactly))

    def row(self, title: str) -> Locator:
        """The row of a conversation in the list."""
        named = self.page.locator(".nbc-item-title", has_text=re.compile(rf"^\s*{re.escape(title)}\s*$"))
        return self.root.get_by_role("navigation", name="Conversations").locator(".nbc-item").filter(has=named)

    def texts(self) -> list[str]:
        """The texts on the screen, from top to bottom."""
        return [text.strip() for text in self.timeline.locator(".nbc-text").all_inner_texts()]

    def sees(self, *texts: str) -> Seat:
        """Each of these is there, once, and in this order."""
        any_of_them = "|".join(re.escape(text) for text in texts)
        shown = self.timeline.locator(".nbc-text").filter(has_text=re.compile(rf"^\s*(?:{any_of_them})\s*$"))
        expect(shown).to_have_text(list(texts))
        return self

    def sees_title(self, title: str) -> Seat:
        """The open conversation is called so."""
        expect(self.root.locator(".nbc-chat .nbc-titles .nbc-title")).to_have_text(title)
        return self

    def sees_author(self, text: str, name: str) -> Seat:
        """The message is labelled as written by this person, or by "You"."""
        expect(self.message(text)).to_have_attribute("aria-label", re.compile(rf"^{re.escape(name)}, "))
        return self

    def sees_reaction(self, text: str, emoji: str, count: int, who: str = "") -> Seat:
        """The reaction has so many people, and names these; 0: it is not there."""
        name = re.compile(f"^{emoji} {count} by {re.escape(who)}" if count else f"^{emoji}")
        button = self.message(text).get_by_role("button", name=name)
        expect(button).to_have_count(1 if count else 0)
        return self

    def sees_tick(self, text: str, kind: str) -> Seat:
        """The own message shows waiting, sent, delivered, read or failed."""
        expect(self.message(text).locator(f".nbc-ticks.nbc-{kind}")).to_be_visible()
        return self

    def sees_typing(self, name: str) -> Seat:
        """Below the messages: "… is typing…"."""
        expect(self.root.get_by_text(f"{name} is typing…")).to_be_visible()
        return self

    def sees_nobody_typing(self) -> Seat:
        """No "… is typing…"."""
        expect(self.root.get_by_text(re.compile("typing…$"))).to_have_count(0)
        return self

    def sees_unread(self, title: str, count: int) -> Seat:
        """The badge in the list; no badge for 0."""
        badge = self.row(title).locator(".nbc-badge:not(.nbc-at)")
        if count:
            expect(badge).to_contain_text(f"{count} unread")
        else:
            expect(badge).to_have_count(0)
        return self

    def sees_mentions(self, title: str, count: int) -> Seat:
        """The mention badge of a row; none for 0."""
        badge = self.row(title).locator(".nbc-at")
        if count:
            expect(badge).to_contain_text("mention" if count == 1 else f"{count} mentions")
            expect(badge).to_contain_text(f"@{count}")
        else:
            expect(badge).to_have_count(0)
        return self

    def hears(self, words: str) -> Seat:
        """These words are on the screen."""
        expect(self.root.get_by_text(words).first).to_be_visible()
        return self

    def sees_banner(self, text: str) -> Seat:
        """The line that is there only when something is wrong."""
        expect(self.root.locator(".nbc-alert")).to_contain_text(text)
        return self

    def sees_no_banner(self) -> Seat:
        """Nothing is wrong any more."""
        expect(self.root.locator(".nbc-alert")).to_have_count(0)
        return self

    def is_connected(self) -> Seat:
        """The composer is there and the header says so."""
        self.composer.wait_for()
        expect(self.root.locator(".nbc-is-connected").first).to_be_visible()
        return self


def sits_in_notebook(
    page: Page, server: Server, path: str, *, user: str | None = None, host: str = "127.0.0.1"
) -> Seat:
    """Opens a notebook, runs it, and looks at its first widget."""
    # JupyterLab's own dialog when its server is gone; a person closes it and goes on.
    lost = page.get_by_role("dialog", name="Server Connection Error")
    page.add_locator_handler(lost, lambda dialog: dialog.get_by_role("button", name="Close").click())
    open_notebook(page, server, path, user=user, host=host)
    run_all_cells(page, wait=False)
    seat = Seat(page)
    seat.root.wait_for()
    return seat


def sits_at_page(page: Page, server: Server, *, user: str | None = None, host: str = "127.0.0.1", at: str = "") -> Seat:
    """Opens the hub's own page, signs in, and then goes to the address `at`, if there is one."""
    page.goto(address(server, "nbchat/", user=user, host=host))
    if at:
        page.goto(at)
    seat = Seat(page)
    seat.root.wait_for()
    return seat


def gather(server: Server, new_person: Callable[..., Page], channel: str, *users: str) -> list[Seat]:
    """People at pages of their own in one open channel, which the first of them makes and owns."""
    first, *others = [sits_at_page(new_person(), server, user=user) for user in users]
    return [first.creates_channel(channel), *(seat.finds_channel(channel) for seat in others)]
