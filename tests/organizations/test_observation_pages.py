"""The pages and the API of observations, and that nobody else learns of flags anywhere."""

import pytest
from django.urls import reverse

from accounts.roles import MemberRole, StaffRole
from organizations.actions.observation import change_observation
from organizations.lifecycle import ObservationState, RegistrationState
from organizations.models import Observation
from organizations.search import reindex_all
from tests.factories.organizations import (
    MembershipFactory,
    ObservationFactory,
    OrganizationFactory,
    PresenceFactory,
    RegistrationFactory,
)
from tests.factories.partnerships import AgreementFactory
from tests.factories.programmes import CountryOfficeFactory, StaffAssignmentFactory

pytestmark = pytest.mark.django_db
S = ObservationState
WORDS = {
    "nature": "concern",
    "category": "financial",
    "observed_on": "2026-01-05",
    "text": "Internal.",
    "for_partner": "Two invoices bear the same number.",
}


def staff(role=StaffRole.PROGRAMME_OFFICER, **where):
    where = where or {"office": CountryOfficeFactory()}
    return StaffAssignmentFactory(role=role, **where).user


@pytest.fixture
def office(db):
    return CountryOfficeFactory()


@pytest.fixture
def officer(office):
    return staff(office=office)


@pytest.fixture
def flag(office, officer):
    """A yellow flag about a listed and verified organization."""
    organization = OrganizationFactory(listed=True)
    RegistrationFactory(organization=organization, office=office, state=RegistrationState.VERIFIED)
    return ObservationFactory(organization=organization, office=office, author=officer, state=S.YELLOW)


@pytest.fixture
def member(flag):
    return MembershipFactory(organization=flag.organization, role=MemberRole.EDITOR).user


def url(observation, what=""):
    return f"{observation.get_absolute_url()}{what}"


# --- Writing ----------------------------------------------------------------------------------------------------------


def new(organization):
    return reverse("organizations:observation-create", args=[organization.pk])


def test_an_officer_notes_and_flags_in_one_step(client, officer, office):
    organization = OrganizationFactory()
    client.force_login(officer)
    page = client.get(new(organization))
    assert page.status_code == 200
    assert page.context["form"].fields["office"].initial == office.code
    answer = client.post(new(organization), {**WORDS, "office": office.code, "flag": "on"})
    made = Observation.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert (made.state, made.office, made.author, made.text) == (S.YELLOW, office, officer, "Internal.")


def test_headquarters_writes_for_itself(client):
    client.force_login(staff(StaffRole.HQ_EDITOR, office=None))
    client.post(new(OrganizationFactory()), {**WORDS, "office": "headquarters"})
    assert Observation.objects.get().office is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"category": ""}, "category"),
        ({"category": "weather"}, "category"),
        ({"observed_on": "2999-01-01"}, "observed_on"),
        ({"office": "nowhere"}, "office"),
        ({"for_partner": "", "flag": "on"}, "for_partner"),
        ({"nature": "good", "flag": "on"}, "flag"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(client, officer, office, wrong, field):
    client.force_login(officer)
    page = client.post(new(OrganizationFactory()), {**WORDS, "office": office.code, "text": "Typed.", **wrong})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert not Observation.objects.exists()
    assert field == "text" or b"Typed." in page.content


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.HEAD_OF_OFFICE])
def test_who_does_not_look_after_partners_gets_no_form(client, office, role):
    client.force_login(staff(role, office=office))
    organization = OrganizationFactory()
    assert client.get(new(organization)).status_code == 403
    assert client.post(new(organization), WORDS).status_code == 403
    assert b"/observe/" not in client.get(organization.get_absolute_url()).content


def test_its_own_people_and_strangers_get_no_form(client, flag, member):
    for person, status in ((member, 403), (MembershipFactory(organization=OrganizationFactory()).user, 403)):
        client.force_login(person)
        assert client.get(new(flag.organization)).status_code == status
    client.logout()
    assert client.get(new(flag.organization)).status_code == 302


def test_the_author_corrects_it_and_an_older_version_is_refused(client, flag, officer):
    client.force_login(officer)
    page = client.get(url(flag, "edit/"))
    assert set(page.context["form"].fields) == {"version", "observed_on", "text", "for_partner"}  # the rest is settled
    told = {**WORDS, "text": "Three invoices.", "version": flag.version}
    assert client.post(url(flag, "edit/"), {**told, "text": ""}).status_code == 422
    assert client.post(url(flag, "edit/"), told).status_code == 302
    stale = client.post(url(flag, "edit/"), {**told, "text": "Four."})
    assert stale.status_code == 409 and b"Four." in stale.content
    flag.refresh_from_db()
    assert flag.text == "Three invoices."


def test_others_do_not_correct_it(client, flag, member, office):
    for person, status in [
        (staff(office=office), 403),
        (staff(StaffRole.HQ_EDITOR, office=None), 403),
        (member, 403),
        (MembershipFactory(organization=OrganizationFactory()).user, 404),
    ]:
        client.force_login(person)
        assert client.post(url(flag, "edit/"), WORDS).status_code == status


