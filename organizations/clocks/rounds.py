"""The rounds of registrations in the audit trail: opened by a form that is sent, ended by the office's decision."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from accounts.models import AuditEvent
from organizations.lifecycle import REGISTRATION, RegistrationState
from organizations.models import Registration

OPENED = Q(action="submit") | Q(action="resubmit", from_state=RegistrationState.RENEWING)
"""A first registration is sent, or a renewal. What is resubmitted after it was sent back belongs to the same round."""
DECIDED = Q(action__in=["verify", "decline"])
ANSWERED = DECIDED | Q(action="send_back")


def events() -> QuerySet[AuditEvent]:
    """What happened to registrations, in no order."""
    return AuditEvent.objects.filter(subject_type=REGISTRATION.model).order_by()


def decisions(since: datetime) -> QuerySet[AuditEvent]:
    """The decisions since then, each with how long its round ``took``."""
    return _timed(events().filter(DECIDED, at__gte=since))


def first_answers(since: datetime) -> QuerySet[AuditEvent]:
    """The first answer of each round that was given since then, with how long it ``took``."""
    answers = _timed(events().filter(ANSWERED, at__gte=since))
    earlier = _same().filter(ANSWERED, at__gte=OuterRef("opened"), at__lt=OuterRef("at"))
    return answers.exclude(Exists(earlier))


def _same() -> QuerySet[AuditEvent]:
    return events().filter(subject_id=OuterRef("subject_id"))


def _timed(rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    opened = _same().filter(OPENED, at__lte=OuterRef("at")).order_by("-at").values("at")[:1]
    took = ExpressionWrapper(F("at") - F("opened"), output_field=DurationField())
    return rows.annotate(opened=Subquery(opened)).filter(opened__isnull=False).annotate(took=took)


def office_of() -> Subquery:
    """The office of an event's registration."""
    return Subquery(Registration.objects.filter(pk=OuterRef("subject_id")).order_by().values("office")[:1])


class Spread(NamedTuple):
    """Of ``count`` durations the middle one, and the one within which four of five lie; real ones, nothing between."""

    count: int
    median: timedelta
    most: timedelta


def spreads(rows: QuerySet[AuditEvent], by: str) -> dict[Any, Spread]:
    """The spread of ``took`` for each value of ``by``. The database sorts; two rows come back for each."""
    part = F(by)
    ranked = rows.annotate(
        rank=Window(RowNumber(), partition_by=[part], order_by=[F("took").asc(), F("pk").asc()]),
        of=Window(Count("pk"), partition_by=[part]),
    )
    # ⌈n / 2⌉ and ⌈4n / 5⌉ in whole numbers.
    kept = ranked.filter(Q(rank=(F("of") + 1) / 2) | Q(rank=(F("of") * 4 + 4) / 5))
    found: dict[Any, list[tuple[int, int, timedelta]]] = {}
    for key, rank, of, took in kept.values_list(by, "rank", "of", "took"):
        found.setdefault(key, []).append((rank, of, took))
    return {key: Spread(min(these)[1], min(these)[2], max(these)[2]) for key, these in found.items()}
