"""What stands between UNICEF and an organization: flags and confirmed matches, its own and those of its headquarters.

The public and other organizations learn of none of it. The sentences are also read by the organization's own people,
so they name neither the matter nor who raised it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from organizations.lifecycle.observation import FLAGS, OBSERVATION, ObservationState
from organizations.lifecycle.sanctions import UNDECIDED, MatchState
from portal.kit.lifecycle import State
from portal.kit.prepared import Prepared

if TYPE_CHECKING:
    from organizations.models.organization import Organization


class Flag(NamedTuple):
    """What stands against an organization now, a flag or a sanctions match; ``holder`` is whom it is about."""

    holder: int
    state: str
    raised: datetime


LOCKS = (ObservationState.RED, MatchState.CONFIRMED)


def blocks(organization: Organization) -> list[str]:
    """Sentences why nothing may be verified or signed with ``organization`` now; empty when nothing stands against it.

    R-07 and R-06 with R-08: a red flag, or a confirmed sanctions match, of its own or of its headquarters.
    """
    holders = {flag.holder for flag in organization.stands_against if flag.state in LOCKS}
    if organization.pk in holders:
        return [_("UNICEF headquarters has put the cooperation with %(name)s on hold.") % {"name": organization}]
    if holders:
        words = _("UNICEF headquarters has put the cooperation with %(headquarters)s, and so with %(name)s, on hold.")
        return [words % {"headquarters": organization.headquarters, "name": organization}]
    return []


def standing_of(organizations: Collection[Organization]) -> dict[int, list[Flag]]:
    """What stands against each of ``organizations``, own and inherited (R-08); one query for all."""
    headquarters = {row.pk: row.headquarters_id for row in organizations}
    rows = _standing([pk for pk in {*headquarters, *headquarters.values()} if pk])
    held: dict[int | None, list[Flag]] = {}
    for flag in map(Flag._make, rows):
        held.setdefault(flag.holder, []).append(flag)
    return {pk: [*held.get(pk, []), *held.get(above, [])] for pk, above in headquarters.items()}


def standing_of_one(organization: Organization) -> list[Flag]:
    """What stands against ``organization``, own first, then inherited."""
    found = map(Flag._make, _STANDING(organization.pk, organization.headquarters_id or organization.pk))
    return sorted(found, key=lambda flag: flag.holder != organization.pk)


def _standing(asked: Collection[int]) -> QuerySet[Any, Any]:
    from organizations.models.observation import Observation
    from organizations.models.sanctions import SanctionsMatch

    flags = Observation.objects.flags().filter(organization__in=asked).order_by()
    matches = SanctionsMatch.objects.filter(state__in=[*UNDECIDED, MatchState.CONFIRMED]).order_by()
    matches = matches.filter(organization__in=asked)
    return flags.values_list("organization", "state", "flagged_at").union(
        matches.values_list("organization", "state", "state_since"), all=True
    )


_STANDING = Prepared(lambda pk, above: _standing((pk, above)))


def is_blocked() -> Q:
    """The condition, on organizations, that :func:`blocks` has something to say."""
    from organizations.models.observation import Observation
    from organizations.models.sanctions import SanctionsMatch

    red = Observation.objects.filter(state=ObservationState.RED).order_by()
    stops = (red, SanctionsMatch.objects.confirmed().order_by())
    found = [Exists(rows.filter(organization=OuterRef(whose))) for rows in stops for whose in ("pk", "headquarters")]
    return reduce(or_, found)


@dataclass(frozen=True)
class Mark:
    """The gravest flag of an organization, for staff: a state in words, shape and colour, and whose it is."""

    state: State
    inherited: bool

    @property
    def label(self) -> str:
        return (
            _("%(flag)s of its headquarters") % {"flag": self.state.label} if self.inherited else str(self.state.label)
        )


def mark_of(organization: Organization, flags: Iterable[Flag]) -> Mark | None:
    """The mark of one; of equally grave flags its own comes first."""
    known = [flag for flag in flags if flag.state in FLAGS]
    if not known:
        return None
    gravest = max(known, key=lambda flag: (FLAGS.index(flag.state), flag.holder == organization.pk))
    return Mark(OBSERVATION.state(gravest.state), gravest.holder != organization.pk)
