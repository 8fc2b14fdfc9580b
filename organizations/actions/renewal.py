"""The end of a verification: reminders before it, and saying that it has come."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.actions import record
from organizations import emails
from organizations.lifecycle import STOPPED
from organizations.models import Registration, RenewalReminder, VerificationPolicy
from organizations.models.verification import Terms, terms_of

LAPSED = 0


def remind_of_renewals() -> int:
    """Once a day: call to mind each verification that nears its end or has lapsed; return how many (R-05).

    Each step is told once, to the organization's administrators and, as one list, to the office's officers. A step
    that was missed is not made up for: who hears of thirty days needs not hear of ninety.
    """
    today, policies, told = timezone.localdate(), list(VerificationPolicy.objects.all()), 0
    offices = {None, *(policy.office_id for policy in policies)}
    told_of_the_end = RenewalReminder.objects.filter(
        registration=OuterRef("pk"), valid_until=OuterRef("valid_until"), days=LAPSED
    )
    farthest = max(max(terms_of(policies, office).reminder_days, default=0) for office in offices)
    near = (
        Registration.objects.filter(valid_until__lte=today + timedelta(days=farthest))
        .exclude(state__in=STOPPED)
        .exclude(Exists(told_of_the_end))  # nothing follows it, however long ago that was
        .select_related("organization", "office")
        .prefetch_related("reminders")
        .order_by("pk")
    )
    for registration in near.iterator(chunk_size=500):
        told += _remind(registration, terms_of(policies, registration.office_id), today)
    _tell_offices(today)
    return told


def _remind(registration: Registration, terms: Terms, today: date) -> int:
    until = registration.valid_until
    days = terms.reminder_due((until - today).days) if until else None
    sent = {(reminder.valid_until, reminder.days) for reminder in registration.reminders.all()}
    if until is None or days is None or (until, days) in sent:
        return 0
    with transaction.atomic():
        reminder, is_new = RenewalReminder.objects.get_or_create(
            registration=registration, valid_until=until, days=days, defaults={"sent_on": today}
        )
        if is_new:  # another worker may have been quicker
            if days == LAPSED:
                record(registration, "lapsed", by=None)
            emails.renewal_due(registration, reminder)
    return int(is_new)


def _tell_offices(today: date) -> None:
    """One message for each office, with all that came up today; a job that runs again writes it no second time."""
    by_office = defaultdict(list)
    reminders = RenewalReminder.objects.filter(sent_on=today).select_related(
        "registration__organization", "registration__office"
    )
    for reminder in reminders.order_by("valid_until", "pk"):
        by_office[reminder.registration.office].append(reminder)
    for office, found in by_office.items():
        emails.renewals_due(office, found, today)
