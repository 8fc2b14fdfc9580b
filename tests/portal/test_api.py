"""The API's promises: who gets what answer, versions, pages, CSV, tokens, and the same number of queries for any list."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiToken
from accounts.roles import MemberRole, StaffRole
from organizations.lifecycle import RegistrationState
from organizations.models import Organization, Registration
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from portal.api import router
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.organizations import (
    IdentifierFactory,
    MembershipFactory,
    OrganizationFactory,
    OrganizationNameFactory,
    PresenceFactory,
    QuestionFactory,
    RegistrationFactory,
)
from tests.factories.partnerships import AgreementFactory, PartnerFactory, person_at, person_of, verify
from tests.factories.programmes import CountryOfficeFactory, StrategyFactory, ThemeFactory

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"
LISTS = [prefix for prefix, viewset, _basename in router.registry if hasattr(viewset, "csv_columns")]


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def anyone():
    return APIClient()


@pytest.fixture
def registration():
    """Submitted, at an office with a registration officer."""
    return RegistrationFactory(state=RegistrationState.SUBMITTED, complete=True)


@pytest.fixture
def officer(registration):
    return signed_in(person_at(registration.office, StaffRole.REGISTRATION_OFFICER))


@pytest.fixture
def administrator(registration):
    return signed_in(person_of(registration.organization, MemberRole.ADMINISTRATOR))


def problems(response):
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


# --- Answers ----------------------------------------------------------------------------------------------------------


def test_root_names_every_list(anyone):
    assert {*LISTS, "me"} == set(anyone.get(f"{ROOT}/").json())


def test_everybody_reads_what_is_public_and_nothing_else(anyone, registration):
    office = registration.office
    public, unlisted = PartnerFactory(verified_by=office), PartnerFactory(verified_by=office, listed=False)
    active = AgreementFactory(office=office, organization=public, state=AgreementState.ACTIVE)
    AgreementFactory(office=office, organization=unlisted, state=AgreementState.ACTIVE)
    AgreementFactory(office=office, organization=public)
    ids = {
        name: [row["id"] for row in anyone.get(f"{ROOT}/{name}/").json()["results"]]
        for name in ("organizations", "agreements", "registrations", "twins", "imports")
    }
    assert ids == {
        "organizations": [public.pk], "agreements": [active.pk], "registrations": [], "twins": [], "imports": []
    }  # fmt: skip


def test_who_has_not_signed_in_changes_nothing(anyone, registration):
    statuses = {
        path: anyone.post(f"{ROOT}/{path}", {}, format="json").status_code
        for path in ("registrations/", f"registrations/{registration.pk}/transitions/verify/", "agreements/")
    }
    assert (set(statuses.values()), anyone.get(f"{ROOT}/me/").status_code) == ({401}, 401)


def test_what_one_may_not_see_is_not_there(registration):
    stranger = signed_in(UserFactory())
    path = f"{ROOT}/registrations/{registration.pk}/"
    assert [stranger.get(path).status_code, stranger.post(f"{path}transitions/verify/").status_code] == [404, 404]


def test_what_one_may_see_but_not_do_is_refused_without_naming_a_permission(administrator, registration):
    response = administrator.post(f"{ROOT}/registrations/{registration.pk}/transitions/verify/", {}, format="json")
    assert (response.status_code, problems(response)) == (403, [(None, "permission_denied")])
    assert "organizations." not in response.content.decode()


def test_what_is_not_possible_now_is_told_with_reasons(officer, registration):
    question = QuestionFactory()
    response = officer.post(f"{ROOT}/registrations/{registration.pk}/transitions/verify/", {}, format="json")
    assert (response.status_code, problems(response)) == (409, [(None, "not_now")])
    assert question.code not in response.content.decode()
    assert "1 to go" in response.json()["errors"][0]["detail"]


def test_move_without_its_reason_is_a_field_error(officer, registration):
    response = officer.post(f"{ROOT}/registrations/{registration.pk}/transitions/send_back/", {}, format="json")
    assert (response.status_code, problems(response)) == (400, [("reason", "required")])


def test_move_that_is_in_no_table_is_not_there(officer, registration):
    assert officer.post(f"{ROOT}/registrations/{registration.pk}/transitions/bless/").status_code == 404


def test_anything_but_json_is_not_read(officer, registration):
    path = f"{ROOT}/registrations/{registration.pk}/transitions/send_back/"
    assert officer.post(path, {"reason": "Because."}, format="multipart").status_code == 415


@pytest.mark.parametrize("body", ["[1, 2]", '"text"', "null", "{", "\x00"])
def test_json_that_is_no_object_is_refused(officer, registration, body):
    path = f"{ROOT}/registrations/{registration.pk}/transitions/send_back/"
    assert officer.post(path, body, content_type="application/json").status_code == 400


def test_who_asks_too_often_is_told_when_to_come_back(anyone, monkeypatch):
    cache.clear()
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "anon", "2/min")
    responses = [anyone.get(f"{ROOT}/themes/") for _turn in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert int(responses[-1].headers["Retry-After"]) <= 60


# --- Moves and versions -----------------------------------------------------------------------------------------------


def test_offers_say_what_one_may_do_and_what_stands_against_it(officer, registration):
    QuestionFactory()
    offers = officer.get(f"{ROOT}/registrations/{registration.pk}/transitions/").json()
    assert [(offer["name"], offer["allowed"], offer["asks_reason"]) for offer in offers] == [
        ("verify", False, "optional"),
        ("send_back", True, "required"),
        ("decline", True, "required"),
    ]


def test_move_is_made_once_by_whoever_read_the_newest_version(officer, registration):
    path = f"{ROOT}/registrations/{registration.pk}/"
    read = officer.get(path).headers["ETag"]
    first = officer.post(f"{path}transitions/send_back/", {"reason": "More"}, format="json", headers={"If-Match": read})
    second = officer.post(f"{path}transitions/decline/", {"reason": "No"}, format="json", headers={"If-Match": read})
    assert (first.status_code, first.json()["state"], second.status_code) == (200, "sent_back", 412)
    assert first.headers["ETag"] != read
    assert officer.get(path).headers["ETag"] == first.headers["ETag"]


def test_version_that_is_none_is_a_field_error(officer, registration):
    path = f"{ROOT}/registrations/{registration.pk}/transitions/send_back/"
    response = officer.post(path, {"reason": "More"}, format="json", headers={"If-Match": '"now"'})
    assert (response.status_code, problems(response)) == (400, [("If-Match", "invalid")])


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
    stale = administrator.patch(path, {"acronym": "B"}, format="json", headers={"If-Match": '"1"'})
    wrong = administrator.patch(path, {"founded": 12, "website": "no"}, format="json")
    assert (stale.status_code, {attr for attr, _code in problems(wrong)}) == (412, {"founded", "website"})


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


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_pages_hold_every_row_once_in_any_order(officer, registration):
    for number in range(7):
        RegistrationFactory(office=registration.office, organization__name=f"Twin {number % 2}")
    for order in ("", "created_at", "-created_at", "state_since"):
        seen, page = [], f"{ROOT}/registrations/?page_size=3&ordering={order}"
        while page:
            answer = officer.get(page).json()
            seen += [row["id"] for row in answer["results"]]
            page = answer["next"]
        assert sorted(seen) == sorted(Registration.objects.values_list("pk", flat=True)), order


def test_unknown_order_and_made_up_cursor_are_refused(officer):
    asked = officer.get(f"{ROOT}/registrations/?ordering=submitted_by__password")
    assert (asked.status_code, problems(asked)) == (400, [("ordering", "invalid")])
    for cursor in ("nonsense", "cD1ub3QtYS1udW1iZXI="):  # the second reads p=not-a-number
        assert officer.get(f"{ROOT}/registrations/?cursor={cursor}").status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_had_as_csv(name):
    client = signed_in(UserFactory(administrator=True))
    AgreementFactory(title="=HYPERLINK(1)")
    response = client.get(f"{ROOT}/{name}/?format=csv")
    rows = list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == len(client.get(f"{ROOT}/{name}/").json()["results"]) + 1
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_csv_is_of_lists_alone(officer, registration):
    assert officer.get(f"{ROOT}/registrations/{registration.pk}/?format=csv").status_code == 404


def _one_more(kind, office):
    """Store one more record with everything that its row or page shows."""
    if kind == "registrations":
        return RegistrationFactory(office=office)
    partner = PartnerFactory(verified_by=office, country=office.countries.get())
    if kind == "agreements":
        return AgreementFactory(office=office, organization=partner, signed=["unicef"])
    OrganizationNameFactory(organization=partner)
    IdentifierFactory(organization=partner)
    PresenceFactory(organization=partner)
    partner.strategies.add(StrategyFactory())
    return partner


@pytest.mark.parametrize("kind", ["organizations", "registrations", "agreements"])
def test_list_costs_the_same_queries_for_any_number_of_rows(kind):
    office = CountryOfficeFactory()
    client = signed_in(person_at(office, StaffRole.PROGRAMME_OFFICER))
    _one_more(kind, office)
    client.get(f"{ROOT}/{kind}/")  # fills what the process keeps
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as few:
            client.get(f"{ROOT}/{kind}/")
        counts.append(len([query for query in few if "cache" not in query["sql"]]))
        for _row in range(5):
            _one_more(kind, office)
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize("kind", ["organizations", "registrations", "agreements"])
def test_detail_costs_at_most_fifteen_queries(kind, django_assert_max_num_queries):
    office = CountryOfficeFactory()
    record = _one_more(kind, office)
    client = signed_in(person_at(office, StaffRole.PROGRAMME_OFFICER))
    with django_assert_max_num_queries(15):
        assert client.get(f"{ROOT}/{kind}/{record.pk}/").status_code == 200


# --- Tokens -----------------------------------------------------------------------------------------------------------


def with_token(**token):
    client = APIClient()
    ApiTokenFactory(secret="pp_known", **token)
    client.credentials(HTTP_AUTHORIZATION="Bearer pp_known")
    return client


def test_me_says_who_a_token_acts_for_and_with_which_roles():
    office = CountryOfficeFactory()
    person = person_at(office, StaffRole.HEAD_OF_OFFICE)
    MembershipFactory(user=person, organization__name="Bolalar")
    me = with_token(user=person).get(f"{ROOT}/me/").json()
    assert [me["email"], me["posts"][0]["office"], me["memberships"][0]["organization_name"]] == [
        person.email, office.code, "Bolalar"
    ]  # fmt: skip
    assert ApiToken.objects.get().last_used_at is not None


def test_token_for_reading_changes_nothing(registration):
    person = person_at(registration.office, StaffRole.REGISTRATION_OFFICER)
    client = with_token(user=person, scope=ApiToken.Scope.READ)
    path = f"{ROOT}/registrations/{registration.pk}/"
    moved = client.post(f"{path}transitions/send_back/", {"reason": "More"}, format="json")
    assert (client.get(path).status_code, moved.status_code) == (200, 403)


@pytest.mark.parametrize("ended", [{"expires_at": timezone.now() - timedelta(1)}, {"revoked_at": timezone.now()}])
def test_token_that_has_ended_opens_nothing_not_even_what_is_public(ended):
    response = with_token(**ended).get(f"{ROOT}/themes/")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_token_of_somebody_who_left_opens_nothing():
    assert with_token(user__is_active=False).get(f"{ROOT}/themes/").status_code == 401


# --- Documents --------------------------------------------------------------------------------------------------------


def test_docs_page_loads_nothing_that_the_content_policy_refuses(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert "http" not in "".join(line for line in page.content.decode().splitlines() if "src=" in line)
    assert client.get("/api/schema/").status_code == 200
