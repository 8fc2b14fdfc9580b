"""The sections of the registration form: kept as typed, valid or not, by two people at once."""

import pytest

from organizations.lifecycle import WITH_PARTNER, RegistrationState
from organizations.models import Registration
from organizations.models.organization import CSOType
from organizations.models.registration import Section
from programmes.models import Location, ThematicArea
from tests.factories.organizations import (
    IdentifierFactory,
    OrganizationNameFactory,
    PresenceFactory,
    RegistrationFactory,
    SectionDraftFactory,
)
from tests.factories.programmes import PlaceFactory

TWELVE = [
    "International and national non-governmental organizations",
    "Community-based organizations",
    "Social movements",
    "Faith-based organizations",
    "Advocacy groups",
    "Trade unions",
    "Women’s groups",
    "Professional voluntary associations",
    "Foundations",
    "Independent media",
    "Social networks",
    "Think-tanks and research institutes",
]


@pytest.fixture
def registration(house):
    return RegistrationFactory(organization=house.organization, office=house.office, created_by=house.administrator)


def page(registration, section):
    return f"/registrations/{registration.pk}/sections/{section}/"


def draft(registration, section):
    return registration.drafts.get(section=section)


def start_from_places(house, told):
    """The organization works somewhere, as the section of its experience needs it."""
    theme, place = told["places"]["places-0-theme"], told["places"]["places-0-location"]
    PresenceFactory(
        organization=house.organization,
        theme=ThematicArea.objects.get(pk=theme),
        location=Location.objects.get(pk=place),
    )


@pytest.mark.parametrize("section", Section)
def test_section_complete_is_saved_to_the_profile_and_leads_on(client, house, registration, told, section):
    client.force_login(house.editor)
    start_from_places(house, told)
    answer = client.post(page(registration, section), told[section] | {"version": "0", "then": "next"})
    order = [*Section]
    following = {
        Section.DECLARATION: f"/registrations/{registration.pk}/check/",
        Section.CAPACITY: registration.get_absolute_url(),
    }
    expected = following.get(section) or page(registration, order[order.index(section) + 1])
    assert (answer.status_code, answer.headers["Location"]) == (302, expected)
    assert draft(registration, section).is_complete


@pytest.mark.parametrize("section", Section)
def test_section_shows_again_what_was_saved(client, house, registration, told, section):
    """Through the profile and back: whoever opens a complete section and saves it changes nothing."""
    client.force_login(house.editor)
    start_from_places(house, told)
    client.post(page(registration, section), told[section] | {"version": "0"})
    shown = client.get(page(registration, section))
    form = shown.context["form"]
    back = {
        bound.html_name: bound.value() for bound in form.visible_fields() if bound.value() not in (None, "", [], False)
    }
    back.setdefault("listed", None)
    for name, value in told[section].items():
        given = [str(each) for each in back[name]] if isinstance(value, list) else str(back[name])
        assert (name, given) == (name, "True" if value == "on" else value)


def test_profile_holds_what_the_sections_say(client, house, registration, told):
    client.force_login(house.editor)
    for section in Section:
        client.post(page(registration, section), told[section] | {"version": "0"})
    organization = house.organization
    organization.refresh_from_db()
    assert (organization.cso_type, organization.founded, organization.is_opd) == (CSOType.WOMEN, 2009, True)
    assert list(organization.names.values_list("name", "kind", "language")) == [("أمل للأطفال", "translation", "ar")]
    assert list(organization.identifiers.values_list("scheme", "value")) == [("HL-MOJ", "4711")]
    assert organization.presences.get().since == 2015
    assert organization.strategies.count() == 1
    assert organization.languages == ["en", "am"]
    assert organization.populations == ["adolescents", "disabilities"]
    assert organization.office_holders.get().title == "Chairperson"
    assert organization.experiences.get().years == "5_to_10"
    assert sorted(organization.track_records.values_list("kind", flat=True)) == ["endorsement", "network", "result"]
    assert (organization.staff_band, organization.donors) == ("1_50", ["individuals", "un"])
    assert "امل للاطفال" in organization.search_text


def test_section_incomplete_is_kept_as_typed(client, house, registration):
    client.force_login(house.editor)
    typed = {"name": "", "acronym": "HfC", "names-2-name": "Old Hope", "names-2-kind": "former", "version": "0"}
    answer = client.post(page(registration, "identity"), typed)
    assert answer.status_code == 422
    assert "Saved as typed" in answer.text
    assert not draft(registration, "identity").is_complete
    again = client.get(page(registration, "identity"))
    assert 'value="HfC"' in again.text
    assert 'value="Old Hope"' in again.text
    house.organization.refresh_from_db()
    assert (house.organization.name, house.organization.acronym) == ("Hope for Children", "")


