"""What an office usually takes, its figures month by month, and what each side owes: counted by hand."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.roles import StaffRole
from organizations.clocks.monthly import Month, last_months, monthly
from organizations.clocks.owed import owed_between
from organizations.clocks.rounds import decisions, first_answers, spreads
from organizations.clocks.usual import Usual, usual_time
from organizations.models import Registration
from organizations.models.clock import Targets
from tests.factories.assessments import PlanActionFactory
from tests.factories.organizations import DocumentFactory, RegistrationFactory
from tests.factories.programmes import CountryOfficeFactory, StaffAssignmentFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
FROM = {"resubmit": "sent_back"}


@pytest.fixture(autouse=True)
def fresh():
    with time_machine.travel(NOW, tick=False):
        yield


def lived(office, *moves, **told):
    """A registration to which ``moves`` happened, each (move, days ago)."""
    registration = RegistrationFactory(office=office, **told)
    for move, days in moves:
        AuditEvent.objects.create(
            at=NOW - timedelta(days=days),
            subject_type="organizations.registration",
            subject_id=registration.pk,
            action=move,
            from_state=FROM.get(move, ""),
        )
    return registration


def test_usual_time_is_the_middle_and_four_of_five():
    office = CountryOfficeFactory()
    for took in (1, 2, 3, 10, 40):
        lived(office, ("submit", 50), ("verify", 50 - took))
    assert usual_time(office.pk) == Usual(5, 3, 10)


def test_usual_time_says_nothing_of_fewer_than_five_or_of_long_ago():
    office = CountryOfficeFactory()
    for _each in range(4):
        lived(office, ("submit", 50), ("decline", 40))
    lived(office, ("submit", 500), ("verify", 400))
    assert usual_time(office.pk) == Usual(4)
    assert usual_time(CountryOfficeFactory().pk) == Usual(0)


def test_usual_time_is_asked_once_for_all_offices(django_assert_num_queries):
    offices = CountryOfficeFactory.create_batch(3)
    usual_time(offices[0].pk)
    with django_assert_num_queries(0):
        usual_time(offices[1].pk)


def test_a_round_counts_from_when_it_was_first_sent_and_a_renewal_from_its_own_start():
    office = CountryOfficeFactory()
    registration = lived(office, ("submit", 100), ("send_back", 95), ("resubmit", 80), ("verify", 70))
    AuditEvent.objects.create(
        at=NOW - timedelta(days=20),
        subject_type="organizations.registration",
        subject_id=registration.pk,
        action="resubmit",
        from_state="renewing",
    )
    AuditEvent.objects.create(
        at=NOW - timedelta(days=16),
        subject_type="organizations.registration",
        subject_id=registration.pk,
        action="verify",
    )
    year = NOW - timedelta(days=365)
    assert sorted(row.took.days for row in decisions(year)) == [4, 30]
    assert sorted(row.took.days for row in first_answers(year)) == [4, 5]


@pytest.mark.parametrize("many", range(1, 12))
def test_spreads_take_the_ranks_that_a_person_would_count(many):
    office = CountryOfficeFactory()
    for took in range(1, many + 1):
        lived(office, ("submit", 50), ("verify", 50 - took))
    [spread] = spreads(decisions(NOW - timedelta(days=365)), "action").values()
    expected = -(-many // 2), -(-many * 4 // 5)
    assert (spread.count, spread.median.days, spread.most.days) == (many, *expected)


def test_monthly_counts_by_hand(django_assert_num_queries):
    office = CountryOfficeFactory()
    lived(office, ("submit", 15), ("send_back", 12), ("resubmit", 10), ("verify", 4))  # all in June
    lived(office, ("submit", 40), ("decline", 8))  # May, June
    lived(office, ("submit", 41), ("withdraw", 39))
    lived(office, state="verified", valid_until=(NOW - timedelta(days=60)).date())
    lived(CountryOfficeFactory(), ("submit", 3))
    with django_assert_num_queries(6):  # two ask whether anything has changed, and for figures that were costly
        months = monthly(Registration.objects.filter(office=office))
    assert len(months) == 12
    june, may, april = months[:3]
    assert june == Month(
        june.month,
        received=1,
        resubmitted=1,
        sent_back=1,
        verified=1,
        declined=1,
        answer_median=3,
        answer_most=32,
        decision_median=11,
        decision_most=32,
    )
    assert may == Month(may.month, received=2, withdrawn=1)
    assert april == Month(april.month, lapsed=1)


def test_last_months_pass_the_turn_of_the_year():
    assert [f"{month:%Y-%m}" for month in last_months()][::11] == ["2026-06", "2025-07"]


def test_targets_say_the_same_of_one_and_in_the_database():
    own, other = CountryOfficeFactory.create_batch(2)
    found = Targets(20, {own.pk: 5})
    for office, days in ((own, 5), (own, 6), (other, 20), (other, 21)):
        RegistrationFactory(office=office, state="submitted", state_since=NOW - timedelta(days=days))
    RegistrationFactory(office=own, state_since=NOW - timedelta(days=90))
    late = set(Registration.objects.filter(found.late()))
    clocks = {row: found.clock(row) for row in Registration.objects.all()}
    assert late == {row for row, clock in clocks.items() if clock and clock.is_late}
    assert sorted(clock.late_days for clock in clocks.values() if clock) == [0, 0, 1, 1]


def test_owed_between_names_both_sides_with_their_dates():
    """S4-28: both are held accountable, by the same list."""
    registration = RegistrationFactory(state="submitted", state_since=NOW - timedelta(days=30))
    organization, today = registration.organization, NOW.date()
    DocumentFactory(organization=organization, title="Certificate", expires_on=today + timedelta(days=10))
    for state, days in (("agreed", -3), ("done", 5)):
        PlanActionFactory(
            organization=organization, office=registration.office, state=state, due_on=today + timedelta(days=days)
        )
    debts = owed_between(organization, [registration])
    assert [(debt.side, str(debt.what), debt.due, debt.late_days) for debt in debts] == [
        ("office", "First answer to the registration", today - timedelta(days=10), 10),
        ("office", "Look at a finished action of the plan", None, 0),
        ("organization", "Action of the strengthening plan", today - timedelta(days=3), 3),
        ("organization", "A newer document", today + timedelta(days=10), 0),
    ]


@pytest.mark.parametrize(("state", "what"), [("sent_back", "Answer to what the office asked"), ("draft", None)])
def test_owed_between_says_what_a_form_that_was_sent_back_waits_for(state, what):
    registration = RegistrationFactory(state=state)
    assert [str(debt.what) for debt in owed_between(registration.organization, [registration])] == [what] * bool(what)


# --- The doors --------------------------------------------------------------------------------------------------------


@pytest.fixture
def officer():
    return StaffAssignmentFactory(role=StaffRole.REGISTRATION_OFFICER, office=CountryOfficeFactory()).user


def test_figures_page_shows_the_own_office_alone(client, officer, django_assert_max_num_queries):
    lived(officer.posts[0].office, ("submit", 3))
    other = lived(CountryOfficeFactory(), ("submit", 3))
    client.force_login(officer)
    client.get("/registrations/figures/")  # the targets are kept in memory
    with django_assert_max_num_queries(10):
        page = client.get("/registrations/figures/")
    assert page.context["months"][0].received == 1
    assert client.get("/registrations/figures/", {"office": other.office.code}).status_code == 422
    lines = client.get("/registrations/figures/?format=csv").getvalue().decode().splitlines()
    assert lines[1] == "2026-06,1,0,0,0,0,0,0,,,,"


def test_figures_of_headquarters_are_chosen_by_office_and_region(client):
    here, there = CountryOfficeFactory.create_batch(2)
    for office in (here, there, there):
        lived(office, ("submit", 3))
    client.force_login(StaffAssignmentFactory(role=StaffRole.VIEWER, office=None).user)
    asked = [{}, {"office": here.code}, {"region": there.region.code}]
    assert [client.get("/registrations/figures/", one).context["months"][0].received for one in asked] == [3, 1, 2]


def test_figures_are_for_staff(client):
    client.force_login(RegistrationFactory().created_by)
    assert client.get("/registrations/figures/").status_code == 403
    assert client.get("/api/v1/registration-figures/").status_code == 403
    client.logout()
    assert client.get("/registrations/figures/").status_code == 302


def test_figures_api_says_the_same(client, officer):
    lived(officer.posts[0].office, ("submit", 3), ("verify", 1))
    client.force_login(officer)
    [june, *_before] = client.get("/api/v1/registration-figures/").json()
    assert (june["month"], june["received"], june["verified"], june["decision_median"]) == ("2026-06-01", 1, 1, 2)
    assert client.get("/api/v1/registration-figures/", {"office": "none"}).status_code == 400


def test_owed_page_opens_for_both_sides(client, officer):
    registration = lived(officer.posts[0].office, state="submitted", state_since=timezone.now() - timedelta(days=25))
    url = f"/organizations/{registration.organization_id}/owed/"
    client.force_login(officer)
    page = client.get(url).text
    assert "First answer to the registration" in page
    assert "5 days late" in page
    client.force_login(registration.created_by)
    assert client.get(url).status_code == 404
