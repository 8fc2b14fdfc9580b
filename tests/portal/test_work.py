"""The desk of UNICEF's people, the front door, and where one lands."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from organizations.lifecycle import AssessmentState, MatchState, PlanActionState, RegistrationState
from organizations.models import Reply
from organizations.search import count_headings, reindex_all
from partnerships.lifecycle import AgreementState
from portal.kit.lifecycle import LIFECYCLES
from portal.work import SHOWN, STEPS
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, PlanActionFactory
from tests.factories.organizations import MembershipFactory, RegistrationFactory
from tests.factories.partnerships import AgreementFactory, person_at, put
from tests.factories.programmes import CountryOfficeFactory
from tests.factories.sanctions import SanctionsMatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return CountryOfficeFactory()


def tasks(client, user):
    client.force_login(user)
    return [task.instance for task in client.get("/my-work/").context["tasks"]]


def test_registration_officer_sees_what_waits_at_the_own_office_the_longest_first(client, office):
    registrations = RegistrationFactory.create_batch(2, office=office, state=RegistrationState.SUBMITTED)
    RegistrationFactory(state=RegistrationState.SUBMITTED)
    RegistrationFactory(office=office, state=RegistrationState.DRAFT)
    registrations.sort(key=lambda one: one.state_since)
    assert tasks(client, person_at(office, StaffRole.REGISTRATION_OFFICER)) == registrations


@pytest.mark.parametrize(
    ("role", "state"),
    [
        (StaffRole.HEAD_OF_OFFICE, AgreementState.IN_REVIEW),
        (StaffRole.HEAD_OF_OFFICE, AgreementState.AWAITING_SIGNATURES),
        (StaffRole.REVIEWER, AgreementState.IN_REVIEW),
        (StaffRole.REVIEW_SECRETARY, AgreementState.IN_REVIEW),
        (StaffRole.PARTNERSHIP_MANAGER, AgreementState.APPROVED),
        (StaffRole.PROGRAMME_OFFICER, AgreementState.SENT_BACK),
        (StaffRole.PROGRAMME_OFFICER, AgreementState.DRAFT),
    ],
)
def test_agreement_waits_for_the_role_whose_turn_it_is(client, office, role, state):
    agreement = AgreementFactory(office=office)
    put(agreement, state)
    assert tasks(client, person_at(office, role)) == [agreement]
    assert tasks(client, person_at(CountryOfficeFactory(), role)) == []
    assert tasks(client, person_at(office, StaffRole.VIEWER)) == []


def test_reply_waits_for_the_head_of_office_until_it_is_answered(client, office):
    registration = RegistrationFactory(office=office, state=RegistrationState.SUSPENDED)
    reply = Reply.objects.create(registration=registration, decision="suspend", text="Here are the receipts.")
    assert tasks(client, person_at(office, StaffRole.HEAD_OF_OFFICE)) == [registration]
    assert tasks(client, person_at(CountryOfficeFactory(), StaffRole.HEAD_OF_OFFICE)) == []
    reply.outcome, reply.answered_at = Reply.Outcome.UPHELD, timezone.now()
    reply.save()
    assert tasks(client, person_at(office, StaffRole.HEAD_OF_OFFICE)) == []


@pytest.mark.parametrize("role", [StaffRole.PARTNERSHIP_MANAGER, StaffRole.HEAD_OF_OFFICE])
def test_assessment_that_was_submitted_waits_for_who_decides(client, office, role):
    assessment = AssessmentFactory(office=office, state=AssessmentState.SUBMITTED)
    AssessmentFactory(office=office)
    assert tasks(client, person_at(office, role)) == [assessment]
    assert tasks(client, person_at(CountryOfficeFactory(), role)) == []


def test_action_that_is_done_waits_for_who_confirms(client, office):
    done = PlanActionFactory(office=office, state=PlanActionState.DONE, due_on=timezone.localdate())
    PlanActionFactory(office=office)
    assert tasks(client, person_at(office, StaffRole.PROGRAMME_OFFICER)) == [done]


def test_every_step_names_states_that_exist():
    known = {state.value for lifecycle in LIFECYCLES.values() for state in lifecycle.states}
    assert {"submitted", "in_review", "approved"} <= known
    assert all(step.roles or step.of_administrators for step in STEPS)


def test_r06_an_administrator_sees_the_matches_recommended_for_confirmation(client, office):
    recommended = SanctionsMatchFactory(state=MatchState.RECOMMENDED)
    SanctionsMatchFactory()
    assert tasks(client, UserFactory(is_superuser=True)) == [recommended]
    assert recommended not in tasks(client, person_at(None, StaffRole.HQ_EDITOR))
    assert recommended not in tasks(client, person_at(office, StaffRole.HEAD_OF_OFFICE))


@pytest.mark.parametrize(("number", "queries"), [(1, 7), (15, 8), (40, 8)])  # a pile that is not shown whole is counted
def test_work_page_costs_the_same_for_any_number_of_tasks(client, office, number, queries, django_assert_num_queries):
    RegistrationFactory.create_batch(number, office=office, state=RegistrationState.SUBMITTED)
    client.force_login(person_at(office, StaffRole.REGISTRATION_OFFICER))
    with django_assert_num_queries(queries):
        assert len(client.get("/my-work/").context["tasks"]) == min(number, SHOWN)


def test_tasks_are_drawn_as_text(client, office):
    name = "<script>x</script>"
    RegistrationFactory(organization__name=name, office=office, state=RegistrationState.SUBMITTED)
    client.force_login(person_at(office, StaffRole.REGISTRATION_OFFICER))
    page = client.get("/my-work/").content.decode()
    assert name not in page
    assert page.count("&lt;script&gt;x&lt;/script&gt;") == 2


OFFICE_LISTS = [
    "Saved searches",
    "Registrations",
    "Registrations in figures",
    "Observations and flags",
    "Assessments",
    "Strengthening actions",
    "Possible twins",
]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (StaffRole.REGISTRATION_OFFICER, OFFICE_LISTS),
        (StaffRole.HQ_EDITOR, [*OFFICE_LISTS, "Sanctions screening", "Imports"]),
    ],
)
def test_work_page_leads_to_the_lists_that_the_navigation_does_not_name(client, office, role, seen):
    client.force_login(person_at(None if role == StaffRole.HQ_EDITOR else office, role))
    lists = client.get("/my-work/").context["lists"]
    assert [label for label, url_name in lists] == seen
    assert all(client.get(reverse(url_name)).status_code == 200 for label, url_name in lists)


def test_work_page_asks_a_stranger_to_sign_in(client):
    assert client.get("/my-work/").url == "/accounts/login/?next=/my-work/"


def test_landing_leads_each_to_their_own_desk(client, office):
    client.force_login(person_at(office, StaffRole.VIEWER))
    assert client.get(reverse("landing")).url == "/my-work/"
    client.force_login(MembershipFactory().user)
    assert client.get(reverse("landing")).url == "/my-organization/"


def test_landing_speaks_the_language_of_the_account(client):
    client.force_login(UserFactory(language="ar"))
    response = client.get(reverse("landing"), follow=True)
    assert 'dir="rtl"' in response.text


@pytest.mark.parametrize("number", [1, 12])
def test_home_costs_the_same_for_any_number_of_organizations(client, number, django_assert_max_num_queries):
    RegistrationFactory.create_batch(number, state=RegistrationState.VERIFIED, organization__listed=True)
    reindex_all()
    count_headings()
    cache.clear()
    with django_assert_max_num_queries(31):  # counted and put into the cache table
        stats = client.get("/").context["stats"]
    assert stats[0][1] == number
    with django_assert_max_num_queries(9):
        client.get("/")
