"""Organizations like a given one: those that share with it what few others have. The work is bounded (ADR 0018)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import log

from django.db.models import Q
from django.utils import timezone

from organizations.models import Listing

CANDIDATES = 500
WEIGHTS = {"work": 6, "theme": 3, "trait": 3, "place": 2, "strategy": 1, "population": 1, "type": 1}
"""How much it says to share a heading of this family; what is shared by few says more."""
LEADING = ("work", "theme", "place", "trait")


@dataclass
class Likeness:
    """One organization that is like another: how much, and by which headings, the most telling first."""

    organization: int
    score: float = 0.0
    shared: list[str] = field(default_factory=list)


def alike(organization: int, *, for_unicef: bool, is_own: bool = False, most: int = 40) -> list[Likeness]:
    """Return those most like ``organization``, the nearest first, in three queries.

    ``for_unicef``: compare with all that is on record, else with what is public; ``is_own``: the reader acts for the
    organization, so all that it works on counts, public or not.
    """
    public = Q() if for_unicef else Q(public_until__gte=timezone.localdate())
    own = Listing.objects.filter(Q() if is_own else public, organization=organization, heading__family__in=WEIGHTS)
    number = "heading__total_count" if for_unicef else "heading__public_count"
    headings = {
        pk: (code, family, max(count, 1))
        for pk, code, family, count in own.order_by().values_list("heading", "heading__code", "heading__family", number)
    }
    leading = _leading(headings)
    if not leading:
        return []
    listed = Listing.objects.filter(public, heading__in=leading).exclude(organization=organization).order_by()
    candidates = set(listed.values_list("organization", flat=True)[:CANDIDATES])
    shared = Listing.objects.filter(public, organization__in=candidates, heading__in=list(headings)).order_by()
    found: dict[int, list[int]] = defaultdict(list)
    for pk, heading in shared.values_list("organization", "heading"):
        found[pk].append(heading)
    everybody = max(count for _code, _family, count in headings.values()) + 1
    told = {pk: WEIGHTS[family] * (1 + log(everybody / count)) for pk, (_code, family, count) in headings.items()}
    likenesses = [_likeness(pk, rows, told, headings) for pk, rows in found.items()]
    return sorted(likenesses, key=lambda one: (-one.score, one.organization))[:most]


def _leading(headings: dict[int, tuple[str, str, int]]) -> list[int]:
    """The headings by which candidates are found: the rarest, while all their organizations are few enough to read."""
    rare = sorted((count, pk) for pk, (_code, family, count) in headings.items() if family in LEADING and count > 1)
    chosen: list[int] = []
    room = CANDIDATES
    for count, pk in rare:
        if chosen and count > room:
            break
        chosen.append(pk)
        room -= count
    return chosen


def _likeness(pk: int, rows: list[int], told: dict[int, float], headings: dict[int, tuple[str, str, int]]) -> Likeness:
    rows.sort(key=lambda heading: (-told[heading], headings[heading][0]))
    return Likeness(pk, sum(told[heading] for heading in rows), [headings[heading][0] for heading in rows])
