"""The main journeys as people make them: keyboard only, without JavaScript, from right to left."""

from playwright.sync_api import expect


def reach(page, words):
    """Press Tab until the link, button or field called ``words`` has the focus, as a person without a mouse does."""
    for _press in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(e => e.innerText?.trim() || e.labels?.[0]?.innerText?.trim() || e.getAttribute('aria-label') || '')"
            "(document.activeElement)"
        )
        if focused.startswith(words):
            return
    raise AssertionError(f"Tab never came to “{words}”")


def test_head_of_office_approves_with_the_keyboard_only(visit):
    page = visit("/my-work/", "head")
    reach(page, "Accessible playgrounds")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Accessible playgrounds")
    reach(page, "Approve")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Approve")
    reach(page, "Reason")
    page.keyboard.type("Recommended by the committee.")
    reach(page, "Approve")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Recommended by the committee.")
    expect(page.locator(".page-head .badge")).to_contain_text("Approved")


def test_filter_changes_the_list_and_the_address_without_a_new_page(visit):
    page = visit("/organizations/")
    page.evaluate("window.sameDocument = true")
    page.locator(".filter-toggle summary").click()
    page.select_option("[name=country]", "JOR")
    page.wait_for_url("**country=JOR**")
    expect(page.locator(".row").first).to_contain_text("Jordan")
    assert page.evaluate("window.sameDocument")
    page.locator(".filter-toggle summary").click()  # the facets stand there again, for what is found now
    expect(page.locator(".facet-chosen")).to_contain_text("Jordan")
    page.locator(".facet-choices a", has_text="Education").click()
    page.wait_for_url("**theme=education&country=JOR**")
    expect(page.locator(".row").first).to_contain_text("Jordan")


def test_search_works_without_javascript(visit):
    page = visit("/", java_script_enabled=False)
    page.fill("[name=q]", "éducation Ituri")
    page.press("[name=q]", "Enter")
    expect(page.locator("h2.row-title")).to_have_count(1)
    expect(page.locator("h2.row-title")).to_contain_text("Ituri")
