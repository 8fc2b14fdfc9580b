"""The figures of one office or several, month by month: what came, what went, and how long it took."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.stamp import costly, kept
from organizations.clocks.rounds import Spread, decisions, events, first_answers, spreads
from organizations.clocks.usual import in_days
from organizations.lifecycle import STOPPED, RegistrationState
from organizations.models import Registration

MONTHS = 12

COUNTED = {
    "received": _("Received"),
    "resubmitted": _("Resubmitted"),
    "sent_back": _("Sent back"),
    "verified": _("Verified"),
    "declined": _("Declined"),
    "withdrawn": _("Withdrawn"),
    "lapsed": _("Lapsed"),
}
TIMED = {
    "answer_median": _("Days to the first answer, median"),
    "answer_most": _("Days to the first answer, 80 %"),
    "decision_median": _("Days to the decision, median"),
    "decision_most": _("Days to the decision, 80 %"),
}
_COUNTED_AS = {
    "submit": "received",
    "resubmit": "resubmitted",
    "send_back": "sent_back",
    "verify": "verified",
    "decline": "declined",
    "withdraw": "withdrawn",
}


@dataclass(frozen=True)
class Month:
    """One month's numbers. Days are whole, begun ones counted; None where nothing was answered or decided."""

    month: date
    received: int = 0
    resubmitted: int = 0
    sent_back: int = 0
    verified: int = 0
    declined: int = 0
    withdrawn: int = 0
    lapsed: int = 0
    answer_median: int | None = None
    answer_most: int | None = None
    decision_median: int | None = None
    decision_most: int | None = None


def monthly(registrations: QuerySet[Registration]) -> list[Month]:
    """The last twelve months of ``registrations``, the present one first; four queries, however many there are.

    A renewal that is sent counts as received. Lapsed: what reached its date then and has not been renewed since.
    It is kept until something changes, by the condition that says which registrations these are.
    """
    name = f"months:{registrations.order_by().values('pk').query}"
    return kept(name, lambda: costly(name, lambda: _monthly(registrations)))


def _monthly(registrations: QuerySet[Registration]) -> list[Month]:
    months = last_months()
    start = timezone.make_aware(datetime.combine(months[-1], time.min))
    concerned = Q(subject_id__in=registrations.order_by().values("pk"))
    counts = _counts(events().filter(concerned, action__in=_COUNTED_AS, at__gte=start))
    counts += _lapsed(registrations, months[-1])
    answers = _by_month(first_answers(start).filter(concerned))
    decided = _by_month(decisions(start).filter(concerned))
    return [
        Month(
            month,
            **{name: counts[month, name] for name in COUNTED},
            **_days("answer", answers.get(month)),
            **_days("decision", decided.get(month)),
        )
        for month in months
    ]


def last_months() -> list[date]:
    """The first days of the last twelve months, the present one first."""
    today = timezone.localdate()
    numbers = [today.year * 12 + today.month - 1 - back for back in range(MONTHS)]
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _counts(rows: QuerySet[Any]) -> Counter[tuple[date, str]]:
    found: Counter[tuple[date, str]] = Counter()
    grouped = rows.annotate(month=TruncMonth("at")).values_list("month", "action", "from_state")
    for month, action, came_from, number in grouped.annotate(number=Count("pk")):
        is_renewal = action == "resubmit" and came_from == RegistrationState.RENEWING
        found[_day(month), "received" if is_renewal else _COUNTED_AS[action]] += number
    return found


def _lapsed(registrations: QuerySet[Registration], since: date) -> Counter[tuple[date, str]]:
    past = registrations.exclude(state__in=STOPPED).filter(valid_until__gte=since, valid_until__lt=timezone.localdate())
    grouped = past.order_by().annotate(month=TruncMonth("valid_until")).values_list("month")
    return Counter({(_day(month), "lapsed"): number for month, number in grouped.annotate(number=Count("pk"))})


def _by_month(rows: QuerySet[Any]) -> dict[date, Spread]:
    return {_day(month): spread for month, spread in spreads(rows.annotate(month=TruncMonth("at")), "month").items()}


def _day(month: date | datetime) -> date:
    return timezone.localdate(month) if isinstance(month, datetime) else month


def _days(what: str, spread: Spread | None) -> dict[str, int]:
    return {f"{what}_median": in_days(spread.median), f"{what}_most": in_days(spread.most)} if spread else {}
