"""The clock that an office owes: by which day it means to answer.

Calendar days, weekends and holidays included: which days are worked differs from country to country, and a promise
should not need a calendar to be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db.models import Q
from django.utils import timezone

from organizations.lifecycle import WITH_OFFICE

if TYPE_CHECKING:
    from organizations.models.registration import Registration


SECONDS_KEPT = 60


@dataclass(frozen=True)
class Clock:
    """By when the office should answer, and by how many days it is late."""

    due: date
    late_days: int

    @property
    def is_late(self) -> bool:
        return self.late_days > 0


@dataclass(frozen=True)
class Targets:
    """Within how many days each office means to answer: its own number, or everybody's."""

    default: int
    by_office: Mapping[int, int] = field(default_factory=dict)

    def days(self, office_id: int) -> int:
        return self.by_office.get(office_id, self.default)

    def clock(self, registration: Registration) -> Clock | None:
        """The clock of ``registration``; None while nothing waits for the office."""
        if registration.state not in WITH_OFFICE:
            return None
        due = timezone.localdate(registration.state_since) + timedelta(days=self.days(registration.office_id))
        return Clock(due, max((timezone.localdate() - due).days, 0))

    def late(self) -> Q:
        """The condition that a registration's :meth:`clock` is late."""
        offices = defaultdict(list)
        for office, days in self.by_office.items():
            offices[days].append(office)
        late = ~Q(office__in=self.by_office) & Q(state_since__lt=_day_began(self.default))
        for days, those in offices.items():
            late |= Q(office__in=those, state_since__lt=_day_began(days))
        return Q(turn=0) & late  # the office’s turn


def targets() -> Targets:
    """The targets out of the terms of verification, kept for a minute."""
    kept: Targets = caches["memory"].get_or_set("answer-targets", _read, SECONDS_KEPT)  # type: ignore[assignment]
    return kept


def _read() -> Targets:
    from organizations.models.verification import Terms, VerificationPolicy

    said = dict(VerificationPolicy.objects.exclude(target_days=None).order_by().values_list("office", "target_days"))
    return Targets(said.pop(None, Terms.target_days), said)


def _day_began(days_ago: int) -> datetime:
    day = timezone.localdate() - timedelta(days=days_ago)
    return timezone.make_aware(datetime.combine(day, time.min))