def test_section_incomplete_does_not_keep_anybody_from_leaving(client, house, registration):
    client.force_login(house.editor)
    answer = client.post(page(registration, "people"), {"phone": "A", "version": "0", "then": "list"})
    assert answer.headers["Location"] == registration.get_absolute_url()
    assert draft(registration, "people").data == {"phone": ["A"]}


def test_section_grows_by_rows_and_keeps_what_is_typed(client, house, registration):
    client.force_login(house.editor)
    typed = {"name": "N", "names-0-name": "Second name", "names-0-kind": "other", "version": "0", "then": "more-names"}
    answer = client.post(page(registration, "identity"), typed, follow=True)
    form = answer.context["form"]
    assert (len(form.rows()), form.rows()[0]["name"].value()) == (4, "Second name")
    assert "There is something to correct" not in answer.text


@pytest.mark.parametrize("rows", ["9999999", "-1", "x", "٣"])
def test_section_rows_are_bounded(client, house, registration, rows):
    client.force_login(house.editor)
    shown = client.get(page(registration, "identity"), {"names": rows})
    assert len(shown.context["form"].rows()) <= 12


def test_section_keeps_null_characters_out(client, house, registration):
    """PostgreSQL refuses them in JSON."""
    client.force_login(house.editor)
    assert client.post(page(registration, "people"), {"phone": "A\x00B", "version": "0"}).status_code == 422
    assert draft(registration, "people").data["phone"] == ["AB"]


def test_section_saved_by_a_colleague_meanwhile_is_a_conflict_with_both_texts(client, house, registration):
    SectionDraftFactory(
        registration=registration, section="people", data={"phone": ["Theirs"]}, saved_by=house.administrator
    )
    client.force_login(house.editor)
    answer = client.post(page(registration, "people"), {"phone": "Mine", "version": "0"})
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert "Theirs" in answer.text
    assert house.administrator.name in answer.text
    assert draft(registration, "people").data == {"phone": ["Theirs"]}
    again = client.post(page(registration, "people"), {"phone": "Mine", "version": answer.context["version"]})
    assert again.status_code == 422
    assert draft(registration, "people").data == {"phone": ["Mine"]}


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *[("editor", 200), ("administrator", 200), ("officer", 403), ("reader", 403), ("staff_viewer", 403)],
        *[("stranger", 404), ("nobody", 404), ("other_officer", 404)],
    ],
)
def test_section_opens_for_who_fills_it_in(client, house, registration, who, status):
    client.force_login(getattr(house, who))
    assert client.get(page(registration, "identity")).status_code == status
    posted = client.post(page(registration, "people"), {"version": "0"})
    assert posted.status_code == (422 if status == 200 else status)


def test_section_opens_for_the_officer_who_registers_on_behalf(client, house):
    registration = RegistrationFactory(organization=house.organization, office=house.office, on_behalf=True)
    client.force_login(house.officer)
    assert client.post(page(registration, "people"), {"version": "0"}).status_code == 422
    client.force_login(house.staff_viewer)
    assert client.post(page(registration, "people"), {"version": "0"}).status_code == 403


def test_section_signed_out_leads_to_sign_in(client, registration):
    assert client.get(page(registration, "identity")).headers["Location"].startswith("/accounts/login/")


def test_section_unknown_is_not_found(client, house, registration):
    client.force_login(house.editor)
    assert client.get(page(registration, "secrets")).status_code == 404


def test_section_refuses_other_methods(client, house, registration):
    client.force_login(house.editor)
    assert client.put(page(registration, "identity")).status_code == 405


@pytest.mark.parametrize("state", [state for state in RegistrationState if state not in WITH_PARTNER])
def test_section_is_closed_once_the_form_is_sent(client, house, state):
    registration = RegistrationFactory(organization=house.organization, office=house.office, state=state)
    client.force_login(house.editor)
    assert client.get(page(registration, "identity")).status_code == 409
    assert client.post(page(registration, "people"), {"phone": "A", "version": "0"}).status_code == 409
    assert not registration.drafts.exists()


# --- What counts as an answer -----------------------------------------------------------------------------------------


def test_identity_offers_the_twelve_types_in_their_words_and_order(client, house, registration):
    client.force_login(house.editor)
    form = client.get(page(registration, "identity")).context["form"]
    assert [str(label) for _value, label in form.fields["cso_type"].choices] == TWELVE


