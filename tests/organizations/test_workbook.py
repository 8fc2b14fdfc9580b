"""The form as a workbook: written in every language, read back cell by cell, and taken in like the sections' pages."""

import zipfile
from io import BytesIO

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook, load_workbook

from organizations.forms import SECTION_FORMS
from organizations.lifecycle import RegistrationState
from organizations.models import Registration
from organizations.models.registration import Section
from organizations.workbook import read_workbook, take_in, write_workbook
from tests.factories.organizations import RegistrationFactory
from tests.factories.programmes import PlaceFactory, ThemeFactory

LANGUAGES = ["en", "fr", "ar"]


@pytest.fixture
def registration(house):
    ThemeFactory(name="Education")
    PlaceFactory(name="Hill region", parent=house.country)
    return RegistrationFactory(organization=house.organization, office=house.office, created_by=house.administrator)


def written(registration, language="en"):
    with translation.override(language):
        return load_workbook(BytesIO(write_workbook(registration, registration.section_drafts(Section))))


def sent(book):
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return read_workbook(file)


def sheet_of(book, section):
    told = {row[0].value: row[1].value for row in book["_portal"].iter_rows(max_col=2)}
    return book[told[f"sheet:{section}"]]


def fill(book, section, **answers):
    """Write answers beside the questions, by field name, as somebody would who reads the sheet."""
    sheet = sheet_of(book, section)
    keys = {}
    for row in sheet.iter_rows(max_col=12):
        key = row[0].value or ""
        if key.endswith(":keys"):
            keys[key[1:-5]] = [cell.value for cell in row[1:]]
        group, _dash, number = key.rpartition("-")
        if group in keys and number.isdecimal():
            for cell, name in zip(row[1:], keys[group], strict=False):
                if f"{group}-{number}-{name}" in answers:
                    cell.value = answers.pop(f"{group}-{number}-{name}")
        elif key.partition("=")[0] in answers and "=" in key:
            if key.partition("=")[2] in answers[key.partition("=")[0]]:
                row[2].value = "x"
        elif key in answers:
            row[2].value = answers.pop(key)
    return sheet


def upload(client, registration, book):
    file = BytesIO()
    book.save(file)
    sent_file = SimpleUploadedFile("form.xlsx", file.getvalue())
    return client.post(f"{registration.get_absolute_url()}workbook/", {"file": sent_file})


