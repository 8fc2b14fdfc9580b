"""The API of registrations, organizations and agreements: it leads to the actions and shows no more than the pages."""

import pytest

from accounts.roles import MemberRole, StaffRole
from organizations.models import Organization
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory, PresenceFactory, QuestionFactory
from tests.factories.partnerships import AgreementFactory, PartnerFactory, person_at, person_of, verify
from tests.factories.programmes import CountryOfficeFactory, StrategyFactory, ThemeFactory
from tests.portal.conftest import problems, signed_in

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"

# --- Registrations ----------------------------------------------------------------------------------------------------


def test_registration_is_started_filled_in_and_sent_back_with_comments():
    person, office = signed_in(UserFactory()), CountryOfficeFactory()
    started = person.post(f"{ROOT}/registrations/", {"office": office.code, "name": "Bolalar"}, format="json")
    path = f"{ROOT}/registrations/{started.json()['id']}"
    assert (started.status_code, started.json()["organization_name"]) == (201, "Bolalar")

    empty = person.get(f"{path}/sections/identity/").json()
    assert (empty["version"], empty["is_complete"]) == (0, False)
    typed = {"name": ["Bolalar uchun"], "cso_type": ["nonsense"]}
    saved = person.put(f"{path}/sections/identity/", {"data": typed}, format="json", headers={"If-Match": '"0"'})
    assert (saved.status_code, saved.json()["data"], saved.json()["version"]) == (200, typed, 1)
    assert {"cso_type", "country"} <= set(saved.json()["errors"])
    stale = person.put(f"{path}/sections/identity/", {"data": typed}, format="json", headers={"If-Match": '"0"'})
    assert stale.status_code == 412

    country = office.countries.get()
    typed = {"name": ["Bolalar uchun"], "cso_type": ["ngo"], "country": [str(country.pk)]}
    complete = person.put(f"{path}/sections/identity/", {"data": typed}, format="json").json()
    assert (complete["errors"], complete["is_complete"]) == ({}, True)
    assert Organization.objects.get().name == "Bolalar uchun"

    not_yet = person.post(f"{path}/transitions/submit/", {}, format="json")
    assert not_yet.status_code == 409


def test_registration_needs_an_organization_or_a_name():
    office = CountryOfficeFactory()
    response = signed_in(UserFactory()).post(f"{ROOT}/registrations/", {"office": office.code}, format="json")
    assert (response.status_code, problems(response)) == (400, [("non_field_errors", "invalid")])


def test_registration_with_the_same_office_twice_is_a_field_error():
    member = MembershipFactory()
    told = {"office": CountryOfficeFactory().code, "organization": member.organization_id}
    verify(member.organization, CountryOfficeFactory())  # visible to its member all the same
    person = signed_in(member.user)
    statuses = [person.post(f"{ROOT}/registrations/", told, format="json").status_code for _turn in range(2)]
    assert statuses == [201, 400]


def test_registration_of_somebody_elses_organization_is_refused(registration):
    told = {"office": CountryOfficeFactory().code, "organization": registration.organization_id}
    response = signed_in(UserFactory()).post(f"{ROOT}/registrations/", told, format="json")
    assert problems(response) == [("organization", "does_not_exist")]


def test_office_answers_questions_that_the_organization_does_not_see(officer, administrator, registration):
    question = QuestionFactory(code="certificate")
    path = f"{ROOT}/registrations/{registration.pk}/questions/"
    answered = officer.put(f"{path}certificate/", {"answer": "yes", "comment": "Seen."}, format="json")
    assert [(row["code"], row["answer"], row["comment"]) for row in answered.json()] == [
        (question.code, "yes", "Seen.")
    ]
    assert officer.put(f"{path}certificate/", {"answer": "maybe"}, format="json").status_code == 400
    assert administrator.get(path).status_code == 403


def test_comment_for_the_office_alone_is_not_shown_to_the_organization(officer, administrator, registration):
    path = f"{ROOT}/registrations/{registration.pk}"
    for text, audience in (("Please add your statutes.", "both"), ("Call the ministry.", "office")):
        assert officer.post(f"{path}/comment/", {"text": text, "audience": audience}, format="json").status_code == 201
    heard = {
        side: [event["reason"] for event in client.get(f"{path}/events/").json()["results"]]
        for side, client in (("office", officer), ("organization", administrator))
    }
    assert heard == {
        "office": ["Please add your statutes.", "Call the ministry."],
        "organization": ["Please add your statutes."],
    }
    assert administrator.post(
        f"{path}/comment/", {"text": "Hush", "audience": "office"}, format="json"
    ).status_code == 400  # fmt: skip