def test_a_closed_text_is_said_to_be_closed(client, flag, officer):
    Observation.objects.update(state=S.RED)
    client.force_login(officer)
    assert client.get(url(flag, "edit/")).status_code == client.post(url(flag, "edit/"), WORDS).status_code == 409


# --- Moving -----------------------------------------------------------------------------------------------------------


def test_headquarters_decides_on_the_page(client, flag):
    Observation.objects.update(state=S.ESCALATED)
    client.force_login(staff(StaffRole.HQ_EDITOR, office=None))
    assert client.post(url(flag, "mark_red/"), {"reason": ""}).status_code == 422
    assert client.post(url(flag, "mark_red/"), {"reason": "Confirmed."}).status_code == 302
    assert client.get(url(flag, "mark_red/")).status_code == 409
    flag.refresh_from_db()
    assert flag.state == S.RED


def test_what_is_escalated_waits_on_the_desk_of_headquarters_alone(client, flag):
    Observation.objects.update(state=S.ESCALATED)
    for person, waits in [(staff(StaffRole.HQ_EDITOR, office=None), True), (flag.author, False)]:
        client.force_login(person)
        assert (flag.get_absolute_url().encode() in client.get(reverse("work")).content) is waits


def test_the_organization_replies_on_the_page(client, flag, member):
    client.force_login(member)
    page = client.get(url(flag))
    assert url(flag, "reply/").encode() in page.content
    assert client.post(url(flag, "reply/"), {"reply": ""}).status_code == 422
    assert client.post(url(flag, "reply/"), {"reply": "A correction."}).status_code == 302
    assert b"A correction." in client.get(url(flag)).content
    assert client.get(url(flag, "reply/")).status_code == 409
    client.force_login(flag.author)
    assert b"A correction." in client.get(url(flag)).content


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_its_people_read_what_they_are_told_and_no_more(client, flag, member):
    change_observation(flag, by=flag.author, text="Another internal remark.")
    client.force_login(member)
    for address in (url(flag), flag.organization.get_absolute_url(), "/my-organization/"):
        page = client.get(address).content.decode()
        assert (
            address == url(flag) or url(flag) in page or f"{flag.organization.get_absolute_url()}#observations" in page
        )
        for secret in ("nternal", str(flag.author), "Another internal remark"):
            assert secret not in page
    assert flag.for_partner in client.get(url(flag)).content.decode()
    assert client.get("/observations/").status_code == 403
    assert "Observations and flags" not in client.get(flag.organization.get_absolute_url()).content.decode()


def test_a_branch_reads_the_flag_it_inherits_as_its_headquarters(client, flag):
    branch = OrganizationFactory(headquarters=flag.organization)
    client.force_login(MembershipFactory(organization=branch).user)
    assert f"inherited from <bdi>{flag.organization}" in client.get(branch.get_absolute_url()).content.decode()
    page = client.get(url(flag)).content.decode()
    assert "your headquarters replies" in page and "/reply/" not in page


def test_staff_elsewhere_learn_only_that_there_is_something_about_safeguarding(client, flag):
    Observation.objects.update(category="safeguarding")
    client.force_login(staff())
    page = client.get(flag.organization.get_absolute_url()).content.decode()
    assert "1 more about safeguarding is kept by its office and headquarters." in page
    assert "Yellow flag" in page  # the mark, without what it is about
    assert client.get(url(flag)).status_code == 404
    assert flag.text not in page and flag.for_partner not in page


PUBLIC = [
    "/organizations/{0}/",
    "/organizations/",
    "/organizations/?format=csv",
    "/agreements/",
    "/agreements/?format=csv",
]
PUBLIC_API = ["/api/v1/organizations/{0}/", "/api/v1/organizations/", "/api/v1/organizations/?format=csv"]


@pytest.mark.parametrize("state", [S.YELLOW, S.ESCALATED, S.RED])
@pytest.mark.parametrize("who", ["nobody", "another organization"])
def test_the_public_and_other_organizations_never_learn_of_flags(client, flag, state, who):
    """With a flag and without one, what they read is the same to the letter: pages, API and CSV."""
    AgreementFactory(organization=flag.organization, office=flag.office, state="active")
    if who == "another organization":
        client.force_login(MembershipFactory(organization=OrganizationFactory()).user)
    addresses = [address.format(flag.organization.pk) for address in (*PUBLIC, *PUBLIC_API)]

    def everything():
        answers = [client.get(address) for address in addresses]
        assert {answer.status_code for answer in answers} <= {200, 401}
        return [_text(answer) for answer in answers]

    Observation.objects.update(state=state)
    with_flag = everything()
    assert not any(word in text for text in with_flag for word in ("Red flag", "Yellow flag", "on hold", flag.text))
    Observation.objects.all().delete()
    assert everything() == with_flag


