"""What an office does beside checking: it assigns, hands over, reminds, and is reminded itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, changing, move, performing, record
from accounts.models import User
from accounts.roles import MemberRole
from organizations import emails
from organizations.actions.invitation import invite
from organizations.emails.people import officers_of
from organizations.lifecycle import REGISTRATION, RegistrationState
from organizations.models import Registration, VerificationPolicy
from organizations.models.verification import terms_of
from portal.kit.access import NotAllowed, NotNow
from programmes.models import CountryOffice

# --- Who checks it ----------------------------------------------------------------------------------------------------


@transaction.atomic
def assign_registration(
    registration: Registration, *, by: User, to: User | None, expected_version: int | None = None
) -> Registration:
    """Give a registration to an officer of its office, who is told; None: to nobody."""
    assigned = _assign(registration, by=by, to=to, expected_version=expected_version)
    emails.registrations_assigned([assigned], to, by=by)
    return assigned


@dataclass
class Assigned:
    """What came of assigning several: those that were, and for each other its name and why not."""

    done: list[Registration] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def assign_registrations(rows: Iterable[tuple[int, int]], *, by: User, to: User | None) -> Assigned:
    """Assign each of ``rows`` (key, version that the person saw) that can be, and say of each other why it was not."""
    versions = dict(rows)
    found = Registration.objects.visible_to(by).filter(pk__in=versions).select_related("organization", "office")
    outcome, seen = Assigned(), {registration.pk: registration for registration in found}
    for pk, version in versions.items():
        if pk not in seen:
            outcome.refused.append((_("Registration %(number)s") % {"number": pk}, _("You no longer see it.")))
            continue
        try:
            with transaction.atomic():
                outcome.done.append(_assign(seen[pk], by=by, to=to, expected_version=version))
        except NotAllowed:
            outcome.refused.append((str(seen[pk]), _("Only officers and those who lead the office assign it.")))
        except NotNow as refusal:
            outcome.refused.append((str(seen[pk]), " ".join(refusal.reasons)))
        except ValidationError as problem:
            outcome.refused.append((str(seen[pk]), " ".join(problem.messages)))
    emails.registrations_assigned(outcome.done, to, by=by)
    return outcome


def _assign(registration: Registration, *, by: User, to: User | None, expected_version: int | None) -> Registration:
    with changing(
        registration,
        "organizations.assign_registration",
        by=by,
        action="assigned" if to else "unassigned",
        reason=str(to or ""),
        expected_version=expected_version,
        audience=OFFICE,
    ) as assigned:
        if to and not (to.is_active and to.holds(assigned.office.checked_by, assigned.office)):
            raise ValidationError(
                {
                    "to": _("%(name)s does not check registrations for %(office)s.")
                    % {"name": to, "office": assigned.office}
                }
            )
        assigned.assigned_to = to
    return assigned


# --- Handing over -----------------------------------------------------------------------------------------------------


@REGISTRATION.action("hand_over")
@transaction.atomic
def hand_over(
    registration: Registration, *, by: User, person: str = "", email: str = "", expected_version: int | None = None
) -> Registration:
    """Ask a person of the organization to take over what the office has filled in, by an invitation.

    Whoever accepts it administers the organization, and the office no longer edits: see ``accept_invitation``.
    """
    told = {"person": person, "email": email}
    asked = move(registration, "hand_over", by=by, reason=person, expected_version=expected_version, **told)
    invite(asked.organization, by=by, email=email, role=MemberRole.ADMINISTRATOR, name=person, registration=asked)
    return asked


# --- Reminding --------------------------------------------------------------------------------------------------------


@REGISTRATION.action("remind")
@transaction.atomic
def remind(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Call a form that sleeps to the organization's mind; ``reason`` holds the officer's own words."""
    with performing(registration, "remind", by=by, reason=reason, expected_version=expected_version) as reminded:
        reminded.reminded_at = timezone.now()
    emails.registration_reminded(reminded, words=reason, by=by)
    return reminded


def nudge_drafts() -> int:
    """Remind whoever began a draft and left it: once after each of the office's ``nudge_days`` without a word typed."""
    now, nudged = timezone.now(), 0
    policies = list(VerificationPolicy.objects.all())
    steps = {policy.office_id: terms_of(policies, policy.office_id).nudge_days for policy in policies}
    steps.setdefault(None, terms_of(policies, None).nudge_days)
    long_ago = now - timedelta(days=min((days for each in steps.values() for days in each), default=0))
    drafts = Registration.objects.filter(state=RegistrationState.DRAFT, created_at__lte=long_ago)
    touched = Coalesce(Max("drafts__saved_at"), F("created_at"))
    asleep = drafts.annotate(touched=touched).filter(touched__lte=long_ago)
    for registration in asleep.select_related("organization", "office", "created_by").order_by("pk").iterator():
        idle = (now - registration.touched).days
        passed = steps.get(registration.office_id, steps[None])
        step = max((days for days in passed if days <= idle), default=0)
        if step <= registration.nudged_days:
            continue
        with transaction.atomic():
            Registration.objects.filter(pk=registration.pk).update(nudged_days=step)
            record(registration, "nudged", by=None, reason=_("Nothing was typed for %(days)s days.") % {"days": idle})
            emails.registration_reminded(registration, idle=idle)
        nudged += 1
    return nudged


def tell_of_late_registrations() -> int:
    """Send every officer one message a day that counts what waits beyond its target; return how many got one."""
    late = Registration.objects.late().order_by().values_list("office", "assigned_to")
    waiting: dict[int, Counter[int | None]] = defaultdict(Counter)
    for office, assignee in late.iterator():
        waiting[office][assignee] += 1
    totals: dict[User, tuple[int, int]] = {}
    offices = CountryOffice.objects.in_bulk(waiting)
    for office, counted in waiting.items():
        for officer in officers_of(offices[office]):
            own, all_ = totals.get(officer, (0, 0))
            totals[officer] = (own + counted[officer.pk], all_ + counted.total())
    for officer, (own, all_) in totals.items():
        emails.registrations_late(officer, own=own, total=all_, day=timezone.localdate())
    return len(totals)
