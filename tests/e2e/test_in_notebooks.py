"""The main things of a conversation once in JupyterLab: two people, each before a widget of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

from kit.browser import notebook_content, run_cell
from kit.people import shows, sits_at_page, sits_in_notebook
from kit.servers import Server
from playwright.sync_api import Page, expect

NewPerson = Callable[..., Page]

FROM_CODE = """
found = chat.wait_for(lambda m: m.text == "is it fixed?", timeout=20, since=report)
report.edit("epoch 3: loss 0.12")
report.react("🎉")
found.reply("yes", thread=True)
"""


def test_two_notebooks_edit_react_answer_pin_and_delete(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    hers = lab.write_notebook("talk-ada.ipynb", shows("workshop"), "1 + 1")
    other = lab.write_notebook("talk-grace.ipynb", shows("workshop"))
    ada = sits_in_notebook(page, lab, hers, user="ada").joins()
    grace = sits_in_notebook(new_person(), lab, other, user="grace").joins()
    ada.writes("loss is 0.21").writes("oops")
    grace.sees("loss is 0.21", "oops")
    cells = notebook_content(page)

    ada.edits("loss is 0.21", "loss is 0.12").deletes("oops")
    grace.sees("loss is 0.12").hears("Deleted")
    grace.chooses("loss is 0.12", "🎉").replies("loss is 0.12", "which seed?")
    ada.sees_reaction("loss is 0.12", "🎉", 1, "Grace Hopper").joins_reaction("loss is 0.12", "🎉")
    grace.sees_reaction("loss is 0.12", "🎉", 2, "You and Ada Lovelace")
    expect(ada.message("which seed?").locator(".nbc-quote")).to_contain_text("loss is 0.12")

    grace.opens_thread("which seed?").writes_in_thread("the one of May?", also=True)
    ada.sees("the one of May?")
    line = ada.message("which seed?").locator(".nbc-thread")
    expect(line).to_contain_text("1 reply")
    line.click()
    ada.side.get_by_role("textbox").wait_for()
    ada.writes_in_thread("of June")
    expect(grace.side.locator(".nbc-text").last).to_have_text("of June")
    ada.side.get_by_role("button", name="Close").click()

    option = ada.types("@gra").root.get_by_role("option", name=re.compile("Grace Hopper"))
    expect(option).to_have_attribute("aria-selected", "true")
    ada.composer.press("Enter")
    ada.types("done").composer.press("Enter")
    grace.sees("@Grace Hopper done")
    expect(grace.message("@Grace Hopper done")).to_have_class(re.compile("nbc-to-me"))
    ada.composer.press("ArrowUp")
    expect(ada.root.get_by_role("textbox", name="Edit your message")).to_be_focused()
    page.keyboard.press("Escape")
    assert notebook_content(page) == cells


def test_code_does_what_people_do_and_the_page_shows_it(lab: Server, new_person: NewPerson) -> None:
    page = new_person()
    send = "report = chat.send('epoch 3: loss 0.21').wait('sent', timeout=10)"
    path = lab.write_notebook("deeds.ipynb", shows("deeds"), send, FROM_CODE)
    sits_in_notebook(page, lab, path, user="ada")
    grace = sits_at_page(new_person(), lab, user="grace").finds_channel("deeds")
    grace.sees("epoch 3: loss 0.21").writes("is it fixed?")
    grace.sees("epoch 3: loss 0.12", "is it fixed?")
    expect(grace.message("epoch 3: loss 0.12").get_by_role("button", name=re.compile("^Edited "))).to_be_visible()
    grace.sees_reaction("epoch 3: loss 0.12", "🎉", 1)
    grace.message("is it fixed?").locator(".nbc-thread").click()
    expect(grace.side.locator(".nbc-text").last).to_have_text("yes")
    run_cell(page, 1)
    grace.sees("epoch 3: loss 0.12", "is it fixed?", "epoch 3: loss 0.21")
