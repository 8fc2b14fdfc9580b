"""What each side owes the other now, with since when and until when (S4-28: mutual accountability)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle import AssessmentState, PlanActionState, RegistrationState
from organizations.models import Assessment, Organization, PlanAction, Registration, Reply, VerificationPolicy
from organizations.models.clock import Targets, targets
from organizations.models.document import EXPIRES_SOON
from organizations.models.verification import terms_of

OFFICE, ORGANIZATION = "office", "organization"


@dataclass(frozen=True)
class Debt:
    """One thing that ``side`` owes. ``due`` None: there is no date for it."""

    side: str
    what: Any
    about: str
    url: str
    since: datetime | date | None = None
    due: date | None = None

    @property
    def late_days(self) -> int:
        return max((timezone.localdate() - self.due).days, 0) if self.due else 0

    @property
    def is_late(self) -> bool:
        return self.late_days > 0


def owed_between(organization: Organization, registrations: Iterable[Registration]) -> list[Debt]:
    """What ``organization`` and the offices of ``registrations`` owe each other, the most urgent of each side first.

    The caller has chosen the registrations that the reader may see, with their offices.
    """
    rows = list(registrations)
    prefetch_related_objects(rows, "replies")
    policies = list(VerificationPolicy.objects.all())
    for row in rows:
        row.terms = terms_of(policies, row.office_id)
    now = targets()
    debts = [debt for row in rows for told in _OF_A_REGISTRATION if (debt := told(row, now))]
    for of_all in _OF_THE_ORGANIZATION:
        debts += of_all(organization, rows)
    return sorted(debts, key=lambda debt: (debt.side, debt.due or date.max))


# --- Of one registration ----------------------------------------------------------------------------------------------


def _answer(registration: Registration, now: Targets) -> Debt | None:
    clock = now.clock(registration)
    if clock is None:
        return None
    what = _ANSWERS[registration.state]
    return Debt(
        OFFICE, what, _about(registration), registration.get_absolute_url(), registration.state_since, clock.due
    )


_ANSWERS = {
    RegistrationState.SUBMITTED: _("First answer to the registration"),
    RegistrationState.RESUBMITTED: _("Decision on what was resubmitted"),
}


def _reply(registration: Registration, now: Targets) -> Debt | None:
    waiting = next((reply for reply in registration.replies.all() if reply.outcome == Reply.Outcome.WAITING), None)
    if waiting is None:
        return None
    due = timezone.localdate(waiting.written_at) + timedelta(days=now.days(registration.office_id))
    about = _about(registration)
    return Debt(OFFICE, _("Answer to the reply"), about, registration.get_absolute_url(), waiting.written_at, due)


def _form(registration: Registration, _now: Targets) -> Debt | None:
    what = _FORMS.get(registration.state)
    if what is None or registration.on_behalf:
        return None
    due = registration.valid_until if registration.state == RegistrationState.RENEWING else None
    return Debt(
        ORGANIZATION, what, _about(registration), registration.get_absolute_url(), registration.state_since, due
    )


_FORMS = {
    RegistrationState.SENT_BACK: _("Answer to what the office asked"),
    RegistrationState.RENEWING: _("Renewal of the registration"),
}


def _renewal(registration: Registration, _now: Targets) -> Debt | None:
    if registration.state != RegistrationState.VERIFIED or registration.renewal_opens_later():
        return None
    url = registration.get_absolute_url()
    return Debt(ORGANIZATION, _("Renewal of the registration"), _about(registration), url, due=registration.valid_until)


def _declaration(registration: Registration, _now: Targets) -> Debt | None:
    if not (registration.declaration_is_outdated and registration.lifecycle.is_editable(registration, "declaration")):
        return None
    url = reverse("organizations:registration-section", args=[registration.pk, "declaration"])
    return Debt(ORGANIZATION, _("New wording of the integrity declaration"), _about(registration), url)


_OF_A_REGISTRATION: tuple[Callable[[Registration, Targets], Debt | None], ...] = (
    _answer,
    _reply,
    _form,
    _renewal,
    _declaration,
)


def _about(registration: Registration) -> str:
    return f"UNICEF {registration.office.label}"


# --- Of the organization ----------------------------------------------------------------------------------------------


def _certificates(organization: Organization, _rows: list[Registration]) -> Iterator[Debt]:
    soon = timezone.localdate() + timedelta(days=EXPIRES_SOON)
    papers = organization.documents.current().filter(audience="both", from_office=False, expires_on__lte=soon)
    for paper in papers.order_by("expires_on"):
        yield Debt(ORGANIZATION, _("A newer document"), str(paper), paper.get_absolute_url(), due=paper.expires_on)


def _plan(organization: Organization, rows: list[Registration]) -> Iterator[Debt]:
    offices = {row.office_id for row in rows}
    actions = PlanAction.objects.filter(organization=organization, office__in=offices)
    for action in actions.filter(state__in=_PLAN).order_by("due_on"):
        side, what = _PLAN[action.state]
        due = action.due_on if side == ORGANIZATION else None
        yield Debt(side, what, action.text, action.get_absolute_url(), action.state_since, due)


_PLAN = {
    PlanActionState.PROPOSED: (ORGANIZATION, _("Word on a proposed action of the plan")),
    PlanActionState.AGREED: (ORGANIZATION, _("Action of the strengthening plan")),
    PlanActionState.DONE: (OFFICE, _("Look at a finished action of the plan")),
}


def _self_assessments(organization: Organization, rows: list[Registration]) -> Iterator[Debt]:
    offices = {row.office_id for row in rows}
    asked = Assessment.objects.filter(
        organization=organization, office__in=offices, state=AssessmentState.SELF_ASSESSMENT
    )
    for one in asked.order_by("state_since"):
        url = one.get_absolute_url()
        yield Debt(ORGANIZATION, _("Self-assessment"), str(one.get_kind_display()), url, one.state_since)


_OF_THE_ORGANIZATION = (_certificates, _plan, _self_assessments)
