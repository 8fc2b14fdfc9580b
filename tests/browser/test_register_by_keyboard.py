"""An organization registers as somebody does who has a keyboard only, no JavaScript, and reads from right to left."""

import re

from django.utils.translation import gettext, override
from playwright.sync_api import expect

from organizations.models.declaration import declaration_items
from tests.browser.keyboard import Keyboard
from tests.files import pdf

ADDRESS = "hala@example.org"
PASSWORD = "بيت-الحكمة-في-الكرك"
NAME = "جمعية نساء الكرك للتعليم"
TESTS = (
    "Do you decide for yourselves?",
    "Are you outside the state?",
    "Do you work without profit for owners?",
    "Do you serve a common interest?",
)


def arabic(words):
    """What the page says for ``words``, so that a better translation breaks no test."""
    with override("ar"):
        return gettext(words)


class Applicant(Keyboard):
    """The same keyboard on Arabic pages: what to look for is told in English."""

    def reach(self, words, **how):
        return super().reach(arabic(words), **how)

    def choose(self, label, option):
        super().choose(label, arabic(option))

    def answer(self, question, answer):
        super().answer(question, arabic(answer))

    def follow(self, words):
        super().follow(words)
        assert self.page.evaluate("document.documentElement.dir") == "rtl", self.page.url

    def saves_and_comes_to(self, heading):
        self.follow("Save and continue")
        assert self.page.locator(".error-summary").all_inner_texts() == []
        expect(self.page.get_by_role("heading", level=1)).to_have_text(arabic(heading))


def test_organization_registers_with_the_keyboard_only_in_arabic_without_javascript(visit, read_mail):
    page = visit("/register/", locale="ar", java_script_enabled=False)
    hand = Applicant(page)
    may_register(hand)
    makes_an_account(hand, read_mail)
    starts(hand)
    hand.follow("Names and identity")
    hand.saves_and_comes_to("Legal status")
    says_what_it_is_in_law(hand)
    hand.saves_and_comes_to("People")
    names_its_people(hand)
    hand.saves_and_comes_to("What we do and for whom")
    says_what_it_does(hand)
    hand.saves_and_comes_to("Where we work")
    hand.choose("Theme", "Education")
    hand.choose("Place", "Jordan")
    hand.saves_and_comes_to("Integrity declaration")
    for item in declaration_items():
        hand.answer(item["text"]["ar"], "Yes")
    hand.follow("Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text(arabic("Check your answers"))
    hand.follow("Submit")
    waits_for = arabic("the country office to check it")
    expect(page.get_by_role("main")).to_contain_text(arabic("Waiting for %(whom)s") % {"whom": waits_for})
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def may_register(hand):
    """S0-3: the four tests, before any account."""
    for test in TESTS:
        hand.answer(test, "Yes")
    hand.follow("See whether we can register")
    hand.follow("Make an account")


def makes_an_account(hand, read_mail):
    """The address counts once the code from the e-mail is typed."""
    hand.write("Email", ADDRESS)
    hand.write("full name", "هالة العبادي")
    hand.write("Password", PASSWORD)
    hand.enter()
    code = re.search(r"^[A-Z0-9-]{6,}$", read_mail(ADDRESS), re.MULTILINE)
    hand.write("Code", code[0])
    hand.enter()


def starts(hand):
    hand.choose("UNICEF country office", "Jordan")
    hand.write("Name of the organization", NAME)
    hand.choose("Country", "Jordan")
    hand.choose("Type of organization", "Women’s groups")
    for test in TESTS:
        hand.answer(test, "Yes")
    hand.follow("Start")


def says_what_it_is_in_law(hand):
    """With two slips: the summary tells of them, and its links lead to the fields. Then the certificate."""
    hand.answer("Are you registered with the authorities?", "Registered with the authorities")
    hand.choose("Register", "Another register")
    hand.write("Number", "2019/117")
    hand.write("Its name, if it is another register", "وزارة التنمية الاجتماعية")
    hand.write("Year founded", "3019")
    hand.follow("Save and continue")
    summary = hand.page.locator(".error-summary[role=alert]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    for control in "id_founded", "id_documents_0":
        hand.reach(f"#{control}", part="href")
        hand.press("Enter")
        assert hand.focused["id"] == control
    hand.enter()  # on the button to which the summary has led: it adds a certificate
    hand.reach("File")
    hand.page.locator(":focus").set_input_files({"name": "شهادة.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    hand.write("Issued by", "وزارة التنمية الاجتماعية")
    hand.write("Number", "2019/117")
    hand.write_date("Issued on", 2019, 2)
    hand.follow("Add the document")
    assert hand.focused["id"] == "id_documents_0"  # back where it was left
    hand.write("Year founded", "2019")


def names_its_people(hand):
    hand.choose("Role", "Head of the organization")
    hand.write("Name", "هالة العبادي")
    hand.write_date("From", 2019, 2)
    hand.write("public e-mail address", "info@example.org")


def says_what_it_does(hand):
    hand.write("mission", "تعليم كل طفلة في الكرك.")
    hand.answer("Whom do you work for?", "Children only")
    hand.tick("Children of school age")
    hand.tick("مشاركة الأطفال")  # a strategy, which is a row and not a word of the catalogues