# --- There and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_has_a_sheet_for_each_section_in_the_readers_language(house, registration, language):
    book = written(registration, language)
    visible = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert len(visible) == 1 + len(SECTION_FORMS)
    assert {sheet.sheet_view.rightToLeft or False for sheet in visible} == {language == "ar"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_in_the_words_of_the_lists_are_understood_in_every_language(house, registration, language):
    book = written(registration, language)
    with translation.override(language):
        words = {"cso_type": str(SECTION_FORMS["identity"](registration=registration).fields["cso_type"].choices[6][1])}
    fill(book, "identity", name="Hope", country="Homeland", **words)
    with translation.override("en"):
        taken_in = take_in(registration, sent(book), by=house.editor)
    [taken] = [one for one in taken_in if one.state != "empty"]
    house.organization.refresh_from_db()
    assert (taken.section, taken.state, house.organization.cso_type) == ("identity", "complete", "women")


def test_workbook_brought_back_unchanged_says_what_the_form_says(house, registration, told, client):
    client.force_login(house.administrator)
    for section in ("identity", "people", "places", "declaration"):
        client.post(f"{registration.get_absolute_url()}sections/{section}/", {**told[section], "version": "0"})
    before = {draft.section: draft.is_complete for draft in registration.drafts.all()}
    profile = Registration.objects.values("organization__name", "declaration").get(pk=registration.pk)
    registration = Registration.objects.get(pk=registration.pk)
    taken = take_in(registration, sent(written(registration)), by=house.editor)
    after = {draft.section: draft.is_complete for draft in registration.drafts.filter(section__in=before)}
    assert [one.faults for one in taken if one.section in before] == [[]] * len(before)
    assert after == before
    assert {one.section: one.state for one in taken if one.section in before} == dict.fromkeys(before, "complete")
    assert Registration.objects.values("organization__name", "declaration").get(pk=registration.pk) == profile


def test_rows_and_ticks_come_back(house, registration):
    book = written(registration)
    fill(book, "identity", **{"names-0-name": "أمل", "names-0-kind": "Translation", "names-0-language": "العربية"})
    fill(book, "mandate", mission="Every child.", traits=["is_opd"])
    found = sent(book).sections
    assert found["identity"].data["names-0-name"] == ["أمل"]
    assert found["mandate"].data["traits"] == ["is_opd"]


def test_numbers_and_dates_are_read_as_a_person_typed_them(house, registration):
    book = written(registration)
    fill(book, "legal", founded=2009)
    assert sent(book).sections["legal"].data["founded"] == ["2009"]


def test_formula_that_somebody_typed_stays_text(house, registration):
    house.organization.name = '=HYPERLINK("http://evil.example")'
    sheet = sheet_of(written(registration), "identity")
    [cell] = [row[2] for row in sheet.iter_rows(max_col=3) if row[0].value == "name"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://evil.example")')


# --- What is wrong is said cell by cell -------------------------------------------------------------------------------


def test_errors_name_the_cell_and_what_was_typed_is_kept(house, registration, client):
    book = written(registration)
    sheet = fill(book, "legal", founded="long ago", legal_status="perhaps")
    cells = {row[0].value: row[2].coordinate for row in sheet.iter_rows(max_col=3)}
    client.force_login(house.editor)
    answer = upload(client, registration, book)
    [taken] = [one for one in answer.context["taken"] if one.section == "legal"]
    faults = {fault.cell for fault in taken.faults}
    assert taken.state == "incomplete"
    assert {cells["founded"], cells["legal_status"]} <= faults
    assert registration.drafts.get(section="legal").data["founded"] == ["long ago"]
    assert cells["founded"] in answer.text


def test_sheet_without_answers_changes_nothing(house, registration):
    book = written(registration)
    sheet = sheet_of(book, "mandate")
    for row in sheet.iter_rows(min_row=4, min_col=3, max_col=3):
        row[0].value = None
    [taken] = [one for one in take_in(registration, sent(book), by=house.editor) if one.section == "mandate"]
    assert (taken.state, registration.drafts.filter(section="mandate").exists()) == ("empty", False)


def test_section_saved_meanwhile_is_not_written_over(house, registration, told, client):
    book = written(registration)
    client.force_login(house.administrator)
    client.post(f"{registration.get_absolute_url()}sections/people/", {**told["people"], "version": "0"})
    kept = registration.drafts.get(section="people").data
    fill(book, "people", phone="+251 11 551 0000")
    [taken] = [one for one in take_in(registration, sent(book), by=house.editor) if one.section == "people"]
    assert taken.state == "left"
    assert registration.drafts.get(section="people").data == kept


def test_workbook_of_another_registration_is_refused(house, registration, client):
    other = RegistrationFactory(office=house.office)
    client.force_login(house.editor)
    answer = upload(client, registration, written(other))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_blank_workbook_from_before_the_start_is_taken(house, registration, client):
    blank = load_workbook(BytesIO(client.get(f"/register/form.xlsx?office={house.office.code}").content))
    fill(blank, "people", phone="+251 11 551 0000")
    client.force_login(house.editor)
    answer = upload(client, registration, blank)
    assert {one.section: one.state for one in answer.context["taken"]}["people"] == "incomplete"


@pytest.mark.parametrize(
    "content",
    [b"", b"no workbook", b"PK\x03\x04 cut off", b"<html></html>"],
    ids=["empty", "text", "cut off", "HTML"],
)
def test_file_that_is_no_workbook_is_refused_with_a_sentence(house, registration, client, content):
    client.force_login(house.editor)
    file = SimpleUploadedFile("form.xlsx", content)
    answer = client.post(f"{registration.get_absolute_url()}workbook/", {"file": file})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_workbook_from_elsewhere_is_refused_with_a_sentence(house, registration, client):
    client.force_login(house.editor)
    answer = upload(client, registration, Workbook())
    assert answer.status_code == 422
    assert "This is another workbook" in answer.text


# --- Who and when -----------------------------------------------------------------------------------------------------


def test_workbook_is_for_those_who_fill_in_the_form(house, registration, client):
    found = {}
    for name in ("administrator", "editor", "reader", "staff_viewer", "stranger"):
        client.force_login(getattr(house, name))
        found[name] = client.get(f"{registration.get_absolute_url()}workbook/").status_code
    assert found == {"administrator": 200, "editor": 200, "reader": 403, "staff_viewer": 403, "stranger": 404}


def test_workbook_is_not_taken_while_the_office_checks(house, registration, client):
    book = written(registration)
    Registration.objects.filter(pk=registration.pk).update(
        state=RegistrationState.SUBMITTED, submitted_at="2026-01-01T00:00Z", submitted_by=house.administrator
    )
    client.force_login(house.editor)
    assert upload(client, registration, book).status_code == 409


# --- The form to read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_form_is_there_to_read_before_an_account_is_made(house, registration, client, language):
    answer = client.get(f"/register/form/?office={house.office.code}", headers={"accept-language": language})
    with translation.override(language):
        assert [str(section.label) in answer.text for section in map(Section, SECTION_FORMS)] == [True] * len(
            SECTION_FORMS
        )
    assert "Hill region" in answer.text


def test_form_to_read_needs_no_office_and_survives_a_wrong_one(house, client):
    assert client.get("/register/form/").status_code == 200
    assert client.get("/register/form/?office=%00' OR 1=1").status_code == 200


def test_form_to_read_costs_the_same_for_many_themes(house, registration, client, django_assert_max_num_queries):
    counted = []
    for _each in range(2):
        caches["memory"].clear()
        with django_assert_max_num_queries(25) as captured:
            client.get(f"/register/form/?office={house.office.code}")
        counted.append(len(captured))
        for _more in range(20):
            ThemeFactory()
            PlaceFactory(parent=house.country)
    assert counted[0] == counted[1]


# --- Made up to do harm -----------------------------------------------------------------------------------------------


def made_up(registration, part, content):
    """The workbook with ``part`` changed by ``content``, as bytes."""
    data = write_workbook(registration, registration.section_drafts(Section))
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as true, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as forged:
        for name in true.namelist():
            forged.writestr(name, content(true.read(name)) if name == part else true.read(name))
    return file.getvalue()


@pytest.mark.parametrize(
    ("part", "content", "sentence"),
    [
        ("xl/workbook.xml", lambda xml: xml[:-200], "no workbook that can be read"),
        ("xl/styles.xml", lambda xml: xml[:-200], "no workbook that can be read"),
        ("xl/_rels/workbook.xml.rels", lambda xml: b"<Relationships", "no workbook that can be read"),
        (
            "xl/_rels/workbook.xml.rels",
            lambda xml: xml.replace(b"/worksheet", b"/chartsheet"),
            "no workbook that can be read|another workbook|damaged",
        ),
        ("xl/worksheets/sheet2.xml", lambda xml: xml[:-200], "damaged"),
    ],
    ids=["workbook cut", "styles cut", "parts cut", "charts for sheets", "sheet cut"],
)
def test_part_that_is_cut_or_mixed_up_is_one_sentence(house, registration, part, content, sentence):
    with pytest.raises(ValidationError, match=sentence) as refused:
        read_workbook(BytesIO(made_up(registration, part, content)))
    assert set(refused.value.error_dict) == {"file"}


def test_workbook_that_unpacks_to_far_more_than_the_form_is_not_read(house, registration, client, monkeypatch):
    monkeypatch.setattr("organizations.workbook.read.MOST_UNPACKED", 10_000)
    client.force_login(house.editor)
    answer = upload(client, registration, written(registration))
    assert (answer.status_code, "far more than the form asks" in answer.text) == (422, True)


def test_language_that_the_portal_does_not_speak_is_not_looked_up(house, registration):
    book = written(registration)
    [cell] = [row[1] for row in book["_portal"].iter_rows(max_col=2) if row[0].value == "language"]
    cell.value = "../../etc"
    assert sent(book).language == "en"
