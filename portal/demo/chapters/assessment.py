"""Assessments at every stage, with the strengthening plans that grew out of them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.actions.assessment import agree_action, rate, start_assessment
from organizations.models import Assessment, AssessmentCriterion, Organization, PlanAction
from portal.demo.clock import days_ago

# Whose, which kind, how far it came, how long ago it began, the level of the last criterion, what was found there.
ASSESSMENTS = (
    ("UCFU", "core_values", "final", 640, 1, ""),
    ("UCFU", "psea", "final", 500, 2, "Refresher training is not held for volunteers in the branches."),
    ("UCFU", "financial", "submitted", 9, 2, ""),
    ("UCFU", "capacity", "self_assessment", 4, 0, ""),
    ("ODK", "psea", "final", 120, 3, "The reporting line is not known in two districts."),
    ("ODK", "capacity", "draft", 6, 0, ""),
    ("HPEI", "core_values", "final", 200, 1, ""),
    ("HPEI", "financial", "final", 190, 3, "One person orders, receives and pays."),
    ("HPEI", "psea", "cancelled", 80, 0, ""),
)


def play(stage: Any) -> None:
    criteria = list(AssessmentCriterion.objects.filter(is_active=True))
    for acronym, kind, until, days, level, worst in ASSESSMENTS:
        organization = Organization.objects.filter(acronym=acronym).first()
        if organization is not None:
            _assess(stage, organization, [one for one in criteria if one.kind == kind], until, days, level, worst)
    _follow_up(stage)


def _assess(
    stage: Any, organization: Organization, criteria: list[Any], until: str, days: int, level: int, worst: str
) -> None:
    office = organization.registrations.select_related("office").first().office
    assessor = stage.cast.staff(office, StaffRole.PROGRAMME_OFFICER)
    decides = stage.cast.staff(office, StaffRole.PARTNERSHIP_MANAGER)
    with days_ago(days):
        assessment = start_assessment(organization, by=assessor, kind=criteria[0].kind, office=office)
        if level:
            levels = dict.fromkeys(criteria, (1, "")) | {criteria[-1]: (level, worst)}
            day = timezone.localdate() - timedelta(days=1)
            assessment = rate(assessment, by=assessor, levels=levels, assessed_on=day)
    moves = {
        "final": [("submit", assessor), ("finalise", decides)],
        "submitted": [("submit", assessor)],
        "self_assessment": [("ask_organization", assessor)],
        "cancelled": [("cancel", assessor)],
    }.get(until, [])
    for after, (name, by) in enumerate(moves, start=1):
        told = {"reason": "Another United Nations body assesses it this year."} if name == "cancel" else {}
        with days_ago(days - after):
            fresh = Assessment.objects.get(pk=assessment.pk)
            fresh.lifecycle.perform(fresh, name, by=by, **told)


def _follow_up(stage: Any) -> None:
    """One action agreed and overdue, one done and waiting for the office; what else was proposed waits."""
    for action, done in zip(
        PlanAction.objects.select_related("office").order_by("pk")[:2], (False, True), strict=False
    ):
        administrator = User.objects.filter(
            memberships__organization=action.organization_id, memberships__role=MemberRole.ADMINISTRATOR
        ).first()
        with days_ago(70):
            due = timezone.localdate() + timedelta(days=40)
            agree_action(action, by=administrator, due_on=due, owner="The board")
        if done:
            with days_ago(5):
                fresh = PlanAction.objects.get(pk=action.pk)
                reason = "Two people now order and pay; see the new procedure of last month."
                fresh.lifecycle.perform(fresh, "report_done", by=administrator, reason=reason)
