"""A browser keeps public pages, and what it keeps works as it did: its scripts run, its forms are taken."""

from playwright.sync_api import expect

TOKEN = "() => document.querySelector('[name=csrfmiddlewaretoken]').value"


def test_kept_page_runs_its_scripts_and_its_forms_are_taken(visit):
    page = visit("/organizations/")
    page.goto("/organizations/")  # with the cookie for forms that came with the first
    token = page.evaluate(TOKEN)
    page.goto("/organizations/")
    assert page.evaluate(TOKEN) == token  # each page that is made has another
    assert page.evaluate("typeof htmx") == "object"  # its nonce is that of the policy that came with the page
    page.locator(".site-account summary").first.click()
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.goto("/organizations/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.problems == []
