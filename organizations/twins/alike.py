"""What a person is told of records that look alike: public ones by name, of others only that there is one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import reads_for_unicef
from organizations.models import Organization
from organizations.twins.finder import Candidate, TwinFinder

MOST = 10


@dataclass(frozen=True)
class Alike:
    """``shown``: the records that the person may see, each with why. ``hidden``: others, told of but not named."""

    shown: list[tuple[Organization, Candidate]] = field(default_factory=list)
    hidden: list[Organization] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.shown or self.hidden)


def look_alikes(
    user: Any,
    names: Iterable[str],
    *,
    identifiers: Iterable[tuple[str, str]] = (),
    country: int | None = None,
    exclude: Collection[int] = (),
) -> Alike:
    """Return which records look alike, as far as ``user`` may know.

    People outside UNICEF are told of those at home in ``country`` and of those without a country, and see which they
    are only where everybody may. While they have not said their country, they see the public ones of all countries.
    """
    found = TwinFinder().candidates(names, identifiers, country, limit=MOST, exclude=exclude)
    rows = Organization.objects.select_related("country").filter(pk__in=[one.organization_id for one in found])
    for_unicef = reads_for_unicef(user)
    near = rows if for_unicef else rows.filter(country=country) | rows.filter(country=None)
    seen = (near if country else rows).visible_to(user).in_bulk()
    others = {pk: one for pk, one in near.in_bulk().items() if pk not in seen}
    shown = [(seen[one.organization_id], one) for one in found if one.organization_id in seen]
    return Alike(shown, [others[one.organization_id] for one in found if one.organization_id in others])
