"""What happens to assessments, and to the strengthening plan that grows out of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import BOTH, OFFICE, changing, comment, create, move, performing
from accounts.models import AuditEvent, User
from organizations import emails
from organizations.lifecycle.assessment import ASSESSMENT, PLAN_ACTION, AssessmentState, PlanActionState
from organizations.models import Assessment, AssessmentFinding, AssessmentScheme, Organization, PlanAction
from portal.kit.access import NotNow

REMIND_DAYS = 90
PLAN_REMIND_DAYS = 14
ASSESSED = ("assessed_on", "assessor", "assessor_name", "summary")


def start_assessment(organization: Organization, *, by: User, kind: str, office: Any) -> Assessment:
    """Begin an assessment of one kind. Raises ValidationError while another of that kind is on its way."""
    return create(
        Assessment(organization=organization, kind=kind, office=office, created_by=by), "organizations.assess", by=by
    )


def rate(
    assessment: Assessment,
    *,
    by: User,
    levels: Mapping[Any, tuple[int | None, str]],
    expected_version: int | None = None,
    **facts: Any,
) -> Assessment:
    """Keep the ratings given so far: criterion → (level or None, what was found), and who assessed when.

    The office rates while it is being assessed, the organization while it is asked to rate itself; nobody else and not
    later. Raises Stale, NotAllowed, NotNow, ValidationError.
    """
    asked = assessment.state == AssessmentState.SELF_ASSESSMENT
    permission, audience = ("organizations.assess_oneself", BOTH) if asked else ("organizations.assess", OFFICE)
    with changing(
        assessment, permission, by=by, action="rated", expected_version=expected_version, audience=audience
    ) as changed:
        if not changed.lifecycle.is_editable(changed, "summary"):
            state = changed.lifecycle.state(changed.state)
            raise NotNow([_("It cannot be rated while it is “%(state)s”.") % {"state": state.label}])
        for name in ASSESSED:
            if name in facts:
                setattr(changed, name, facts[name])
        if changed.assessed_on and changed.assessed_on > timezone.localdate():
            raise ValidationError({"assessed_on": _("This day is still to come.")})
        held = {finding.criterion_id: finding for finding in changed.findings.all()}
        for criterion, (level, text) in levels.items():
            finding = held.get(criterion.pk) or AssessmentFinding(assessment=changed, criterion=criterion)
            if level is None and finding.pk is None:
                continue
            finding.level, finding.text = level if level is not None else finding.level, text
            finding.full_clean()
            finding.save()
    return changed


@ASSESSMENT.action("ask_organization")
@transaction.atomic
def ask_organization(
    assessment: Assessment, *, by: User, reason: str = "", expected_version: int | None = None
) -> Assessment:
    """Let the organization rate itself first; its people are told."""
    asked = move(assessment, "ask_organization", by=by, reason=reason, expected_version=expected_version)
    emails.assessment_moved(asked, "asked", reason)
    return asked


@ASSESSMENT.action("hand_in")
@transaction.atomic
def hand_in(assessment: Assessment, *, by: User, reason: str = "", expected_version: int | None = None) -> Assessment:
    """Give the self-assessment to the office, whose assessor is told."""
    handed = move(assessment, "hand_in", by=by, reason=reason, expected_version=expected_version)
    emails.assessment_handed_in(handed)
    return handed


@ASSESSMENT.action("submit")
def submit_assessment(assessment: Assessment, *, by: User, expected_version: int | None = None) -> Assessment:
    """Put the ratings before a second person of the office."""
    with performing(assessment, "submit", by=by, expected_version=expected_version) as submitted:
        submitted.submitted_by = by
    return submitted


@ASSESSMENT.action("send_back")
def send_back_assessment(
    assessment: Assessment, *, by: User, reason: str = "", expected_version: int | None = None
) -> Assessment:
    """Ask the assessor to look again. How an office came to its rating, the organization does not read later."""
    return move(assessment, "send_back", by=by, reason=reason, expected_version=expected_version, audience=OFFICE)


@ASSESSMENT.action("finalise")
@transaction.atomic
def finalise(assessment: Assessment, *, by: User, reason: str = "", expected_version: int | None = None) -> Assessment:
    """Let the rating count: the older one of this kind gives way, and each gap becomes a proposed action."""
    # The organization's row is locked first: of two assessments that become final at once, one waits and replaces.
    Organization.objects.select_for_update(of=("self",)).get(pk=assessment.organization_id)
    older = Assessment.objects.filter(
        organization=assessment.organization_id, kind=assessment.kind, state=AssessmentState.FINAL
    ).first()
    with performing(assessment, "finalise", by=by, reason=reason, expected_version=expected_version) as final:
        if older is not None:
            ASSESSMENT.perform(older, "replace", by=None)
        scheme = AssessmentScheme.objects.filter(kind=final.kind).first() or AssessmentScheme(kind=final.kind)
        rated = final.findings.filter(criterion__in=final.criteria())
        final.score = scheme.score(rated.values_list("level", flat=True))
        final.rating = scheme.rating(final.score)
        final.valid_until = scheme.last_day(final.assessed_on)  # type: ignore[arg-type]  # a blocker asks for it
    for finding in final.findings.select_related("criterion"):
        if finding.is_gap:
            _propose(final, finding, by=by)
    emails.assessment_moved(final, "final", reason)
    return final


def _propose(assessment: Assessment, finding: AssessmentFinding, *, by: User) -> None:
    text = finding.text.strip().partition("\n")[0] or str(finding.criterion)
    action = PlanAction(
        organization=assessment.organization, office=assessment.office, finding=finding, text=text[:500]
    )
    create(action, by=by)


@ASSESSMENT.action("cancel")
def cancel_assessment(
    assessment: Assessment, *, by: User, reason: str = "", expected_version: int | None = None
) -> Assessment:
    """Give an assessment up before it counts."""
    return move(assessment, "cancel", by=by, reason=reason, expected_version=expected_version)


@ASSESSMENT.action("replace")
def replace_assessment(assessment: Assessment, *, by: None = None) -> Assessment:
    """Let a newer assessment count instead."""
    return move(assessment, "replace", by=by)


# --- The strengthening plan -------------------------------------------------------------------------------------------


def propose_action(organization: Organization, *, by: User, office: Any, text: str) -> PlanAction:
    """Propose an action that no assessment asked for."""
    action = PlanAction(organization=organization, office=office, text=text)
    return create(action, "organizations.follow_up_plan", by=by)


@PLAN_ACTION.action("agree")
def agree_action(
    action: PlanAction, *, by: User, due_on: date, owner: str, expected_version: int | None = None
) -> PlanAction:
    """Say for the organization who does it and until when."""
    with performing(action, "agree", by=by, expected_version=expected_version, due_on=due_on, owner=owner) as agreed:
        if due_on < timezone.localdate():
            raise ValidationError({"due_on": _("Choose a day that is still to come.")})
        agreed.due_on, agreed.owner = due_on, owner
    return agreed


@PLAN_ACTION.action("report_done")
@transaction.atomic
def report_done(action: PlanAction, *, by: User, reason: str = "", expected_version: int | None = None) -> PlanAction:
    """Say for the organization that it is done; the office is told to look."""
    done = move(action, "report_done", by=by, reason=reason, expected_version=expected_version)
    emails.plan_action_done(done, reason)
    return done


@PLAN_ACTION.action("confirm")
def confirm_action(
    action: PlanAction, *, by: User, reason: str = "", expected_version: int | None = None
) -> PlanAction:
    """Say for the office that it is done."""
    return move(action, "confirm", by=by, reason=reason, expected_version=expected_version)


@PLAN_ACTION.action("reopen")
@transaction.atomic
def reopen_action(action: PlanAction, *, by: User, reason: str = "", expected_version: int | None = None) -> PlanAction:
    """Say for the office what is still missing."""
    reopened = move(action, "reopen", by=by, reason=reason, expected_version=expected_version)
    emails.plan_action_reopened(reopened, reason)
    return reopened


@PLAN_ACTION.action("drop")
def drop_action(action: PlanAction, *, by: User, reason: str = "", expected_version: int | None = None) -> PlanAction:
    """Say for the office that it is no longer needed."""
    return move(action, "drop", by=by, reason=reason, expected_version=expected_version)


# --- Every night ------------------------------------------------------------------------------------------------------


def remind_of_assessments() -> int:
    """Tell whoever made it, once, of each rating that lapses within ``REMIND_DAYS``; return how many lapse."""
    today = timezone.localdate()
    lapsing = Assessment.objects.counting().filter(valid_until__lte=today + timedelta(days=REMIND_DAYS))
    count = 0
    for assessment in lapsing.select_related("organization", "created_by").iterator():
        emails.assessment_lapses(assessment)
        count += 1
    return count


def remind_of_plan_actions() -> int:
    """Tell the organization, once each, of what is due within ``PLAN_REMIND_DAYS`` and of what is overdue.

    Returns how many are.
    """
    today = timezone.localdate()
    due = PlanAction.objects.filter(state=PlanActionState.AGREED, due_on__lte=today + timedelta(days=PLAN_REMIND_DAYS))
    count = 0
    for action in due.select_related("organization").iterator():
        emails.plan_action_due(action)
        count += 1
    return count


@transaction.atomic
def comment_assessment(assessment: Assessment, *, by: User, text: str, audience: str = BOTH) -> AuditEvent:
    """Say something about an assessment: on what was found (S0-21), to both sides or to the office alone."""
    return comment(assessment, "organizations.comment_assessment", by=by, text=text, audience=audience)
