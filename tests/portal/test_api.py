"""The API's promises: who gets what answer, versions, pages, CSV, tokens; as many queries for one row as for ten."""

import csv
import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiToken
from accounts.roles import StaffRole
from organizations.models import Registration
from partnerships.lifecycle import AgreementState
from portal.api import Schema, router
from portal.kit.throttling import SharedRate
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.organizations import (
    IdentifierFactory,
    MembershipFactory,
    OrganizationNameFactory,
    PresenceFactory,
    QuestionFactory,
    RegistrationFactory,
)
from tests.factories.partnerships import AgreementFactory, PartnerFactory, person_at
from tests.factories.programmes import CountryOfficeFactory, StrategyFactory
from tests.portal.conftest import problems, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]

ROOT = "/api/v1"
LISTS = [prefix for prefix, viewset, _basename in router.registry if hasattr(viewset, "csv_columns")]


# --- Answers ----------------------------------------------------------------------------------------------------------


def test_root_names_every_list(anyone):
    assert {*LISTS, "me", "registration-figures", "coverage"} == set(anyone.get(f"{ROOT}/").json())


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
    response = officer.post(f"{ROOT}/registrations/{registration.pk}/transitions/decline/", {}, format="json")
    assert (response.status_code, problems(response)) == (400, [("reason", "required")])


def test_move_that_is_in_no_table_is_not_there(officer, registration):
    assert officer.post(f"{ROOT}/registrations/{registration.pk}/transitions/bless/").status_code == 404


def test_anything_but_json_is_not_read(officer, registration):
    path = f"{ROOT}/registrations/{registration.pk}/transitions/send_back/"
    assert officer.post(path, {"reason": "Because."}, format="multipart").status_code == 415


@pytest.mark.parametrize(
    "body",
    ["[1, 2]", '"text"', "null", "{", "\x00", "[" * 100_000, b"\xff\xfe{", '{"reason": "\\ud800"}'],
    ids=["list", "text", "null", "cut off", "nul", "bottomless", "not UTF-8", "half a letter"],
)
def test_json_that_is_no_object_is_refused(officer, registration, body):
    path = f"{ROOT}/registrations/{registration.pk}/transitions/send_back/"
    assert officer.post(path, body, content_type="application/json").status_code == 400


def test_json_longer_than_a_form_may_be_is_not_read(officer, registration, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    path = f"{ROOT}/registrations/{registration.pk}/transitions/send_back/"
    assert officer.post(path, {"reason": "x" * 1000}, format="json").status_code == 400
    assert officer.post(path, {"reason": "x" * 900}, format="json").status_code == 200


@pytest.fixture
def limit(monkeypatch):
    """Set how often nobody in particular may ask, and let no minute end in the middle of a test."""
    monkeypatch.setattr(SharedRate, "timer", staticmethod(lambda: 1_800_000_010.5))
    cache.clear()
    caches["memory"].clear()
    return lambda rate: monkeypatch.setitem(SharedRate.THROTTLE_RATES, "anon", rate)


def test_who_asks_too_often_is_told_when_to_come_back(anyone, limit):
    limit("2/min")
    responses = [anyone.get(f"{ROOT}/themes/") for _turn in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert responses[-1].headers["Retry-After"] == "50"


def test_another_name_in_a_header_is_no_other_caller(anyone, limit):
    limit("2/min")
    said = [{"X-Forwarded-For": f"10.0.0.{turn}"} for turn in range(3)]
    responses = [anyone.get(f"{ROOT}/themes/", headers=headers) for headers in said]
    assert [response.status_code for response in responses] == [200, 200, 429]


def test_a_limit_is_one_for_all_processes_and_seldom_asks_the_database(anyone, limit):
    limit("40/min")
    asked = []
    for _process in range(2):
        caches["memory"].clear()  # another process knows nothing of the first one's requests but what it told
        for _turn in range(20):
            with CaptureQueriesContext(connection) as queries:
                assert anyone.get(f"{ROOT}/strategies/").status_code == 200
            asked.append(any("cache" in query["sql"] for query in queries))
    assert asked == [False, True] * 20
    assert [anyone.get(f"{ROOT}/strategies/").status_code for _turn in range(2)] == [429, 429]


# --- Moves and versions -----------------------------------------------------------------------------------------------


def test_offers_say_what_one_may_do_and_what_stands_against_it(officer, registration):
    QuestionFactory()
    offers = officer.get(f"{ROOT}/registrations/{registration.pk}/transitions/").json()
    assert [(offer["name"], offer["allowed"], offer["asks_reason"]) for offer in offers] == [
        ("verify", False, "optional"),
        ("send_back", True, "optional"),
        ("decline", True, "required"),
    ]
    assert {offer["reason_label"] for offer in offers} == {"Reason"}


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
    for etag in ('"now"', "9" * 5000):
        response = officer.post(path, {"reason": "More"}, format="json", headers={"If-Match": etag})
        assert (response.status_code, problems(response)) == (400, [("If-Match", "invalid")])


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


SEARCHED = ["registrations", "organizations", "agreements", "locations", "themes", "twins"]
SEARCHED += ["observations", "assessments", "plan-actions", "merges", "documents"]
A_LETTER_OF_FOUR_WORDS = "%ef%b7%ba"


@pytest.mark.parametrize("name", SEARCHED)
@pytest.mark.parametrize(
    "text",
    ["%00", "%ed%a0%80", "a%20" * 1000, A_LETTER_OF_FOUR_WORDS * 300],
    ids=["nul", "half a letter", "endless", "unfolding"],
)
def test_search_for_nonsense_is_answered(officer, name, text):
    assert officer.get(f"{ROOT}/{name}/?q={text}").status_code in {200, 400}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_had_as_csv(name):
    client = signed_in(UserFactory(administrator=True))
    AgreementFactory(title="=HYPERLINK(1)")
    AgreementFactory(title="＝HYPERLINK(1)")
    response = client.get(f"{ROOT}/{name}/?format=csv")
    rows = list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == len(client.get(f"{ROOT}/{name}/").json()["results"]) + 1
    assert not any(cell.startswith(("=", "＝")) for row in rows for cell in row)


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


def test_schema_is_written_once_in_each_language_and_form(client, django_assert_num_queries):
    def asked(form, language="en", **more):
        query = {"format": form, **more}
        return client.get("/api/schema/", query, headers={"Accept-Language": language, "Accept-Encoding": "gzip"})

    answers = {(form, code): asked(form, code) for form in ("json", "openapi") for code in ("en", "fr")}
    assert len({answer.content for answer in answers.values()}) == 4
    with django_assert_num_queries(0):
        again = asked("json", "fr")
    assert again.content == answers["json", "fr"].content
    assert gzip.decompress(again.content) == client.get("/api/schema/?format=json&lang=fr").content
    bare = client.get("/api/schema/?format=json", headers={"Accept-Language": "fr"})
    assert bare.content == gzip.decompress(again.content)
    assert "Content-Encoding" not in bare.headers
    assert bare.json()["info"]["title"] == "Partnership Portal API"


def test_schema_can_be_asked_for_by_several_at_once():
    Schema.written.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _each: APIClient().get("/api/schema/?format=json"), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
