"""How many organizations stand under each heading and use each word, counted by the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import AuditEvent
from organizations.models import Heading, Listing, Organization, Word, WordUse
from organizations.models.organization import PartnerType
from organizations.search.index import reindex_all


def count_headings() -> int:
    """Count all headings and words anew; return how many numbers changed.

    The numbers steer the search and stand beside links; they may be some minutes old.
    """
    listed = Listing.objects.filter(heading=OuterRef("pk"))
    used = WordUse.objects.filter(word=OuterRef("pk"))
    changed = _count(Heading.objects.all(), "total_count", listed)
    changed += _count(Heading.objects.all(), "public_count", listed.filter(public_until__gte=timezone.localdate()))
    changed += count_partners()
    changed += _count(Word.objects.all(), "total_count", used)
    changed += _count(Word.objects.all(), "public_count", used.filter(public_until__gte=timezone.localdate()))
    Heading.objects.update(counted_at=timezone.now())
    return changed


def count_partners() -> int:
    """Count the civil society organizations under each heading: all but the other bodies, which are few."""
    others = Listing.objects.exclude(organization__partner_type=PartnerType.CSO).order_by()
    found = dict(others.values_list("heading").annotate(number=Count("organization")))
    headings = Heading.objects.in_bulk(found)
    for pk, number in found.items():
        headings[pk].partner_count = headings[pk].total_count - number
    changed = Heading.objects.exclude(pk__in=found).exclude(partner_count=F("total_count"))
    return changed.update(partner_count=F("total_count")) + Heading.objects.bulk_update(
        headings.values(), ["partner_count"], batch_size=500
    )


def _count(rows: QuerySet[Any], column: str, postings: QuerySet[Any]) -> int:
    # One index read for each row; a single pass over all postings would hold every one of them in memory at once.
    number = postings.order_by().annotate(one=F("organization_id") * 0).values("one").annotate(n=Count("*")).values("n")
    counted = Coalesce(Subquery(number, output_field=IntegerField()), 0)
    return rows.annotate(counted=counted).filter(~Q(**{column: F("counted")})).update(**{column: F("counted")})


def keep_index() -> int:
    """Let the worker build the index where there is none yet, and count what has changed since the last count."""
    counted_at = Heading.objects.aggregate(last=Max("counted_at"))["last"]
    if counted_at is None:
        return reindex_all() and count_headings() if Organization.objects.exists() else 0
    newest = AuditEvent.objects.order_by("-pk").values_list("at", flat=True).first()
    due = timezone.now() - timedelta(seconds=settings.COUNT_AFTER_SECONDS)
    lapsed = timezone.localdate() > timezone.localdate(counted_at)  # verifications end by their date
    if not lapsed and (counted_at > due or newest is None or newest < counted_at):
        return 0
    return count_headings()
