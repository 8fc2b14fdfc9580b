"""An office checks a registration with its people, back and forth, as both sides do it with a mouse."""

from playwright.sync_api import expect

OFFICER, PARTNER = "registration_officer.chn", "administrator.19"
NAME = "贵州留守儿童研究中心"
ASKED = "Which year counts: that of the group or that of the certificate?"
ANSWER = "That of the certificate; it is corrected."


def test_office_asks_about_one_section_and_verifies_what_is_corrected(visit):
    office = visit("/registrations/", OFFICER)
    office.get_by_role("main").get_by_role("link", name=NAME).click()
    answer_the_questions(office)
    send_back(office)

    partner = visit("/my-organization/", PARTNER)
    partner.get_by_role("main").get_by_role("link", name="UNICEF China").first.click()
    correct_what_is_asked(partner)
    resubmit(partner)

    office.reload()
    read_what_changed(office)
    verify(office)
    partner.reload()
    expect(partner.locator(".page-head")).to_contain_text("Verified")


def answer_the_questions(office):
    office.get_by_role("link", name="Verification questions").click()
    for question in office.locator(".question").all():
        expected = "No" if "“No” allows verification" in question.inner_text() else "Yes"
        question.get_by_label(expected, exact=True).check()
        question.get_by_label("Comment").fill("Looked up by telephone.")
        question.get_by_label("Evidence").fill("https://register.example/52000117")
    office.get_by_role("button", name="Save the answers").click()
    expect(office.locator("#questions")).to_contain_text("https://register.example/52000117")


def send_back(office):
    office.get_by_role("link", name="Send back").click()
    office.get_by_role("group", name="Legal status").get_by_label("What to add or correct").fill(ASKED)
    office.get_by_role("button", name="Send back").click()
    expect(office.locator(".page-head")).to_contain_text("Sent back")


def correct_what_is_asked(partner):
    """The organization sees the one section that is meant and what is asked, and nothing of the office's answers."""
    asked = partner.locator(".notice", has_text="The office asks about these sections")
    expect(asked.locator("dt")).to_have_text(["Legal status"])
    expect(asked.locator("dd")).to_have_text([ASKED])
    expect(partner.get_by_role("main")).not_to_contain_text("Looked up by telephone.")
    asked.get_by_role("link", name="Legal status").click()
    partner.get_by_label("Year founded").fill("2012")
    partner.get_by_role("button", name="Save and go back").click()
    partner.get_by_role("link", name="Answer in words").click()
    partner.get_by_label("Your answer").fill(ANSWER)
    partner.get_by_role("button", name="Save the answers").click()


def resubmit(partner):
    partner.get_by_role("link", name="Check answers and submit").click()
    partner.get_by_role("button", name="Resubmit").click()
    expect(partner.get_by_role("main")).to_contain_text("Waiting for the country office")


def read_what_changed(office):
    office.get_by_role("link", name="See what was answered and what has changed").click()
    request = office.locator(".request")
    expect(request).to_contain_text(ANSWER)
    expect(request.locator("ins")).to_have_text(["2012"])
    request.get_by_role("button", name="This is settled").click()
    expect(request).to_contain_text("Settled by")
    office.get_by_role("link", name="Back", exact=True).click()


def verify(office):
    office.get_by_role("link", name="Verify").click()
    office.get_by_role("button", name="Verify").click()
    expect(office.locator(".page-head")).to_contain_text("Verified")
