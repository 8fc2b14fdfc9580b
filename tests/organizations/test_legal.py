"""The section "Legal status": registers with hints, certificates, letters of referees, and numbers that are taken."""

from datetime import date

import pytest
from django.utils import timezone

from organizations.forms.legal import OTHER, registers
from organizations.models import Identifier
from organizations.models.scheme import doubt, schemes
from programmes.models import Location
from tests.factories.organizations import DocumentFactory, IdentifierFactory, OrganizationFactory, RegistrationFactory
from tests.factories.programmes import CountryFactory

INFORMAL = {"legal_status": "informal", "founded": "2020", "no_certificate_reason": "The law does not ask it."}
UKRAINIAN = {"identifiers-0-scheme": "UA-EDR", "identifiers-0-register": ""}


@pytest.fixture
def registration(house):
    return RegistrationFactory(organization=house.organization, office=house.office, created_by=house.administrator)


@pytest.fixture
def send(client, house, registration):
    """Sends the section as the editor: ``send(answers)``; the version is the one that is held."""
    client.force_login(house.editor)
    path = f"/registrations/{registration.pk}/sections/legal/"

    def post(answers, **more):
        draft = registration.drafts.filter(section="legal").first()
        return client.post(path, {**answers, "version": str(draft.version if draft else 0), **more})

    return post


def errors_of(answer):
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


# --- Papers -----------------------------------------------------------------------------------------------------------


def test_s0_2_formal_organization_is_complete_with_number_and_certificate(send, house):
    formal = {
        "legal_status": "formal",
        "founded": "2009",
        "identifiers-0-scheme": OTHER,
        "identifiers-0-register": "Ministry",
        "identifiers-0-value": "7",
    }
    assert errors_of(send(formal)) == {"documents": ["Add your registration certificate. A clear photo will do."]}
    DocumentFactory(organization=house.organization)
    assert send(formal).status_code == 302


def test_s0_2_informal_group_is_complete_with_a_reason_and_the_letter_of_a_referee(send, house, registration):
    wrong = errors_of(send({**INFORMAL, "no_certificate_reason": ""}))
    assert wrong == {
        "no_certificate_reason": ["Say why there is no certificate. A sentence is enough."],
        "documents": ["Add the letter of somebody who knows your work. A clear photo will do."],
    }
    DocumentFactory(organization=house.organization, kind="referee_letter")
    assert send(INFORMAL).status_code == 302
    assert registration.drafts.get().is_complete


@pytest.mark.parametrize("changes", [{"state": "withdrawn"}, {"audience": "office", "from_office": True}])
def test_letter_that_does_not_count_completes_nothing(send, house, changes):
    DocumentFactory(organization=house.organization, kind="referee_letter", **changes)
    assert list(errors_of(send(INFORMAL))) == ["documents"]


def test_button_that_adds_a_document_saves_first_and_leads_to_it(send, house, registration):
    answer = send({"legal_status": "formal", "founded": "19"}, then="paper-certificate")
    path = f"/organizations/{house.organization.pk}/documents/new/"
    assert answer.headers["Location"] == f"{path}?kind=certificate&registration={registration.pk}"
    assert registration.drafts.get().data == {"legal_status": ["formal"], "founded": ["19"]}


@pytest.mark.parametrize("then", ["paper-", "paper-nonsense", "paper-//evil.example", "certificate"])
def test_button_that_nobody_drew_leads_nowhere(send, then):
    assert send(INFORMAL, then=then).status_code == 422


def test_section_shows_the_papers_with_their_expiry(client, house, registration):
    DocumentFactory(
        organization=house.organization,
        title="Old certificate",
        issued_on=date(2019, 1, 1),
        expires_on=timezone.localdate() - timezone.timedelta(days=3),
    )
    client.force_login(house.editor)
    page = client.get(f"/registrations/{registration.pk}/sections/legal/")
    assert "Old certificate" in page.text
    assert "3 days ago" in page.text


def test_expired_certificate_is_said_where_the_section_is_saved_and_where_it_is_checked(client, send, house, told):
    house.organization.documents.update(issued_on=date(2019, 1, 1), expires_on=date(2020, 1, 31))
    said = "The registration certificate expired on 31 Jan 2020. A renewed one is needed."
    answer = send(told["legal"])
    assert answer.status_code == 302
    assert said in client.get(answer.headers["Location"]).text
    house.organization.registrations.update(
        state="submitted", submitted_at=timezone.now(), submitted_by=house.administrator
    )
    client.force_login(house.officer)
    registration = house.organization.registrations.get()
    assert said in client.get(registration.get_absolute_url()).text
    assert said in client.get(f"{registration.get_absolute_url()}questions/").text


