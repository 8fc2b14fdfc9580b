"""What an office does beside checking: assigning, handing over, reminding."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Notification
from accounts.roles import StaffRole
from organizations.actions.desk import (
    assign_registration,
    assign_registrations,
    hand_over,
    nudge_drafts,
    remind,
    tell_of_late_registrations,
)
from organizations.actions.invitation import accept_invitation, withdraw_invitation
from organizations.actions.registration import submit
from organizations.lifecycle import RegistrationState
from organizations.models import Invitation, Registration
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory, RegistrationFactory, SectionDraftFactory
from tests.factories.programmes import StaffAssignmentFactory

R = RegistrationState
ASSIGN = "/registrations/assign/"


def make(house, **told):
    told.setdefault("organization", house.organization)
    told.setdefault("created_by", house.administrator)
    return RegistrationFactory(office=house.office, **told)


@pytest.fixture
def colleague(house):
    return StaffAssignmentFactory(role=StaffRole.REGISTRATION_OFFICER, office=house.office).user


def told():
    return list(Notification.objects.order_by("pk").values_list("recipient__email", "subject"))


# --- Assigning --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("officer", True),
        ("manager", True),
        ("head", True),
        ("staff_viewer", False),
        ("administrator", False),
        ("other_officer", False),
    ],
)
def test_assign_is_for_those_who_run_the_desk(house, colleague, who, may):
    registration, by = make(house, state=R.SUBMITTED), getattr(house, who)
    if not may:
        with pytest.raises(NotAllowed):
            assign_registration(registration, by=by, to=colleague)
        return
    assert assign_registration(registration, by=by, to=colleague).assigned_to == colleague
    event = AuditEvent.objects.about(registration).first()
    assert (event.action, event.reason, event.audience) == ("assigned", str(colleague), "office")
    assert told() == [(colleague.email, f"{house.organization}: assigned to you")]


def test_assign_takes_only_somebody_who_checks_for_the_office(house):
    for person in (house.other_officer, house.head, house.administrator):
        with pytest.raises(ValidationError, match="does not check registrations"):
            assign_registration(make(house, organization=OrganizationFactory()), by=house.officer, to=person)


def test_assign_to_oneself_tells_nobody_and_to_nobody_takes_it_back(house):
    registration = assign_registration(make(house, state=R.SUBMITTED), by=house.officer, to=house.officer)
    assert assign_registration(registration, by=house.officer, to=None).assigned_to is None
    assert told() == []


def test_assign_what_is_over_is_not_now(house, colleague):
    with pytest.raises(NotNow, match="Declined"):
        assign_registration(make(house, state=R.DECLINED), by=house.officer, to=colleague)


def test_assign_knows_that_somebody_was_quicker(house, colleague):
    with pytest.raises(Stale):
        assign_registration(make(house), by=house.officer, to=colleague, expected_version=7)


def test_assign_several_names_what_could_not_be_and_does_the_rest(house, colleague):
    good, changed, over = (
        make(house, organization=OrganizationFactory(), state=state) for state in (R.SUBMITTED, R.SUBMITTED, R.DECLINED)
    )
    elsewhere = RegistrationFactory(state=R.SUBMITTED)
    rows = [(good.pk, 1), (changed.pk, 9), (over.pk, 1), (elsewhere.pk, 1)]
    outcome = assign_registrations(rows, by=house.officer, to=colleague)
    assert outcome.done == [good]
    assert [name for name, _why in outcome.refused] == [str(changed), str(over), f"Registration {elsewhere.pk}"]
    assert Registration.objects.filter(assigned_to=colleague).count() == 1


def test_assign_page_shows_the_names_then_assigns_in_one_message(client, house, colleague):
    rows = [make(house, organization=OrganizationFactory(), state=R.SUBMITTED) for _each in range(2)]
    client.force_login(house.officer)
    page = client.get(ASSIGN, {"row": [row.pk for row in rows], "to": colleague.pk})
    assert all(row.organization.name in page.text for row in rows)
    assert f'<option value="{colleague.pk}" selected>' in page.text
    answer = client.post(ASSIGN, {"row": [f"{row.pk}:{row.version}" for row in rows], "to": colleague.pk})
    assert (answer.status_code, answer.url) == (302, reverse("organizations:registration-list"))
    assert set(Registration.objects.values_list("assigned_to", flat=True)) == {colleague.pk}
    assert told() == [(colleague.email, "2 registrations assigned to you")]


def test_assign_page_names_the_rows_that_changed_and_offers_them_again(client, house, colleague):
    row = make(house, state=R.SUBMITTED)
    client.force_login(house.officer)
    answer = client.post(ASSIGN, {"row": f"{row.pk}:8", "to": colleague.pk})
    assert answer.status_code == 409
    assert "Somebody changed this after you opened it" in answer.text
    assert f'value="{row.pk}:{row.version}"' in answer.text


def test_assign_page_refuses(client, house):
    row = make(house, state=R.SUBMITTED)
    client.force_login(house.officer)
    assert client.post(ASSIGN, {"row": "nonsense"}).status_code == 422
    assert client.post(ASSIGN, {"row": f"{row.pk}:1", "to": house.other_officer.pk}).status_code == 422
    assert client.get(ASSIGN).status_code == 302
    client.force_login(house.staff_viewer)
    assert client.get(ASSIGN, {"row": row.pk}).status_code == 403
    client.force_login(house.administrator)
    assert client.post(ASSIGN, {"row": f"{row.pk}:1"}).status_code == 403
    client.force_login(house.other_officer)
    assert client.get(ASSIGN, {"row": row.pk}).status_code == 302  # nothing of it is seen there


# --- The queue --------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(house, colleague):
    """What the office has: one late and its officer's, one of today that is nobody's, one of a colleague."""
    long_ago = timezone.now() - timedelta(days=40)
    return {
        "late": make(
            house,
            organization=OrganizationFactory(),
            state=R.SUBMITTED,
            state_since=long_ago,
            assigned_to=house.officer,
        ),
        "new": make(house, organization=OrganizationFactory(), state=R.SUBMITTED),
        "theirs": make(house, organization=OrganizationFactory(), state=R.RESUBMITTED, assigned_to=colleague),
        "draft": make(house, organization=OrganizationFactory(), state_since=long_ago),
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("late=true", {"late"}),
        ("age=30", {"late", "draft"}),
        ("assigned=me", {"late"}),
        ("assigned=nobody", {"new", "draft"}),
        ("assigned=nobody&age=7", {"draft"}),
        ("", {"late", "new", "theirs", "draft"}),
    ],
)
def test_list_is_filtered_by_age_lateness_and_person(client, house, waiting, asked, found):
    client.force_login(house.officer)
    rows = client.get(f"/registrations/?{asked}").context["object_list"]
    assert {name for name, row in waiting.items() if row in rows} == found
    assert len(rows) == len(found)


def test_list_finds_what_is_a_colleagues_and_what_somebody_left_behind(client, house, colleague, waiting):
    client.force_login(house.officer)
    for whom in ("colleague", colleague.pk):
        assert client.get(f"/registrations/?assigned={whom}").context["object_list"] == [waiting["theirs"]]
    colleague.is_active = False
    colleague.save()
    assert waiting["theirs"] in client.get("/registrations/?assigned=nobody").context["object_list"]


def test_list_says_late_in_words_and_when_the_answer_is_due(client, house, waiting):
    client.force_login(house.officer)
    page = client.get("/registrations/?late=true").text
    assert "20 days late" in page
    assert "answer due by" in page
    lines = client.get("/registrations/?late=true&format=csv").getvalue().decode().splitlines()
    assert lines[1].endswith(f",{house.officer},{timezone.localdate() - timedelta(days=20)},20")


def test_list_shows_members_no_colleagues_and_no_filters_of_the_office(client, house, waiting):
    make(house, state=R.SUBMITTED, assigned_to=house.officer)
    client.force_login(house.editor)
    page = client.get("/registrations/")
    assert page.context["may_assign"] is False
    assert str(house.officer) not in page.text
    assert set(page.context["filter"].form.fields) == {"q", "state", "standing", "office", "cso_type"}


def test_list_costs_the_same_for_any_number_of_rows(house, colleague, queries_of):
    make(house, state=R.SUBMITTED, assigned_to=colleague)
    few = queries_of(house.officer, "/registrations/", most=10)
    for _each in range(8):
        make(house, organization=OrganizationFactory(), state=R.SUBMITTED, assigned_to=colleague)
    assert queries_of(house.officer, "/registrations/", most=10) == few


def test_desk_puts_what_is_assigned_first_and_counts_what_is_late(client, house, waiting):
    client.force_login(house.officer)
    page = client.get("/my-work/")
    assert [task.instance for task in page.context["tasks"]] == [waiting[name] for name in ("late", "new", "theirs")]
    assert page.context["late"] == 1
    assert "1 registration should have been answered by now." in page.text
    assert "20 days late" in page.text


# --- Handing over -----------------------------------------------------------------------------------------------------


@pytest.fixture
def on_behalf(house):
    """A form that the office fills in for an organization that nobody acts for yet."""
    return make(house, organization=OrganizationFactory(), created_by=house.officer, on_behalf=True, complete=True)


@pytest.fixture
def successor():
    return UserFactory(email="almaz@hope.example")


def test_hand_over_invites_and_who_accepts_administers_while_the_office_no_longer_edits(house, on_behalf, successor):
    hand_over(on_behalf, by=house.officer, person="Almaz", email="Almaz@hope.example")
    invitation = Invitation.objects.get()
    assert (invitation.registration, invitation.role, invitation.name) == (on_behalf, "administrator", "Almaz")
    assert house.officer.has_perm("organizations.change_registration", on_behalf)  # until it is accepted
    accept_invitation(invitation, by=successor)
    on_behalf.refresh_from_db()
    assert on_behalf.on_behalf is False
    assert successor.has_perm("organizations.submit_registration", on_behalf)
    assert not house.officer.has_perm("organizations.change_registration", on_behalf)
    assert AuditEvent.objects.about(on_behalf).first().action == "taken_over"


def test_hand_over_waits_for_one_person_at_a_time_and_is_withdrawn(client, house, on_behalf):
    hand_over(on_behalf, by=house.officer, person="Almaz", email="almaz@hope.example")
    with pytest.raises(NotNow, match="Almaz has been asked"):
        hand_over(on_behalf, by=house.officer, person="Bekele", email="bekele@hope.example")
    client.force_login(house.officer)
    assert "Almaz</bdi> was asked to take it over" in client.get(on_behalf.get_absolute_url()).text
    invitation = Invitation.objects.get()
    assert client.get(invitation.get_absolute_url()).status_code == 200
    withdraw_invitation(invitation, by=house.officer)
    assert not on_behalf.handovers.waiting().exists()
    client.force_login(house.other_officer)
    assert client.get(invitation.get_absolute_url()).status_code == 404


def test_hand_over_is_offered_only_for_what_the_office_fills_in(client, house, on_behalf):
    client.force_login(house.officer)
    assert client.get(on_behalf.transition_url("hand_over")).status_code == 200
    assert client.get(make(house).transition_url("hand_over")).status_code == 409
    answer = client.post(on_behalf.transition_url("hand_over"), {"person": "Almaz", "email": "no address"})
    assert answer.status_code == 422
    assert "Almaz" in answer.text


def test_hand_over_of_what_was_sent_lets_the_successor_answer(house, on_behalf, successor):
    """The office that filled it in has sent it; from then on the organization speaks for itself."""
    sent = submit(on_behalf, by=house.officer)
    hand_over(sent, by=house.officer, person="Almaz", email=successor.email)
    accept_invitation(Invitation.objects.get(), by=successor)
    sent.refresh_from_db()
    assert (sent.state, sent.on_behalf) == (R.SUBMITTED, False)


# --- Reminding --------------------------------------------------------------------------------------------------------


def test_remind_tells_administrators_and_editors_once_a_week(house):
    registration = make(house, state=R.SENT_BACK)
    reminded = remind(registration, by=house.officer, reason="The call closes on Friday.")
    assert {email for email, _subject in told()} == {house.administrator.email, house.editor.email}
    assert "The call closes on Friday." in Notification.objects.first().body
    with pytest.raises(NotNow, match="less than a week ago"):
        remind(reminded, by=house.officer)
    Registration.objects.update(reminded_at=timezone.now() - timedelta(days=7, minutes=1))
    reminded.refresh_from_db()
    remind(reminded, by=house.officer)
    assert AuditEvent.objects.about(registration).filter(action="remind").count() == 2


@pytest.mark.parametrize(
    ("idle", "before", "steps"), [(13, 0, 0), (14, 0, 14), (45, 14, 30), (45, 30, 30), (90, 0, 60)]
)
def test_nudge_drafts_once_after_each_step(house, idle, before, steps):
    then = timezone.now() - timedelta(days=idle, minutes=1)
    registration = make(house, created_at=timezone.now() - timedelta(days=200), nudged_days=before)
    SectionDraftFactory(registration=registration, saved_at=then)
    assert nudge_drafts() == (steps > before)
    registration.refresh_from_db()
    assert registration.nudged_days == steps
    assert nudge_drafts() == 0
    assert len(told()) == 2 * (steps > before)


def test_nudge_drafts_that_the_office_fills_in_goes_to_the_officer(house, on_behalf):
    Registration.objects.filter(pk=on_behalf.pk).update(created_at=timezone.now() - timedelta(days=20))
    on_behalf.drafts.update(saved_at=timezone.now() - timedelta(days=20))
    assert nudge_drafts() == 1
    assert [email for email, _subject in told()] == [house.officer.email]


def test_tell_of_late_sends_each_officer_one_message_a_day(house, colleague, waiting):
    RegistrationFactory(office=house.office, state=R.SUBMITTED, state_since=timezone.now() - timedelta(days=21))
    assert tell_of_late_registrations() == 2
    assert tell_of_late_registrations() == 2  # the same day: nothing new is written
    assert sorted(told()) == sorted((one.email, "2 registrations wait too long") for one in (house.officer, colleague))
    mine = Notification.objects.get(recipient=house.officer)
    assert "1 of them is assigned to you." in mine.body


# --- The API ----------------------------------------------------------------------------------------------------------


def test_assign_by_api(client, house, colleague):
    registration = make(house, state=R.SUBMITTED, state_since=timezone.now() - timedelta(days=22))
    url = f"/api/v1/registrations/{registration.pk}/"

    def assign(who, to):
        client.force_login(who)
        return client.post(f"{url}assign/", {"to": to}, content_type="application/json")

    answer = assign(house.officer, colleague.email)
    assert (answer.status_code, answer.json()["assigned_to"], answer.json()["days_late"]) == (200, str(colleague), 2)
    assert assign(house.officer, house.other_officer.email).status_code == 400
    assert assign(house.staff_viewer, colleague.email).status_code == 403
    assert assign(house.other_officer, colleague.email).status_code == 404
    client.force_login(house.editor)
    told = client.get(url).json()
    assert (told["assigned_to"], told["waits_for"]) == (None, "the country office to check it")
    [debt] = client.get(f"{url}owed/").json()
    assert (debt["side"], debt["late_days"]) == ("office", 2)


def test_handed_over_invitation_is_managed_by_the_officers_of_the_office_alone(house, on_behalf):
    """Of the office only its officers manage it, though its staff sees it: the access matrix knows no hand-over."""
    hand_over(on_behalf, by=house.officer, person="Almaz", email="almaz@hope.example")
    invitation = Invitation.objects.get()
    people = (house.officer, house.staff_viewer, house.head, house.other_officer, house.administrator)
    may = [person.has_perm("organizations.manage_invitation", invitation) for person in people]
    sees = [Invitation.objects.visible_to(person).exists() for person in people]
    assert may == [True, False, False, False, False]
    assert sees == [True, True, True, False, False]
    assert [person.has_perm("organizations.view_invitation", invitation) for person in people] == sees