# --- Organizations and agreements -------------------------------------------------------------------------------------


def test_profile_is_changed_by_those_who_edit_it(administrator, registration):
    path, strategy = f"{ROOT}/organizations/{registration.organization_id}/", StrategyFactory()
    told = {"mission": "Every child in school.", "strategies": [strategy.code]}
    changed = administrator.patch(path, told, format="json").json()
    assert (changed["mission"], changed["strategies"]) == (told["mission"], told["strategies"])
    stale = administrator.patch(path, {"focus": "children"}, format="json", headers={"If-Match": '"1"'})
    wrong = administrator.patch(path, {"focus": "money", "website": "no"}, format="json")
    assert (stale.status_code, {attr for attr, _code in problems(wrong)}) == (412, {"focus", "website"})


def test_nobody_gives_a_verified_organization_another_name(administrator, registration):
    """Who it is was checked by an office; the pages let nobody change that outside a registration either."""
    path = f"{ROOT}/organizations/{registration.organization_id}/"
    before = administrator.get(path).json()
    told = {"name": "Another", "acronym": "UN", "country": None, "legal_status": "informal", "founded": 1946}
    after = administrator.patch(path, told, format="json").json()
    assert {name: after[name] for name in told} == {name: before[name] for name in told}


def test_spellings_of_sources_are_left_out_for_the_public(anyone, officer, registration):
    organization = PartnerFactory(verified_by=registration.office)
    for kind in ("translation", "misspelling"):
        organization.names.create(name=kind, kind=kind)
    path = f"{ROOT}/organizations/{organization.pk}/"
    shown = [[name["name"] for name in client.get(path).json()["names"]] for client in (anyone, officer)]
    assert shown == [["translation"], ["misspelling", "translation"]]


def test_sensitive_themes_are_left_out_for_the_public(anyone, registration):
    organization = PartnerFactory(verified_by=registration.office)
    PresenceFactory(organization=organization, theme=ThemeFactory(code="health"))
    PresenceFactory(organization=organization, theme=ThemeFactory(code="gbv", is_sensitive=True))
    member = signed_in(person_of(organization, MemberRole.VIEWER))
    shown = [
        [row["theme"] for row in client.get(f"{ROOT}/organizations/{organization.pk}/presences/").json()["results"]]
        for client in (anyone, member)
    ]
    assert shown == [["health"], ["health", "gbv"]]


def test_agreement_is_drafted_and_changed_while_it_is_open():
    office = CountryOfficeFactory()
    partner, theme = PartnerFactory(verified_by=office), ThemeFactory()
    programme_officer = signed_in(person_at(office, StaffRole.PROGRAMME_OFFICER))
    told = {"organization": partner.pk, "office": office.code, "kind": "pca", "title": "Clean water"}
    drafted = programme_officer.post(f"{ROOT}/agreements/", told, format="json")
    assert (drafted.status_code, drafted.json()["state"], drafted.headers["ETag"]) == (201, "draft", '"1"')
    path = f"{ROOT}/agreements/{drafted.json()['id']}/"
    change = {"themes": [theme.code], "amount": "1000.00", "start": "2027-01-01", "end": "2026-01-01"}
    wrong = programme_officer.patch(path, change, format="json")
    right = programme_officer.patch(path, {**change, "end": "2027-12-31"}, format="json")
    assert (wrong.status_code, right.status_code, right.json()["themes"]) == (400, 200, [theme.code])
    Agreement.objects.update(state=AgreementState.IN_REVIEW)
    assert programme_officer.patch(path, {"title": "Other"}, format="json").status_code == 409


def test_agreement_with_an_organization_that_is_not_verified_is_not_possible_now():
    office, organization = CountryOfficeFactory(), OrganizationFactory()
    programme_officer = signed_in(person_at(office, StaffRole.PROGRAMME_OFFICER))
    told = {"organization": organization.pk, "office": office.code, "kind": "pca", "title": "Clean water"}
    response = programme_officer.post(f"{ROOT}/agreements/", told, format="json")
    assert (response.status_code, problems(response)) == (409, [(None, "not_now")])


def test_what_happened_to_a_public_agreement_is_not_public(anyone):
    office = CountryOfficeFactory()
    agreement = AgreementFactory(office=office, state=AgreementState.ACTIVE)
    path = f"{ROOT}/agreements/{agreement.pk}"
    assert [anyone.get(f"{path}/").status_code, anyone.get(f"{path}/events/").status_code] == [200, 403]
