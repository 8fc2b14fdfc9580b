"""How many organizations stand under headings, as the worker last counted them: never more than a look at the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from organizations.models import Heading, Listing
from organizations.models.organization import PartnerType

AT_ONCE = 2_000
PARTNERS = f"body:{PartnerType.CSO}"


@dataclass(frozen=True)
class CountedFor:
    """For whom organizations are counted: the public, which finds what is verified and listed; its ``own`` beside;
    or UNICEF staff, who find every civil society organization on record."""

    for_unicef: bool = False
    own: tuple[int, ...] = ()

    def numbers(self, codes: Iterable[str]) -> dict[str, int]:
        """How many this reader finds under each of ``codes``; those with none are left out."""
        asked = sorted(set(codes))
        column = "partner_count" if self.for_unicef else "public_count"
        numbers: Counter[str] = Counter()
        for start in range(0, len(asked), AT_ONCE):
            rows = Heading.objects.filter(code__in=asked[start : start + AT_ONCE])
            numbers.update(dict(rows.values_list("code", column)))
        if self.own and not self.for_unicef:
            numbers.update(_hidden(self.own, asked))
        return {code: number for code, number in numbers.items() if number > 0}


PUBLIC = CountedFor()


def _hidden(own: Collection[int], codes: Collection[str]) -> dict[str, int]:
    """What a reader's own organizations add to the public numbers."""
    public = Q(public_until__gte=timezone.localdate())
    rows = Listing.objects.filter(organization__in=own, heading__code__in=codes).exclude(public)
    return _grouped(rows.filter(organization__partner_type=PartnerType.CSO))


def _grouped(rows) -> dict[str, int]:
    return dict(rows.order_by().values_list("heading__code").annotate(number=Count("organization")))