def test_identity_lists_countries_in_the_order_of_the_reader(client, house, registration):
    Location.objects.create(code="QAA", name="Zz", names={"fr": "Aa"}, level=0)
    client.force_login(house.editor)
    client.cookies["django_language"] = "fr"
    form = client.get(page(registration, "identity")).context["form"]
    assert form.fields["country"].choices[1][1] == "Aa"


def test_identity_changes_a_name_in_place_and_leaves_those_of_sources(client, house, registration, told):
    OrganizationNameFactory(organization=house.organization, name="Old", kind="former")
    OrganizationNameFactory(organization=house.organization, name="Hop", kind="misspelling", source="3W")
    changed = told["identity"] | {"names-0-name": "Old", "names-0-kind": "other", "names-0-language": "fr"}
    client.force_login(house.editor)
    client.post(page(registration, "identity"), changed | {"version": "0"})
    names = house.organization.names.order_by("name").values_list("name", "kind", "language")
    assert list(names) == [("Hop", "misspelling", ""), ("Old", "other", "fr")]


def test_r03_a_registration_number_of_another_organization_is_refused_in_words(client, house, registration, told):
    IdentifierFactory(scheme="hl-moj", value="4711")
    client.force_login(house.editor)
    answer = client.post(page(registration, "legal"), told["legal"] | {"version": "0"})
    assert answer.status_code == 422
    assert "Another organization is already registered with this number" in answer.text
    assert draft(registration, "legal").data["identifiers-0-value"] == ["4711"]
    assert not house.organization.identifiers.exists()


@pytest.mark.parametrize(
    ("section", "wrong", "sentence"),
    [
        ("legal", {"legal_status": "formal", "founded": "2009"}, "Add the registration number from your certificate."),
        ("legal", {"founded": "2999"}, "This year is still to come."),
        ("legal", {"identifiers-0-value": "7"}, "Choose the register"),
        ("legal", {"identifiers-0-scheme": "other", "identifiers-0-value": "7"}, "Name the register"),
        ("legal", {"legal_status": "formal", "founded": "2009"}, "Add your registration certificate."),
        ("legal", {"legal_status": "informal", "founded": "2009"}, "Add the letter of somebody who knows your work."),
        ("people", {"people-0-role": "head"}, "Give an e-mail address or a telephone number"),
        ("people", {"website": "javascript:alert(1)"}, "Enter a valid URL"),
        ("mandate", {"strategies": ["999"]}, "Select a valid choice"),
        ("places", {}, "Add at least one theme"),
        ("places", {"places-0-since": "2010"}, "Choose the theme, or empty this row."),
        ("places", {"places-0-since": "2999"}, "This year is still to come."),
        ("declaration", {"un_values": "yes"}, "Answer yes or no."),
    ],
)
def test_section_says_what_is_missing(client, house, registration, section, wrong, sentence):
    client.force_login(house.editor)
    answer = client.post(page(registration, section), wrong | {"version": "0"})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_places_keeps_what_sources_say_and_places_elsewhere(client, house, registration, told):
    PresenceFactory(organization=house.organization, source="3W")
    elsewhere = PresenceFactory(organization=house.organization, location=PlaceFactory())
    client.force_login(house.editor)
    rows = client.get(page(registration, "places")).context["form"].rows()
    assert rows[0]["location"].value() == elsewhere.location_id
    kept = {"places-1-theme": str(elsewhere.theme_id), "places-1-location": str(elsewhere.location_id)}
    assert client.post(page(registration, "places"), told["places"] | kept | {"version": "0"}).status_code == 302
    assert sorted(house.organization.presences.values_list("source", flat=True)) == ["", "", "3W"]


def test_r01_a_no_in_the_declaration_is_kept_and_stops_the_form_calmly(client, house, registration, told):
    client.force_login(house.administrator)
    for section in Section:
        client.post(page(registration, section), told[section] | {"version": "0"})
    answered = told["declaration"] | {"integrity": "no", "version": "1"}
    assert client.post(page(registration, "declaration"), answered).status_code == 302
    tasks = client.get(registration.get_absolute_url())
    assert "Thank you for answering openly" in tasks.text
    assert not tasks.context["sending"].allowed
    refused = client.post(f"/registrations/{registration.pk}/check/", {})
    assert refused.status_code == 409
    assert Registration.objects.get().state == RegistrationState.DRAFT


def test_sections_cost_the_same_for_one_row_and_for_many(queries_of, house, registration):
    for section in ("identity", "legal", "places"):
        few = queries_of(house.editor, page(registration, section))
        OrganizationNameFactory.create_batch(5, organization=house.organization)
        IdentifierFactory.create_batch(5, organization=house.organization)
        PresenceFactory.create_batch(5, organization=house.organization)
        assert (section, queries_of(house.editor, page(registration, section))) == (section, few)
