"""When: what an office does beside checking a registration: it hands it over, and reminds."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

REMINDER_PAUSE = timedelta(days=7)


def is_filled_in_by_the_office(registration: Any) -> bool:
    """Only then is there something to hand over."""
    return bool(registration.on_behalf)


def is_filled_in_by_the_organization(registration: Any) -> bool:
    """Only then is there somebody to remind."""
    return not registration.on_behalf


def nobody_is_asked_to_take_over(registration: Any) -> str | None:
    """One person at a time is asked; the invitation can be withdrawn."""
    if asked := registration.waiting_handover:
        return _("%(name)s has been asked to take it over. Withdraw that invitation first.") % {"name": asked.name}
    return None


def has_not_been_reminded_lately(registration: Any) -> str | None:
    """At most one reminder a week."""
    if registration.reminded_at and timezone.now() < (again := registration.reminded_at + REMINDER_PAUSE):
        day = date_format(timezone.localtime(again), "DATE_FORMAT")
        return _("A reminder was sent less than a week ago. The next one is possible from %(day)s.") % {"day": day}
    return None