def _text(answer):
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = raw.decode()
    for part in (answer.headers.get("Content-Security-Policy", ""),):
        text = text.replace(part, "") if part else text
    nonce = getattr(answer.wsgi_request, "csp_nonce", None)
    text = text.replace(str(nonce), "") if nonce else text
    return "\n".join(
        line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and "csrf" not in line.lower()
    )


def test_a_flag_is_404_to_them(client, flag):
    client.force_login(MembershipFactory(organization=OrganizationFactory()).user)
    for what in ("", "edit/", "reply/", "mark_red/"):
        assert client.get(url(flag, what)).status_code == 404
    assert client.get(f"/api/v1/observations/{flag.pk}/").status_code == 404
    assert client.get("/api/v1/observations/").json()["results"] == []
    client.logout()
    assert client.get(url(flag)).status_code == 302
    assert client.get("/api/v1/observations/").json()["results"] == []
    assert client.get(f"/api/v1/observations/{flag.pk}/").status_code == 404


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_state_office_category_and_age(client, flag, officer):
    other = ObservationFactory(category="programme", office=None)
    reindex_all()
    client.force_login(officer)

    def found(**asked):
        return set(client.get("/observations/", asked).context["object_list"])

    assert found() == {flag, other}
    assert found(state="yellow") == found(category="financial") == found(office=flag.office.code) == {flag}
    assert found(office="headquarters") == found(state="note") == found(organization=other.organization_id) == {other}
    assert found(age="7") == set()
    assert found(q=flag.organization.name) == {flag}
    assert found(q="Internal") == set()  # what was observed is not searched
    assert client.get("/observations/?state=no&office=no&age=x&q=%00").status_code == 200


def test_the_list_as_csv_keeps_the_text_to_itself(client, flag, officer):
    client.force_login(officer)
    answer = client.get("/observations/?format=csv")
    text = b"".join(answer.streaming_content).decode()
    assert flag.organization.name in text and "Yellow flag" in text and flag.text not in text


def test_lists_and_pages_cost_the_same_for_few_and_for_many(client, flag, officer, django_assert_max_num_queries):
    PresenceFactory(organization=flag.organization)
    addresses = {"/observations/": 10, url(flag): 15, flag.organization.get_absolute_url(): 15, "/registrations/": 10}

    def cost():
        counts = []
        client.force_login(officer)
        for address, most in addresses.items():
            client.get(address)
            with django_assert_max_num_queries(most) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    few = cost()
    for number in range(12):
        ObservationFactory(organization=flag.organization, category="safeguarding" if number % 2 else "other")
        RegistrationFactory(office=flag.office, organization=ObservationFactory(state=S.RED).organization)
    assert cost() == few


def test_the_queue_shows_the_mark_to_staff_alone(client, flag, officer, member):
    for person, sees in [(officer, True), (member, False)]:
        client.force_login(person)
        assert (b"Yellow flag" in client.get("/registrations/").content) is sees


# --- The API ----------------------------------------------------------------------------------------------------------


def test_api_writes_corrects_and_moves(client, officer, office):
    organization = OrganizationFactory()
    client.force_login(officer)
    told = {**WORDS, "organization": organization.pk, "office": office.code, "flag": True}
    made = client.post("/api/v1/observations/", told, content_type="application/json")
    assert made.status_code == 201, made.content
    address = f"/api/v1/observations/{made.json()['id']}/"
    assert made.json()["state"] == "yellow"
    changed = client.patch(
        address, {"text": "More."}, content_type="application/json", headers={"If-Match": made["ETag"]}
    )
    assert changed.json()["text"] == "More."
    again = client.patch(
        address, {"text": "Less."}, content_type="application/json", headers={"If-Match": made["ETag"]}
    )
    assert again.status_code == 412
    assert client.patch(address, {"category": "other"}, content_type="application/json").status_code == 409
    moved = client.post(f"{address}transitions/escalate/", {"reason": "Why."}, content_type="application/json")
    assert moved.json()["state"] == "escalated"
    assert (
        client.post(f"{address}transitions/mark_red/", {"reason": "x"}, content_type="application/json").status_code
        == 403
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": "weather"}, "category"),
        ({"observed_on": "2999-01-01"}, "observed_on"),
        ({"organization": 0}, "organization"),
    ],
)
def test_api_names_the_field(client, officer, office, wrong, field):
    client.force_login(officer)
    told = {**WORDS, "organization": OrganizationFactory().pk, "office": office.code, **wrong}
    answer = client.post("/api/v1/observations/", told, content_type="application/json")
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [field]


def test_api_shows_the_organization_what_it_is_told(client, flag, member):
    client.force_login(member)
    shown = client.get(f"/api/v1/observations/{flag.pk}/").json()
    assert (shown["for_partner"], shown["state"], shown["category"]) == (flag.for_partner, "yellow", "financial")
    assert [shown[name] for name in ("text", "author_name", "nature", "document", "created_at")] == [None] * 5
    answered = client.post(
        f"/api/v1/observations/{flag.pk}/transitions/reply/", {"reply": "But."}, content_type="application/json"
    )
    assert answered.status_code == 200 and answered.json()["replied_at"]