# --- Registers --------------------------------------------------------------------------------------------------------


def test_every_register_on_the_list_is_well_formed():
    assert len(schemes()) >= 40
    wrong = {code: scheme.example for code, scheme in schemes().items() if scheme.doubt(scheme.example)}
    assert wrong == {}
    assert max(map(len, schemes())) <= Identifier._meta.get_field("scheme").max_length


def test_own_registers_stand_first_then_another_register(house):
    CountryFactory(iso2="UG", name="Uganda")
    choices = registers(["UG", ""])
    assert choices[1][0] == "Uganda"
    assert [code for code, _label in choices[1][1]] == ["UG-NGB"]
    assert (choices[2][0], choices[3][0]) == (OTHER, "International")
    assert sum(len(members) for _title, members in choices if isinstance(members, list)) == len(schemes())


def test_form_offers_the_registers_of_the_country_of_the_organization_and_of_the_office(client, house, registration):
    Location.objects.filter(pk=house.country.pk).update(iso2="KE")
    house.office.countries.add(CountryFactory(iso2="SO", name="Somalia"))
    client.force_login(house.editor)
    form = client.get(f"/registrations/{registration.pk}/sections/legal/").context["form"]
    groups = [title for title, members in form.rows()[0]["scheme"].field.choices if isinstance(members, list)]
    assert groups[:3] == ["Homeland", "Somalia", "International"]


def test_number_that_looks_unusual_is_taken_with_a_remark(client, send, house, told):
    answer = send(
        {**told["legal"], "identifiers-0-scheme": "UA-EDR", "identifiers-0-register": "", "identifiers-0-value": "12"}
    )
    assert answer.status_code == 302
    assert "12 does not look like a number of United State Register" in client.get(answer.headers["Location"]).text
    assert house.organization.identifiers.get().doubt


@pytest.mark.parametrize(
    ("code", "number", "doubted"),
    [("GB-CHC", "1234567", False), ("gb-chc", " 123456 ", False), ("GB-CHC", "x", True), ("NOBODY", "x", False)],
)
def test_doubt(code, number, doubted):
    assert bool(doubt(code, number)) is doubted


def test_register_that_is_only_named_is_another_register(send, house, told):
    answer = send({**told["legal"], "identifiers-0-scheme": "", "identifiers-0-register": "Sheikh’s office"})
    assert answer.status_code == 302
    assert house.organization.identifiers.get().scheme == "Sheikh’s office"


# --- R-03 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["UA-EDR", "ua-edr"])
def test_R_03_number_known_in_the_same_register_stops_the_section_and_leads_on(send, house, told, scheme):
    IdentifierFactory(scheme=scheme, value="12345678")
    answer = send(
        {
            **told["legal"],
            "identifiers-0-scheme": "UA-EDR",
            "identifiers-0-register": "",
            "identifiers-0-value": "12345678",
        }
    )
    [sentence] = errors_of(answer)["identifiers-0-value"]
    assert "ask its administrator to add you, or write to the country office" in sentence
    assert not house.organization.identifiers.exists()


def test_R_03_same_number_in_another_register_is_another_number(send, house, told):
    IdentifierFactory(scheme="UZ-STIR", value="4711")
    assert send(told["legal"]).status_code == 302


def test_R_03_names_the_other_organization_only_where_everybody_may_see_it(send, house, told):
    other = OrganizationFactory(name="Well-known Society", listed=True)
    IdentifierFactory(organization=other, scheme="HL-MOJ", value="4711")
    assert "Well-known Society" not in send(told["legal"]).text
    RegistrationFactory(organization=other, state="verified")
    assert (
        "“Well-known Society” is already registered with this number"
        in errors_of(send(told["legal"]))["identifiers-0-value"][0]
    )


def test_R_03_own_number_is_no_obstacle(send, house, told):
    IdentifierFactory(organization=house.organization, scheme="HL-MOJ", value="4711")
    assert send(told["legal"]).status_code == 302
