"""Who asks the index, and so what they find and how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import reads_for_unicef
from organizations.models import Heading, Listing
from organizations.models.organization import PartnerType

AT_ONCE = 2_000
PARTNERS = f"body:{PartnerType.CSO}"


@dataclass(frozen=True)
class Reader:
    """UNICEF staff find everything on record; others what is verified and listed, and their ``own`` organizations."""

    for_unicef: bool = False
    own: tuple[int, ...] = ()

    @classmethod
    def of(cls, user: Any) -> Reader:
        """``user`` may be nobody: None, or somebody who has not signed in."""
        for_unicef = reads_for_unicef(user)
        nobody = for_unicef or user is None or not user.is_authenticated
        return cls(for_unicef, () if nobody else tuple(user.roles_by_organization))

    def may_find(self, posting: str = "") -> Q:
        """The condition on a posting, reached by the path ``posting``."""
        if self.for_unicef:
            return Q()
        public = Q(**{f"{posting}public_until__gte": timezone.localdate()})
        return public | Q(**{f"{posting}organization__in": self.own}) if self.own else public

    def numbers(self, codes: Iterable[str]) -> dict[str, int]:
        """How many civil society organizations this reader finds under each heading, as the worker last counted them:
        never more than a look at the index. Those with none are left out."""
        asked = sorted(set(codes))
        column = "partner_count" if self.for_unicef else "public_count"
        numbers: Counter[str] = Counter()
        for start in range(0, len(asked), AT_ONCE):
            rows = Heading.objects.filter(code__in=asked[start : start + AT_ONCE])
            numbers.update(dict(rows.values_list("code", column)))
        if self.own and not self.for_unicef:
            numbers.update(_hidden(self.own, asked))
        return {code: number for code, number in numbers.items() if number > 0}


EVERYBODY = Reader()
"""Who has not signed in."""


def _hidden(own: Collection[int], codes: Collection[str]) -> dict[str, int]:
    """What a reader's own organizations add to the public numbers."""
    public = Q(public_until__gte=timezone.localdate())
    rows = Listing.objects.filter(organization__in=own, heading__code__in=codes).exclude(public)
    return _grouped(rows.filter(organization__partner_type=PartnerType.CSO))


def _grouped(rows) -> dict[str, int]:
    return dict(rows.order_by().values_list("heading__code").annotate(number=Count("organization")))
