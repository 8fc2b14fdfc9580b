"""Assessments and the strengthening plan: who rates, who decides, what counts, what grows out of gaps."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Notification
from accounts.roles import StaffRole
from organizations.actions.assessment import (
    agree_action,
    finalise,
    hand_in,
    rate,
    remind_of_assessments,
    remind_of_plan_actions,
    start_assessment,
)
from organizations.lifecycle import ASSESSMENT, AssessmentState, PlanActionState
from organizations.models import Assessment, AssessmentCriterion, AssessmentScheme, PlanAction
from organizations.models.assessment import AssessmentKind, RiskRating, missing_assessments, overall_risk
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.assessments import AssessmentFactory, CriterionFactory, PlanActionFactory
from tests.factories.programmes import StaffAssignmentFactory

PSEA = AssessmentKind.PSEA


@pytest.fixture
def office(house):
    """The people of the office who assess and decide."""
    house.assessor = StaffAssignmentFactory(role=StaffRole.PROGRAMME_OFFICER, office=house.office).user
    house.manager = StaffAssignmentFactory(role=StaffRole.PARTNERSHIP_MANAGER, office=house.office).user
    house.other_assessor = StaffAssignmentFactory(role=StaffRole.PROGRAMME_OFFICER).user
    house.criteria = [CriterionFactory(kind=PSEA) for _each in range(3)]
    return house


@pytest.fixture
def started(office):
    return start_assessment(office.organization, by=office.assessor, kind=PSEA, office=office.office)


def rated(office, assessment, *levels, by=None, **facts):
    told = {criterion: (level, f"Found {level}") for criterion, level in zip(office.criteria, levels, strict=False)}
    return rate(assessment, by=by or office.assessor, levels=told, assessed_on=date(2026, 1, 31), **facts)


def submitted(office, assessment, *levels):
    rated(office, assessment, *levels)
    return ASSESSMENT.perform(assessment, "submit", by=office.assessor)


def made_final(office, *levels, kind=PSEA):
    assessment = start_assessment(office.organization, by=office.assessor, kind=kind, office=office.office)
    return finalise(submitted(office, assessment, *levels), by=office.manager)


# --- What counts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "points", "score", "rating"),
    [
        ("mean", [1, 1, 1], "1.00", RiskRating.LOW),
        ("mean", [1, 2, 2], "1.67", RiskRating.MEDIUM),
        ("mean", [2, 3], "2.50", RiskRating.SIGNIFICANT),
        ("mean", [4, 4, 3], "3.67", RiskRating.HIGH),
        ("worst", [1, 1, 4], "4.00", RiskRating.HIGH),
        ("worst", [1, 1, 1], "1.00", RiskRating.LOW),
    ],
)
def test_points_become_a_rating(rule, points, score, rating):
    scheme = AssessmentScheme(kind=PSEA, rule=rule)
    assert (scheme.score(points), scheme.rating(scheme.score(points))) == (Decimal(score), rating)


def test_assessment_without_criteria_has_no_score():
    with pytest.raises(ValueError, match="no score"):
        AssessmentScheme(kind=PSEA).score([])


def test_last_day_of_an_assessment_of_29_february():
    assert AssessmentScheme(kind=PSEA, years_valid=5).last_day(date(2028, 2, 29)) == date(2033, 2, 28)


def test_final_assessment_counts_until_it_lapses(office):
    final = made_final(office, 1, 1, 2)
    assert (final.rating, final.score, final.valid_until) == ("low", Decimal("1.33"), date(2031, 1, 31))
    with time_machine.travel("2031-02-01", tick=False):
        assert PSEA in missing_assessments(office.organization)
    assert PSEA not in missing_assessments(office.organization)


def test_newer_assessment_of_the_same_kind_takes_the_place_of_the_older(office):
    older, newer = made_final(office, 1, 1, 1), made_final(office, 4, 4, 4)
    older.refresh_from_db()
    assert (older.state, newer.state) == (AssessmentState.REPLACED, AssessmentState.FINAL)
    assert overall_risk(office.organization) == RiskRating.HIGH


def test_higher_of_the_financial_and_the_psea_rating_drives_assurance(office):
    AssessmentFactory(organization=office.organization, kind="psea", state="final", rating="medium")
    AssessmentFactory(organization=office.organization, kind="financial", state="final", rating="significant")
    AssessmentFactory(organization=office.organization, kind="capacity", state="final", rating="high")
    assert overall_risk(office.organization) == RiskRating.SIGNIFICANT


def test_organization_without_assessments_has_no_rating(office):
    assert (overall_risk(office.organization), len(missing_assessments(office.organization))) == (None, 4)


def test_thresholds_are_rows_that_an_administrator_edits(office):
    AssessmentScheme.objects.create(kind=PSEA, medium_from="1.1", significant_from="1.2", high_from="1.3")
    assert made_final(office, 1, 1, 2).rating == "high"


def test_questions_are_loaded_once(db, capsys):
    for _each in range(2):
        call_command("load_questions")
    assert AssessmentScheme.objects.count() == 4
    assert AssessmentCriterion.objects.filter(kind=PSEA).count() == 6
    assert AssessmentCriterion.objects.filter(kind="financial").count() == 7
    missing = [row.code for row in AssessmentCriterion.objects.all() if not {"fr", "ar"} <= set(row.texts)]
    assert missing == []


# --- Rating -----------------------------------------------------------------------------------------------------------


def test_assessment_is_saved_as_far_as_it_is_and_submitted_when_all_is_rated(office, started):
    rated(office, started, 1)
    with pytest.raises(NotNow, match="2 to go"):
        ASSESSMENT.perform(started, "submit", by=office.assessor)
    assert submitted(office, started, 1, 2, 3).state == AssessmentState.SUBMITTED


def test_whoever_submits_does_not_decide(office):
    """Four eyes: a partnership manager may do both, but not with the same assessment."""
    assessment = start_assessment(office.organization, by=office.manager, kind=PSEA, office=office.office)
    rated(office, assessment, 1, 1, 1, by=office.manager)
    ASSESSMENT.perform(assessment, "submit", by=office.manager)
    assessment.refresh_from_db()
    with pytest.raises(NotAllowed):
        finalise(assessment, by=office.manager)


def test_another_office_does_not_rate(office, started):
    with pytest.raises(NotAllowed):
        rated(office, started, 1, by=office.other_assessor)


def test_two_assessments_of_one_kind_are_not_on_their_way_at_once(office, started):
    with pytest.raises(ValidationError, match="on its way already"):
        start_assessment(office.organization, by=office.assessor, kind=PSEA, office=office.office)


def test_day_to_come_is_refused(office, started):
    with pytest.raises(ValidationError) as refused:
        rate(started, by=office.assessor, levels={}, assessed_on=timezone.localdate() + timedelta(days=1))
    assert set(refused.value.error_dict) == {"assessed_on"}


def test_assessor_who_read_an_older_version_is_told(office, started):
    rated(office, started, 1, expected_version=1)
    with pytest.raises(Stale):
        rated(office, started, 2, expected_version=1)


def test_rating_ends_with_the_submission(office, started):
    with pytest.raises(NotNow):
        rated(office, submitted(office, started, 1, 1, 1), 4)


def test_organization_is_told_each_time_it_is_asked(office, started):
    for round_ in (1, 2):
        asked = ASSESSMENT.perform(started, "ask_organization", by=office.assessor)
        rate(asked, by=office.editor, levels=dict.fromkeys(office.criteria, (2, "")))
        asked.refresh_from_db()
        started = hand_in(asked, by=office.editor)
        assert Notification.objects.filter(recipient=office.editor).count() == round_


def test_organization_rates_itself_when_it_is_asked(office, started):
    with pytest.raises(NotAllowed):
        rated(office, started, 1, by=office.editor)
    asked = ASSESSMENT.perform(started, "ask_organization", by=office.assessor)
    with pytest.raises(NotAllowed):
        rated(office, asked, 1)
    rate(asked, by=office.editor, levels=dict.fromkeys(office.criteria, (2, "")))
    asked.refresh_from_db()
    assert hand_in(asked, by=office.editor).state == AssessmentState.DRAFT
    assert Notification.objects.filter(recipient=office.assessor, subject__contains="has rated itself").exists()


# --- The plan ---------------------------------------------------------------------------------------------------------


def test_gaps_become_proposed_actions(office):
    made_final(office, 1, 3, 4)
    assert list(PlanAction.objects.values_list("text", "state")) == [("Found 3", "proposed"), ("Found 4", "proposed")]


def test_action_goes_from_proposed_to_confirmed(office):
    made_final(office, 1, 1, 4)
    action = PlanAction.objects.get()
    due = timezone.localdate() + timedelta(days=60)
    agree_action(action, by=office.editor, due_on=due, owner="The board")
    for name, by, told in (
        ("report_done", office.administrator, {"reason": "See the new policy."}),
        ("reopen", office.assessor, {"reason": "No signature."}),
        ("report_done", office.administrator, {"reason": "Signed now."}),
        ("confirm", office.assessor, {}),
    ):
        action.refresh_from_db()
        action.lifecycle.perform(action, name, by=by, **told)
    action.refresh_from_db()
    assert (action.state, action.owner, action.due_on) == (PlanActionState.CONFIRMED, "The board", due)


def test_action_is_agreed_for_a_day_to_come(office):
    action = PlanActionFactory(organization=office.organization, office=office.office)
    with pytest.raises(ValidationError) as refused:
        agree_action(action, by=office.editor, due_on=date(2020, 1, 1), owner="The board")
    assert set(refused.value.error_dict) == {"due_on"}


def test_office_confirms_and_the_organization_carries_out(office):
    action = PlanActionFactory(organization=office.organization, office=office.office)
    with pytest.raises(NotAllowed):
        agree_action(action, by=office.assessor, due_on=timezone.localdate(), owner="x")


# --- Every night ------------------------------------------------------------------------------------------------------


def test_lapsing_assessments_are_told_once(office):
    made_final(office, 1, 1, 1)
    with time_machine.travel("2030-12-01", tick=False):
        assert (remind_of_assessments(), remind_of_assessments()) == (1, 1)
    assert Notification.objects.filter(recipient=office.assessor, subject__contains="lapses soon").count() == 1


def test_actions_are_reminded_of_before_they_are_due_and_when_they_are_overdue(office):
    PlanActionFactory(organization=office.organization, office=office.office, state="agreed")
    subjects = Notification.objects.filter(recipient=office.editor).order_by("pk").values_list("subject", flat=True)
    for days in (10, 90, 90, 101, 150):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            remind_of_plan_actions()
    assert [subject.rpartition(" ")[2] for subject in subjects] == ["soon", "overdue"]


# --- Pages and API ----------------------------------------------------------------------------------------------------


def pages(office, assessment):
    one = f"/organizations/{office.organization.pk}/assessments/"
    return [one, f"{one}new/", assessment.get_absolute_url(), f"{assessment.get_absolute_url()}rate/", "/assessments/"]


def test_who_reads_what(client, office, started):
    found = {}
    for name in ("assessor", "other_assessor", "reader", "stranger"):
        client.force_login(getattr(office, name))
        found[name] = [client.get(page).status_code for page in pages(office, started)]
    assert found == {
        "assessor": [200, 200, 200, 200, 200],
        "other_assessor": [200, 200, 200, 403, 200],
        "reader": [200, 403, 404, 404, 403],  # an assessment on its way is the office's own
        "stranger": [404, 404, 404, 404, 403],
    }


def test_assessor_starts_and_rates_on_pages(client, office):
    client.force_login(office.assessor)
    start = f"/organizations/{office.organization.pk}/assessments/new/"
    client.post(start, {"kind": "psea", "office": office.office.pk})
    assessment = Assessment.objects.get()
    rating = f"{assessment.get_absolute_url()}rate/"
    one = office.criteria[0]
    bad = client.post(
        rating, {"version": "1", f"text-{one.pk}": "Seen.", "assessed_on": "tomorrow", "assessor": "staff"}
    )
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {f"level-{one.pk}", "assessed_on"})
    assert "Seen." in bad.text
    good = {"version": "1", f"level-{one.pk}": "2", f"text-{one.pk}": "Seen.", "assessor": "firm", "assessed_on": ""}
    assert client.post(rating, good).status_code == 302
    assert client.post(rating, good).status_code == 409
    assert list(assessment.findings.values_list("criterion", "level", "text")) == [(one.pk, 2, "Seen.")]


def test_result_is_read_and_commented_by_the_organization(client, office):
    final = made_final(office, 1, 1, 4)
    client.force_login(office.administrator)
    page = client.get(final.get_absolute_url())
    assert "Found 4" in page.text
    client.post(f"{final.get_absolute_url()}comment/", {"text": "We see it otherwise."})
    assert "We see it otherwise." in client.get(final.get_absolute_url()).text


def test_api_starts_rates_and_moves(client, office):
    client.force_login(office.assessor)
    told = {"organization": office.organization.pk, "office": office.office.code, "kind": "psea"}
    made = client.post("/api/v1/assessments/", told, content_type="application/json")
    assert made.status_code == 201
    one = f"/api/v1/assessments/{made.json()['id']}/"
    findings = [{"criterion": criterion.code, "level": 2} for criterion in office.criteria]
    answer = client.put(f"{one}ratings/", {"findings": findings, "assessed_on": "2026-01-31"}, "application/json")
    assert (answer.status_code, len(answer.json()["findings"])) == (200, 3)
    wrong = client.put(f"{one}ratings/", {"findings": [{"criterion": "no", "level": 2}]}, "application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "findings")
    assert client.post(f"{one}transitions/submit/", {}, "application/json").json()["state"] == "submitted"


def test_lists_cost_the_same_for_many(client, office, django_assert_max_num_queries):
    client.force_login(office.assessor)
    for address in ("/assessments/", "/plan-actions/", f"/organizations/{office.organization.pk}/assessments/"):
        counted = []
        for _each in range(2):
            with django_assert_max_num_queries(15) as captured:
                assert client.get(address).status_code == 200
            counted.append(len(captured))
            for _more in range(4):
                PlanActionFactory(organization=office.organization, office=office.office)
                AssessmentFactory(organization=office.organization, office=office.office, state="cancelled")
        assert counted[0] == counted[1], address


def test_detail_costs_few_queries(office, queries_of):
    final = made_final(office, 1, 3, 4)
    queries_of(office.manager, final.get_absolute_url())


def test_csv_and_filters(client, office):
    made_final(office, 1, 1, 4)
    client.force_login(office.assessor)
    assert "PSEA" in client.get("/assessments/?format=csv").getvalue().decode()
    assert client.get("/assessments/?rating=high").context["page"].count == 0
    assert client.get("/assessments/?lapses=30&state=final&q=hope").context["page"].count == 0
    assert client.get("/plan-actions/?overdue=on").context["page"].count == 0


def test_organization_reads_the_result_and_not_how_the_office_came_to_it(client, office, started):
    rate(started, by=office.assessor, levels={}, summary="They keep no books, says a rival.")
    sent = submitted(office, started, 1, 1, 1)
    ASSESSMENT.perform(sent, "send_back", by=office.manager, reason="Hearsay. Take that out.")
    rate(started, by=office.assessor, levels={}, summary="The books are in order.")
    final = finalise(ASSESSMENT.perform(started, "submit", by=office.assessor), by=office.manager)
    for person, told in ((office.editor, False), (office.assessor, True)):
        client.force_login(person)
        for address in (final.get_absolute_url(), f"/api/v1/assessments/{final.pk}/events/"):
            page = client.get(address).text
            assert ("says a rival" in page, "Hearsay" in page) == (told, told)
