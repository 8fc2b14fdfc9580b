"""Sections of the registration form while one types: nothing is lost, to a crash or to a colleague."""

import re

from playwright.sync_api import expect

WHO = "administrator.5"  # whose organization is still filling in its form


def open_section(visit, name):
    page = visit("/my-organization/", WHO)
    page.get_by_role("link", name="UNICEF Uzbekistan").click()
    page.get_by_role("link", name=name).first.click()
    return page


def test_half_filled_section_survives_a_killed_browser(visit):
    page = open_section(visit, "People")
    page.fill("[name=people-0-name]", "Умида Холматова")
    page.locator("[name=people-0-title]").press_sequentially("Head teacher")  # and never leaves the field
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=8000)
    address = page.url
    page.context.close()
    again = visit(address, WHO)
    expect(again.locator("[name=people-0-name]")).to_have_value("Умида Холматова")
    expect(again.locator("[name=people-0-title]")).to_have_value("Head teacher")


def test_two_who_type_at_once_are_told_and_keep_both_texts(visit):
    mine, theirs = open_section(visit, "What we do"), open_section(visit, "What we do")
    theirs.fill("[name=mission]", "Theirs: we teach reporters.")
    expect(theirs.locator("[data-saved]")).to_contain_text("Saved", timeout=8000)
    mine.fill("[name=mission]", "Mine: children tell what they think.")
    notice = mine.get_by_role("alert").filter(has_text="Somebody else saved this section")
    expect(notice).to_be_visible(timeout=8000)
    notice.get_by_text("What was saved, where it differs from yours").click()
    expect(notice).to_contain_text("Theirs: we teach reporters.")
    expect(mine.locator("[name=mission]")).to_have_value("Mine: children tell what they think.")
    mine.get_by_role("button", name="Save and go back").click()
    assert visit(theirs.url, WHO).locator("[name=mission]").input_value() == "Mine: children tell what they think."
