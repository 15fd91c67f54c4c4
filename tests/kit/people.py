"""A person in front of a widget or the page, as verbs: `ada.writes("hi")`, `bob.sees("hi")`.

Each verb is what a person would do or look at, found by role and name where there is one, and waits until it is
so. Nothing here reads the application's state: what a test asserts is on the screen.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from kit.browser import address, open_notebook, run_all_cells
from kit.servers import Server

PATIENCE = 20_000
"""Milliseconds that a thing may take to appear on two busy cores; a test that passes needs far less."""


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
        self.root.get_by_placeholder("Your name").fill(name)
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
        sheet.get_by_role("textbox", name="Your name").fill(name)
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(self.root.get_by_role("button", name=f"Writing as {name}", exact=True)).to_be_visible(timeout=PATIENCE)
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

    def chooses(self, text: str, action: str) -> Seat:
        """Opens the menu of a message with the right button, and chooses an entry of it."""
        self.message(text).locator(".nbc-text").first.click(button="right")
        self.root.get_by_role("menuitem", name=re.compile(rf"^{re.escape(action)}")).first.click()
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
        for text in texts:
            expect(self.message(text)).to_have_count(1, timeout=PATIENCE)
        shown = [text for text in self.texts() if text in texts]
        assert shown == list(texts), f"shown in the order {shown}, not {list(texts)}"
        return self

    def sees_title(self, title: str) -> Seat:
        """The open conversation is called so."""
        expect(self.root.locator(".nbc-titles .nbc-title")).to_have_text(title, timeout=PATIENCE)
        return self

    def sees_author(self, text: str, name: str) -> Seat:
        """The message is labelled as written by this person, or by "You"."""
        expect(self.message(text)).to_have_attribute(
            "aria-label", re.compile(rf"^{re.escape(name)}, "), timeout=PATIENCE
        )
        return self

    def sees_tick(self, text: str, kind: str) -> Seat:
        """The own message shows waiting, sent, delivered, read or failed."""
        expect(self.message(text).locator(f".nbc-ticks.nbc-{kind}")).to_be_visible(timeout=PATIENCE)
        return self

    def sees_typing(self, name: str) -> Seat:
        """Below the messages: "… is typing…"."""
        expect(self.root.get_by_text(f"{name} is typing…")).to_be_visible(timeout=PATIENCE)
        return self

    def sees_nobody_typing(self) -> Seat:
        """No "… is typing…"."""
        expect(self.root.get_by_text(re.compile("typing…$"))).to_have_count(0, timeout=PATIENCE)
        return self

    def sees_unread(self, title: str, count: int) -> Seat:
        """The badge in the list; no badge for 0."""
        badge = self.row(title).locator(".nbc-badge")
        if count:
            expect(badge).to_contain_text(f"{count} unread", timeout=PATIENCE)
        else:
            expect(badge).to_have_count(0, timeout=PATIENCE)
        return self

    def sees_banner(self, text: str) -> Seat:
        """The line that is there only when something is wrong."""
        expect(self.root.locator(".nbc-alert")).to_contain_text(text, timeout=PATIENCE)
        return self

    def sees_no_banner(self) -> Seat:
        """Nothing is wrong any more."""
        expect(self.root.locator(".nbc-alert")).to_have_count(0, timeout=PATIENCE)
        return self

    def is_connected(self) -> Seat:
        """The composer is there and the header says so."""
        self.composer.wait_for(timeout=PATIENCE)
        expect(self.root.locator(".nbc-is-connected").first).to_be_visible(timeout=PATIENCE)
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
    seat.root.wait_for(timeout=PATIENCE)
    return seat


def sits_at_page(page: Page, server: Server, *, user: str | None = None, host: str = "127.0.0.1", at: str = "") -> Seat:
    """Opens the hub's own page, signs in, and then goes to the address `at`, if there is one."""
    page.goto(address(server, "nbchat/", user=user, host=host))
    if at:
        page.goto(at)
    seat = Seat(page)
    seat.root.wait_for(timeout=PATIENCE)
    return seat
